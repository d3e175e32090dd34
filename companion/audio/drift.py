"""Clocks: when a device's frames were in the air, and how fast its clock runs against the computer's."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

RECENT = 32
"""Blocks a moment is estimated from: steady within a millisecond where one of them alone is 10 ms late."""

POINT_EVERY = 1.0
"""Seconds between two points of the regression."""

SPAN = 300.0
"""Seconds the regression looks back."""

LEAST = 20.0
"""Seconds before a drift is told: with points good to 0.5 ms it is good to some 15 ppm, and gets better."""

STEP = 0.015
"""A jump of the device's clock by more seconds than this is sound lost or inserted, not drift."""


def frame_zero(blocks: NDArray[np.float64], rate: int) -> float:
    """The clock's time (seconds) at which frame 0 would have been in the air, from the blocks of a history
    (float64[n, 5], n >= 1) of a stream at `rate` hertz.

    A block is handled late more often than early: the end of the earliest fifth tells, not the median.
    """
    zeros = blocks[:, 1] - blocks[:, 2] / rate
    fifth = len(zeros) // 5
    return float(np.partition(zeros, fifth)[fifth])


class DeviceClock:
    """Regresses the frame count of one stream on the computer's clock."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._points: deque[tuple[float, float]] = deque()
        self._ppm: float | None = None

    def add(self, now: float, blocks: NDArray[np.float64]) -> None:
        """Take the blocks lately handled (a history's rows); does nothing within a second of the last
        point."""
        if not len(blocks) or (self._points and now - self._points[-1][0] < POINT_EVERY):
            return
        zero = frame_zero(blocks[-round(POINT_EVERY * 100) :], self._rate)
        if self._points and abs(zero - self._points[-1][1]) > STEP:
            self._points.clear()
        self._points.append((now, zero))
        while now - self._points[0][0] > SPAN:
            self._points.popleft()
        self._ppm = self._regress()

    def ppm(self) -> float | None:
        """How much faster than `rate` the device runs, parts per million; None until it can be told."""
        return self._ppm

    def _regress(self) -> float | None:
        if len(self._points) < 3 or self._points[-1][0] - self._points[0][0] < LEAST:
            return None
        times, zeros = np.array(self._points).T
        slope = np.polyfit(times - times[0], zeros - zeros[0], 1)[0]
        # A device that runs fast reaches frame n early, so its frame zero seems to move back.
        return float(-slope * 1e6)
