"""Times made from other times: "before Christmas", "between March and June", "the end of May", "two days
before Easter"."""

from __future__ import annotations

import datetime
from dataclasses import replace

from companion.memory.times import days
from companion.memory.times.days import Period, Reading, Said, Stretch
from companion.memory.times.names import UNIT
from companion.memory.times.rules import Found, Rules, first, has, when

_TO = "(to|until|till|through|DASH)"
_THIRDS = {"early": 0, "start": 0, "beginning": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}


def _reading(found: Found) -> Reading:
    reading: Reading = first(found, "WHEN")
    return reading


def _between(found: Found) -> Reading:
    """From one time to another. Of two, the one that says no year follows the one that does, and the second
    lies behind the first."""
    one, other = (t.value for t in found if t.kind == "WHEN")

    def read(said: Said) -> Period | None:
        begin, finish = one(said), other(said)
        if begin and _fixed(one, said):
            finish = finish if _fixed(other, said) else other(Said(begin.start, ahead=True))
        elif finish and _fixed(other, said):
            begin = one(Said(finish.end, ahead=False))
        elif begin:
            finish = other(Said(begin.start, ahead=True))
        if not begin or not finish:
            return None
        return Period(
            min(begin.start, finish.start), max(begin.end, finish.end), begin.exact and finish.exact
        )

    return read


def _fixed(reading: Reading, said: Said) -> bool:
    """Whether tense makes no difference to what is meant."""
    return reading(replace(said, ahead=True)) == reading(replace(said, ahead=False))


def _since(found: Found) -> Reading:
    reading = _reading(found)

    def read(said: Said) -> Period | None:
        period = reading(replace(said, ahead=False, told=False))
        return period and replace(period, end=datetime.date.max)

    return read


def _from(found: Found) -> Reading:
    """ "From Friday on"; what is over ("the photo from last weekend") is the time itself."""
    reading, on = _reading(found), found[-1].kind != "WHEN"

    def read(said: Said) -> Period | None:
        period = reading(said)
        return replace(period, end=datetime.date.max) if period and (on or period.end >= said.day) else period

    return read


def _until(found: Found) -> Reading:
    reading = _reading(found)

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and replace(period, start=datetime.date.min)

    return read


def _before(found: Found) -> Reading:
    reading = _reading(found)

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and Period(datetime.date.min, days.moved(period.start, -1), period.exact)

    return read


def _after(found: Found) -> Reading:
    reading = _reading(found)

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and Period(days.moved(period.end, 1), datetime.date.max, period.exact)

    return read


def _around(found: Found) -> Reading:
    reading = _reading(found)

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and days.widened(period)

    return read


def _third(found: Found) -> Reading:
    reading = _reading(found)
    which = next(_THIRDS[t.kind] for t in found if t.kind in _THIRDS)

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and days.part_of(period, which)

    return read


def _third_of_unit(found: Found) -> Reading:
    unit, which = found[-1].value, next(_THIRDS[t.kind] for t in found if t.kind in _THIRDS)

    def read(said: Said) -> Period | None:
        whole = days.calendar_unit(said.day, unit, 0)
        return whole and days.part_of(whole, which)

    return read


def _from_there(found: Found) -> Reading:
    """ "Two days before Easter", "the Friday after New Year", "the week before 16 June"."""
    reading, way = _reading(found), -1 if has(found, "before") else 1

    def read(said: Said) -> Period | None:
        period = reading(said)
        if not period:
            return None
        edge = period.start if way < 0 else period.end
        if has(found, "STRETCH"):
            stretch: Stretch = first(found, "STRETCH")
            near, far = sorted(days.along(edge, way * n, stretch.unit) for n in (stretch.least, stretch.most))
            return Period(near, far, exact=not stretch.vague)
        if has(found, "WEEKDAY"):
            beside = days.weekday_before if way < 0 else days.weekday_after
            return days.one(beside(edge, first(found, "WEEKDAY")))
        return _unit_beside(edge, way, found[0 if found[0].kind != "the" else 1].kind)

    return read


def _unit_beside(edge: datetime.date, way: int, unit: str) -> Period:
    """The day, week, weekend or month that ends just before `edge`, or begins just behind it."""
    next_to = days.moved(edge, way)
    if unit == "weekend":
        saturday = (days.weekday_before if way < 0 else days.weekday_after)(edge, days.SATURDAY)
        saturday = days.moved(saturday, -7) if way < 0 and saturday == next_to else saturday
        return Period(saturday, days.moved(saturday, 1))
    if unit in ("day", "PART"):
        return Period(next_to, next_to)
    far = days.along(edge, way, unit)
    return Period(min(far, next_to), max(far, next_to))


def _around_unit(found: Found) -> Reading:
    """ "The week of 3 May"."""
    reading, unit = _reading(found), found[1].kind

    def read(said: Said) -> Period | None:
        period = reading(said)
        return period and days.calendar_unit(period.start, unit, 0)

    return read


_EDGES = "(start|beginning|middle|end)"
_EARLY = "(early|mid|late)"
JOINED = (
    Rules(
        (
            when(f"(in|on)? {_EARLY} DASH? (in|on)? WHEN", _third),
            when(f"(the (very)?)? {_EDGES} of WHEN", _third),
            when(f"the (very)? {_EDGES} of the (week|month|year|decade)", _third_of_unit),
            when("the (week|weekend) of WHEN", _around_unit),
            when(f"(STRETCH|the ({UNIT}|WEEKDAY|PART)) (before|after) WHEN", _from_there),
        )
    ),
    Rules(
        (
            when("between WHEN and WHEN", _between),
            when(f"from WHEN {_TO} WHEN", _between),
            when(f"WHEN {_TO} WHEN", _between),
            when("ever? since WHEN", _since),
            when("from WHEN (on|onwards|onward)?|as of WHEN|starting WHEN", _from),
            when("(until|till|by|up to|up until) WHEN", _until),
            when("before WHEN", _before),
            when("after WHEN", _after),
            when(
                "((sometime|some time)? around|circa|round|towards|toward|near) WHEN",
                _around,
            ),
        )
    ),
)
"""Folded one after the other, until only whole expressions are left."""
