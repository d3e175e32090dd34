"""Stopping a computation inside llama.cpp, within milliseconds, from outside."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from companion.engines import Cancel, Never
from companion.engines.llm.native import llama, strlen

POLL = 0.01
"""Seconds between two looks at a request's cancel token while llama.cpp computes."""


class Abort:
    """A switch that a context's computation asks, over and over, whether to stop.

    llama.cpp calls the C library's strlen on two bytes of ours: 0 until the first of them is set. So no
    computing thread ever waits for the interpreter. While `watching`, a thread of its own looks at the cancel
    token and sets that byte.
    """

    def __init__(self) -> None:
        self._byte = ctypes.create_string_buffer(2)
        self._change = threading.Condition()
        self._watched: Cancel | None = None
        self._ended = False
        self._thread: threading.Thread | None = None

    def attach(self, context: Any) -> bool:
        """Make a llama context ask this switch; False where the platform has no such callback."""
        function = strlen()
        if function is None:
            return False
        llama().llama_set_abort_callback(context, function, ctypes.cast(self._byte, ctypes.c_void_p))
        return True

    def throw(self) -> None:
        """Stop the computation under way, and any until the switch is reset."""
        self._byte[0] = b"\x01"

    def reset(self) -> None:
        """Let computations run."""
        self._byte[0] = b"\x00"

    @contextmanager
    def watching(self, cancel: Cancel) -> Iterator[None]:
        """Throw the switch as soon as `cancel` is set (within `POLL`), while the body runs."""
        try:
            self._watch(cancel)
            yield
        finally:
            with self._change:
                self._watched = None

    def close(self) -> None:
        """End the watching thread; idempotent."""
        with self._change:
            self._ended = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _watch(self, cancel: Cancel) -> None:
        with self._change:
            self._watched = None if isinstance(cancel, Never) else cancel
            self._change.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="llm-cancel", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        with self._change:
            while not self._ended:
                if self._watched is not None and self._watched.is_set():
                    self.throw()
                self._change.wait(POLL if self._watched is not None else None)
