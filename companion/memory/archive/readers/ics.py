"""Calendars (ICS), by icalendar: a passage an event. Rules of repetition are told, never unrolled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from icalendar import Component

from companion.memory.archive.decoding import lines
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Progress, Read, Trouble, Unreadable

_KINDS = {"VEVENT": "event", "VTODO": "task", "VJOURNAL": "note"}
_LARGE = 1 << 20
"""Characters of one event; above it is something else."""


def read(document: Document) -> Read:
    """Yield the events, tasks and notes of a calendar; a damaged one doesn't stop the rest."""
    for number, (kind, source) in enumerate(_components(document), 1):
        try:
            yield _passage(Component.from_ical(source), kind, number)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError):
            yield Trouble("It is damaged, so it wasn't read.", f"{kind} {number}")
        yield Progress(document.stream.tell())


def _components(document: Document) -> Iterator[tuple[str, str]]:
    """(kind, source) of each outermost event, task or note; alarms in them are left out."""
    name, held, length, alarm = "", list[str](), 0, False
    for line in lines(document.stream, document.limits):
        upper = line[:30].upper().rstrip()
        if not name and upper.startswith("BEGIN:") and upper[6:] in _KINDS:
            name, held, length = upper[6:], [], 0
        alarm = (alarm or upper == "BEGIN:VALARM") and upper != "END:VALARM"
        length += len(line)
        if name and length > _LARGE:
            raise Unreadable("One of its events is too long to be one.")
        if name and not alarm and upper != "END:VALARM":
            held.append(line)
        if name and upper == f"END:{name}":
            yield _KINDS[name], "\r\n".join(held)
            name = ""
    if name:
        raise Unreadable("It is damaged: it breaks off.")


def _passage(component: Any, kind: str, number: int) -> Passage:
    said = {name: _said(component, name) for name in ("summary", "location", "description", "status")}
    start, end = _moment(component, "dtstart") or _moment(component, "due"), _moment(component, "dtend")
    with_whom = ", ".join(_people(component, "attendee"))
    facts = (
        said["summary"],
        f"When: {start}{f' to {end}' if end else ''}" if start else "",
        f"Repeats: {_said(component, 'rrule', ical=True)}" if "rrule" in component else "",
        f"Where: {said['location']}" if said["location"] else "",
        f"With: {with_whom}" if with_whom else "",
        f"Status: {said['status'].lower()}" if said["status"] else "",
        said["description"],
    )
    author = ", ".join(_people(component, "organizer"))
    text = "\n".join(filter(None, facts))
    return Passage(text, f"{kind} {number}", start, author, said["summary"], with_whom)


def _said(component: Any, name: str, ical: bool = False) -> str:
    value = component.get(name)
    first = value[0] if isinstance(value, list) and value else value
    if first is None:
        return ""
    return first.to_ical().decode("utf-8", "replace") if ical else str(first)


def _moment(component: Any, name: str) -> str:
    value = getattr(component.get(name), "dt", None)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else ""


def _people(component: Any, name: str) -> list[str]:
    value = component.get(name)
    people = value if isinstance(value, list) else [value] if value is not None else []
    return [_person(person) for person in people[:50]]


def _person(person: Any) -> str:
    named = getattr(person, "params", {}).get("CN", "")
    return str(named or person).removeprefix("mailto:").removeprefix("MAILTO:")
