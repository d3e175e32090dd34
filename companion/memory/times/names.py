"""Months, days of a month, seasons and feasts by their names, and lengths of time: what comes once a year,
and what can be counted.

"May", "march", "fall", "April" and "second" are other words more often than not, so they are taken for what
they are here only behind or before words that leave no other sense.
"""

from __future__ import annotations

from functools import partial

from companion.memory.times.days import SATURDAY, Date, Period, Stretch, Yearly, day_of, month, one, weekend
from companion.memory.times.feasts import FEASTS, feast_of, nth_weekday
from companion.memory.times.rules import Found, Rule, Rules, first, has

MONTH = ("MONTH", "NAMEMONTH", "VERBMONTH", "SHORTMONTH")
_SURE = "(MONTH|NAMEMONTH|SHORTMONTH)"
_ANY = "(MONTH|NAMEMONTH|SHORTMONTH|VERBMONTH)"
_DAY = "(NUMBER|ORDINAL)"
_TO = "(to|until|till|through|DASH)"
UNIT = "(minute|hour|day|week|fortnight|weekend|month|year|decade)"
UNITS = "(minutes|hours|days|weeks|fortnights|weekends|months|years|decades)"
_EDGE = "(end|start|beginning|middle|rest|half|most|part)"
PLANNED = "(planned|scheduled|booked|set|due|moved|postponed|delayed|arranged|fixed)"


def _date(number: int, day: int, last: int | None = None) -> Yearly:
    def of(year: int) -> Period | None:
        a, b = day_of(year, number, day), day_of(year, number, day if last is None else last)
        return Period(a, b) if a and b and a <= b else None

    return of


def _dates(found: Found) -> Yearly | None:
    """One day of a month, or several on end."""
    days = [t.value for t in found if t.kind in ("NUMBER", "ORDINAL")]
    return _date(first(found, *MONTH), days[0], days[-1]) if all(1 <= d <= 31 for d in days) else None


def _season(start: int, year: int) -> Period | None:
    """Three whole months, as meteorologists count them, in the northern half of the world."""
    a, b = month(year, start), month(year + (start == 12), (start + 1) % 12 + 1)
    return Period(a.start, b.end) if a and b else None


def _nth(found: Found) -> Yearly | None:
    """ "The second Sunday in May", "the last week of June"."""
    nth = 0 if has(found, "last") else first(found, "ORDINAL")
    number = first(found, *MONTH)
    if nth > 5:
        return None
    if has(found, "week"):
        return partial(_nth_week, number, nth)
    if has(found, "weekend"):
        return lambda year: _weekend_of(nth_weekday(year, number, SATURDAY, nth))
    return lambda year: one(nth_weekday(year, number, first(found, "WEEKDAY"), nth))


def _weekend_of(saturday: Date | None) -> Period | None:
    return weekend(saturday) if saturday else None


def _nth_week(number: int, nth: int, year: int) -> Period | None:
    """The seven days that a month's n-th week is taken for: its first, second... and its last (0) seven."""
    whole = month(year, number)
    if not whole:
        return None
    last = min(7 * nth or 31, whole.end.day)
    return Period(
        whole.end.replace(day=last - 6 if last > 28 and not nth else 7 * nth - 6), whole.end.replace(day=last)
    )


def _feast(name: str, of: Yearly) -> Rule:
    def make(found: Found) -> Yearly | None:
        weekday = first(found, "WEEKDAY") if has(found, "WEEKDAY") else None
        return feast_of(name, of, weekday, found[0].kind)

    return Rule("YEARLY", f"(?<!merry|happy|white|a) ({name}) (?!THING)", make)


def _month(found: Found) -> Yearly:
    """A whole month."""
    number = first(found, *MONTH)
    return lambda year: month(year, number)


_LEADS = "in|since|until|till|by|last|next|this|early|late|mid|during|throughout|before|after|around|between"
_VERB_LEADS = "in|since|until|till|last|next|early|late|mid|during|throughout|before|after|around|between"
_SEASON_LEADS = (
    "in|last|past|this|next|since|until|till|over|during|around|early|late|mid|before|after|all|for"
)
_SEASON_THINGS = (
    "coat|coats|dress|clothes|onion|onions|cleaning|roll|rolls|school|job|jacket|jackets|boots|tires|tyres"
)
_FALL_LEADS = "in|last|past|this|next|since|until|till|during|early|late|mid|of"

_YEARLY = (
    f"from? the? {_DAY} {_TO} the? {_DAY} of? {_SURE}",
    f"from? {_SURE} the? {_DAY} {_TO} the? {_DAY} (?!{UNITS})",
    f"(?<=between) the? {_DAY} and the? {_DAY} of? {_SURE}",
    f"(?<=between) {_SURE} the? {_DAY} and the? {_DAY}",
    f"the? ORDINAL (and|or) the? ORDINAL of {_ANY}",
    f"the? ORDINAL of {_ANY}",
    f"the? ORDINAL {_SURE}",
    f"NUMBER of? {_SURE} (?!street|road|avenue)",
    f"{_SURE} the? {_DAY} (?!{UNITS}|times|OTHER)",
    f"VERBMONTH the? ORDINAL (?!{UNITS}|time|times)",
    f"(?<=on|since|until|till|by|before|after|from) (the? {_DAY} VERBMONTH|VERBMONTH the? {_DAY})",
)
_MONTHS = (
    "MONTH",
    "(SHORTMONTH|NAMEMONTH|VERBMONTH) (?=of? YEAR)",
    f"(?<={_LEADS}) (NAMEMONTH|SHORTMONTH)",
    f"(?<={_VERB_LEADS}) VERBMONTH (?!be|not|have|well|take)",
    "(?<=mid DASH) (NAMEMONTH|VERBMONTH|SHORTMONTH)",
    f"(?<={_EDGE} of) {_ANY}",
    f"(?<={PLANNED} (for|to)) (NAMEMONTH|SHORTMONTH)",
    f"(?<=between {_ANY} and) {_ANY}",
    f"(?<=from) {_ANY} (?={_TO} {_ANY})",
    f"(?<=from {_ANY} {_TO}) {_ANY}",
    f"(?<=in {_ANY} (and|or)) {_ANY}",
    "(?<=it 's) NAMEMONTH (?=STOP|$)",
    "(NAMEMONTH|SHORTMONTH|VERBMONTH) (?=(last|this|next) year)",
    "(?<=(last|this|next) year in) (NAMEMONTH|SHORTMONTH|VERBMONTH)",
)
_SEASONS = (
    f"(?<={_SEASON_LEADS}) SEASON (?!THING)",
    f"(?<=({_SEASON_LEADS}) the) SEASON (?!THING)",
    f"(?<={_EDGE} of) SEASON",
    f"(?<={_EDGE} of the) SEASON",
    f"(?<={_FALL_LEADS}) FALL",
    "(?<=(in|during|over|of|this|until) the) FALL",
    "(SEASON|FALL) (?=of? YEAR)",
)

NAMES = Rules(
    (
        Rule(
            "WEEKDAY",
            "(?<=on|last|next|this|until|till|by|since|before|after) SHORTDAY",
            lambda f: f[0].value,
        ),
        Rule(
            "WEEKDAY",
            f"SHORTDAY (?=COMMA? the? {_DAY} of? {_SURE}|COMMA? {_SURE} the? {_DAY})",
            lambda f: f[0].value,
        ),
        *(_feast(name, of) for name, of in FEASTS.items()),
        Rule("YEARLY", f"the? (ORDINAL|last) (WEEKDAY|week|weekend) (of|in) {_SURE}", _nth),
        *(Rule("DATE", pattern, _dates) for pattern in _YEARLY),
        *(Rule("YEARLY", pattern, _month) for pattern in _MONTHS),
        *(Rule("YEARLY", pattern, lambda found: partial(_season, found[0].value)) for pattern in _SEASONS),
    )
)
"""Names, as what comes once a year (YEARLY, DATE)."""

_ABOUT = "(about|around|roughly|approximately|almost|nearly|maybe|perhaps|exactly|just|only)"
_N = "(a|an|NUMBER|YEAR)"


def _counted(found: Found) -> Stretch:
    """A stretch whose numbers are said."""
    unit = next(t.value for t in reversed(found) if t.value and isinstance(t.value, str))
    numbers = [t.value or 1 for t in found if t.kind in ("a", "an", "NUMBER", "YEAR")] or [1]
    low, high = float(min(numbers[:2])), float(max(numbers[:2]))
    half = 0.5 * has(found, "half")
    if found[0].kind == "half":
        return Stretch(0.5, 0.5, unit)
    return Stretch(low + half, high + half, unit, vague=low != high or has(found, "so"))


def _vague(least: float, most: float, found: Found) -> Stretch:
    return Stretch(least, most, found[-1].value, vague=True)


_ANY_UNIT = f"({UNIT}|{UNITS})"
_STRETCHES = (
    f"{_N} and a half {_ANY_UNIT}",
    f"{_N} {UNIT} and a half",
    f"half (a|an) {UNIT}",
    f"(a|an) {UNIT} or (NUMBER|so)",
    f"NUMBER (or|to|DASH) NUMBER {_ANY_UNIT}",
    f"NUMBER {UNITS} or so",
    f"{_N} {_ANY_UNIT} (?!old|DASH)",
)
STRETCHES = Rules(
    (
        *(Rule("STRETCH", f"{_ABOUT}? {pattern}", _counted) for pattern in _STRETCHES),
        Rule("STRETCH", f"(a|the)? couple (of|more)? {UNITS}", partial(_vague, 2, 3)),
        Rule("STRETCH", f"(a|the)? (good|very)? few (more|short)? {UNITS}", partial(_vague, 2, 5)),
        Rule("STRETCH", f"(several|some|many) {UNITS}", partial(_vague, 3, 8)),
    )
)
"""Lengths of time."""
