"""PDF, by PDFium: a passage a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pypdfium2 import PdfDocument, PdfiumError

from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Read, Unreadable

MOST_PAGES = 20_000

_HYPHEN = re.compile("[\x02\ufffe]\r?\n?")
"""PDFium's mark of a word that is divided at a line's end."""

_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?")


def read(document: Document) -> Read:
    """Yield the text of each page that has any."""
    pdf = _opened(document)
    try:
        about = pdf.get_metadata_dict()
        title, author = about.get("Title", ""), about.get("Author", "")
        yield from _pages(pdf, title, author, date(about.get("CreationDate", "")))
    finally:
        pdf.close()


def _opened(document: Document) -> PdfDocument:
    try:
        return PdfDocument(document.stream)
    except PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Unreadable(
                "It is protected with a password: save it without one, and add it again."
            ) from error
        raise Unreadable("It is damaged: it can't be opened as a PDF.") from error


def _pages(pdf: PdfDocument, title: str, author: str, when: str) -> Iterator[Passage]:
    empty, failed, count = 0, 0, len(pdf)
    for number in range(min(count, MOST_PAGES)):
        try:
            text = _text(pdf, number)
        except PdfiumError:
            failed += 1
            continue
        empty += not text.strip()
        if text.strip():
            yield Passage(text, f"page {number + 1}", when, author, title)
    if count > MOST_PAGES:
        raise Unreadable(f"It says that it has {count:,} pages, which can't be.")
    if failed:
        raise Unreadable(f"{failed} of its {count} pages are damaged.")
    if count and empty == count:
        raise Unreadable("Its pages are pictures without text.")


def _text(pdf: PdfDocument, number: int) -> str:
    page = pdf[number]
    try:
        shown = page.get_textpage()
        try:
            return _HYPHEN.sub("", shown.get_text_bounded()).replace("\r\n", "\n")
        finally:
            shown.close()
    finally:
        page.close()


def date(text: str) -> str:
    """Return a PDF's date ("D:20240312140311+01'00'") in ISO 8601, or ""."""
    found = _DATE.match(text)
    if not found or not found[2] or not found[3]:
        return ""
    day = f"{found[1]}-{found[2]}-{found[3]}"
    return f"{day}T{found[4]}:{found[5]}" if found[4] and found[5] else day
