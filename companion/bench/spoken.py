"""Texts spoken by her voice, for measuring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from companion.engines import Never
from companion.engines.tts import SpokenWord, Synthesizer


def spoken(
    voice: Synthesizer, text: str, rate: int, factor: float = 1.0
) -> tuple[NDArray[np.float32], list[SpokenWord]]:
    """The speech of a text, float32[n] at `rate` hertz, and its words with their times in all of it at
    `factor` 1.0; a smaller one makes it slower and deeper."""
    import soxr

    sounds, words, length = [], list[SpokenWord](), 0
    for speech in voice.synthesize(text, Never()):
        begins = length / speech.rate
        words += [SpokenWord(word.text, begins + word.start, begins + word.end) for word in speech.words]
        sounds.append(speech.samples)
        length += len(speech.samples)
    whole = np.concatenate(sounds).astype(np.float32) / np.float32(32768)
    return np.asarray(soxr.resample(whole, round(voice.rate * factor), rate), np.float32), words
