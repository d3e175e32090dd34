"""What she remembers, searched: by words as they are typed, by words, and by meaning."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from companion.memory.database import Database
from companion.memory.lexical import Lexicon
from companion.memory.recall import Hit, Recall
from companion.memory.remembered_rows import passages_of, rows_in, turns_of
from companion.memory.remembered_values import Entry, Found, Passage, TurnShown, said_by, where
from companion.memory.typing_search import Typing

FIRST = 2**62
"""Above every number of an entry: from the newest on."""


class Searching:
    """Searches one store; `recall` finds by meaning. One thread at a time. Raises `StoreError`."""

    def __init__(self, database: Database, recall: Recall | None) -> None:
        self._database, self._recall = database, recall
        self._typed_turns = Typing(database, "turns", "turns_fts", usual=80)
        self._typed_chunks = Typing(database, "chunks", "chunks_fts", usual=1000)
        self._words = Lexicon(database, "turns_fts", "turn_words")
        self._titles = Lexicon(database, "chunks_fts", "chunk_words")

    def turns(self, text: str, before: int, most: int) -> list[TurnShown]:
        """The newest turns below a number with all that is typed, the newest first."""
        return turns_of(self._database, self._typed_turns.rows(text, before, most))

    def typed(self, text: str, most: int) -> list[Found]:
        """Turns and passages with all that is typed, the newest of each first."""
        turns = [said(turn, 0.0) for turn in self.turns(text, FIRST, most)]
        numbers = self._typed_chunks.rows(text, FIRST, most)
        passages = [read(one, 0.0) for one in passages_of(self._database, numbers)]
        return [*turns[: most - min(len(passages), most // 2)], *passages][:most]

    def found(self, text: str, most: int, today: datetime.date) -> list[Found]:
        """The best for a question, best first. Raises `EngineError` as well."""
        if self._recall is None:
            return self._by_words(text, most)
        return [_hit(hit) for hit in self._recall.search(text, most, today)]

    def _by_words(self, text: str, most: int) -> list[Found]:
        terms = self._words.terms(text)
        turns = _to_one(self._words.match(terms, rows_in(self._database, "turns_fts"), most))
        chunks = _to_one(self._titles.match(terms, rows_in(self._database, "chunks_fts"), most))
        found = [said(turn, turns[turn.id]) for turn in turns_of(self._database, list(turns))]
        found += [read(one, chunks[one.id]) for one in passages_of(self._database, list(chunks))]
        return sorted(found, key=lambda each: -each.score)[:most]

    def forget(self) -> None:
        """Let go of everything that was taken from the store: something was erased."""
        self._words.forget()
        self._titles.forget()
        if self._recall is not None:
            self._recall.forget()


def _to_one(matches: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Ranks of one table so that the best counts 1, whatever table it is."""
    best = max((score for _, score in matches), default=1.0) or 1.0
    return {number: score / best for number, score in matches}


def said(turn: TurnShown, score: float) -> Found:
    """A turn that was found."""
    return Found(Entry("turn", turn.id), turn.text, turn.when, said_by(turn.side, turn.who), score)


def read(passage: Passage, score: float) -> Found:
    """A passage that was found."""
    return Found(Entry("chunk", passage.id), passage.text, passage.when, where(passage), score)


def _hit(hit: Hit) -> Found:
    document = hit.kind == "document"
    place = hit.place if document else said_by(hit.side, hit.who)
    return Found(Entry("chunk" if document else "turn", hit.id), hit.text, hit.when, place, hit.score)
