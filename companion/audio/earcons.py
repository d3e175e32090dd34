"""Earcons: short sounds that say what words would take too long for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 22_050

LEVEL = 0.05
"""Peak of an earcon: softer than her voice by some 10 dB, for it must not startle anybody."""


def thinking() -> NDArray[np.int16]:
    """Two soft notes, a fifth apart, that rise and fade within 0.2 s: int16[n] at `RATE`."""
    notes = [_note(523.25, 0.11), _note(783.99, 0.11)]
    sound = np.zeros(round(0.2 * RATE), np.float64)
    for start, note in zip((0.0, 0.08), notes, strict=True):
        at = round(start * RATE)
        sound[at : at + len(note)] += note[: len(sound) - at]
    return np.asarray(np.rint(sound * LEVEL * 32767), np.int16)


def _note(hertz: float, seconds: float) -> NDArray[np.float64]:
    moments = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(
        np.sin(2 * np.pi * hertz * moments) * np.sin(np.pi * moments / seconds) ** 2, np.float64
    )
