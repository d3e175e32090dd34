"""Words as the heart compares them: hypotheses that differ by case or a comma say the same."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’.:-][^\W_]+)*")


LOOSE = 1
"""Words at the end of a hypothesis that are likely to change: Whisper guesses at a word that is cut off. What
was read in vain costs a thread that had nothing else to do."""


def bare(text: str) -> list[str]:
    """The words of `text` in lower case, without the punctuation around them."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def same(one: str, other: str) -> bool:
    """Whether both say the same words."""
    return bare(one) == bare(other)


def agreed(one: str, other: str) -> int:
    """How many words both begin with."""
    first, second = bare(one), bare(other)
    pairs = zip(first, second, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def first_words(text: str, count: int) -> str:
    """`text` up to its word number `count`, with the marks between, none behind."""
    ends = [match.end() for match in _WORD.finditer(text)]
    return text[: ends[min(count, len(ends)) - 1]].lstrip() if count > 0 and ends else ""


def foreseeable(text: str, stable: str) -> str:
    """The words at the front of `text` that are worth evaluating before it is finished: those that are
    stable, and all but the last `LOOSE`, for what turns out otherwise is rolled back at no cost."""
    return first_words(text, max(len(bare(text)) - LOOSE, len(bare(stable))))


def told_again(before: str, now: str) -> str:
    """`now`, spelt as `before` as far as both say the same words.

    What was evaluated for `before` then stays good: a comma that came or went revokes nothing. The last of
    the words they share is spelt as in `now`, for the mark behind it says whether the sentence ends there.
    """
    shared = agreed(before, now) - 1
    if shared < 1:
        return now
    return first_words(before, shared) + now[len(first_words(now, shared)) + _indent(now) :]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def places(text: str) -> list[tuple[str, int, int]]:
    """The words as `bare` has them, each with where it begins and ends in `text`."""
    return [(m[0].casefold().replace("’", "'"), m.start(), m.end()) for m in _WORD.finditer(text)]
