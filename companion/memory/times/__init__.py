"""Time expressions of English, spoken or typed, resolved to days: "last Friday", "the third of May", "before
Christmas".

The words of a text are folded step by step: numbers (`tokens`), names of months and feasts (`names`), times
as they are named from the day of speaking (`periods`), times made of other times (`joined`). What recurs ("on
Friday", "in May") is the last or the next one by the tense of its sentence (`tense`). The standard library is
all it needs: libraries for this resolve to a moment where a period is meant, and take "may" for a month.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from companion.memory.times.days import Said
from companion.memory.times.joined import JOINED
from companion.memory.times.names import NAMES, STRETCHES
from companion.memory.times.periods import PERIODS
from companion.memory.times.spoken import said_when, say
from companion.memory.times.tense import tense
from companion.memory.times.tokens import tokens, with_numbers

__all__ = ["Span", "asked_about", "said_when", "say", "spans"]

_ABOUT = re.compile(r"\babout(?: the)?\s*\Z", re.IGNORECASE)
_STEPS = (NAMES, STRETCHES, PERIODS, *JOINED)


@dataclass(frozen=True, slots=True)
class Span:
    """A time expression and the days it means, both included; an open end is `date.min` or `date.max`.

    `words` stand in the text from the character `at` on, without a leading "on", "in" or "at". `exact`: the
    words name these bounds; those of "a few weeks ago" don't.
    """

    start: datetime.date
    end: datetime.date
    words: str
    at: int
    exact: bool


def spans(text: str, said_at: datetime.date, *, ahead: bool | None = None) -> list[Span]:
    """Every time expression in `text`, in its order, resolved against the day it was said.

    `ahead`: whether what recurs ("on Friday", "in May") means the next (True) or the last one (False); None
    asks the tense, and takes what is untold for ahead, as in "dentist on Friday". Times of day, lengths of
    time and habits ("on Fridays") are none.
    """
    return _read(text, said_at, ahead, untold=True)


def asked_about(question: str, now: datetime.date) -> Span | None:
    """The days that a question about the past means; None where it names none. What recurs lies behind,
    unless the question's tense says otherwise. An open end is `date.min` or `date.max`.

    Of several times, one that isn't only what it was about is taken ("what did I say yesterday about
    Easter?").
    """
    found = _read(question, now, None, untold=False)
    begun = [span for span in found if span.start <= now] or found
    asked = [span for span in begun if not _ABOUT.search(question, 0, span.at)]
    return next(iter(asked or begun), None)


def _read(text: str, said_at: datetime.date, ahead: bool | None, untold: bool) -> list[Span]:
    words = tokens(text)
    line = with_numbers(words)
    for rules in _STEPS:
        line = rules.fold(line)
    found = []
    for token in line:
        if token.kind not in ("WHEN", "LATELY"):
            continue
        told = tense(words, token.first, token.last) if ahead is None else ahead
        period = token.value(Said(said_at, untold if told is None else told, told))
        if period:
            words_there = text[token.start : token.end]
            found.append(Span(period.start, period.end, words_there, token.start, period.exact))
    return found
