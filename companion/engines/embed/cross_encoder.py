"""ms-marco-MiniLM-L-12-v2 through onnxruntime: reads question and passage together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel, Cancelled
from companion.engines.embed.session import Encoder

LONGEST = 256
"""Tokens of question and passage together that are read."""


class CrossEncoder:
    """A `Reranker`: some 15 ms a passage, on one thread."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`. Raises `WeightsError`."""
        self._encoder = Encoder(folder, "rerank", LONGEST)

    def scores(self, question: str, passages: Sequence[str], cancel: Cancel) -> NDArray[np.float32]:
        """A score a passage (the model's logit), float32[n]."""
        found = np.zeros(len(passages), np.float32)
        for at, passage in enumerate(passages):
            if cancel.is_set():
                raise Cancelled
            found[at] = self._encoder.run(self._encoder.tokens([(question, passage)])).ravel()[0]
        return found
