"""Patterns over some turns once more, in a store in memory, as if certain people weren't known."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from companion.memory.database import Database, Row, listed
from companion.memory.patterns import propose
from companion.memory.people import YOU
from companion.memory.proposals import Notebook, Said, place

_NEW = 2**40
"""Above the numbers of all people: whoever is new in the store in memory has a higher one."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact as one turn states it; `person` in the store in memory."""

    subject: str
    person: int
    statement: str
    kind: str
    slot: str
    valid_from: str
    certainty: float
    said_at: str


@dataclass(frozen=True, slots=True)
class Afresh:
    """What patterns found in the `turns` they went over: the `people` who are new, by their numbers in `db`,
    who is mentioned in which turn, and the facts, by turn and statement in lower case."""

    db: apsw.Connection
    turns: frozenset[int]
    people: tuple[int, ...]
    mentions: tuple[tuple[int, int], ...]
    facts: dict[tuple[int, str], Stated]


@contextlib.contextmanager
def going_over(db: apsw.Connection, unknown: Collection[int], turns: Sequence[int]) -> Iterator[Afresh]:
    """Let patterns go over these turns of the store `db`, in their order; nobody of `unknown` is known
    before a turn introduces them."""
    database = Database(Path(":memory:"))
    try:
        with database.transaction() as scratch:
            scratch.execute("INSERT INTO people (id, name) VALUES (?, '')", (_NEW,))
            _go_over(database, scratch, db, unknown, turns)
            people = tuple(sorted(ids(scratch, "SELECT id FROM people WHERE id > ?", _NEW)))
            mentions = [
                (int(str(p)), int(str(t))) for p, t in scratch.execute("SELECT person, turn FROM mentions")
            ]
            over = frozenset(ids(scratch, "SELECT id FROM turns"))
            yield Afresh(scratch, over, people, tuple(mentions), _stated(scratch))
    finally:
        database.close()


def _go_over(
    database: Database, scratch: apsw.Connection, db: apsw.Connection, unknown: Collection[int],
    turns: Sequence[int],
) -> None:  # fmt: skip
    notebook = Notebook(database)
    for subject in _read_of(db, unknown):
        notebook.people.find_or_make(subject)
    known = _acquaintances(db, unknown, turns)
    for row in _to_go_over(db, turns):
        number, text, said_at, who = row[0], row[4], row[5], row[6]
        while known and known[0][0] <= number:
            _introduce(db, scratch, known.pop(0)[1])
        scratch.execute(
            "INSERT INTO turns (id, session, side, number, text, said_at, who) VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        proposals = propose(text, who, notebook.people.called())
        notebook.take(Said(text, said_at, who, turn=number), proposals, "pattern")
        notebook.people.mentioned(number, text)
        for subject in _named_otherwise(db, number):
            if place(subject, text) is not None:
                notebook.people.find_or_make(subject)


def _read_of(db: apsw.Connection, people: Collection[int]) -> list[str]:
    """Those of them whom the archive tells of, whatever was said."""
    rows = db.execute(
        f"SELECT DISTINCT subject FROM facts WHERE person IN ({listed(people)}) AND subject <> ?"
        " AND id IN (SELECT fact FROM evidence WHERE chunk IS NOT NULL)",
        (YOU,),
    ).fetchall()
    return [str(subject) for (subject,) in rows]


def _named_otherwise(db: apsw.Connection, turn: int) -> list[str]:
    """Whom the facts are about that the model, or the person, stated of a turn."""
    rows = db.execute(
        "SELECT DISTINCT subject FROM facts WHERE how <> 'pattern' AND subject <> ?"
        " AND id IN (SELECT fact FROM evidence WHERE turn = ?)",
        (YOU, turn),
    ).fetchall()
    return [str(subject) for (subject,) in rows]


def _to_go_over(db: apsw.Connection, turns: Sequence[int]) -> list[Row]:
    """Those of the turns that patterns have gone over before."""
    rows: list[Row] = db.execute(
        "SELECT id, session, side, number, text, said_at, who FROM turns WHERE side = 'user'"
        f" AND id IN ({listed(turns)}) AND id IN (SELECT turn FROM reflected) ORDER BY id"
    ).fetchall()
    return rows


def _acquaintances(
    db: apsw.Connection, unknown: Collection[int], turns: Sequence[int]
) -> list[tuple[int, int]]:
    """Who may be meant in the turns, each with the turn from which on they are known; in that order."""
    rows = db.execute(
        "SELECT coalesce((SELECT min(turn) FROM mentions WHERE person = p.id), 0), p.id FROM people p"
        f" WHERE p.id NOT IN ({listed(unknown)})"
        f" AND (p.relation <> '' OR p.id IN (SELECT person FROM mentions WHERE turn IN ({listed(turns)})))"
    ).fetchall()
    you = ids(db, "SELECT id FROM people WHERE relation = ?", YOU)
    return sorted((0 if person in you else int(str(first)), int(str(person))) for first, person in rows)


def _introduce(db: apsw.Connection, scratch: apsw.Connection, person: int) -> None:
    rows = db.execute("SELECT id, name, relation, birthday FROM people WHERE id = ?", (person,)).fetchall()
    scratch.execute("INSERT INTO people VALUES (?, ?, ?, ?)", rows[0])
    names = db.execute("SELECT person, name FROM names WHERE person = ? ORDER BY id", (person,)).fetchall()
    scratch.executemany("INSERT INTO names (person, name) VALUES (?, ?)", names)


def _stated(scratch: apsw.Connection) -> dict[tuple[int, str], Stated]:
    rows: list[Row] = scratch.execute(
        "SELECT e.turn, f.subject, f.person, f.statement, f.kind, f.slot, f.valid_from, f.certainty,"
        " t.said_at FROM evidence e JOIN facts f ON f.id = e.fact JOIN turns t ON t.id = e.turn"
        " ORDER BY f.id DESC"
    ).fetchall()
    return {(row[0], row[3].casefold()): Stated(*row[1:]) for row in rows}


def shape(db: apsw.Connection, person: int) -> tuple[object, ...]:
    """All that somebody is known by."""
    return (
        *db.execute("SELECT name, relation, birthday FROM people WHERE id = ?", (person,)).fetchall(),
        *db.execute("SELECT name FROM names WHERE person = ? ORDER BY name", (person,)).fetchall(),
    )


def ids(db: apsw.Connection, sql: str, *values: object) -> set[int]:
    """The numbers that a query gives."""
    return {int(str(row[0])) for row in db.execute(sql, values).fetchall()}
