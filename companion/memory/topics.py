"""Which turns a topic means: what was said of something or somebody, or at a time."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from companion.memory.database import Database, listed
from companion.memory.lexical import Lexicon
from companion.memory.moments import stretch_in
from companion.memory.people import RELATIONS, YOU, People, Person
from companion.memory.times import said_when, spans

_NO_SUBJECT = (
    "everything", "all", "anything", "what", "that", "this", "it", "last", "told", "said", "talked", "about",
    "please", "conversation", "conversations", "talk", "talks", "chat", "chats", "discussion", "exchange",
)  # fmt: skip
"""Words that name nothing to look for: "everything from yesterday" is a time."""

_LEADS = re.compile(
    r"\b(?:from|on|at|in|during|since|before|after|until|over|of)(?: the| my| our)?\s*\Z", re.IGNORECASE
)
"""What before a time says that it is when it was said, and not what was spoken of."""

_RELATIVE = re.compile(
    r"yesterday|today|tonight|"
    r"\b(?:from|last|past|this|ago|earlier|since|before|after|until|recently|other day)\b",
    re.IGNORECASE,
)
"""What in a time says so: nobody says "last week" of a thing unless it is "last week's"."""

_NO_NAME = re.compile(r"\b(?:the|an?|this|that|some|my|your|his|her|our|their)\s+\Z", re.IGNORECASE)
"""What stands before a word that is no name: "the mark", "my will"."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time that a topic names: its `words` from the character `at` on, the days `first` to `last` that it
    lies in, and what tells whether a moment (ISO 8601) is in it. `meant`: it is when something was said, and
    not what was spoken of."""

    words: str
    at: int
    first: datetime.date
    last: datetime.date
    holds: Callable[[str], bool]
    meant: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The turns of a topic, and the words that it was found by, none where that was a time."""

    turns: frozenset[int]
    terms: tuple[str, ...] = ()


class Topics:
    """Finds them in a store. Raises `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = People(database)
        self._words = Lexicon(database, "turns_fts", "turn_words")

    def terms(self, words: str) -> list[str]:
        """The words of a topic that are looked for."""
        return self._words.terms(words, without=_NO_SUBJECT)

    def find(self, words: str, now: datetime.date, but: Iterable[int] = ()) -> Found:
        """The turns that a topic means, without those of `but`. `now`: a moment with zone where a time is to
        be understood to the minute, else a day.

        A time that is also something spoken of ("Christmas", "Friday's party") is looked for as words first,
        unless the topic says when it was said ("from Friday", "last week"); what one doesn't give, the other
        may.
        """
        time, left = time_in(words, now), frozenset(but)
        if time is None:
            return Found(self._of(words) - left, tuple(self.terms(words)))
        behind = re.sub(r"\A['’]s?\b", "", words[time.at + len(time.words) :])
        rest = f"{words[: time.at]} {behind}"
        terms, rest_terms = self.terms(words), self.terms(rest)
        then = Found(self._then(time, rest if rest_terms else "") - left)
        if time.meant and (then.turns or not rest_terms):
            return then
        by_words = Found(self._with(terms) - left, tuple(terms))
        if by_words.turns or time.meant:
            return by_words
        return then if then.turns or not rest_terms else Found(self._of(rest) - left, tuple(rest_terms))

    def said(self, first: datetime.date, last: datetime.date, holds: Callable[[str], bool]) -> set[int]:
        """The turns that were said at moments for which `holds`, which lie in those days."""
        day = datetime.timedelta(days=1)  # a day begins earlier elsewhere
        start = first - day if first - datetime.date.min > day else first
        end = (last + 2 * day).isoformat() if datetime.date.max - last > 2 * day else "A"
        rows = self._database.read(
            "SELECT id, said_at FROM turns WHERE said_at >= ? AND said_at < ?", (start.isoformat(), end)
        )
        return {number for number, said_at in rows if holds(said_at)}

    def with_all(self, terms: Sequence[str], table: str = "turns_fts") -> set[int]:
        """The rows of a full text in which all the words stand, in any form."""
        if not terms:
            return set()
        match = " AND ".join(f'"{term}"' for term in terms)
        return {row[0] for row in self._database.read(f"SELECT rowid FROM {table}(?)", (match,))}

    def _with(self, terms: Sequence[str]) -> frozenset[int]:
        return frozenset(self.with_all(terms))

    def _then(self, time: Time, rest: str) -> frozenset[int]:
        """What was said at that time, of what else the topic names."""
        if not rest:
            return frozenset(self.said(time.first, time.last, time.holds))
        turns = self._of(rest)
        rows = self._database.read(f"SELECT id, said_at FROM turns WHERE id IN ({listed(turns)})")
        return frozenset(number for number, said_at in rows if time.holds(said_at))

    def _of(self, words: str) -> frozenset[int]:
        """What was said of something or somebody. A name that is all of a topic means all that speaks of
        them; with other words ("Amy's party") the turns with those, but for those that name others alone."""
        terms = self.terms(words)
        people = self._named(words)
        if not people:
            return self._with(terms)
        related = {one.relation for one in people}
        called = {word.casefold() for one in people for name in one.names for word in name.split()}
        others = [term for term in terms if term not in called | related]
        speak = self._speaking_of(people) | self._with([term for term in terms if term in related])
        if not others:
            return speak
        found = self._with(others)
        named = self._database.read(
            f"SELECT turn FROM mentions WHERE turn IN ({listed(found - speak)}) AND person NOT IN"
            " (SELECT id FROM people WHERE relation = ?)",
            (YOU,),
        )
        return found - {row[0] for row in named} or found

    def _named(self, words: str) -> list[Person]:
        """Who is named in a topic, but for the one who lives here."""
        numbers = [
            one
            for one, at in self._people.named_in(words)
            if not _NO_NAME.search(words, 0, at)
            or words[at].isupper()
            or words[at:].lower().startswith("my ")
        ]
        found = [self._people.get(one) for one in numbers]
        first = re.match(r"(?:our\s+)?([\w-]+)", words.strip(), re.IGNORECASE)
        if first is not None and first[1].casefold() in RELATIONS:
            found.append(self._people.related(first[1]))
        return list({one.id: one for one in found if one is not None and one.relation != YOU}.values())

    def _speaking_of(self, people: Sequence[Person]) -> frozenset[int]:
        """The turns that speak of any of them: by name, also those that nobody has thought about yet and
        hers, or as somebody's sister."""
        names = {name for one in people for name in one.names}
        turns = frozenset().union(*(self._with(re.findall(r"\w+", name)) for name in names))
        rows = self._database.read(f"SELECT id, text FROM turns WHERE id IN ({listed(turns)})")
        texts: dict[int, str] = {number: text for number, text in rows}
        called = {number for number, text in texts.items() if any(_names(name, text) for name in names)}
        rows = self._database.read(
            f"SELECT turn FROM mentions WHERE person IN ({listed(one.id for one in people)})"
        )
        related = [re.compile(rf"\bmy {re.escape(one.relation)}\b", re.I) for one in people if one.relation]
        by_relation = {
            turn
            for (turn,) in rows
            if turn not in texts or any(words.search(texts[turn]) for words in related)
        }
        return frozenset(called | by_relation)


def time_in(words: str, now: datetime.date) -> Time | None:
    """The first time that a topic names; to the minute where `now` is a moment and the words are so meant."""
    if isinstance(now, datetime.datetime):
        moment = now if now.tzinfo else now.astimezone()
        if (short := stretch_in(words, moment)) is not None:
            days = short.start.date(), short.end.date()
            return Time(short.words, short.at, *days, short.holds, not _owns(words, short.at, short.words))
        now = moment.date()
    span = next(iter(spans(words, now, ahead=False)), None)
    if span is None:
        return None
    told = _LEADS.search(words, 0, span.at) or _RELATIVE.search(span.words)
    return Time(
        span.words, span.at, span.start, span.end,
        lambda said_at: span.start <= said_when(said_at) <= span.end,
        bool(told) and not _owns(words, span.at, span.words),
    )  # fmt: skip


def _owns(words: str, at: int, time: str) -> bool:
    """Whether it is a time's: "last week's party", unless that is what was said then."""
    behind = re.match(r"['’]s?\s+(\w+)", words[at + len(time) :])
    return behind is not None and behind[1].casefold() not in _NO_SUBJECT


def _names(name: str, text: str) -> bool:
    """Whether a text has the name with its capital; in a text without capitals, as a name stands."""
    told = any(letter.isupper() for letter in re.sub(r"\bI\b", "", text))
    places = re.finditer(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)
    return any(
        place[0][:1].isupper() or not (told or _NO_NAME.search(text, 0, place.start())) for place in places
    )
