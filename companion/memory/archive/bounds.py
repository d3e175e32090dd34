"""What comes out of a file, made fit to be kept, as long as it stays within the limits.

Done where a document is read, and once more with what comes from the process that reads: by then it may be
under the file's command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Item, Passage, Trouble, Unreadable, fit, note

LONGEST = 100_000
"""Characters of one passage; what is longer comes in several."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?")


def bounded(items: Iterator[Item], limits: Limits) -> Iterator[Item]:
    """Yield `items` as they may be kept. Raises Unreadable where there are more than `limits` allow."""
    passages = characters = 0
    for item in items:
        if isinstance(item, Passage):
            for piece in _pieces(item):
                passages += 1
                characters += len(piece.text)
                if passages > limits.passages or characters > limits.characters:
                    raise Unreadable("There is more text in it than a file may have.")
                yield piece
        elif isinstance(item, Trouble):
            yield replace(item, why=note(item.why), place=note(item.place))
        else:
            yield item


def _pieces(passage: Passage) -> Iterator[Passage]:
    text = fit(passage.text).strip()
    if not text:
        return
    about = (passage.author, passage.title, passage.to, passage.thread)
    when = moment(passage.when) if passage.when else ""
    first = text[:LONGEST].rstrip()
    one = Passage(first, note(passage.place), when, *(note(said) if said else "" for said in about))
    yield one
    for start in range(LONGEST, len(text), LONGEST):
        if piece := text[start : start + LONGEST].strip():
            yield replace(one, text=piece)


@lru_cache(maxsize=256)
def moment(said: str) -> str:
    """Return the day or moment that a file names, in ISO 8601, or "" where it names none: "2010", "May"."""
    found = _MOMENT.match(said)
    if not found:
        return ""
    try:
        datetime.fromisoformat(found[0])
    except ValueError:
        return ""
    return found[0].replace(" ", "T")
