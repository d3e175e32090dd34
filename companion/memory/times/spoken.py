"""How a day is said aloud, and which day it was when something was said."""

from __future__ import annotations

import datetime

from companion.memory.times.tokens import MONTHS, WEEKDAYS

_NEAR = {0: "today", -1: "yesterday", 1: "tomorrow"}


def say(day: datetime.date, now: datetime.date) -> str:
    """The words for `day` on the day `now`: "yesterday", "last Friday", "on Friday" for one to come, "on 12
    November"; with the year unless it is this one. English, whatever the locale."""
    distance = (day - now).days
    if distance in _NEAR:
        return _NEAR[distance]
    if -7 <= distance < 0:
        return f"last {WEEKDAYS[day.weekday()].capitalize()}"
    if 0 < distance < 7:
        return f"on {WEEKDAYS[day.weekday()].capitalize()}"
    year = "" if day.year == now.year else f" {day.year}"
    return f"on {day.day} {MONTHS[day.month - 1].capitalize()}{year}"


def said_when(moment_iso: str) -> datetime.date:
    """The day of a moment in ISO 8601 with its zone: the one written there, which is the speaker's own. UTC
    says nothing of where somebody was, so that becomes this machine's day.

    Raises ValueError where it is no such moment, or tells no zone.
    """
    moment = datetime.datetime.fromisoformat(moment_iso)
    if moment.tzinfo is None:
        raise ValueError(f"{moment_iso} tells no zone")
    return moment.astimezone().date() if not moment.utcoffset() else moment.date()
