"""Erasing what was said, and everything that came of it: rows, full text, vectors, facts, summaries, people.

What is erased is overwritten (`secure_delete`, and FTS5's own), and the write-ahead log is emptied. Copies of
the store are renewed by `automatic`, the model's cache by whoever holds it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import apsw

from companion.memory import automatic
from companion.memory.database import Database
from companion.memory.facts import Facts
from companion.memory.lexical import Lexicon
from companion.memory.people import YOU, People
from companion.memory.times import said_when, spans

SHOWN = 3
"""Turns that are read back of what would go."""

_NO_SUBJECT = (
    "everything", "all", "anything", "what", "that", "this", "it", "last", "told", "said", "talked", "about",
)  # fmt: skip
"""Words that name nothing to look for: "everything from yesterday" is a time."""


@dataclass(frozen=True, slots=True)
class Going:
    """What would be erased: `turns` and `facts` by their numbers in the store, oldest first; `quotes` are the
    words of some turns; `first` and `last` the moments of the first and last (ISO 8601, "" for none).
    `archived`: how many passages of the archive have the words, too, and stay."""

    turns: tuple[int, ...] = ()
    facts: tuple[int, ...] = ()
    quotes: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    archived: int = 0

    def __bool__(self) -> bool:
        return bool(self.turns or self.facts)


class Forgetting:
    """Finds what is to go, and erases it. Raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts, self._people = Facts(database), People(database)
        self._words = Lexicon(database, "turns_fts", "turn_words")

    def about(self, words: str, now: datetime.date, *, but: Iterable[int] = ()) -> Going:
        """What was said about something or somebody, or at a time ("yesterday"); `but`: turns that don't
        count as such."""
        left = set(but)
        span = next(iter(spans(words, now, ahead=False)), None)
        terms = self._words.terms(words.replace(span.words, " ") if span else words, without=_NO_SUBJECT)
        if span and not terms:
            return self.between(span.start, span.end)
        turns = self._with(terms) | self._naming(words)
        if span:
            turns = {turn for turn in turns if self._said_in(turn, span.start, span.end)}
        turns -= left
        if not turns and not terms:
            return Going()
        facts = [fact.id for fact in self._facts.search(" ".join(terms))] if terms and not span else []
        return self._going(turns | self._answers(turns), facts, self._archived(terms))

    def between(self, start: datetime.date, end: datetime.date) -> Going:
        """What was said on those days, both included."""
        rows = self._database.read("SELECT id, said_at FROM turns ORDER BY id")
        return self._going({row[0] for row in rows if start <= said_when(row[1]) <= end})

    def since(self, moment: str) -> Going:
        """What was said from a moment on (ISO 8601 with zone)."""
        from_ = datetime.datetime.fromisoformat(moment)
        rows = self._database.read("SELECT id, said_at FROM turns ORDER BY id")
        return self._going({row[0] for row in rows if datetime.datetime.fromisoformat(row[1]) >= from_})

    def of(self, turns: Iterable[int]) -> Going:
        """Those turns."""
        return self._going(set(turns))

    def fact(self, number: int) -> Going:
        """One fact, and not what it comes from."""
        self._facts.get(number)
        return Going(facts=(number,))

    def _with(self, terms: Sequence[str]) -> set[int]:
        """The turns in which all the words stand, in any form."""
        if not terms:
            return set()
        match = " AND ".join(f'"{term}"' for term in terms)
        return {
            row[0]
            for row in self._database.read("SELECT rowid FROM turns_fts WHERE turns_fts MATCH ?", (match,))
        }

    def _naming(self, words: str) -> set[int]:
        """The turns that speak of somebody who is named in the words."""
        people = [person for person, _ in self._people.named_in(words)]
        one = self._people.find(words.strip()) if words.strip() else None
        people += [one.id] if one else []
        found: set[int] = set()
        for person in people:
            found |= {
                row[0] for row in self._database.read("SELECT turn FROM mentions WHERE person = ?", (person,))
            }
        return found

    def _said_in(self, turn: int, start: datetime.date, end: datetime.date) -> bool:
        row = self._database.read("SELECT said_at FROM turns WHERE id = ?", (turn,))
        return bool(row) and start <= said_when(row[0][0]) <= end

    def _answers(self, turns: set[int]) -> set[int]:
        """What she answered to them."""
        rows = self._database.read(
            "SELECT a.id FROM turns a JOIN turns q ON q.id = a.id - 1 AND q.session = a.session"
            f" WHERE a.side = 'companion' AND q.side = 'user' AND q.id IN ({_listed(turns)})"
        )
        return {row[0] for row in rows}

    def _archived(self, terms: Sequence[str]) -> int:
        if not terms:
            return 0
        match = " AND ".join(f'"{term}"' for term in terms)
        return int(
            self._database.read("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH ?", (match,))[0][0]
        )

    def _going(self, turns: set[int], facts: Sequence[int] = (), archived: int = 0) -> Going:
        rows = self._database.read(
            f"SELECT id, said_at, text, side FROM turns WHERE id IN ({_listed(turns)}) ORDER BY id"
        )
        resting = self._database.read(
            f"SELECT DISTINCT fact FROM evidence WHERE turn IN ({_listed(turns)}) ORDER BY fact"
        )
        quotes = [row[2] for row in rows if row[3] == "user"][:SHOWN]
        all_facts = sorted({*facts, *(row[0] for row in resting)})
        first, last = (rows[0][1], rows[-1][1]) if rows else ("", "")
        return Going(tuple(row[0] for row in rows), tuple(all_facts), tuple(quotes), first, last, archived)

    def erase(self, going: Going) -> None:
        """Erase it all, on disk when this returns; copies of the store still hold it until
        `automatic.renew`."""
        turns = _listed(going.turns)
        with self._database.transaction() as db:
            automatic.intend(db)
            touched = [
                row[0] for row in db.execute(f"SELECT DISTINCT person FROM mentions WHERE turn IN ({turns})")
            ]
            if going.turns:
                self._facts.let_go(going.turns)
            for number in going.facts:
                self._facts.forget(number)
            db.execute(
                f"DELETE FROM summaries WHERE id IN (SELECT summary FROM summarised WHERE turn IN ({turns}))"
            )
            db.execute(f"DELETE FROM turns WHERE id IN ({turns})")
            for person in touched:
                _know_anew(db, person)
            _drop_unknown(db)
        self._database.checkpoint()


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(str(int(number)) for number in sorted(numbers))


def _know_anew(db: apsw.Connection, person: int) -> None:
    """What a person is known by may have come of what was erased: it is let go, and what is left is thought
    about again."""
    you = db.execute("SELECT 1 FROM people WHERE id = ? AND relation = ?", (person, YOU)).fetchall()
    if you:
        return
    db.execute("UPDATE people SET relation = '', birthday = '' WHERE id = ?", (person,))
    db.execute(
        "DELETE FROM names WHERE person = ?1 AND name <> (SELECT name FROM people WHERE id = ?1)", (person,)
    )
    db.execute("DELETE FROM reflected WHERE turn IN (SELECT turn FROM mentions WHERE person = ?)", (person,))


def _drop_unknown(db: apsw.Connection) -> None:
    """People of whom nothing is known any more."""
    db.execute(
        "DELETE FROM people WHERE relation <> ?"
        " AND NOT EXISTS (SELECT 1 FROM mentions WHERE person = people.id)"
        " AND NOT EXISTS (SELECT 1 FROM facts WHERE person = people.id)",
        (YOU,),
    )
