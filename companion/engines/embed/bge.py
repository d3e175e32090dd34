"""bge-small-en v1.5 through onnxruntime: 384 numbers of the first token, length 1 (its model card).

The card's instruction before a question ("Represent this sentence for searching relevant passages:") is left
out: on two long conversations it finds no more, and it doubles the tokens of a short question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel, Cancelled
from companion.engines.embed import Vectors
from companion.engines.embed.session import Encoder

LONGEST = 256
"""Tokens of a text that are read: a chunk of the archive has 250."""

TOGETHER = 1
"""Texts that are computed at once: on one thread several at once are no quicker, and a longer wait."""


class BgeEmbedder:
    """An `Embedder`: 4 ms for a question, some 10 ms for a turn, on one thread."""

    name = "bge-small-en"
    dimension = 384

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises `WeightsError`."""
        self._encoder = Encoder(folder, "embed", LONGEST)

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question, float32[384]."""
        vector: NDArray[np.float32] = self._vectors([text])[0]
        return vector

    def passages(self, texts: Sequence[str], cancel: Cancel) -> Vectors:
        """The vectors of texts, float32[n, 384]."""
        found = np.zeros((len(texts), self.dimension), np.float32)
        for at in range(0, len(texts), TOGETHER):
            if cancel.is_set():
                raise Cancelled
            found[at : at + TOGETHER] = self._vectors(texts[at : at + TOGETHER])
        return found

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        first = self._encoder.run(self._encoder.tokens(list(texts)))[:, 0, :]
        vectors: Vectors = first / np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-9)
        return vectors
