"""How long a user's pauses last: learned from those that she waited out and those that she took for an end.

The pauses that are waited out are the short ones, whoever speaks: learning from them alone makes her ever
faster. So what is tracked is how often she cuts somebody off (stochastic approximation of a quantile, Robbins
and Monro 1951): a pace rests where `CUT_OFFS` of the pauses end a turn that was to go on.
"""

from __future__ import annotations

from dataclasses import dataclass

from companion.dialogue.endpointing import FASTEST, SLOWEST

CUT_OFFS = 0.05
"""Share of the pauses within turns that may be taken for an end."""

STEP = 0.2
"""How far a cut-off moves a pace towards slow, and a pause towards fast, together. Three cut-offs lead from
the usual pace to the slowest, 15 pauses that were waited out to the fastest."""

TRIED = 0.3
"""Seconds of a pause from which on it says something: no wait is as short."""

LONG = 1.0
"""Seconds of a pause that would have ended many a turn whose words look whole: it counts for a fifth of a
cut-off. By hand."""

SOON = 1.5
"""Seconds after the end of a turn within which more words are the rest of it. By hand: her answer has hardly
begun by then."""


def waited_out(pace: float, pause: float) -> float:
    """The pace of a user after a pause of so many seconds in which nothing was said, and the turn went on."""
    if pause < TRIED:
        return pace
    return _bounded(pace + STEP * (0.2 if pause >= LONG else -CUT_OFFS))


def cut_off(pace: float) -> float:
    """The pace of a user whose pause was taken for the end of the turn."""
    return _bounded(pace + STEP * (1 - CUT_OFFS))


def _bounded(pace: float) -> float:
    return min(SLOWEST, max(FASTEST, pace))


@dataclass(frozen=True, slots=True)
class Paces:
    """The pace of every user by name, 1.0 as usual; "" stands for whoever isn't known by voice."""

    known: tuple[tuple[str, float], ...] = ()

    def of(self, who: str) -> float:
        """The pace of that user; of somebody new, that of the voices without a name."""
        paces = dict(self.known)
        return _bounded(paces.get(who, paces.get("", 1.0)))

    def with_pace(self, who: str, pace: float) -> Paces:
        """The same with another pace for that user."""
        if self.of(who) == pace:
            return self
        return Paces(tuple({**dict(self.known), who: pace}.items()))
