"""Merges the archive's full-text index, in steps that are short enough for somebody who waits.

FTS5 would do it while it writes: of books of 600 KB every fourth would take 50 ms, not 25. So it is told not
to, and is asked for it when what was read can be found.
"""

from __future__ import annotations

from collections.abc import Callable

from companion.memory.database import Database

STEP = 200
"""Pages of the index that are merged in one transaction: 15 to 30 ms."""


def merge_later(database: Database) -> None:
    """Have the index merge nothing by itself, unless it has 16 parts of a size ('crisismerge')."""
    if database.read("SELECT v FROM chunks_fts_config WHERE k = 'automerge'") != [(0,)]:
        database.write("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('automerge', 0)")


def merge(database: Database) -> bool:
    """Merge a little where there are four parts of a size; whether there is more to do."""
    return _merged(database, STEP)


def merge_all(database: Database, before: Callable[[], None] = lambda: None) -> None:
    """Merge all that there is into one part, in which nothing stands of what is only marked as gone.

    `before` is called before each step and may let it wait, or raise, which ends it; the next
    `merge_all` goes on."""
    step = -STEP  # negative: all parts, of whatever size
    before()
    while _merged(database, step):
        step = STEP
        before()


def _merged(database: Database, step: int) -> bool:
    """SQLite says that there is more to do by changing two rows or more."""
    with database.transaction() as db:
        before = db.total_changes()
        db.execute("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('merge', ?)", (step,))
        return int(db.total_changes() - before) >= 2
