"""VAD: is somebody speaking in this window of sound?"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WINDOW = 512
"""Samples in a window: 32 ms at 16 kHz, the only length Silero v6 takes at that rate."""


class SpeechDetector(Protocol):
    """Gives the probability of speech, window after window; keeps state between them."""

    def probability(self, window: NDArray[np.float32]) -> float:
        """Probability in 0..1 that `window` (float32[512], 16 kHz mono, -1..1) holds speech."""
        ...

    def reset(self) -> None:
        """Forget the sound so far: the next window starts a new stream."""
        ...
