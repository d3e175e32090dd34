"""Token stream -> speakable clauses, as early as it sounds natural.

The first clause of a reply may be short, so that the first sound comes early; later ones end at the end of a
sentence, or at a comma once they are long enough. What has been cut off is never taken back, and the clauses
joined by single spaces are the text with its white space normalised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*(?=\s)|\n")
_SOFT_END = re.compile(r"[,;:—–]+[\"'”’)\]*_]*(?=\s)|\s[-—–](?=\s)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|approx|e\.g|i\.e|a\.m|p\.m|U\.S|[A-Z])|^\s*\d+)\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long clauses are, in words. `first_soft`: from how many words on the first clause may end at a
    comma; `soft`: the same for later ones; `sentence`: shorter sentences are joined with the next one, unless
    they open the reply; `most`: a clause with no mark at all is cut here."""

    first_soft: int = 3
    soft: int = 8
    sentence: int = 3
    most: int = 28


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
        return self._cut_long()

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
