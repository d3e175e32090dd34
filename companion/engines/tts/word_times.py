"""Says when each word of a stretch of speech sounds, from the lengths of its phonemes.

espeak-ng speaks words in one breath ("out of" is one group of phonemes, "ɪnðə" another), so the phonemes of a
sentence can't be split at the spaces. Each word is phonemised on its own as well, and the two strings of
phonemes are laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

STRESS = frozenset("ˈˌ")
PAUSES = {",": 3.0, ";": 3.0, ":": 3.0, ".": 4.0, "?": 4.0, "!": 4.0, "-": 1.0, " ": 0.3}
"""Length of what isn't a sound, in average sounds, for voices that don't tell. Chosen by hand."""

MODIFIERS = 0.4
"""Length of a length mark or another modifier, in average sounds; chosen by hand."""


def estimated_lengths(phonemes: Sequence[str], samples: int) -> NDArray[np.int64]:
    """How long each phoneme lasts, in samples, guessed from what it is: for voices without durations."""
    weights = np.array([_weight(phoneme) for phoneme in phonemes], dtype=np.float64)
    # The pause behind the last sound is trimmed before this is asked.
    trailing = len(weights)
    while trailing and phonemes[trailing - 1] in PAUSES:
        trailing -= 1
    weights[trailing:] = 0.0
    ends = np.rint(np.cumsum(weights) / max(weights.sum(), 1e-9) * samples).astype(np.int64)
    return np.asarray(np.diff(ends, prepend=0), dtype=np.int64)


def _weight(phoneme: str) -> float:
    if phoneme in PAUSES:
        return PAUSES[phoneme]
    if phoneme in STRESS:
        return 0.1
    return 1.0 if phoneme.isalpha() and phoneme not in "ːʲʰ" else MODIFIERS


def word_of_each(phonemes: Sequence[str], alone: Sequence[Sequence[str]]) -> list[int]:
    """For each phoneme of a sentence the index of its word, never falling; -1 before the first word.

    `alone`: each word's phonemes when it is said on its own.
    """
    groups = _groups(phonemes)
    counts = [max(1, _groups(word)[-1] + 1) if _sounds(word) else 0 for word in alone]
    if groups and groups[-1] + 1 == sum(counts):
        owner = [word for word, count in enumerate(counts) for _ in range(count)]
        return [owner[group] if group >= 0 else -1 for group in groups]
    return _laid_side_by_side(phonemes, alone)


def _sounds(phonemes: Sequence[str]) -> bool:
    return any(phoneme not in PAUSES for phoneme in phonemes)


def _groups(phonemes: Sequence[str]) -> list[int]:
    """For each phoneme the number of its group between spaces (-1 before the first sound)."""
    groups, current, between = [], -1, True
    for phoneme in phonemes:
        if phoneme == " ":
            between = True
        elif between and phoneme not in PAUSES:
            current, between = current + 1, False
        groups.append(current)
    return groups


def _laid_side_by_side(phonemes: Sequence[str], alone: Sequence[Sequence[str]]) -> list[int]:
    silent = STRESS | PAUSES.keys()
    actual = [place for place, phoneme in enumerate(phonemes) if phoneme not in silent]
    expected = [(phoneme, word) for word, own in enumerate(alone) for phoneme in own if phoneme not in silent]
    owners = [-1] * len(phonemes)
    blocks = SequenceMatcher(
        None, [phonemes[place] for place in actual], [phoneme for phoneme, _ in expected], autojunk=False
    ).get_matching_blocks()
    a_done = b_done = 0
    for block in blocks:
        gap, others = block.a - a_done, block.b - b_done
        for step in range(gap):
            # Sounds that changed in company: shared out over the words whose own sounds they replace.
            nearest = b_done + (step * others // gap if others else 0)
            if expected:
                owners[actual[a_done + step]] = expected[min(nearest, len(expected) - 1)][1]
        for step in range(block.size):
            owners[actual[block.a + step]] = expected[block.b + step][1]
        a_done, b_done = block.a + block.size, block.b + block.size
    highest = -1
    for place, owner in enumerate(owners):
        highest = max(highest, owner)
        owners[place] = highest
    return owners


def word_spans(
    phonemes: Sequence[str], lengths: NDArray[np.int64], alone: Sequence[Sequence[str]]
) -> list[tuple[int, int]]:
    """(first, last) sample of each word of `alone`; a word swallowed by its neighbour has no length."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    found: list[tuple[int, int] | None] = [None] * len(alone)
    for place, word in enumerate(word_of_each(phonemes, alone)):
        if word < 0 or phonemes[place] in PAUSES:
            continue
        before = found[word]
        found[word] = (before[0] if before else int(starts[place]), int(ends[place]))
    spans: list[tuple[int, int]] = []
    reached = 0
    for span in found:
        spans.append(span or (reached, reached))
        reached = spans[-1][1]
    return spans
