"""The microphone's side in the program: device samples from the ring become frames of 16 kHz with their
time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio import FRAME, RATE, Captured
from companion.audio.drift import RECENT, DeviceClock, frame_zero
from companion.audio.shared import CONTEXT, Mark, StreamMemory

WAKE_EVERY = 0.015
"""Sound that a waiting reader is woken for, seconds: two blocks of 10 ms, which halves the cost of
listening and is still shorter than a window of the VAD."""

NOTICEABLE = 10.0
"""Drift between the two devices that is resampled away, ppm: below it an hour is off by less than 36 ms."""

MARGIN = 4096
"""Samples of the ring left to the writer while the reader copies."""


class Capture:
    """Reads the input ring. `opened` and `closed` are told by whoever keeps the stream open.

    The resampler is soxr's variable-rate one: its delay is a constant 12.5 ms where the fixed-rate one gives
    sound in bursts of up to 37 ms (measured), and its ratio follows the drift between the devices.
    """

    def __init__(self, memory: StreamMemory, clock: Callable[[], float]) -> None:
        self.memory, self._clock = memory, clock
        self.bell_in, self.bell_out = CONTEXT.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._resampler: Any = None
        self._rate = 0
        self._next = 0
        self._first_block = 0
        self._owed = 0.0
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._ratio_ppm = 0.0
        self._ended: float | None = None
        self._gap = 0.0
        self.dropped = 0
        self.device_clock: DeviceClock | None = None

    def opened(self, rate: int, first_block: int, first_sample: int) -> None:
        """A stream runs: its samples, at `rate` hertz, start at ring position `first_sample`."""
        import soxr

        with self._lock:
            self._rate, self._next, self._first_block = rate, first_sample, first_block
            self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ", vr=True)
            self._resampler.set_io_ratio(rate, RATE)
            self._rest, self._owed, self._ratio_ppm = np.zeros(0, np.float32), 0.0, 0.0
            self.device_clock = DeviceClock(rate)

    def closed(self) -> None:
        """The stream is gone; what it gave and nobody read is dropped."""
        with self._lock:
            self._resampler = None
            self.device_clock = None

    def forget(self) -> None:
        """Drop what was heard and not read, and erase it: the microphone was muted, the pause is no gap."""
        with self._lock:
            self._ended, self._gap = None, 0.0
            self.memory.ring[:] = 0
            self._next = int(self.memory.marks[Mark.WRITTEN])

    def follow(self, drift_ppm: float | None) -> None:
        """Make the frames run on the output's clock, which is `drift_ppm` faster than the input's."""
        wanted = drift_ppm if drift_ppm is not None and abs(drift_ppm) > NOTICEABLE else 0.0
        with self._lock:
            if self._resampler is None or abs(wanted - self._ratio_ppm) < 1.0:
                return
            self._ratio_ppm = wanted
            self._resampler.set_io_ratio(self._rate * (1 - wanted * 1e-6), RATE, self._rate // 2)

    def measure(self) -> None:
        """Let the regression of the device's clock see the blocks lately handled."""
        clock = self.device_clock
        if clock is not None:
            clock.add(self._clock(), self.memory.recent(self._first_block))

    def delay(self) -> float | None:
        """Seconds from the air to the program, as far as the stream tells; None while it doesn't run."""
        rows = self.memory.recent(self._first_block, RECENT)
        if self.device_clock is None or not len(rows):
            return None
        return float(np.median(rows[:, 0] - rows[:, 1]))

    def read(self, timeout: float) -> Captured | None:
        """Whole frames as soon as there are any, or None after `timeout` seconds."""
        deadline = self._clock() + timeout
        while True:
            self.memory.marks[Mark.WAITING] = self._next + round(WAKE_EVERY * self._rate) + 1
            captured = self._take()
            left = deadline - self._clock()
            if captured is not None or left <= 0:
                self.memory.marks[Mark.WAITING] = 0
                return captured
            if connection.wait([self.bell_in], left):
                self.bell_in.recv_bytes()

    def _take(self) -> Captured | None:
        with self._lock:
            if self._resampler is None:
                return None
            self._skip_overwritten()
            count = int(self.memory.marks[Mark.WRITTEN]) - self._next
            if count <= 0:
                return None
            samples = self.memory.get(self._next, count).astype(np.float32) / 32768
            self._next += count
            heard = self._resampler.resample_chunk(samples)
            self._owed += count / (self._rate * (1 - self._ratio_ppm * 1e-6)) - len(heard) / RATE
            sound = np.concatenate([self._rest, heard])
            whole = len(sound) // FRAME * FRAME
            self._rest = sound[whole:]
            return self._dated(np.clip(sound[:whole], -1.0, 1.0)) if whole else None

    def _dated(self, sound: NDArray[np.float32]) -> Captured:
        """The frames with the time of their last sample, and what was lost before their first."""
        zero = frame_zero(self.memory.recent(self._first_block, RECENT), self._rate)
        at = zero + self._next / self._rate - self._owed - len(self._rest) / RATE
        start = at - len(sound) / RATE
        if self._ended is not None and start - self._ended > 0.05:
            self._gap += start - self._ended
            self.dropped += round((start - self._ended) * RATE / FRAME)
        gap, self._gap, self._ended = self._gap, 0.0, at
        return Captured(sound.reshape(-1, FRAME), at, gap)

    def _skip_overwritten(self) -> None:
        """A reader slower than the ring loses the oldest sound; the time of what follows shows the gap."""
        oldest = int(self.memory.marks[Mark.WRITTEN]) - self.memory.capacity + MARGIN
        if self._next < oldest:
            self._next = oldest
