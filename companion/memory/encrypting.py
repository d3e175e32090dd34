"""An unencrypted store, as every early version of the program made it, becomes an encrypted one.

The encrypted copy is made beside it, compared, and takes its name in one step; only then is the unencrypted
one overwritten and deleted. Whatever ends the program in between, the store is there under its name, whole.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory.copies import damage
from companion.memory.database import connect, remedy, why
from companion.memory.files import discard, flush, into_place, private
from companion.memory.schema import MIGRATIONS

PLAIN = b"SQLite format 3\x00"
_SEALED = b"\x20\x40\x20\x20"
"""Bytes 20 to 23 of an encrypted store, which stay readable: 32 bytes of each page are the seal's."""

TOLD = (
    "What she remembers is encrypted now. The unencrypted file was overwritten and deleted; an SSD, or a "
    "backup or snapshot of the disk, may keep pieces of it for some time."
)


def is_plain(path: Path) -> bool:
    """Whether it is an unencrypted database."""
    return _head(path).startswith(PLAIN)


def is_sealed(path: Path) -> bool:
    """Whether it looks like an encrypted one."""
    return not is_plain(path) and _head(path)[20:24] == _SEALED


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(24)


def encrypt(path: Path, key: bytes) -> None:
    """Encrypt a store in place. Raises `StoreError`, and it stays as it was, when it is damaged, another's or
    of a newer version, or when there is no room for a second copy."""
    draft, old = _beside(path, "new"), _beside(path, "plain")
    try:
        counts = _sealed_copy(path, draft, key)
        if damage(draft, key) or _counts(draft, key) != counts:
            raise StoreError(
                f"The encrypted copy of {path} isn't like it: look at the disk; it stays as it was."
            )
        flush(draft)
        with contextlib.suppress(OSError):  # where a file can't have two names it is deleted, not overwritten
            os.link(path, old)
        into_place(draft, path)
        discard(old)
    except (apsw.Error, OSError) as error:
        raise StoreError(f"The store {path} can't be encrypted ({why(error)}): {remedy(error)}.") from error
    finally:
        draft.unlink(missing_ok=True)


def clear_up(path: Path) -> None:
    """Finish what was ended before it was done."""
    for draft in path.parent.glob(f".{path.name}.new*"):
        draft.unlink()
    old = _beside(path, "plain")
    if old.exists():
        if path.exists() and not os.path.samefile(old, path):
            discard(old)
        else:
            os.replace(old, path) if not path.exists() else old.unlink()


def _sealed_copy(path: Path, draft: Path, key: bytes) -> dict[str, int]:
    """Write the encrypted copy; the rows of each table of the original."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI
    with contextlib.closing(connect(path.absolute(), None, flags)) as db:
        version = int(str(db.execute("PRAGMA user_version").fetchall()[0][0]))
        if version > len(MIGRATIONS):
            raise StoreError(f"The store {path} was made by a newer Companion: update this one.")
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name='turns'").fetchall():
            raise StoreError(f"{path} is another program's database: move it away and start again.")
        if found := damage(path, None):
            raise StoreError(f"The store {path} can't be encrypted ({found}): {remedy(apsw.CorruptError())}.")
        # no log may stay beside it, or it would be taken for the new one's
        if db.execute("PRAGMA journal_mode=DELETE").fetchall() != [("delete",)]:
            raise StoreError(f"Another program has the store {path} open: end it, and start again.")
        draft.unlink(missing_ok=True)
        open(draft, "wb", opener=private).close()
        seal = f"{draft.absolute().as_uri()}?cipher=chacha20&key=raw:{key.hex()}"
        try:
            db.execute("VACUUM INTO ?", (seal,))
        except apsw.Error as error:  # what it says may have the key in it
            raise StoreError(
                f"The store {path} can't be encrypted ({why(error)}): {remedy(error)}."
            ) from None
    return _counts(path, None)


def _counts(path: Path, key: bytes | None) -> dict[str, int]:
    """How many rows each table has."""
    with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
        names = [str(row[0]) for row in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        return {name: int(str(next(db.execute(f'SELECT count(*) FROM "{name}"'))[0])) for name in names}


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}.{what}")
