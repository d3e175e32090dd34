"""Gives turns and chunks their vectors, newest turns first, a few at a time and whenever there is time.

What has no vectors yet is found by its words all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from companion.memory.database import Database
from companion.memory.lexical import SAYS_NOTHING
from companion.memory.vectors import Vectors, packed

BEFORE = 40
"""Words of the turn before that a turn is read behind: what "it" is."""

BATCH = 8
"""Rows that are written at once, at most."""

Held = AbstractContextManager[Any]
"""What is held while something is written: a lock, so that nothing is erased meanwhile."""

_UNHELD: Held = nullcontext()
_Some = Callable[[Callable[[], bool], Held], bool]


class Meaning(Protocol):
    """What a text means; `companion.engines.embed.Meaning` is one."""

    @property
    def vector(self) -> NDArray[np.float32]: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> NDArray[np.float32]: ...


class Embedder(Protocol):
    """What memory needs of `companion.engines.embed.Embedder`."""

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def word_dimension(self) -> int: ...
    @property
    def centre(self) -> NDArray[np.float32]: ...
    def meaning(self, text: str, before: str = "") -> Meaning: ...


class Indexing:
    """Works off what has no vectors. One thread at a time."""

    def __init__(self, database: Database, embedder: Embedder, turns: Vectors, chunks: Vectors) -> None:
        """Where the vectors there are were made by another model, they are dropped."""
        self._database, self._embedder, self._turns, self._chunks = database, embedder, turns, chunks
        self._same_model()

    def _same_model(self) -> None:
        kept = self._database.read("SELECT value FROM marks WHERE name = 'vectors of'")
        if kept and kept[0][0] == self._embedder.name:
            return
        with self._database.transaction() as db:
            db.execute("DELETE FROM turn_vectors")
            db.execute("DELETE FROM chunk_vectors")
            db.execute("INSERT OR REPLACE INTO marks VALUES ('vectors of', ?)", (self._embedder.name,))

    def waiting(self) -> tuple[int, int]:
        """How many turns and chunks have no vectors yet."""
        turns, chunks = self._database.read(
            "SELECT (SELECT count(*) FROM turns) - (SELECT count(*) FROM turn_vectors),"
            " (SELECT count(*) FROM chunks) - (SELECT count(*) FROM chunk_vectors)"
        )[0]
        return int(turns), int(chunks)

    def work(self, go_on: Callable[[], bool], writing: Held = _UNHELD) -> bool:
        """Work as long as `go_on` says so, asked before each text; whether there is nothing left. `writing`
        is held while vectors are written. Raises `StoreError` and what the model raises."""
        return self.work_turns(go_on, writing) and self._work_off(self._some_chunks, go_on, writing)

    def work_turns(self, go_on: Callable[[], bool], writing: Held = _UNHELD, first: int = 1) -> bool:
        """The same for turns alone, from number `first` on."""
        return self._work_off(partial(self._some_turns, first=first), go_on, writing)

    def step(self, go_on: Callable[[], bool] = lambda: True, writing: Held = _UNHELD) -> bool:
        """Work off a few; whether there were any."""
        return self._some_turns(go_on, writing) or self._some_chunks(go_on, writing)

    def _work_off(self, some: _Some, go_on: Callable[[], bool], writing: Held) -> bool:
        while some(go_on, writing):
            if not go_on():
                return False
        return True

    def _some_turns(self, go_on: Callable[[], bool], writing: Held, first: int = 1) -> bool:
        """A few turns, and what is done of them when it is to stop; whether there were any."""
        rows = self._database.read(
            "SELECT t.id, t.side, t.who, t.text, b.side, b.who, b.text FROM turns t"
            " LEFT JOIN turns b ON b.id = t.id - 1 AND b.session = t.session"
            " WHERE t.id >= ? AND NOT EXISTS (SELECT 1 FROM turn_vectors WHERE turn = t.id)"
            " ORDER BY t.id DESC LIMIT ?",
            (first, BATCH),
        )
        made = [(row[0], row[3], self._turn(row)) for row in rows if go_on()]
        with writing:
            self._write_turns(made)
        return bool(rows)

    def _turn(self, row: Sequence[str]) -> tuple[bytes, bytes]:
        _, side, who, text, side_before, who_before, before = row
        lead = ""
        if before:
            lead = f"{speaker(side_before, who_before)}: {' '.join(before.split()[-BEFORE:])}"
        meaning = self._embedder.meaning(f"{speaker(side, who)}: {text}", lead)
        return packed(meaning.vector), _packed_words(meaning)

    def _write_turns(self, made: list[tuple[int, str, tuple[bytes, bytes]]]) -> None:
        """A turn that was changed or erased in the meantime gets none."""
        kept: list[tuple[int, bytes]] = []
        with self._database.transaction() as db:
            for turn, text, (vector, words) in made:
                db.execute(
                    "INSERT OR IGNORE INTO turn_vectors SELECT id, ?, ? FROM turns WHERE id = ? AND text = ?",
                    (vector, words, turn, text),
                )
                kept += [(turn, vector)] if db.changes() else []
        if kept:
            self._turns.add([one[0] for one in kept], [one[1] for one in kept])

    def _some_chunks(self, go_on: Callable[[], bool], writing: Held) -> bool:
        """The same for passages."""
        rows = self._database.read(
            "SELECT id, title, author, text FROM chunks"
            " WHERE NOT EXISTS (SELECT 1 FROM chunk_vectors WHERE chunk = chunks.id) LIMIT ?",
            (BATCH,),
        )
        made = [(row[0], row[3], self._chunk(row)) for row in rows if go_on()]
        with writing:
            self._write_chunks(made)
        return bool(rows)

    def _chunk(self, row: Sequence[str]) -> bytes:
        _, title, author, text = row
        lead = ": ".join(part for part in (author, title) if part)
        return packed(self._embedder.meaning(f"{lead}. {text}" if lead else text).vector)

    def _write_chunks(self, made: list[tuple[int, str, bytes]]) -> None:
        """A number may be another passage's by now."""
        kept: list[tuple[int, bytes]] = []
        with self._database.transaction() as db:
            for chunk, text, vector in made:
                db.execute(
                    "INSERT OR IGNORE INTO chunk_vectors SELECT id, ? FROM chunks WHERE id = ? AND text = ?",
                    (vector, chunk, text),
                )
                kept += [(chunk, vector)] if db.changes() else []
        if kept:
            self._chunks.add([one[0] for one in kept], [one[1] for one in kept])


def speaker(side: str, who: str) -> str:
    """Whose words a turn's are, for the model."""
    return who or ("User" if side == "user" else "Companion")


def _packed_words(meaning: Meaning) -> bytes:
    """The vectors of the words that say something, int8[n, k]."""
    says = [at for at, word in enumerate(meaning.words) if word.isalnum() and word not in SAYS_NOTHING]
    rows = meaning.rows[says]
    scale = 127.0 / np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-6) if len(rows) else 1.0
    return bytes(np.rint(rows * scale).astype(np.int8).tobytes())
