"""Whisper's log-mel features in numpy, as Smart Turn was trained on them.

The method is that of openai/whisper and of transformers' WhisperFeatureExtractor: 25 ms Hann windows every
10 ms, 80 Slaney mels, log10 clamped to 8 below its greatest value, (x + 4) / 4.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Sample rate, hertz."""

FFT = 400
"""Samples in an analysis window (25 ms)."""

HOP = 160
"""Samples from one window to the next (10 ms)."""

MELS = 80
"""Mel bands, from 0 to 8000 Hz."""

_KNEE_HZ = 1000.0
_HZ_PER_MEL = 200.0 / 3.0
_KNEE_MEL = _KNEE_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0
"""Slaney's mel scale: linear to 1 kHz, then 27 steps to a factor of 6.4 (Auditory Toolbox, 1998)."""


def _to_mel(hertz: float) -> float:
    """Slaney's mel of a frequency in hertz."""
    if hertz < _KNEE_HZ:
        return hertz / _HZ_PER_MEL
    return float(_KNEE_MEL + np.log(hertz / _KNEE_HZ) / _LOG_STEP)


def _to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequencies in hertz of Slaney's mels."""
    above = _KNEE_HZ * np.exp(_LOG_STEP * (np.maximum(mels, _KNEE_MEL) - _KNEE_MEL))
    return np.where(mels < _KNEE_MEL, mels * _HZ_PER_MEL, above)


@cache
def mel_filters() -> NDArray[np.float64]:
    """Triangular filters of equal area: float64[80, 201], from the bins of a 400-point FFT to mels."""
    edges = _to_hertz(np.linspace(0.0, _to_mel(RATE / 2), MELS + 2))
    bins = np.arange(FFT // 2 + 1) * (RATE / FFT)
    low, centre, high = (edges[i : i + MELS, None] for i in range(3))
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    filters: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (high - low))
    return filters


def log_mel(audio: NDArray[np.floating]) -> NDArray[np.float32]:
    """Features of `audio` (mono, 16 kHz, at least 201 samples): float32[80, len(audio) // 160]."""
    padded = np.pad(audio.astype(np.float64), FFT // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][: audio.size // HOP]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT) / FFT)
    power = np.abs(np.fft.rfft(windows * hann, axis=-1)) ** 2
    log = np.log10(np.maximum(mel_filters() @ power.T, 1e-10))
    log = np.maximum(log, log.max() - 8.0)
    scaled: NDArray[np.float32] = ((log + 4.0) / 4.0).astype(np.float32)
    return scaled
