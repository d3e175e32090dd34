"""When she says "mm-hm" in a long turn of the user's."""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import events as e
from companion.dialogue.state import Patience, State, Step, current

LONG_TURN = 10.0
"""Seconds into a turn from which on she may say "mm-hm"."""

MORE = 0.2
"""The end-of-turn model's probability below which more is to come: 1 in 10 complete turns gets less."""

HUM_EVERY = 12.0
"""Seconds from one "mm-hm" to the next, at least. Listeners of American English give one every 5 to 10 s
(Ward and Tsukahara 2000, Maynard 1986); a voice from a machine should be more sparing."""


def hummed(state: State, now: float, patience: Patience) -> Step:
    """Say "mm-hm" in a long turn, in a pause that sounds as if more were to come. It is no turn."""
    draft = current(state)
    due = now - state.began >= LONG_TURN and now - state.hummed >= HUM_EVERY
    goes_on = draft.verdict is not None and draft.verdict < MORE and not (draft.over or draft.doubted)
    if not (patience.backchannels and due and goes_on):
        return state, []
    return replace(state, hummed=now), [e.Cue("mm-hm")]
