"""The feasts of the year that are known by name: fixed days, those that hang on Easter, and the n-th weekday
of a month. Where two countries differ (Mother's Day) the more widespread day is taken. Feasts of lunar
calendars aren't reckoned."""

from __future__ import annotations

import datetime

from companion.memory.times.days import MONDAY, SUNDAY, Period, Yearly, day_of, moved, weekday_before

THURSDAY = 3


def easter(year: int) -> datetime.date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Astronomical Algorithms,
    ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return datetime.date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> datetime.date | None:
    """The `nth` (from 1; 0: the last) such weekday of a month; None where the month has no such one."""
    if nth:
        first = day_of(year, month, 1)
        found = first and moved(first, (weekday - first.weekday()) % 7 + 7 * (nth - 1))
        return found if found and found.month == month else None
    following = day_of(year + month // 12, month % 12 + 1, 1)
    return following and weekday_before(following, weekday)


def _fixed(month: int, day: int, days: int = 1) -> Yearly:
    def of(year: int) -> Period | None:
        first = day_of(year, month, day)
        return Period(first, moved(first, days - 1)) if first else None

    return of


def _by_easter(first: int, last: int | None = None) -> Yearly:
    def of(year: int) -> Period | None:
        if not 1 <= year <= 9998:
            return None
        sunday = easter(year)
        return Period(moved(sunday, first), moved(sunday, first if last is None else last))

    return of


def _nth(month: int, weekday: int, nth: int, later: int = 0) -> Yearly:
    def of(year: int) -> Period | None:
        found = nth_weekday(year, month, weekday, nth)
        return Period(moved(found, later), moved(found, later)) if found else None

    return of


def _new_year(year: int) -> Period | None:
    first = day_of(year, 1, 1)
    return Period(moved(first, -1), first) if first else None


def _advent(year: int) -> Period | None:
    eve = day_of(year, 12, 24)
    if not eve:
        return None
    fourth = weekday_before(moved(eve, 1), SUNDAY)
    return Period(moved(fourth, -21), eve)


FEASTS: dict[str, Yearly] = {
    "christmas 's? (holidays|holiday|break|vacation)": _fixed(12, 24, 14),
    "christmas eve": _fixed(12, 24),
    "christmas day": _fixed(12, 25),
    "(christmas|xmas) (time|season|weekend)?": _fixed(12, 24, 3),
    "boxing day": _fixed(12, 26),
    "new year 's? eve": _fixed(12, 31),
    "new year 's? day": _fixed(1, 1),
    "(?<!the) new year 's? weekend?": _new_year,
    "(?<=in the) new year": _fixed(1, 1, 31),
    "advent": _advent,
    "epiphany": _fixed(1, 6),
    "valentine 's? day?": _fixed(2, 14),
    "(st|saint) STOP? patrick 's? day": _fixed(3, 17),
    "good WEEKDAY": _by_easter(-2),
    "easter WEEKDAY": _by_easter(0),
    "easter (holidays|holiday|break|vacation)": _by_easter(-7, 7),
    "easter (time|weekend)?": _by_easter(-2, 1),
    "palm WEEKDAY": _by_easter(-7),
    "(ash|shrove) WEEKDAY": _by_easter(-46),
    "mardi gras|pancake day": _by_easter(-47),
    "ascension day": _by_easter(39),
    "pentecost|whitsun": _by_easter(49, 50),
    "(mother|mothers) 's? day": _nth(5, SUNDAY, 2),
    "(father|fathers) 's? day": _nth(6, SUNDAY, 3),
    "(memorial) day": _nth(5, MONDAY, 0),
    "(labor|labour) day": _nth(9, MONDAY, 1),
    "independence day": _fixed(7, 4),
    "halloween": _fixed(10, 31),
    "guy fawkes (night|day)?|bonfire PART": _fixed(11, 5),
    "(veterans|remembrance|armistice) day": _fixed(11, 11),
    "black WEEKDAY": _nth(11, THURSDAY, 4, 1),
    "thanksgiving day?": _nth(11, THURSDAY, 4),
}
"""By the names, in the notation of `rules`."""

_NAMED_WEEKDAYS = {"good": 4, "black": 4, "palm": 6, "ash": 2, "shrove": 1}


def feast_of(words: str, of: Yearly, weekday: int | None, first: str) -> Yearly | None:
    """`of`, moved where the weekday that was named says so ("Easter Monday"); None where it is no such
    feast."""
    if weekday is None or "WEEKDAY" not in words:
        return of
    if first == "easter":
        return {0: _by_easter(1), 6: _by_easter(0), 5: _by_easter(-1)}.get(weekday)
    if _NAMED_WEEKDAYS[first] != weekday:
        return None
    return _by_easter(-47) if first == "shrove" else of
