"""Contacts (VCF): a passage a person. Lines by icalendar, which shares their grammar (RFC 6350, 3.3)."""

from __future__ import annotations

import quopri
from collections.abc import Iterator
from typing import Any

from icalendar.parser import Contentline

from companion.memory.archive.decoding import guessed, lines
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Progress, Read, Trouble, Unreadable

_TOLD = {
    "NICKNAME": "Nickname",
    "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary",
    "TEL": "Phone",
    "EMAIL": "Mail",
    "ADR": "Address",
    "ORG": "Works at",
    "TITLE": "Work",
    "ROLE": "Role",
    "RELATED": "Related",
    "URL": "Web",
    "NOTE": "Note",
}
_UNTOLD = frozenset(("PHOTO", "LOGO", "SOUND", "KEY"))
_LARGE = 1 << 16
"""Characters of one line, unfolded; only pictures are longer."""

_MOST = 1000
"""Lines of one contact."""


def read(document: Document) -> Read:
    """Yield the contacts of an address book."""
    held: list[str] = []
    number, inside = 0, False
    for line in _unfolded(document):
        upper = line[:20].upper().strip()
        if upper == "BEGIN:VCARD":
            held, inside = [], True
        elif upper == "END:VCARD" and inside:
            number += 1
            yield from _contact(held, number)
            yield Progress(document.stream.tell())
            inside = False
        elif inside and len(held) < _MOST:
            held.append(line)
    if inside:
        raise Unreadable("It is damaged: it breaks off.")


def _unfolded(document: Document) -> Iterator[str]:
    """The content lines: one that begins with a space goes on, as in vCard 2.1 behind one that ends in
    "="."""
    held, length = list[str](), 0
    for line in lines(document.stream, document.limits):
        soft = bool(held) and held[-1].endswith("=") and "QUOTED-PRINTABLE" in held[0][:200].upper()
        if held and (line[:1] in (" ", "\t") or soft):
            length += len(line)
            if length <= _LARGE:
                held.append(f"\n{line}" if soft else line[1:])
        else:
            yield "".join(held)
            held, length = [line], len(line)
    yield "".join(held)


def _contact(held: list[str], number: int) -> Read:
    told: dict[str, list[str]] = {}
    wrong = 0
    for line in held:
        name = line.partition(":")[0].partition(";")[0].rpartition(".")[2].upper()
        if name in _UNTOLD or name not in {*_TOLD, "FN", "N"}:
            continue
        try:
            told.setdefault(name, []).append(_value(line))
        except (ValueError, LookupError, UnicodeError):
            wrong += 1
    named = _first(told, "FN") or " ".join(reversed(_first(told, "N").split(", ")[:2]))
    facts = [
        f"{_TOLD[name]}: {value}"
        for name, values in told.items()
        if name in _TOLD
        for value in values
        if value
    ]
    if named or facts:
        yield Passage("\n".join([named, *facts]), f"contact {number}", title=named)
    if wrong:
        yield Trouble(f"{wrong} of its lines are damaged; the others were kept.", f"contact {number}")


_line: Any = Contentline  # has no types


def _first(told: dict[str, list[str]], name: str) -> str:
    return next(iter(told.get(name, ())), "")


def _value(line: str) -> str:
    """What a content line says, its parts joined by commas. Raises ValueError where it is none."""
    if "QUOTED-PRINTABLE" in line.partition(":")[0].upper():
        text = _quoted(line)
    else:
        text = str(_line(line).parts()[2])
    parts = (part.strip() for part in text.replace("\\n", "\n").replace("\\,", ",").split(";"))
    return ", ".join(filter(None, parts))


def _quoted(line: str) -> str:
    data = quopri.decodestring(line.partition(":")[2].encode("utf-8", "replace"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(guessed(data), "replace")
