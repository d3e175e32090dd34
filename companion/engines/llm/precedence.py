"""Talk goes first: background work on the same model stops while someone waits for an answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TypeVar

from companion.engines import Cancel, Cancelled

T = TypeVar("T")

_LOOK = 0.05
"""Seconds between two looks at a waiting request's cancel token."""


class Precedence:
    """Knows whether talk is at work on a model; shared by all who compute on it."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._requests = 0

    @property
    def talking(self) -> bool:
        """Whether a request of the conversation is at work."""
        return self._requests > 0

    @contextmanager
    def talk(self) -> Iterator[None]:
        """Talk is at work while the body runs."""
        with self._change:
            self._requests += 1
        try:
            yield
        finally:
            with self._change:
                self._requests -= 1
                self._change.notify_all()

    def wait_for_silence(self, cancel: Cancel) -> None:
        """Return once talk isn't at work. Raises `Cancelled`."""
        with self._change:
            while self._requests:
                if cancel.is_set():
                    raise Cancelled
                self._change.wait(_LOOK)


class Lane(Protocol):
    """How a request's steps get their turn at the processor."""

    def work(self) -> AbstractContextManager[None]:
        """Held while a request is at work."""
        ...

    def step(self, compute: Callable[[Cancel], T], cancel: Cancel) -> T:
        """Run one step, which may be stopped and run again. Raises `Cancelled` if `cancel` is set."""
        ...


class TalkLane:
    """The conversation's own: never waits."""

    def __init__(self, precedence: Precedence) -> None:
        self._precedence = precedence

    def work(self) -> AbstractContextManager[None]:
        """Keeps background work out while the body runs."""
        return self._precedence.talk()

    def step(self, compute: Callable[[Cancel], T], cancel: Cancel) -> T:
        """Run the step."""
        return compute(cancel)


class BackgroundLane:
    """For work nobody waits for: each step waits for silence, is stopped by talk, and runs again after it."""

    def __init__(self, precedence: Precedence) -> None:
        self._precedence = precedence

    def work(self) -> AbstractContextManager[None]:
        """Holds nothing."""
        return nullcontext()

    def step(self, compute: Callable[[Cancel], T], cancel: Cancel) -> T:
        """Run the step, as often as it takes."""
        either = _TalkOr(cancel, self._precedence)
        while True:
            self._precedence.wait_for_silence(cancel)
            try:
                return compute(either)
            except Cancelled:
                if cancel.is_set() or not either.preempted:
                    raise
                either.preempted = False


class _TalkOr:
    """Set when the request was withdrawn, or talk has begun."""

    def __init__(self, cancel: Cancel, precedence: Precedence) -> None:
        self._cancel = cancel
        self._precedence = precedence
        self.preempted = False

    def is_set(self) -> bool:
        """Whether to stop, for either reason."""
        if self._precedence.talking:
            self.preempted = True
        return self.preempted or self._cancel.is_set()
