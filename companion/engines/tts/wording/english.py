"""English, as it is said."""

from __future__ import annotations

from dataclasses import replace

from companion.engines.tts.wording.english_tables import (
    ABBREVIATIONS,
    CODES,
    CURRENCIES,
    MAGNITUDES,
    SIGNS,
    UNITS,
    WORDS,
)
from companion.engines.tts.wording.language import Language, month_table
from companion.engines.tts.wording.numerals import cardinal, ordinal, year

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def say_date(day: str, month: int, year_digits: str, day_first: bool) -> str:
    """ "November twelfth, twenty twenty-six", or "the twelfth of November" where it was written that way."""
    when = ordinal(int(day), "en") if day else ""
    name = MONTHS[month - 1]
    said = (f"the {when} of {name}" if day_first else f"{name} {when}") if day else name
    return (
        f"{said}, {say_year(year_digits)}"
        if year_digits and day
        else f"{said} {say_year(year_digits)}".strip()
    )


def say_year(written: str) -> str:
    """Four digits as a year; "" for ""."""
    return year(int(written), "en") if written else ""


def say_time(hour: int, minute: int) -> str:
    """ "twelve thirty", "nine oh five", "three o'clock", "fifteen hundred"."""
    if minute:
        said = cardinal(hour, "en") if hour else "twelve"
        return f"{said} {'oh ' if minute < 10 else ''}{cardinal(minute, 'en')}"
    if hour in (0, 24):
        return "midnight"
    return f"{cardinal(hour, 'en')} o'clock" if hour <= 12 else f"{cardinal(hour, 'en')} hundred"


ENGLISH = Language(
    code="en",
    decimal=".",
    thousands=",",
    words=WORDS,
    signs=SIGNS,
    currencies=CURRENCIES | {code: CURRENCIES[sign] for code, sign in CODES.items()},
    units=UNITS,
    months=MONTHS,
    month_names=month_table(
        MONTHS,
        "jan feb mar apr - jun jul aug sep oct nov dec",
        "- - - - - - - - sept - - -",
    ),
    abbreviations=ABBREVIATIONS,
    magnitudes=MAGNITUDES,
    say_date=say_date,
    say_time=say_time,
    ordinal_marks=("st", "nd", "rd", "th"),
    month_first=True,
    cents_joined_by=" and ",
    year_from=1900,
)

BRITISH = replace(ENGLISH, month_first=False)
