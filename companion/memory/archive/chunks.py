"""Passages to chunks: stretches of a size to search, embed and show, cut where sentences end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from companion.memory.archive.passages import Passage

SMALLEST = 900
"""Characters after which a chunk ends with the next paragraph."""

LARGEST = 1200
"""Characters that a chunk has at most. bge-small reads 512 tokens, about 2,000 characters of English."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of at most `LARGEST` characters; the rest as in `Passage`, of the passage it begins in."""

    text: str
    place: str
    when: str = ""
    author: str = ""
    title: str = ""
    to: str = ""
    thread: str = ""


_about = attrgetter("when", "author", "title", "to", "thread")
_DIGITS = "0123456789"


def chunks(passages: Iterable[Passage]) -> Iterator[Chunk]:
    """Yield the chunks of a document's passages.

    Passages that follow one another, in places that differ in number only ("page 3", "page 4"), and share
    date, author, title, addressees and thread are put together until there are `SMALLEST` characters; longer
    ones are cut.
    """
    held: list[str] = []
    length, place, about, region = 0, "", ("", "", "", "", ""), ""
    for passage in passages:
        text, its, its_region = passage.text, _about(passage), passage.place.rstrip(_DIGITS)
        elsewhere = its_region != region or its != about
        if held and (elsewhere or length >= SMALLEST or (length + len(text) + 2 > LARGEST >= len(text))):
            yield Chunk("\n\n".join(held), place, *about)
            held, length = [], 0
        if not held:
            place, about, region = passage.place, its, its_region
        held.append(text)
        length += len(text) + 2
        if length > LARGEST + 2:
            *whole, last = cut("\n\n".join(held))
            for piece in whole:
                yield Chunk(piece, place, *about)
                place = passage.place
            held, length = [last], len(last)
    if held:
        yield Chunk("\n\n".join(held), place, *about)


def cut(text: str) -> Iterator[str]:
    """Yield `text` in pieces of at most `LARGEST` characters that end with a sentence, else a line or
    word."""
    start = 0
    while len(text) - start > LARGEST:
        end = _border(text, start)
        if piece := text[start:end].strip():
            yield piece
        start = end
    if piece := text[start:].strip():
        yield piece


_BORDERS = ("\n\n", ". ", ".\n", "? ", "?\n", "! ", "!\n", "。", "\n", " ")
"""Where a chunk may end, best first."""


def _border(text: str, start: int) -> int:
    earliest, latest = start + SMALLEST, start + LARGEST
    for mark in _BORDERS:
        at = text.rfind(mark, earliest, latest)
        if at >= 0:
            return at + len(mark)
    return latest
