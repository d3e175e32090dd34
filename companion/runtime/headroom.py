"""Room for one engine on a processor that several share.

Two models at once on two cores take more than twice as long each: they wait for the same memory, and at every
layer for each other's threads. So there the recogniser goes first, and the language model after it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from companion.engines import Cancel
from companion.engines.processor import few_cores

LONGEST_REST = 0.5
"""Seconds that a reply rests at most for a look at the words of an interruption: usually 0.1 to 0.2, 0.8
where a short sound is looked at twice."""


class Headroom:
    """Lets one engine have the processor for itself for a moment."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._needed = 0

    @property
    def taken(self) -> bool:
        """Whether somebody needs it."""
        return self._needed > 0

    @contextmanager
    def needed(self) -> Iterator[None]:
        """Others wait while the body runs."""
        with self._change:
            self._needed += 1
        try:
            yield
        finally:
            with self._change:
                self._needed -= 1
                self._change.notify_all()

    def undisturbed(self, *, urgent: bool = False) -> AbstractContextManager[None]:
        """As `needed`, where it is `urgent` and where there are too few cores for all; else nobody waits."""
        return self.needed() if urgent or few_cores() else nullcontext()

    def given(self, cancel: Cancel) -> None:
        """Wait until nobody needs it, or `cancel` is set; at most `LONGEST_REST` seconds."""
        deadline = time.monotonic() + LONGEST_REST
        with self._change:
            while self._needed and not cancel.is_set() and time.monotonic() < deadline:
                self._change.wait(0.02)


class Unhurried:
    """A `Cancel` for work that nobody waits for: it is set, too, while the processor is needed."""

    def __init__(self, cancel: Cancel, processor: Headroom) -> None:
        self._cancel, self._processor = cancel, processor
        self.gave_way = False
        """Whether it was set because the processor was needed."""

    def is_set(self) -> bool:
        """Whether to stop now."""
        self.gave_way = self.gave_way or self._processor.taken
        return self._cancel.is_set() or self.gave_way
