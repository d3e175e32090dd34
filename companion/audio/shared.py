"""The memory that the program and an audio process share: a ring of samples, a few numbers, a history.

It is anonymous (nothing is left behind, whoever dies), holds no lock (a killed process can't leave one
locked), and every number in it has one writer at a time, so neither side waits for the other. A count is
written after what it counts; the interpreter's own locking between two statements keeps that order on every
processor.
"""

from __future__ import annotations

import ctypes
import multiprocessing
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTEXT = multiprocessing.get_context("spawn")
"""Spawned, not forked: forking a process whose engines run threads copies their locks in whatever state
they are."""

RING_SECONDS = 30.0
"""Length of a ring at 48 kHz: half a minute of speech plays, or is heard, with no help from the
interpreter."""

GIVEN_SECONDS = 2.0
"""Length of the ring of what the loudspeaker was given, at 48 kHz: the echo canceller follows it closely."""

HISTORY = 256
"""Device blocks remembered: 2.5 s at 10 ms."""


class Mark(IntEnum):
    """The numbers both sides see; each with who writes it."""

    WRITTEN = 0
    """Samples ever put into the ring. Input: the audio process. Output: the program."""
    READ = auto()
    """Samples ever taken out (output only): the audio process; the program while no process runs."""
    BLOCKS = auto()
    """Device blocks so far: the audio process."""
    FRAMES = auto()
    """Frames the device gave or took so far: the audio process."""
    XRUNS = auto()
    """Blocks the device called an overflow or underflow: the audio process."""
    WAITING = auto()
    """The count in `WRITTEN` at which the bell is to ring, 0: not at all. Set by the program, cleared by the
    audio process when it rings."""
    STOP_ASKED = auto()
    """How often silence was asked for: the program."""
    STOP_TO = auto()
    """Where the ring goes on after the silence asked for last: the program."""
    STOP_DONE = auto()
    """The last request for silence that was carried out: the audio process."""
    STOP_AT = auto()
    """Where in the ring the sound ended then: the audio process."""
    SOFTENED = auto()
    """Thousandths of the amplitude that are taken off what plays from now on, 0: none. The program."""


@dataclass(frozen=True, slots=True)
class Block:
    """One device block: `now` when it was handled and `air` when its first frame is or was in the air
    (seconds, monotonic), `frame` the device frames before it, `index` and `count` the ring's samples in
    it."""

    now: float
    air: float
    frame: int
    index: int
    count: int


class StreamMemory:
    """What one stream shares: int16 mono samples at the device's rate, marks, and the blocks lately handled.

    Passed to the audio process when it starts; a process started later finds everything as the last one left
    it.
    """

    def __init__(self, capacity: int = int(RING_SECONDS * 48_000)) -> None:
        self.capacity = capacity
        self._ring: Any = CONTEXT.RawArray(ctypes.c_int16, capacity)
        self.marks: Any = CONTEXT.RawArray(ctypes.c_longlong, len(Mark))
        self._history: Any = CONTEXT.RawArray(ctypes.c_double, HISTORY * 5)
        self._given: Any = CONTEXT.RawArray(ctypes.c_int16, int(GIVEN_SECONDS * 48_000))
        self._look()

    def _look(self) -> None:
        self.ring: NDArray[np.int16] = np.frombuffer(self._ring, np.int16)
        """The ring, int16[capacity]."""
        self.history: NDArray[np.float64] = np.frombuffer(self._history, np.float64).reshape(HISTORY, 5)
        """float64[HISTORY, 5]: now, air, frame, index, count of a block, at its number modulo HISTORY."""
        self.given: NDArray[np.int16] = np.frombuffer(self._given, np.int16)
        """int16[n]: what the device was really given, silence too, each at its frame number modulo n."""

    def __getstate__(self) -> tuple[int, Any, Any, Any, Any]:
        """What a process needs to share this memory; numpy's views would be copied, so they are made
        there."""
        return self.capacity, self._ring, self.marks, self._history, self._given

    def __setstate__(self, state: tuple[int, Any, Any, Any, Any]) -> None:
        self.capacity, self._ring, self.marks, self._history, self._given = state
        self._look()

    def put(self, index: int, samples: NDArray[np.int16]) -> None:
        """Write samples into the ring from ring position `index` on; no more than its capacity."""
        _put(self.ring, index, samples)

    def get(self, index: int, count: int) -> NDArray[np.int16]:
        """A copy of `count` samples of the ring from ring position `index` on."""
        return _get(self.ring, index, count)

    def give(self, frame: int, samples: NDArray[np.int16]) -> None:
        """Keep what the device is given from device frame `frame` on."""
        _put(self.given, frame, samples)

    def was_given(self, frame: int, count: int) -> NDArray[np.int16]:
        """A copy of what the device was given from device frame `frame` on, for `count` frames."""
        return _get(self.given, frame, count)

    def remember(self, now: float, air: float, frame: int, index: int, count: int) -> None:
        """Put a block into the history, then count it: a reader never sees half a block."""
        number = self.marks[Mark.BLOCKS]
        slot = number % HISTORY * 5
        self._history[slot : slot + 5] = (now, air, frame, index, count)
        self.marks[Mark.BLOCKS] = number + 1

    def recent(self, since: int = 0, most: int = HISTORY - 8) -> NDArray[np.float64]:
        """The last `most` blocks from block number `since` on, oldest first: float64[n, 5]. Eight slots are
        left to the writer, so that nothing read changes meanwhile."""
        end = int(self.marks[Mark.BLOCKS])
        numbers = np.arange(max(since, end - most, 0), end)
        return self.history[numbers % HISTORY]

    def last_block(self) -> Block | None:
        """The block handled last, None before the first."""
        rows = self.recent(most=1)
        if not len(rows):
            return None
        now, air, frame, index, count = rows[0].tolist()
        return Block(now, air, int(frame), int(index), int(count))


def _put(ring: NDArray[np.int16], index: int, samples: NDArray[np.int16]) -> None:
    at = index % len(ring)
    first = min(len(samples), len(ring) - at)
    if first == len(samples):
        ring[at : at + first] = samples
        return
    ring[at : at + first] = samples[:first]
    ring[: len(samples) - first] = samples[first:]


def _get(ring: NDArray[np.int16], index: int, count: int) -> NDArray[np.int16]:
    at = index % len(ring)
    first = min(count, len(ring) - at)
    if first == count:
        return ring[at : at + count].copy()
    return np.concatenate([ring[at : at + first], ring[: count - first]])
