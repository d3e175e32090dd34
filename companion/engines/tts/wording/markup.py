"""Markdown and its like: which characters of a text are there to be read, word by word.

Every rule hides characters of the text, or replaces them in place, so each word keeps its original. All
patterns are bounded or can't backtrack: ten thousand characters of anything take milliseconds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.engines.tts.wording.stage import is_direction

FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
TAG = re.compile(r"<!--.{0,2000}?-->|</?[A-Za-z][^<>@:]{0,200}>", re.DOTALL)
AUTOLINK = re.compile(r"<(?=[^<>\s]{1,300}>)([^<>\s]*[@:][^<>\s]*)>")
LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}(?:\s{1,3}\"[^\"]{0,100}\")?\)")
REFERENCE = re.compile(r"\[\^?\d{1,3}\]|(?<=\])\[[^\[\]]{0,50}\]")
HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
QUOTE = re.compile(r"[ \t]{0,3}>[> \t]*")
BULLET = re.compile(r"[ \t]*[-*+•‣◦▪●–—][ \t]+(?:\[[ xX]\][ \t]+)?")
NUMBERED = re.compile(r"[ \t]*\d{1,3}([.)])(?=[ \t]+\S)")
RULE = re.compile(r"[ \t]*([-*_=])(?:[ \t]*\1){2,}[ \t]*")
TABLE_RULE = re.compile(r"[ \t|:-]+")
STRONG = re.compile(r"(?<!\d)(?:\*{2,}|__+|~~+)(?!\d)|(?<!\w)(?:\*{2,}|__+|~~+)|(?:\*{2,}|__+|~~+)(?!\w)")
EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,120})(?<=\S)\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_\n]{1,120})(?<=\S)_(?!\w)"
)
ASIDE = re.compile(r"[(\[]([^()\[\]\n]{1,60})[)\]]")


@dataclass(frozen=True, slots=True)
class Visible:
    """A word: what was written, what of it is to be read, and whether a line of its own ends behind it."""

    original: str
    shown: str
    breaks: bool


def visible_words(text: str, language: str) -> list[Visible]:
    """The words of `text`, every one of `text.split()`, with what of each is to be read in `language`."""
    shown = list(text)
    for pattern in (FENCE, TAG):
        for match in pattern.finditer(text):
            _hide(shown, match.start(), match.end())
    for match in AUTOLINK.finditer(text):
        _hide(shown, match.start(), match.start() + 1)
        _hide(shown, match.end() - 1, match.end())
    _hide_links(text, shown)
    breaks = _hide_line_marks(text, shown)
    _hide_emphasis(text, shown, language)
    return list(_words(text, shown, breaks))


def _hide(shown: list[str], start: int, end: int) -> None:
    shown[start:end] = [""] * (end - start)


def _hide_links(text: str, shown: list[str]) -> None:
    for match in LINK.finditer(text):
        _hide(shown, match.start(), match.start(1))
        _hide(shown, match.end(1), match.end())
    for match in REFERENCE.finditer(text):
        _hide(shown, match.start(), match.end())


def _hide_line_marks(text: str, shown: list[str]) -> set[int]:
    """Hides what marks headings, quotations, lists, rules and tables; the ends of lines that stand alone."""
    breaks: set[int] = set()
    start = 0
    lines = text.split("\n")
    for line in lines:
        end = start + len(line)
        if RULE.fullmatch(line) or (TABLE_RULE.fullmatch(line) and "|" in line and "-" in line):
            _hide(shown, start, end)
        elif _hide_start(line, start, shown) or not text[end + 1 : end + 2].strip() or _is_row(line):
            breaks.add(end)
        if _is_row(line):
            _hide_row(line, start, shown)
        start = end + 1
    return breaks


def _hide_start(line: str, start: int, shown: list[str]) -> bool:
    """Hides the marks a line starts with; True when it had some."""
    at = 0
    quote = QUOTE.match(line)
    if quote:
        at = quote.end()
    mark = HEADING.match(line, at) or BULLET.match(line, at)
    if mark:
        at = mark.end()
        if "#" in mark.group():
            tail = len(line) - len(line.rstrip("# \t"))
            _hide(shown, start + len(line) - tail, start + len(line))
    _hide(shown, start, start + at)
    number = NUMBERED.match(line, at)
    if number:
        shown[start + number.start(1)] = ","
    return bool(at or number)


def _is_row(line: str) -> bool:
    stripped = line.strip()
    return stripped.startswith("|") and stripped.count("|") > 2


def _hide_row(line: str, start: int, shown: list[str]) -> None:
    borders = [place for place, character in enumerate(line) if character == "|"]
    for border in borders:
        inner = border not in (borders[0], borders[-1])
        shown[start + border] = "," if inner else ""


def _hide_emphasis(text: str, shown: list[str], language: str) -> None:
    for match in EMPHASIS.finditer(text):
        content = match.group(1) or match.group(2)
        if is_direction(content, text[: match.start()][-40:], text[match.end() :][:40], language):
            _hide(shown, match.start(), match.end())
        else:
            _hide(shown, match.start(), match.start() + 1)
            _hide(shown, match.end() - 1, match.end())
    for match in ASIDE.finditer(text):
        if is_direction(match.group(1), "x", "x", language):
            _hide(shown, match.start(), match.end())
    for match in STRONG.finditer(text):
        _hide(shown, match.start(), match.end())


def _words(text: str, shown: list[str], breaks: set[int]) -> Iterator[Visible]:
    for match in re.finditer(r"\S+", text):
        start, end = match.span()
        seen = "".join(shown[start:end])
        if "&" in seen:
            seen = html.unescape(seen)
        gap = end
        while gap < len(text) and text[gap] in " \t\r":
            gap += 1
        yield Visible(match.group(), seen, gap in breaks)
