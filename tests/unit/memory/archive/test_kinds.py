"""What a file is, is told by what is in it before its name is asked."""

from __future__ import annotations

import pytest
import specimens

from companion.memory.archive.document import UNREAD
from companion.memory.archive.kinds import HEAD, kind_of
from companion.memory.archive.passages import Done, Trouble

KINDS = {
    "book.txt": "text",
    "summer.md": "markdown",
    "summer.html": "html",
    "letter.rtf": "rtf",
    "calendar.ics": "ics",
    "contacts.vcf": "vcf",
    "days.csv": "csv",
    "days.json": "json",
    "WhatsApp Chat with Amy.txt": "whatsapp",
    "result.json": "telegram",
    "message_1.json": "meta",
    "conversations.json": "chatgpt",
    "plan.pdf": "pdf",
    "letter.docx": "docx",
    "letter.odt": "odt",
    "book.epub": "epub",
    "mail.eml": "mail",
    "inbox.mbox": "mbox",
}


@pytest.mark.parametrize("name", KINDS)
def test_each_format_is_known(name: str, read_bytes) -> None:
    assert read_bytes(specimens.all_of_them()[name], name)[-1].kind == KINDS[name]


@pytest.mark.parametrize(
    "name", [name for name in KINDS if name not in ("book.txt", "summer.md", "days.csv", "days.json")]
)
def test_content_comes_before_the_name(name: str, read_bytes) -> None:
    assert read_bytes(specimens.all_of_them()[name], "something")[-1].kind == KINDS[name]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"RIFF0000WAVE", "sound"),
        (b"0000ftypisom", "film"),
        (b"\x1f\x8b", "packed"),
        (b"\x7fELF", "program"),
        (b"SQLite format 3\0", "database"),
        (bytes(range(256)) * 4, "binary"),
        (b"<?xml version='1.0'?><x/>", "xml"),
        (b"", "empty"),
    ],
)
def test_what_isnt_read_is_said_in_a_sentence(head: bytes, kind: str, read_bytes) -> None:
    assert kind_of(head[:HEAD], "x.txt") == kind
    assert read_bytes(head, "x.txt") == [Trouble(UNREAD[kind]), Done(kind, 0, 1, whole=False)]


@pytest.mark.parametrize(
    "text",
    [
        "[1] See the book by Berg.\n[2] See there.",
        "2024-03-12 10:00 - woke up\n2024-03-12 11:00 - had tea",
        "03.05.2021 Meeting - what was said: nothing",
        "From here on: nothing\nTo: be done",
        "To do: buy a boat",
        "a < b and <html is a word",
    ],
)
def test_notes_that_look_like_something_else_are_notes(text: str, read_bytes) -> None:
    passage, done = read_bytes(text, "note.txt")

    assert (passage.text, done.kind) == (text, "text")
