"""What was known from turns that go is known anew from those that stay, as if the others had never been said.

A fact may rest on turns of both kinds, be about somebody who was introduced in one that goes, or be ended by
one that does. So patterns go over the turns that stay once more, in a store in memory that knows nobody who
is in doubt; what they find there is what the real one holds afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from companion.memory.afresh import Afresh, going_over, ids, listed, shape, telling_of
from companion.memory.chains import join, merge, unjoin
from companion.memory.database import Row
from companion.memory.people import YOU

ENOUGH = 50
"""Turns before the first that goes, at most, that are asked whether they tell all that is known of somebody."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What rests on turns that go: `facts`, the `people` who may be known by them alone, and the turns that
    stay and are to be gone over `again`. `chains`: subjects and slots whose facts succeed one another."""

    facts: frozenset[int]
    people: frozenset[int]
    again: tuple[int, ...]
    chains: frozenset[tuple[str, str]]


def doubt(db: apsw.Connection, gone: Sequence[int], facts: Sequence[int] = ()) -> Doubt:
    """What is in doubt when the turns `gone` go, and `facts` with them; to be called before they do."""
    resting = ids(db, f"SELECT fact FROM evidence WHERE turn IN ({listed(gone)})")
    people = _in_doubt(db, gone, resting)
    of_them = ids(db, f"SELECT id FROM facts WHERE person IN ({listed(people)}) AND subject <> '{YOU}'")
    touched = frozenset({*resting, *of_them, *facts})
    again = ids(db, f"SELECT turn FROM evidence WHERE turn IS NOT NULL AND fact IN ({listed(touched)})")
    again |= {turn for person in people for turn in telling_of(db, person)}
    chains = db.execute(
        f"SELECT DISTINCT subject, slot FROM facts WHERE slot <> '' AND id IN ({listed(touched)})"
    ).fetchall()
    return Doubt(
        touched,
        frozenset(people),
        tuple(sorted(again - set(gone))),
        frozenset((str(subject), str(slot)) for subject, slot in chains),
    )


def _in_doubt(db: apsw.Connection, gone: Sequence[int], resting: set[int]) -> set[int]:
    """The people of whom something may be known by the turns that go alone; whoever is of the same relation
    may be meant by it once they are gone."""
    touched = ids(db, f"SELECT person FROM mentions WHERE turn IN ({listed(gone)})") | ids(
        db,
        f"SELECT person FROM facts WHERE person IS NOT NULL AND id IN ({listed(resting)})"
        f" AND (subject <> '{YOU}' OR slot IN ('name', 'birthday'))",
    )
    found = {person for person in touched if not _known_before(db, person, min(gone))}
    return found | ids(
        db,
        "SELECT o.id FROM people o JOIN people p ON p.relation = o.relation"
        f" WHERE p.relation NOT IN ('', '{YOU}') AND p.id IN ({listed(found)})",
    )


def _known_before(db: apsw.Connection, person: int, first: int) -> bool:
    """Whether what was said of somebody before a turn tells all that is known of them."""
    before = sorted(turn for turn in telling_of(db, person) if turn < first)[:ENOUGH]
    if not before:
        return False
    with going_over(db, {person}, before) as afresh:
        return shape(db, person) in [shape(afresh.db, one) for one in afresh.people]


def take_apart(db: apsw.Connection, what: Doubt, gone: Sequence[int]) -> None:
    """Take away the evidence that goes, and let no fact in doubt succeed another, for `relearn` to put it
    together."""
    for subject, slot in what.chains:
        unjoin(db, subject, slot)
    db.execute(f"DELETE FROM evidence WHERE turn IN ({listed(gone)})")


def relearn(db: apsw.Connection, what: Doubt) -> None:
    """Know anew what is in doubt from the turns that have stayed."""
    with going_over(db, what.people, what.again) as afresh:
        them = _people_anew(db, what, afresh)
        chains = set(what.chains)
        for fact in sorted(what.facts):
            chains |= _fact_anew(db, fact, afresh, them)
    for subject, slot in sorted(chains):
        join(db, subject, slot)


def _people_anew(db: apsw.Connection, what: Doubt, afresh: Afresh) -> dict[int, int]:
    """Write who is known now; whom in the store each of those found afresh is."""
    them: dict[int, int] = {}
    for new in afresh.people:
        name, relation, birthday = afresh.db.execute(
            "SELECT name, relation, birthday FROM people WHERE id = ?", (new,)
        ).fetchall()[0]
        them[new] = _same_person(db, set(what.people) - set(them.values()), str(name), str(relation))
        db.execute(
            "INSERT INTO people VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " relation = excluded.relation, birthday = excluded.birthday",
            (them[new], name, relation, birthday),
        )
        names = [row[0] for row in afresh.db.execute("SELECT name FROM names WHERE person = ?", (new,))]
        marks = ", ".join("?" * len(names))
        db.execute(f"DELETE FROM names WHERE person = ? AND name NOT IN ({marks})", (them[new], *names))
        db.executemany("INSERT OR IGNORE INTO names (person, name) VALUES (?, ?)", [(them[new], n) for n in names])
    nobody = set(what.people) - set(them.values())
    db.execute(f"DELETE FROM mentions WHERE person IN ({listed(what.people)}) AND turn IN ({listed(what.again)})")
    db.executemany(
        "INSERT OR IGNORE INTO mentions VALUES (?, ?)",
        [(them[person], turn) for person, turn in afresh.mentions if person in them],
    )
    db.execute(f"DELETE FROM people WHERE id IN ({listed(nobody)})")
    return them


def _same_person(db: apsw.Connection, among: set[int], name: str, relation: str) -> int:
    """Which of the people in doubt it is; else a number that nobody has."""
    found = ids(
        db,
        f"SELECT p.id FROM people p WHERE p.id IN ({listed(among)}) AND (p.relation = '{YOU}') = ?"
        f" AND (p.relation = '{YOU}' OR p.id IN (SELECT person FROM names WHERE name = ? COLLATE NOCASE))",
        (relation == YOU, name),
    )
    return min(found) if found else max(ids(db, "SELECT id FROM people"), default=0) + 1


def _fact_anew(
    db: apsw.Connection, fact: int, afresh: Afresh, them: dict[int, int]
) -> set[tuple[str, str]]:
    """Write a fact as the oldest turn that is left says it; without any it is erased. Returns the chain that
    it belongs to now."""
    rows: list[Row] = db.execute("SELECT statement, how, subject FROM facts WHERE id = ?", (fact,)).fetchall()
    if not rows:
        return set()
    statement, how, subject = rows[0]
    turns = db.execute("SELECT turn, chunk FROM evidence WHERE fact = ? ORDER BY turn", (fact,)).fetchall()
    for turn, _ in turns:
        found = afresh.facts.get((turn, statement.casefold())) if turn is not None else None
        if found is not None and how in ("pattern", "asked"):
            return _say_again(db, fact, found, them, how == "asked")
        if how == "pattern" and turn is not None:
            db.execute("DELETE FROM evidence WHERE fact = ? AND turn = ?", (fact, turn))
    if not db.execute("SELECT 1 FROM evidence WHERE fact = ?", (fact,)).fetchall():
        db.execute("UPDATE facts SET successor = (SELECT successor FROM facts WHERE id = ?1) WHERE successor = ?1", (fact,))
        db.execute("DELETE FROM facts WHERE id = ?", (fact,))
        return set()
    return _of_whom(db, fact, how, subject)
