"""The processor's cores: how many there are, and whether they are few."""

from __future__ import annotations

import functools
import os

import psutil

FEW_CORES = 3
"""Cores up to which engines take turns: two models at once wait for the same memory and for each other's
threads, and take more than twice as long each."""


@functools.cache
def cores() -> int:
    """Cores that this process may use; two threads of one core share its arithmetic, and count as one.
    Counted once, for the system reads files to tell."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def few_cores() -> bool:
    """Whether this machine has so few cores that its engines should take turns."""
    return cores() <= FEW_CORES
