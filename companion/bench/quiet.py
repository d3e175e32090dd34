"""What must not make her speak: music, typing, a kitchen, silence, and other people's speech when she is to
answer one person. In virtual time, with the real engines, so that half an hour takes a few minutes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion import app
from companion.audio import RATE
from companion.audio.recordings import read
from companion.bench.asr_data import sounds_in
from companion.bench.noises import stretches
from companion.dialogue import events as e
from companion.dialogue.state import State
from companion.dialogue.timeline import Timeline
from companion.engines import Never
from companion.engines.asr import Recognizer
from companion.engines.speaker.voices import KnownVoices
from companion.engines.tts import Synthesizer
from companion.errors import AudioError
from companion.settings import Settings

Samples = NDArray[np.float32]

ENROLLED = 3
"""Utterances that the person she answers is known by."""

PAUSE = 3.0
"""Seconds between two utterances: every one is a turn of its own."""

TELEVISION = (
    "Good evening, and welcome to the news. The council has voted tonight on the new bridge over the river.",
    "You won't believe these prices. Come in today and take home two for one, only this weekend.",
    "Did you hear what she said to him? I can't live like this any more. Please, don't go.",
    "Tomorrow there will be rain in the north, and sunny spells in the south, with a light wind.",
)


SNRS = (15.0, 10.0, 5.0)
"""Level of the person she answers over the others in the mixed case, dB."""

COUNTED = ("of", "answered", "meanwhile", "said", "same", "more")

MIXED = 8.0
"""Seconds of an utterance of the mixed case at most."""


class _Turns:
    """A watcher that keeps the user's turns, and counts what she gave to the loudspeaker."""

    def __init__(self) -> None:
        self.turns: list[tuple[float, str, str]] = []
        self.played = 0

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        if isinstance(what, e.CommitUserTurn):
            self.turns.append((now, what.text, what.who))
        elif isinstance(what, e.Play):
            self.played += 1

    def timed(self, timeline: Timeline) -> None: ...


class _Acquainted(app.Forgetful):
    """A store that keeps nothing and knows some voices."""

    def __init__(self, rows: list[tuple[str, bytes, bytes, int]]) -> None:
        self._rows = rows

    def voices(self) -> list[tuple[str, bytes, bytes, int]]:
        return self._rows


def run(
    data: Path, settings: Settings, step: Callable[[str], None], *, minutes: float, person: int = 1
) -> dict[str, Any]:
    """Let her hear that many minutes of noise, and as many of other people's speech. `person`: which of those
    with enough recordings is known to her.

    Plain JSON: `noise` and `others`, each with `minutes`, `turns` that were made of it and what they said
    (`heard`), and how often she spoke (`answers`); `own`: how many utterances `of` the person she answers,
    who speaks among the others, were `answered`, and with what share of their `words`; `mixed`: utterances of
    that person over and just before other people's speech (`_mixed`). Raises `AudioError` where recordings
    are missing.
    """
    mine, others = _people(data, person)
    step("noise")
    noise = _noise(data, minutes)
    quiet = _hear(settings, app.Forgetful(), noise, step)
    step("other people")
    loader = app.Loader(settings)
    encoder = loader.speaker()
    known = KnownVoices()
    vectors = [v for sound in mine[:ENROLLED] if (v := encoder.vector(sound)) is not None]
    voice = known.enrol("me", vectors)
    row = (voice.name, voice.enrolled.tobytes(), voice.now.tobytes(), voice.heard)
    air, own = _company(mine[ENROLLED:], others, loader.tts(), minutes)
    only = replace(settings, voices=replace(settings.voices, answer="known"))
    seen = _hear(only, _Acquainted([row]), air, step)
    each = [[turn for turn in seen.turns if a <= turn[0] <= b + PAUSE] for a, b in own]
    theirs = [turn for turn in seen.turns if not any(turn in turns for turns in each)]
    recognizer = loader.asr()
    counts = [_counts(recognizer, alone, turns) for alone, turns in zip(mine[ENROLLED:], each, strict=False)]
    share = sum(c.same for c in counts) / max(1, sum(c.said for c in counts))
    return {
        "noise": _told(len(noise), quiet.turns, quiet.played),
        "others": _told(len(air), theirs, None),
        "own": {"of": len(own), "answered": sum(map(bool, each)), "words": round(share, 2)},
        "mixed": _mixed(only, _Acquainted([row]), mine[ENROLLED:], others, recognizer, step),
    }


class _Counts(NamedTuple):
    """Words of an utterance as they are heard of it alone, words in the turns that came of it, and how many
    of both are the same."""

    said: int
    heard: int
    same: int


def _counts(recognizer: Recognizer, alone: Samples, turns: Sequence[tuple[float, str, str]]) -> _Counts:
    from difflib import SequenceMatcher

    from companion.engines.asr.normal import words

    said = words(recognizer.quick(alone, Never()).text)
    heard = words(" ".join(text for _, text, _ in turns))
    blocks = SequenceMatcher(a=said, b=heard, autojunk=False).get_matching_blocks()
    return _Counts(len(said), len(heard), sum(block.size for block in blocks))


@dataclass(frozen=True, slots=True)
class _Scene:
    """One utterance of the person she answers, with others behind or under it: where it is, in seconds."""

    kind: str
    sound: Samples
    start: float
    end: float
    alone: Samples


def _mixed(
    settings: Settings,
    store: app.Forgetful,
    mine: Sequence[Samples],
    others: Sequence[Samples],
    recognizer: Recognizer,
    step: Callable[[str], None],
) -> dict[str, Any]:
    """Utterances of the person she answers while others speak: over them, at some levels, and just before
    them.

    For each kind of scene: `of`, `answered` (a turn came of it), `meanwhile` (while the others still spoke),
    `words` (share of the words that are heard of the utterance alone) and `more` (words that aren't).
    """
    step("people at once")
    scenes = _scenes([sound for sound in mine if sound.size <= MIXED * RATE], others)
    starts = np.cumsum([0, *(scene.sound.size for scene in scenes)]) / RATE
    turns = _hear(settings, store, np.concatenate([scene.sound for scene in scenes]), step).turns
    told: dict[str, Any] = {}
    for scene, start in zip(scenes, starts, strict=False):
        length = scene.sound.size / RATE
        seen = [turn for turn in turns if start <= turn[0] < start + length]
        counts = _counts(recognizer, scene.alone, seen)
        row = told.setdefault(scene.kind, dict.fromkeys(COUNTED, 0))
        row["of"] += 1
        row["answered"] += bool(seen)
        row["meanwhile"] += any(at - start < length - PAUSE for at, _, _ in seen)
        row["said"], row["same"] = row["said"] + counts.said, row["same"] + counts.same
        row["more"] += counts.heard - counts.same
    for row in told.values():
        row["words"] = round(row.pop("same") / max(1, row.pop("said")), 2)
    return told


def _scenes(mine: Sequence[Samples], others: Sequence[Samples]) -> list[_Scene]:
    """Somebody else speaks for 3 s before an utterance, under it and for 6 s behind it; or from 0.15 s behind
    it on. Then there is silence for `PAUSE` seconds."""
    rng = np.random.default_rng(10)
    crowd = np.concatenate([others[index] for index in rng.permutation(len(others))])
    scenes: list[_Scene] = []
    for kind in (*SNRS, None):
        for own in mine[:2]:
            level = float(np.sqrt(np.mean(own**2)))
            lead = 3.0 if kind is not None else 0.5
            start, end = lead, lead + own.size / RATE
            sound = np.zeros(round((end + 6.0 + PAUSE) * RATE), np.float32)
            begin = 0.0 if kind is not None else end + 0.15
            first, last = round(begin * RATE), sound.size - round(PAUSE * RATE)
            at = int(rng.integers(crowd.size - (last - first)))
            talk = crowd[at : at + last - first]
            talk = talk * (level / np.sqrt(np.mean(talk**2)) * 10 ** (-(kind or 0.0) / 20))
            sound[first:last] += talk
            sound[round(start * RATE) : round(start * RATE) + own.size] += own
            sound += rng.normal(0, 5e-4, sound.size).astype(np.float32)
            name = "just before others" if kind is None else f"over others at {kind:.0f} dB"
            scenes.append(_Scene(name, sound, start, end, own))
    return scenes


def _told(samples: int, turns: Sequence[tuple[float, str, str]], played: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {"minutes": round(samples / RATE / 60, 1), "turns": len(turns)}
    if played is not None:
        told["answers"] = played
    return {**told, "heard": [text for _, text, _ in turns]}


def _hear(settings: Settings, store: app.Forgetful, air: Samples, step: Callable[[str], None]) -> _Turns:
    parts = app.load_parts(settings, store, lambda role: None)
    turns = _Turns()
    try:
        rehearsal = app.Rehearsal.of(parts, air, (turns,))
        end = len(air) / RATE + PAUSE
        for minute in np.arange(60.0, end + 60.0, 60.0):
            rehearsal.run(min(float(minute), end))
            step(f"{min(minute, end) / 60:.0f} minutes heard, {len(turns.turns)} turns")
    finally:
        parts.close()
    return turns


def _noise(data: Path, minutes: float) -> Samples:
    """A third each of recorded noise, made-up noise, and music; with silences between."""
    rng = np.random.default_rng(8)
    wanted = int(minutes * 60 * RATE / 3)
    paths = sounds_in(data / "noise")
    if not paths:
        raise AudioError(f"{data}/noise has no recordings of noise.")
    pieces: list[Samples] = []
    for path in paths:
        recorded = np.tile(read(path), 1 + wanted // len(paths) // RATE)[: wanted // len(paths)]
        pieces.append(recorded * np.float32(rng.uniform(0.5, 2.0)))
    pieces += [sound for _, sound in stretches(minutes * 20, seed=11)]
    pieces.append(music(rng, wanted))
    silence = np.zeros(2 * RATE, np.float32)
    air = np.concatenate([part for piece in pieces for part in (piece, silence)])
    return np.asarray(air + rng.normal(0, 5e-4, air.size), np.float32)


def music(rng: np.random.Generator, samples: int) -> Samples:
    """Plucked chords over a bass and a drum, a new chord every two seconds; peak 0.3."""
    beat = RATE // 2
    out = np.zeros(samples + 4 * beat, np.float32)
    time_ = np.arange(2 * beat) / RATE
    for start in range(0, samples, beat):
        if start // beat % 4 == 0:
            root = 110 * 2 ** (rng.choice([0, 3, 5, 7, 8, 10]) / 12)
        tone = root * rng.choice([1, 2, 2.52, 3, 4])
        pluck = sum(np.sin(2 * np.pi * tone * k * time_) / k for k in (1, 2, 3, 4)) * np.exp(-3 * time_)
        bass = np.sin(2 * np.pi * root / 2 * time_) * np.exp(-2 * time_)
        drum = rng.standard_normal(time_.size) * np.exp(-40 * time_) * 0.5
        out[start : start + time_.size] += (pluck + bass + drum).astype(np.float32)
    return np.asarray(0.3 * out[:samples] / np.max(np.abs(out)), np.float32)


def _people(data: Path, person: int) -> tuple[list[Samples], list[Samples]]:
    """The utterances of the speaker of that number (from 1) among those with many, and everybody else's."""
    manifest = data / "speakers" / "manifest.csv"
    if not manifest.is_file():
        raise AudioError(f"{data} has no speakers/manifest.csv.")
    people: dict[str, list[Path]] = {}
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            people.setdefault(row["speaker"], []).append(data / "speakers" / row["file"])
    many = [name for name, paths in people.items() if len(paths) > ENROLLED]
    if len(many) < person:
        raise AudioError(f"{data}/speakers has more than {ENROLLED} recordings of {len(many)} people only.")
    mine = many[person - 1]
    others = [path for name, paths in people.items() if name != mine for path in paths]
    return [read(path) for path in people[mine]], [read(path) for path in others]


def _company(
    mine: Sequence[Samples], others: Sequence[Samples], synthesizer: Synthesizer, minutes: float
) -> tuple[Samples, list[tuple[float, float]]]:
    """Other people and a television, the person she answers among them every few minutes: the air, and when
    that person spoke."""
    import soxr

    rng = np.random.default_rng(9)
    screen: list[Samples] = []
    for text in TELEVISION:
        speeches = list(synthesizer.synthesize(text, Never()))
        sound = np.concatenate([s.samples for s in speeches]).astype(np.float32) / np.float32(32768)
        for factor in (0.85, 1.15):
            voice = np.asarray(soxr.resample(sound, speeches[0].rate * factor, RATE), np.float32)
            screen.append(voice + np.float32(0.3) * music(rng, voice.size))
    rest = list(rng.permutation(np.arange(len(others) + len(screen))))
    everybody = [*others, *screen]
    pieces: list[Samples] = []
    own: list[tuple[float, float]] = []
    length, turn = 0, 0
    every = max(1, len(everybody) // (len(mine) + 1))
    while length < minutes * 60 * RATE:
        turn += 1
        if turn % every == 0 and len(own) < len(mine):
            sound = mine[len(own)]
            own.append((length / RATE, (length + sound.size) / RATE))
        else:
            sound = everybody[rest[turn % len(rest)]]
        pieces += [sound, np.zeros(round(PAUSE * RATE), np.float32)]
        length += sound.size + round(PAUSE * RATE)
    air = np.concatenate(pieces)
    return np.asarray(air + rng.normal(0, 5e-4, air.size), np.float32), own
