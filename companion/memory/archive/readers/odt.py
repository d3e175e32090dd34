"""ODT: a passage a paragraph under its heading."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from companion.memory.archive.document import Document
from companion.memory.archive.limits import Limits
from companion.memory.archive.markup import attribute, events, local, texts
from companion.memory.archive.packed import Zip
from companion.memory.archive.passages import Passage, Read, Unreadable, titled


def read(document: Document) -> Read:
    """Yield the paragraphs of a document."""
    packed = Zip(document.stream, document.limits)
    if "META-INF/manifest.xml" in packed and b"encryption-data" in packed.read("META-INF/manifest.xml"):
        raise Unreadable("It is protected with a password: save it without one, and add it again.")
    about = texts(packed.read("meta.xml"), document.limits) if "meta.xml" in packed else {}
    when, author = about.get("date", ""), about.get("creator") or about.get("initial-creator", "")
    heading = ""
    for number, element in enumerate(_paragraphs(packed, document.limits), 1):
        text = "".join(_text(element)).strip()
        if text:
            heading = text if local(element) == "h" else heading
            title = titled(about.get("title", ""), heading)
            yield Passage(text, f"paragraph {number}", when, author, title)


def _paragraphs(packed: Zip, limits: Limits) -> Iterator[Element]:
    """The paragraphs and headings as they end, but for what was deleted and is only kept for undoing."""
    deleted = 0
    for event, element in events(packed.open("content.xml"), limits):
        name = local(element)
        if name == "tracked-changes":
            deleted += 1 if event == "start" else -1
        elif event == "end" and name in ("p", "h"):
            if not deleted:
                yield element
            tail = element.tail
            element.clear()
            element.tail = tail


def _text(element: Element) -> Iterator[str]:
    """The text of an element and what is in it; as deep as `limits.depth` allows."""
    yield element.text or ""
    for child in element:
        name = local(child)
        if name == "s":
            yield " " * min(int(attribute(child, "c") or 1), 100)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        else:
            yield from _text(child)
        yield child.tail or ""
