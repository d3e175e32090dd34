"""Reads plain text in this process, for as long as that takes next to no time."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from companion.memory.archive.document import Document, items
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Item, Passage, Trouble
from companion.memory.archive.stopping import Cancel

LONGEST = 0.5
"""Seconds of computing for a file in this process: a book of 600 KB takes 0.02, and while this lasts nobody
else gets much of the interpreter."""


def at_once(
    stream: BinaryIO, path: Path, limits: Limits, cancel: Cancel | None
) -> Generator[Item, None, int | None]:
    """Yield what is in the text at `path`, and return None.

    Where `cancel` was set, or it took longer than `LONGEST`, it ends early and returns how many passages came
    by then; these are a true beginning of what is in the file."""
    watched = _Watched(stream, cancel)
    passages = 0
    for item in items(Document(cast(BinaryIO, watched), path.name, limits)):
        if watched.is_over():
            return passages
        watched.rest()
        passages += isinstance(item, Passage)
        yield replace(item, path=str(path)) if isinstance(item, Trouble) else item
        watched.go_on()
    return None


class _Watched:
    """A file that is at its end when its time is over, or it isn't wanted any more."""

    def __init__(self, stream: BinaryIO, cancel: Cancel | None) -> None:
        self._stream, self._cancel = stream, cancel
        self._spent, self._since, self._over = 0.0, time.thread_time(), False

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none when it is over."""
        return b"" if self.is_over() else self._stream.read(size)

    def seek(self, position: int) -> int:
        """Go to a position, as files do."""
        return self._stream.seek(position)

    def is_over(self) -> bool:
        """Whether no more is to be read."""
        if self._cancel is not None and self._cancel.is_set():
            self._over = True
        if self._spent + time.thread_time() - self._since > LONGEST:
            self._over = True
        return self._over

    def rest(self) -> None:
        """Whoever asked is at work with what came: that isn't counted."""
        self._spent += time.thread_time() - self._since

    def go_on(self) -> None:
        """It is read again."""
        self._since = time.thread_time()
