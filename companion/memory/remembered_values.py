"""What the pages and commands show of the memory, as plain values, and how its entries are named."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from companion.errors import StoreError
from companion.memory.facts import Fact

Sort = Literal["turn", "fact", "chunk", "person"]
_LETTERS: dict[str, Sort] = {"t": "turn", "f": "fact", "c": "chunk", "p": "person"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the memory; `str` of it is the name that people type: "t12", "f3", "c7", "p4"."""

    sort: Sort
    number: int

    def __str__(self) -> str:
        return f"{self.sort[0]}{self.number}"


@dataclass(frozen=True, slots=True)
class About:
    """Everything about something or somebody, or of a time: "Jonas", "the dentist", "yesterday"."""

    words: str


@dataclass(frozen=True, slots=True)
class Since:
    """Everything from a moment on."""

    moment: datetime.datetime


def entry(name: str) -> Entry:
    """The entry of a name; a bare number is a turn's. Raises `StoreError` for what isn't a name."""
    found = re.fullmatch(r"\s*([tfcp]?)(\d{1,18})\s*", name, re.IGNORECASE | re.ASCII)
    if found is None:
        raise StoreError(
            f"{name!r} names nothing: t12 is turn 12, f3 fact 3, c7 passage 7 of the archive, p4 person 4; "
            "`companion memory search` and `companion memory list` show them."
        )
    return Entry(_LETTERS[(found[1] or "t").lower()], int(found[2]))


class TurnShown(NamedTuple):
    """A turn. `when` is ISO 8601 with zone, `side` "user" or "companion"; `who` said it ("": nobody who is
    known by voice), as `sure` as that is (0..1); `interrupted` and `corrected` are 0 or 1."""

    id: int
    side: str
    who: str
    sure: float
    text: str
    when: str
    interrupted: int
    corrected: int


class PersonShown(NamedTuple):
    """Somebody: `names` are all they are called by, `birthday` is an ISO date or --MM-DD, `last` the number
    of the last turn that names them (0: none) and `when` its moment."""

    id: int
    name: str
    relation: str
    birthday: str
    names: tuple[str, ...]
    last: int
    when: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: the words that say it, the whole text they stand in, when and by whom that was
    said or written, and where it stands (a turn's or a passage's name, and for this its document's place)."""

    entry: Entry
    quote: str
    text: str
    when: str
    who: str
    place: str


@dataclass(frozen=True, slots=True)
class FactDetail:
    """A fact with its evidence, the oldest first."""

    fact: Fact
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Hearing:
    """How a turn was heard: the words that were answered, and every word of the record with its times
    (seconds) and confidence (0..1); `no_speech` 0..1 and `logprob` as the recogniser gave them."""

    answered: str
    words: tuple[dict[str, object], ...]
    no_speech: float
    logprob: float


@dataclass(frozen=True, slots=True)
class TurnDetail:
    """A turn, how it was heard (None: typed, hers, or corrected since) and the facts that rest on it."""

    turn: TurnShown
    hearing: Hearing | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the archive: of which document, where in it, by whom and of when ("": not known)."""

    id: int
    document: str
    place: str
    title: str
    author: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `place` says where it stands, `score`: higher is better."""

    entry: Entry
    text: str
    when: str
    place: str
    score: float


@dataclass(frozen=True, slots=True)
class Stats:
    """How much is remembered. `facts` are those that hold, by kind, `succeeded` those that don't any more;
    `waiting`: turns and passages without vectors yet; `tallies`: how many facts were proposed, kept and
    dropped, by whom and why; `disk`: bytes of the store, `copies` those of its automatic copies."""

    turns: int
    people: int
    chunks: int
    documents: int
    summaries: int
    succeeded: int
    waiting: tuple[int, int]
    disk: int
    copies: int
    facts: dict[str, int] = field(default_factory=dict)
    tallies: dict[str, int] = field(default_factory=dict)


def said_by(side: str, who: str) -> str:
    """Where a turn stands: whose it is."""
    return f"said by {who}" if who else "said by you" if side == "user" else "said by her"


def where(passage: Passage) -> str:
    """Where a passage stands."""
    return f"{passage.document}, {passage.place}" if passage.place else passage.document
