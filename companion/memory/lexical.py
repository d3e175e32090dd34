"""Which rows of a table have the words of a question: full text, ranked by BM25.

Ranking costs SQLite 0.7 us for every row that matches, so words that match half the rows cost most and say
least: of a question's words the rarest are taken, as long as the rows that they match together are few.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import apsw

from companion.memory.database import Database

RANKED = 8_000
"""Rows that may match: some 6 ms."""

COMMON = 0.5
"""Share of the rows that a word may match and still say something, where there are more than `FEW` rows."""

FEW = 100

_WORD = re.compile(r"\w+(?:['’]\w+)?")

_SAYS_NOTHING_TEXT = """
    a about after again all also an and any are as at be because been before being both but by can could did
    do does doing done down during each else ever few for from further get got had has have having he her
    here hers herself him himself his how i if in into is it its itself just know let like me mentioned
    mentions mention might more most much must my myself no nor not now of off on once only or other our ours
    out over own remember said same say says shall she should so some such tell than that the their theirs
    them themselves then there these they this those through to told too under until up us very was we were
    what when where which while who whom whose why will with would you your yours yourself
"""
SAYS_NOTHING = frozenset(_SAYS_NOTHING_TEXT.split())
"""Words of questions that are in every second turn and tell nothing of it."""


class Lexicon:
    """The full text of one table; `index` is its FTS5 table, `words` its vocabulary."""

    def __init__(self, database: Database, index: str, words: str) -> None:
        self._database, self._index, self._words = database, index, words
        self._stems = apsw.Connection(":memory:").fts5_tokenizer(
            "porter", ["unicode61", "remove_diacritics", "2"]
        )
        self._known: dict[str, int] = {}
        self._known_at = 0

    def stem(self, word: str) -> str:
        """The word as the index has it."""
        found: Any = self._stems(word.encode(), apsw.FTS5_TOKENIZE_QUERY, None, include_offsets=False)
        return str(found[0][0]) if found else ""

    def stems(self, text: str) -> frozenset[str]:
        """All words of a text as the index has them."""
        found: Any = self._stems(text.encode(), apsw.FTS5_TOKENIZE_DOCUMENT, None, include_offsets=False)
        return frozenset(str(token[0]) for token in found)

    def terms(self, text: str, without: Iterable[str] = ()) -> list[str]:
        """The words of a text that say something, as they stand there, each once; `without` are left out."""
        left_out = {word.casefold() for word in without}
        found: dict[str, None] = {}
        for word in _WORD.findall(text.casefold().replace("’", "'")):
            bare = word.removesuffix("'s").split("'")[0]
            if bare and bare not in SAYS_NOTHING and bare not in left_out:
                found[bare] = None
        return list(found)

    def rows_with(self, term: str, rows: int) -> int:
        """In how many rows a word stands; remembered until there are a tenth more of them (`rows`)."""
        if not 0.9 * rows <= self._known_at <= rows:
            self._known, self._known_at = {}, rows
        if term not in self._known:
            found = self._database.read(f"SELECT doc FROM {self._words} WHERE term = ?", (self.stem(term),))
            self._known[term] = int(found[0][0]) if found else 0
        return self._known[term]

    def weights(self, terms: Iterable[str], rows: int) -> dict[str, float]:
        """What each of these words counts, by its stem: the rarer in the `rows`, the more."""
        return {
            self.stem(term): math.log1p((rows + 0.5) / (self.rows_with(term, rows) + 0.5)) for term in terms
        }

    def covered(self, text: str, weights: Mapping[str, float]) -> float:
        """How much of weighed words stands in a text, 0..1."""
        total = sum(weights.values())
        there = self.stems(text) if total else frozenset()
        return sum(weight for stem, weight in weights.items() if stem in there) / total if total else 0.0

    def match(self, terms: list[str], rows: int, most: int) -> list[tuple[int, float]]:
        """The rows with those words, best first: id and BM25 (higher is better), `most` at most; `rows` are
        in the table."""
        counted = sorted((self.rows_with(term, rows), term) for term in terms)
        there = [(count, term) for count, term in counted if count]
        if rows > FEW:
            there = [(count, term) for count, term in there if count <= COMMON * rows] or there[:1]
        taken: list[str] = []
        ranked = 0
        for count, term in there:
            if taken and ranked + count > RANKED:
                break
            taken.append(term)
            ranked += count
        if not taken:
            return []
        newest = int(rows * RANKED / ranked) if ranked > RANKED else 0
        return self._ranked(taken, newest, most)

    def _ranked(self, terms: list[str], newest: int, most: int) -> list[tuple[int, float]]:
        """`newest`: of that many rows at most, where a single word is in too many of them; 0: of all."""
        index = self._index
        after = self._database.read(f"SELECT max(id) FROM {index}_docsize")[0][0] - newest if newest else -1
        found = self._database.read(
            f"SELECT rowid, -bm25({index}) AS score FROM {index}"
            f" WHERE {index} MATCH ? AND rowid > ? ORDER BY score DESC LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms), after, most),
        )
        return [(row[0], row[1]) for row in found]

    def forget(self) -> None:
        """Let go of what is remembered of words."""
        self._known, self._known_at = {}, 0
