"""The recordings of `companion bench asr`, cut to turns as a conversation would cut them.

Needs a folder with `speech/manifest.csv` (file, lang, text), `commands/manifest.csv` (file, and the phrases
of a right transcript divided by "|") and `noise/`, the recordings beside them; `wakeword/`, if it is there,
holds recordings of one short phrase in a folder that is called so, and `speakers/` sentences. A turn is what
the speech detector finds, with the pre-roll in front and the silence that ends an utterance behind.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.audio import RATE
from companion.audio.recordings import read
from companion.engines.vad import WINDOW
from companion.engines.vad.hysteresis import Hysteresis, Started
from companion.engines.vad.silero import SileroDetector
from companion.errors import AudioError
from companion.settings import AudioSettings, VadSettings

TUNED = 30
"""The first so many commands are for tuning; the others are looked at in the end only."""

SHORT = 5
"""Commands taken of each half, for a short measurement; and two recordings of speech."""

TORN = 0.6
"""Share of a recording after which it breaks off."""

Sound = NDArray[np.float32]

UTTERANCE = 0.2
"""Silence that parts two utterances, seconds: longer than the one at which a draft begins, so that a
hesitation doesn't cut one in two."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A recorded turn of the group "speech", "tuned", "held_out", "words" or "torn".

    `audio` is what the recogniser gets, `speech` the seconds in it from the first word to the last.
    """

    name: str
    group: str
    audio: Sound
    speech: float
    text: str = ""
    phrases: tuple[str, ...] = ()


def utterances_in(data: Path, short: bool) -> Iterator[Utterance]:
    """The recordings of `speech` and `commands`, each cut to its turn; raises `AudioError`."""
    for row in _manifest(data / "speech")[: 2 if short else None]:
        audio, speech = _turn(data / "speech" / row["file"])
        yield Utterance(row["file"], "speech", audio, speech, text=row["text"])
    for number, row in enumerate(_manifest(data / "commands")):
        if short and number % TUNED >= SHORT:
            continue
        audio, speech = _turn(data / "commands" / row["file"])
        group = "tuned" if number < TUNED else "held_out"
        yield Utterance(row["file"], group, audio, speech, phrases=tuple(row["phrases"].split("|")))


def words_in(data: Path, short: bool) -> Iterator[Utterance]:
    """The recordings of one short phrase each in the folders of `wakeword/`, which say it ("smart_mirror"),
    where there are any; cut to their turns."""
    for folder in sorted(path for path in (data / "wakeword").glob("*") if path.is_dir()):
        phrase = folder.name.replace("_", " ")
        for path in sounds_in(folder)[: SHORT if short else None]:
            audio, speech = _turn(path)
            yield Utterance(path.name, "words", audio, speech, text=phrase, phrases=(phrase,))


def torn_in(data: Path, short: bool) -> Iterator[Utterance]:
    """The recordings of `speakers/`, where there are any, whole and broken off after `TORN` of their length,
    as a turn is that goes on; their text isn't known."""
    for path in sounds_in(data / "speakers")[:: SHORT if short else 1]:
        audio, speech = _turn(path)
        yield Utterance(path.name, "torn", audio, speech)
        yield Utterance(f"{path.name} torn", "torn", audio[: round(TORN * audio.size)], TORN * speech)


def sounds_in(folder: Path) -> list[Path]:
    """The recordings in a folder, in order; none where there is no folder."""
    return sorted(path for path in folder.glob("*") if path.suffix in (".flac", ".wav"))


def turns_in(audio: Sound) -> Iterator[Sound]:
    """Every utterance that the speech detector finds in `audio` (16 kHz mono)."""
    for began, ended in speech_in(audio):
        yield _cut(audio, began, ended)


def speech_in(audio: Sound) -> list[tuple[float, float]]:
    """Where the speech detector hears speech begin and end, seconds; the last may last to the end."""
    detector, hysteresis = SileroDetector(), Hysteresis(VadSettings(min_silence=UTTERANCE))
    windows = audio[: audio.size // WINDOW * WINDOW]
    found: list[tuple[float, float]] = []
    began = 0.0
    for probability in detector.probabilities(windows):
        edge = hysteresis.feed(float(probability))
        if isinstance(edge, Started):
            began = edge.at
        elif edge is not None:
            found.append((began, edge.at))
    return [*found, (began, hysteresis.now)] if hysteresis.speaking else found


def _turn(path: Path) -> tuple[Sound, float]:
    """A recording from first word to last, and the seconds between; all of it where no speech is found."""
    audio = read(path)
    found = speech_in(audio)
    if not found:
        return audio, audio.size / RATE
    began, ended = found[0][0], found[-1][1]
    return _cut(audio, began, ended), ended - began


def _cut(audio: Sound, began: float, ended: float) -> Sound:
    """What the recogniser gets of speech between two moments (seconds)."""
    start = max(0.0, began - AudioSettings().pre_roll)
    return audio[round(start * RATE) : round((ended + UTTERANCE) * RATE)]


def _manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of a folder's manifest; raises `AudioError` when it isn't there."""
    place = folder / "manifest.csv"
    if not place.is_file():
        raise AudioError(
            f"There is nothing to measure on: {place} is missing; name a folder with speech/, commands/ and "
            "noise/ with --data."
        )
    with place.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
