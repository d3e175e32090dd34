"""RTF, by striprtf: a passage a paragraph."""

from __future__ import annotations

import re
from typing import Any

from striprtf.striprtf import rtf_to_text

from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Read, Unreadable

_PICTURE = re.compile(r"[0-9a-fA-F\r\n]{2000,}")
"""A picture's bytes in hexadecimal, which the parser would look at one by one."""

_plain: Any = rtf_to_text  # has no types


def read(document: Document) -> Read:
    """Yield the paragraphs of a document."""
    data = document.stream.read(document.limits.document + 1)
    if len(data) > document.limits.document:
        raise Unreadable("It is too large to be read.")
    source = _PICTURE.sub("", data.decode("latin-1"))
    text = str(_plain(source, errors="replace"))
    number = 0
    for paragraph in text.split("\n"):
        if paragraph.strip():
            number += 1
            yield Passage(paragraph, f"paragraph {number}")
    if not data.rstrip(b"\0\r\n \t").endswith(b"}"):
        raise Unreadable("It is damaged: its end is missing.")
