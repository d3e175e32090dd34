"""Cuts long audio into pieces that fit Whisper's window of 30 s, at the quietest moments. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Sample rate, hertz."""

LONGEST = 28 * RATE
"""Samples in the longest piece: Whisper's window, less room for the padding behind it."""

SHORTEST = 14 * RATE
"""Samples before which a longer audio isn't cut, so that few sentences are."""

QUIET = 3_200
"""Length of the stretch whose energy is compared (0.2 s: longer than the closure of a consonant)."""

STEP = 160
"""Samples between two places compared (10 ms)."""


def quietest(audio: NDArray[np.float32], low: int, high: int) -> int:
    """The sample in the middle of the 0.2 s with the least energy in `audio[low:high]`.

    Of equals the last, so that pieces are as long as they may be. `high - low` must be at least 0.2 s.
    """
    stretch = audio[low:high].astype(np.float64)
    steps = stretch[: stretch.size // STEP * STEP].reshape(-1, STEP)
    energy = np.concatenate([[0.0], np.cumsum((steps**2).sum(axis=1))])
    length = QUIET // STEP
    sums = energy[length:] - energy[:-length]
    last: int = sums.size - 1 - int(np.argmin(sums[::-1]))
    return low + last * STEP + QUIET // 2


def cut(blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Cut a stream of blocks (float32[n], any n) into pieces of at most 28 s that join to the same sound.

    Holds no more than one block and one piece at a time, so an hour is as good as a minute.
    """
    held = np.zeros(0, np.float32)
    for block in blocks:
        held = np.concatenate([held, block])
        while held.size > LONGEST:
            at = quietest(held, SHORTEST, LONGEST)
            yield held[:at]
            held = held[at:]
    if held.size:
        yield held
