"""Watches the process that reads a file, from outside, and kills it when it is over its time or memory."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import psutil

from companion.memory.archive.limits import Limits

_LOOK = 0.1
"""Seconds between two looks."""

TOO_LONG = "It takes longer to read than it may."


class _Cancel(Protocol):
    def is_set(self) -> bool: ...


class Watch:
    """Counts the time in which an answer is waited for, not the time in which nobody asks.

    `cancelled` says whether its end was wanted.
    """

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits, cancel: _Cancel | None) -> None:
        self._why = "It crashed the program that reads it."
        self.cancelled = False
        self._child = child
        self._limits = limits
        self._cancel = cancel
        self._spent = self._before = 0.0
        self._since: float | None = None
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="archive-watch", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self._thread.join()

    def ended(self) -> str:
        """Why a process that has ended without a last word did so."""
        over = sys.platform != "win32" and self._child.returncode == -signal.SIGPROF
        return TOO_LONG if over else self._why

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The time in here is the process's."""
        with self._lock:
            self._since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._spent += time.monotonic() - (self._since or 0.0)
                self._since = None

    def progress(self) -> None:
        """A part of the file is read: its time is over, the next one's begins."""
        with self._lock:
            self._before, self._spent = self._before + self._spent, 0.0

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            if why := self._judgement():
                self._why = why
                self._child.kill()
                return

    def _judgement(self) -> str:
        """Why the process must end, or ""."""
        if self._cancel is not None and self._cancel.is_set():
            self.cancelled = True
            return "It was stopped."
        with self._lock:
            spent = self._spent + (time.monotonic() - self._since if self._since is not None else 0.0)
            total = self._before + spent
        if spent > self._limits.seconds or total > self._limits.total_seconds:
            return TOO_LONG
        return "It takes more memory to read than it may." if self._memory() > self._limits.memory else ""

    def _memory(self) -> int:
        with suppress(psutil.Error):  # it has just ended
            return int(psutil.Process(self._child.pid).memory_info().rss)
        return 0
