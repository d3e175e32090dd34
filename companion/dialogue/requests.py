"""Requests that are done at once by code, without the model, in whatever words people make them.

A turn is a request only if all of it is: what is said beside it is politeness, address or thanks. "Stop
talking, please" is one; "I can't stop thinking about her" is none, nor is "Stop. What's the time?": there
her voice has stopped by then, and the question is the turn.
"""

from __future__ import annotations

import re
from enum import Enum

from companion.dialogue.sayings import ASKING, LEADING, SAYINGS, TRAILING
from companion.dialogue.words import bare


class Request(Enum):
    """What is asked for."""

    STOP = "be silent"
    NEVER_MIND = "never mind"
    REPEAT = "say it again"
    GO_ON = "go on"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    MUTE = "mute"
    WAIT = "wait"
    """Time to think: the turn goes on, however long the silence."""


def _any(sayings: str) -> str:
    """One expression of all that stand on lines of their own; a line that is indented further goes on."""
    lines = sayings.strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    joined = "".join(
        line[indent + 4 :] if line.startswith(" " * (indent + 4)) else "\n" + line[indent:] for line in lines
    )
    return "(?:" + "|".join(joined.strip("\n").split("\n")) + ")"


_BEFORE = f"(?:{_any(LEADING)} )*"
_PATTERNS = {
    request: re.compile(f"{_BEFORE}(?:{_any(ASKING)} )*{_any(sayings)}(?: {_any(TRAILING)})*")
    for request, sayings in ((request, SAYINGS[request.name]) for request in Request)
}
_FILLER = re.compile(_BEFORE)
_PIECES = re.compile(r"(?<=[.!?,;…—])\s+|\s+—\s+")

_ORDER = tuple(Request)

MOST_REASON = 6
"""Words of a reason that is given with a request, at most."""

_EXPLAINED = frozenset(
    {Request.SLOWER, Request.FASTER, Request.LOUDER, Request.QUIETER, Request.MUTE, Request.NEVER_MIND}
)


def understand(text: str) -> Request | None:
    """The request that all of `text` is, None if it is something else or more than that."""
    words = " ".join(bare(text))
    if not words:
        return None
    whole = _of(words)
    if whole is not None:
        return whole
    pieces = [piece for piece in (" ".join(bare(part)) for part in _PIECES.split(text)) if piece]
    found = [_of(piece) for piece in pieces]
    requests = {request for request in found if request is not None}
    beside = [piece for piece, request in zip(pieces, found, strict=True) if request is None]
    if not requests or not all(_filler(piece) or _reason(piece, text, requests) for piece in beside):
        return None
    return min(requests, key=_ORDER.index)


def _reason(piece: str, text: str, requests: set[Request]) -> bool:
    """Whether a piece only says why: "I can't keep up, slow down a bit." Only beside what is done to her
    voice or ears, for "Stop, I want to talk about something else" wants an answer."""
    return requests <= _EXPLAINED and len(piece.split()) <= MOST_REASON and "?" not in text


def holds_floor(text: str) -> bool:
    """Whether the turn ends with a wish for time: "her name is, um, give me a second"."""
    pieces = [part for part in _PIECES.split(text.strip()) if bare(part)]
    tails = [" ".join(bare(" ".join(pieces[-count:]))) for count in (1, 2)] if pieces else []
    return any(_of(tail) is Request.WAIT for tail in tails)


def _of(words: str) -> Request | None:
    return next((request for request in _ORDER if _PATTERNS[request].fullmatch(words)), None)


def _filler(words: str) -> bool:
    return _FILLER.fullmatch(words + " ") is not None
