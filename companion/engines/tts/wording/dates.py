"""Dates and times of day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.engines.tts.wording.language import Language
from companion.engines.tts.wording.numerals import cardinal
from companion.engines.tts.wording.tokens import Reading, Token

ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
NUMERIC = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4}|\d{2})")
SHORT = re.compile(r"(\d{1,2})/(\d{1,2})")
DATE_WORDS = frozenset(["on", "by", "until", "since", "am", "vom", "zum", "le", "el", "du", "del"])
DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|ª)?")
YEAR = re.compile(r"[12]\d{3}")
CLOCK = re.compile(r"(\d{1,2})(?::|h)(\d{2})(?::(\d{2}))?(.{0,5})")
HOUR = re.compile(r"(\d{1,2})(.{0,5})")
HALVES = {"am": "A.M", "a.m": "A.M", "pm": "P.M", "p.m": "P.M"}
SPAN = re.compile(r"(\d{1,2}(?::\d{2})?(?:[ap]m)?)[-–](\d{1,2}(?::\d{2})?)([ap]m)?", re.IGNORECASE)


def date(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "2026-03-14", "3/14/2026", "14.3.2026", "12 Nov", "Nov 12, 2026", "March 2026"."""
    core = tokens[at].core
    if len(core) > 40:
        return None
    if match := ISO.fullmatch(core):
        year, month, day, hour, minute = match.groups()
        said = _said(day, int(month), year, tongue, day_first=not tongue.month_first)
        if said and hour and (clock := _clock(int(hour), int(minute), "", tongue)):
            said = f"{said}, {clock}"
        return Reading(1, said) if said else None
    if match := NUMERIC.fullmatch(core):
        first, _, second, year = match.groups()
        month_first = (tongue.month_first or int(second) > 12) and int(first) <= 12
        month, day = (first, second) if month_first else (second, first)
        full = year if len(year) == 4 else ("20" if int(year) < 70 else "19") + year
        said = _said(day, int(month), full, tongue, day_first=not month_first)
        return Reading(1, said) if said else None
    if (match := SHORT.fullmatch(core)) and at and _calls_for_a_date(tokens[at - 1], tongue):
        first, second = match.groups()
        month_first = tongue.month_first and int(first) <= 12
        month, day = (first, second) if month_first else (second, first)
        said = _said(day, int(month), "", tongue, day_first=not month_first)
        return Reading(1, said) if said else None
    return _day_month(tokens, at, tongue) or _month_day(tokens, at, tongue)


def _calls_for_a_date(before: Token, tongue: Language) -> bool:
    """True behind a weekday, or a word such as "on": there "10/12" is no fraction."""
    word = before.core.lower()
    return word in DATE_WORDS or (tongue.code == "en" and word.endswith("day") and before.core[:1].isupper())


def _said(day: str, month: int, year: str, tongue: Language, *, day_first: bool) -> str:
    if not 1 <= month <= 12 or not (day == "" or 1 <= int(day) <= 31):
        return ""
    return tongue.say_date(day, month, year, day_first)


def _month(token: Token, tongue: Language) -> int:
    """The month a word names, 0 for none. "may" and "march" are months only with a capital, in English."""
    if tongue.code in ("en", "de") and not token.core[:1].isupper():
        return 0
    return tongue.month_names.get(token.core.lower(), 0)


def _year_at(tokens: Sequence[Token], at: int) -> str:
    return (
        tokens[at].core
        if at < len(tokens) and not tokens[at].lead and YEAR.fullmatch(tokens[at].core)
        else ""
    )


def _joins(token: Token, *marks: str) -> bool:
    return not token.breaks and token.trail in ("", *marks)


def _day_month(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    day = DAY.fullmatch(tokens[at].core)
    after_day = at + 1
    if day and tokens[at].open_end and after_day < len(tokens) and tokens[after_day].core in ("de", "of"):
        after_day += 1
    if not day or after_day >= len(tokens) or not _joins(tokens[at], "."):
        return None
    if not (month := _month(tokens[after_day], tongue)):
        return None
    year, used = "", after_day + 1 - at
    if _joins(tokens[after_day], ".", ",") and (year := _year_at(tokens, after_day + 1)):
        used += 1
    elif (
        tongue.code == "es"
        and tokens[after_day].open_end
        and after_day + 2 < len(tokens)
        and tokens[after_day + 1].core in ("de", "del")
        and (year := _year_at(tokens, after_day + 2))
    ):
        used += 2
    said = _said(day.group(1), month, year, tongue, day_first=True)
    before = tokens[at - 1].core.lower() if at else ""
    if before == "the" and said.startswith("the "):
        said = said[4:]
    if tongue.code == "de":
        said = _german_case(said, before)
    return Reading(used, said, _dot_taken(tokens, at + used - 1, tongue)) if said else None


def _german_case(said: str, before: str) -> str:
    """ "der dritte Mai", "am dritten Mai", "dritter Mai"."""
    first, _, rest = said.partition(" ")
    if before == "der":
        return f"{first[:-1]} {rest}"
    return f"{first[:-1]}n {rest}" if before in ("am", "vom", "zum", "den", "dem", "des", "bis") else said


def _month_day(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    month = _month(tokens[at], tongue)
    if not month or at + 1 >= len(tokens) or not _joins(tokens[at], "."):
        return None
    following = tokens[at + 1]
    day = DAY.fullmatch(following.core) if tongue.month_first or tongue.code == "en" else None
    if day and not following.lead and 1 <= int(day.group(1)) <= 31:
        year = _year_at(tokens, at + 2) if _joins(following, ",") else ""
        said = _said(day.group(1), month, year, tongue, day_first=False)
        return Reading(3 if year else 2, said) if said else None
    if year := _year_at(tokens, at + 1):
        return Reading(2, tongue.say_date("", month, year, False))
    short = tokens[at].core.lower() != tongue.months[month - 1].lower() and tokens[at].core.lower() != "mar"
    if short and tokens[at].trail[:1] == ".":
        return Reading(1, tongue.months[month - 1], took_dot=True)
    return None


def _dot_taken(tokens: Sequence[Token], last: int, tongue: Language) -> bool:
    """True when the full stop behind a month's short name ("Nov.") isn't the sentence's."""
    return (
        tokens[last].trail == "."
        and last + 1 < len(tokens)
        and tokens[last].core.lower() in tongue.month_names
        and not tokens[last + 1].core[:1].isupper()
    )


def time(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "12:30", "3pm", "3:05 p.m.", "9:00-17:00", "9-5pm", "14h30", "8 Uhr"."""
    core = tokens[at].core
    if len(core) > 20 or not core[:1].isdigit():
        return None
    if (match := SPAN.fullmatch(core)) and (":" in core or match.group(3)):
        half = (match.group(3) or "").lower()
        first, last = _hours(match.group(1), "", tongue), _hours(match.group(2), half, tongue)
        return Reading(1, f"{first} {tongue.words['to']} {last}") if first and last else None
    half, used, dotted = _half_behind(tokens, at)
    match = CLOCK.fullmatch(core)
    if match:
        hour, minute, second, tail = match.groups()
        own_half = tail.lower() in HALVES
        if tail and not own_half:
            return None
        said = _clock(int(hour), int(minute), tail.lower() if own_half else half, tongue)
        if said and second:
            said += f" {tongue.words['and']} {cardinal(int(second), tongue.code)} {tongue.units['s'].many}"
        return Reading(1 if own_half else used, said, dotted and not own_half) if said else None
    hours = HOUR.fullmatch(core)
    if hours is None:
        return None
    own = hours.group(2).lower()
    if own in HALVES:
        said = _clock(int(hours.group(1)), 0, own, tongue)
        return Reading(1, said) if said else None
    if half and not own:
        said = _clock(int(hours.group(1)), 0, half, tongue)
        return Reading(used, said, dotted) if said else None
    return None


def _half_behind(tokens: Sequence[Token], at: int) -> tuple[str, int, bool]:
    """ "am" or "pm" (or "uhr") in the word behind a time, the words used, and whether it has a full stop."""
    if at + 1 < len(tokens) and tokens[at].open_end:
        word = tokens[at + 1].core.lower()
        if (word in HALVES and (word != "am" or tokens[at + 1].core in ("AM", "am"))) or word in (
            "uhr",
            "o'clock",
        ):
            dotted = "." in word and tokens[at + 1].trail[:1] == "."
            ends = at + 2 >= len(tokens) or tokens[at + 2].core[:1].isupper()
            return word, 2, dotted and not ends
    return "", 1, False


def _hours(written: str, half: str, tongue: Language) -> str:
    own = written[-2:].lower() if written[-1:].isalpha() else half
    hour, _, minute = written.rstrip("apmAPM").partition(":")
    return _clock(int(hour), int(minute or 0), own, tongue, bare=not minute)


def _clock(hour: int, minute: int, half: str, tongue: Language, *, bare: bool = False) -> str:
    if hour > 24 or minute > 59:
        return ""
    if half in HALVES:
        said = tongue.say_time(hour, minute) if minute else cardinal(hour, tongue.code)
        return f"{said} {HALVES[half]}"
    if bare:
        return cardinal(hour, tongue.code)
    return tongue.say_time(hour, minute)
