"""A recording as a `Sound`: it is heard, then silence, and what is played is kept on the same timeline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from companion.audio import FRAME, RATE, Captured, Side, SoundStatus

BLOCK = 10
"""Frames a driven `read` returns at most: 0.1 s."""

FADE = 0.008
"""Length of the fade when sound is stopped, seconds."""

RAMP = 0.01
"""Length of the passage from one loudness to another, seconds."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound on the timeline: int16[n] `samples` at `rate` hertz from second `at` of the recording on;
    `position` is its start in seconds of queued sound, `length` what of it sounds, seconds."""

    at: float
    position: float
    samples: NDArray[np.int16]
    rate: int

    @property
    def length(self) -> float:
        """Seconds it sounds."""
        return len(self.samples) / self.rate


class WavSound:
    """A `Sound` without a device: `audio` float32[n] at 16 kHz is heard, then `tail` seconds of silence, then
    `read` raises EOFError.

    `realtime`: the recording passes at the speed of speech, on the given clock. Otherwise it is driven: every
    `read` moves its time by what it returns, up to `BLOCK` frames, and nothing passes while nobody reads.
    """

    def __init__(
        self,
        audio: NDArray[np.float32],
        *,
        tail: float = 10.0,
        realtime: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        length = -(-(len(audio) + round(tail * RATE)) // FRAME) * FRAME
        self._audio = np.zeros(length, np.float32)
        self._audio[: len(audio)] = audio
        self._realtime, self._clock, self._sleep = realtime, clock, sleep
        self._lock = threading.RLock()
        self._side = Side.CLOSED
        self._muted = False
        self._start = 0.0
        self._read = 0
        self._pieces: list[Piece] = []
        self._queued = 0.0
        self._gains: list[tuple[float, float]] = [(0.0, 1.0)]

    def start(self) -> None:
        """Begin: the recording's first sample is in the air now."""
        self._start = self._clock()
        self._side = Side.OPEN

    def close(self) -> None:
        """End; idempotent. What was played stays."""
        self._side = Side.CLOSED

    def read(self, timeout: float) -> Captured | None:
        """What was heard since the last read. Raises EOFError at the end of the tail."""
        if self._side is Side.CLOSED:
            return None
        deadline = self._clock() + timeout
        while self._realtime and self._read < len(self._audio) and self._due() > self._clock():
            left = min(self._due(), deadline) - self._clock()
            if left <= 0:
                return None
            self._sleep(left)
        with self._lock:
            return self._take()

    def mute(self, muted: bool) -> None:
        """While muted, the recording passes unheard."""
        with self._lock:
            if self._muted and not muted and self._realtime:
                self._read = min(int(self._now() * RATE) // FRAME * FRAME, len(self._audio))
            self._muted = muted

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        """Put sound onto the timeline, now or behind what is queued; returns its position."""
        with self._lock:
            start = self._queued
            if len(samples):
                end = self._pieces[-1].at + self._pieces[-1].length if self._pieces else 0.0
                self._pieces.append(Piece(max(self._now(), end), start, samples, rate))
                self._queued += len(samples) / rate
            return start

    def duck(self, gain_db: float) -> None:
        """What sounds from now on is softer by that."""
        with self._lock:
            self._gains.append((self._now(), 10 ** (min(gain_db, 0.0) / 20)))

    def stop(self) -> float:
        """Cut what is queued off, faded; returns the position reached."""
        with self._lock:
            now = self._now()
            self._pieces = [_cut(piece, now) for piece in self._pieces if piece.at < now]
            self._queued = self._pieces[-1].position + self._pieces[-1].length if self._pieces else 0.0
            return self._queued

    def heard(self) -> float:
        """The position that has passed on the timeline."""
        with self._lock:
            now = self._now()
            for piece in reversed(self._pieces):
                if now > piece.at:
                    return min(piece.position + (now - piece.at), piece.position + piece.length)
            return 0.0

    def status(self) -> SoundStatus:
        """A recording has no counters, and one clock."""
        side = Side.CLOSED if self._muted else self._side
        return SoundStatus(side, self._side, "recording", "recording", 0, 0, 0, 0.0, 0.0)

    def played(self) -> list[tuple[float, NDArray[np.int16], int]]:
        """What sounded: (second of the recording at which it began, int16[n] samples, rate in hertz)."""
        with self._lock:
            return [(piece.at, self._softened(piece), piece.rate) for piece in self._pieces]

    def reply(self) -> NDArray[np.int16]:
        """What sounded as one recording: int16[n] at 16 kHz, on the timeline of what was heard."""
        sounds = [(round(at * RATE), _at_16_khz(samples, rate)) for at, samples, rate in self.played()]
        out = np.zeros(max((at + len(sound) for at, sound in sounds), default=0), np.int32)
        for at, sound in sounds:
            out[at : at + len(sound)] += sound
        return np.clip(out, -32768, 32767).astype(np.int16)

    def _softened(self, piece: Piece) -> NDArray[np.int16]:
        if all(gain == 1.0 for _, gain in self._gains):
            return piece.samples
        times = piece.at + np.arange(len(piece.samples)) / piece.rate
        moments = [moment + late for moment, _ in self._gains[1:] for late in (0.0, RAMP)]
        before_and_after = [gain for pair in pairwise(self._gains) for gain in (pair[0][1], pair[1][1])]
        gains = np.interp(times, moments, before_and_after)
        return np.asarray((piece.samples * gains).astype(np.int16))

    def _now(self) -> float:
        """Seconds of the timeline that have passed."""
        if self._realtime and self._side is Side.OPEN:
            return max(0.0, self._clock() - self._start)
        return self._read / RATE

    def _due(self) -> float:
        """When the next frame is complete, on the clock."""
        return self._start + (self._read + FRAME) / RATE

    def _take(self) -> Captured | None:
        if self._read >= len(self._audio):
            raise EOFError("the recording has ended")
        passed = round(self._now() * RATE)
        end = passed // FRAME * FRAME if self._realtime else self._read + BLOCK * FRAME
        end = min(max(end, self._read + FRAME), len(self._audio))
        frames = self._audio[self._read : end].reshape(-1, FRAME)
        self._read = end
        return None if self._muted else Captured(frames.copy(), self._start + end / RATE)


def _cut(piece: Piece, now: float) -> Piece:
    """The piece as it sounds when it is stopped at `now`, seconds of the timeline."""
    fade = round(FADE * piece.rate)
    end = round((now - piece.at) * piece.rate) + fade
    if end >= len(piece.samples):
        return piece
    samples = piece.samples[:end].astype(np.float32)
    samples[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return Piece(piece.at, piece.position, samples.astype(np.int16), piece.rate)


def _at_16_khz(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    if rate == RATE:
        return samples
    import soxr

    return np.asarray(soxr.resample(samples, rate, RATE, quality="HQ"), np.int16)
