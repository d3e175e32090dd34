"""Copies of the store that are made without being asked for, in the home, encrypted with the store's own key.

Forgetting reaches them simply: what was forgotten is in none that is made afterwards, so a fresh one is made
and then all others go. To erase in each would have to succeed in files of every earlier version, and a copy
that is half damaged would keep what was to be forgotten.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory.copies import Advance, copy, damage, unwatched
from companion.memory.database import Database
from companion.memory.files import discard

FOLDER = "backups"
KEEP = 7
EVERY = datetime.timedelta(hours=20)
"""A day, as people start her: a little earlier than yesterday is a day later all the same."""

_RENEW = "file.renew"
"""The mark that stands while copies may hold what was forgotten."""


def taken(home: Path) -> list[Path]:
    """The copies that there are, newest first."""
    return sorted((home / FOLDER).glob("*.db"), key=lambda path: (path.stat().st_mtime_ns, path.name))[::-1]


def newest_good(home: Path, key: bytes) -> Path | None:
    """The newest copy in which nothing is damaged."""
    return next((path for path in taken(home) if not damage(path, key)), None)


def rotate(
    home: Path, database: Database, now: datetime.datetime, keep: int = KEEP, advance: Advance = unwatched
) -> Path | None:
    """Take a copy if the newest isn't of today, and let go of all but the newest `keep`; the one taken."""
    copies = taken(home)
    young = copies and abs(now.timestamp() - copies[0].stat().st_mtime) < EVERY.total_seconds()
    fresh = None if young else take(home, database, now, advance)
    _let_go(taken(home)[keep:])
    return fresh


def take(home: Path, database: Database, now: datetime.datetime, advance: Advance = unwatched) -> Path:
    """Take a copy now, while she talks. Raises `StoreError` and what `advance` raises; nothing half written
    stays, of this or an earlier one."""
    _let_go(list((home / FOLDER).glob(".*.new*")))
    target = _folder(home) / f"{now.astimezone(datetime.UTC):%Y-%m-%dT%H%M%S.%f}.db"
    with database.snapshot() as source:
        copy(source, target, database.key, advance)
    return target


def before(home: Path, key: bytes | None, db: apsw.Connection, version: int, keep: int = KEEP) -> None:
    """Take a copy of a store of an older version before it is brought forward; it is one of those that
    rotate."""
    copy(db, _folder(home) / f"before-v{version + 1}.db", key)
    _let_go(taken(home)[keep:])


def intend(db: apsw.Connection) -> None:
    """Note, in the transaction that erases, that the copies still hold what is erased: `renew` follows, if
    need be at the next start. The mark tells this erasure from another."""
    db.execute("INSERT OR REPLACE INTO marks VALUES (?, hex(randomblob(8)))", (_RENEW,))


def intended(db: apsw.Connection) -> str:
    """The mark of the last erasure that copies haven't followed; "" where they have."""
    rows = db.execute("SELECT value FROM marks WHERE name=?", (_RENEW,)).fetchall()
    return str(rows[0][0]) if rows else ""


def due(database: Database) -> bool:
    """Whether copies hold what was forgotten, since `renew` was ended before it was done."""
    return bool(database.read("SELECT 1 FROM marks WHERE name=?", (_RENEW,)))


def not_renewed(home: Path, error: StoreError) -> str:
    """What is told where copies couldn't be renewed."""
    where = home / FOLDER
    return f"Copies in {where} may still hold what you had erased; the next start tries again: {error}"


def renew(home: Path, database: Database, now: datetime.datetime, advance: Advance = unwatched) -> Path:
    """After something was forgotten: take a fresh copy, then let go of all others, overwritten. The erasure
    is to be committed. Raises `StoreError` and what `advance` raises; what is left to do is done at the next
    start, as what was forgotten meanwhile is unless it is renewed again."""
    with database.transaction() as db:
        intend(db)
        mark = intended(db)
    fresh = take(home, database, now, advance)
    _let_go([path for path in taken(home) if path != fresh])
    database.write("DELETE FROM marks WHERE name=? AND value=?", (_RENEW, mark))
    return fresh


def _folder(home: Path) -> Path:
    try:
        (home / FOLDER).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{home / FOLDER} can't be made ({error.strerror}): free some space or check its rights."
        ) from error
    return home / FOLDER


def _let_go(copies: list[Path]) -> None:
    for path in copies:
        try:
            discard(path)
        except OSError as error:
            raise StoreError(f"{path} can't be deleted ({error.strerror}): delete it yourself.") from error
