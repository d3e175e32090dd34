"""Her own words, heard back: what is left of her voice where the echo canceller fails says what she says.

It fails for a moment where a device stood still, at first, and with loudspeakers that distort. The voice
can't tell then (too little of it, and bent), the level can't, but the words can: nobody else says several of
hers, in her order, while she says them, unless to repeat her, and then she may as well go on.
"""

from __future__ import annotations

from companion.dialogue.state import State
from companion.dialogue.words import bare

ALIKE = ((0, 1.0), (7, 0.76), (10, 0.64), (14, 0.62), (18, 0.58), (25, 0.55), (38, 0.52))
"""Letters of some words and the spaces between, from so many on, and the share of them that must be as in the
likest piece of hers: what is left of an echo is misheard ("the capital of Francis Paris"). Of 795 pieces of
0.6 to 3 s of her sentences, 20 dB softer, dull or in noise, it is so of 77 in 100; of 640 beginnings of what
others said, against six answers of hers, of 3 in 1000."""

PIECE = 6
"""Words that are compared at once: whoever comes in at the end of an echo is told from it by these."""

LATELY = 30
"""Words of hers, besides as many as were heard, that a sound is compared with: ten seconds and more."""

LONG = 4
"""Letters from which on a sound can be hers: "no" and "hey" are in many an answer, and interrupt."""

CERTAIN = 3
"""Words from which on they are hers, whatever they ask for, and at the end of a question of hers, too: fewer
may be a word that answers it ("Tea or coffee?")."""

AHEAD = 6
"""Words behind those that were surely heard of her which may have sounded as well."""

LATE = 0.4
"""Seconds from the end of her voice within which an echo of it may still be noticed: a wireless loudspeaker
is up to 0.3 s late, and what is noticed began 0.1 s before."""

_OBJECTIONS_TEXT = "no not don't wait stop hey but sorry actually what why who how where when"
OBJECTIONS = frozenset(_OBJECTIONS_TEXT.split())
"""Words with which people interrupt: where she hasn't said them, it isn't her."""


def are_hers(text: str, said: str) -> bool:
    """Whether the words of `text` are a piece of what she has `said`."""
    heard = bare(text)
    spoken = bare(said)[-LATELY - len(heard) :]
    if len(" ".join(heard)) < LONG or any(word in OBJECTIONS and word not in spoken for word in heard):
        return False
    starts = {*range(0, max(1, len(heard) - PIECE), PIECE), max(0, len(heard) - PIECE)}
    return all(_is_hers(" ".join(heard[start : start + PIECE]), " ".join(spoken)) for start in starts)


def _is_hers(heard: str, spoken: str) -> bool:
    """Whether a few words are a piece of hers, misheard as they may be."""
    share = next(share for letters, share in reversed(ALIKE) if len(heard) >= letters)
    return 1 - _away(heard, spoken) / len(heard) >= share


def _away(heard: str, spoken: str) -> int:
    """How many letters must be changed, put in or left out for a piece of what was spoken (Sellers 1980): 1
    ms for eight words."""
    row = [0] * (len(spoken) + 1)
    for count, letter in enumerate(heard, 1):
        before, row = row, [count]
        for place, hers in enumerate(spoken):
            row.append(min(before[place] + (letter != hers), before[place + 1] + 1, row[place] + 1))
    return min(row)


def sounding(state: State) -> str:
    """What she has said up to the clause that sounds."""
    clauses = state.draft.clauses[: state.draft.issued] if state.draft else ()
    playing = next((i for i, clause in enumerate(clauses) if not clause.played), len(clauses))
    return " ".join(clause.text for clause in clauses[: playing + 1])


def just_said(state: State) -> str:
    """What she had said when a turn began over it or at its end, with what was just being said; "" where it
    began in the quiet."""
    if not state.over_hers:
        return ""
    return f"{state.said} {' '.join(state.rest.split()[:AHEAD])}"


def echoed(text: str, said: str, *, meant: bool) -> bool:
    """Whether a sound is her own voice, by its words; `meant`: a word or two of hers may be the user's, for
    they answer a question of hers or ask for something."""
    return are_hers(text, said) and (not meant or len(bare(text)) >= CERTAIN)
