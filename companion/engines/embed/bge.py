"""bge-small-en v1.5 through onnxruntime: a text is the 384 numbers of the first token (its model card), and a
word the 128 that its own numbers have on the axes of `bge.npz`.

Comparing word with word ("late interaction": Khattab and Zaharia 2020) isn't what the model was trained
for, but it finds more: of two long conversations' evidence, ten turns hold 0.78 so, 0.60 by the vector of the
whole and 0.63 by BM25. The axes are the first 128 principal ones of the words of everyday sentences
(`scripts/axes`); they find as much as all 384.

The card's instruction before a question ("Represent this sentence for searching relevant passages:") is left
out: it finds no more, and doubles the tokens of a short question.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.engines.embed import Meaning
from companion.engines.embed.session import Encoder

LONGEST = 320
"""Tokens of a text that are read: a chunk of the archive has 250, and a turn up to 60 before it."""

MEASURED = Path(__file__).with_name("bge.npz")


class BgeEmbedder:
    """An `Embedder`, on one thread."""

    name = "bge-small-en/128"
    dimension = 384
    word_dimension = 128

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises `WeightsError`."""
        self._encoder = Encoder(folder, "embed", LONGEST)
        with np.load(MEASURED) as measured:
            self._axes = measured["axes"].astype(np.float32)
            self.centre: NDArray[np.float32] = measured["centre"].astype(np.float32)

    def meaning(self, text: str, before: str = "") -> Meaning:
        """The vectors of `text`, read behind `before`."""
        lead = f"{before} " if before else ""
        encoded = self._encoder.tokens([lead + text])[0]
        numbers = self._encoder.run([encoded])[0]
        own = [at for at, (start, end) in enumerate(encoded.offsets) if start >= len(lead) and end > start]
        rows = unit(numbers[own] @ self._axes)
        return Meaning(unit(numbers[:1])[0], _words(encoded, own), rows)


def _words(encoded: Any, own: list[int]) -> tuple[str, ...]:
    """The word that each token is a piece of, put together again."""
    ids = encoded.word_ids
    whole: dict[int, str] = {}
    for at in own:
        whole[ids[at]] = whole.get(ids[at], "") + encoded.tokens[at].removeprefix("##")
    return tuple(whole[ids[at]] for at in own)


def unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows, each of length 1."""
    lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
