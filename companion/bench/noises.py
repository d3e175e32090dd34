"""Room noise made from a seed: coloured noise at several levels, mains hum, clicks, knocks; nobody speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from companion.audio import RATE

LEVELS = (0.001, 0.01, 0.05, 0.2)
"""Root mean square of the noise, of full scale: -60, -40, -26 and -14 dB."""

Sound = NDArray[np.float32]


def _level(sound: NDArray[np.floating]) -> Sound:
    """`sound` at a root mean square of 1."""
    return np.asarray(sound / np.sqrt(np.mean(sound**2)), np.float32)


def coloured(rng: np.random.Generator, samples: int, slope: float) -> Sound:
    """Noise whose power falls with frequency to the power `slope`: 0 white, 1 pink, 2 brown; RMS 1."""
    frequencies = np.fft.rfftfreq(samples, 1 / RATE)
    # Below 20 Hz a loudspeaker is silent; without a floor brown noise would be all rumble.
    shape = np.maximum(frequencies, 20.0) ** (-slope / 2)
    spectrum = rng.standard_normal(shape.size) + 1j * rng.standard_normal(shape.size)
    noise = np.fft.irfft(spectrum * shape, samples)
    return _level(noise)


def hum(rng: np.random.Generator, samples: int) -> Sound:
    """Mains hum of 50 or 60 Hz with falling harmonics and some hiss; RMS 1."""
    time = np.arange(samples) / RATE
    mains = rng.choice([50.0, 60.0])
    tones = sum(
        np.sin(2 * np.pi * mains * k * time + rng.uniform(0, 6.28)) / k for k in (1, 2, 3, 5, 7)
    ) + 0.05 * rng.standard_normal(samples)
    return _level(tones)


def knocks(rng: np.random.Generator, samples: int) -> Sound:
    """Clicks and knocks, a few a second, as of keys and crockery: short decaying bursts over faint hiss."""
    sound = 0.002 * rng.standard_normal(samples)
    for start in rng.integers(0, samples - RATE // 4, max(1, 3 * samples // RATE)):
        length = int(rng.uniform(0.002, 0.12) * RATE)
        decay = np.exp(-6 * np.arange(length) / length)
        ring = np.sin(2 * np.pi * rng.uniform(200, 4000) * np.arange(length) / RATE)
        burst = decay * (ring + rng.standard_normal(length)) * rng.uniform(0.1, 1.0)
        sound[start : start + length] += burst
    return _level(sound)


def swelling(rng: np.random.Generator, samples: int) -> Sound:
    """Pink noise that swells and fades every few seconds, as of traffic or wind; RMS 1."""
    time = np.arange(samples) / RATE
    swell = 1 + 0.8 * np.sin(2 * np.pi * time * rng.uniform(0.15, 0.6) + rng.uniform(0, 6.28))
    return _level(coloured(rng, samples, 1.0) * swell)


KINDS: dict[str, Callable[[np.random.Generator, int], Sound]] = {
    "white": lambda rng, samples: coloured(rng, samples, 0.0),
    "pink": lambda rng, samples: coloured(rng, samples, 1.0),
    "brown": lambda rng, samples: coloured(rng, samples, 2.0),
    "hum": hum,
    "knocks": knocks,
    "swelling": swelling,
}


def stretches(seconds: float, seed: int = 1) -> Iterator[tuple[str, Sound]]:
    """All kinds at all levels, in equal stretches of `seconds` in all: (name, float32[n] at 16 kHz)."""
    rng = np.random.default_rng(seed)
    samples = int(seconds * RATE / (len(KINDS) * len(LEVELS)))
    for name, make in KINDS.items():
        for level in LEVELS:
            yield f"{name} {level}", np.clip(make(rng, samples) * level, -1.0, 1.0).astype(np.float32)
