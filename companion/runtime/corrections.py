"""What a text becomes when somebody says what is right in it."""

from __future__ import annotations

import datetime
import difflib
import re

from companion.memory.lexical import SAYS_NOTHING
from companion.memory.times import spans

ALIKE = 0.5
"""How alike two words must be, by their letters (difflib), for one to have been heard for the other: "Thomas"
and "Jonas" are 0.55, "beach" and "peach" 0.8, "great" and "Wolfgang" 0.15."""

_NAME = re.compile(r"\b[A-Z][\w'’-]+")
_NO_NAMES = frozenset(
    {"I", "You", "Your", "My", "The", "It", "It's", "He", "She", "They", "We", "No", "That"}
)
_PLACE = r"(?:the\s+)?[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)*"
_PLACED = re.compile(rf"\b(in|at|to|from|for|near|with)\s+{_PLACE}")


def mended(statement: str, correction: str, now: datetime.date) -> str:
    """A statement with what the correction puts right: a time for its time, a place for its place, a name for
    the name most like it; else the correction itself."""
    new, old = spans(correction, now), spans(statement, now)
    if new and old:
        return statement.replace(old[0].words, new[0].words, 1)
    if len(correction.split()) <= 4:
        if (placed := _PLACED.search(correction)) and (
            there := re.search(rf"\b{placed[1]}\s+{_PLACE}", statement)
        ):
            return f"{statement[: there.start()]}{placed[0]}{statement[there.end() :]}"
        names, known = _names(correction), _names(statement)
        if names and known:
            return statement.replace(max(known, key=lambda name: likeness(name, names[-1])), names[-1], 1)
    return correction[:1].upper() + correction[1:]


def _names(text: str) -> list[str]:
    return [name for name in _NAME.findall(text) if name not in _NO_NAMES]


def likeness(one: str, other: str) -> float:
    """How alike two words are by their letters, 0..1."""
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def replaced(text: str, right: str, wrong: str = "") -> str | None:
    """A text with `right` in the place of what was heard in its stead: `wrong` where that is named, else the
    words that are most like it; None where nothing in it is."""
    if wrong:
        found = re.search(rf"(?<!\w){re.escape(wrong)}(?!\w)", text, re.IGNORECASE)
        return f"{text[: found.start()]}{right}{text[found.end() :]}" if found else None
    words = list(re.finditer(r"[\w'’-]+", text))
    length = len(right.split())
    stretches = [(words[i].start(), words[i + length - 1].end()) for i in range(len(words) - length + 1)]
    if not stretches:
        return None
    alike = {(start, end): likeness(text[start:end], right) for start, end in stretches}
    start, end = max(alike, key=lambda stretch: alike[stretch])
    said = text[start:end].casefold()
    if alike[start, end] < ALIKE or said == right.casefold() or said in SAYS_NOTHING:
        return None
    return f"{text[:start]}{right}{text[end:]}"


def shared(statement: str, heard: str) -> float:
    """How much of what a statement says was heard, 0..1, by its words that say something."""
    said, told = content(statement), content(heard)
    return len(said & told) / len(said) if said else 0.0


def content(text: str) -> set[str]:
    """The words of a text that say something, without their endings."""
    words = re.findall(r"\w+", text.casefold())
    return {word[:6] for word in words if word not in SAYS_NOTHING and len(word) > 2}
