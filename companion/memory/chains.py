"""Facts of one subject and slot, in the order in which they were said: each is succeeded by the next."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import apsw

from companion.memory.database import Row
from companion.memory.facts import moment


def unjoin(db: apsw.Connection, subject: str, slot: str) -> None:
    """Let none of them be succeeded; a day that only its successor set as the end of one is open again."""
    rows: list[Row] = db.execute(
        "SELECT f.id, f.valid_until, s.noted_at FROM facts f JOIN facts s ON s.id = f.successor"
        " WHERE f.slot = ?2 AND f.slot <> '' AND f.subject = ?1 COLLATE NOCASE",
        (subject, slot),
    ).fetchall()
    for number, until, noted_at in rows:
        own = "" if until == _day(noted_at) else until
        db.execute("UPDATE facts SET successor = NULL, valid_until = ? WHERE id = ?", (own, number))


def join(db: apsw.Connection, subject: str, slot: str) -> None:
    """Let each be succeeded by the next, as if they had been noted in this order; one that says what the one
    before says is more evidence for it."""
    rows: list[Row] = db.execute(
        "SELECT id, noted_at, valid_until, statement, valid_from FROM facts"
        " WHERE slot = ?2 AND slot <> '' AND subject = ?1 COLLATE NOCASE",
        (subject, slot),
    ).fetchall()
    chain: list[Row] = []
    for row in sorted(rows, key=lambda each: (moment(each[1]), each[0])):
        if chain and _says(chain[-1]) == _says(row):
            merge(db, chain[-1][0], row[0])
        else:
            chain.append(row)
    for one, after in itertools.pairwise(chain):
        db.execute(
            "UPDATE facts SET successor = ?, valid_until = ? WHERE id = ?",
            (after[0], one[2] or _day(after[1]), one[0]),
        )


def merge(db: apsw.Connection, stays: int, goes: int) -> None:
    """Make one fact of two that say the same."""
    db.execute(
        "UPDATE evidence SET fact = ?1 WHERE fact = ?2 AND NOT EXISTS (SELECT 1 FROM evidence o"
        " WHERE o.fact = ?1 AND o.turn IS evidence.turn AND o.chunk IS evidence.chunk)",
        (stays, goes),
    )
    db.execute("UPDATE facts SET successor = ? WHERE successor = ?", (stays, goes))
    db.execute("DELETE FROM facts WHERE id = ?", (goes,))


def _says(row: Sequence[str]) -> tuple[str, str, str]:
    return row[3].casefold(), row[4], row[2]


def _day(noted_at: str) -> str:
    return moment(noted_at).date().isoformat()
