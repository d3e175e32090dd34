"""EPUB: the chapters of a book, in the order of its spine."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote

from companion.memory.archive.decoding import blocks
from companion.memory.archive.document import Document
from companion.memory.archive.limits import Limits
from companion.memory.archive.markup import attribute, ended, local
from companion.memory.archive.packed import Zip
from companion.memory.archive.passages import Passage, Read, Trouble, Unreadable
from companion.memory.archive.readers.webpage import Page, paragraphs

_PAGE = re.compile(r"(?i)\.x?html?$")


@dataclass(slots=True)
class _Book:
    """What the package file says: about the book, and which files it is made of."""

    title: str = ""
    author: str = ""
    when: str = ""
    files: dict[str, str] = field(default_factory=dict)
    spine: list[str] = field(default_factory=list)


def read(document: Document) -> Read:
    """Yield the paragraphs of a book."""
    packed = Zip(document.stream, document.limits)
    book, ordered = _book(packed, document.limits)
    if _is_locked(packed, ordered):
        raise Unreadable("It is protected by its seller (DRM), so it can't be read.")
    missing = 0
    for number, name in enumerate(ordered, 1):
        if name not in packed:
            missing += 1
            continue
        try:
            yield from _chapter(packed.open(name), number, book, document.limits)
        except Unreadable as error:
            yield Trouble(str(error), f"chapter {number}")
    if missing:
        raise Unreadable(f"It is damaged: {missing} of its chapters are missing.")
    if not book.spine:
        raise Unreadable("It is damaged: it doesn't say in which order its chapters come.")


def _chapter(stream: BinaryIO, number: int, book: _Book, limits: Limits) -> Iterator[Passage]:
    page = Page()
    for text in paragraphs(page, blocks(stream, limits, lines=False), limits):
        place = f"chapter {page.heading or number}"
        yield Passage(text, place, book.when, book.author, book.title)


def _book(packed: Zip, limits: Limits) -> tuple[_Book, list[str]]:
    """The book, and its chapters' names in the zip: the spine's, or all pages by name where there is none."""
    book = _Book()
    package = _package(packed, limits)
    if package:
        _describe(book, packed.read(package), limits)
    folder = posixpath.dirname(package)
    ordered = [posixpath.normpath(posixpath.join(folder, unquote(book.files[item]))) for item in book.spine]
    return book, ordered or sorted(name for name in packed.names() if _PAGE.search(name))


def _package(packed: Zip, limits: Limits) -> str:
    if "META-INF/container.xml" in packed:
        for element in ended(packed.open("META-INF/container.xml"), limits):
            path = attribute(element, "full-path")
            if local(element) == "rootfile" and path in packed:
                return path
    return next((name for name in packed.names() if name.endswith(".opf")), "")


def _describe(book: _Book, package: bytes, limits: Limits) -> None:
    for element in ended(io.BytesIO(package), limits):
        name, text = local(element), (element.text or "").strip()
        if name == "item" and "nav" not in attribute(element, "properties").split():
            book.files[attribute(element, "id")] = attribute(element, "href")
        elif name == "itemref" and attribute(element, "idref") in book.files:
            book.spine.append(attribute(element, "idref"))
        elif name == "title":
            book.title = book.title or text
        elif name == "creator":
            book.author = f"{book.author}, {text}" if book.author else text
        elif name == "date":
            book.when = book.when or text


def _is_locked(packed: Zip, ordered: list[str]) -> bool:
    """Whether chapters are encrypted; fonts often are, and needn't be read."""
    if "META-INF/encryption.xml" not in packed:
        return False
    listed = packed.read("META-INF/encryption.xml").decode("utf-8", "replace")
    return any(name in listed for name in ordered)
