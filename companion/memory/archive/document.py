"""One document, on disk or inside another: finds its reader and turns whatever goes wrong into a trouble."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from companion.memory.archive import kinds
from companion.memory.archive.bounds import bounded
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import (
    Done,
    Item,
    Passage,
    Read,
    Trouble,
    Unreadable,
)

READERS = {
    "text": "plain",
    "markdown": "markdown",
    "html": "webpage",
    "pdf": "pdf",
    "docx": "docx",
    "odt": "odt",
    "rtf": "rtf",
    "epub": "epub",
    "mail": "mail",
    "mbox": "mbox",
    "ics": "ics",
    "vcf": "vcf",
    "csv": "tables",
    "json": "values",
    "whatsapp": "whatsapp",
    "telegram": "telegram",
    "meta": "meta",
    "chatgpt": "chatgpt",
}
"""A module of `readers` a kind."""

UNREAD = {
    "empty": "It is empty.",
    "picture": "It is a picture, and only text is read.",
    "sound": "It is a sound file, and only text is read.",
    "film": "It is a film, and only text is read.",
    "packed": "It is a packed archive: unpack it, and add the folder.",
    "program": "It is a program, and only text is read.",
    "database": "It is a database: export what is in it as CSV or text, and add that.",
    "locked": "It is protected with a password: save it without one, and add it again.",
    "office": "It is in an old Office format: save it as .docx, .odt or .pdf, and add that.",
    "outlook": "It is in Outlook's own format: save it as .eml or .mbox, and add that.",
    "xml": "It is an XML file of no kind that is read.",
    "binary": "It is of no kind that is read.",
}
"""What is told of a file that isn't read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document to read: its bytes (seekable), its name, how much it may ask for, and in how many others it
    lies. `kind` is given where it is known, as in a Maildir, else ""."""

    stream: BinaryIO
    name: str
    limits: Limits
    depth: int = 0
    kind: str = ""


class Reader(Protocol):
    """A module of `readers`."""

    def read(self, document: Document) -> Read:
        """Yield the passages of a document; raise Unreadable where it can't be read any further."""
        ...


def items(document: Document) -> Iterator[Item]:
    """Read a document: its passages, troubles and progress, and `Done` as the last. Raises nothing.

    Where no passage came, exactly one trouble with place "" did.
    """
    kind, passages, troubles, whole = "", 0, 0, False
    try:
        kind = _kind(document)
        kind = _looked_into(kind, document)
        if kind in UNREAD:
            raise Unreadable(UNREAD[kind])
        for item in bounded(_reader(kind).read(document), document.limits):
            passages += isinstance(item, Passage)
            troubles += isinstance(item, Trouble)
            yield item
        whole = True
        why = "" if passages else "There is no text in it."
    except Unreadable as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - parsers fail in every way on damaged files: each is reported
        why = _damage(error)
    if why:
        troubles += 1
        yield Trouble(f"{why.removesuffix('.')}; what came before was kept." if passages else why)
    yield Done(kind, passages, troubles, whole)


def _damage(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "It takes more memory to read than it may."
    if isinstance(error, RecursionError):
        return "Its parts are nested too deep."
    return f"It is damaged ({type(error).__name__})."


def _kind(document: Document) -> str:
    """What `document` seems to be; "zip" and "office" are many things."""
    head = document.stream.read(kinds.HEAD)
    document.stream.seek(0)
    return document.kind if document.kind and head else kinds.kind_of(head, document.name)


def _looked_into(kind: str, document: Document) -> str:
    """What a "zip" or an "office" file is. Raises Unreadable where it is damaged."""
    if kind not in ("zip", "office"):
        return kind
    from companion.memory.archive import packed

    stream, limits = document.stream, document.limits
    kind = packed.kind_of(stream, limits) if kind == "zip" else packed.office_kind(stream)
    stream.seek(0)
    return kind


def _reader(kind: str) -> Reader:
    return cast(Reader, importlib.import_module(f"companion.memory.archive.readers.{READERS[kind]}"))
