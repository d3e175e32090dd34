"""Brings a source up to date in the store: what is new or changed is read, what is gone is erased."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from companion.memory.archive.comparing import ToDo, compare, stored
from companion.memory.archive.erasing import TOGETHER, Eraser
from companion.memory.archive.file_reading import Stop, read_files
from companion.memory.archive.index_writer import IndexWriter, Part
from companion.memory.archive.merging import merge, merge_later
from companion.memory.database import Database


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a scan is: bytes of `done` of all that is to be looked at, and the file it is in."""

    done: int
    total: int
    path: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan came to, in files: `read` anew; `troubled`: not, or not to their end, and what couldn't
    be walked through; `unchanged`; `gone`, whose documents are erased; `waiting`, which are just
    being written. `looking`: seconds that it took to find these. `whole`: not stopped before its end."""

    read: int
    troubled: int
    unchanged: int
    gone: int
    waiting: int
    looking: float
    whole: bool


class Scan:
    """One scan of a source at `root`; `but` and `settled` as in `compare`. Raises `StoreError`."""

    def __init__(
        self, database: Database, eraser: Eraser, source: int, root: Path, but: Path | None, settled: float
    ) -> None:
        self._database, self._eraser, self._source = database, eraser, source
        self._root, self._but, self._settled = root, but, settled

    def run(self, progress: Callable[[Progressed], None], stop: Stop, hold: Callable[[], None]) -> Scanned:
        """Do it; what was done when `stop` is set stays done."""
        self._eraser.finish()
        began = time.monotonic()
        todo = compare(self._database, self._source, self._root, self._but, self._settled)
        writer = IndexWriter(self._database, self._source, self._eraser)
        tally = _Tally(todo, time.monotonic() - began, progress)
        more = False
        if todo.files:
            merge_later(self._database)
        with closing(read_files(todo, stop, hold)) as reading:
            for parts in reading:
                hold()
                writer.write(parts)
                tally.count(parts)
                more = merge(self._database)
        while more:
            hold()
            more = merge(self._database)
        whole = not tally.left
        if whole:
            self._note_troubles(todo)
            gone = [known.id for known in todo.gone.values()]
            for start in range(0, len(gone), TOGETHER):
                hold()
                self._erase(gone[start : start + TOGETHER])
        self._eraser.finish()
        return tally.scanned(whole)

    def _note_troubles(self, todo: ToDo) -> None:
        """Keep what can't be walked through; what was read there before stays."""
        with self._database.transaction() as db:
            for path, why in todo.troubles.items():
                db.execute(
                    "INSERT INTO documents (source, path, bytes, changed_at, trouble)"
                    " VALUES (?, ?, 0, 0.0, ?)"
                    " ON CONFLICT (path) DO UPDATE SET trouble = excluded.trouble, digest = ''",
                    (self._source, path, why),
                )

    def _erase(self, documents: Sequence[int]) -> None:
        listed = ",".join(map(str, documents))
        rows = self._database.read(f"SELECT id FROM chunks WHERE document IN ({listed})")
        self._eraser.erase([row[0] for row in rows])
        self._database.write(f"DELETE FROM documents WHERE id IN ({listed})")


class _Tally:
    """Counts what a scan does."""

    def __init__(self, todo: ToDo, looking: float, progress: Callable[[Progressed], None]) -> None:
        self._todo, self._looking, self._progress = todo, looking, progress
        self._sizes = {stored(file.path): file.size for file in todo.files}
        self._total, self._finished = sum(self._sizes.values()), 0
        self._open: dict[str, int] = {}
        self._full: set[str] = set()
        self.left, self._read, self._troubled, self._same = len(todo.files), 0, len(todo.troubles), 0

    def count(self, parts: Sequence[Part]) -> None:
        """What has just been written."""
        for part in parts:
            self._open[part.path] = part.done
            if part.chunks:
                self._full.add(part.path)
            if part.ending is not None:
                del self._open[part.path]
                self._finished += self._sizes[part.path]
                self.left -= 1
                self._same += part.ending.same
                self._read += part.path in self._full
                self._troubled += bool(part.ending.trouble)
        done = self._finished + sum(self._open.values())
        self._progress(Progressed(done, self._total, parts[-1].path))

    def scanned(self, whole: bool) -> Scanned:
        """The whole of it."""
        todo = self._todo
        gone = len(todo.gone) if whole else 0
        unchanged = todo.unchanged + self._same
        return Scanned(self._read, self._troubled, unchanged, gone, todo.waiting, self._looking, whole)
