"""The audio process as its parent sees it: started, asked, ended."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from companion.audio.process import serve
from companion.audio.shared import CONTEXT, StreamMemory

START_WAIT = 15.0
"""Longest wait for the first answer of a process, which has to come up first, seconds."""

OPEN_WAIT = 3.0
"""Longest wait for a stream to open, seconds."""


class AudioProcess:
    """The audio process of one stream, as its parent sees it."""

    def __init__(self, kind: str, memory: StreamMemory, bell: Any) -> None:
        self._control, theirs = CONTEXT.Pipe()
        arguments = (kind, memory, theirs, bell)
        self._process = CONTEXT.Process(target=serve, args=arguments, name=f"companion-{kind}", daemon=True)
        with _without_interrupt():
            self._process.start()
        theirs.close()
        self._wait = START_WAIT  # for the first answer, which waits for the process to come up

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs (or is frozen)."""
        return self._process.is_alive()

    def ask(self, request: Any, seconds: float) -> Any:
        """Send a request; its answer, or None when there is none within `seconds` (longer for the first
        one)."""
        try:
            self._control.send(request)
            if not self._control.poll(max(seconds, self._wait)):
                return None
            self._wait = 0.0
            return self._control.recv()
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """End it, whatever it hangs in; returns when it is gone."""
        self._process.kill()
        self._process.join(2.0)


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Keep Ctrl-C from reaching a process that is just being started, before it knows to leave it alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
