"""Scores of recognised text: word error rate, phrases understood, repeated stretches, times. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from companion.engines.asr.normal import words

_SAME = {"oz": "ounce", "ounces": "ounce", "ok": "okay", "gonna": "going to"}
"""Ways of writing the same word."""

STRETCH = 4
"""Words that nobody says twice in one order by accident."""


def compared(text: str) -> list[str]:
    """The words of `text` for scoring: case, punctuation, spelling of numbers and of units don't count."""
    return [part for word in words(text.replace("&", " and ")) for part in _SAME.get(word, word).split()]


def word_errors(said: str, heard: str) -> tuple[int, int]:
    """Least substitutions, insertions and deletions from `said` to `heard`, and the number of words said."""
    reference, found = compared(said), compared(heard)
    row = list(range(len(found) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(found, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1], len(reference)


def understood(phrases: Sequence[str], heard: str) -> int:
    """How many of `phrases` stand, whole words in order, in `heard`."""
    text = f" {' '.join(compared(heard))} "
    return sum(f" {' '.join(compared(phrase))} " in text for phrase in phrases)


def has_repeated_stretch(text: str) -> bool:
    """True when the same four words stand at two places, or one to three words three times in a row."""
    said = compared(text)
    stretches = [tuple(said[at : at + STRETCH]) for at in range(len(said) - STRETCH + 1)]
    return len(set(stretches)) < len(stretches) or any(
        said[at : at + length] * 3 == said[at : at + 3 * length]
        for length in range(1, STRETCH)
        for at in range(len(said) - 3 * length + 1)
    )


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, mean and 95th percentile of times, rounded to milliseconds; zeros without any."""
    if not seconds:
        return {"median": 0.0, "mean": 0.0, "p95": 0.0}
    return {
        "median": round(float(np.median(seconds)), 3),
        "mean": round(float(np.mean(seconds)), 3),
        "p95": round(float(np.percentile(seconds, 95)), 3),
    }
