"""What comes again, and is the last or the next one by its sentence: days of the week, days of the month, and
what comes once a year."""

from __future__ import annotations

from companion.memory.times import days
from companion.memory.times.days import Period, Reading, Said, Stretch, Yearly, one
from companion.memory.times.rules import Found, first, has, when

BEHIND = {"last": -1, "past": -1, "this": 0, "next": 1, "coming": 1}
"""How many weeks, months or years behind this one a word means."""

WHICH = "(last|this|next)"
AT = "(in|on|at|around|over)?"
YEARLY = "(YEARLY|DATE)"
PARTS = "(PART|at PART)?"


def weekday(found: Found) -> Reading:
    """A bare day of the week: the last or the next, never the day of speaking."""
    name = first(found, "WEEKDAY")
    return lambda said: one((days.weekday_after if said.ahead else days.weekday_before)(said.day, name))


def last_weekday(found: Found) -> Reading:
    """ "Last Friday", "the Friday before last", "two Fridays ago"."""
    name = first(found, "WEEKDAY", "WEEKDAYS")
    weeks = first(found, "NUMBER") - 1 if has(found, "NUMBER") else int(has(found, "before"))
    return lambda said: one(days.moved(days.weekday_before(said.day, name), -7 * weeks))


def _this_weekday(found: Found) -> Reading:
    """ "This Friday" may be the day itself, and in a tale it is the last one."""
    name = first(found, "WEEKDAY")

    def read(said: Said) -> Period | None:
        if said.told is False:
            return one(days.weekday_before(days.moved(said.day, 1), name))
        return one(days.weekday_after(days.moved(said.day, -1), name))

    return read


def coming_weekday(found: Found) -> Reading:
    """ "The coming Friday"; "Friday week" and "two weeks on Friday" are so much behind it."""
    name = first(found, "WEEKDAY")
    week = Stretch(1, 1, "week") if has(found, "week") else Stretch(0, 0, "week")
    more: Stretch = first(found, "STRETCH") if has(found, "STRETCH") else week
    return lambda said: one(days.along(days.weekday_after(said.day, name), more.most, more.unit))


def _weekday_of_week(found: Found) -> Reading:
    """ "Friday of last week", "next Friday": in the week behind this one, which begins on Monday."""
    name = first(found, "WEEKDAY")
    count = next(BEHIND[t.kind] for t in found if t.kind in BEHIND)
    count *= 2 if has(found, "before", "after") else 1
    return lambda said: one(days.moved(days.week(said.day, count).start, name))


def _yearly(found: Found) -> Reading:
    """What comes once a year, bare: the last that has begun, or the next that isn't over."""
    of: Yearly = first(found, "YEARLY", "DATE")
    return lambda said: (days.earliest if said.ahead else days.latest)(of, said.day)


def _in_year(found: Found) -> Reading | None:
    of: Yearly = first(found, "YEARLY", "DATE")
    year: int = next(t.value for t in reversed(found) if t.kind == "YEAR")
    return lambda said: of(year)


def in_year_from_now(found: Found) -> Reading:
    """ "In May last year", "last year in May", "two years ago at Christmas"."""
    of: Yearly = first(found, "YEARLY", "DATE")
    if has(found, "STRETCH"):
        stretch: Stretch = first(found, "STRETCH")
        return lambda said: of(days.along(said.day, -stretch.most, stretch.unit).year)
    count = next(BEHIND[t.kind] for t in found if t.kind in BEHIND)
    return lambda said: of(said.day.year + count)


def _last_yearly(found: Found) -> Reading:
    """ "Last summer" is over; "the summer before last" is the one before it."""
    of: Yearly = first(found, "YEARLY", "DATE")
    before = has(found, "before")

    def read(said: Said) -> Period | None:
        over = [p for p in days.occurrences(of, said.day.year) if p.end < said.day]
        return over[-1 - before] if len(over) > before else None

    return read


def _next_yearly(found: Found) -> Reading:
    of: Yearly = first(found, "YEARLY", "DATE")

    def read(said: Said) -> Period | None:
        return next((p for p in days.occurrences(of, said.day.year) if p.start > said.day), None)

    return read


def _this_yearly(found: Found) -> Reading:
    """ "This summer": the one it is; else this year's, unless the tense says that it lies the other way."""
    of: Yearly = first(found, "YEARLY", "DATE")

    def read(said: Said) -> Period | None:
        near = days.occurrences(of, said.day.year)
        now = [p for p in near if p.start <= said.day <= p.end]
        this = next(iter(now or [p for p in near if p.start.year == said.day.year]), None)
        return days.latest(of, said.day) if this and said.told is False and this.start > said.day else this

    return read


def day_of_month(found: Found) -> Reading | None:
    """ "The 21st", "the third of next month", "Friday the 13th"."""
    number = first(found, "ORDINAL")
    named = [BEHIND[t.kind] for t in found if t.kind in BEHIND]
    name = first(found, "WEEKDAY") if has(found, "WEEKDAY") else None

    def fits(day: days.Date, said: Said) -> bool:
        there = day == said.day or (day > said.day) is said.ahead
        return (there or bool(named)) and name in (None, day.weekday())

    def read(said: Said) -> Period | None:
        months = named or (range(0, 16) if said.ahead else range(0, -16, -1))
        firsts = (days.month_moved(said.day.replace(day=1), n) for n in months)
        near = (day for m in firsts if (day := days.day_of(m.year, m.month, number)))
        return one(next((day for day in near if fits(day, said)), None))

    return read


def day_in_figures(found: Found) -> Reading | None:
    """ "The 21st" is a day wherever it stands; "the second", in a word, is anything."""
    in_figures = found[-1].end - found[-1].start <= len("21st")
    return day_of_month(found) if in_figures else None


WEEKDAYS = (
    when(
        f"the? WEEKDAY {PARTS} (of|in|the)? (the week before last|the week after next|{WHICH} week)",
        _weekday_of_week,
    ),
    when(f"{WHICH} week COMMA? on? WEEKDAY {PARTS}", _weekday_of_week),
    when(f"the WEEKDAY {PARTS} before last", last_weekday),
    when("the WEEKDAY after next", _weekday_of_week),
    when(f"(this past|the past|past|last|the last) WEEKDAY {PARTS}", last_weekday),
    when(f"(this|the)? coming WEEKDAY {PARTS}|WEEKDAY week", coming_weekday),
    when(f"the? next WEEKDAY {PARTS}", _weekday_of_week),
    when(f"this WEEKDAY {PARTS}", _this_weekday),
)
YEARLIES = (
    when(f"(WEEKDAY COMMA?)? the? {YEARLY} (COMMA|of|in)* YEAR", _in_year),
    when(
        f"{YEARLY} COMMA? (of|in)? {WHICH} year|{WHICH} year ('s|COMMA? {AT}) the? {YEARLY}",
        in_year_from_now,
    ),
    when(f"the {YEARLY} before last", _last_yearly),
    when(f"(this past|past|last) {YEARLY} PART?", _last_yearly),
    when(f"next {YEARLY} PART?", _next_yearly),
    when(f"this coming? {YEARLY} PART?", _this_yearly),
    when(f"(WEEKDAY COMMA? PART? COMMA? the?)? {YEARLY} {PARTS}", _yearly),
)
