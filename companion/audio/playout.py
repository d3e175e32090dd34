"""The loudspeaker's side in the program: queued speech goes into the ring, and what was heard is known by
position.

A position is seconds of queued sound since the start; a ring position ("index") counts samples at the
device's rate. `_Anchor`s tie the two together wherever they part: at a stop, a reopened device, the end of a
resampled run.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio.drift import RECENT, DeviceClock, frame_zero
from companion.audio.shared import Mark, StreamMemory

STOP_WAIT = 0.06
"""Longest wait for the audio process to fall silent, seconds: several device blocks."""

NEARLY_OUT = 0.2
"""With less than this in the ring (seconds), the resampler's last samples are let out without what might
follow."""

KEPT = 0.5
"""What was played stays in the ring this long (seconds), to be played again when the device swallowed it."""

QUIET = 64
"""A run that ends below this (int16, -54 dB) can be resampled on its own without a click."""

LATE = 0.03
"""A device that hasn't asked for a block for this long (seconds) may stand still: nothing more counts as
heard."""

FADE_IN = 0.005
"""Fade at the start of speech resumed in its middle, seconds."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Ring position `index` is `position` seconds, and `rate` ring positions from there are a second."""

    index: int
    position: float
    rate: int


@dataclass(frozen=True, slots=True)
class _Chunk:
    samples: NDArray[np.int16]
    rate: int


class Playout:
    """Queues speech and accounts for it. `opened` and `closed` are told by whoever keeps the stream open."""

    def __init__(
        self,
        memory: StreamMemory,
        clock: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.memory, self._clock, self._sleep = memory, clock, sleep
        self._lock = threading.RLock()
        self._rate = 0
        self._first_block = 0
        self._anchors: deque[_Anchor] = deque([_Anchor(0, 0.0, 1)])
        self._backlog: deque[_Chunk] = deque()
        self._resampler: Any = None
        self._resampler_rate = 0
        self._queued = 0.0
        self._fed = 0.0
        self._heard = 0.0
        self._stopped_at = 0
        self.device_clock: DeviceClock | None = None

    def opened(self, rate: int, first_block: int) -> None:
        """A stream at `rate` hertz runs: go on with what was queued and not heard."""
        with self._lock:
            self._rate, self._first_block = rate, first_block
            self.device_clock = DeviceClock(rate)
            self._anchor(self._fed)
            self._feed()

    def closed(self) -> None:
        """The stream is gone: what it didn't bring to the air is put back in front of the queue.
        Call it when the audio process no longer touches the memory."""
        with self._lock:
            if not self._rate:
                return
            marks = self.memory.marks
            self._end_run()
            index = max(self._index_at_last_block(), self._stopped_at)
            unheard = self.memory.get(index, max(0, int(marks[Mark.WRITTEN]) - index))
            self._fed = self._position(index)
            if len(unheard):
                fade = round(min(FADE_IN * self._rate, len(unheard)))
                unheard[:fade] = unheard[:fade] * np.linspace(0, 1, fade)
                self._backlog.appendleft(_Chunk(unheard, self._rate))
            self._heard = max(self._heard, min(self._fed, self._queued))
            marks[Mark.READ] = marks[Mark.WRITTEN]
            marks[Mark.STOP_DONE] = marks[Mark.STOP_ASKED]
            self._resampler, self._rate, self.device_clock = None, 0, None

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        """Queue sound; returns its position. Never blocks: what the ring doesn't hold waits in the
        program."""
        with self._lock:
            start = self._queued
            if len(samples):
                self._backlog.append(_Chunk(np.ascontiguousarray(samples, np.int16), rate))
                self._queued += len(samples) / rate
                self._feed()
            return start

    def duck(self, gain_db: float) -> None:
        """Make what plays from now on softer by that (dB, 0 or less), within two device blocks."""
        self.memory.marks[Mark.SOFTENED] = round(1000 * (1 - 10 ** (min(gain_db, 0.0) / 20)))

    def stop(self) -> float:
        """Fall silent and drop what is queued; returns the position reached."""
        with self._lock:
            self._backlog.clear()
            self._resampler = None
            marks, written = self.memory.marks, int(self.memory.marks[Mark.WRITTEN])
            end = int(marks[Mark.READ])
            if self._rate and end < written:
                end = self._silence(written)
            reached = min(self._position(end) if self._rate else self._fed, self._queued)
            while self._anchors and self._anchors[-1].index > end:
                self._anchors.pop()
            self._queued = self._fed = reached
            self._stopped_at = written
            self._anchor(reached)
            return reached

    def heard(self) -> float:
        """The position that has left the loudspeaker, seconds."""
        with self._lock:
            if self._rate:
                self._heard = max(self._heard, min(self._position(self._index_now()), self._queued))
            return self._heard

    def tend(self) -> None:
        """To be called every 0.1 s or so: refill the ring, end a run that nothing follows, measure the
        clock."""
        with self._lock:
            if not self._rate:
                return
            self._feed()
            if not self._backlog and self._left() < NEARLY_OUT:
                self._end_run()
            if self.device_clock is not None:
                self.device_clock.add(self._clock(), self.memory.recent(self._first_block))

    def idle(self) -> bool:
        """Whether all that was queued has been heard."""
        return self.heard() >= self._queued

    def delay(self) -> float | None:
        """Seconds from the ring to the air, as far as the stream tells; None while it doesn't run."""
        with self._lock:
            rows = self.memory.recent(self._first_block, RECENT)
            return float(np.median(rows[:, 1] - rows[:, 0])) if self._rate and len(rows) else None

    def _silence(self, written: int) -> int:
        """Ask for silence; the ring position at which the sound ends. A process that doesn't answer is frozen
        or gone: what it had taken by then counts as played."""
        marks = self.memory.marks
        asked = int(marks[Mark.STOP_ASKED]) + 1
        marks[Mark.STOP_TO] = written
        marks[Mark.STOP_ASKED] = asked
        deadline = self._clock() + STOP_WAIT
        while marks[Mark.STOP_DONE] != asked:
            if self._clock() > deadline:
                return min(int(marks[Mark.READ]), written)
            self._sleep(0.001)
        return int(marks[Mark.STOP_AT])

    def _feed(self) -> None:
        """Move the queue into the ring as far as it has room."""
        while self._rate and self._backlog:
            marks = self.memory.marks
            used = int(marks[Mark.WRITTEN]) - int(marks[Mark.READ]) + round(KEPT * self._rate)
            chunk = self._backlog.popleft()
            most = int((self.memory.capacity - used) * chunk.rate / self._rate) - chunk.rate // 10
            if most <= 0:
                self._backlog.appendleft(chunk)
                break
            if len(chunk.samples) > most:
                self._backlog.appendleft(_Chunk(chunk.samples[most:], chunk.rate))
                chunk = _Chunk(chunk.samples[:most], chunk.rate)
            self._resample(chunk)

    def _resample(self, chunk: _Chunk) -> None:
        import soxr

        if self._resampler is None or self._resampler_rate != chunk.rate:
            self._end_run()
            self._resampler_rate = chunk.rate
            self._resampler = soxr.ResampleStream(chunk.rate, self._rate, 1, dtype="int16", quality="HQ")
        self._write(self._resampler.resample_chunk(chunk.samples))
        self._fed += len(chunk.samples) / chunk.rate
        if np.abs(chunk.samples[-chunk.rate // 500 :].astype(np.int32)).max() < QUIET:
            self._end_run()

    def _end_run(self) -> None:
        """Let out what the resampler holds, and tie positions to the ring anew."""
        if self._resampler is not None:
            self._write(self._resampler.resample_chunk(np.zeros(0, np.int16), last=True))
            self._resampler = None
            if not self._backlog:
                self._fed = self._queued  # what rounding to samples added or took away
            self._anchor(self._fed)

    def _write(self, samples: NDArray[np.int16]) -> None:
        written = int(self.memory.marks[Mark.WRITTEN])
        self.memory.put(written, samples)
        self.memory.marks[Mark.WRITTEN] = written + len(samples)

    def _left(self) -> float:
        """Seconds of sound in the ring."""
        return (int(self.memory.marks[Mark.WRITTEN]) - int(self.memory.marks[Mark.READ])) / self._rate

    def _anchor(self, position: float) -> None:
        written = int(self.memory.marks[Mark.WRITTEN])
        self._anchors.append(_Anchor(written, position, self._rate or 1))
        while len(self._anchors) > 2 and self._anchors[1].index < written - self.memory.capacity:
            self._anchors.popleft()

    def _position(self, index: int) -> float:
        """The position of a place in the ring, never past the next anchor's."""
        limit = float("inf")
        for anchor in reversed(self._anchors):
            if anchor.index <= index:
                return min(anchor.position + (index - anchor.index) / anchor.rate, limit)
            limit = anchor.position
        return self._anchors[0].position

    def _index_now(self) -> int:
        """The place in the ring that is in the air now, from the blocks and the time they take to get
        there."""
        rows = self.memory.recent(self._first_block)
        if not len(rows):
            return int(self.memory.marks[Mark.READ])
        zero = frame_zero(rows[-RECENT:], self._rate)
        moment = min(self._clock(), float(rows[-1, 0]) + LATE)
        return self._index_of_frame(rows, (moment - zero) * self._rate)

    def _index_at_last_block(self) -> int:
        """The place in the ring that was in the air when the device took its last block: what a device that
        froze then has surely played."""
        rows = self.memory.recent(self._first_block)
        if not len(rows):
            return int(self.memory.marks[Mark.READ])
        zero = frame_zero(rows[-RECENT:], self._rate)
        frame = (float(rows[-1, 0]) - zero) * self._rate
        return max(self._index_of_frame(rows, frame), self._index_at(self._heard))

    def _index_at(self, position: float) -> int:
        """The place in the ring of a position lately heard."""
        for anchor in reversed(self._anchors):
            if anchor.position <= position:
                index = anchor.index + int((position - anchor.position) * anchor.rate)
                return min(index, int(self.memory.marks[Mark.WRITTEN]))
        return self._anchors[0].index

    @staticmethod
    def _index_of_frame(rows: NDArray[np.float64], frame: float) -> int:
        row = rows[max(0, int(np.searchsorted(rows[:, 2], frame, side="right")) - 1)]
        return int(row[3] + min(max(0.0, frame - row[2]), row[4]))
