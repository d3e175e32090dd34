"""Work that is done aside, so that the main thread can be interrupted at any moment."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from companion.engines import Cancel

T = TypeVar("T")


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
            return asked.job.result()

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
            while (piece := pieces.get()) is not None:
                yield piece
            asked.job.result()


class _Asked(Generic[T]):
    """Work under way; when the block ends it is over, withdrawn if need be."""

    def __init__(self, pool: ThreadPoolExecutor, work: Callable[[Cancel], T]) -> None:
        self._cancel = threading.Event()
        self.job: Future[T] = pool.submit(work, self._cancel)

    def __enter__(self) -> _Asked[T]:
        return self

    def __exit__(self, *_: object) -> None:
        self._cancel.set()
        wait([self.job])
