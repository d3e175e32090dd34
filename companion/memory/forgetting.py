"""Erasing what was said, and everything that came of it: rows, full text, vectors, facts, summaries, people.

What is erased is overwritten (`secure_delete`, and FTS5's own), and the write-ahead log is emptied. Copies of
the store are renewed by `automatic`, the model's cache by whoever holds it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from companion.memory import automatic
from companion.memory.database import Database, listed
from companion.memory.facts import Facts
from companion.memory.relearning import doubt, relearn, say_otherwise, take_apart
from companion.memory.times import said_when, say
from companion.memory.topics import Topics, time_in

SHOWN = 3
"""Turns that are read back of what would go."""

FOLLOWS = 180
"""Seconds within which somebody who speaks again before they are answered goes on with what they said."""

_FOLLOWED = 8
"""Turns of an exchange, at most."""


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

    def when(self, now: datetime.date) -> str:
        """When its turns were said, as it is told: "on 1 October", "from 1 October to yesterday"; "" for no
        turns."""
        if not self.first:
            return ""
        first, last = (say(said_when(moment), now) for moment in (self.first, self.last))
        return first if first == last else f"from {first.removeprefix('on ')} to {last.removeprefix('on ')}"


class Forgetting:
    """Finds what is to go, and erases it. Raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts, self._topics = Facts(database), Topics(database)

    def about(self, words: str, now: datetime.date, *, but: Iterable[int] = ()) -> Going:
        """What was said about something or somebody, or at a time ("yesterday"), with the exchanges that it
        was said in; `but`: turns that don't count as such. `now`: a moment with zone, for "the last ten
        minutes" and "since lunch" mean the minute; with a day alone they mean all of it."""
        left = set(but)
        found = self._topics.find(words, now, left)
        if not found.turns and not found.terms:
            return Going()
        facts = self._written(found.terms) if found.terms and time_in(words, now) is None else []
        archived = len(self._topics.with_all(found.terms, "chunks_fts"))
        return self._going(set(found.turns) | self._exchanges(found.turns) - left, facts, archived)

    def speaking_of(self, words: str, now: datetime.date, *, but: Iterable[int] = ()) -> tuple[int, ...]:
        """The turns alone that say something about it, oldest first; as `about`."""
        return tuple(sorted(self._topics.find(words, now, but).turns))

    def between(self, start: datetime.date, end: datetime.date) -> Going:
        """What was said on those days, both included."""
        return self._going(self._topics.said(start, end, lambda said_at: start <= said_when(said_at) <= end))

    def since(self, moment: str) -> Going:
        """What was said from a moment on (ISO 8601 with zone)."""
        start = datetime.datetime.fromisoformat(moment)
        return self._going(
            self._topics.said(
                start.date(), datetime.date.max, lambda at: datetime.datetime.fromisoformat(at) >= start
            )
        )

    def of(self, turns: Iterable[int]) -> Going:
        """Those turns."""
        return self._going(set(turns))

    def fact(self, number: int) -> Going:
        """One fact, and not what it comes from."""
        self._facts.get(number)
        return Going(facts=(number,))

    def _exchanges(self, turns: Iterable[int]) -> set[int]:
        """What was said on by the same person until she answered those turns, and her answer."""
        close = f"julianday(n.said_at) - julianday(q.said_at) < {FOLLOWS} / 86400.0"
        rows = self._database.read(
            "WITH RECURSIVE goes_on(start, id, side, count) AS ("
            f" SELECT id, id, side, 1 FROM turns WHERE side = 'user' AND id IN ({listed(turns)}) UNION ALL"
            " SELECT g.start, n.id, n.side, g.count + 1 FROM goes_on g JOIN turns q ON q.id = g.id"
            " JOIN turns n ON n.id = (SELECT min(id) FROM turns WHERE id > g.id) AND n.session = q.session"
            f" AND (n.side = 'companion' OR (n.who = q.who AND {close}))"
            f" WHERE g.side = 'user' AND g.count < {_FOLLOWED})"
            " SELECT DISTINCT id FROM goes_on"
            " WHERE start IN (SELECT start FROM goes_on WHERE side = 'companion')"
        )
        return {row[0] for row in rows}

    def _written(self, terms: Sequence[str]) -> list[int]:
        """The facts that the person wrote with all these words: no turn may have them."""
        rows = self._database.read("SELECT id, statement FROM facts WHERE how = 'edited'")
        return [row[0] for row in rows if set(terms) <= set(self._topics.terms(row[1]))]

    def _resting(self, turns: set[int]) -> set[int]:
        """The facts that come of these turns and of nothing else."""
        rows = self._database.read(
            f"SELECT DISTINCT fact FROM evidence e WHERE turn IN ({listed(turns)}) AND NOT EXISTS (SELECT 1"
            f" FROM evidence o WHERE o.fact = e.fact AND (o.turn IS NULL OR o.turn NOT IN ({listed(turns)})))"
        )
        return {row[0] for row in rows}

    def _corrections(self, facts: set[int]) -> set[int]:
        """The turns that put these facts right: "That's wrong, it's April."."""
        rows = self._database.read(
            "SELECT e.turn FROM evidence e JOIN facts n ON n.id = e.fact AND n.how = 'edited'"
            f" JOIN facts o ON o.successor = n.id WHERE o.id IN ({listed(facts)}) AND e.turn IS NOT NULL"
        )
        return {row[0] for row in rows}

    def _going(self, turns: set[int], facts: Sequence[int] = (), archived: int = 0) -> Going:
        """Those turns and facts, with what comes of the turns and the turns that put that right."""
        resting = self._resting(turns)
        while more := self._corrections(resting) - turns:
            turns = turns | more | self._exchanges(more)
            resting = self._resting(turns)
        rows = self._database.read(
            f"SELECT id, said_at, text, side FROM turns WHERE id IN ({listed(turns)}) ORDER BY id"
        )
        quotes = [row[2] for row in rows if row[3] == "user"][:SHOWN]
        first, last = (rows[0][1], rows[-1][1]) if rows else ("", "")
        return Going(
            tuple(row[0] for row in rows), tuple(sorted({*facts, *resting})), tuple(quotes), first, last,
            archived,
        )  # fmt: skip

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
            say_otherwise(db, turn, text, self._facts.forget)
            db.execute("UPDATE turns SET corrected = 1 WHERE id = ?", (turn,))
            db.execute("DELETE FROM hearings WHERE turn = ?", (turn,))
        self._database.checkpoint()
