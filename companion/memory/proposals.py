"""What may become a fact: each proposal is checked against what was said, whoever made it, and counted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from companion.memory.database import Database
from companion.memory.facts import KINDS, Evidence, Facts, How, Kind
from companion.memory.people import RELATIONS, SEVERAL, YOU, People, Person, bare
from companion.memory.times import Span, said_when, spans
from companion.memory.wording import all_words, backed, content, names, numbers
from companion.memory.wording import place as place

LONGEST = 300
"""Characters of a statement at most: a longer one tells a story."""

BACKED = 0.6
"""Part of a statement's content words that must stand in its quote."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of the user's, or a chunk of the archive, that facts can come from. `who` said it ("": the one
    who lives here), at `said_at`, ISO 8601 with zone."""

    text: str
    said_at: str
    who: str = ""
    turn: int | None = None
    chunk: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact that somebody proposes. `subject` "I" is the speaker, "my sister" the speaker's; `quote` are the
    words that say it, `when_words` those that say when; `introduces` (name, relation) who is named in it."""

    subject: str
    statement: str
    kind: Kind
    slot: str = ""
    when_words: str = ""
    quote: str = ""
    certainty: float = 0.8
    introduces: tuple[str, str] | None = None


class Reason(Enum):
    """Why a proposal was dropped."""

    QUOTE = "quote"
    QUESTION = "question"
    SUBJECT = "subject"
    KIND = "kind"
    EMPTY = "empty"
    LONG = "long"
    UNBACKED = "unbacked"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    INSTRUCTION = "instruction"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `reason` None for kept, with the days it is about (ISO, "" for open)."""

    reason: Reason | None = None
    valid_from: str = ""
    valid_until: str = ""


def check(proposal: Proposal, said: Said, known: Callable[[str], bool]) -> Verdict:
    """Whether what is proposed was said; `known` says of a name whether it is somebody's."""
    at = place(proposal.quote, said.text)
    reason = _malformed(proposal) or (Reason.QUOTE if at is None else None)
    if reason is None and _is_instruction(said.text[slice(*at)] if at else ""):
        reason = Reason.INSTRUCTION
    if reason is None and at is not None and _QUESTION.match(said.text, at[1]):
        reason = Reason.QUESTION
    if reason is None and not _exists(proposal.subject, said, known):
        reason = Reason.SUBJECT
    day = said_when(said.said_at)
    times = spans(said.text, day, ahead=True if proposal.kind == "plan" else None)
    reason = reason or _invented(proposal, said, times, day)
    if reason is not None or at is None:
        return Verdict(reason)
    return _dated(proposal, [span for span in times if at[0] <= span.at < at[1]])


class Notebook:
    """Keeps what passes the check as facts, and counts what was proposed, kept and dropped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people, self.facts = People(database), Facts(database)

    def take(self, said: Said, proposals: Sequence[Proposal], how: How) -> list[int]:
        """Check each proposal against what was said; returns the numbers of the facts it became."""
        kept, counted = [], list[str]()
        for proposal in (self._named(each, said) for each in proposals):
            verdict = check(proposal, said, lambda name: self.people.find(name) is not None)
            if verdict.reason is None and how == "model" and self._known(proposal, said):
                verdict = Verdict(Reason.KNOWN)
            counted.append(f"proposed.{how}")
            if verdict.reason is None:
                kept.append(self._keep(proposal, verdict, said, how))
                counted.append(f"kept.{how}")
            else:
                counted += [f"dropped.{how}", f"dropped.{verdict.reason.value}"]
        if counted:
            self.count(counted)
        return kept

    def tallies(self) -> dict[str, int]:
        """How many facts were proposed, kept and dropped, by whom and why."""
        rows = self._database.read("SELECT what, count FROM tallies ORDER BY what")
        return {str(what): int(count) for what, count in rows}

    def count(self, what: Iterable[str]) -> None:
        """One more of each."""
        with self._database.transaction() as db:
            for name in what:
                db.execute(
                    "INSERT INTO tallies VALUES (?, 1) ON CONFLICT (what) DO UPDATE SET count = count + 1",
                    (name,),
                )

    def _known(self, proposal: Proposal, said: Said) -> bool:
        """Whether another fact rests on the same words already."""
        others = self.facts.of_turn(said.turn) if said.turn is not None else []
        quotes = [each.quote for fact in others for each in fact.evidence if each.turn == said.turn]
        return any(
            place(proposal.quote, quote) is not None or place(quote, proposal.quote) is not None
            for quote in quotes
        )

    def _keep(self, proposal: Proposal, verdict: Verdict, said: Said, how: How) -> int:
        speaker = self.people.speaker(said.who)
        person = self._introduced(proposal, verdict, speaker, said)
        return self.facts.note(
            person.name if person.relation != YOU else YOU,
            proposal.statement,
            proposal.kind,
            Evidence(proposal.quote, said.turn, said.chunk),
            how=how,
            noted_at=said.said_at,
            person=person.id,
            slot=proposal.slot,
            valid_from=verdict.valid_from,
            valid_until=verdict.valid_until,
            certainty=proposal.certainty,
        )

    def _introduced(self, proposal: Proposal, verdict: Verdict, speaker: Person, said: Said) -> Person:
        """Whom a proposal is about, with what it says of people's names, relations and birthdays kept."""
        if proposal.introduces is not None:
            self._meet(*proposal.introduces, said)
        person = self._subject(proposal.subject, speaker, said)
        if proposal.slot == "name" and proposal.introduces is None and (name := _name_in(proposal)):
            self.people.call(person.id, name)
        if proposal.slot == "birthday" and verdict.valid_from:
            self.people.born(person.id, f"--{verdict.valid_from[5:]}")
        return self.people.get(person.id) or person

    def _named(self, proposal: Proposal, said: Said) -> Proposal:
        """The proposal with the name of whom "she" or "he" means, as far as that is known."""
        if proposal.subject.casefold() not in ("she", "he") or said.turn is None:
            return proposal
        person = self.people.meant(proposal.subject, said.turn)
        return replace(proposal, subject=person.name if person is not None else "")

    def _subject(self, subject: str, speaker: Person, said: Said) -> Person:
        if _is_speaker(subject, said):
            return speaker
        relation = bare(subject)
        if relation not in RELATIONS:
            return self.people.find_or_make(subject)
        if said.who:
            return speaker
        return self.people.find(relation) or self._unnamed(relation) or speaker

    def _unnamed(self, relation: str) -> Person | None:
        """Somebody's one mother, whose name isn't known: she goes by what she is."""
        return None if relation in SEVERAL else self.people.find_or_make(relation, relation)

    def _meet(self, name: str, relation: str, said: Said) -> None:
        """Get to know somebody by name; who went by the relation until now has a name from now on."""
        unnamed = self.people.related(relation) if not said.who else None
        if unnamed is not None and unnamed.name == relation and self.people.find(name) is None:
            self.people.rename(unnamed.id, name, mended=True)
        else:
            self.people.find_or_make(name, relation if not said.who else "")


def _is_speaker(subject: str, said: Said) -> bool:
    me = ("i", "me", "we", "us", YOU, "user", "the user", "speaker")
    return subject.casefold() in me or bool(said.who and subject.casefold() == said.who.casefold())


def _malformed(proposal: Proposal) -> Reason | None:
    if proposal.kind not in KINDS:
        return Reason.KIND
    if not content(proposal.statement):
        return Reason.EMPTY
    return Reason.LONG if len(proposal.statement) > LONGEST else None


def _exists(subject: str, said: Said, known: Callable[[str], bool]) -> bool:
    """The speaker, the speaker's somebody, or a name: said here, or known."""
    if _is_speaker(subject, said) or re.match(r"(?:my|our) \w", subject, re.IGNORECASE):
        return True
    return bool(subject.strip()) and (place(subject, said.text) is not None or known(subject))


def _invented(proposal: Proposal, said: Said, times: Sequence[Span], day: datetime.date) -> Reason | None:
    """What the statement has that wasn't said: a date, a number, a name, or most of its words."""
    rest, meant = proposal.statement, [(span.start, span.end) for span in times]
    for span in reversed(spans(proposal.statement, day)):
        spoken = place(span.words, said.text) is not None
        if not spoken and (span.start, span.end) not in meant:
            return Reason.DATE
        rest = rest[: span.at] + rest[span.at + len(span.words) :]
    around = f"{said.who} {proposal.subject}"
    whole = f"{said.text} {around}"
    if not numbers(rest) <= numbers(whole):
        return Reason.NUMBER
    if not names(rest) <= all_words(whole):
        return Reason.NAME
    by_quote = backed(rest, f"{proposal.quote} {around}")
    return None if by_quote >= BACKED else Reason.UNBACKED


def _dated(proposal: Proposal, times: Sequence[Span]) -> Verdict:
    """The days that a fact is about; only of an event or a plan is the last one its end."""
    named = [span for span in times if place(span.words, proposal.when_words) is not None]
    stated = [span for span in times if place(span.words, proposal.statement) is not None]
    chosen = named or stated
    if not chosen or (proposal.kind == "person" and proposal.slot not in ("birthday", "born")):
        return Verdict()
    first, last = chosen[0].start, chosen[0].end
    begins = "" if first == datetime.date.min else first.isoformat()
    lasting = proposal.kind not in ("event", "plan") or last == datetime.date.max
    return Verdict(None, begins, "" if lasting else last.isoformat())


def _is_instruction(words: str) -> bool:
    return _INSTRUCTION.search(words) is not None


def _name_in(proposal: Proposal) -> str:
    """The name that a fact of the slot "name" gives: the words with capitals at its end."""
    found = re.search(r"(?:[A-Z][\w-]*(?:\s|$))+$", proposal.statement.strip(" .!"))
    return found[0] if found else ""


_QUESTION = re.compile(r"(?:(?! [-–—])[^.!?\n])*\?")
_INSTRUCTION = re.compile(
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompts?)|system prompt|<\||\|>|"
    r"\[/?inst\]|<</?sys>>|you are now\b|from now on,? you\b|"
    r"\byou must (?:always|never|answer|say|reply|respond|obey|tell)|"
    r"^\W*(?:always|never) (?:answer|say|reply|respond|tell|call)\b|"
    r"(?:^|\n)\s*(?:system|assistant|user)\s*:",
    re.IGNORECASE,
)
