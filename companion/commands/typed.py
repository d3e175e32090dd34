"""The lines that are typed, or piped, into a command which does other things meanwhile."""

from __future__ import annotations

import queue
import signal
import sys
import threading

LOOK = 0.5
"""Seconds after which a command in the background looks whether the terminal is its own again."""


class TypedLines:
    """Reads stdin on a thread of its own, as no system but Unix can wait for it and for something else."""

    def __init__(self) -> None:
        self.hung_up = False
        """The terminal that the lines were typed in is closed."""
        self._terminal = sys.stdin is not None and sys.stdin.isatty()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        if hasattr(signal, "SIGTTIN") and threading.current_thread() is threading.main_thread():
            signal.signal(
                signal.SIGTTIN, signal.SIG_IGN
            )  # reading in the background fails; it doesn't stop us
        self._away = threading.Event()
        self.thread = threading.Thread(target=self._read, name="typed", daemon=True)
        """A daemon, for it sits in a read that nothing but a line ends; over with the input."""
        self.thread.start()

    def next(self, seconds: float) -> str | None:
        """The next line, with its line break; None when there is none for so long."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def _read(self) -> None:
        if sys.stdin is None:
            return
        while True:
            try:
                while line := sys.stdin.readline():
                    self._lines.put(line)
            except OSError:
                if self._terminal and sys.stdin.isatty():  # it belongs to another job of the shell for now
                    self._away.wait(LOOK)
                    continue
            break
        # Its end is Ctrl-D where the terminal is still one.
        self.hung_up = self._terminal and not sys.stdin.isatty()
