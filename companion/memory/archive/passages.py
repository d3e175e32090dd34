"""What comes out of a file: passages with their places, and troubles in one sentence each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.errors import CompanionError

LONGEST_NOTE = 500
"""Characters kept of a place, date, author, title or addressee."""

CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
"""The control characters of ASCII, but for tabs and the ends of lines."""

_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What no text needs and no database wants: control characters, marks of direction, lone surrogates."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text out of a file, and where it stands.

    `place` is for people and short ("page 3", "line 120", "mail <id>", "chapter Two"); `when` is ISO 8601,
    without a zone where the file names none, or ""; `author` is the sender of a mail, the speakers of a
    stretch of chat (joined by ", "); `title` a subject or heading; `to` the addressees; `thread` what ties
    mails or messages together: the first mail's id, the chat's name."""

    text: str
    place: str
    when: str = ""
    author: str = ""
    title: str = ""
    to: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One sentence for the person. `place` is "" for the file itself, else what inside it is meant."""

    why: str
    place: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """The reader has come so far: bytes of the file. A mail, a conversation, a row is done."""

    done: int


@dataclass(frozen=True, slots=True)
class Done:
    """The last thing said of a file: its kind, how many passages and troubles it gave, and whether it was
    read to its end. A file that gave no passage gave exactly one trouble with place "".

    `kind` is one of `document.READERS` or `document.UNREAD`, "zip" for a damaged one, "" where the file
    couldn't be opened or its reading had to be ended.
    """

    kind: str
    passages: int
    troubles: int
    whole: bool


Item = Passage | Trouble | Progress | Done

Read = Iterator[Passage | Trouble | Progress]
"""What a reader gives."""


class Unreadable(CompanionError):
    """A document can't be read, or not any further; the text is the sentence for its `Trouble`."""


def fit(text: str) -> str:
    """Return `text` without what `_UNFIT` names; plain ASCII takes a way that is thirty times as fast."""
    if not text.isascii():
        return _UNFIT.sub("", text)
    data = text.encode("ascii")
    kept = data.translate(None, CONTROLS)
    return text if len(kept) == len(data) else kept.decode("ascii")


def note(text: str) -> str:
    """Return `text` on one line, fit to be a place, author, title or addressee."""
    return " ".join(fit(text[: 4 * LONGEST_NOTE]).split())[:LONGEST_NOTE]


def titled(title: str, heading: str) -> str:
    """Return a document's title and the heading a passage stands under as one."""
    return f"{title}: {heading}" if title and heading and title != heading else title or heading
