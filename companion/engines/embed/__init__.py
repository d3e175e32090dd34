"""Embed: what a text means, as a vector; and how well a text answers a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel

Vectors = NDArray[np.float32]
"""A row each: float32[n, dimension], every row of length 1. They are compared by the cosine."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means: as a whole, `vector` float32[dimension] of length 1, and word by word: `words`, in
    lower case and as often as the model has pieces of them, each with its row of `rows`,
    float32[n, word_dimension] of length 1. A row knows the words around it."""

    vector: NDArray[np.float32]
    words: tuple[str, ...]
    rows: Vectors


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Which model it is: vectors of another can't be compared with its own."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in the vector of a text."""
        ...

    @property
    def word_dimension(self) -> int:
        """Numbers in the vector of a word."""
        ...

    @property
    def centre(self) -> NDArray[np.float32]:
        """Where the vectors of texts lie on average, float32[dimension]: what they have in common tells
        nothing."""
        ...

    def meaning(self, text: str, before: str = "") -> Meaning:
        """What a text means behind what was said `before`, whose words are read and not given back; 4 ms for
        a question, 10 for a turn. Raises `EngineError`."""
        ...


class Reranker(Protocol):
    """Says how well passages answer a question."""

    def scores(self, question: str, passages: Sequence[str], cancel: Cancel) -> NDArray[np.float32]:
        """A score a passage, float32[n], higher is better; 15 ms a passage. Raises `EngineError`, and
        `Cancelled` between passages."""
        ...
