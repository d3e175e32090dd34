"""Who speaks when: the utterances of a turn, cut into stretches of one voice.

An utterance is looked at in windows of `WINDOW`, one every `HOP`. In the windows that are like a known voice
it is searched for the stretch that is theirs (the one with the greatest sum of what its windows are nearer
than `LIKELY`); what stands before and behind it is somebody else's where it is clearly so, else it belongs to
it: a word of a known voice is missed more dearly than a word of the television is taken for theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from companion.engines.speaker import Vector, VoiceEncoder
from companion.engines.speaker.dvector import unit
from companion.engines.speaker.voices import UNSURE, KnownVoices, at, threshold
from companion.runtime.ears import Snapshot

RATE = 16_000
WINDOW = 13_152
"""Samples of a window: the voice model's own."""

HOP = 6_400

LIKELY = 0.45
"""Cosine of one window from which on it is rather a known voice's: 1 in 20 of other people's reaches it, and
19 in 20 of one's own do."""

UNLIKE = ((0.4, 0.25), (0.6, 0.15), (1.0, 0.15), (2.0, 0.08), (4.0, 0.0))
"""How far below the threshold a stretch must be to be clearly somebody else's, though it stands beside a
known voice, by its seconds: 1 in 20 of one's own is as far below it in noise of 10 dB. What is shorter may
always be theirs: whoever whispers or shouts "stop" sounds like nobody."""

LITTLE = 1.0
"""Seconds of speech that are a little."""

A_WORD, FADES = 0.4, 0.1
"""Seconds of speech that are a word or less, and for which such a word may fade away behind what was taken
for speech: they tell of its voice, too ("Who?" of 0.22 s: cosine 0.31 without them, 0.44 with them)."""

KEPT = 2048
"""Windows whose voice is remembered, so that each is looked at once while a turn grows: more than the longest
turn has (2 MB)."""


class Whose(Enum):
    """Whose a stretch is."""

    KNOWN = "a known voice's"
    OPEN = "anybody's"
    OTHER = "somebody else's"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech of one voice: sample numbers of the stream, the vectors of its windows, and whose it is."""

    start: int
    end: int
    vectors: tuple[Vector, ...]
    whose: Whose

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / RATE


def joint(stretches: Sequence[Stretch]) -> Vector | None:
    """The voice of all of them together; None where there is too little of it."""
    vectors = [vector for stretch in stretches for vector in stretch.vectors]
    return unit(np.mean(vectors, axis=0)) if vectors else None


@dataclass(slots=True)
class Cutter:
    """Cuts utterances into stretches. May be asked from several threads."""

    encoder: VoiceEncoder
    known: KnownVoices
    _seen: dict[tuple[int, int], Vector | None] = field(default_factory=dict)

    def whole(self, sound: Snapshot) -> list[Stretch]:
        """Every utterance as one stretch."""
        return [self._stretch(sound, start, end) for start, end in sound.spans]

    def cut(self, sound: Snapshot) -> list[Stretch]:
        """Every utterance as stretches of one voice, in order. A little that may be anybody's is theirs who
        spoke before it, unless it is the last: the beginning of the first may have been dealt with."""
        parts = [part for start, end in sound.spans for part in self._parts(self._stretch(sound, start, end))]
        theirs = bool(parts) and parts[0].start == sound.start
        for index, part in enumerate(parts):
            last = index > 0 and index == len(parts) - 1
            if theirs and not last and part.whose is Whose.OPEN and part.seconds < LITTLE:
                parts[index] = replace(part, whose=Whose.OTHER)
            theirs = parts[index].whose is Whose.OTHER
        return parts

    def _stretch(self, sound: Snapshot, start: int, end: int) -> Stretch:
        """An utterance with its windows; what is left behind the last whole one is too short to count."""
        count = max(1, (end - start - WINDOW) // HOP + 1)
        last = min(end + round(FADES * RATE), sound.end) if end - start < A_WORD * RATE else end
        places = [(start + i * HOP, min(last, start + i * HOP + WINDOW)) for i in range(count)]
        vectors = [self._vector(sound, a, b) for a, b in places]
        return self._judged(start, end, tuple(vector for vector in vectors if vector is not None))

    def _vector(self, sound: Snapshot, start: int, end: int) -> Vector | None:
        seen, key = self._seen, (start, end)
        if key in seen:
            return seen[key]
        found = self.encoder.vector(sound.sound(start, end))
        self._seen = {**dict(list(seen.items())[-KEPT:]), key: found}
        return found

    def _judged(self, start: int, end: int, vectors: tuple[Vector, ...]) -> Stretch:
        """A stretch, and whose it is by all of it."""
        seconds = (end - start) / RATE
        open_ = Stretch(start, end, vectors, Whose.OPEN)
        voice = joint([open_])
        if voice is None:
            return open_
        nearest = self.known.nearest(voice)
        if nearest >= threshold(seconds):
            return Stretch(start, end, vectors, Whose.KNOWN)
        clearly = seconds >= UNLIKE[0][0] and nearest < threshold(seconds) - at(seconds, UNLIKE)
        return Stretch(start, end, vectors, Whose.OTHER if clearly else Whose.OPEN)

    def _sure(self, part: Stretch) -> bool:
        """Whether it is surely a known voice's: it is the nearest of many places in an utterance."""
        voice = joint([part])
        return voice is not None and self.known.nearest(voice) >= threshold(part.seconds) + UNSURE / 2

    def _parts(self, whole: Stretch) -> list[Stretch]:
        """What stands before, in, and behind the stretch that is a known voice's."""
        likely = np.array([self.known.nearest(vector) - LIKELY for vector in whole.vectors])
        if len(likely) < 3 or (likely < 0).all():
            return [whole]
        first, last = _greatest(likely)
        start = whole.start + first * HOP
        end = whole.start + last * HOP + WINDOW if last + 1 < len(likely) else whole.end
        before = self._judged(whole.start, start, whole.vectors[:first])
        behind = self._judged(end, whole.end, whole.vectors[last + 1 :])
        if before.whose is not Whose.OTHER:
            first, start = 0, whole.start
        if behind.whose is not Whose.OTHER:
            last, end = len(likely) - 1, whole.end
        own = self._judged(start, end, whole.vectors[first : last + 1])
        cut = start > whole.start or end < whole.end
        if not cut or not self._sure(own):
            return [whole]
        found = [before] if start > whole.start else []
        return [*found, own, *([behind] if end < whole.end else [])]


def _greatest(values: np.ndarray) -> tuple[int, int]:
    """The first and last index of the run with the greatest sum (Kadane)."""
    best, found, total, start = -np.inf, (0, 0), 0.0, 0
    for index, value in enumerate(values):
        if total <= 0:
            total, start = 0.0, index
        total += float(value)
        if total > best:
            best, found = total, (start, index)
    return found
