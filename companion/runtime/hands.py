"""What a job is, and who runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from companion.dialogue.events import Event
from companion.engines import Cancel

Job = Callable[[Cancel], Iterator[Event]]


class Hands(Protocol):
    """Runs jobs, one at a time for each role, in the order they were started."""

    def start(self, role: str, key: str, job: Job) -> None:
        """Run a job on the role's worker; its events come back to the conversation."""
        ...

    def cancel(self, key: str) -> None:
        """Withdraw every job with that key, running or waiting."""
        ...
