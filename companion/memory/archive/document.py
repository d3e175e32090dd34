"""One document, on disk or inside another: finds its reader and turns whatever goes wrong into a trouble."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol, cast

from companion.memory.archive import kinds
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import (
    Done,
    Item,
    Passage,
    Read,
    Trouble,
    Unreadable,
    fit,
    note,
)

LONGEST = 100_000
"""Characters of one passage; what is longer comes in several."""

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
        for item in _bounded(_reader(kind).read(document), document.limits):
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
    """What `document` is. Raises Unreadable where that isn't read."""
    head = document.stream.read(kinds.HEAD)
    document.stream.seek(0)
    kind = document.kind if document.kind and head else kinds.kind_of(head, document.name)
    if kind in ("zip", "office"):
        from companion.memory.archive import packed

        kind = (
            packed.kind_of(document.stream, document.limits)
            if kind == "zip"
            else packed.office_kind(document.stream)
        )
        document.stream.seek(0)
    if kind in UNREAD:
        raise Unreadable(UNREAD[kind])
    return kind


def _reader(kind: str) -> Reader:
    return cast(Reader, importlib.import_module(f"companion.memory.archive.readers.{READERS[kind]}"))


def _bounded(read: Read, limits: Limits) -> Read:
    """What a reader gives, fit to be kept, as long as it stays within `limits`."""
    passages = characters = 0
    for item in read:
        if isinstance(item, Passage):
            for piece in _pieces(item):
                passages += 1
                characters += len(piece.text)
                if passages > limits.passages or characters > limits.characters:
                    raise Unreadable("There is more text in it than a file may have.")
                yield piece
        elif isinstance(item, Trouble):
            yield replace(item, why=note(item.why), place=note(item.place))
        else:
            yield item


def _pieces(passage: Passage) -> Iterator[Passage]:
    text = fit(passage.text).strip()
    if not text:
        return
    about = (passage.place, passage.when, passage.author, passage.title, passage.to, passage.thread)
    one = Passage(text[:LONGEST], *(note(said) if said else "" for said in about))
    yield one
    for start in range(LONGEST, len(text), LONGEST):
        yield replace(one, text=text[start : start + LONGEST])
