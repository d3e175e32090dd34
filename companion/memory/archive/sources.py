"""What was added to the archive: files and folders, read, listed and removed again."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.archive.adding import Progressed, Scan, Scanned
from companion.memory.archive.citing import Cited, cited
from companion.memory.archive.comparing import stored
from companion.memory.archive.erasing import Eraser
from companion.memory.archive.stopping import Cancel, Order, Stop, Stopped
from companion.memory.database import Database
from companion.memory.people import YOU

_LEAVING = "archive.leaving."
"""Begins the marks of sources that are being removed; the source's number follows."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder that was added; `added_at` is ISO 8601 with zone. `documents`: its files that gave
    something, with how many `chunks`; `troubles`: its files that couldn't be read, or not all of them."""

    id: int
    path: str
    watched: bool
    added_at: str
    documents: int
    chunks: int
    troubles: int


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file of a source: `bytes`, `changed_at` in seconds since 1970 (0: not known), the `chunks` that it
    gave, and one sentence for what went wrong ("" if nothing did)."""

    id: int
    path: str
    kind: str
    bytes: int
    changed_at: float
    chunks: int
    trouble: str


class Archive:
    """The archive of a store. Raises `StoreError`. Sources don't overlap: each file belongs to one.

    `dropped` is told of chunks that are gone, as `Eraser` says. Several threads may ask; what scans and what
    removes take turns, and a removal has a scan that is under way end."""

    def __init__(
        self, database: Database, dropped: Callable[[Sequence[int]], None] = lambda chunks: None
    ) -> None:
        self._database = database
        self._eraser = Eraser(database, dropped)
        self._order = Order()

    @property
    def removing(self) -> bool:
        """Whether a removal waits for what is being scanned to end."""
        return self._order.is_set()

    def add(self, path: Path, watched: bool) -> int:
        """Note a file or folder as a source, and whether it is watched; returns its number, an old one if it
        is there already or lies in one that is. Sources that lie in it become part of it."""
        root = _root(path)
        if self._leaving():
            self.finish()  # the path may be that of a source that isn't quite gone
        with self._database.transaction() as db:
            known = {str(row[1]): (int(str(row[0])), bool(row[2])) for row in db.execute(_SOURCES)}
            if root in known:
                db.execute("UPDATE sources SET watched = ? WHERE id = ?", (watched, known[root][0]))
                return known[root][0]
            above = next((other for other in known if _lies_in(root, other)), None)
            if above is not None:
                if watched and not known[above][1]:
                    raise StoreError(
                        f"{root} is part of {above}, which was added once: `companion archive add {above}` "
                        "has all of it watched."
                    )
                return known[above][0]
            now = datetime.datetime.now().astimezone().isoformat()
            db.execute("INSERT INTO sources (path, watched, added_at) VALUES (?, ?, ?)", (root, watched, now))
            source = int(db.last_insert_rowid())
            for other, (number, _) in known.items():
                if _lies_in(other, root):
                    db.execute("UPDATE documents SET source = ? WHERE source = ?", (source, number))
                    db.execute("DELETE FROM sources WHERE id = ?", (number,))
        return source

    def scan(
        self,
        source: int,
        *,
        progress: Callable[[Progressed], None] = lambda progressed: None,
        cancel: Cancel | None = None,
        hold: Callable[[], None] = lambda: None,
        settled: float = 0.0,
    ) -> Scanned:
        """Read what is new or changed in a source, and erase what is gone.

        It goes on where it was stopped, or killed. `progress` is called in this thread; `hold`, in several,
        before each piece of work, which waits until it returns. `settled`: as `compare` says."""
        with self._order.patiently():
            root = Path(self._row(source)[1])
            scanning = Scan(self._database, self._eraser, source, root, self._left_out(root), settled)
            return scanning.run(progress, Stop(cancel, self._order), hold)

    def _left_out(self, root: Path) -> Path | None:
        """Her own folder, where that lies in what is read."""
        if str(self._database.path) == ":memory:":
            return None
        home = Path(os.path.realpath(self._database.path)).parent
        return home if root == home or root in home.parents else None

    def remove(self, source: int) -> None:
        """Remove a source with everything that came of it, on disk when this returns. Copies of the store
        hold it until `automatic.renew`."""
        self._row(source)
        with self._database.transaction() as db:
            automatic.intend(db)
            db.execute("INSERT OR REPLACE INTO marks VALUES (?, '')", (f"{_LEAVING}{source}",))
        with self._order.first():
            self._remove(source)

    def finish(self, cancel: Cancel | None = None) -> None:
        """Go on with what was being erased when the machine went down; at once done where nothing was.

        When `cancel` is set it writes nothing any more, and is gone on with next time."""
        before = Stop(cancel).look
        with self._order.first() if self._leaving() else self._order.patiently():
            try:
                for source in self._leaving():
                    self._remove(source, before)
                self._eraser.finish(before)
            except Stopped:
                return

    def _leaving(self) -> Sequence[int]:
        rows = self._database.read("SELECT name FROM marks WHERE name LIKE ?", (f"{_LEAVING}%",))
        return [int(name.removeprefix(_LEAVING)) for (name,) in rows]

    def _remove(self, source: int, before: Callable[[], None] = lambda: None) -> None:
        while rows := self._database.read(
            "SELECT chunks.id FROM chunks JOIN documents ON documents.id = document WHERE source = ? LIMIT ?",
            (source, 5000),
        ):
            self._eraser.erase([row[0] for row in rows], before)
        before()
        with self._database.transaction() as db:
            db.execute("DELETE FROM documents WHERE source = ?", (source,))
            db.execute("DELETE FROM sources WHERE id = ?", (source,))
            db.execute("DELETE FROM marks WHERE name = ?", (f"{_LEAVING}{source}",))
        self._eraser.finish(before)
        before()
        self._database.checkpoint()

    def get(self, source: int) -> Source:
        """One source."""
        self._row(source)
        return next(one for one in self.list() if one.id == source)

    def watched(self) -> Sequence[int]:
        """The numbers of the sources that are watched; quicker than `list`, which counts."""
        return [row[0] for row in self._database.read(f"{_SOURCES} AND watched = 1 ORDER BY id")]

    def documents(
        self, source: int, after: int = 0, most: int = 50, *, troubled: bool = False
    ) -> list[Shelved]:
        """Up to `most` files of a source, in the order of their numbers, from above the number `after` on;
        `troubled`: only those with a trouble."""
        only = " AND trouble <> ''" if troubled else ""
        rows = self._database.read(
            "SELECT id, path, kind, bytes, changed_at, (SELECT count(*) FROM chunks WHERE document = d.id),"
            f" trouble FROM documents d WHERE source = ? AND id > ?{only} ORDER BY id LIMIT ?",
            (source, after, most),
        )
        return [Shelved(*row) for row in rows]

    def waiting(self) -> int:
        """How many chunks have no vector yet, and are found by their words only."""
        rows = self._database.read(
            "SELECT (SELECT count(*) FROM chunks) - (SELECT count(*) FROM chunk_vectors)"
        )
        return int(rows[0][0])

    def cite(self, chunk: int, me: Collection[str], today: datetime.date) -> str:
        """How a chunk is cited aloud: "in your mail to Amy on 3 May"; "" for one that is gone. `me`: the
        names and addresses that the user goes by."""
        rows = self._database.read(
            "SELECT kind, path, place, title, author, recipient, dated FROM chunks"
            " JOIN documents ON documents.id = document WHERE chunks.id = ?",
            (chunk,),
        )
        return cited(Cited(*rows[0]), me, today) if rows else ""

    def me(self) -> frozenset[str]:
        """The names that the user goes by, as far as they are known, for `cite`."""
        rows = self._database.read(
            "SELECT n.name FROM names n JOIN people p ON p.id = n.person WHERE p.relation = ?", (YOU,)
        )
        return frozenset(row[0] for row in rows)

    def _row(self, source: int) -> tuple[int, str]:
        rows = self._database.read(
            "SELECT id, path FROM sources WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM marks WHERE name = ?2)",
            (source, f"{_LEAVING}{source}"),
        )
        if not rows:
            raise StoreError(f"There is no source {source}: `companion archive list` shows those there are.")
        return rows[0][0], rows[0][1]

    def list(self) -> list[Source]:
        """All sources, in the order in which they were added."""
        rows = self._database.read(f"{_LISTED} ORDER BY s.id")
        return [Source(row[0], row[1], bool(row[2]), *row[3:]) for row in rows]


_LISTED = (
    "SELECT s.id, s.path, s.watched, s.added_at,"
    " (SELECT count(*) FROM documents d WHERE d.source = s.id AND EXISTS"
    "  (SELECT 1 FROM chunks WHERE document = d.id)),"
    " (SELECT count(*) FROM chunks c JOIN documents d ON d.id = c.document WHERE d.source = s.id),"
    " (SELECT count(*) FROM documents d WHERE d.source = s.id AND trouble <> '') FROM sources s"
    f" WHERE NOT EXISTS (SELECT 1 FROM marks WHERE name = '{_LEAVING}' || s.id)"
)
_SOURCES = (
    "SELECT id, path, watched FROM sources"
    f" WHERE NOT EXISTS (SELECT 1 FROM marks WHERE name = '{_LEAVING}' || sources.id)"
)


def _root(path: Path) -> str:
    """A path as it is kept: the whole of it, through links. Raises `StoreError` where nothing is there."""
    root = Path(os.path.realpath(path.expanduser()))
    if not root.exists():
        raise StoreError(f"There is no file or folder {path}: check how it is written.")
    if stored(root) != str(root):
        raise StoreError(f"The name of {stored(root)} isn't UTF-8: rename it, and add it again.")
    return str(root)


def _lies_in(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip(os.sep) + os.sep)
