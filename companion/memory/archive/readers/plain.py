"""Plain text: a passage a paragraph, short ones together."""

from __future__ import annotations

import re

from companion.memory.archive.decoding import paragraphs
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Read

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")


TOGETHER = 900
"""Characters up to which paragraphs make one passage: a book is read in half the time of a passage each."""


def read(document: Document) -> Read:
    """Yield the paragraphs of a text."""
    when = day_in(document.name)
    held: list[str] = []
    start = length = 0
    for line, text in paragraphs(document.stream, document.limits):
        if held and length + len(text) > TOGETHER:
            yield Passage("\n\n".join(held), f"line {start}", when)
            held, length = [], 0
        if text and not text.isspace():
            start = start if held else line
            held.append(text)
            length += len(text)
    if held:
        yield Passage("\n\n".join(held), f"line {start}", when)


def day_in(name: str) -> str:
    """Return the day that a file's name tells, as in "2026-03-12 dentist.txt", or ""."""
    found = _DAY.search(name)
    return "-".join(found.groups()) if found and "01" <= found[2] <= "12" and "01" <= found[3] <= "31" else ""
