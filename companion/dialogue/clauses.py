"""Token stream -> speakable clauses, as early as it sounds natural.

The first clause of a reply may be short, so that the first sound comes early: it ends at a mark, or before a
word that begins a new group of words. Later ones end at the end of a sentence, or at a comma once they are
long enough; where her voice would fall silent before that, they end as soon as the first may. What has been
cut off is never taken back, and the clauses joined by single spaces are the text with its white space
normalised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_SOFT_END = re.compile(r"[,;:—–]+[\"'”’)\]*_]*(?=\s)|\s[-—–](?=\s)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|e\.g|i\.e|a\.m|p\.m|U\.S|[A-Z])|^\s*\d+)\.$",
    re.IGNORECASE,
)

_WORD = re.compile(r"\S+")
_MARKS = ".,;:!?…\"'”’()[]*_-—–"
_GROUPS_TEXT = """
    and but or so because that which who when while where if as to for with in on at from about by into
    like than then though until since after before what how without through over under
"""
_GROUPS = frozenset(_GROUPS_TEXT.split())
"""Words that begin a group of words: a breath before them sounds natural."""

_CLINGING_TEXT = """
    a an the my your his her its our their this that these those to of in on at for with from by and or
    but as so is are was were am be been i you he she it we they i'm you're it's that's there's i'll i'd
    i've can could will would should may might must do does did don't can't not no very really just more
    most quite too what which who how mr mrs ms dr
"""
_CLINGING = frozenset(_CLINGING_TEXT.split())
"""Words that cling to the next one: nobody breathes between them."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long clauses are, in words. `first_soft`: from how many words on the first clause may end at a
    comma; `first_break`: before a word that begins a group; `first_most`: before any word, if it doesn't tear
    what belongs together; `soft`: the same for later ones; `sentence`: shorter sentences are joined with the
    next one, unless they open the reply; `most`: a clause with no mark at all is cut here. `decode`: tokens
    that the model writes a second (0: not known), spoken by `voice`."""

    first_soft: int = 2
    first_break: int = 4
    first_most: int = 7
    soft: int = 8
    sentence: int = 3
    most: int = 28
    decode: float = 0.0
    voice: Voice = field(default_factory=lambda: Voice())


WRITTEN = 0.75
"""Words a token is (English)."""

NEXT = 5
"""Words of the shortest second clause, and the one behind it that shows its end: the first must last for
them."""

LATER, LATER_MOST, LATE = 3, 7, 4
"""Words from which on a later clause may end before a group of words, and before any, where her voice would
fall silent; and before any where it has by now."""

AHEAD = 4
"""Words from one place where a clause may end to the next."""

OPENING, COMMA, STOP, BREATH = 0.7, 0.25, 0.4, 0.1
"""Seconds for which a voice may rest behind an opening word or two ("Okay,"), at a comma, between sentences,
and before a group of words, and nobody notices."""

REPLY = 24
"""Words of a reply of usual length (one or two short sentences), for all of which a voice that speaks faster
than the model writes must be given a start."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a voice speaks: `words` a second, and what synthesis takes: `seconds_a_word` beside `seconds` for
    any clause; `least` words sound natural by themselves before a mark. The defaults are those of the default
    voice on two cores, which stand until it has been measured."""

    words: float = 2.8
    seconds_a_word: float = 0.01
    seconds: float = 0.03
    least: int = 1

    def synthesis(self, words: int) -> float:
        """Seconds until a clause of so many words can sound."""
        return self.seconds + self.seconds_a_word * words


def lengths(decode: float, voice: Voice = Voice()) -> Lengths:
    """The lengths for a model that writes `decode` tokens a second (0: not known yet), spoken by `voice`.

    The first clause is as short as it can be while its speech lasts until the second one is written and
    synthesised, and, where the model writes more slowly than the voice speaks, until the rest of a usual
    reply can follow without a gap.
    """
    if decode <= 0:
        return Lengths(first_soft=8, first_break=16, first_most=24)
    written = WRITTEN * decode
    second = NEXT / written + voice.synthesis(NEXT)
    whole = REPLY * (1.0 - written / voice.words)

    def needed(rest: float) -> int:
        return min(REPLY, max(voice.least, ceil(voice.words * (second - rest)), ceil(whole)))

    usual = Lengths()
    return Lengths(
        first_soft=needed(OPENING),
        first_break=max(usual.first_break, needed(BREATH)),
        first_most=max(usual.first_most, needed(BREATH) + 3),
        decode=decode,
        voice=voice,
    )


def split(text: str) -> list[str]:
    """The clauses of a text that is whole already."""
    splitter = ClauseSplitter()
    return [*splitter.feed(text), *splitter.flush()]


class ClauseSplitter:
    """Takes the pieces of one reply and gives back clauses as soon as each is complete."""

    def __init__(self, lengths: Lengths | None = None) -> None:
        self._lengths = lengths or Lengths()
        self._text = ""
        self._given = 0
        self._until = 0.0  # when what was given has been spoken, seconds since the first clause was written
        self._rest = 0.0  # for how long her voice may rest behind it
        self._since = 0  # tokens written behind the first clause

    def feed(self, piece: str) -> list[str]:
        """Add a piece of the reply, a token; returns the clauses that it completes, in order."""
        self._text += piece
        self._since += 1 if self._given else 0
        clauses = []
        while (end := self._end()) is not None:
            clauses += self._cut(end)
        return clauses

    def flush(self) -> list[str]:
        """The reply is over: what is left of it, as a last clause, if there is anything."""
        return self._cut(len(self._text))

    def _cut(self, end: int) -> list[str]:
        clause, self._text = " ".join(self._text[:end].split()), self._text[end:]
        if not clause:
            return []
        words = len(clause.split())
        self._until = max(self._until, self._ready(words)) + words / self._lengths.voice.words
        self._rest = self._rest_behind(clause)
        self._given += 1
        return [clause]

    def _rest_behind(self, clause: str) -> float:
        """Seconds for which a voice may rest there, by the mark at the end."""
        marks = [m for m in _SENTENCE_END.finditer(clause + " ") if m.end() == len(clause)]
        if marks and not _ABBREVIATION.search(clause):
            return STOP
        if any(m.end() == len(clause) for m in _SOFT_END.finditer(clause + " ")):
            return COMMA if self._given else OPENING
        return BREATH

    def _ready(self, words: int, more: float = 0.0) -> float:
        """When a clause of so many words can sound, of which `more` are to be written yet."""
        if not self._given or not self._lengths.decode:
            return 0.0
        written = (self._since + more / WRITTEN) / self._lengths.decode
        return written + self._lengths.voice.synthesis(words)

    def _short_of_time(self, words: int, more: float) -> bool:
        """Whether her voice would fall silent before a clause of so many words, and `more` behind it, is
        written and synthesised."""
        return self._ready(words, more) > self._until + self._rest

    def _end(self) -> int | None:
        """Where the first clause of what is held ends, None while it doesn't yet."""
        marks = [(m.end(), True) for m in _SENTENCE_END.finditer(self._text)]
        marks += [(m.end(), False) for m in _SOFT_END.finditer(self._text)]
        for end, hard in sorted(marks):
            if self._ends_at(self._text[:end], hard):
                return end
        if not self._given:
            return self._cut_early(self._lengths.first_break, self._lengths.first_most)
        held = len(self._text.split()) - 1
        if self._short_of_time(held, AHEAD):
            passed = [end for end, _ in sorted(marks) if not _ABBREVIATION.search(self._text[:end])]
            most = LATE if self._short_of_time(held, 0) else LATER_MOST
            return passed[0] if passed else self._cut_early(LATER, most)
        return self._cut_long()

    def _cut_early(self, least: int, most: int) -> int | None:
        """Before the first word that begins a group, or at last before any that doesn't cling to the one
        before it. A word counts as whole once something follows it."""
        words = list(_WORD.finditer(self._text))
        for count, (word, following) in enumerate(pairwise(words), start=1):
            last, first = (bare.group().strip(_MARKS).lower() for bare in (word, following))
            if last in _CLINGING or not first or _ABBREVIATION.search(self._text[: word.end()]):
                continue
            if count >= most or (count >= least and first in _GROUPS):
                return word.end()
        return None

    def _ends_at(self, head: str, hard: bool) -> bool:
        words = len(head.split())
        if not hard:
            if not self._given:
                return words >= self._lengths.first_soft
            return words >= self._lengths.soft or self._short_of_time(words, self._lengths.soft - words)
        if head.endswith("\n"):
            return True
        if _ABBREVIATION.search(head):
            return False
        return not self._given or words >= self._lengths.sentence or self._short_of_time(words, AHEAD)

    def _cut_long(self) -> int | None:
        """Cut after the last whole word that fits; a word counts as whole once something follows it."""
        words = list(re.finditer(r"\S+(?=\s)", self._text))
        return words[self._lengths.most - 1].end() if len(words) > self._lengths.most else None
