"""Work that is done aside, so that the main thread can be interrupted at any moment."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from companion.engines import Cancel, Cancelled

T = TypeVar("T")

LOOK = 0.1
"""Seconds of a wait after which signals are looked at: on Windows a wait without an end isn't interrupted."""


class Aside:
    """One thread that does what it is asked, one thing after the other, while the caller waits.

    A signal is handled in the main thread, whatever it does at that moment; what the handler raises is lost
    where that is a native library's callback into Python, as llama.cpp's while it loads and computes.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="aside")

    def do(self, work: Callable[[Cancel], T]) -> T:
        """Its result, or what it raises; withdrawn when the wait for it is interrupted."""
        with _Asked(self._pool, work) as asked:
            return asked.result()

    @contextmanager
    def after(self, seconds: float, work: Callable[[Cancel], None]) -> Iterator[None]:
        """Do it when the block has lasted so long; withdrawn with its end. Raises what it raised."""
        with _Asked(self._pool, lambda cancel: _later(cancel, seconds, work)) as asked:
            yield
        asked.result()

    def each(self, work: Callable[[Cancel], Iterator[T]]) -> Generator[T, None, None]:
        """What it yields, as it comes. Close the iterator to withdraw it."""
        pieces: queue.SimpleQueue[T | None] = queue.SimpleQueue()

        def give(cancel: Cancel) -> None:
            try:
                for piece in work(cancel):
                    pieces.put(piece)
            finally:
                pieces.put(None)

        with _Asked(self._pool, give) as asked:
            while True:
                try:
                    piece = pieces.get(timeout=LOOK)
                except queue.Empty:
                    continue
                if piece is None:
                    break
                yield piece
            asked.result()


def _later(cancel: threading.Event, seconds: float, work: Callable[[Cancel], None]) -> None:
    """Do it if nobody withdraws it before."""
    if not cancel.wait(seconds):
        with suppress(Cancelled):  # somebody needs the model
            work(cancel)


class _Asked(Generic[T]):
    """Work under way; when the block ends it is over, withdrawn if need be."""

    def __init__(self, pool: ThreadPoolExecutor, work: Callable[[threading.Event], T]) -> None:
        self._cancel = threading.Event()
        self._job: Future[T] = pool.submit(work, self._cancel)

    def __enter__(self) -> _Asked[T]:
        return self

    def result(self) -> T:
        """What came of it, or what it raised."""
        while not self._job.done():
            wait([self._job], LOOK)
        return self._job.result()

    def __exit__(self, *_: object) -> None:
        self._cancel.set()
        while not self._job.done():
            wait([self._job], LOOK)
