"""XML without its traps: elements as they end, no entities but XML's own, nothing fetched, depth bounded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Unreadable

TRAP = "It has entities of its own, which can be a trap, so it wasn't read."
DAMAGED = "It is damaged: its XML breaks off or is wrong."
TOO_DEEP = "Its parts are nested too deep."


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """The attribute `name` of whatever namespace, or ""."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def events(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, Element]]:
    """Yield ("start" or "end", element) as the parser comes to them.

    Raises Unreadable at what is no XML, is nested deeper than `limits.depth`, or defines entities.
    """
    depth = 0
    try:
        parsing: Any = iterparse(stream, events=("start", "end"))
        for event, element in parsing:
            depth += 1 if event == "start" else -1
            if depth > limits.depth:
                raise Unreadable(TOO_DEEP)
            yield event, element
    except DefusedXmlException as error:
        raise Unreadable(TRAP) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(DAMAGED) from error


def ended(stream: BinaryIO, limits: Limits) -> Iterator[Element]:
    """Yield every element when it has ended; raises as `events` does."""
    for event, element in events(stream, limits):
        if event == "end":
            yield element


def texts(data: bytes, limits: Limits) -> dict[str, str]:
    """Return the first text of each element of a small file, by local name: what describes a document."""
    found: dict[str, str] = {}
    for element in ended(io.BytesIO(data), limits):
        if element.text and element.text.strip():
            found.setdefault(local(element), element.text.strip())
    return found
