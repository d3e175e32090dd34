"""Erases chunks of the archive and what came of them: full text, vectors, facts that rest on nothing else.

FTS5's 'secure-delete' takes 3 to 5 ms a chunk, since every word's list is rewritten. Where many go it is
quicker to mark them as gone and to merge the whole index anew, which leaves nothing of them: 11 us for every
chunk that there is (19,000 chunks on the Xeon: 0.2 s, against 80 s). The merging is done in small steps, so
that a turn that is to be written meanwhile waits 30 ms at most; a mark in the store has it go on after a
kill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import apsw

from companion.memory.archive.merging import merge_all
from companion.memory.database import Database, listed
from companion.memory.facts import Facts
from companion.memory.people import YOU

TOGETHER = 500
"""Chunks that are marked as gone in one transaction."""

ONE_BY_ONE = 40
"""Chunks that are erased one by one in one transaction, at most: some 0.2 s."""

CHEAPER = 400
"""For so many chunks in the index the merging costs as much as erasing one of them by itself."""

_MERGING = "archive.merging"
"""The mark that stands while the index may hold what was erased."""


class Eraser:
    """Erases chunks. Raises `StoreError`.

    `dropped` is told the ids of chunks that are gone for good, so that whoever holds their vectors in memory
    lets go of them."""

    def __init__(
        self, database: Database, dropped: Callable[[Sequence[int]], None] = lambda chunks: None
    ) -> None:
        self._database, self._facts, self._dropped = database, Facts(database), dropped
        self._one_by_one = 0
        self._marked = self._erased = False

    def erase(self, chunks: Sequence[int], before: Callable[[], None] = lambda: None) -> None:
        """Erase chunks in transactions of a bounded size; `finish` follows.

        `before` is called before each and may let it wait, or raise, which ends it."""
        before()
        with self._database.transaction() as db:
            size = ONE_BY_ONE if self._cheap(db, len(chunks)) else TOGETHER
        for part in _parts(chunks, size):
            before()
            with self._database.transaction() as db:
                self.erase_within(db, part)

    def erase_within(self, db: apsw.Connection, chunks: Sequence[int]) -> None:
        """Erase at most `TOGETHER` chunks in a transaction that is under way."""
        if not chunks:
            return
        self._erased = True
        these = listed(chunks)
        self._let_go_of_facts(db, these)
        if len(chunks) <= ONE_BY_ONE and self._cheap(db, len(chunks)):
            self._one_by_one += len(chunks)
            db.execute(f"DELETE FROM chunks WHERE id IN ({these})")
        else:
            self._marked = True
            db.execute("INSERT OR REPLACE INTO marks VALUES (?, '')", (_MERGING,))
            _secure(db, False)
            db.execute(f"DELETE FROM chunks WHERE id IN ({these})")
            _secure(db, True)
        self._dropped(chunks)  # before others see the ids free: a new chunk may get one of them

    def finish(self, before: Callable[[], None] = lambda: None) -> None:
        """Merge the index anew where something is only marked as gone in it; where something was erased,
        empty the write-ahead log. `before`: as for `erase`."""
        if self._database.read("SELECT 1 FROM marks WHERE name = ?", (_MERGING,)):
            merge_all(self._database, before)
            self._database.write("DELETE FROM marks WHERE name = ?", (_MERGING,))
            self._erased = True
        self._one_by_one, self._marked = 0, False
        if self._erased:
            before()
            self._erased = not self._database.checkpoint()

    def _cheap(self, db: apsw.Connection, count: int) -> bool:
        """Whether it is cheaper to erase so many more one by one than to merge, as `finish` else does."""
        if self._marked:
            return False
        rows = db.execute("SELECT max(id) FROM chunks_fts_docsize").fetchall()[0][0]
        return (self._one_by_one + count) * CHEAPER < int(str(rows or 0))

    def _let_go_of_facts(self, db: apsw.Connection, these: str) -> None:
        """Erase the facts for which these chunks are all the evidence, and people known from them alone."""
        rows = db.execute(
            "SELECT DISTINCT fact, person FROM evidence e JOIN facts ON facts.id = fact"
            f" WHERE chunk IN ({these}) AND NOT EXISTS (SELECT 1 FROM evidence o WHERE o.fact = e.fact"
            f" AND (o.turn IS NOT NULL OR o.chunk NOT IN ({these})))"
        ).fetchall()
        for fact, _ in rows:
            self._facts.forget(int(str(fact)))
        for person in {person for _, person in rows if person is not None}:
            db.execute(
                "DELETE FROM people WHERE id = ?1 AND relation <> ?2"
                " AND NOT EXISTS (SELECT 1 FROM mentions WHERE person = ?1)"
                " AND NOT EXISTS (SELECT 1 FROM facts WHERE person = ?1)",
                (person, YOU),
            )


def _secure(db: apsw.Connection, on: bool) -> None:
    db.execute("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('secure-delete', ?)", (int(on),))


def _parts(chunks: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(chunks)
    while part := list(islice(rest, size)):
        yield part
