"""What was known from turns that go is known anew from those that stay, as if the others had never been said.

A fact may rest on turns of both kinds, be about somebody who was introduced in one that goes, or be ended by
one that does. So patterns go over the turns that stay once more, in a store in memory that knows nobody who
is in doubt; what they find there is what the real one holds afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import apsw

from companion.memory.afresh import Afresh, Stated, going_over, ids
from companion.memory.chains import join, merge, unjoin
from companion.memory.database import Row, listed
from companion.memory.people import YOU
from companion.memory.people_in_doubt import called_by_relation, in_doubt


@dataclass(frozen=True, slots=True)
class Doubt:
    """What rests on turns that go: `facts`, the `people` who may be known by them alone, `namesakes` who may
    be meant by a relation that they share ("my sister") once those are gone, and the turns that stay and are
    to be gone over `again`. `chains`: subjects and slots whose facts succeed one another."""

    facts: frozenset[int]
    people: frozenset[int]
    namesakes: frozenset[int]
    again: tuple[int, ...]
    chains: frozenset[tuple[str, str]]


def doubt(db: apsw.Connection, gone: Sequence[int], facts: Sequence[int] = ()) -> Doubt:
    """What is in doubt when the turns `gone` go, and `facts` with them; to be called before they do."""
    resting = ids(db, f"SELECT fact FROM evidence WHERE turn IN ({listed(gone)})")
    doubtful = in_doubt(db, gone, resting)
    people = set(doubtful)
    namesakes = ids(
        db,
        "SELECT o.id FROM people o JOIN people p ON p.relation = o.relation"
        f" WHERE p.relation NOT IN ('', '{YOU}') AND p.id IN ({listed(people)})"
        f" AND o.id NOT IN ({listed(people)})",
    )
    again = {turn for turns in doubtful.values() for turn in turns}
    again |= _oldest_left(db, {*resting, *facts}, gone)
    of_them = ids(
        db,
        f"SELECT id FROM facts f WHERE person IN ({listed(people | namesakes)})"
        f" AND id IN (SELECT fact FROM evidence WHERE turn IN ({listed(again)}))"
        f" AND (subject <> '{YOU}' OR EXISTS (SELECT 1 FROM evidence e"
        " JOIN mentions m ON m.turn = e.turn AND m.person = f.person WHERE e.fact = f.id))",
    )
    by_relation = {turn for person in people for turn in called_by_relation(db, person)} & again
    of_them |= ids(db, f"SELECT fact FROM evidence WHERE turn IN ({listed(by_relation)})")
    again |= _oldest_left(db, of_them, gone)
    touched = frozenset({*resting, *of_them, *facts})
    chains = db.execute(
        f"SELECT DISTINCT subject, slot FROM facts WHERE slot <> '' AND id IN ({listed(touched)})"
    ).fetchall()
    return Doubt(
        touched,
        frozenset(people),
        frozenset(namesakes),
        tuple(sorted(again - set(gone))),
        frozenset((str(subject), str(slot)) for subject, slot in chains),
    )


def _oldest_left(db: apsw.Connection, facts: set[int], gone: Sequence[int]) -> set[int]:
    """Of each fact the first turn that stays, which says from when on it is known and in which words."""
    return ids(
        db,
        f"SELECT min(turn) FROM evidence WHERE fact IN ({listed(facts)}) AND turn IS NOT NULL"
        f" AND turn NOT IN ({listed(gone)}) GROUP BY fact",
    )


def take_apart(db: apsw.Connection, what: Doubt, gone: Sequence[int]) -> None:
    """Take away the evidence that goes, and let no fact in doubt succeed another, for `relearn` to put it
    together."""
    for subject, slot in what.chains:
        unjoin(db, subject, slot)
    db.execute(f"DELETE FROM evidence WHERE turn IN ({listed(gone)})")


def say_otherwise(db: apsw.Connection, turn: int, text: str, drop: Callable[[int], None]) -> None:
    """Put other words in a turn's place: what was derived from those before goes, and it is to be thought
    about again. `drop`: as in `relearn`."""
    what = doubt(db, [turn])
    take_apart(db, what, [turn])
    db.execute("UPDATE turns SET text = ? WHERE id = ?", (text, turn))
    for table in ("mentions", "reflected"):
        db.execute(f"DELETE FROM {table} WHERE turn = ?", (turn,))
    db.execute("DELETE FROM summaries WHERE id IN (SELECT summary FROM summarised WHERE turn = ?)", (turn,))
    relearn(db, what, drop)


def relearn(db: apsw.Connection, what: Doubt, drop: Callable[[int], None]) -> None:
    """Know anew what is in doubt from the turns that have stayed; `drop` erases a fact."""
    with going_over(db, what.people, what.again) as afresh:
        them = _people_anew(db, what, afresh)
        chains = set(what.chains)
        for fact in sorted(what.facts):
            chains |= _fact_anew(db, fact, afresh, them, drop)
    for subject, slot in sorted(chains):
        join(db, subject, slot)
    db.execute(
        "DELETE FROM people WHERE name = ?1 AND relation = ?1 AND NOT EXISTS (SELECT 1 FROM facts)", (YOU,)
    )


def _people_anew(db: apsw.Connection, what: Doubt, afresh: Afresh) -> dict[int, int]:
    """Write who is known now; whom in the store each of those found afresh is."""
    them: dict[int, int] = {}
    for new in afresh.people:
        ((name, relation, birthday),) = afresh.db.execute(
            "SELECT name, relation, birthday FROM people WHERE id = ?", (new,)
        ).fetchall()
        one = _same_person(db, set(what.people) - set(them.values()), str(name), str(relation))
        them[new] = one
        names = [str(row[0]) for row in afresh.db.execute("SELECT name FROM names WHERE person = ?", (new,))]
        _write_person(db, (one, name, relation, birthday), names)
    for you in ids(db, "SELECT id FROM people WHERE relation = ?", YOU) & what.people - set(them.values()):
        _write_person(db, (you, YOU, YOU, ""), [YOU])
        them[0] = you
    _mention_anew(db, what, afresh, them)
    db.execute(f"DELETE FROM people WHERE id IN ({listed(set(what.people) - set(them.values()))})")
    return them


def _mention_anew(db: apsw.Connection, what: Doubt, afresh: Afresh, them: dict[int, int]) -> None:
    """Write in which turns they are mentioned."""
    whose = what.people | what.namesakes | set(them.values())
    db.execute(f"DELETE FROM mentions WHERE person IN ({listed(whose)}) AND turn IN ({listed(afresh.turns)})")
    found = [(them.get(person, person), turn) for person, turn in afresh.mentions]
    db.executemany(
        "INSERT OR IGNORE INTO mentions VALUES (?, ?)", [each for each in found if each[0] in whose]
    )


def _write_person(db: apsw.Connection, person: Row, names: Sequence[str]) -> None:
    """Let a person be known by this and nothing else; `person` is a row of their table."""
    db.execute(
        "INSERT INTO people VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
        " relation = excluded.relation, birthday = excluded.birthday",
        person,
    )
    marks = ", ".join("?" * len(names))
    db.execute(f"DELETE FROM names WHERE person = ? AND name NOT IN ({marks})", (person[0], *names))
    db.executemany(
        "INSERT OR IGNORE INTO names (person, name) VALUES (?, ?)", [(person[0], n) for n in names]
    )


def _same_person(db: apsw.Connection, among: set[int], name: str, relation: str) -> int:
    """Which of the people in doubt it is; else a number that nobody has."""
    if relation == YOU:
        found = ids(db, f"SELECT id FROM people WHERE relation = ? AND id IN ({listed(among)})", YOU)
    else:
        found = ids(
            db,
            f"SELECT person FROM names WHERE person IN ({listed(among)}) AND name = ? COLLATE NOCASE"
            f" AND person NOT IN (SELECT id FROM people WHERE relation = '{YOU}')",
            name,
        )
    return min(found) if found else max(ids(db, "SELECT max(id) FROM people")) + 1


def _fact_anew(
    db: apsw.Connection, fact: int, afresh: Afresh, them: dict[int, int], drop: Callable[[int], None]
) -> set[tuple[str, str]]:
    """Write a fact as the oldest turn that is left says it; without any it is erased. Returns the chain that
    it belongs to now."""
    rows: list[Row] = db.execute("SELECT statement, how FROM facts WHERE id = ?", (fact,)).fetchall()
    if not rows:
        return set()
    statement, how = rows[0]
    for turn in sorted(ids(db, "SELECT turn FROM evidence WHERE turn IS NOT NULL AND fact = ?", fact)):
        if turn not in afresh.turns:
            break
        found = afresh.facts.get((turn, statement.casefold()))
        if found is not None and how in ("pattern", "asked"):
            return _say_again(db, fact, found, them)
        if how == "pattern":
            db.execute("DELETE FROM evidence WHERE fact = ? AND turn = ?", (fact, turn))
    if not ids(db, "SELECT rowid FROM evidence WHERE fact = ?", fact):
        drop(fact)
        return set()
    return _hold(db, fact, drop)


def _say_again(db: apsw.Connection, fact: int, found: Stated, them: dict[int, int]) -> set[tuple[str, str]]:
    """A fact as patterns state it."""
    person = them.get(found.person, found.person)
    db.execute(
        "UPDATE facts SET subject = ?, person = ?, statement = ?, kind = ?, slot = ?, valid_from = ?,"
        " certainty = ?, noted_at = ? WHERE id = ?",
        (found.subject, person, found.statement, found.kind, found.slot, found.valid_from, found.certainty,
         found.said_at, fact),
    )  # fmt: skip
    if found.slot:
        return {(found.subject, found.slot)}
    same = ids(
        db,
        "SELECT o.id FROM facts o JOIN facts f ON f.id = ? WHERE o.id <> f.id AND o.slot = ''"
        " AND o.statement = f.statement COLLATE NOCASE AND o.subject = f.subject COLLATE NOCASE"
        " AND o.valid_from = f.valid_from AND o.valid_until = f.valid_until AND o.successor IS NULL",
        fact,
    )
    for other in same:
        merge(db, min(fact, other), max(fact, other))
    return set()


def _hold(db: apsw.Connection, fact: int, drop: Callable[[int], None]) -> set[tuple[str, str]]:
    """A fact that the model or the person stated, on what is left of its evidence."""
    ((subject, person, how, slot, said_at),) = db.execute(
        "SELECT f.subject, f.person, f.how, f.slot, (SELECT min(t.said_at) FROM evidence e JOIN turns t"
        " ON t.id = e.turn WHERE e.fact = f.id) FROM facts f WHERE f.id = ?",
        (fact,),
    ).fetchall()
    if how in ("pattern", "model") and said_at is not None:
        db.execute("UPDATE facts SET noted_at = ? WHERE id = ?", (said_at, fact))
    if person is None and subject != YOU:
        if how == "model":
            db.execute(
                "DELETE FROM reflected WHERE turn IN (SELECT turn FROM evidence WHERE fact = ?)", (fact,)
            )
            drop(fact)
            return set()
        db.execute(
            "UPDATE facts SET subject = ?1, person = (SELECT id FROM people WHERE relation = ?1)"
            " WHERE id = ?2",
            (YOU, fact),
        )
        subject = YOU
    return {(str(subject), str(slot))} if slot else set()
