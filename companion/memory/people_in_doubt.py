"""Who may be known by turns that go alone, and which other turns tell what stays known of them."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from companion.memory.afresh import going_over, ids, shape
from companion.memory.database import listed
from companion.memory.people import YOU

FEW = 40
"""People of whom each is looked at; of more, only those whom a turn that goes was the first to name, or of
whom a fact says what they are called."""

FIRST = 50
"""Turns that most often tell all that somebody is known by: the first that speak of them."""

MOST = 5_000
"""Turns that are gone over again for somebody, at most: some seconds."""


def in_doubt(db: apsw.Connection, gone: Sequence[int], resting: set[int]) -> dict[int, set[int]]:
    """The people of whom something may be known by the turns `gone` alone, each with the turns that stay and
    tell what they are known by then; `resting` are the facts that rest on those that go."""
    named = ids(db, f"SELECT person FROM mentions WHERE turn IN ({listed(gone)})")
    about = ids(
        db,
        f"SELECT person FROM facts WHERE person IS NOT NULL AND id IN ({listed(resting)})"
        f" AND (subject <> '{YOU}' OR slot IN ('name', 'birthday'))",
    )
    touched = named | about
    if len(touched) > FEW:
        touched = {one for one in touched if _introduced(db, one, gone, resting)}
    found = {person: _telling(db, person, gone) for person in touched if not _told_before(db, person, gone)}
    called_alike = ids(
        db,
        "SELECT o.person FROM names o JOIN names n ON n.name = o.name COLLATE NOCASE AND n.person <> o.person"
        f" WHERE n.person IN ({listed(found)})",
    )
    return found | {person: _telling(db, person, gone) for person in called_alike - found.keys()}


def _introduced(db: apsw.Connection, person: int, gone: Sequence[int], resting: set[int]) -> bool:
    first = ids(db, "SELECT coalesce(min(turn), 0) FROM mentions WHERE person = ?", person)
    says_who = ids(
        db,
        "SELECT m.turn FROM mentions m JOIN evidence e ON e.turn = m.turn JOIN facts f ON f.id = e.fact"
        f" WHERE m.person = ? AND m.turn IN ({listed(gone)}) AND f.kind = 'person'"
        f" AND f.id IN ({listed(resting)})",
        person,
    )
    return bool(says_who) or first == {0} or bool(first & set(gone))


def _told_before(db: apsw.Connection, person: int, gone: Sequence[int]) -> bool:
    """Whether what was said before the first turn that goes tells all that is known of somebody."""
    before = [turn for turn in _turns_of(db, person, gone, FIRST) if turn < min(gone)]
    return bool(before) and _tell_all(db, person, before)


def _telling(db: apsw.Connection, person: int, gone: Sequence[int]) -> set[int]:
    """The turns that tell what is known of somebody without those that go, and those that may mean them."""
    first = _turns_of(db, person, gone, FIRST)
    turns = first if _tell_all(db, person, first) else _turns_of(db, person, gone, MOST)
    return set(turns) | called_by_relation(db, person) - set(gone)


def _tell_all(db: apsw.Connection, person: int, turns: Sequence[int]) -> bool:
    known = shape(db, person)
    with going_over(db, {person}, turns) as afresh:
        return known in [shape(afresh.db, one) for one in afresh.people]


def _turns_of(db: apsw.Connection, person: int, gone: Sequence[int], most: int) -> list[int]:
    """The first turns that speak of somebody, or that something known of them comes from."""
    you = bool(ids(db, "SELECT id FROM people WHERE relation = ? AND id = ?", YOU, person))
    whose = "person = ?1" + (" AND slot IN ('name', 'birthday')" if you else "")
    found = ids(
        db,
        "SELECT turn FROM (SELECT turn FROM mentions WHERE person = ?1 UNION SELECT turn FROM evidence"
        f" WHERE turn IS NOT NULL AND fact IN (SELECT id FROM facts WHERE {whose}))"
        f" WHERE turn NOT IN ({listed(gone)}) ORDER BY turn LIMIT ?2",
        person,
        most,
    )
    return sorted(found)


def called_by_relation(db: apsw.Connection, person: int) -> set[int]:
    """The turns that speak of "my sister" where there are several: of one alone she is meant."""
    relations = db.execute(
        "SELECT p.relation FROM people p WHERE p.id = ? AND p.relation NOT IN ('', ?) AND EXISTS"
        " (SELECT 1 FROM people o WHERE o.relation = p.relation AND o.id <> p.id)",
        (person, YOU),
    ).fetchall()
    turns: set[int] = set()
    for (relation,) in relations:
        turns |= ids(db, "SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?", f'"my {relation}"')
    return turns
