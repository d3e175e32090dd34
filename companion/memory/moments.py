"""Moments and short stretches of time as people name them: "2026-11-20", "10 minutes ago", "since lunch"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.errors import StoreError
from companion.memory.times import spans
from companion.memory.times.tokens import tokens, with_numbers

_COUNT = (
    r"(?P<count>\d+(?:\.\d+)?|half an?|half|(?:an? )?quarter of an|(?:an? )?(?:couple|few)(?: of)?(?: the)?|"
    r"an?|[a-z]+(?:[- ][a-z]+)?)"
)
_UNIT = r"(?<![a-z])(?P<unit>seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h)\b(?P<half> and a half)?"
_AGO = re.compile(rf"(?:the )?(?:last |past )?(?:{_COUNT}\s*)?{_UNIT}(?: ago)?", re.IGNORECASE)
_LAST = re.compile(
    rf"\b(?:(?:in|from|of|during|over|within) )?(?:the )?(?:last|past) (?:{_COUNT} )?{_UNIT}", re.I
)
_BEFORE_NOW = re.compile(rf"(?:\b(?P<since>since) )?\b{_COUNT} {_UNIT} ago\b", re.IGNORECASE)
_SINCE = re.compile(
    r"\b(?:since|after) (?:(?P<meal>breakfast|lunch(?:time)?|noon|midday|tea|dinner|supper|midnight)|"
    r"(?P<hour>\d{1,2}|[a-z]+)(?::(?P<minute>[0-5]\d))?(?P<mark> ?o['’]clock| ?[ap]\.?m\b\.?)?)(?=\W*$)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?P<since>since )?(?:(?:from|in|during|of) )?(?P<day>this|last|yesterday) "
    r"(?P<part>morning|afternoon|evening|night)\b|\b(?P<tonight>tonight)\b",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_VAGUE = {"few": 5.0, "couple": 3.0, "quarter": 0.25, "half": 0.5}
"""What people mean at most by a number that is none, and parts of one."""

_MEALS = {"breakfast": 7, "lunch": 12, "lunchtime": 12, "noon": 12, "midday": 12, "tea": 16, "dinner": 18,
          "supper": 18, "midnight": 0}  # fmt: skip
"""The hour at which it begins at the earliest, where people have it late."""

_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 29)}
"""Hours of a part of the day, on the clock of its day: a night ends at five on the next."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time to the minute, from `start` to `end` (with zone, both included), and the `words` that name it,
    from the character `at` on."""

    start: datetime.datetime
    end: datetime.datetime
    words: str
    at: int

    def holds(self, said_at: str) -> bool:
        """Whether a moment (ISO 8601 with zone) lies in it."""
        return self.start <= datetime.datetime.fromisoformat(said_at) <= self.end


def moment_of(text: str, now: datetime.datetime) -> datetime.datetime:
    """The moment that is meant, with zone; of a day or a longer time, its beginning here. Raises
    `StoreError` for what isn't one."""
    said = " ".join(text.split())
    if (ago := _AGO.fullmatch(said)) is not None and (length := _length(ago)) is not None:
        return now - length
    try:
        found = datetime.datetime.fromisoformat(said)
    except ValueError:
        span = next(iter(spans(said, now.date(), ahead=False)), None)
        if span is None:
            raise StoreError(
                f"{text!r} is no time that can be told: say 2026-11-20, yesterday or 10 minutes ago, say."
            ) from None
        found = datetime.datetime.combine(span.start, datetime.time())
    return found if found.tzinfo else found.astimezone()


def stretch_in(text: str, now: datetime.datetime) -> Stretch | None:
    """The first time in `text` that is meant to the minute or the hour: "the last ten minutes", "since
    lunch", "last night"; None where there is none. `now`: with zone."""
    return next(_stretches(text, now), None)


def _stretches(text: str, now: datetime.datetime) -> Iterator[Stretch]:
    for found in _LAST.finditer(text):
        if (length := _length(found)) is not None:
            yield Stretch(now - length, now, found[0], found.start())
    for found in _BEFORE_NOW.finditer(text):
        if (length := _length(found)) is not None:
            end = now if found["since"] else now - length * 0.5
            start = now - length * (1.0 if found["since"] else 1.5)
            yield Stretch(start, end, found[0], found.start())
    for found in _SINCE.finditer(text):
        if (start_at := _since(found, now)) is not None:
            yield Stretch(start_at, now, found[0], found.start())
    for found in _PART.finditer(text):
        start, end = _part(found, now)
        yield Stretch(start, now if found["since"] else end, found[0], found.start())


def _length(found: re.Match[str]) -> datetime.timedelta | None:
    count = _count(found["count"])
    if count is None:
        return None
    count += 0.5 if found["half"] else 0.0
    return datetime.timedelta(seconds=count * _SECONDS[found["unit"][0].lower()])


def _count(said: str | None) -> float | None:
    """What a number comes to; None for a word that is none."""
    words = (said or "a").lower().split()
    if words in (["a"], ["an"]):
        return 1.0
    vague = next((_VAGUE[word] for word in words if word in _VAGUE), None)
    if vague is not None:
        return vague
    if re.fullmatch(r"\d+\.\d+", words[0]):
        return float(words[0])
    (*_, last) = with_numbers(tokens(" ".join(words)))
    return float(last.value) if last.kind in ("NUMBER", "TENS") and last.first == 0 else None


def _since(found: re.Match[str], now: datetime.datetime) -> datetime.datetime | None:
    """The last time that the clock showed it."""
    if found["meal"]:
        return _last_at(now, [datetime.time(_MEALS[found["meal"].lower()])])
    hour, mark = _count(found["hour"]), (found["mark"] or "").lower().strip()
    if hour is None or not 0 <= hour <= 24 or found["hour"].lower() in ("a", "an"):
        return None
    half = 12 if mark.startswith("p") else 0
    hours = {int(hour) % 12 + half} if mark[:1] in ("a", "p") else {int(hour) % 24, (int(hour) + 12) % 24}
    hours = {int(hour) % 24} if hour > 12 else hours
    return _last_at(now, [datetime.time(each, int(found["minute"] or 0)) for each in hours])


def _last_at(now: datetime.datetime, times: list[datetime.time]) -> datetime.datetime:
    day = datetime.timedelta(days=1)
    today = [datetime.datetime.combine(now.date(), time, now.tzinfo) for time in times]
    return max(moment if moment <= now else moment - day for moment in today)


def _part(found: re.Match[str], now: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    part = (found["part"] or "night").lower()
    named = (found["day"] or "tonight").lower()
    before = named == "yesterday" or named == "last" or (part == "night" and now.hour < 5)
    midnight = datetime.datetime.combine(now.date(), datetime.time(), now.tzinfo)
    first, last = (datetime.timedelta(hours=hour - 24 * before) for hour in _PARTS[part])
    return midnight + first, midnight + last
