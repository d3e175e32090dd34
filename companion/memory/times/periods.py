"""Days, weeks, weekends, months and years as they are counted from the day of speaking ("the day before
yesterday", "last week", "two months ago"), and the table of all that is a time by itself."""

from __future__ import annotations

from dataclasses import replace

from companion.memory.times import days, recurring
from companion.memory.times.days import Period, Reading, Said, Stretch, one
from companion.memory.times.names import PLANNED, UNIT, UNITS
from companion.memory.times.recurring import AT, BEHIND, PARTS, WHICH, YEARLY
from companion.memory.times.rules import Found, Rule, Rules, first, has, when


def _day(count: int) -> Reading:
    return lambda said: one(days.moved(said.day, count))


def _roughly(first_day: int, last_day: int) -> Reading:
    """The days between two that are counted from the day of speaking; nobody means these bounds exactly."""
    return lambda said: Period(days.moved(said.day, first_day), days.moved(said.day, last_day), exact=False)


def _ago(found: Found) -> Reading:
    """ "Two weeks ago"; "two weeks ago today" and "a week ago on Friday" are one day."""
    stretch: Stretch = first(found, "STRETCH")
    if has(found, "today"):
        way = -1 if has(found, "ago") else 1
        return lambda said: one(days.along(said.day, way * stretch.most, stretch.unit))
    if has(found, "WEEKDAY"):
        weekday = first(found, "WEEKDAY")
        return lambda said: one(_nearest(days.along(said.day, -stretch.most, stretch.unit), weekday))
    return lambda said: days.stretch_from(said.day, stretch, -1)


def _nearest(day: days.Date, weekday: int) -> days.Date:
    return days.weekday_after(days.moved(day, -4), weekday)


def _long_ago(found: Found) -> Reading:
    """ "Years ago": two to ten."""
    stretch = Stretch(2, 10, found[0].value, vague=True)
    return lambda said: days.stretch_from(said.day, stretch, -1)


def _ahead(found: Found) -> Reading:
    """ "In two weeks"; with a verb of the past ("I read it in two weeks") that is how long it took. "In an
    hour" is a time of day."""
    stretch: Stretch = first(found, "STRETCH")
    lasted = found[0].kind == "in" and not has(found, "time")

    def read(said: Said) -> Period | None:
        if stretch.unit in ("hour", "minute") or (lasted and said.told is False):
            return None
        return days.stretch_from(said.day, stretch, 1)

    return read


def _lately(found: Found) -> Reading:
    """ "The last two weeks", up to the day of speaking; "the next few days"; "within a week"."""
    named = [t.value for t in found if t.kind == "STRETCH"]
    unit = first(found, *UNIT[1:-1].split("|"), *UNITS[1:-1].split("|")) if not named else ""
    stretch: Stretch = named[0] if named else Stretch(1, 1, unit)
    way = -1 if has(found, "last", "past") else 1

    def read(said: Said) -> Period | None:
        if stretch.unit == "weekend":
            return days.stretch_from(said.day, stretch, way)
        there = days.along(said.day, way * stretch.most, stretch.unit)
        return Period(min(there, said.day), max(there, said.day), not stretch.vague)

    return read


def _unit(found: Found) -> Reading:
    """ "Last week", "the month before last", "next year"."""
    unit = next(t.value for t in reversed(found) if t.kind in UNIT)
    count = next(BEHIND[t.kind] for t in reversed(found) if t.kind in BEHIND)
    count *= 2 if has(found, "before", "after") else 1
    return _weekend(count) if unit == "weekend" else lambda said: days.calendar_unit(said.day, unit, count)


def _weekend(count: int) -> Reading:
    """A weekend; "this weekend" is the one just past where the sentence tells of the past."""

    def read(said: Said) -> Period | None:
        back = count == 0 and said.told is False and said.day.weekday() < days.SATURDAY
        return days.weekend(said.day, -1 if back else count)

    return read


def _the_weekend(found: Found) -> Reading:
    return lambda said: days.weekend(said.day, -(not said.ahead and said.day.weekday() < days.SATURDAY))


def _within(found: Found) -> Reading:
    """ "Earlier this week", "later this month"."""
    unit, early = found[-1].value, has(found, "earlier")

    def read(said: Said) -> Period | None:
        whole = days.calendar_unit(said.day, unit, 0)
        return whole and (replace(whole, end=said.day) if early else replace(whole, start=said.day))

    return read


def _year(found: Found) -> Reading:
    year = first(found, "YEAR")
    return lambda said: days.year_of(year)


def _decade(found: Found) -> Reading:
    year = first(found, "DECADE")
    return lambda said: days.decade(year)


def _dated(found: Found) -> Reading | None:
    period: Period | None = first(found, "DATED")
    return (lambda said: period) if period else None


def _this_time(found: Found) -> Reading:
    """ "This time last year"."""
    unit, count = found[-1].value, BEHIND[found[-2].kind]
    exact = has(found, "day")

    def read(said: Said) -> Period | None:
        there = days.along(said.day, count, unit)
        return one(there) if exact else days.widened(Period(days.moved(there, -3), days.moved(there, 3)))

    return read


_ANCHOR = "(the|last)? (YEARLY|DATE|DATED)"
_ENDS = "(?=(and|or|but|i|we|you|he|she|they|it|is|was|at|because|so|with|when|works|COMMA|STOP|WEEKDAY)|$)"
_BACK, _FORTH = "(last|past)", "(next|coming)"
_NOT_ONE = "(?<!a|every|each|any|per|other)"
_YEAR_LEADS = (
    "in|since|until|till|by|before|after|from|to|of|around|early|late|mid|between|and|during|through|DASH"
)


def _fixed(pattern: str, reading: Reading) -> Rule:
    return Rule("WHEN", pattern, lambda found: reading)


_DAYS = (
    _fixed("the? day before yesterday PART?", _day(-2)),
    _fixed("the? day after tomorrow PART?", _day(2)),
    _fixed("the PART before last", _day(-2)),
    _fixed("(last|yesterday) PART|yesterday", _day(-1)),
    _fixed("tomorrow week|a week tomorrow|a week from tomorrow", _day(8)),
    _fixed("today week", _day(7)),
    _fixed("tomorrow PART?", _day(1)),
    _fixed("(earlier|later)? (today|tonight)|(earlier|later)? this PART", _day(0)),
    _fixed("the other (day|PART)", _roughly(-14, -1)),
    _fixed("the other (week|weekend)", _roughly(-35, -7)),
    Rule("LATELY", "recently|lately", lambda found: _roughly(-30, 0)),
)
_COUNTED = (
    when("STRETCH (ago|from) today", _ago),
    when(f"STRETCH ago {AT} the? {YEARLY}|{YEARLY} STRETCH ago", recurring.in_year_from_now),
    when("STRETCH ago on? WEEKDAY|WEEKDAY STRETCH ago", _ago),
    when("STRETCH (ago|back) (?!in|to|and forth)|STRETCH ago", _ago),
    when(f"{UNITS} (ago|back)", _long_ago),
    when("NUMBER WEEKDAYS ago", recurring.last_weekday),
    when(
        "(?<!once|twice|times) in (about|around|roughly|maybe)? STRETCH time?|STRETCH from now",
        _ahead,
    ),
    when("STRETCH (on|from) WEEKDAY", recurring.coming_weekday),
    when(f"(the|this|these|my|our)? {_BACK} STRETCH (?!of)|the? {_FORTH} STRETCH (?!of)", _lately),
    when("within (the? next)? STRETCH", _lately),
    when(f"(the|this) past {UNIT}|(over|in|during|for|within) the {WHICH} {UNIT} (?!of)", _lately),
)
_UNITS = (
    when(f"the {UNIT} (before last|after next)", _unit),
    when("this (time|day) (last|next) (week|month|year)", _this_time),
    when("(earlier|later) this (week|month|year)", _within),
    when(f"the ORDINAL of {WHICH} month|{WHICH} month on the ORDINAL", recurring.day_of_month),
    when("WEEKDAY COMMA? the ORDINAL (?!of)", recurring.day_of_month),
    when("the ORDINAL of the month", recurring.day_of_month),
    when(f"(?<=on|by|since|until|till|before|after|from) the ORDINAL {_ENDS}", recurring.day_of_month),
    when(f"the ORDINAL {_ENDS}", recurring.day_in_figures),
    when(f"(?<={PLANNED} (for|to)) the ORDINAL", recurring.day_of_month),
    when("(last|this|next) (week|fortnight|weekend|month|year|decade)", _unit),
    Rule("WEEKDAY", f"(?<=the) WEEKDAY PART? (?=(before|after) {_ANCHOR})", lambda found: found[0].value),
    when(f"the weekend (?!(of|before|after) {_ANCHOR})", _the_weekend),
    when(f"{_NOT_ONE} WEEKDAY {PARTS} (?!PARTS)", recurring.weekday),
    when("DATED", _dated),
    when("the year YEAR", _year),
    when(f"(?<={_YEAR_LEADS}) YEAR (?!{UNITS})", _year),
    when("YEAR (?=(to|until|till|through|DASH) YEAR)", _year),
    when("the DECADE|(?<=in|early|mid|late) DECADE", _decade),
)
PERIODS = Rules((*_DAYS, *_COUNTED, *recurring.WEEKDAYS, *recurring.YEARLIES, *_UNITS))
"""Everything that is a time by itself; its value is its `Reading`. LATELY is no part of a longer one ("up to
lately")."""
