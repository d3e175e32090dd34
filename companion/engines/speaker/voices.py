"""The voices that are known, and whose of them one is. Only vectors are kept, no sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from companion.engines.speaker import Vector
from companion.engines.speaker.dvector import unit

THRESHOLDS = ((0.4, 0.50), (1.0, 0.52), (1.5, 0.555), (2.0, 0.575), (4.0, 0.62))
"""Cosine from which on a voice is somebody's, by seconds of speech: half of `UNSURE` below the cosine that
one in 200 pieces of other people's speech reaches, in the quiet and at 10 dB of noise (`companion bench
speaker`; made with two of the five people who are enrolled there and half of the others, checked on the
rest). A cohort that scores are normalised with, even one of 25 real people, told them apart no better."""

LIKE = ((0.2, 0.35), (0.4, 0.42), (0.6, 0.48), (1.0, 0.50))
"""Cosine from which on a little speech is like a known voice, where that is enough, by its seconds: in the
quiet 16, 6 and 5 in 100 pieces of one's own of 0.2, 0.3 and 0.5 s don't reach it, 10, 10 and 4 of other
people's do; at 10 dB of noise, with `HIDDEN`, 16, 13 and 11 and 20, 17 and 9."""

HIDDEN = ((15.0, 0.08), (25.0, 0.0))
"""Level over the noise, dB, and how much less is enough there, for noise hides a voice."""

UNSURE = 0.1
"""Cosine on either side of the threshold within which it may be either."""

PACE = 0.05
"""Share of a new utterance in a voice that adapts: a cold comes and goes within some twenty turns."""

STRAY = 0.90
"""Cosine to the voice as it was enrolled that an adapted one keeps at least, so that it can't drift off to
somebody else's."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's voice: as enrolled, as it is now, and how many utterances it was made of."""

    name: str
    enrolled: Vector
    now: Vector
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Who:
    """Whose voice an utterance was in: the nearest person's `name` ("" for nobody known), how near it is
    (cosine), and how sure that is: 0 (may be either) to 1. `hers`: it is her own, heard back."""

    name: str
    score: float
    sure: float
    hers: bool = False


class KnownVoices:
    """The people that she knows by their voices. `hers`: her own, which is nobody's and is kept nowhere.

    `voices` is never changed, only replaced: other threads may be reading it.
    """

    def __init__(self, voices: tuple[Voice, ...] = ()) -> None:
        self.voices = {voice.name: voice for voice in voices}
        self.hers: Vector | None = None

    def __bool__(self) -> bool:
        return bool(self.voices)

    def enrol(self, name: str, vectors: list[Vector]) -> Voice:
        """Learn (or learn anew) a person's voice from the vectors of some utterances; three are enough.
        Raises ValueError without any."""
        if not vectors:
            raise ValueError("no speech")
        vector = unit(np.mean(vectors, axis=0))
        self.voices = {**self.voices, name: Voice(name, vector, vector, len(vectors))}
        return self.voices[name]

    def forget(self, name: str) -> bool:
        """Delete a voice; whether there was one."""
        before, self.voices = self.voices, {n: voice for n, voice in self.voices.items() if n != name}
        return name in before

    def who(self, vector: Vector, seconds: float) -> Who:
        """Whose voice it is, judged from that many seconds of speech."""
        scores = {name: float(voice.now @ vector) for name, voice in self.voices.items()}
        near = -1.0 if self.hers is None else float(self.hers @ vector)
        enough = seconds >= THRESHOLDS[0][0]  # a word tells too little for it not to be heard
        if enough and near >= threshold(seconds) + UNSURE / 2 and near > max(scores.values(), default=-1.0):
            return Who("", near, 1.0, hers=True)
        if not scores:
            return Who("", 0.0, 0.0)
        name = max(scores, key=scores.__getitem__)
        away = scores[name] - threshold(seconds)
        return Who(name if away >= 0 else "", scores[name], min(1.0, abs(away) / UNSURE))

    def nearest(self, vector: Vector) -> float:
        """How near it is to the nearest known voice (cosine); -1.0 where none is known."""
        return max((float(voice.now @ vector) for voice in self.voices.values()), default=-1.0)

    def adapt(self, name: str, vector: Vector) -> Voice:
        """Let a person's voice follow an utterance that was surely theirs, within bounds."""
        voice = self.voices[name]
        moved = unit((1 - PACE) * voice.now + PACE * vector)
        if float(moved @ voice.enrolled) < STRAY:
            moved = voice.now
        self.voices = {**self.voices, name: replace(voice, now=moved, heard=voice.heard + 1)}
        return self.voices[name]


def same_person(vector: Vector, others: Sequence[Vector], seconds: float) -> bool:
    """Whether an utterance may be the same person's as some others, for a voice to be made of all of them:
    2 in 1000 of a person's own aren't taken for it, and 8 in 100 of somebody else's are."""
    return float(unit(np.mean(others, axis=0)) @ vector) >= threshold(seconds) - UNSURE


def threshold(seconds: float) -> float:
    """The cosine from which on a voice is somebody's, after so many seconds of speech."""
    return at(seconds, THRESHOLDS)


def like(seconds: float, level: float = float("inf")) -> float:
    """The cosine from which on a voice is like somebody's, after so many seconds of speech, 1 at most, that
    are `level` dB over the noise."""
    return at(seconds, LIKE) - at(level, HIDDEN)


def at(place: float, table: tuple[tuple[float, float], ...]) -> float:
    """What a table of (place, value) says for a place, on a straight line between two, outside the nearer."""
    places, values = zip(*table, strict=True)
    return float(np.interp(place, places, values))
