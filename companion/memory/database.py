"""The database file: opened, keyed, brought forward; read and written by one owner.

SQLite through apsw-sqlite3mc, WAL, `synchronous=FULL`: a committed transaction survives a kill -9 and a loss
of power. Two connections: one writes; the other only reads, so that what is looked for while somebody speaks
doesn't wait for a disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw

from companion.errors import StoreError
from companion.memory.schema import MIGRATIONS

ANEW = "move it aside and keep it, since some of it may be rescued, and start again, which makes a new one"

Row = tuple[Any, ...]

STORE = "store.db"
"""The file's name in a home."""

IN_USE = "file.open"
"""The mark that stands in the file while somebody writes in it."""

OF_THE_FILE = "file.%"
"""Like this are the names of marks that are about this file and its key, not about what is known."""


class Database:
    """One store's file. Raises `StoreError` with a sentence when it can't be used."""

    def __init__(
        self,
        path: Path,
        key: bytes | None = None,
        before: Callable[[apsw.Connection, int], None] = lambda db, version: None,
    ) -> None:
        """Open the file, or make it; brings an older one forward. `key`: 32 bytes that it is encrypted with,
        None for one that isn't. `before` is called before a file that holds something is brought forward from
        `version`; what it raises leaves the file as it is."""
        self.path, self.key, self._before = path, key, before
        self._marked = False
        self._lock, self._reading = threading.RLock(), threading.Lock()
        try:
            if not self._in_memory:
                _make_private(path)
            self._db = self._connect()
            self._migrate()
            self._reader = self._db if self._in_memory else self._connect()
        except (apsw.Error, OSError) as error:
            raise StoreError(f"The store {path} can't be opened ({why(error)}): {remedy(error)}.") from error

    @property
    def _in_memory(self) -> bool:
        return str(self.path) == ":memory:"

    def _connect(self) -> apsw.Connection:
        db = connect(self.path, self.key)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            db.execute(f"PRAGMA {pragma}")
        return db

    def _migrate(self) -> None:
        version = int(str(self._db.execute("PRAGMA user_version").fetchall()[0][0]))
        if version > len(MIGRATIONS):
            raise StoreError(f"The store {self.path} was made by a newer Companion: update this one.")
        if 0 < version < len(MIGRATIONS):
            self._before(self._db, version)
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            with self._db:
                self._db.execute(script)
                self._db.execute(f"PRAGMA user_version={number}")

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """The rows of a query, as of the last commit; inside `transaction` read by what that gives."""
        if self._in_memory:
            return self._rows(self._lock, self._db, sql, values)
        return self._rows(self._reading, self._reader, sql, values)

    def _rows(self, lock: Any, db: apsw.Connection, sql: str, values: Sequence[Any]) -> list[Row]:
        with lock:
            try:
                rows: list[Row] = db.execute(sql, tuple(values)).fetchall()
            except apsw.Error as error:
                raise StoreError(
                    f"The store {self.path} can't be read ({why(error)}): {remedy(error)}."
                ) from error
        return rows

    def write(self, sql: str, values: Sequence[Any] = ()) -> None:
        """One statement, on disk when this returns."""
        with self.transaction() as db:
            db.execute(sql, tuple(values))

    @contextlib.contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """Several statements, all on disk when this ends, or none."""
        with self._lock:
            try:
                with self._db:
                    yield self._db
            except apsw.Error as error:
                raise unwritable(self.path, error) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """A connection that sees the store as it is now, whatever is written meanwhile; it only reads."""
        if self._in_memory:
            with self.transaction() as db:
                yield db
        else:
            with snapshot(self.path, self.key) as db:
                yield db

    def checkpoint(self) -> bool:
        """Bring the file itself up to date and empty the write-ahead log, so that what was erased is in
        neither. False where that must wait: another program is reading, a backup say."""
        with self._lock, self._reading:
            try:
                waits = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]
            except apsw.Error as error:
                raise StoreError(
                    f"The store {self.path} can't be written ({why(error)}): {remedy(error)}."
                ) from error
        return not waits

    def begin_use(self) -> None:
        """Mark the file as in use until `close`."""
        self.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", (IN_USE, str(os.getpid())))
        self._marked = True

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock, self._reading:
            if self._marked:
                self._marked = False
                with contextlib.suppress(apsw.Error):  # a mark that stays has the next start look it through
                    self._db.execute("DELETE FROM marks WHERE name=?", (IN_USE,))
            if self._reader is not self._db:
                self._reader.close()
            self._db.close()


@contextlib.contextmanager
def snapshot(path: Path, key: bytes | None) -> Iterator[apsw.Connection]:
    """A connection that sees a store's file as it is now, whatever is written meanwhile, by whomever; it only
    reads. Raises `StoreError`."""
    try:
        with contextlib.closing(connect(path, key, apsw.SQLITE_OPEN_READWRITE)) as db:
            db.execute("BEGIN")
            db.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # from here on it stays as it is
            yield db
    except apsw.Error as error:
        raise StoreError(f"The store {path} can't be read ({why(error)}): {remedy(error)}.") from error


def connect(path: Path, key: bytes | None, flags: int | None = None) -> apsw.Connection:
    """A connection to a file, encrypted with `key` or not; nothing it sorts is put on disk unencrypted."""
    usual = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    db = apsw.Connection(str(path), flags=usual if flags is None else flags)
    db.set_busy_timeout(2000)
    if key is not None:
        unlock(db, key)
    db.execute("PRAGMA temp_store=MEMORY")
    return db


def listed(numbers: Iterable[int]) -> str:
    """Whole numbers for an SQL list; parameters have a limit."""
    return ",".join(str(int(number)) for number in sorted(numbers))


def unlock(db: apsw.Connection, key: bytes) -> None:
    """Let a connection read and write a file that is encrypted with the 32 bytes of `key` (ChaCha20-Poly1305,
    a page at a time: SQLite3 Multiple Ciphers' default); no key is derived, for this is one."""
    db.execute("PRAGMA cipher='chacha20'")
    db.execute(f"PRAGMA key='raw:{key.hex()}'")


def unwritable(path: Path, error: apsw.Error) -> StoreError:
    """What is said of a turn that couldn't be put on disk."""
    return StoreError(
        f"What was said can't be written to {path} ({why(error)}): {remedy(error)}, then say it again."
    )


def _make_private(path: Path) -> None:
    """Make the file, or what another program made wider, its owner's alone before anything is in it: SQLite
    gives the files beside it the rights it has itself."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            with contextlib.suppress(PermissionError):  # a file system that knows no rights keeps what it has
                file.chmod(0o600)


def why(error: Exception) -> str:
    """What is wrong, in words."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return {
        "FullError": "the disk is full",
        "NotADBError": "it is not a database",
        "CorruptError": "it is damaged",
        "CantOpenError": "it can't be reached",
        "ReadOnlyError": "it is write-protected",
        "BusyError": "another program is using it",
        "IOError": "the disk reports an error",
    }.get(type(error).__name__, type(error).__name__)


def remedy(error: Exception) -> str:
    """What a person can do about it; nobody but them has a copy of the store."""
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "free some space" if full else "check its rights and the disk"
    return {
        "FullError": "free some space",
        "NotADBError": ANEW,
        "CorruptError": ANEW,
        "BusyError": "end that one",
    }.get(type(error).__name__, "check its rights and the disk")
