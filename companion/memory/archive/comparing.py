"""What there is to do for a source: which of its files are new or changed, and which documents are gone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

from companion.memory.archive.index_writer import Stamp
from companion.memory.archive.passages import Trouble
from companion.memory.archive.walk import File, walk
from companion.memory.database import Database

EMPTIED = "The folder is empty or isn't there: what was read in it before is kept."
"""A drive that isn't mounted looks like this, too; it has its files again tomorrow."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document as the store has it."""

    id: int
    path: str
    stamp: Stamp
    trouble: str


@dataclass(slots=True)
class ToDo:
    """`files` are to be looked at; `gone` has the documents whose files aren't there any more, `troubles`
    what can't be walked through, both by path; `unchanged` counts what is as it was, `waiting` what is just
    being written."""

    files: list[File] = field(default_factory=list)
    gone: dict[str, Known] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    unchanged: int = 0
    waiting: int = 0


def compare(
    database: Database,
    source: int,
    root: Path,
    but: Path | None,
    settled: float,
    before: Callable[[], None] = lambda: None,
) -> ToDo:
    """Walk through a source and compare it with the store; `but`: a folder in it that is left out.

    `settled`: seconds for which a file must not have been written to; one that was is left for next time.
    `before` is called before each file and may raise, which ends it."""
    todo = ToDo(known=_known(database, source))
    there: set[str] = set()
    now = time.time()
    for found in walk(root):
        before()
        path = stored(found.path)
        if but is not None and but in Path(found.path).parents:
            continue
        if isinstance(found, Trouble):
            todo.troubles[path] = found.why
            continue
        there.add(path)
        if _is_same(found, todo.known.get(path)):
            todo.unchanged += 1
        elif 0 <= now - found.modified / 1e9 < settled:
            todo.waiting += 1
        else:
            todo.files.append(found)
    if not there and todo.known and root.is_dir():
        todo.troubles.setdefault(stored(root), EMPTIED)
    todo.gone = {path: one for path, one in todo.known.items() if _is_gone(path, there, todo.troubles)}
    return todo


def stored(path: Path | str) -> str:
    """A path as the store has it, which knows no bytes that aren't UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def changed_at(modified: int) -> float:
    """Seconds since 1970 for nanoseconds, as they are compared."""
    return modified / 1e9


def _known(database: Database, source: int) -> dict[str, Known]:
    rows = database.read(
        "SELECT id, path, bytes, changed_at, digest, trouble FROM documents WHERE source = ?", (source,)
    )
    return {row[1]: Known(row[0], row[1], Stamp(row[2], row[3], row[4]), row[5]) for row in rows}


def _is_same(file: File, known: Known | None) -> bool:
    """Whether a file that was read to its end has the size and the time that it had then."""
    if known is None or not known.stamp.digest:
        return False
    return known.stamp.bytes == file.size and known.stamp.changed_at == changed_at(file.modified)


def _is_gone(path: str, there: set[str], troubles: Container[str]) -> bool:
    """Whether a document's file isn't there, and would have been found if it were."""
    if path in there:
        return False
    while path not in troubles:
        above = path.rpartition(os.sep)[0]
        if above in ("", path):
            return True
        path = above
    return False
