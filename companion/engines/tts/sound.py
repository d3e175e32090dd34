"""The sound of a voice: silence trimmed, one gain for every clause, peaks bent instead of clipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

SPEECH_LEVEL = 0.1
"""RMS of speech (pauses left out) at full volume: -20 dBFS, the usual level of voice assistants and podcasts'
dialogue, which leaves 20 dB for peaks."""

KNEE = 0.8
"""Amplitude from which peaks are bent, so that none reaches full scale."""

BLOCK = 0.005
"""Seconds over which the level is measured when silence is looked for."""

SILENT = 0.006
"""Share of the loudest block's RMS below which a block is silence: -44 dB. Chosen by hand, so low that a soft
start (/f/, /h/) isn't cut."""

FADE = 0.003
"""Seconds of fade at either end, against clicks."""


def levels(samples: Samples, rate: int) -> NDArray[np.float64]:
    """RMS of each whole block of `BLOCK` seconds."""
    block = max(1, int(rate * BLOCK))
    whole = samples[: len(samples) // block * block].astype(np.float64).reshape(-1, block)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))


def gain_for(samples: Samples, rate: int) -> float:
    """What this voice's samples must be multiplied with for `SPEECH_LEVEL`; 1.0 for silence."""
    level = levels(samples, rate)
    loud = level[level > level.max(initial=0.0) * 0.1]
    if loud.size == 0 or loud.max() <= 0.0:
        return 1.0
    return float(SPEECH_LEVEL / np.sqrt(np.mean(loud**2)))


def bounds(samples: Samples, rate: int) -> tuple[int, int]:
    """Where the sound starts and ends, in samples; (0, 0) for silence."""
    level = levels(samples, rate)
    loud = np.flatnonzero(level > level.max(initial=0.0) * SILENT)
    if loud.size == 0:
        return 0, 0
    block = max(1, int(rate * BLOCK))
    return int(loud[0]) * block, min(len(samples), (int(loud[-1]) + 1) * block)


def trimmed(samples: Samples, rate: int, lead: float, tail: float) -> tuple[Samples, int]:
    """The sound with exactly `lead` seconds of silence before and `tail` after it.

    Also how many samples later (negative: earlier) everything sounds than it did in `samples`.
    """
    start, end = bounds(samples, rate)
    before, after = int(lead * rate), int(tail * rate)
    first, last = max(0, start - before), min(len(samples), end + after)
    kept = samples[first:last].copy()
    fade = min(int(FADE * rate), len(kept) // 2)
    if fade:
        slope = np.linspace(0.0, 1.0, fade, dtype=np.float32)
        kept[:fade] *= slope
        kept[-fade:] *= slope[::-1]
    missing_before, missing_after = before - (start - first), after - (last - end)
    return np.pad(kept, (missing_before, missing_after)), missing_before - first


def as_int16(samples: Samples, gain: float, volume: float) -> NDArray[np.int16]:
    """The samples at a fixed gain as int16; peaks above `KNEE` are bent so that none clips, and the more of
    them the further `volume` is above 1."""
    loud = samples * np.float32(gain * max(volume, 1.0))
    size = np.abs(loud)
    over = size > KNEE
    if over.any():
        room = 1.0 - KNEE
        loud[over] = np.sign(loud[over]) * (KNEE + room * np.tanh((size[over] - KNEE) / room))
    return np.asarray(np.rint(loud * np.float32(min(volume, 1.0) * 32767.0)), dtype=np.int16)
