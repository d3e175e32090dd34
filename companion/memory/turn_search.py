"""Which turns tell what is asked: found by words and by meaning, and ranked by what is known of each.

Candidates are the turns with the question's rarest words, those whose vectors are nearest, and what was
said before and behind them. Of each a few traits are weighed (`WEIGHTS`): the words it shares with the
question and those of its neighbours, how near each word of the question comes to one of its own ("late
interaction"), how near it is as a whole, whose words they are, whether it is a question, answers one, tells a
time.

The weights are fitted on two of LoCoMo's conversations (26 and 30) so that the turns that hold the answer
have the greatest share of exp(score): `companion bench memory --fit`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.memory.database import Database, Row, listed
from companion.memory.lexical import SAYS_NOTHING, Lexicon
from companion.memory.vectors import Ids, Vectors

TRAITS = (
    "words", "words before", "words behind", "speaker", "speaker's words", "is a question", "length",
    "tells a time", "word by word", "answers", "whole", "words two before", "words two behind",
)  # fmt: skip
WEIGHTS = (0.93, 1.1, 0.23, 1.74, 0.92, -0.32, 0.19, 1.32, 1.07, 0.3, 0.27, 0.78, 1.18)
"""What each of the `TRAITS` counts."""

FOUND = 240
"""Candidates by words, and by vectors."""

AROUND = 80
"""Of the best of each, two turns before and behind are candidates, too."""

SAMPLE = 192
"""Turns that tell what is usual: how near any turn comes to a question."""

SPREAD_BY_WORD, SPREAD_WHOLE = 0.06, 0.025
"""How far that nearness spreads (a standard deviation) in LoCoMo's conversations, word by word and as a
whole: of a handful of turns it can't be told."""

_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|months?|years?|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|recently|since|morning|soon|days?|\d{4})\b",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(r"^when\b|\bhow long\b|\bwhat (?:date|day|month|year|time)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:i|i'm|i've|me|my|mine|myself|we|our|us)\b", re.IGNORECASE)

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its words, its `vector` float32[d] and `rows` float32[n, k] of its `pieces`; `asker` is
    who asks ("": whose voice isn't known)."""

    text: str
    vector: Numbers
    pieces: tuple[str, ...]
    rows: Numbers
    asker: str = ""


class Spoken(NamedTuple):
    """A turn as the store has it."""

    id: int
    session: str
    side: str
    who: str
    text: str
    said_at: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A turn that may tell it: `score`, higher is better; `near` is how near the question's words come to
    its own, 0..1."""

    turn: Spoken
    score: float
    near: float


class TurnSearch:
    """Finds turns in a store; used by one thread at a time."""

    def __init__(self, database: Database, vectors: Vectors, word_dimension: int) -> None:
        self._database, self._vectors, self._width = database, vectors, word_dimension
        self.lexicon = Lexicon(database, "turns_fts", "turn_words")
        self._usual: _Kept | None = None
        self._usual_of = 0
        self._speakers: tuple[int, tuple[str, ...]] = (-1, ())

    def find(self, question: Question, weights: Sequence[float] = WEIGHTS) -> list[Candidate]:
        """The candidates, best first."""
        turns, traits, near = self.weighed(question)
        scores = traits @ np.array(weights, np.float32)
        order = np.argsort(-scores, kind="stable")
        return [Candidate(turns[i], float(scores[i]), float(near[i])) for i in order]

    def weighed(self, question: Question) -> tuple[list[Spoken], Numbers, Numbers]:
        """The candidates, their traits float32[n, len(TRAITS)], and how near each is."""
        rows = self._rows()
        names = self.named(question.text)
        terms = self.lexicon.terms(question.text, without=names)
        by_words = dict(self.lexicon.match(terms, rows, FOUND))
        nearest, _ = self._vectors.nearest(question.vector, FOUND)
        wanted = _with_neighbours(list(by_words), nearest)
        turns = self._turns(wanted)
        traits, near = self._traits(question, turns, by_words, names, rows)
        return turns, traits, near

    def _rows(self) -> int:
        return int(self._database.read("SELECT count(*) FROM turns_fts_docsize")[0][0])

    def _turns(self, wanted: set[int]) -> list[Spoken]:
        rows = self._database.read(
            "SELECT id, session, side, who, text, said_at FROM turns"
            f" WHERE id IN ({listed(wanted)}) ORDER BY id"
        )
        return [Spoken(*row) for row in rows]

    def named(self, text: str) -> tuple[str, ...]:
        """Those of the known speakers that a text names."""
        known = self._known_speakers()
        words = set(re.findall(r"\w+", text.casefold()))
        return tuple(name for name in known if name.casefold() in words)

    def _known_speakers(self) -> tuple[str, ...]:
        newest = int(self._database.read("SELECT coalesce(max(id), 0) FROM turns")[0][0])
        if newest != self._speakers[0]:
            rows = self._database.read(
                "SELECT name FROM voices UNION SELECT DISTINCT who FROM turns WHERE who <> ''"
            )
            self._speakers = (newest, tuple(row[0] for row in rows))
        return self._speakers[1]

    def _traits(
        self,
        question: Question,
        turns: list[Spoken],
        by_words: dict[int, float],
        names: tuple[str, ...],
        rows: int,
    ) -> tuple[Numbers, Numbers]:
        count = len(turns)
        found = np.zeros((count, len(TRAITS)), np.float32)
        if not count:
            return found, np.zeros(0, np.float32)
        best = max(by_words.values(), default=1.0) or 1.0
        words = np.array([by_words.get(turn.id, 0.0) / best for turn in turns], np.float32)
        asks = np.array([turn.text.rstrip().endswith("?") for turn in turns], np.float32)
        near, whole = self._nearness(question, turns, rows)
        speaker = np.array([_speaks(turn, question, names) for turn in turns], np.float32)
        usual = near.usual
        found[:, 0] = words
        found[:, 1], found[:, 2] = _beside(turns, words, -1), _beside(turns, words, 1)
        found[:, 11], found[:, 12] = _beside(turns, words, -2), _beside(turns, words, 2)
        found[:, 3], found[:, 4] = speaker, speaker * words
        found[:, 5] = asks
        found[:, 6] = np.log1p([len(turn.text.split()) for turn in turns]) - 2.8
        if _ASKS_TIME.search(question.text):
            found[:, 7] = [bool(_TIME.search(turn.text)) for turn in turns]
        found[:, 8] = usual
        found[:, 9] = _beside(turns, asks * np.maximum(usual, 0.0), -1)
        found[:, 10] = whole.usual
        return found, near.raw

    def _nearness(self, question: Question, turns: list[Spoken], rows: int) -> tuple[_Near, _Near]:
        """How near the candidates come to the question, word by word and as a whole; one without a vector
        comes as near as the question's words stand in it."""
        ids, usual = [turn.id for turn in turns], self._sample(rows)
        weights = self._weights(question, rows)
        kept = _Kept.of(
            self._database.read(
                f"SELECT turn, vector, words FROM turn_vectors WHERE turn IN ({listed(ids)})"
            ),
            self._width,
        )
        at = {turn: place for place, turn in enumerate(kept.ids)}
        places = np.array([at.get(turn, -1) for turn in ids])
        near = _Near.of(
            kept.late(question.rows, weights), usual.late(question.rows, weights), places, SPREAD_BY_WORD
        )
        if len(missing := np.flatnonzero(places < 0)):
            asked = self.lexicon.weights(self.lexicon.terms(question.text, self.named(question.text)), rows)
            near.raw[missing] = [self.lexicon.covered(turns[at].text, asked) for at in missing]
        whole = kept.whole(question.vector), usual.whole(question.vector)
        return near, _Near.of(*whole, places, SPREAD_WHOLE)

    def _weights(self, question: Question, rows: int) -> Numbers:
        """What each piece of the question counts, float32[n]: the rarer its word, the more; 0 for those that
        say nothing and for the speakers' names, which are heeded otherwise."""
        names = {name.casefold() for name in self.named(question.text)}
        found = np.zeros(len(question.pieces), np.float32)
        for at, piece in enumerate(question.pieces):
            if piece.isalnum() and piece not in SAYS_NOTHING and piece not in names and len(piece) > 1:
                there = self.lexicon.rows_with(piece, rows)
                found[at] = np.log1p((rows - there + 0.5) / (there + 0.5))
        return found

    def _sample(self, rows: int) -> _Kept:
        """Some turns; taken anew when there are twice as many in the store."""
        if self._usual is None or rows >= 2 * self._usual_of:
            taken = self._database.read(
                "SELECT turn, vector, words FROM turn_vectors ORDER BY (turn * 7919) % 10007 LIMIT ?",
                (SAMPLE,),
            )
            self._usual, self._usual_of = _Kept.of(taken, self._width), max(rows, 1)
        return self._usual

    def forget(self) -> None:
        """Let go of everything that was taken from the store."""
        self._usual = None
        self._speakers = (-1, ())
        self.lexicon.forget()


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of some turns: `vectors` float32[n, d], and the `words` of all of them one below the
    other, float32[m, k], those of turn i from `starts[i]` on; every row of length 1."""

    ids: list[int]
    vectors: Numbers
    words: Numbers
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, bytes, bytes]] | Sequence[Row], width: int) -> _Kept:
        """Of rows (turn, vector, words) of the store."""
        counts = [len(row[2]) // width for row in rows]
        vectors = _unpacked(b"".join(row[1] for row in rows), len(rows[0][1]) if rows else 1)
        words = _unpacked(b"".join(row[2] for row in rows), width)
        return cls([row[0] for row in rows], vectors, words, np.cumsum([0, *counts]))

    def late(self, question: Numbers, weights: Numbers) -> Numbers:
        """How near each word of the question, float32[n, k], comes to one of each turn's: the mean of the
        best cosines by those weights, float32[turns]."""
        found = np.zeros(len(self.ids), np.float32)
        there = np.flatnonzero(np.diff(self.starts))
        asked = weights > 0
        if not len(there) or not asked.any():
            return found
        cosines = np.maximum(question[asked] @ self.words.T, 0.0)
        best = np.maximum.reduceat(cosines, self.starts[:-1][there], axis=1)
        found[there] = weights[asked] @ best / weights.sum()
        return found

    def whole(self, question: Numbers) -> Numbers:
        """The cosine of each turn with the question, float32[turns]."""
        return self.vectors @ question if self.ids else np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Near:
    """Nearness as it is, and in standard deviations from what is usual; 0 for a turn without a vector."""

    raw: Numbers
    usual: Numbers

    @classmethod
    def of(cls, kept: Numbers, sample: Numbers, places: NDArray[np.int64], least: float) -> _Near:
        """`places`: where each turn stands in `kept`, -1 for one that doesn't; `least`: the spread that few
        turns are taken to have, too."""
        there = places >= 0
        raw = np.zeros(len(places), np.float32)
        raw[there] = kept[places[there]]
        mean, spread = (float(sample.mean()), float(sample.std())) if len(sample) else (0.0, 0.0)
        return cls(raw, np.where(there, (raw - mean) / max(spread, least), 0.0).astype(np.float32))


def _unpacked(kept: bytes, width: int) -> Numbers:
    """int8 rows as they are kept, each of length 1."""
    rows = np.frombuffer(kept, np.int8).reshape(-1, width).astype(np.float32)
    rows /= np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-6)[:, None]
    return rows


def _with_neighbours(by_words: list[int], nearest: Ids) -> set[int]:
    close = [*by_words[:AROUND], *nearest[:AROUND].tolist()]
    beside = {at + step for at in close for step in (-2, -1, 1, 2)}
    return {*by_words, *nearest.tolist(), *beside}


def _speaks(turn: Spoken, question: Question, names: tuple[str, ...]) -> float:
    """Whether a turn is in the words of the one whom the question is about, 0 or 1."""
    if len(names) == 1:
        return float(turn.who == names[0])
    if not names and _MINE.search(question.text):
        return float(turn.side == "user" and turn.who == question.asker)
    return 0.0


def _beside(turns: Sequence[Spoken], values: Numbers, steps: int) -> Numbers:
    """What the turn so many steps on in the same conversation has, where it is a candidate (else 0)."""
    places = {turn.id: at for at, turn in enumerate(turns)}
    found = np.zeros(len(turns), np.float32)
    for at, turn in enumerate(turns):
        there = places.get(turn.id + steps, -1)
        if there >= 0 and turns[there].session == turn.session:
            found[at] = values[there]
    return found
