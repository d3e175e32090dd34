"""JSON as it streams by: values at chosen places, never the whole, and never too deep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Unreadable

TOO_DEEP = "Its parts are nested too deep."
DAMAGED = "It is damaged: its JSON breaks off or is wrong."
_OPENING = ("start_map", "start_array")
_CLOSING = ("end_map", "end_array")


def events(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, str, Any]]:
    """Yield ijson's (prefix, event, value). Raises Unreadable at what is no JSON or too deep.

    A mark of byte order is skipped; values may follow one another, as in JSON lines.
    """
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    depth = 0
    try:
        for prefix, event, value in ijson.parse(stream, use_float=True, multiple_values=True):
            depth += (event in _OPENING) - (event in _CLOSING)
            if depth > limits.depth:
                raise Unreadable(TOO_DEEP)
            yield prefix, event, value
    except (ijson.JSONError, ValueError, OverflowError) as error:
        raise Unreadable(DAMAGED) from error


def chosen(stream: BinaryIO, limits: Limits, prefixes: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Yield (prefix, value) for every value at one of `prefixes`; raises as `events` does."""
    builder: ijson.ObjectBuilder | None = None
    inside = 0
    for prefix, event, value in events(stream, limits):
        if builder is None and prefix in prefixes:
            if event in _OPENING:
                builder, inside = ijson.ObjectBuilder(), 0
            elif event not in _CLOSING and event != "map_key":
                yield prefix, value
        if builder is not None:
            builder.event(event, value)
            inside += (event in _OPENING) - (event in _CLOSING)
            if not inside:
                yield prefix, builder.value
                builder = None


def repaired(text: str) -> str:
    """Return a text of Facebook's or Instagram's as it was written.

    Their exports write each byte of UTF-8 as a character of its own ("Ã¼" for "ü").
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def string(value: object) -> str:
    """`value` where it is text, a number where it is one, else ""."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
