"""Prints the lines of a conversation without ever holding it up, and notices when nobody reads them."""

from __future__ import annotations

import errno
import os
import queue
import sys
import threading

import click

PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EAGAIN)
"""What keeps a line from being written but not the next one: a full disk, a reader that is behind. Any other
failure says that the reader is gone: a closed pipe, a closed terminal."""

LAST_LINES = 2.0
"""Seconds that the last lines may take to be read; a terminal that stands still (Ctrl-S) never reads them."""


class Printer:
    """Prints lines in the order in which they came, on a thread of its own; from any thread, at once."""

    def __init__(self) -> None:
        self.unread = False
        """Nobody reads what is printed any more: what comes from now on is dropped."""
        self._lines: queue.SimpleQueue[tuple[str, bool] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._print, name="printer", daemon=True)
        self._thread.start()

    def put(self, line: str, err: bool = False) -> None:
        """Print a line, on stderr if `err`."""
        self._lines.put((line, err))

    def close(self, within: float = LAST_LINES) -> None:
        """Wait until all lines are printed, `within` seconds at most; idempotent."""
        self._lines.put(None)
        self._thread.join(within)
        if self._thread.is_alive():
            # Its thread holds the lock of the stream, and whoever prints or flushes there waits as well.
            silence("stdout", "stderr")

    def _print(self) -> None:
        while (waiting := self._lines.get()) is not None:
            line, err = waiting
            if self.unread:
                continue
            try:
                click.echo(line, err=err)
            except OSError as error:
                self.unread = error.errno not in PASSING


def silence(*names: str) -> None:
    """What is printed on sys.stdout, sys.stderr goes nowhere from now on: it can't be written any more, and
    the flush at the interpreter's end would fail, or wait, once more."""
    for name in names:
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open to the end


def last_flush() -> None:
    """Write what is still held back; a stream that can't be written is silenced."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            silence(name)
