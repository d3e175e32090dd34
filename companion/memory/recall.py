"""What memory has for a question: turns and passages of the archive, best first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

import numpy as np

from companion.memory.database import Database
from companion.memory.indexing import Embedder, Indexing
from companion.memory.lexical import Lexicon
from companion.memory.times import asked_about, said_when
from companion.memory.turn_search import Candidate, Question, TurnSearch
from companion.memory.vectors import Vectors

IN_TIME = 1.0
"""What it counts that a turn was said in the time that a question names: as much as a shared word."""

FRESH, FADES = 0.15, 30.0
"""What it counts that a turn is of today, and days after which it counts a third of that."""

FOUND = 100
"""Passages of the archive that are ranked, by words and by vectors each."""

WORDS, MEANS = 2.0, 0.9
"""What the words of a passage count, the best one's as 1, and how near it is, in standard deviations."""

USUAL_COSINE, SPREAD = 0.78, 0.03
"""How near bge-small finds any two passages: measured on 2,000 pairs of chunks of unlike texts."""

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
        self.turn_vectors = Vectors(database, "turn_vectors", "turn", embedder.dimension)
        self.chunk_vectors = Vectors(database, "chunk_vectors", "chunk", embedder.dimension)
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

    def search(self, text: str, most: int, now: datetime.date, asker: str = "") -> list[Hit]:
        """The best for a question that `asker` asks on the day `now`. Raises `StoreError`, `EngineError`."""
        question = self.question(text, asker)
        hits = [*self._turns(question, now, most), *self._chunks(question, most)]
        return sorted(hits, key=lambda hit: -hit.score)[:most]

    def question(self, text: str, asker: str = "") -> Question:
        """The question as it is looked for."""
        meaning = self._embedder.meaning(text)
        return Question(text, meaning.vector, meaning.words, meaning.rows, asker)

    def _turns(self, question: Question, now: datetime.date, most: int) -> list[Hit]:
        span = asked_about(question.text, now)
        hits = []
        for found in self.turns.find(question):
            day = said_when(found.turn.said_at)
            age = max(0, (now - day).days)
            score = found.score + FRESH * float(np.exp(-age / FADES))
            if span is not None and span.start <= day <= span.end:
                score += IN_TIME
            hits.append(_turn(found, score))
        return sorted(hits, key=lambda hit: -hit.score)[:most]

    def _chunks(self, question: Question, most: int) -> list[Hit]:
        rows = int(self._database.read("SELECT count(*) FROM chunks_fts_docsize")[0][0])
        if not rows:
            return []
        by_words = dict(self._passages.match(self._passages.terms(question.text), rows, FOUND))
        ids, cosines = self.chunk_vectors.nearest(question.vector, FOUND)
        near = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
        ids, cosines = self.chunk_vectors.cosines(question.vector, by_words.keys() - near.keys())
        near |= dict(zip(ids.tolist(), cosines.tolist(), strict=True))
        best = max(by_words.values(), default=1.0) or 1.0
        scores = {
            chunk: WORDS * by_words.get(chunk, 0.0) / best
            + MEANS * max(0.0, near.get(chunk, USUAL_COSINE) - USUAL_COSINE) / SPREAD
            for chunk in {*by_words, *near}
        }
        first = sorted(scores, key=lambda chunk: -scores[chunk])[:most]
        return self._passages_of(first, scores, near)

    def _passages_of(self, chunks: list[int], scores: dict[int, float], near: dict[int, float]) -> list[Hit]:
        listed = ",".join(map(str, chunks))
        rows = self._database.read(
            "SELECT chunks.id, text, dated, author, path, place FROM chunks"
            f" JOIN documents ON documents.id = document WHERE chunks.id IN ({listed})"
        )
        return [
            Hit("document", row[0], row[1], row[2], row[3], "", _place(row[4], row[5]), scores[row[0]],
                near.get(row[0], 0.0))
            for row in rows
        ]  # fmt: skip


def _turn(found: Candidate, score: float) -> Hit:
    turn = found.turn
    return Hit("turn", turn.id, turn.text, turn.said_at, turn.who, turn.side, "", score, found.near)


def _place(path: str, place: str) -> str:
    return f"{path}, {place}" if place else path
