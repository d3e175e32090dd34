"""Embed: what a text means, as a vector; and how well a text answers a question."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel

Vectors = NDArray[np.float32]
"""Texts, a row each: float32[n, dimension], every row of length 1. Texts are compared by the cosine."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Which model it is: vectors of another can't be compared with its own."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector of what is looked for, float32[dimension]; some milliseconds. Raises `EngineError`."""
        ...

    def passages(self, texts: Sequence[str], cancel: Cancel) -> Vectors:
        """The vectors of what may be found. Raises `EngineError`, and `Cancelled` between texts."""
        ...


class Reranker(Protocol):
    """Says how well passages answer a question."""

    def scores(self, question: str, passages: Sequence[str], cancel: Cancel) -> NDArray[np.float32]:
        """A score a passage, float32[n], higher is better; 15 ms a passage. Raises `EngineError`, and
        `Cancelled` between passages."""
        ...
