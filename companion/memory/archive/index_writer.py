"""Puts what is read into the store: a document's chunks, matched with those that it had before.

A chunk whose words are the same stays the row that it is, with its vectors and the facts that rest on it; so
a mailbox that has grown by a mail costs a mail, and one that was being read when the machine went down goes
on where it was. A document is whole when it has its digest, which it gets last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import apsw

from companion.memory.archive.chunks import Chunk
from companion.memory.archive.erasing import ONE_BY_ONE, Eraser
from companion.memory.database import Database

ROWS = 1000
"""Rows in one statement: a statement of its own a row has FTS5 write a segment of its index for each, which
takes 51 ms for a book of 600 KB instead of 20."""

LONGEST_TROUBLE = 500


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file has changed: bytes, `changed_at` in seconds since 1970, and the SHA-256
    `digest` ("": it couldn't be opened)."""

    bytes: int
    changed_at: float
    digest: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How the reading of a file ended. `same`: it wasn't read, since its content is what it was, or that of a
    file that `was` elsewhere and isn't there any more."""

    stamp: Stamp
    kind: str = ""
    trouble: str = ""
    same: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some chunks of a file, in their order; `path` as the store has it, `done` how many bytes of it are
    read, `ending` with the last."""

    path: str
    chunks: Sequence[Chunk] = ()
    done: int = 0
    ending: Ending | None = None


@dataclass(slots=True)
class _Open:
    """A document that is being read: its row, the chunks it had by their words, how many came by now."""

    id: int
    had: dict[bytes, list[int]]
    kept: list[tuple[int, str, str, str, int]] = field(default_factory=list)
    new: list[tuple[int, int, str, str, str, str, str, str]] = field(default_factory=list)
    count: int = 0


class IndexWriter:
    """Writes the documents of one source. Raises `StoreError`.

    `before` is called before each transaction and may let it wait, or raise, which ends the work."""

    def __init__(
        self, database: Database, source: int, eraser: Eraser, before: Callable[[], None] = lambda: None
    ) -> None:
        self._database, self._source, self._eraser, self._before = database, source, eraser, before
        self._open: dict[str, _Open] = {}

    def write(self, parts: Sequence[Part]) -> None:
        """Put parts into the store, all of them or none; on disk when this returns."""
        replaced: list[tuple[_Open, Ending]] = []
        self._before()
        with self._database.transaction() as db:
            for part in parts:
                one = self._take(db, part)
                if part.ending is None:
                    continue
                del self._open[part.path]
                old = _left(one, part.ending)
                if len(old) > ONE_BY_ONE:
                    replaced.append((one, part.ending))
                    continue
                self._eraser.erase_within(db, old)
                _end(db, one, part.ending)
        for one, ending in replaced:  # not in one transaction, which would hold up who talks
            self._eraser.erase(_left(one, ending), self._before)
            self._before()
            with self._database.transaction() as db:
                _end(db, one, ending)

    def _take(self, db: apsw.Connection, part: Part) -> _Open:
        if part.path not in self._open:
            self._open[part.path] = self._begin(db, part)
        one = self._open[part.path]
        for chunk in part.chunks:
            _place(one, chunk)
        _flush(db, one)
        return one

    def _begin(self, db: apsw.Connection, part: Part) -> _Open:
        if part.ending is not None and part.ending.was:
            db.execute("UPDATE documents SET path = ? WHERE path = ?", (part.path, part.ending.was))
        rows = db.execute("SELECT id FROM documents WHERE path = ?", (part.path,)).fetchall()
        if not rows:
            db.execute(
                "INSERT INTO documents (source, path, bytes, changed_at) VALUES (?, ?, 0, 0.0)",
                (self._source, part.path),
            )
            return _Open(int(db.last_insert_rowid()), {})
        document = int(str(rows[0][0]))
        if part.ending is not None and part.ending.same:
            return _Open(document, {})
        db.execute("UPDATE documents SET digest = '' WHERE id = ?", (document,))
        had: dict[bytes, list[int]] = {}
        for number, title, author, text in db.execute(
            "SELECT id, title, author, text FROM chunks WHERE document = ? ORDER BY number DESC", (document,)
        ):
            had.setdefault(_words(str(title), str(author), str(text)), []).append(int(str(number)))
        return _Open(document, had)


def _words(title: str, author: str, text: str) -> bytes:
    """What a chunk is known again by: all that its vector is made of."""
    return hashlib.blake2b(f"{author}\0{title}\0{text}".encode(), digest_size=16).digest()


def _place(one: _Open, chunk: Chunk) -> None:
    """Find a chunk its row, or note that it needs one."""
    same = one.had and one.had.get(_words(chunk.title, chunk.author, chunk.text))
    if same:
        one.kept.append((one.count, chunk.place, chunk.to, chunk.when, same.pop()))
    else:
        one.new.append(
            (one.id, one.count, chunk.place, chunk.title, chunk.author, chunk.to, chunk.when, chunk.text)
        )
    one.count += 1


def _flush(db: apsw.Connection, one: _Open) -> None:
    db.executemany("UPDATE chunks SET number = ?, place = ?, recipient = ?, dated = ? WHERE id = ?", one.kept)
    for start in range(0, len(one.new), ROWS):
        rows = one.new[start : start + ROWS]
        db.execute(
            "INSERT INTO chunks (document, number, place, title, author, recipient, dated, text) VALUES "
            + ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(rows)),
            tuple(value for row in rows for value in row),
        )
    one.kept.clear()
    one.new.clear()


def _left(one: _Open, ending: Ending) -> list[int]:
    """The chunks that a document had and has no more. One that couldn't be opened keeps what it had."""
    if ending.same or not ending.stamp.digest:
        return []
    return [chunk for same in one.had.values() for chunk in same]


def _end(db: apsw.Connection, one: _Open, ending: Ending) -> None:
    stamp = ending.stamp
    if ending.same:
        db.execute(
            "UPDATE documents SET bytes = ?, changed_at = ? WHERE id = ?",
            (stamp.bytes, stamp.changed_at, one.id),
        )
        return
    db.execute(
        "UPDATE documents SET kind = CASE ?1 WHEN '' THEN kind ELSE ?1 END, bytes = ?2, changed_at = ?3,"
        " digest = ?4, trouble = ?5 WHERE id = ?6",
        (
            ending.kind,
            stamp.bytes,
            stamp.changed_at,
            stamp.digest,
            ending.trouble[:LONGEST_TROUBLE],
            one.id,
        ),
    )
