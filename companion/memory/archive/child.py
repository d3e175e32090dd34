"""The process that reads files: takes a path, gives back what is in it, and can do nothing else.

Started by `reading` as `python -m companion.memory.archive.child`. Messages (`frames`) come over standard
input: first the limits, then a path each; items go back over standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

from companion.memory.archive import frames
from companion.memory.archive.confinement import Confinement, limit_time
from companion.memory.archive.document import Document, items
from companion.memory.archive.limits import Limits
from companion.memory.archive.opened import opened
from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble, Unreadable

_BATCH = 32_768
"""Characters of passages that are sent together."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Read files until nobody asks any more."""
    limits = Limits(**frames.read(requests))
    confinement = Confinement(limits.memory)
    while (request := frames.read(requests)) is not None:
        confinement.file = request["path"]
        limit_time(limits.seconds)
        _answer(Path(request["path"]), request["kind"], limits, answers)
        limit_time(0)


def _answer(path: Path, kind: str, limits: Limits, answers: BinaryIO) -> None:
    held: list[Any] = []
    size = 0
    for item in read(path, kind, limits):
        held.append(frames.packed(item))
        size += len(item.text) if isinstance(item, Passage) else 100
        if isinstance(item, Progress):
            limit_time(limits.seconds)
        if size > _BATCH or isinstance(item, (Done, Progress)):
            frames.write(answers, held)
            held, size = [], 0


def read(path: Path, kind: str, limits: Limits) -> Any:
    """Yield the items of the file at `path`."""
    try:
        stream = opened(path)
    except Unreadable as error:
        gone: tuple[Item, ...] = (Trouble(str(error)), Done("", 0, 1, whole=False))
        yield from gone
        return
    with stream:
        yield from items(Document(stream, path.name, limits, kind=kind))


def main() -> None:
    """Serve standard input and output; what libraries print goes nowhere."""
    answers = open(os.dup(1), "wb")  # noqa: SIM115 - open as long as the process
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
