"""Names and titles that others chose, as they may stand in a sentence of ours: short, and plainly theirs."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60
"""Characters of a name or title that are said, at most."""

_QUOTES_AND_BRACKETS = frozenset(("Ps", "Pe", "Pi", "Pf"))
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"))
_OTHERS = frozenset("\"'`´<>|＂＇＜＞｜\\′″‵")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_KEPT = "\0"


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NAME = re.compile(r"[\w.@+'-]+(?: [\w.@+'-]+){0,3}…?")
_FILE = re.compile(r"[\w.@+'-]+…?")
_SPEAKING = _words(
    "i me my mine you your yours we us our she he it they the a and to from in on says said told tells"
    " that this is are was"
)
"""Words that make a sentence of what should be a name."""


def plain(text: str, longest: int = LONGEST) -> str:
    """Return `text` on one line without quotes, brackets and what isn't seen, cut at a word, with "…", where
    it is longer than `longest`."""
    marked = _APOSTROPHE.sub(_KEPT, text[: 20 * longest].replace(_KEPT, " "))
    words = "".join(map(_letter, marked)).split()
    shown = " ".join(words).strip(" ,;")
    if len(shown) <= longest:
        return shown
    beginning = shown[: longest - 1]
    return (beginning.rpartition(" ")[0].rstrip(" ,;:.") or beginning) + "…"


def quoted(title: str) -> str:
    """A title between the only quotes that a citation has; "" for none."""
    shown = plain(title)
    return _between(shown) if shown else ""


def named(name: str) -> str:
    """A name as it is said: between quotes where it is more than a name, "I told you today" say."""
    shown = plain(name)
    is_name = _NAME.fullmatch(shown) and _SPEAKING.isdisjoint(shown.casefold().split())
    return shown if is_name or not shown else _between(shown)


def filed(name: str) -> str:
    """A file's name as it is said: between quotes where it is more than a word."""
    shown = plain(name)
    return shown if _FILE.fullmatch(shown) or not shown else _between(shown)


def _between(shown: str) -> str:
    """An apostrophe in it looks unlike the quotes, so that it doesn't seem to end there."""
    return "'" + shown.replace("'", "\u2019") + "'"


def _letter(letter: str) -> str:
    if letter == _KEPT:
        return "'"
    if letter in _OTHERS:
        return " "
    category = unicodedata.category(letter)
    if category in _UNSEEN:
        return "" if category == "Cf" else " "
    return " " if category in _QUOTES_AND_BRACKETS else letter
