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
    """Counts what the process computes, and how long an answer is waited for.

    Not the time in which nobody asks: a busy machine makes no file too long, nor does a caller who is busy
    with what came. `killed` says whether the process was, `cancelled` whether that was wanted.
    """

    def __init__(self, child: subprocess.Popen[bytes], limits: Limits, cancel: _Cancel | None) -> None:
        self.cancelled = self.killed = False
        self._why = "It crashed the program that reads it."
        self._child = child
        self._limits = limits
        self._cancel = cancel
        self._waited = 0.0
        self._since: float | None = None
        self._begun: float | None = None
        self._part: float | None = None
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
        """An answer is waited for."""
        with self._lock:
            self._since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._waited += time.monotonic() - (self._since or 0.0)
                self._since = None

    def progress(self) -> None:
        """A part of the file is read: its time is over, the next one's begins."""
        with self._lock:
            self._waited, self._part = 0.0, None

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            with suppress(psutil.Error):  # it has just ended, which whoever reads its answers sees
                if why := self._judgement(psutil.Process(self._child.pid)):
                    self._why = why
                    self.killed = True
                    self._child.kill()
                    return

    def _judgement(self, process: psutil.Process) -> str:
        """Why the process must end, or ""."""
        if self._cancel is not None and self._cancel.is_set():
            self.cancelled = True
            return "It was stopped."
        if process.memory_info().rss > self._limits.memory:
            return "It takes more memory to read than it may."
        return TOO_LONG if self._is_over_time(sum(process.cpu_times()[:2])) else ""

    def _is_over_time(self, computed: float) -> bool:
        """Whether the file, or the part that is being read, has taken too long. `computed`: seconds so
        far."""
        with self._lock:
            waited = self._waited + (time.monotonic() - self._since if self._since is not None else 0.0)
            self._begun = computed if self._begun is None else self._begun
            self._part = computed if self._part is None else self._part
            part, total = computed - self._part, computed - self._begun
        limits = self._limits
        return part > limits.seconds or total > limits.total_seconds or waited > limits.waiting
