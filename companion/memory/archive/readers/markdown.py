"""Markdown: a passage a paragraph, under its heading; front matter, and links as they read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from companion.memory.archive.decoding import paragraphs
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Read, titled
from companion.memory.archive.readers.plain import day_in

_FRONT = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"(?m)^(\w[\w -]{0,40}):[ \t]+(\S.{0,500})$")
_MARK = re.compile(r"(?m)^(?:#{1,6}[ \t]+(\S.{0,299})$|[ \t]*(?:```|~~~))")
"""A heading, or the begin or end of code, in which no heading stands."""

_EMBED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]|!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)")
_WIKI = re.compile(r"\[\[([^\[\]|#\n]{0,300})(?:#[^\[\]|\n]{0,300})?(?:\|([^\[\]\n]{1,300}))?\]\]")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\((?:[^()\n]{0,2000})\)")
_FENCE = re.compile(r"(?m)^[ \t]*(```|~~~)")


@dataclass(frozen=True, slots=True)
class _Front:
    """What the front matter says of a note."""

    title: str = ""
    when: str = ""
    author: str = ""


def read(document: Document) -> Read:
    """Yield the paragraphs of a note, each with the heading above it."""
    front, heading, fenced = _Front(when=day_in(document.name)), "", False
    for line, text in paragraphs(document.stream, document.limits):
        if line == 1 and (matter := _FRONT.match(text)):
            front = _front(matter[1], front)
            line += matter[0].count("\n")
            text = text[matter.end() :]
        for at, part, above in _parts(text, heading, fenced):
            heading = above
            shown = part if fenced or _FENCE.search(part) else as_read(part)
            if shown.strip():
                yield Passage(
                    shown, f"line {line + at}", front.when, front.author, titled(front.title, heading)
                )
        fenced ^= len(_FENCE.findall(text)) % 2 == 1


def as_read(text: str) -> str:
    """Return Markdown with its links, wiki links among them, as a reader sees them."""
    if "[" not in text:
        return text
    text = _EMBED.sub("", text)
    return _LINK.sub(r"\1", _WIKI.sub(lambda link: link[2] or link[1], text))


def _front(matter: str, front: _Front) -> _Front:
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, value in _FIELD.findall(matter)}
    when = fields.get("date") or fields.get("created") or front.when
    return _Front(fields.get("title", ""), when, fields.get("author", "").strip("[]"))


def _parts(text: str, heading: str, fenced: bool) -> Iterator[tuple[int, str, str]]:
    """A paragraph cut at its headings: (lines before the part, the part, the heading it stands under)."""
    at = line = 0
    for mark in _MARK.finditer(text) if "#" in text else ():
        if mark[1] is None:
            fenced = not fenced
            continue
        if fenced:
            continue
        if text[at : mark.start()].strip():
            yield line, text[at : mark.start()], heading
        line += text.count("\n", at, mark.start())
        at, heading = mark.start(), as_read(mark[1]).strip(" #*")
    yield line, text[at:], heading
