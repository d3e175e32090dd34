"""Who is it? What is said to a voice that nobody is known by, the name in the answer, and who is to be
forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable

WHO = "I don't know your voice yet. Who is it? If you tell me your name, I'll know you the next time."
MET = "Nice to meet you, {name}."
"""What comes before the answer to what was said first."""

_NAME = r"(?P<name>[A-Z][\w'’-]+(?: (?:van |von |de |da )?[A-Z][\w'’-]+){0,2})"
_LEAD = r"(?:(?:oh|um|uh|well|hi|hello|hey|sorry|yes|yeah|sure|okay|so)[,.!]? )*"
_IS = (
    r"(?:my name is|my name's|my name would be|the name is|the name's|this is|it is|it's|i am|i'm|"
    r"i am called|i'm called|you can call me|call me|they call me|people call me|here is|here's)"
)
_TAIL = r"(?:,? (?:here|speaking|by the way|her \w+|his \w+|the \w+|a \w+ .*|and .*))?"
_SAID = re.compile(rf"(?i:{_LEAD})(?:(?i:{_IS}) )?{_NAME}{_TAIL}[.!?]*")

_NO_NAMES_TEXT = """
    no nope never none nothing nobody not me you it this that i i'm im why what who who's what's how when
    where yes yeah okay ok sure guess please stop well oh sorry hello hi hey just don't mind maybe later
    thanks thank can could would do does did is are turn tell the a an
    um uh er erm hm hmm mm mhm ah oh really interesting great good fine right exactly tomorrow today wow
    cool nice alright whatever anyway actually so and but let let's
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())

MINE = "my"
"""Whose voice "my voice" is: the speaker's."""

FORGOTTEN = "I've forgotten that voice."
NOT_KNOWN = "I can't tell whose voice that would be, so I've forgotten none. Tell me the name."

_FORGET = re.compile(
    r"(?:(?:please|(?:can|could|would|will) you|i want you to|i'd like you to|okay|so|and|just),? )*"
    r"(?:forget|delete|erase|remove)(?: about)? "
    r"(?:(?P<mine>my) voice|the voice of (?P<of>[\w'’ -]+?)|(?P<whose>[\w -]+?)['’]s? voice)"
    r"(?:,? (?:please|now|again))*[.!?]*",
    re.IGNORECASE,
)


def called(names: Iterable[str], name: str) -> list[str]:
    """That of `names` which is `name`; else those that are, whatever the case of their letters."""
    like = [known for known in names if known.casefold() == name.casefold()]
    return [name] if name in like else like


def to_forget(text: str) -> str:
    """Whose voice all of `text` asks to forget: a name, or `MINE`; "" where it asks for nothing of the
    kind."""
    found = _FORGET.fullmatch(text.strip())
    if not found:
        return ""
    return MINE if found["mine"] else (found["of"] or found["whose"]).strip()


def name_in(text: str) -> str:
    """The name that all of `text` gives in answer to "who is it?"; "" where it gives none."""
    parts = re.split(r"(?<=[.!?])\s+", text.strip())
    told = [part for part in parts if re.search(rf"(?i:\b{_IS}) ", part)]  # before a word that may be none
    for part in (*told, *parts):
        found = _SAID.fullmatch(part)
        if found and found["name"].split()[0].lower() not in _NO_NAMES:
            return found["name"]
    return ""
