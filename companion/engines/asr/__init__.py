"""ASR: speech to text."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word; `start` and `end` in seconds from the start of the audio, `confidence` in 0..1."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Transcription:
    """What was heard. `text` is empty when there was no speech worth believing.

    `seconds`: length of the audio. `no_speech`: Whisper's own probability that there was none, 0..1.
    `logprob`: mean log-probability of a token (nats). `words`: only from `thorough`, else empty.
    `doubt`: why the text was cut or dropped ("repetition", "no speech", "hallucination", ...), or "".
    """

    text: str
    language: str
    seconds: float
    no_speech: float
    logprob: float
    words: tuple[Word, ...] = ()
    doubt: str = ""


class Recognizer(Protocol):
    """Turns 16 kHz mono float32 audio (-1..1, any length) into text. Raises `Cancelled`, `EngineError`."""

    def quick(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """The text as soon as it can be had, without word times; `prompt` is what was said before."""
        ...

    def glimpse(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """What `quick` hears at first, in one pass: of speech that goes on, and of which more will be heard.
        `doubt` says why `quick` would look again, "" where it wouldn't."""
        ...

    def thorough(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """The text for the record: the full window, with word times and confidence."""
        ...
