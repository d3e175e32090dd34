"""How quick recall is in a large store: synthetic chunks with the word frequencies of a language.

Words follow Zipf's law with the exponent of English (1.07: Piantadosi 2014) over 60,000 of them. Vectors lie
around 2,000 directions, as texts lie around their subjects.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.memory.database import Database
from companion.memory.recall import Recall
from companion.memory.vectors import packed

WORDS, EXPONENT = 60_000, 1.07
IN_CHUNK = 60
SUBJECTS, SCATTER = 2_000, 0.055
"""Directions that vectors lie around, and how far from them (standard deviation of each number)."""

AT_ONCE = 5_000
QUERIES = 200
IN_QUERY = 6
EXACT = 100
"""Questions whose nearest are looked for exactly, too."""

_SYLLABLES = [c + v for c in "bdfghjklmnprstvwz" for v in "aeiou"]


def measured(chunks: int, embedder: Any, step: Callable[[str], None]) -> dict[str, Any]:
    """In a folder that is gone afterwards; `step` hears how far it is."""
    done = 0

    def filled(count: int) -> None:
        nonlocal done
        done += count
        step(f"{done} of {chunks}")

    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder), chunks, embedder, filled)


def run(folder: Path, chunks: int, embedder: Any, step: Callable[[int], None]) -> dict[str, Any]:
    """Fill a store with `chunks` and ask it; `step` hears how many are in."""
    random = np.random.default_rng(5)
    database = Database(folder / "scale.db")
    began = time.perf_counter()
    database.write("INSERT INTO marks VALUES ('vectors of', ?)", (embedder.name,))
    made = _filled(database, chunks, random, step)
    filled = time.perf_counter() - began
    recall = Recall(database, embedder)
    began = time.perf_counter()
    recall.refresh()
    loaded = time.perf_counter() - began
    seconds = _asked(recall, random)
    nearest = _nearest(database, recall, made, random)
    database.close()
    bytes_ = sum(file.stat().st_size for file in folder.iterdir())
    return {
        "chunks": chunks,
        "fill_seconds": round(filled, 1),
        "bytes_a_chunk": round(bytes_ / chunks),
        "bits_load_seconds": round(loaded, 2),
        "query_ms": _percentiles(seconds),
        "vectors_ms": nearest["ms"],
        "vectors_recall_at_10": nearest["recall"],
    }


def _percentiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{p}": round(1000 * float(np.percentile(seconds, p)), 1) for p in (50, 95)}


def _word(number: int) -> str:
    word = ""
    while number or not word:
        number, left = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[left]
    return word + "k"


def _texts(random: np.random.Generator, count: int, words: int) -> Iterator[str]:
    shares = 1.0 / np.arange(1, WORDS + 1) ** EXPONENT
    bounds = np.cumsum(shares / shares.sum())
    drawn = np.searchsorted(bounds, random.random((count, words)))
    return (" ".join(_VOCABULARY[min(word, WORDS - 1)] for word in row) for row in drawn)


_VOCABULARY = [_word(number) for number in range(WORDS)]


def _filled(
    database: Database, chunks: int, random: np.random.Generator, step: Callable[[int], None]
) -> NDArray[np.float32]:
    """The store's chunks and their vectors; gives the subjects."""
    subjects = _unit(random.standard_normal((SUBJECTS, 384), np.float32))
    database.write("INSERT INTO sources VALUES (1, '/synthetic', 0, '2026-01-01T00:00:00+00:00')")
    database.write(
        "INSERT INTO documents (id, source, path, bytes, changed_at) VALUES (1, 1, '/synthetic', 0, 0)"
    )
    for start in range(0, chunks, AT_ONCE):
        count = min(AT_ONCE, chunks - start)
        about = subjects[random.integers(0, SUBJECTS, count)]
        vectors = _unit(about + SCATTER * random.standard_normal((count, 384), np.float32))
        texts = _texts(random, count, IN_CHUNK)
        with database.transaction() as db:
            db.executemany(
                "INSERT INTO chunks (id, document, number, text) VALUES (?, 1, ?, ?)",
                ((start + i + 1, start + i, text) for i, text in enumerate(texts)),
            )
            db.executemany(
                "INSERT INTO chunk_vectors VALUES (?, ?)",
                ((start + i + 1, packed(vector)) for i, vector in enumerate(vectors)),
            )
        step(count)
    return subjects


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _asked(recall: Recall, random: np.random.Generator) -> list[float]:
    """How long each of some questions took, the cache warm."""
    questions = [f"What did {text}?" for text in _texts(random, 2 * QUERIES, IN_QUERY)]
    seconds = []
    for question in questions:
        began = time.perf_counter()
        recall.search(question, 10, datetime.date(2026, 1, 2))
        seconds.append(time.perf_counter() - began)
    return seconds[QUERIES:]


def _nearest(
    database: Database, recall: Recall, subjects: NDArray[np.float32], random: np.random.Generator
) -> dict[str, Any]:
    """How many of the ten nearest are found, against looking at every vector as it is kept."""
    rows = database.read("SELECT chunk, vector FROM chunk_vectors")
    kept = (
        np.array([row[0] for row in rows], np.int64),
        np.frombuffer(b"".join(row[1] for row in rows), np.int8).reshape(len(rows), -1),
    )
    shares, seconds = [], []
    for _ in range(EXACT):
        about = subjects[random.integers(0, SUBJECTS)][None, :]
        asked = _unit(about + SCATTER * random.standard_normal((1, 384), np.float32))[0]
        began = time.perf_counter()
        found, _ = recall.chunk_vectors.nearest(asked, 10)
        seconds.append(time.perf_counter() - began)
        exact: set[int] = set(_exactly(kept, asked, 10))
        shares.append(len(exact.intersection(found.tolist())) / 10)
    return {"ms": _percentiles(seconds), "recall": round(float(np.mean(shares)), 4)}


def _exactly(
    kept: tuple[NDArray[np.int64], NDArray[np.int8]], asked: NDArray[np.float32], most: int
) -> list[int]:
    ids, vectors = kept
    cosines = np.empty(len(ids), np.float32)
    for at in range(0, len(ids), 50_000):
        part = vectors[at : at + 50_000].astype(np.float32)
        cosines[at : at + 50_000] = part @ asked / np.linalg.norm(part, axis=1)
    return [int(one) for one in ids[np.argpartition(-cosines, most)[:most]]]
