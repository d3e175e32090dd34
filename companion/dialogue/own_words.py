"""Her own words, heard back: what is left of her voice where the echo canceller fails says what she says.

It fails for a moment where a device stood still, at first, and with loudspeakers that distort. The voice
can't tell then (too little of it, and bent), the level can't, but the words can: nobody else says those of
hers that sound at that very moment. Who repeats, corrects or answers her does so behind them.
"""

from __future__ import annotations

from itertools import accumulate

from companion.dialogue.draft import Clause
from companion.dialogue.state import State, current
from companion.dialogue.words import bare

ALIKE = ((0, 1.0), (7, 0.72), (10, 0.60), (14, 0.57), (18, 0.53), (25, 0.48))
"""Letters of some words and the spaces between, from so many on, and the share of them that must be as in the
likest piece of hers: what is left of an echo is misheard ("the capital of Francis Paris"). Of 906 pieces of
0.6 to 3 s of her sentences, 20 dB softer, dull or in noise, it is so of 79 in 100; of 640 beginnings of what
others said, against ten words of hers at a time, of 5 in 1000."""

PIECE = 6
"""Words that are compared at once: whoever comes in at the end of an echo is told from it by the last."""

MOST, LONGEST = 12, 6.0
"""Words at the end of what was heard that are compared, and the seconds before now in which they sounded."""

NEAR = 0.6
"""Seconds that her words may be off the sound: an echo is up to 0.3 s late with wireless loudspeakers, and
within a clause her words are taken to be of one length. Whoever answers a word needs longer."""

OUTLASTS = 0.4
"""Seconds by which an echo may end behind her: it is up to 0.3 s late with wireless loudspeakers, and a
sound's end is noticed 0.1 s late. Whoever repeats her last words speaks on for longer."""

LEAST = 4
"""Letters from which on a sound can be hers: "no" and "hey" are in many an answer, and interrupt."""

_OBJECTIONS_TEXT = "no not never wait stop hey but sorry actually what why who how where when"
OBJECTIONS = frozenset(_OBJECTIONS_TEXT.split())
"""Words with which people interrupt, besides every "-n't": where she isn't saying them, it isn't her."""


def are_hers(text: str, said: str) -> bool:
    """Whether the words of `text`, the last `MOST` of them, are a piece of what she `said`."""
    heard, spoken = bare(text)[-MOST:], bare(said)
    if len(" ".join(heard)) < LEAST or any(_objects(word) and word not in spoken for word in heard):
        return False
    starts = {*range(0, max(1, len(heard) - PIECE), PIECE), max(0, len(heard) - PIECE)}
    return all(_is_hers(" ".join(heard[start : start + PIECE]), " ".join(spoken)) for start in starts)


def _objects(word: str) -> bool:
    return word in OBJECTIONS or word.endswith("n't")


def _is_hers(heard: str, spoken: str) -> bool:
    """Whether a few words are a piece of hers, misheard as they may be."""
    share = next(share for letters, share in reversed(ALIKE) if len(heard) >= letters)
    return 1 - _away(heard, spoken) / len(heard) >= share


def _away(heard: str, spoken: str) -> int:
    """How many letters must be changed, put in or left out for a piece of what was spoken (Sellers 1980): 1
    ms for six words in twenty."""
    row = [0] * (len(spoken) + 1)
    for count, letter in enumerate(heard, 1):
        before, row = row, [count]
        for place, hers in enumerate(spoken):
            row.append(min(before[place] + (letter != hers), before[place + 1] + 1, row[place] + 1))
    return min(row)


def sounding(state: State, now: float) -> str:
    """Those of her words that sound with the last sound of the user's, which goes on or is over."""
    end = now if state.over_at is None else state.over_at
    start = max(state.onset, end - LONGEST)
    clauses = current(state).clauses[: current(state).issued]
    playing = next((i for i, clause in enumerate(clauses) if not clause.over), len(clauses))
    before = sum(clause.seconds or 0.0 for clause in clauses[:playing])
    begins = accumulate((clause.seconds or 0.0 for clause in clauses), initial=state.clause_began - before)
    return " ".join(
        word
        for clause, began in zip(clauses, begins, strict=False)
        for word in _between(clause, start - NEAR - began, end + NEAR - began)
    )


def _between(clause: Clause, start: float, end: float) -> list[str]:
    """The words of a clause that sound between two moments, seconds from its beginning."""
    words = clause.text.split()
    each = (clause.seconds or 0.0) / max(1, len(words))
    return [word for i, word in enumerate(words) if i * each < end and (i + 1) * each > start]
