"""The lines that are typed, or piped, into a command which does other things meanwhile."""

from __future__ import annotations

import queue
import sys
import threading


class TypedLines:
    """Reads stdin on a thread of its own, as no system but Unix can wait for it and for something else."""

    def __init__(self) -> None:
        self.hung_up = False
        """The terminal that the lines were typed in is closed."""
        self._terminal = sys.stdin is not None and sys.stdin.isatty()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
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
        try:
            while line := sys.stdin.readline():
                self._lines.put(line)
        except OSError:
            self.hung_up = self._terminal
            return
        # Its end is Ctrl-D where the terminal is still one.
        self.hung_up = self._terminal and not sys.stdin.isatty()
