"""How many threads the language model computes with: as many as are quickest on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import psutil

MOST = 16
"""More threads than that gain nothing: small models wait for the memory, not for arithmetic."""


def cores() -> int:
    """Cores that this process may use; two threads of one core share its arithmetic, and count as one."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def candidates(cores: int) -> tuple[int, ...]:
    """The counts worth trying, most first. Up to two cores there is nothing to try; on more, some may be slow
    ones, or busy with other things."""
    most = min(MOST, cores)
    if most <= 2:
        return (most,)
    return tuple(sorted({most, max(2, most * 3 // 4), max(2, most // 2)}, reverse=True))


def quickest(counts: Sequence[int], seconds: Callable[[int], float]) -> int:
    """The count that takes the fewest `seconds`; of two within 5% the smaller: others want cores too."""
    taken = {count: seconds(count) for count in counts}
    best = min(taken.values())
    return min(count for count, took in taken.items() if took <= best * 1.05)
