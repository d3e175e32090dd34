"""A moment as people type it: "2026-11-20", "yesterday", "10 minutes ago"."""

from __future__ import annotations

import datetime
import re

from companion.errors import StoreError
from companion.memory.times import spans

_AGO = re.compile(
    r"(?:the )?(?:last |past )?(?P<count>\d+(?:\.\d+)?|an?|half an|half a)?\s*"
    r"(?P<unit>s|sec|second|m|min|minute|h|hr|hour)s?(?: ago)?",
    re.IGNORECASE,
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def moment_of(text: str, now: datetime.datetime) -> datetime.datetime:
    """The moment that is meant, with zone; of a day or a longer time, its beginning here. Raises
    `StoreError` for what isn't one."""
    said = " ".join(text.split())
    if (ago := _AGO.fullmatch(said)) is not None:
        return now - datetime.timedelta(seconds=_count(ago["count"]) * _SECONDS[ago["unit"][0].lower()])
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


def _count(said: str | None) -> float:
    if said is None or said.lower() in ("a", "an"):
        return 1.0
    return 0.5 if said.lower().startswith("half") else float(said)
