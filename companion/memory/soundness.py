"""Whether a store is whole, and the way back where it isn't."""

from __future__ import annotations

import contextlib
import datetime
import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.copies import damage
from companion.memory.database import IN_USE, connect, why

LARGE = 200 << 20
"""Bytes from which on a store that wasn't closed is looked through quickly at first."""

ROOM = 1 << 20
"""Bytes of free disk below which a store can't be opened: it makes files beside itself."""

MARKED = 4
"""The first version of a store that says of itself whether it was closed."""


def demand_opens(home: Path, path: Path, key: bytes) -> None:
    """Raise `StoreError` when a store can't be read with this key."""
    if found := unreadable(path, key):
        if shutil.disk_usage(path.parent).free < ROOM:
            raise StoreError(f"The store {path} can't be opened: the disk is full, so free some space first.")
        raise StoreError(f"The store {path} can't be opened with its key ({found}): {way_back(home, key)}.")


def unreadable(path: Path, key: bytes) -> str:
    """Why a store can't be read with a key, "" when it can."""
    try:
        with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
            db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except apsw.NotADBError:
        return "it is damaged, or the key is another's"
    except apsw.Error as error:
        return why(error)
    return ""


def looked_through(home: Path, path: Path, key: bytes) -> Callable[[], str] | None:
    """Look a store through that wasn't closed, or that is shorter than it says. Raises `StoreError` with the
    way back when it is damaged; gives what is left to look at."""
    if not _doubtful(path, key):
        return None
    large = path.stat().st_size > LARGE
    if found := damage(path, key, quick=large):
        raise _damaged(home, path, key, found)
    return functools.partial(_thorough, home, path, key) if large else None


def _doubtful(path: Path, key: bytes) -> bool:
    """Whether nobody closed it, or it lacks its end, which nothing else tells until that is read."""
    log = path.with_name(f"{path.name}-wal")
    with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
        try:
            pages, size = (_number(db, f"PRAGMA {name}") for name in ("page_count", "page_size"))
            if _number(db, "PRAGMA user_version") < MARKED:
                return False
            left = _number(db, f"SELECT count(*) FROM marks WHERE name='{IN_USE}'")
        except apsw.Error:
            return True
        waiting = log.exists() and log.stat().st_size
        return bool(left) or (not waiting and path.stat().st_size < pages * size)


def _number(db: apsw.Connection, sql: str) -> int:
    return int(str(next(db.execute(sql))[0]))


def _thorough(home: Path, path: Path, key: bytes) -> str:
    found = damage(path, key)
    return str(_damaged(home, path, key, found)) if found else ""


def _damaged(home: Path, path: Path, key: bytes, found: str) -> StoreError:
    return StoreError(
        f"The store {path} wasn't closed and can't be relied on ({found}): {way_back(home, key)}."
    )


def way_back(home: Path, key: bytes | None) -> str:
    """How to get a store again: from the newest copy that is good, where there is one."""
    copies = automatic.taken(home)
    good = automatic.newest_good(home, key) if key else next(iter(copies), None)
    if good is None:
        return "`companion restore FILE --replace` brings back a backup, and sets this aside"
    day = datetime.datetime.fromtimestamp(good.stat().st_mtime).astimezone()
    return (
        f"`companion restore {good} --replace` brings back what she knew on {day:%d %B %Y at %H:%M}, and "
        "sets this aside"
    )
