"""The store: what was said, verbatim, on disk before anything answers it.

One SQLite file (apsw-sqlite3mc), WAL, STRICT tables, `synchronous=FULL`, so that a committed turn survives a
kill -9 and a loss of power. One connection, used by one thread at a time.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import itertools
import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import apsw

from companion.errors import StoreError

MIGRATIONS = (
    """
    CREATE TABLE turns (
        id          INTEGER PRIMARY KEY,
        session     TEXT    NOT NULL,
        side        TEXT    NOT NULL CHECK (side IN ('user', 'companion')),
        number      INTEGER NOT NULL,
        text        TEXT    NOT NULL,
        said_at     TEXT    NOT NULL,
        interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)),
        UNIQUE (session, side, number)
    ) STRICT;
    CREATE TABLE hearings (
        turn        INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
        answered    TEXT    NOT NULL,
        words       TEXT    NOT NULL,
        no_speech   REAL    NOT NULL,
        logprob     REAL    NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE turns ADD COLUMN who TEXT NOT NULL DEFAULT '';
    ALTER TABLE turns ADD COLUMN sure REAL NOT NULL DEFAULT 0.0;
    CREATE TABLE voices (
        name        TEXT    PRIMARY KEY,
        enrolled    BLOB    NOT NULL,
        now         BLOB    NOT NULL,
        heard       INTEGER NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE paces (
        who         TEXT    PRIMARY KEY,
        pace        REAL    NOT NULL
    ) STRICT;
    """,
)
"""Numbered from 1: `user_version` says how many of them a file has had. `turns` holds what was said;
`hearings` how a turn was heard the second time: the words that were answered, and each word of the record
with its times and confidence (JSON). `who` says whose voice a turn was in ("": nobody's that is known),
`sure` how sure that is (0..1); `voices` holds the voices, as float32[256] when enrolled and as they are
now; `paces` how long whose pauses last (1.0: as usual)."""

ANEW = "move it aside and keep it, since some of it may be rescued, and start again, which makes a new one"


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as the store has it; `said_at` is ISO 8601 with zone, `interrupted` 0 or 1."""

    id: int
    session: str
    side: str
    number: int
    text: str
    said_at: str
    interrupted: int
    who: str = ""
    sure: float = 0.0
    answered: str = ""
    """The words that were answered, where the turn was heard once more since (`earlier` only)."""


class Heard(Protocol):
    """What the store keeps of a transcription; `companion.engines.asr.Transcription` is one."""

    @property
    def text(self) -> str: ...
    @property
    def words(self) -> tuple[Any, ...]: ...
    @property
    def no_speech(self) -> float: ...
    @property
    def logprob(self) -> float: ...


class Store:
    """The turns of one home. Raises `StoreError` with a sentence when the file can't be used."""

    def __init__(self, path: Path) -> None:
        """Open the store, or make it; brings an older one forward."""
        self._path = path
        self._lock = threading.Lock()
        self._session = now_iso()
        try:
            if str(path) != ":memory:":
                _make_private(path)
            self._db = apsw.Connection(str(path))
            self._db.set_busy_timeout(2000)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
                self._db.execute(f"PRAGMA {pragma}")
            self._migrate()
        except (apsw.Error, OSError) as error:
            raise StoreError(
                f"The store {path} can't be opened ({_reason(error)}): {_remedy(error)}."
            ) from error

    def _migrate(self) -> None:
        version = int(str(self._db.execute("PRAGMA user_version").fetchall()[0][0]))
        if version > len(MIGRATIONS):
            raise StoreError(f"The store {self._path} was made by a newer Companion: update this one.")
        for number, script in enumerate(MIGRATIONS[version:], version + 1):
            with self._db:
                self._db.execute(script)
                self._db.execute(f"PRAGMA user_version={number}")

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None:
        """Put user turn `number` of this session on disk; returns when it is there. `who` said it, as `sure`
        as that is."""
        self._add("user", number, text, interrupted=False, who=who, sure=sure)

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None:
        """Put what the companion was heard to say on disk."""
        self._add("companion", number, text, interrupted)

    def _add(
        self, side: str, number: int, text: str, interrupted: bool, who: str = "", sure: float = 0.0
    ) -> None:
        row = (self._session, side, number, text, now_iso(), int(interrupted), who, sure)
        self._write(
            "INSERT INTO turns (session, side, number, text, said_at, interrupted, who, sure)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )

    def voices(self) -> list[tuple[str, bytes, bytes, int]]:
        """Every known voice: name, vector as enrolled, as it is now, utterances it was learned from."""
        rows = self._read("SELECT name, enrolled, now, heard FROM voices ORDER BY name")
        return [(name, enrolled, now, heard) for name, enrolled, now, heard in rows]

    def paces(self) -> list[tuple[str, float]]:
        """How long whose pauses last, 1.0 as usual; "" stands for whoever isn't known by voice."""
        return [(who, pace) for who, pace in self._read("SELECT who, pace FROM paces ORDER BY who")]

    def keep_pace(self, who: str, pace: float) -> None:
        """Keep how long somebody's pauses last, unless their voice has been forgotten by now."""
        self._write(
            "INSERT OR REPLACE INTO paces SELECT ?1, ?2"
            " WHERE ?1 = '' OR EXISTS (SELECT 1 FROM voices WHERE name = ?1)",
            (who, pace),
        )

    def keep_voice(self, name: str, enrolled: bytes, now: bytes, heard: int) -> None:
        """Keep a voice, in place of one of that name."""
        self._write("INSERT OR REPLACE INTO voices VALUES (?, ?, ?, ?)", (name, enrolled, now, heard))

    def forget_voice(self, name: str) -> bool:
        """Delete a voice, overwritten, and the pace learned with it; whether there was one."""
        found = any(voice[0] == name for voice in self.voices())
        self._write("DELETE FROM voices WHERE name=?", (name,))
        self._write("DELETE FROM paces WHERE who=?", (name,))
        return found

    def review_user_turn(self, number: int, heard: Heard, answered: str) -> None:
        """Keep the second, thorough hearing of a user turn of this session: its text becomes the turn's."""
        words = json.dumps([asdict(word) for word in heard.words], ensure_ascii=False)
        with self._lock:
            try:
                with self._db:
                    found = self._db.execute(
                        "SELECT id FROM turns WHERE session=? AND side='user' AND number=?",
                        (self._session, number),
                    ).fetchall()
                    if not found:
                        return
                    if heard.text:
                        self._db.execute("UPDATE turns SET text=? WHERE id=?", (heard.text, found[0][0]))
                    self._db.execute(
                        "INSERT OR REPLACE INTO hearings VALUES (?, ?, ?, ?, ?)",
                        (found[0][0], answered, words, heard.no_speech, heard.logprob),
                    )
            except apsw.Error as error:
                raise self._failed(error) from error

    def fresh(self) -> bool:
        """Whether nothing has ever been said in this home."""
        with self._lock:
            try:
                return not self._db.execute("SELECT 1 FROM turns LIMIT 1").fetchall()
            except apsw.Error as error:
                raise StoreError(
                    f"The store {self._path} can't be read ({_reason(error)}): {_remedy(error)}."
                ) from error

    def turns(self) -> list[StoredTurn]:
        """Every turn there is, oldest first."""
        rows = self._read(
            "SELECT id, session, side, number, text, said_at, interrupted, who, sure FROM turns ORDER BY id"
        )
        return [StoredTurn(*row) for row in rows]

    def earlier(self, since: datetime.datetime, most: int) -> list[StoredTurn]:
        """The newest turns of earlier sessions, oldest first: `most` at most, none from before `since`."""
        rows = self._read(
            "SELECT id, session, side, number, text, said_at, interrupted, who, sure, coalesce(answered, '')"
            " FROM turns LEFT JOIN hearings ON turn = id WHERE session <> ? ORDER BY id DESC LIMIT ?",
            (self._session, most),
        )
        newest = (StoredTurn(*row) for row in rows)
        young = itertools.takewhile(lambda t: datetime.datetime.fromisoformat(t.said_at) >= since, newest)
        return list(young)[::-1]

    def close(self) -> None:
        """Close the file; idempotent."""
        with self._lock:
            self._db.close()

    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                rows: list[tuple[Any, ...]] = self._db.execute(sql, values).fetchall()
            except apsw.Error as error:
                raise StoreError(
                    f"The store {self._path} can't be read ({_reason(error)}): {_remedy(error)}."
                ) from error
        return rows

    def _write(self, sql: str, row: tuple[Any, ...]) -> None:
        with self._lock:
            try:
                self._db.execute(sql, row)
            except apsw.Error as error:
                raise self._failed(error) from error

    def _failed(self, error: apsw.Error) -> StoreError:
        return StoreError(
            f"What was said can't be written to {self._path} ({_reason(error)}): "
            f"{_remedy(error)}, then say it again."
        )


def now_iso() -> str:
    """This moment as ISO 8601 with zone, to the microsecond."""
    return datetime.datetime.now().astimezone().isoformat()


def _make_private(path: Path) -> None:
    """Make the file, or what another program made wider, its owner's alone before anything is in it: SQLite
    gives the files beside it the rights it has itself."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            with contextlib.suppress(PermissionError):  # a file system that knows no rights keeps what it has
                file.chmod(0o600)


def _reason(error: Exception) -> str:
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


def _remedy(error: Exception) -> str:
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
