"""Erasing what was said, and everything that came of it: rows, full text, vectors, facts, summaries, people.

What is erased is overwritten (`secure_delete`, and FTS5's own), and the write-ahead log is emptied. Copies of
the store are renewed by `automatic`, the model's cache by whoever holds it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from companion.memory import automatic
from companion.memory.afresh import listed
from companion.memory.database import Database
from companion.memory.facts import Facts
from companion.memory.lexical import Lexicon
from companion.memory.people import YOU, People, bare
from companion.memory.relearning import doubt, relearn, take_apart
from companion.memory.times import said_when, spans

SHOWN = 3
"""Turns that are read back of what would go."""

LONGEST_NAME = 3
"""Words of a name that is looked for."""

THEMSELVES = (YOU, "i", "me", "myself", "user")
"""What names the one who speaks, and nobody to be looked for."""

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
        facts = self._written(terms) if terms and not span else []
        return self._going(turns | self._answers(turns), facts, self._archived(terms))

    def between(self, start: datetime.date, end: datetime.date) -> Going:
        """What was said on those days, both included."""
        rows = self._said_about(start, end)
        return self._going({number for number, said_at in rows if start <= said_when(said_at) <= end})

    def since(self, moment: str) -> Going:
        """What was said from a moment on (ISO 8601 with zone)."""
        start = datetime.datetime.fromisoformat(moment)
        rows = self._said_about(start.date(), datetime.date.max)
        return self._going(
            {number for number, said_at in rows if datetime.datetime.fromisoformat(said_at) >= start}
        )

    def _said_about(self, start: datetime.date, end: datetime.date) -> list[tuple[int, str]]:
        """The turns of those days and, since a day begins earlier elsewhere, of the days around them."""
        day = datetime.timedelta(days=1)
        first = start - day if start - datetime.date.min > day else start
        last = (end + 2 * day).isoformat() if datetime.date.max - end > 2 * day else "A"
        rows = self._database.read(
            "SELECT id, said_at FROM turns WHERE said_at >= ? AND said_at < ?", (first.isoformat(), last)
        )
        return [(row[0], row[1]) for row in rows]

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
        said = re.findall(r"[\w'’-]+", words)
        stretches = {
            " ".join(said[at : at + n]) for n in range(1, LONGEST_NAME + 1) for at in range(len(said))
        }
        names = [stretch for stretch in sorted(stretches) if bare(stretch) not in ("", *THEMSELVES)]
        found = (self._people.find(name) for name in names)
        people = {person.id for person in found if person is not None and person.relation != YOU}
        rows = self._database.read(f"SELECT turn FROM mentions WHERE person IN ({listed(people)})")
        return {row[0] for row in rows}

    def _said_in(self, turn: int, start: datetime.date, end: datetime.date) -> bool:
        row = self._database.read("SELECT said_at FROM turns WHERE id = ?", (turn,))
        return bool(row) and start <= said_when(row[0][0]) <= end

    def _answers(self, turns: set[int]) -> set[int]:
        """What she answered to them."""
        rows = self._database.read(
            "SELECT a.id FROM turns a JOIN turns q ON q.id = a.id - 1 AND q.session = a.session"
            f" WHERE a.side = 'companion' AND q.side = 'user' AND q.id IN ({listed(turns)})"
        )
        return {row[0] for row in rows}

    def _written(self, terms: Sequence[str]) -> list[int]:
        """The facts that the person wrote with all these words: no turn may have them."""
        rows = self._database.read("SELECT id, statement FROM facts WHERE how = 'edited'")
        return [row[0] for row in rows if set(terms) <= set(self._words.terms(row[1]))]

    def _archived(self, terms: Sequence[str]) -> int:
        if not terms:
            return 0
        match = " AND ".join(f'"{term}"' for term in terms)
        return int(
            self._database.read("SELECT count(*) FROM chunks_fts WHERE chunks_fts MATCH ?", (match,))[0][0]
        )

    def _going(self, turns: set[int], facts: Sequence[int] = (), archived: int = 0) -> Going:
        rows = self._database.read(
            f"SELECT id, said_at, text, side FROM turns WHERE id IN ({listed(turns)}) ORDER BY id"
        )
        resting = self._database.read(
            f"SELECT DISTINCT fact FROM evidence e WHERE turn IN ({listed(turns)}) AND NOT EXISTS (SELECT 1"
            f" FROM evidence o WHERE o.fact = e.fact AND (o.turn IS NULL OR o.turn NOT IN ({listed(turns)})))"
        )
        quotes = [row[2] for row in rows if row[3] == "user"][:SHOWN]
        all_facts = sorted({*facts, *(row[0] for row in resting)})
        first, last = (rows[0][1], rows[-1][1]) if rows else ("", "")
        return Going(tuple(row[0] for row in rows), tuple(all_facts), tuple(quotes), first, last, archived)

    def erase(self, going: Going) -> None:
        """Erase it all, on disk when this returns; copies of the store still hold it until
        `automatic.renew`. What else was known from turns that go, or of people who were introduced in them,
        is known afterwards as the turns that stay tell it."""
        with self._database.transaction() as db:
            automatic.intend(db)
            in_doubt = doubt(db, going.turns, going.facts)
            take_apart(db, in_doubt, going.turns)
            for number in going.facts:
                self._facts.forget(number)
            db.execute(
                "DELETE FROM summaries WHERE id IN"
                f" (SELECT summary FROM summarised WHERE turn IN ({listed(going.turns)}))"
            )
            db.execute(f"DELETE FROM turns WHERE id IN ({listed(going.turns)})")
            relearn(db, in_doubt, self._facts.forget)
        self._database.checkpoint()

    def correct(self, turn: int, text: str) -> None:
        """Put other words in a turn's place, as if those that were misheard had never been said; how they
        were heard is no longer kept, and the turn is to be thought about again. Copies of the store still
        hold them until `automatic.renew`."""
        with self._database.transaction() as db:
            automatic.intend(db)
            in_doubt = doubt(db, [turn])
            take_apart(db, in_doubt, [turn])
            db.execute("UPDATE turns SET text = ?, corrected = 1 WHERE id = ?", (text, turn))
            for table in ("hearings", "mentions", "reflected"):
                db.execute(f"DELETE FROM {table} WHERE turn = ?", (turn,))
            db.execute(
                "DELETE FROM summaries WHERE id IN (SELECT summary FROM summarised WHERE turn = ?)", (turn,)
            )
            relearn(db, in_doubt, self._facts.forget)
        self._database.checkpoint()
