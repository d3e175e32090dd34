"""From frames to the edges of speech, and the sound of the turn in between.

Belongs to the thread that reads the microphone; what other threads ask of it (`snapshot`, `hold`, `drop`)
is guarded by one lock that is never held for longer than a copy of the turn's sound takes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.audio import FRAME, RATE, Captured
from companion.dialogue.events import (
    Event,
    SpeechDipped,
    SpeechFell,
    SpeechPaused,
    SpeechRose,
    SpeechStarted,
    SpeechSustained,
)
from companion.engines.vad import WINDOW, SpeechDetector

MOST = 600.0
"""Seconds of sound kept of one turn at most, whatever happens: 38 MB."""

HOP, QUIETEST = RATE // 50, 0.1
"""Samples of a stretch whose level is taken, and the share of them, the quietest, that is the noise."""


class Edge(Protocol):
    """Speech began or ended at `at`, in seconds of the stream."""

    @property
    def at(self) -> float: ...


class EdgeFinder(Protocol):
    """Turns probabilities of speech, one a window, into edges."""

    def feed(self, probability: float) -> Edge | None:
        """The edge that this window completes, if it does."""
        ...

    @property
    def voiced(self) -> bool:
        """Whether the last window was speech, no silence within it."""
        ...

    @property
    def rising(self) -> bool:
        """Whether the last window was perhaps the beginning of speech."""
        ...

    def reset(self) -> None:
        """The next window starts a new stream at 0 s."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The sound of a turn so far: float32[n], 16 kHz; `start` and `end` are sample numbers of the stream, and
    so is `voiced`, up to which there was speech. `spans`: where the utterances in it begin and end, no
    silence around them. `speaking`: the last of them goes on. `cuts`: where something was taken out of the
    middle. `spoke`: sample up to which she herself spoke last."""

    start: int
    end: int
    audio: NDArray[np.float32]
    voiced: int = 0
    spans: tuple[tuple[int, int], ...] = ()
    speaking: bool = False
    cuts: tuple[int, ...] = ()
    spoke: float = float("-inf")

    def over_noise(self) -> float:
        """Level of the utterances over the quietest tenth of the sound, dB; 0.0 where there is no speech.
        Digital silence, where frames were lost or a gate is closed, says nothing of the noise."""
        said = [self.sound(start, end) for start, end in self.spans]
        frames = self.audio[: len(self.audio) // HOP * HOP].reshape(-1, HOP)
        frames = frames[frames.any(axis=1)]
        if not len(frames) or not sum(map(len, said)):
            return 0.0
        noise = float(np.quantile(np.mean(frames**2, axis=1), QUIETEST))
        return 10 * float(np.log10((np.mean(np.concatenate(said) ** 2) + 1e-12) / (noise + 1e-12)))

    def sound(self, start: int, end: int) -> NDArray[np.float32]:
        """A view of the samples `start` to `end`."""
        return self.audio[max(0, start - self.start) : max(0, end - self.start)]

    def without(self, gaps: Sequence[tuple[int, int]]) -> Snapshot:
        """The same without those stretches, in order; what stood behind one in the middle moves up."""
        kept = self._kept(gaps)
        if gaps and not kept:
            return Snapshot(self.end, self.end, self.audio[:0], self.end, spoke=self.spoke)
        start, end = self.start, self.end
        middle: list[tuple[int, int]] = []
        for a, b in gaps:
            if not any(first < a for first, _ in kept):
                start = max(start, b)
            elif not any(last > b for _, last in kept):
                end = min(end, a)
            else:
                middle.append((a, b))
        edges = [start, *(edge for gap in middle for edge in gap), end]
        audio = np.concatenate([self.sound(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)])
        spans = [
            (first - before, last - before)
            for first, last in kept
            for before in [sum(b - a for a, b in middle if b <= first)]
        ]
        voiced = spans[-1][1] if spans else start
        speaking = self.speaking and end == self.end
        cuts = tuple(a for a, _ in middle)
        return Snapshot(start, start + len(audio), audio, voiced, tuple(spans), speaking, cuts, self.spoke)

    def _kept(self, gaps: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """What is left of the utterances."""
        kept = list(self.spans)
        for a, b in gaps:
            parts = [part for first, last in kept for part in ((first, min(last, a)), (max(first, b), last))]
            kept = [(first, last) for first, last in parts if first < last]
        return kept


class _Tape:
    """The last stretch of the stream, addressed by sample number; grows as needed, forgets from the front."""

    def __init__(self) -> None:
        self._sound = np.zeros(4 * RATE, np.float32)
        self._length = 0
        self.start = 0

    @property
    def end(self) -> int:
        return self.start + self._length

    def append(self, sound: NDArray[np.float32]) -> None:
        if self._length + len(sound) > len(self._sound):
            grown = np.zeros(2 * (self._length + len(sound)), np.float32)
            grown[: self._length] = self._sound[: self._length]
            self._sound = grown
        self._sound[self._length : self._length + len(sound)] = sound
        self._length += len(sound)

    def slice(self, start: int, end: int) -> NDArray[np.float32]:
        """A view of the samples `start` to `end`, as far as they are there."""
        return self._sound[max(0, start - self.start) : max(0, min(end, self.end) - self.start)]

    def forget(self, before: int) -> None:
        """Drop the samples before that number; the memory is overwritten or freed."""
        kept = self.slice(before, self.end).copy()
        self.start = max(self.start, min(before, self.end))
        self._sound = np.zeros(max(4 * RATE, 2 * len(kept)), np.float32)
        self._sound[: len(kept)] = kept
        self._length = len(kept)


class Ears:
    """Hears frames, tells the edges of speech, and keeps the sound of the turn from its pre-roll on."""

    def __init__(
        self,
        detector: SpeechDetector,
        edges: EdgeFinder,
        started: type,
        pre_roll: float,
        barge_in: float,
        hands_free: bool,
    ) -> None:
        self._detector, self._edges, self._started = detector, edges, started
        self._pre_roll = round(pre_roll * RATE)
        self._barge_in = round(barge_in * RATE)
        self._hands_free = hands_free
        self._sustained = False  # whether the speech that is going on has been told to last
        self._lock = threading.Lock()
        self._tape = _Tape()
        self._turn: int | None = None  # sample at which the turn's sound starts
        self._onset: int | None = None  # sample at which the speech that is going on began
        self._voiced = 0  # sample up to which there was speech
        self._spans: list[tuple[int, int]] = []  # the utterances on the tape
        self._windowed = 0  # samples that the VAD has seen
        self._zero = 0  # sample at which the VAD's stream started
        self._taken: dict[int, int] = {}  # end of the snapshot taken for a draft
        self._spoke = float("-inf")  # sample up to which she spoke
        self._done = 0  # sample up to which the sound has been dealt with: no pre-roll reaches before it

    def hear(self, captured: Captured) -> list[Event]:
        """Take in frames; returns the edges of speech found in them."""
        sound = captured.frames.reshape(-1)
        lost = min(round(captured.gap * RATE), RATE) // FRAME * FRAME
        if lost:
            sound = np.concatenate([np.zeros(lost, np.float32), sound])
        with self._lock:
            self._tape.append(sound)
            end = self._tape.end
            events: list[Event] = []
            while end - self._windowed >= WINDOW:
                window = self._tape.slice(self._windowed, self._windowed + WINDOW)
                rising = self._edges.rising
                edge = self._edges.feed(self._detector.probability(window))
                self._windowed += WINDOW
                if edge is not None:
                    events.append(self._note(edge, captured.at, end))
                elif rising != self._edges.rising:
                    events.append(SpeechFell() if rising else SpeechRose())
                events += self._sustain(captured.at, end)
                events += self._dip(captured.at, end)
            self._trim(end)
        return events

    def _note(self, edge: Edge, at: float, end: int) -> Event:
        sample = self._zero + round(edge.at * RATE)
        moment = at - (end - sample) / RATE
        if isinstance(edge, self._started):
            self._onset, self._sustained = sample, False
            self._spans.append((sample, sample))
            if self._turn is None and self._hands_free:
                self._turn = max(self._tape.start, self._done, sample - self._pre_roll)
            return SpeechStarted(moment)
        self._onset = None
        return SpeechPaused(moment)

    def _sustain(self, at: float, end: int) -> list[Event]:
        """Tell once when speech has lasted for the time of a barge-in; silence behind it doesn't count."""
        if self._onset is None or self._sustained or not self._edges.voiced:
            return []
        if self._windowed - self._onset < self._barge_in:
            return []
        self._sustained = True
        return [SpeechSustained(at - (end - self._onset) / RATE)]

    def _dip(self, at: float, end: int) -> list[Event]:
        """Tell when speech that goes on falls silent for the first window."""
        before, speaking = self._voiced, self._onset is not None
        if speaking and self._edges.voiced:
            self._voiced = self._windowed
            self._spans[-1] = (self._spans[-1][0], self._windowed)
        if not speaking or self._edges.voiced or before != self._windowed - WINDOW:
            return []
        return [SpeechDipped(at - (end - before) / RATE)]

    def _trim(self, end: int) -> None:
        """Forget what is neither the turn nor pre-roll nor still to be judged by the VAD."""
        keep = self._turn if self._turn is not None else end - self._pre_roll - RATE // 2
        keep = max(self._tape.start, min(keep, self._windowed), end - round(MOST * RATE))
        if keep - self._tape.start >= RATE:
            self._tape.forget(keep)
            before = [span for span in self._spans[:-1] if span[1] > self._tape.start]
            self._spans = [*before, *self._spans[-1:]]

    def snapshot(self, draft: int) -> Snapshot:
        """The sound of the turn so far, for a draft; empty when there is no turn."""
        with self._lock:
            self._taken = {draft: self._tape.end}
            return self._sound()

    def so_far(self) -> Snapshot:
        """The sound of the turn that goes on, for a partial transcript."""
        with self._lock:
            return self._sound()

    def _sound(self) -> Snapshot:
        end = self._tape.end
        start = end if self._turn is None else max(self._turn, self._tape.start)
        spans = tuple((max(a, start), b) for a, b in self._spans if b > start)
        audio = self._tape.slice(start, end).copy()
        speaking = self._onset is not None
        return Snapshot(start, end, audio, self._voiced, spans, speaking, spoke=self._spoke)

    def she_speaks(self, ahead: float = 0.0) -> None:
        """She has been speaking until now, and will for so many seconds more."""
        with self._lock:
            self._spoke = self._tape.end + round(ahead * RATE)

    def hand_over(self, draft: int, successor: int) -> None:
        """The snapshot taken for `draft` is now that of the draft `successor`."""
        with self._lock:
            if draft in self._taken:
                self._taken[successor] = self._taken.pop(draft)

    def hold(self) -> None:
        """The turn begins now, whatever the VAD says; its pre-roll is kept."""
        with self._lock:
            if self._turn is None:
                self._turn = max(self._tape.start, self._done, self._tape.end - self._pre_roll)

    def drop(self, draft: int = 0, *, most: float = MOST) -> None:
        """Forget the sound of the turn (with a draft: up to where its snapshot ended), but not speech that is
        going on, of which the last `most` seconds are kept."""
        with self._lock:
            self._done = max([self._done, *self._taken.values()])
            over = self._spans[:-1] if self._onset is not None else self._spans
            if over and not draft:
                self._done = max(self._done, over[-1][1])
            if draft and draft in self._taken:
                self._turn = self._taken[draft]
            elif self._onset is not None and self._hands_free:
                latest = max(self._onset - self._pre_roll, self._tape.end - round(most * RATE))
                self._turn = max(self._tape.start, self._done, latest)
            else:
                self._turn = None

    def lose(self, now: float) -> list[Event]:
        """The microphone is gone or closed: speech that was going on ends here, and the VAD starts afresh."""
        with self._lock:
            speaking, rising = self._onset is not None, self._edges.rising
            self._onset = None
            self._detector.reset()
            self._edges.reset()
            self._windowed = self._zero = self._tape.end
        return [SpeechPaused(now)] if speaking else [SpeechFell()] if rising else []

    def forget(self) -> None:
        """Drop every sample there is, the pre-roll too: what mute does."""
        with self._lock:
            self._tape.forget(self._tape.end)
            self._turn = self._onset = None
            self._spoke = float("-inf")
            self._spans = []
            self._windowed = self._zero = self._tape.end
            self._detector.reset()
            self._edges.reset()
