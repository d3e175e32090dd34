"""Brings a source up to date in the store: what is new or changed is read, what is gone is erased."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from companion.memory.archive.comparing import ToDo, compare, stored
from companion.memory.archive.erasing import TOGETHER, Eraser
from companion.memory.archive.file_reading import read_files
from companion.memory.archive.index_writer import IndexWriter, Part
from companion.memory.archive.merging import merge, merge_later
from companion.memory.archive.stopping import Stop, Stopped
from companion.memory.database import Database, listed


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
        """Do it; what was done when `stop` is set stays done, and nothing is written from then on."""

        def before() -> None:
            hold()
            stop.look()

        tally = _Tally(ToDo(), 0.0, progress)
        try:
            self._eraser.finish(before)
            began = time.monotonic()
            todo = compare(self._database, self._source, self._root, self._but, self._settled, stop.look)
            tally = _Tally(todo, time.monotonic() - began, progress)
            self._read(todo, tally, stop, hold, before)
            if tally.left:
                return tally.scanned(whole=False)
            self._take_leave(todo, before)
        except Stopped:
            return tally.scanned(whole=False)
        return tally.scanned(whole=True)

    def _read(
        self,
        todo: ToDo,
        tally: _Tally,
        stop: Stop,
        hold: Callable[[], None],
        before: Callable[[], None],
    ) -> None:
        """Write down what is new or changed, `before` each transaction."""
        writer = IndexWriter(self._database, self._source, self._eraser, before)
        more = False
        if todo.files:
            before()
            merge_later(self._database)
        with closing(read_files(todo, Stop(stop), hold)) as reading:
            for parts in reading:
                writer.write(parts)
                tally.count(parts)
                before()
                more = merge(self._database)
        while more:
            before()
            more = merge(self._database)

    def _take_leave(self, todo: ToDo, before: Callable[[], None]) -> None:
        """Note what can't be walked through, and erase what is gone."""
        before()
        self._note_troubles(todo)
        gone = [known.id for known in todo.gone.values()]
        for start in range(0, len(gone), TOGETHER):
            self._erase(gone[start : start + TOGETHER], before)
        self._eraser.finish(before)

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

    def _erase(self, documents: Sequence[int], before: Callable[[], None]) -> None:
        these = listed(documents)
        rows = self._database.read(f"SELECT id FROM chunks WHERE document IN ({these})")
        self._eraser.erase([row[0] for row in rows], before)
        before()
        self._database.write(f"DELETE FROM documents WHERE id IN ({these})")


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
