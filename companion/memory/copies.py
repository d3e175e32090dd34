"""A database file copied page by page while it is written in, and a file looked through for damage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory.database import connect, remedy, why
from companion.memory.files import discard, flush, into_place, private

Advance = Callable[[int, int], None]
"""Told how much of how much is done. What it raises ends the work, and nothing half done stays."""

PAGES = 256
"""Pages (of 4 KB) copied between two calls of `Advance`."""


def unwatched(done: int, total: int) -> None:
    """Nobody watches."""


def copy(source: apsw.Connection, target: Path, key: bytes | None, advance: Advance = unwatched) -> None:
    """Copy what `source` sees into `target`, encrypted with `key`: one file, on disk, in place in one step.

    Both are encrypted or both aren't; the keys may differ. Raises `StoreError`; an old `target` stays then.
    """
    draft = target.with_name(f".{target.name}.new")
    try:
        discard(draft)
        open(draft, "wb", opener=private).close()
        _pages(source, draft, key, advance)
        flush(draft)
        into_place(draft, target)
    except (apsw.Error, OSError) as error:
        raise StoreError(f"{target} can't be written ({why(error)}): {remedy(error)}.") from error
    finally:
        for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm", f"{draft.name}-journal"):
            draft.with_name(name).unlink(missing_ok=True)


def _pages(source: apsw.Connection, draft: Path, key: bytes | None, advance: Advance) -> None:
    with contextlib.closing(connect(draft, key)) as db:
        db.execute("PRAGMA synchronous=OFF")  # it is flushed once, before it gets its name
        with db.backup("main", source, "main") as pages:
            while not pages.done:
                pages.step(PAGES)
                advance(pages.page_count - pages.remaining, pages.page_count)
        db.execute("PRAGMA journal_mode=DELETE")  # no file beside it


def damage(path: Path, key: bytes | None, quick: bool = False) -> str:
    """What is wrong with a database file, "" for nothing; `quick` passes over indexes (`quick_check`)."""
    check = "quick_check" if quick else "integrity_check"
    try:
        with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
            found = [str(row[0]) for row in db.execute(f"PRAGMA {check}(1)")]
            db.execute("SELECT count(*) FROM turns").fetchall()
    except apsw.Error as error:
        return why(error)
    return "" if found == ["ok"] else "it is damaged"
