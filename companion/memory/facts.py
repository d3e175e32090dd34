"""What is known: statements about somebody, each with what was said that it comes from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import apsw

from companion.errors import StoreError
from companion.memory.database import Database, Row, listed

Kind = Literal["person", "event", "plan", "preference", "health", "work", "feeling", "place"]
KINDS: tuple[Kind, ...] = ("person", "event", "plan", "preference", "health", "work", "feeling", "place")
How = Literal["pattern", "model", "asked", "edited"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from: the turn or the archive's chunk that says it, by its number in the store, and
    the words that do."""

    quote: str
    turn: int | None = None
    chunk: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement about `subject` ("you" for the one who lives here), `person` in the table of people.

    `valid_from`, `valid_until`: ISO dates, "" for open; of an event or a plan, its first and last day.
    `certainty` 0..1 rises with each turn that says the same. `successor`: the newer fact in its place.
    """

    id: int
    subject: str
    statement: str
    kind: Kind
    slot: str
    valid_from: str
    valid_until: str
    certainty: float
    how: How
    noted_at: str
    successor: int | None
    person: int | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which facts a list shows; "" for all. `current`: only those that nothing has succeeded."""

    subject: str = ""
    kind: str = ""
    current: bool = True


_FIELDS = tuple(field.name for field in fields(Fact) if field.name != "evidence")
_COLUMNS = ", ".join(f"f.{name}" for name in _FIELDS)
_SEARCHED = 200
"""Turns of a search, the newest, whose facts are looked through: a common word stands in half of them."""


class Facts:
    """The facts of a store. Raises `StoreError` as `Database` does, and for a fact that isn't there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        subject: str,
        statement: str,
        kind: Kind,
        evidence: Evidence,
        *,
        how: How,
        noted_at: str,
        person: int | None = None,
        slot: str = "",
        valid_from: str = "",
        valid_until: str = "",
        certainty: float = 0.8,
    ) -> int:
        """Keep a fact; returns its number. `noted_at`: the moment it was said, ISO 8601.

        Where the same is known already it gets one more piece of evidence. One of the same subject and slot
        that said otherwise is succeeded and stays, ended on the day this one was said; one that was said
        later than this is this one's successor.
        """
        stated = (subject, statement.strip(), kind, slot, valid_from, valid_until)
        new = Fact(0, *stated, certainty, how, noted_at, None, person)
        with self._database.transaction() as db:
            if (known := _same(db, new, evidence.turn)) is not None:
                _attach(db, known, evidence)
                return known
            number = _insert(db, new)
            _attach(db, number, evidence)
            if slot:
                _take_place(db, replace(new, id=number))
        return number

    def get(self, number: int) -> Fact:
        """One fact with its evidence. Raises `StoreError` where there is none of that number."""
        found = self._facts("WHERE f.id = ?", (number,))
        if not found:
            raise StoreError(f"There is no fact {number}; see companion memory list.")
        return found[0]

    def of(self, subject: str, *, current: bool = True, most: int = 200) -> list[Fact]:
        """What is known about somebody, the newest first; `current` without what has been succeeded."""
        only = " AND f.successor IS NULL" if current else ""
        return self._facts(
            f"WHERE f.subject = ? COLLATE NOCASE{only} ORDER BY f.id DESC LIMIT ?",
            (subject, most),
        )

    def of_turn(self, turn: int) -> list[Fact]:
        """The facts that a turn is evidence for."""
        return self._facts("WHERE f.id IN (SELECT fact FROM evidence WHERE turn = ?) ORDER BY f.id", (turn,))

    def history(self, number: int) -> list[Fact]:
        """A fact with all that it succeeded and all that succeeded it, the oldest first."""
        fact = self.get(number)
        while fact.successor is not None:
            fact = self.get(fact.successor)
        chain, ends = [fact], [fact.id]
        while ends:
            before = self._facts(f"WHERE f.successor IN ({listed(ends)})", ())
            chain += before
            ends = [each.id for each in before]
        return sorted(chain, key=lambda each: (each.noted_at, each.id))

    def page(
        self,
        after: int = 0,
        most: int = 50,
        filters: Filters = Filters(),
    ) -> list[Fact]:
        """Up to `most` facts, the newest first, from below the number `after` on (0: from the newest)."""
        wanted, values = ["f.id < ?"], [after or 2**62]
        wanted += ["f.subject = ? COLLATE NOCASE"] if filters.subject else []
        wanted += ["f.kind = ?"] if filters.kind else []
        wanted += ["f.successor IS NULL"] if filters.current else []
        given = [value for value in (filters.subject, filters.kind) if value]
        return self._facts(
            f"WHERE {' AND '.join(wanted)} ORDER BY f.id DESC LIMIT ?", (*values, *given, most)
        )

    def search(self, text: str, most: int = 20) -> list[Fact]:
        """Facts in which all words of `text` stand, the last as far as it is typed; the newest first."""
        words = re.findall(r"\w+", text.casefold())
        if not words:
            return []
        match = " ".join([f'"{word}"' for word in words[:-1]] + [f'"{words[-1]}" *'])
        found = self._facts(
            "WHERE f.id IN (SELECT fact FROM evidence WHERE turn IN"
            " (SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?1 ORDER BY rowid DESC LIMIT ?2)"
            " UNION SELECT fact FROM evidence WHERE chunk IN"
            " (SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?1 ORDER BY rowid DESC LIMIT ?2)"
            " UNION SELECT id FROM facts WHERE how = 'edited' AND statement LIKE ?3) ORDER BY f.id DESC",
            (match, _SEARCHED, f"%{words[-1]}%"),
        )
        return [fact for fact in found if _says(fact, words)][:most]

    def evidence_of(self, number: int) -> tuple[Evidence, ...]:
        """What a fact comes from, the oldest first."""
        return self.get(number).evidence

    def edit(self, number: int, text: str, now: str) -> int:
        """Put what the person wrote in a fact's place; the one it was stays, succeeded. Returns the new one's
        number. `now`: ISO 8601."""
        old = self.get(number)
        new = replace(old, statement=text.strip(), how="edited", noted_at=now, certainty=1.0, successor=None)
        with self._database.transaction() as db:
            newer = _insert(db, new)
            for evidence in old.evidence:
                _attach(db, newer, evidence)
            _succeed(db, number, newer, now)
        return newer

    def date(self, number: int, valid_from: str, valid_until: str) -> None:
        """Give a fact its days, ISO dates, both included."""
        self._database.write(
            "UPDATE facts SET valid_from = ?, valid_until = ? WHERE id = ?", (valid_from, valid_until, number)
        )

    def rest_on(self, number: int, evidence: Evidence) -> None:
        """One more place that says a fact."""
        with self._database.transaction() as db:
            _attach(db, number, evidence)

    def forget(self, number: int) -> None:
        """Erase one fact; what it had succeeded is what its own successor, or nothing, has succeeded."""
        with self._database.transaction() as db:
            _erase(db, number)

    def let_go(self, turns: Sequence[int]) -> list[int]:
        """Erase every fact that rests on these turns, to be called before they are erased themselves.

        Returns the other turns that those facts rested on, which are to be thought about again: what they say
        by themselves is known anew then. What the person asked to keep or wrote stays with what is left.
        """
        these = listed(turns)
        with self._database.transaction() as db:
            rows: list[Row] = db.execute(
                "SELECT DISTINCT f.id, f.how FROM facts f JOIN evidence ON fact = f.id"
                f" WHERE turn IN ({these})"
            ).fetchall()
            again: set[int] = set()
            for number, how in rows:
                others = _other_turns(db, number, turns)
                if how in ("asked", "edited") and others:
                    continue
                again |= others
                _erase(db, number)
            for turn in again:
                db.execute("DELETE FROM reflected WHERE turn = ?", (turn,))
        return sorted(again)

    def _facts(self, rest: str, values: Sequence[object]) -> list[Fact]:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM facts f {rest}", values)
        evidence = self._evidence([row[0] for row in rows])
        return [_fact(row, tuple(evidence.get(row[0], ()))) for row in rows]

    def _evidence(self, numbers: Sequence[int]) -> dict[int, list[Evidence]]:
        rows = self._database.read(
            f"SELECT fact, quote, turn, chunk FROM evidence WHERE fact IN ({listed(numbers)}) ORDER BY rowid"
        )
        found: dict[int, list[Evidence]] = {}
        for fact, quote, turn, chunk in rows:
            found.setdefault(fact, []).append(Evidence(quote, turn, chunk))
        return found


def _fact(row: Row, evidence: tuple[Evidence, ...]) -> Fact:
    """The certainty of one note, and the more the oftener it was said."""
    columns = dict(zip(_FIELDS, row, strict=True))
    columns["certainty"] = 1 - (1 - columns["certainty"]) ** max(1, len(evidence))
    return Fact(**columns, evidence=evidence)


def _says(fact: Fact, words: Sequence[str]) -> bool:
    """Whether the fact's own words, and not only those around them, are the ones looked for."""
    said = f"{fact.subject} {fact.statement} {' '.join(e.quote for e in fact.evidence)}".casefold()
    return all(re.search(rf"\b{re.escape(word[:-1] if len(word) > 4 else word)}", said) for word in words)


def _same(db: apsw.Connection, new: Fact, turn: int | None) -> int | None:
    """The fact that states the same of the same subject, if there is one: a current one, or one that this
    very turn has stated already."""
    rows: list[Row] = db.execute(
        "SELECT id FROM facts f WHERE statement = ?1 COLLATE NOCASE AND +subject = ?2 COLLATE NOCASE"
        " AND slot = ?3 AND (valid_from = ?4 AND valid_until = ?5 AND successor IS NULL"
        " OR EXISTS (SELECT 1 FROM evidence WHERE fact = f.id AND turn = ?6)) ORDER BY successor IS NOT NULL",
        (new.statement, new.subject, new.slot, new.valid_from, new.valid_until, turn),
    ).fetchall()
    return int(rows[0][0]) if rows else None


def _insert(db: apsw.Connection, fact: Fact) -> int:
    db.execute(
        "INSERT INTO facts (subject, person, statement, kind, slot, valid_from, valid_until, certainty, how,"
        " noted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.subject, fact.person, fact.statement, fact.kind, fact.slot, fact.valid_from,
            fact.valid_until, fact.certainty, fact.how, fact.noted_at,
        ),
    )  # fmt: skip
    return int(db.last_insert_rowid())


def _attach(db: apsw.Connection, number: int, evidence: Evidence) -> None:
    """Add evidence, unless the same place is it already. The "+" keeps SQLite from looking for it among all
    that has no chunk."""
    db.execute(
        "INSERT INTO evidence (fact, turn, chunk, quote) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
        " (SELECT 1 FROM evidence WHERE fact = ?1 AND +turn IS ?2 AND +chunk IS ?3)",
        (number, evidence.turn, evidence.chunk, evidence.quote),
    )


def _take_place(db: apsw.Connection, new: Fact) -> None:
    """Put a fact where it belongs among those of its subject and slot: behind what was said before it."""
    rows: list[Row] = db.execute(
        "SELECT id, noted_at FROM facts WHERE slot = ? AND slot <> '' AND +subject = ? COLLATE NOCASE"
        " AND id <> ? AND successor IS NULL",
        (new.slot, new.subject, new.id),
    ).fetchall()
    for number, noted_at in rows:
        if moment(str(noted_at)) <= moment(new.noted_at):
            _succeed(db, int(number), new.id, new.noted_at)
        else:
            _succeed(db, new.id, int(number), str(noted_at))


def _succeed(db: apsw.Connection, old: int, new: int, when: str) -> None:
    """End a fact on the day its successor was said; one that has days of its own keeps them."""
    db.execute(
        "UPDATE facts SET successor = ?, valid_until = CASE valid_until WHEN '' THEN ? ELSE valid_until END"
        " WHERE id = ?",
        (new, moment(when).date().isoformat(), old),
    )


def _erase(db: apsw.Connection, number: int) -> None:
    """Delete a fact; what it ended goes on as if it had never been."""
    rows: list[Row] = db.execute("SELECT successor, noted_at FROM facts WHERE id = ?", (number,)).fetchall()
    if not rows:
        return
    successor, noted_at = rows[0]
    ended = moment(str(noted_at)).date().isoformat()
    until = ""
    if successor is not None:
        newer = db.execute("SELECT noted_at FROM facts WHERE id = ?", (successor,)).fetchall()
        until = moment(str(newer[0][0])).date().isoformat()
    db.execute(
        "UPDATE facts SET successor = ?, valid_until = CASE valid_until WHEN ? THEN ? ELSE valid_until END"
        " WHERE successor = ?",
        (successor, ended, until, number),
    )
    db.execute("DELETE FROM facts WHERE id = ?", (number,))


def _other_turns(db: apsw.Connection, fact: int, turns: Sequence[int]) -> set[int]:
    rows: list[Row] = db.execute(
        "SELECT turn FROM evidence WHERE fact = ? AND turn IS NOT NULL", (fact,)
    ).fetchall()
    return {int(row[0]) for row in rows} - set(turns)


def moment(iso: str) -> datetime.datetime:
    """An ISO 8601 moment, one without a zone as local time."""
    found = datetime.datetime.fromisoformat(iso)
    return found if found.tzinfo else found.astimezone()
