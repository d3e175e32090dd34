"""Slaney's mel scale and its filters, for the models whose features are made of them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

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
def mel_filters(mels: int, fft: int, rate: int = 16_000) -> NDArray[np.float64]:
    """Triangular filters of equal area from 0 to half the rate: float64[mels, fft // 2 + 1], from the bins of
    an FFT of `fft` samples at `rate` hertz to mels."""
    edges = _to_hertz(np.linspace(0.0, _to_mel(rate / 2), mels + 2))
    bins = np.arange(fft // 2 + 1) * (rate / fft)
    low, centre, high = (edges[i : i + mels, None] for i in range(3))
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    filters: NDArray[np.float64] = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (high - low))
    return filters
