"""Whisper's log-mel features in numpy, as Smart Turn was trained on them.

The method is that of openai/whisper and of transformers' WhisperFeatureExtractor: 25 ms Hann windows every
10 ms, 80 Slaney mels, log10 clamped to 8 below its greatest value, (x + 4) / 4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from companion.engines.mel import mel_filters

RATE = 16_000
"""Sample rate, hertz."""

FFT = 400
"""Samples in an analysis window (25 ms)."""

HOP = 160
"""Samples from one window to the next (10 ms)."""

MELS = 80
"""Mel bands, from 0 to 8000 Hz."""


def log_mel(audio: NDArray[np.floating]) -> NDArray[np.float32]:
    """Features of `audio` (mono, 16 kHz, at least 201 samples): float32[80, len(audio) // 160]."""
    padded = np.pad(audio.astype(np.float64), FFT // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][: audio.size // HOP]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT) / FFT)
    power = np.abs(np.fft.rfft(windows * hann, axis=-1)) ** 2
    log = np.log10(np.maximum(mel_filters(MELS, FFT) @ power.T, 1e-10))
    log = np.maximum(log, log.max() - 8.0)
    scaled: NDArray[np.float32] = ((log + 4.0) / 4.0).astype(np.float32)
    return scaled
