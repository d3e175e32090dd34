"""Says when work on the archive is to end, and who comes first: whoever removes something."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Cancel(Protocol):
    """Says whether work is to stop, as `threading.Event` does."""

    def is_set(self) -> bool:
        """Whether it is to stop."""
        ...


class Stopped(Exception):
    """The work was stopped between two transactions, where it can be gone on with."""


class Stop:
    """Set when one of `others` is, or by `set`."""

    def __init__(self, *others: Cancel | None) -> None:
        self._others = [other for other in others if other is not None]
        self._own = threading.Event()

    def set(self) -> None:
        """From here on it is set."""
        self._own.set()

    def is_set(self) -> bool:
        """Whether it is."""
        return self._own.is_set() or any(other.is_set() for other in self._others)

    def look(self) -> None:
        """Raise `Stopped` where it is set."""
        if self.is_set():
            raise Stopped


class Order:
    """One works at a time. It is set, as a `Cancel`, as long as somebody waits who comes first."""

    def __init__(self) -> None:
        self._working, self._counting = threading.Lock(), threading.Lock()
        self._waiting = 0

    def is_set(self) -> bool:
        """Whether whoever works is to end."""
        return self._waiting > 0

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """Work when nobody else does."""
        with self._working:
            yield

    @contextmanager
    def first(self) -> Iterator[None]:
        """Work as soon as whoever does it now has ended, which it is asked to."""
        self._count(1)
        try:
            self._working.acquire()
        finally:
            self._count(-1)
        try:
            yield
        finally:
            self._working.release()

    def _count(self, more: int) -> None:
        with self._counting:
            self._waiting += more
