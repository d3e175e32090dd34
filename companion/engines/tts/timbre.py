"""Shifts a voice's pitch and formants with the WORLD vocoder, so that one voice file can give several voices.

Method: Morise et al., "WORLD: a vocoder-based high-quality speech synthesis system" (2016), through pyworld:
the pitch curve is scaled, the spectral envelope's frequency axis stretched, and the speech made anew. Its
length stays the same, so word times hold.
"""

from __future__ import annotations

import warnings
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from companion.errors import EngineError


def load_world() -> ModuleType:
    """The vocoder. Raises `EngineError` where the timbre extra isn't installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of pkg_resources, which nobody here can help
            import pyworld
    except ImportError as error:
        raise EngineError(
            "Changing her pitch or timbre needs the timbre extra: "
            "run `scripts/run --setup --timbre`, or set tts.pitch and tts.timbre to 0."
        ) from error
    return pyworld  # type: ignore[no-any-return, unused-ignore]


def shifted(
    world: ModuleType, samples: NDArray[np.float32], rate: int, pitch: float, formants: float
) -> NDArray[np.float32]:
    """The speech with its pitch and its formants moved, both in semitones; as many samples as before."""
    speech = samples.astype(np.float64)
    # DIO refined by StoneMask: 0.05 s of CPU per second of speech all in all, where Harvest takes 0.15.
    rough, times = world.dio(speech, rate)
    f0 = world.stonemask(speech, rough, times, rate)
    envelope = world.cheaptrick(speech, f0, times, rate)
    aperiodicity = world.d4c(speech, f0, times, rate)
    if formants:
        envelope = _stretched(envelope, 2.0 ** (formants / 12.0))
        aperiodicity = _stretched(aperiodicity, 2.0 ** (formants / 12.0))
    made = world.synthesize(f0 * 2.0 ** (pitch / 12.0), envelope, aperiodicity, rate)
    fitted = np.zeros(len(samples), dtype=np.float32)
    length = min(len(fitted), len(made))
    fitted[:length] = made[:length]
    return fitted


def _stretched(spectra: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Every spectrum (one a row) with its frequency axis stretched by `factor`."""
    bins = np.arange(spectra.shape[1], dtype=np.float64)
    source = np.clip(bins / factor, 0.0, bins[-1])
    low = np.minimum(source.astype(np.intp), spectra.shape[1] - 2)
    share = source - low
    return np.ascontiguousarray(spectra[:, low] * (1.0 - share) + spectra[:, low + 1] * share)
