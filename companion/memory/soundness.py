"""Whether a store is whole, and the way back where it isn't."""

from __future__ import annotations

import contextlib
import datetime
import functools
from collections.abc import Callable
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.copies import damage
from companion.memory.database import Database, connect, why

LARGE = 200 << 20
"""Bytes from which on a store that wasn't closed is looked through quickly at first."""


def demand_opens(home: Path, path: Path, key: bytes) -> None:
    """Raise `StoreError` when a store can't be read with this key."""
    if found := unreadable(path, key):
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


def looked_through(home: Path, database: Database) -> Callable[[], str] | None:
    """Look a store through that wasn't closed, or that is shorter than it says. Raises `StoreError` with the
    way back when it is damaged; gives what is left to look at."""
    path, key = database.path, database.key
    assert key is not None
    if not (_shortened(path, key) or _left_in_use(database)):
        return None
    large = path.stat().st_size > LARGE
    if found := damage(path, key, quick=large):
        raise _damaged(home, path, key, found)
    return functools.partial(_thorough, home, path, key) if large else None


def _left_in_use(database: Database) -> bool:
    try:
        return database.left_in_use()
    except StoreError:
        return True  # whatever is wrong with it, looking it through says


def _shortened(path: Path, key: bytes) -> bool:
    """Whether the file lacks its end: nothing else tells until that is read."""
    with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
        try:
            pages, size = (
                int(str(next(db.execute(f"PRAGMA {name}"))[0])) for name in ("page_count", "page_size")
            )
        except apsw.Error:
            return True
    log = path.with_name(f"{path.name}-wal")
    return path.stat().st_size < pages * size and not (log.exists() and log.stat().st_size)


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
