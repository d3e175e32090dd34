"""Which rows of a table mean nearly the same as a question: their vectors, scanned in memory.

A vector is kept on disk as int8[n]. In memory stands one bit a number, on which side of the centre it is: the
rows whose bits differ least from the question's are the candidates, and their cosines are computed from what
is on disk (the scheme of "binary rescoring": Yamada et al. 2021; Shakir et al. 2024). A million vectors of
384 are 48 MB, and scanning them takes some 8 ms on one core.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.memory.database import Database, listed

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]

CANDIDATES, OF_MANY, MANY = 256, 640, 200_000
"""Rows whose cosines are computed, and how many where there are `MANY`. 256 hold 99.1% of bge-small's ten
nearest among 18,601 texts (98.7% by the signs alone, without a centre)."""

TOGETHER = 32_768
"""Rows that are compared at a time, so that they and what comes of them stay in the processor's cache."""

ROOM = 1024
"""Rows that room is made for at once."""


def packed(vector: NDArray[np.float32]) -> bytes:
    """A vector as it is kept: int8[n], its largest number 127."""
    scaled = np.rint(vector * (127.0 / max(float(np.abs(vector).max()), 1e-6)))
    return bytes(scaled.astype(np.int8).tobytes())


class Vectors:
    """The vectors of one table, whose key is `key`, around a `centre`, float32[n], n a multiple of 64."""

    def __init__(self, database: Database, table: str, key: str, centre: NDArray[np.float32]) -> None:
        self._database, self._table, self._key, self._centre = database, table, key, centre
        self._dimension = dimension = len(centre)
        self._lock = threading.Lock()
        self._ids: Ids = np.zeros(0, np.int64)
        self._bits: NDArray[np.uint64] = np.zeros((dimension // 64, 0), np.uint64)
        self._count, self._last = 0, 0

    def __len__(self) -> int:
        """Rows that can be found."""
        return self._count

    def refresh(self) -> None:
        """Take up what has been added to the table since; some 1 s a million rows the first time."""
        with self._lock:
            while rows := self._database.read(
                f"SELECT {self._key}, vector FROM {self._table}"
                f" WHERE {self._key} > ? ORDER BY {self._key} LIMIT ?",
                (self._last, TOGETHER),
            ):
                self._take_up([row[0] for row in rows], [row[1] for row in rows])

    def add(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        """Rows that have just been written, in any order."""
        with self._lock:
            self._take_up(ids, vectors)

    def _take_up(self, ids: Sequence[int], vectors: Sequence[bytes]) -> None:
        whole = [i for i, vector in enumerate(vectors) if len(vector) == self._dimension]
        if whole:
            rows = np.frombuffer(b"".join(vectors[i] for i in whole), np.int8).reshape(len(whole), -1)
            self._make_room(len(whole))
            at = slice(self._count, self._count + len(whole))
            self._ids[at], self._bits[:, at] = [ids[i] for i in whole], self._sides(rows)
            self._count += len(whole)
        self._last = max(self._last, *ids)

    def _sides(self, vectors: NDArray[Any]) -> NDArray[np.uint64]:
        """One bit a number, uint64[n / 64, rows]: a word of all rows side by side is compared quickest."""
        rows = vectors.astype(np.float32)
        rows /= np.maximum(np.sqrt(np.einsum("ij,ij->i", rows, rows)), 1e-6)[:, None]
        return np.ascontiguousarray(np.packbits(rows > self._centre, axis=1).view(np.uint64).T)

    def _make_room(self, more: int) -> None:
        if self._count + more > len(self._ids):
            room = max(self._count + more, int(len(self._ids) * 1.5), ROOM)
            ids, bits = np.zeros(room, np.int64), np.zeros((len(self._bits), room), np.uint64)
            ids[: self._count], bits[:, : self._count] = (
                self._ids[: self._count],
                self._bits[:, : self._count],
            )
            self._ids, self._bits = ids, bits

    def drop(self, gone: Iterable[int]) -> None:
        """Rows that aren't there any more; their signs are overwritten."""
        with self._lock:
            keep = ~np.isin(self._ids[: self._count], np.fromiter(gone, np.int64))
            count, before = int(keep.sum()), self._count
            self._ids[:count], self._bits[:, :count] = (
                self._ids[:before][keep],
                self._bits[:, :before][:, keep],
            )
            self._ids[count:before], self._bits[:, count:before] = 0, 0
            self._count = count

    def clear(self) -> None:
        """Know nothing any more, until `refresh`."""
        with self._lock:
            self._ids, self._bits = self._ids[:0], self._bits[:, :0]
            self._count = self._last = 0

    def nearest(self, question: NDArray[np.float32], most: int) -> tuple[Ids, Scores]:
        """The ids of `most` rows at most, nearest first, and their cosines with `question`, which is
        float32[dimension]."""
        with self._lock:
            ids = self._ids[: self._count]
            wanted = max(CANDIDATES if self._count < MANY else OF_MANY, 2 * most)
            if self._count > wanted:
                differ = _differences(self._bits[:, : self._count], self._sides(question[None, :])[:, 0])
                ids = ids[_least(differ, wanted)]
            ids = ids.copy()
        found, cosines = self.cosines(question, ids)
        order = np.argsort(-cosines, kind="stable")[:most]
        return found[order], cosines[order]

    def cosines(self, question: NDArray[np.float32], ids: Iterable[int]) -> tuple[Ids, Scores]:
        """The cosine of each of those rows with `question`, in no order; some may have no vector."""
        rows = fetched(
            self._database, f"SELECT {self._key}, vector FROM {self._table} WHERE {self._key}", ids
        )
        rows = [row for row in rows if len(row[1]) == self._dimension]
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        matrix = (
            np.frombuffer(b"".join(row[1] for row in rows), np.int8).reshape(len(rows), -1).astype(np.float32)
        )
        cosines = (matrix @ question) / np.maximum(np.linalg.norm(matrix, axis=1), 1e-6)
        return np.array([row[0] for row in rows], np.int64), cosines.astype(np.float32)


def fetched(database: Database, select: str, ids: Iterable[int]) -> list[tuple[int, bytes]]:
    """The rows of `select` ("SELECT ... WHERE key") with these ids."""
    these = listed(ids)
    return [(row[0], row[1]) for row in database.read(f"{select} IN ({these})")] if these else []


def _differences(bits: NDArray[np.uint64], question: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """In how many bits each row differs from the question."""
    found = np.zeros(bits.shape[1], np.uint16)
    for at in range(0, len(found), TOGETHER):
        part = found[at : at + TOGETHER]
        for word, asked in zip(bits[:, at : at + TOGETHER], question, strict=True):
            part += np.bitwise_count(word ^ asked)
    return found


def _least(differ: NDArray[np.uint16], wanted: int) -> NDArray[np.intp]:
    """Where the `wanted` least of them stand, and whatever equals the last of these: small whole numbers are
    counted, which is quicker than sorting."""
    limit = int(np.searchsorted(np.bincount(differ).cumsum(), wanted))
    return np.flatnonzero(differ <= limit)
