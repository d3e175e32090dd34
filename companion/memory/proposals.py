"""What may become a fact: each proposal is checked against what was said, whoever made it, and counted."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from companion.memory.database import Database
from companion.memory.facts import KINDS, Evidence, Facts, How, Kind
from companion.memory.people import YOU, People, Person
from companion.memory.times import Span, said_when, spans

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
    times = spans(said.text, day)
    reason = reason or _invented(proposal, said, times, day)
    if reason is not None or at is None:
        return Verdict(reason)
    return _dated(proposal, [span for span in times if at[0] <= span.at < at[1]])


def place(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text (start and end, characters), whatever the case, the spaces and the marks
    between its words; None where it doesn't."""
    words = _WORD.findall(quote)
    if not words:
        return None
    pattern = re.sub("['’]", "['’]", r"[\W_]+".join(map(re.escape, words)))
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return (found.start(), found.end()) if found else None


def backed(statement: str, text: str) -> float:
    """Which part of a statement's content words stands in a text, by their stems (0..1); 1.0 for one without
    content words."""
    wanted = content(statement)
    given = set(content(text))
    return sum(stem in given for stem in wanted) / len(wanted) if wanted else 1.0


def content(text: str) -> list[str]:
    """The stems of the words of a text that say something."""
    return [stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY]


def stem(word: str) -> str:
    """A word without the endings that English bends it by; not for show."""
    word = re.sub(r"['’]s?$", "", word.casefold())
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


class Notebook:
    """Keeps what passes the check as facts, and counts what was proposed, kept and dropped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people, self.facts = People(database), Facts(database)

    def take(self, said: Said, proposals: Sequence[Proposal], how: How) -> list[int]:
        """Check each proposal against what was said; returns the numbers of the facts it became."""
        kept = []
        for proposal in (self._named(each, said) for each in proposals):
            verdict = check(proposal, said, lambda name: self.people.find(name) is not None)
            if verdict.reason is None and how == "model" and self._known(proposal, said):
                verdict = Verdict(Reason.KNOWN)
            counted = [f"proposed.{how}"]
            if verdict.reason is None:
                kept.append(self._keep(proposal, verdict, said, how))
                counted.append(f"kept.{how}")
            else:
                counted += [f"dropped.{how}", f"dropped.{verdict.reason.value}"]
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
            name, relation = proposal.introduces
            self.people.find_or_make(name, relation if not said.who else "")
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
        mine = re.match(r"(?:my|our) ", subject, re.IGNORECASE) is not None
        if mine:
            return (None if said.who else self.people.find(subject)) or speaker
        return self.people.find_or_make(subject)


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
    if not _numbers(rest) <= _numbers(whole):
        return Reason.NUMBER
    if not _names(rest) <= _all_words(whole):
        return Reason.NAME
    by_quote = backed(rest, f"{proposal.quote} {around}")
    return None if by_quote >= BACKED else Reason.UNBACKED


def figures_and_names(statement: str, text: str) -> bool:
    """Whether every number and name of a statement stands in a text."""
    return _numbers(statement) <= _numbers(text) and _names(statement) <= _all_words(text)


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _names(text: str) -> set[str]:
    """The words with a capital but for the first, in lower case and without "'s"."""
    capitals = [word for word in _WORD.findall(text)[1:] if word[:1].isupper() and word != "I"]
    return {re.sub(r"['’]\w*$", "", word).casefold() for word in capitals}


def _all_words(text: str) -> set[str]:
    words = {word.casefold() for word in _WORD.findall(text)}
    return words | {re.sub(r"['’]\w*$", "", word) for word in words}


def _dated(proposal: Proposal, times: Sequence[Span]) -> Verdict:
    """The days that a fact is about; only of an event or a plan is the last one its end."""
    named = [span for span in times if place(span.words, proposal.when_words) is not None]
    stated = [span for span in times if place(span.words, proposal.statement) is not None]
    chosen = named or stated or (list(times) if len(times) == 1 else [])
    if not chosen:
        return Verdict()
    first, last = chosen[0].start, chosen[0].end
    begins = "" if first == datetime.date.min else first.isoformat()
    lasting = proposal.kind not in ("event", "plan") or last == datetime.date.max
    return Verdict(None, begins, "" if lasting else last.isoformat())


def _is_instruction(words: str) -> bool:
    return _INSTRUCTION.search(words) is not None


def _name_in(proposal: Proposal) -> str:
    """The name that a fact of the slot "name" gives: its last words."""
    found = re.search(r"(?:called|name is|name['’]s|I['’]m|I am) (.+)$", proposal.statement, re.IGNORECASE)
    return found[1].strip(" .!") if found else ""


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENDINGS = (
    "ations", "ation", "ingly", "ings", "ing", "edly", "ied", "ies", "ed", "ments", "ment", "ness", "ers",
    "er", "ors", "or", "ly", "es", "s", "e",
)  # fmt: skip
_QUESTION = re.compile(r"(?:(?! [-–—])[^.!?\n])*\?")
_INSTRUCTION = re.compile(
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|prompts?)|system prompt|<\||\|>|"
    r"\[/?inst\]|<</?sys>>|you are now\b|from now on,? you\b|"
    r"\byou must (?:always|never|answer|say|reply|respond|obey|tell)|"
    r"^\W*(?:always|never) (?:answer|say|reply|respond|tell|call)\b|"
    r"(?:^|\n)\s*(?:system|assistant|user)\s*:",
    re.IGNORECASE,
)
_EMPTY_TEXT = """
    a an the this that these those it its it's i i'm i've i'd i'll me my mine myself we we're we've us our
    ours you you're you've your yours yourself he he's him his she she's her hers they they're them their who
    whom whose which what when where why how am is are was were be been being do does did done doing have has
    had having will would shall should can could may might must 'll 're 've not no nor n't don't didn't
    doesn't isn't wasn't aren't and or but so if because as of at by for with about into through to from in
    on off out up down over under again then than too very just really also says said say told tells user
    speaker there here all any some such own same s t got get gets am 'cause cause since until while
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
