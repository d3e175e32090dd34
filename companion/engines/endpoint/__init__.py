"""Endpointing: is the user's turn over?"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel


class WordsJudge(Protocol):
    """Judges from the words of a turn whether the speaker has finished."""

    def ending(self, text: str, cancel: Cancel) -> float:
        """Probability in 0..1 that a sentence ends behind the last word of `text`. Raises `Cancelled`,
        `EngineError`."""
        ...


class TurnDetector(Protocol):
    """Judges from the sound of a turn whether the speaker has finished."""

    def probability(self, audio: NDArray[np.float32]) -> float:
        """Probability in 0..1 that the turn in `audio` (16 kHz mono, -1..1, silence after it included)
        is over."""
        ...
