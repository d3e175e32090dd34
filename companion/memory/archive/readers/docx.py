"""DOCX: a passage a paragraph under its heading, footnotes and comments behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from companion.memory.archive.document import Document
from companion.memory.archive.limits import Limits
from companion.memory.archive.markup import attribute, events, local, texts
from companion.memory.archive.packed import Zip
from companion.memory.archive.passages import Passage, Read, titled

_PARTS = (
    ("word/document.xml", "paragraph"),
    ("word/footnotes.xml", "footnote"),
    ("word/endnotes.xml", "endnote"),
    ("word/comments.xml", "comment"),
)


def read(document: Document) -> Read:
    """Yield the paragraphs of a document."""
    packed = Zip(document.stream, document.limits)
    about = texts(packed.read("docProps/core.xml"), document.limits) if "docProps/core.xml" in packed else {}
    when, author, title = about.get("modified", ""), about.get("creator", ""), about.get("title", "")
    for name, place in _PARTS:
        if name in packed:
            for number, text, heading in _paragraphs(packed.open(name), document.limits):
                yield Passage(text, f"{place} {number}", when, author, titled(title, heading))


def _paragraphs(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, str, str]]:
    """(number, text, the heading above) of each paragraph with text. A paragraph in a text box ends before
    the one it hangs in, and so comes before it."""
    number, heading = 0, ""
    for event, element in events(stream, limits):
        if event != "end" or local(element) != "p":
            continue
        number += 1
        text = "".join(_runs(element)).strip()
        if text and _is_heading(element):
            heading = text
        if text:
            yield number, text, heading
        element.clear()


def _runs(paragraph: Element) -> Iterator[str]:
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            yield element.text or ""
        elif name == "tab":
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"


def _is_heading(paragraph: Element) -> bool:
    style = next((attribute(item, "val") for item in paragraph.iter() if local(item) == "pStyle"), "")
    return style.lower().startswith(("heading", "title", "berschrift", "titre", "ttulo"))
