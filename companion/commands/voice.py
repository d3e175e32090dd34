"""`companion voice`: the voices that she knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from companion.errors import AudioError

SENTENCES = (
    "The rain has stopped, and I would like to go for a walk by the river.",
    "Yesterday I met an old friend who told me a very long story.",
    "On Sundays we have breakfast late, with fresh bread and strong coffee.",
)
"""What is read aloud to be known by: most sounds of English are in it."""


LONGEST_NAME = 60

DEAF = 5.0
"""Seconds of digital silence, which no air gives, after which a microphone is taken for muted."""

ENOUGH = 2.0
"""Seconds of speech from which on a voice can be known: one "yes" is as near to many people's."""


@click.group()
def command() -> None:
    """The voices that she knows: learn, list, forget.

    Only 256 numbers of a voice are kept, no sound. With `companion settings set voices.answer known` she
    answers nobody else; with `voices.learn on` she learns yours from your first turns.

    Example: companion voice learn Anna
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(home: str | None, as_json: bool) -> None:
    """The names of the voices, and how many utterances each was learned from.

    Example: companion voice list
    """
    with _store(home) as store:
        voices = [(name, heard) for name, _enrolled, _now, heard in store.voices()]
    if as_json:
        click.echo(json.dumps({"voices": [{"name": name, "heard": heard} for name, heard in voices]}))
    for name, heard in () if as_json else voices:
        click.echo(f"{name}  (from {heard} utterance{'' if heard == 1 else 's'})")
    if not voices and not as_json:
        click.echo("She knows no voice yet: `companion voice learn NAME` teaches her one.")


@command.command()
@click.argument("name")
@click.argument("recordings", nargs=-1, type=click.Path(path_type=Path))
@click.pass_obj
def learn(home: str | None, name: str, recordings: tuple[Path, ...]) -> None:
    """Learn the voice of NAME from recordings, or else from three sentences that are read to her.

    Example: companion voice learn Anna anna1.wav anna2.wav anna3.wav
    """
    from companion import app
    from companion.audio import RATE
    from companion.engines.speaker.voices import KnownVoices, same_person
    from companion.errors import StoreError

    name = name.strip()
    if not name:
        raise StoreError("A voice needs a name to be known by: `companion voice learn Anna`, say.")
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise StoreError(f"A name is one line of at most {LONGEST_NAME} characters.")
    app.prepare()
    with _store(home) as store:
        settings = app.settings_of(home)
        encoder = app.Loader(settings).speaker()
        sounds = _recorded(recordings) if recordings else _read_aloud(settings)
        vectors = {
            label: vector for label, sound in sounds.items() if (vector := encoder.vector(sound)) is not None
        }
        if not vectors or sum(len(sound) for sound in sounds.values()) < ENOUGH * RATE:
            raise AudioError("There is too little speech to know a voice by: a few sentences are enough.")
        for label, vector in vectors.items():
            rest = [other for other_label, other in vectors.items() if other_label != label]
            if rest and not same_person(vector, rest, len(sounds[label]) / RATE):
                instead = "leave it out" if recordings else "read them again where nobody else speaks"
                raise AudioError(
                    f"{label} sounds like somebody else than the rest: {instead}, or learn each person under "
                    "a name of their own."
                )
        voice = KnownVoices().enrol(name, list(vectors.values()))
        store.keep_voice(voice.name, voice.enrolled.tobytes(), voice.now.tobytes(), voice.heard)
    click.echo(f"She knows the voice of {voice.name} now.")


@command.command()
@click.argument("name")
@click.pass_obj
def forget(home: str | None, name: str) -> None:
    """Delete the voice of NAME.

    Example: companion voice forget Anna
    """
    from companion.dialogue.introductions import called
    from companion.errors import StoreError

    with _store(home) as store:
        known = called((voice for voice, *_ in store.voices()), name)
        if not known:
            raise StoreError(
                f"She knows no voice called {name}: `companion voice list` shows those she knows."
            )
        for voice in known:
            store.forget_voice(voice)
    click.echo(f"The voice of {' and '.join(known)} is forgotten.")


def _recorded(recordings: tuple[Path, ...]) -> dict[str, Any]:
    """The speech of each recording in which there is any."""
    import numpy as np

    from companion.audio import RATE
    from companion.audio.recordings import read
    from companion.bench.asr_data import speech_in

    sounds = {}
    for path in recordings:
        audio = read(path)
        spans = [audio[round(a * RATE) : round(b * RATE)] for a, b in speech_in(audio)]
        if spans:
            sounds[str(path)] = np.concatenate(spans)
    return sounds


def _read_aloud(settings: Any) -> dict[str, Any]:
    """Three sentences, read to the microphone one after the other."""
    import numpy as np

    from companion.audio.device import DeviceSound
    from companion.engines.vad import WINDOW
    from companion.engines.vad.hysteresis import Hysteresis, Started
    from companion.engines.vad.silero import SileroDetector
    from companion.settings import VadSettings

    sound = DeviceSound(settings.audio)
    said, silent, gone = dict[str, Any](), 0, 0.0
    try:
        _listen(sound)
        for sentence in SENTENCES:
            click.echo(f"Please read: {sentence}")
            detector, edges = SileroDetector(), Hysteresis(VadSettings(min_silence=0.8))
            tape, seen, began, over = np.zeros(0, np.float32), 0, 0.0, False
            while not over:
                captured = sound.read(0.2)
                if captured is None:
                    gone = gone + 0.2 if sound.status().trouble else 0.0
                    if gone > DEAF:
                        raise AudioError(sound.status().trouble)
                    continue
                gone = 0.0
                silent = 0 if captured.frames.any() else silent + captured.frames.size
                if silent > DEAF * 16_000:
                    raise AudioError(
                        "The microphone gives nothing but digital silence: see that it isn't muted, or "
                        "choose another (`companion doctor` shows its level)."
                    )
                tape = np.concatenate([tape, captured.frames.reshape(-1)])
                while len(tape) - seen >= WINDOW and not over:
                    edge = edges.feed(detector.probability(tape[seen : seen + WINDOW]))
                    seen += WINDOW
                    if isinstance(edge, Started):
                        began = edge.at
                    elif edge is not None and edge.at - began > 1.0:
                        said[f'"{sentence}"'] = tape[round(began * 16_000) : round(edge.at * 16_000)]
                        over = True
    finally:
        sound.close()
    return said


def _listen(sound: Any) -> None:
    try:
        sound.start()
    except AudioError as error:
        instead = "`companion voice learn NAME WAV...` learns it from recordings, without a microphone."
        raise AudioError(f"{error} {instead}") from error


def _store(home: str | None) -> Any:
    """The store of a home that no other process holds, for the length of a `with` block."""
    import contextlib

    from companion.commands.unlocking import unlocked
    from companion.home import held, open_home

    @contextlib.contextmanager
    def opened() -> Any:
        folder = open_home(home)
        with held(folder, "voice"), contextlib.closing(unlocked(folder)) as store:
            yield store

    return opened()
