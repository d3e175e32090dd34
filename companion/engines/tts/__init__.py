"""TTS: text to speech."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the text given and where it sounds: seconds from the start of the speech it belongs to.

    `text` is a stretch of the *original* text ("12:30", "Dr."), not of what it was expanded to;
    the words of a clause joined by spaces give the clause back.
    """

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch of speech: int16 mono samples at `rate` hertz, and its words."""

    samples: NDArray[np.int16]
    rate: int
    words: tuple[SpokenWord, ...]


class Synthesizer(Protocol):
    """Speaks text. Raises `Cancelled`, `EngineError`."""

    rate: int
    """Sample rate of the speech it makes, hertz."""

    def synthesize(self, text: str, cancel: Cancel) -> Iterator[Speech]:
        """Yield the speech of `text`, a clause or more, piece by piece; nothing for text with no words."""
        ...

    def adjust(self, what: Literal["pace", "volume"], factor: float) -> float:
        """Speak faster or louder by that factor from now on, within bounds; returns what it is now (1.0: as
        the voice is)."""
        ...
