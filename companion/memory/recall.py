"""What memory has for a question: turns and passages of the archive, best first."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from companion.memory.database import Database, listed
from companion.memory.indexing import Embedder, Indexing
from companion.memory.lexical import Lexicon
from companion.memory.times import Span, asked_about, said_when
from companion.memory.turn_search import Candidate, Question, TurnSearch
from companion.memory.vectors import Vectors

IN_TIME = 1.0
"""What it counts that a turn was said in the time that a question names: as much as a shared word."""

WEIGHED = 40
"""Turns, the best, that may gain by their day."""

FRESH, FADES = 0.15, 30.0
"""What it counts that a turn is of today, and days after which it counts a third of that."""

FOUND = 100
"""Passages of the archive that are ranked, by words and by vectors each."""

FAR, CLOSE = 0.45, 0.80
"""The cosines of bge-small between a question and a passage that has nothing, and all, to do with it."""

SAID, MEANT = 0.6, 0.4
"""What it counts for how near a passage is that the question's words stand in it, the rarer the more, and
that it means it."""

THEN = 0.4
"""What it counts that a passage is of the very day that is asked about: "what did I write to Amy on 3 May?"
has no word of the mail."""

LOOKED_INTO = 32
"""Passages, the best, whose words are looked at."""

Kind = Literal["turn", "document"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found. `id` is the turn's or the chunk's; `when` ISO 8601 ("": not known); `who` said or wrote
    it, `side` is "user" or "companion" for turns and "" else; `place` says where it stands; `score`, higher
    is better; `near`: how near its words come to those of the question, 0..1."""

    kind: Kind
    id: int
    text: str
    when: str
    who: str
    side: str
    place: str
    score: float
    near: float


class Recall:
    """Looks for what was said and read. One thread at a time; the store may be written meanwhile."""

    def __init__(self, database: Database, embedder: Embedder) -> None:
        self._database, self._embedder = database, embedder
        self.turn_vectors = Vectors(database, "turn_vectors", "turn", embedder.centre)
        self.chunk_vectors = Vectors(database, "chunk_vectors", "chunk", embedder.centre)
        self.indexing = Indexing(database, embedder, self.turn_vectors, self.chunk_vectors)
        self.turns = TurnSearch(database, self.turn_vectors, embedder.word_dimension)
        self._passages = Lexicon(database, "chunks_fts", "chunk_words")

    def refresh(self) -> None:
        """Take up the vectors that are in the store."""
        self.turn_vectors.refresh()
        self.chunk_vectors.refresh()

    def forget(self) -> None:
        """Let go of everything that was taken from the store, and take it up anew: something was erased."""
        self.turn_vectors.clear()
        self.chunk_vectors.clear()
        self.turns.forget()
        self._passages.forget()
        self.refresh()

    def search(
        self,
        text: str,
        most: int,
        now: datetime.date,
        asker: str = "",
        kinds: Collection[str] = ("turn", "document"),
    ) -> list[Hit]:
        """The best for a question that `asker` asks on the day `now`, of those kinds. Raises `StoreError`,
        `EngineError`."""
        question = self.question(text, asker)
        turns = self._turns(question, now, most) if "turn" in kinds else []
        return _merged(turns, self._chunks(question, most, now) if "document" in kinds else [])[:most]

    def question(self, text: str, asker: str = "") -> Question:
        """The question as it is looked for."""
        meaning = self._embedder.meaning(text)
        return Question(text, meaning.vector, meaning.words, meaning.rows, asker)

    def _turns(self, question: Question, now: datetime.date, most: int) -> list[Hit]:
        span = asked_about(question.text, now)
        hits = []
        for found in self.turns.find(question)[: None if span else max(WEIGHED, 2 * most)]:
            day = said_when(found.turn.said_at)
            score = found.score + FRESH * math.exp(-max(0, (now - day).days) / FADES)
            if span is not None and span.start <= day <= span.end:
                score += IN_TIME
            hits.append(_turn(found, score))
        return sorted(hits, key=lambda hit: -hit.score)[:most]

    def _chunks(self, question: Question, most: int, now: datetime.date) -> list[Hit]:
        rows = int(self._database.read("SELECT count(*) FROM chunks_fts_docsize")[0][0])
        if not rows:
            return []
        span = asked_about(question.text, now)
        text = question.text.replace(span.words, " ") if span else question.text
        terms = self._passages.terms(text)
        by_words = dict(self._passages.match(terms, rows, FOUND))
        of_then = self._dated(span)
        ids, cosines = self.chunk_vectors.nearest(question.vector, FOUND)
        near = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
        ids, cosines = self.chunk_vectors.cosines(question.vector, (by_words.keys() | of_then) - near.keys())
        near |= dict(zip(ids.tolist(), cosines.tolist(), strict=True))
        best = max(by_words.values(), default=1.0) or 1.0
        first = sorted(
            {*by_words, *near, *of_then},
            key=lambda chunk: (
                -by_words.get(chunk, 0.0) / best - _closeness(near.get(chunk, FAR)) - (chunk in of_then)
            ),
        )[: max(LOOKED_INTO, most)]
        return self._passages_of(first, near, self._passages.weights(terms, rows), of_then)[:most]

    def _dated(self, span: Span | None) -> frozenset[int]:
        """Passages of the very days that are asked about, where the words name them."""
        if span is None or not span.exact or datetime.date.min == span.start or span.end == datetime.date.max:
            return frozenset()
        after = (span.end + datetime.timedelta(days=1)).isoformat()
        rows = self._database.read(
            "SELECT id FROM chunks WHERE dated <> '' AND dated >= ? AND dated < ? LIMIT ?",
            (span.start.isoformat(), after, FOUND),
        )
        return frozenset(row[0] for row in rows)

    def _passages_of(
        self,
        chunks: list[int],
        cosines: dict[int, float],
        weights: dict[str, float],
        of_then: frozenset[int],
    ) -> list[Hit]:
        rows = self._database.read(
            "SELECT chunks.id, text, dated, author, path, place, title || ' ' || recipient FROM chunks"
            f" JOIN documents ON documents.id = document WHERE chunks.id IN ({listed(chunks)})"
        )
        hits = []
        for number, text, dated, author, path, place, about in rows:
            close = _closeness(cosines.get(number, FAR))
            covered = self._passages.covered(f"{about} {author} {text}", weights)
            near = min(1.0, max(SAID * covered + MEANT * close, close) + THEN * (number in of_then))
            hits.append(Hit("document", number, text, dated, author, "", _place(path, place), near, near))
        return sorted(hits, key=lambda hit: -hit.score)


def _closeness(cosine: float) -> float:
    return min(1.0, max(0.0, (cosine - FAR) / (CLOSE - FAR)))


def _merged(turns: list[Hit], passages: list[Hit]) -> list[Hit]:
    """Both in one order, each in its own: next comes whichever's first is the nearer."""
    left, right = turns[::-1], passages[::-1]
    merged = []
    while left or right:
        takes_left = left and (not right or left[-1].near >= right[-1].near)
        merged.append((left if takes_left else right).pop())
    return merged


def _turn(found: Candidate, score: float) -> Hit:
    turn = found.turn
    return Hit("turn", turn.id, turn.text, turn.said_at, turn.who, turn.side, "", score, found.near)


def _place(path: str, place: str) -> str:
    return f"{path}, {place}" if place else path
