"""Token stream -> speakable clauses, as early as it sounds natural.

The first clause of a reply may be short, so that the first sound comes early: it ends at a mark, or before a
word that begins a new group of words. Later ones end at the end of a sentence, or at a comma once they are
long enough. What has been cut off is never taken back, and the clauses
joined by single spaces are the text with its white space normalised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    next one, unless they open the reply; `most`: a clause with no mark at all is cut here."""

    first_soft: int = 2
    first_break: int = 4
    first_most: int = 7
    soft: int = 8
    sentence: int = 3
    most: int = 28


WRITTEN = 0.75
"""Words a token is (English)."""

NEXT = 8
"""Words of the second clause, for which the first must last."""

REPLY = 24
"""Words of a reply of usual length (one or two short sentences), for all of which a voice that speaks faster
than the model writes must be given a start."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a voice speaks: `words` a second, and what synthesis takes: `seconds_a_word` beside `seconds` for
    any clause; `least` words sound natural by themselves. The defaults are those of the default voice on two
    cores, which stand until it has been measured."""

    words: float = 2.8
    seconds_a_word: float = 0.01
    seconds: float = 0.03
    least: int = 2

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
        return Lengths(first_soft=NEXT, first_break=2 * NEXT, first_most=3 * NEXT)
    written = WRITTEN * decode
    second = voice.words * (NEXT / written + voice.synthesis(NEXT))
    whole = REPLY * (1.0 - written / voice.words)
    needed = min(REPLY, max(voice.least, ceil(second), ceil(whole)))
    usual = Lengths()
    return Lengths(
        first_soft=max(usual.first_soft, needed),
        first_break=max(usual.first_break, needed),
        first_most=max(usual.first_most, needed + 3),
        sentence=max(usual.sentence, voice.least),
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

    def feed(self, piece: str) -> list[str]:
        """Add a piece of the reply; returns the clauses that it completes, in order."""
        self._text += piece
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
        self._given += 1
        return [clause]

    def _end(self) -> int | None:
        """Where the first clause of what is held ends, None while it doesn't yet."""
        marks = [(m.end(), True) for m in _SENTENCE_END.finditer(self._text)]
        marks += [(m.end(), False) for m in _SOFT_END.finditer(self._text)]
        for end, hard in sorted(marks):
            if self._ends_at(self._text[:end], hard):
                return end
        return self._cut_first() if not self._given else self._cut_long()

    def _cut_first(self) -> int | None:
        """Before the first word that begins a group, or at last before any that doesn't cling to the one
        before it. A word counts as whole once something follows it."""
        words = list(_WORD.finditer(self._text))
        for count, (word, following) in enumerate(pairwise(words), start=1):
            last, first = (bare.group().strip(_MARKS).lower() for bare in (word, following))
            if last in _CLINGING or not first:
                continue
            if count >= self._lengths.first_most or (count >= self._lengths.first_break and first in _GROUPS):
                return word.end()
        return None

    def _ends_at(self, head: str, hard: bool) -> bool:
        words = len(head.split())
        if not hard:
            return words >= (self._lengths.soft if self._given else self._lengths.first_soft)
        if head.endswith("\n"):
            return True
        if _ABBREVIATION.search(head):
            return False
        return not self._given or words >= self._lengths.sentence

    def _cut_long(self) -> int | None:
        """Cut after the last whole word that fits; a word counts as whole once something follows it."""
        words = list(re.finditer(r"\S+(?=\s)", self._text))
        return words[self._lengths.most - 1].end() if len(words) > self._lengths.most else None
