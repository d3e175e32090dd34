"""What runs for every device block: moves samples between the device's buffer and the ring, and nothing
else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio.shared import Mark, StreamMemory

FADE = 0.008
"""Length of the fade when sound is stopped, seconds: short enough for the 20 ms promised, long enough not
to click."""


class Recorder:
    """Puts what the device hears into the ring. `ring_bell` is called when the program waits for sound."""

    def __init__(self, memory: StreamMemory, channels: int, ring_bell: Callable[[], None]) -> None:
        self._memory, self._channels, self._ring_bell = memory, channels, ring_bell

    def __call__(self, data: Any, frames: int, now: float, air: float, xrun: bool) -> None:
        """Take one block: `data` int16[frames * channels] as bytes; `air` when its first frame was in the
        air."""
        memory, marks = self._memory, self._memory.marks
        samples = np.frombuffer(data, np.int16)
        if self._channels > 1:
            samples = samples.reshape(frames, self._channels).mean(axis=1).astype(np.int16)
        index = marks[Mark.WRITTEN]
        memory.put(index, samples)
        memory.remember(now, air, index, index, frames)
        marks[Mark.FRAMES] = index + frames
        marks[Mark.XRUNS] += xrun
        marks[Mark.WRITTEN] = index + frames
        if 0 < marks[Mark.WAITING] <= index + frames:
            marks[Mark.WAITING] = 0
            self._ring_bell()


class Player:
    """Gives the device what is in the ring, silence when it is empty, and falls silent when told to."""

    def __init__(self, memory: StreamMemory, channels: int, rate: int) -> None:
        self._memory, self._channels = memory, channels
        length = round(FADE * rate)
        self._fade = (0.5 + 0.5 * np.cos(np.linspace(0.0, np.pi, length))).astype(np.float32)
        self._gain = _gain(memory)

    def __call__(self, data: Any, frames: int, now: float, air: float, xrun: bool) -> None:
        """Fill one block: `data` int16[frames * channels] as bytes; `air` when its first frame will be in
        the air."""
        memory, marks = self._memory, self._memory.marks
        asked, index = marks[Mark.STOP_ASKED], marks[Mark.READ]
        stopping = asked != marks[Mark.STOP_DONE]
        limit = marks[Mark.STOP_TO] if stopping else marks[Mark.WRITTEN]
        count = max(0, min(frames, limit - index))
        block = memory.get(index, count)
        block = self._soften(block, frames)
        if stopping:
            count = min(count, len(self._fade))
            block = (block[:count] * self._fade[:count]).astype(np.int16)
        sound = (block if self._channels == 1 else np.repeat(block, self._channels)).tobytes()
        data[:] = sound + bytes(2 * frames * self._channels - len(sound))
        given = np.zeros(frames, np.int16)
        given[:count] = block
        memory.give(marks[Mark.FRAMES], given)
        memory.remember(now, air, marks[Mark.FRAMES], index, count)
        marks[Mark.FRAMES] += frames
        marks[Mark.XRUNS] += xrun
        if stopping:
            marks[Mark.STOP_AT] = index + count
            marks[Mark.READ] = marks[Mark.STOP_TO]
            marks[Mark.STOP_DONE] = asked
        else:
            marks[Mark.READ] = index + count

    def _soften(self, block: NDArray[np.int16], frames: int) -> NDArray[np.int16]:
        """The block at the loudness asked for; a change takes the length of a block, so it doesn't click."""
        before, self._gain = self._gain, _gain(self._memory)
        if before == self._gain == 1.0:
            return block
        gains = np.linspace(before, self._gain, frames, dtype=np.float32)
        return np.asarray((block * gains[: len(block)]).astype(np.int16))


def _gain(memory: StreamMemory) -> float:
    return 1.0 - int(memory.marks[Mark.SOFTENED]) / 1000
