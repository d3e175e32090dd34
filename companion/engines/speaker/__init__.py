"""Speaker: whose voice it is."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""A voice: float32[256] of length 1. Voices are compared by the cosine between them."""


class VoiceEncoder(Protocol):
    """Turns speech into the vector of its voice."""

    def vector(self, audio: NDArray[np.float32]) -> Vector | None:
        """The voice in `audio` (float32[n], 16 kHz mono, -1..1); None where there is too little of it.
        Raises `EngineError`."""
        ...
