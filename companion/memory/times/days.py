"""Days and periods of the calendar, and what the day something was said makes of them."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

Date = datetime.date

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `start` to `end`, both included; `exact` where the words name these bounds."""

    start: Date
    end: Date
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What words are read against: the day they were said, whether what recurs means the next one (`ahead`)
    or the last, and what the sentence's tense told of that (None: nothing)."""

    day: Date
    ahead: bool
    told: bool | None = None


Reading = Callable[[Said], Period | None]
"""What an expression comes to; None where there is no such day, or where its tense makes it no date."""

Yearly = Callable[[int], Period | None]
"""What comes once a year, by the year; None where that year has none."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A length of time, from `least` to `most` of a unit; `vague` where it was "a few" or the like."""

    least: float
    most: float
    unit: str
    vague: bool = False


def day_of(year: int, month: int, day: int) -> Date | None:
    """The day, or None where the calendar has no such day."""
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def moved(day: Date, days: float) -> Date:
    """`day` moved by `days`, which stops at either end of the calendar."""
    ordinal = day.toordinal() + round(max(-4e6, min(4e6, days)))
    return datetime.date.fromordinal(max(1, min(datetime.date.max.toordinal(), ordinal)))


def month_moved(day: Date, months: int) -> Date:
    """`day` in the month that is `months` later, or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    if not 12 <= count < 120_000:
        return datetime.date.min if months < 0 else datetime.date.max
    year, month = divmod(count, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_MONTHS = {"month": 1, "year": 12, "decade": 120}
_HALF = {"week": 3, "fortnight": 6, "month": 15, "year": 183, "decade": 1826}


def along(day: Date, count: float, unit: str) -> Date:
    """`day` moved by `count` units; hours and minutes stay within the day."""
    if unit in _DAYS:
        return moved(day, count * _DAYS[unit])
    if unit not in _MONTHS:
        return day
    months = max(-2e5, min(2e5, count * _MONTHS[unit]))
    return moved(month_moved(day, int(months)), (months - int(months)) * 30)


def stretch_from(day: Date, stretch: Stretch, way: int) -> Period:
    """The days that lie a stretch before (`way` -1) or behind (1) `day`. People round, so what is counted in
    weeks or more is meant give or take half a unit (less where they halve it), or a tenth of it all, and so
    is a vague number of days."""
    slack = _HALF.get(stretch.unit, int(stretch.vague)) // (3 if stretch.least % 1 else 1)
    slack *= max(1, round(min(stretch.most, 500) / 5))
    if stretch.unit == "weekend":
        ends = [weekend(day, way * round(min(n, 1e5))) for n in (stretch.least, stretch.most)]
        return Period(min(e.start for e in ends), max(e.end for e in ends), not stretch.vague)
    near, far = (along(day, way * n, stretch.unit) for n in (stretch.least, stretch.most))
    first, last = moved(min(near, far), -slack), moved(max(near, far), slack)
    first, last = (first, min(last, day)) if way < 0 else (max(first, day), last)
    return Period(first, last, slack == 0 and not stretch.vague)


def month(year: int, number: int) -> Period | None:
    """A month of a year."""
    first = day_of(year, number, 1)
    return Period(first, first.replace(day=calendar.monthrange(year, number)[1])) if first else None


def year_of(year: int) -> Period | None:
    first = day_of(year, 1, 1)
    return Period(first, first.replace(month=12, day=31)) if first else None


def week(day: Date, count: int = 0) -> Period:
    """The week, from Monday to Sunday, that is `count` weeks behind the one of `day`."""
    monday = moved(day, 7 * count - day.weekday())
    return Period(monday, moved(monday, 6))


def weekend(day: Date, count: int = 0) -> Period:
    """The Saturday and Sunday of the week that is `count` weeks behind the one of `day`."""
    saturday = moved(day, 7 * count + SATURDAY - day.weekday())
    return Period(saturday, moved(saturday, 1))


def calendar_unit(day: Date, unit: str, count: int) -> Period | None:
    """The calendar's day, week, month, year... that is `count` of them behind the one of `day`."""
    if unit == "week":
        return week(day, count)
    if unit == "weekend":
        return weekend(day, count)
    if unit == "fortnight":
        first = moved(day, 14 * count if count < 0 else 14 * count - 13)
        return Period(first, moved(first, 13))
    if unit == "month":
        there = month_moved(day, count)
        return month(there.year, there.month)
    if unit == "year":
        return year_of(day.year + count)
    if unit == "decade":
        return decade(day.year // 10 * 10 + 10 * count)
    return Period(moved(day, count), moved(day, count)) if unit == "day" else Period(day, day)


def decade(year: int) -> Period | None:
    first, last = year_of(year), year_of(year + 9)
    return Period(first.start, last.end) if first and last else None


def weekday_before(day: Date, weekday: int) -> Date:
    """The last such day of the week before `day`."""
    return moved(day, -((day.weekday() - weekday - 1) % 7 + 1))


def weekday_after(day: Date, weekday: int) -> Date:
    """The first such day of the week behind `day`."""
    return moved(day, (weekday - day.weekday() - 1) % 7 + 1)


def one(day: Date | None) -> Period | None:
    return Period(day, day) if day else None


def occurrences(of: Yearly, year: int) -> list[Period]:
    """Those around a year, the earliest first: eight years to each side, for 29 February."""
    return [p for y in range(year - 9, year + 10) if (p := of(y))]


def latest(of: Yearly, day: Date) -> Period | None:
    """The last that had begun by `day`."""
    return next((p for p in reversed(occurrences(of, day.year)) if p.start <= day), None)


def earliest(of: Yearly, day: Date) -> Period | None:
    """The first that isn't over on `day`."""
    return next((p for p in occurrences(of, day.year) if p.end >= day), None)


def part_of(period: Period, which: int) -> Period:
    """The first (0), middle (1) or last (2) third of a period; bounds that nobody means exactly."""
    length = (period.end - period.start).days + 1
    third = 10 if 28 <= length <= 31 else max(1, length // 3)
    first = moved(period.start, min(which * third, length - 1))
    return Period(first, period.end if which == 2 else moved(first, third - 1), exact=False)


def widened(period: Period) -> Period:
    """ "Around" a period: half its length more to each side, and two days at least."""
    more = 2 + (period.end - period.start).days // 2
    return replace(period, start=moved(period.start, -more), end=moved(period.end, more), exact=False)
