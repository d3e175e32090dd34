"""WhatsApp's export of a chat (.txt), in whatever order the phone's language writes a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from companion.memory.archive.conversation import Message, passages
from companion.memory.archive.decoding import lines
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Read

_LINE = re.compile(
    r"\u200e?\[?(\d{1,4})([./-])\s?(\d{1,2})[./-]\s?(\d{1,4}),?\s+"
    r"(?:(上午|下午|오전|오후|[APap]\.?\s?[Mm]\.?)\s?)?(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?"
    r"(?:\s?([APap]\.?\s?[Mm]\.?))?(?:\]\s?|\s[-\u2013]\s)(.*)"
)
"""Day, month and year in some order, the time, and what was said: "[12.03.24, 14:03:11] Amy: hi" (iOS) or
"3/12/24, 2:03 PM - Amy: hi" (Android)."""

_AFTERNOON = ("p", "下午", "오후")
_SAYS = re.compile(r"([^:\n]{1,60}):\s(.*)")
_LEFT_OUT = re.compile(
    r"(?i)^\u200e?<?(media omitted|medien ausgeschlossen|médias omis|multimedia omitido|media weggelaten"
    r"|media omessi|mídia oculta|(image|video|audio|sticker|gif|document|bild|foto|dokument)\s(omitted"
    r"|weggelassen)"
    r"|attached:.*|this message was deleted.*|diese nachricht wurde gelöscht.*)>?\.?$"
)
_NAME = re.compile(
    r"(?i)^(?:whatsapp chat (?:with|-)|whatsapp chat mit|chat whatsapp con|discussion whatsapp avec)\s*(.+)$"
)
_SAMPLE = 20_000
"""Dates that are looked at to see in which order they are written."""

_Date = tuple[int, int, int, str]


def read(document: Document) -> Read:
    """Yield what was said in a chat. Times are as the phone showed them, without a zone."""
    order = _order([date for date in _dates(document)])
    document.stream.seek(0)
    yield from passages(_messages(document, order), chat_name(document.name))


def chat_name(name: str) -> str:
    """Return whom a chat is with, out of its file's name; "" where that doesn't say."""
    stem = name.rpartition(".")[0] or name
    found = _NAME.match(stem)
    return found[1].strip() if found else "" if stem == "_chat" else stem


def _messages(document: Document, order: str) -> Iterator[Message]:
    held: list[str] = []
    author, when, start = "", None, 0
    for number, line in enumerate(lines(document.stream, document.limits), 1):
        found = _LINE.match(line.replace("\u202f", " ").replace("\u200e", ""))
        if not found:
            held.append(line)
            continue
        if held and start:
            yield Message(author, "\n".join(held), when, f"on line {start}")
        says = _SAYS.match(found[10])
        author, text = (says[1], says[2]) if says else ("", "")
        held, start, when = [_shown(text)], number, _moment(found, order)
    if held and start:
        yield Message(author, "\n".join(held), when, f"on line {start}")


def _shown(text: str) -> str:
    return "" if _LEFT_OUT.match(text) else text


def _dates(document: Document) -> Iterator[_Date]:
    count = 0
    for line in lines(document.stream, document.limits):
        if found := _LINE.match(line.replace("\u202f", " ").replace("\u200e", "")):
            count += 1
            yield int(found[1]), int(found[3]), int(found[4]), found[2] + (found[9] or "")
        if count >= _SAMPLE:
            return


def _order(dates: list[_Date]) -> str:
    """In which order these dates are written: "ymd", "dmy" or "mdy".

    A number above 12 tells; else the order in which fewer messages would stand before earlier ones; else what
    goes with the mark between the numbers and with AM and PM.
    """
    if any(first > 31 for first, *_ in dates):
        return "ymd"
    if any(first > 12 for first, *_ in dates):
        return "dmy"
    if any(second > 12 for _, second, *_ in dates):
        return "mdy"
    days = _steps_back([(year, month, day) for day, month, year, _ in dates])
    months = _steps_back([(year, month, day) for month, day, year, _ in dates])
    if days != months:
        return "dmy" if days < months else "mdy"
    return "mdy" if dates and dates[0][3].startswith("/") and len(dates[0][3]) > 1 else "dmy"


def _steps_back(dates: list[tuple[int, int, int]]) -> int:
    return sum(after < before for before, after in pairwise(dates))


def _moment(found: re.Match[str], order: str) -> datetime | None:
    numbers = dict(zip(order, (int(found[1]), int(found[3]), int(found[4])), strict=True))
    year = numbers["y"] + 2000 if numbers["y"] < 100 else numbers["y"]
    half = (found[5] or found[9] or "").lower()
    hour = int(found[6])
    if half:
        hour = hour % 12 + (12 if half.startswith(_AFTERNOON) else 0)
    try:
        return datetime(year, numbers["m"], numbers["d"], hour, int(found[7]), int(found[8] or 0))
    except ValueError:
        return None
