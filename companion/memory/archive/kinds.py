"""What kind of file this is: by its first bytes, and by its name only where they leave it open."""

from __future__ import annotations

import re
from pathlib import PurePath

from companion.memory.archive.decoding import encoding_of

HEAD = 16_384
"""Bytes of a file's beginning that tell its kind."""

_MAGIC = (
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"\x89PNG", "picture"),
    (0, b"GIF8", "picture"),
    (0, b"II*\0", "picture"),
    (0, b"MM\0*", "picture"),
    (8, b"WEBP", "picture"),
    (8, b"WAVE", "sound"),
    (8, b"AVI ", "film"),
    (4, b"ftyphei", "picture"),
    (4, b"ftypmif", "picture"),
    (4, b"ftypavif", "picture"),
    (4, b"ftypM4A", "sound"),
    (4, b"ftyp", "film"),
    (0, b"ID3", "sound"),
    (0, b"fLaC", "sound"),
    (0, b"OggS", "sound"),
    (0, b"\x1aE\xdf\xa3", "film"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"Rar!\x1a", "packed"),
    (0, b"7z\xbc\xaf\x27\x1c", "packed"),
    (0, b"\x1f\x8b", "packed"),
    (0, b"BZh", "packed"),
    (0, b"\xfd7zXZ", "packed"),
    (0, b"\x28\xb5\x2f\xfd", "packed"),
    (257, b"ustar", "packed"),
    (0, b"\x7fELF", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"MZ\x90\0", "program"),
    (0, b"SQLite format 3\0", "database"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (0, b"{\\rtf", "rtf"),
)

_BY_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".eml": "mail",
    ".mbox": "mbox",
    ".ics": "ics",
    ".vcf": "vcf",
    ".rtf": "rtf",
    ".pdf": "pdf",
    ".docx": "zip",
    ".odt": "zip",
    ".epub": "zip",
}
"""What a name says of a file whose text says nothing."""

_HEADER = re.compile(
    r"(?im)^(from|to|subject|date|received|message-id|return-path|mime-version|delivered-to):"
)
_MBOX = re.compile(r"From \S+.{0,80}\d\d:\d\d.{0,40}\r?\n[A-Za-z-]+:")
_HTML = re.compile(
    r"(?is)(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(!doctype html|html[\s>]|head>|body[\s>])"
)
_DATED = r"\u200e?\[?\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4},?\s[^\n\d]{0,6}\d{1,2}[:.]\d\d"
_WHATSAPP = re.compile(rf"(?m)^{_DATED}[^\n]{{0,14}}(?:\]|[-\u2013])\s[^:\n]{{1,60}}:\s")
_BEGINS_DATED = re.compile(_DATED)
_JSON_START = re.compile(r'\s*([\[{])\s*(["\[{\]}]|-?\d|null|true|false)')
_JSON_FOR_SURE = re.compile(r'\s*(\{\s*"|\[\s*\{\s*")')


def kind_of(head: bytes, name: str) -> str:
    """Return the kind of a file that begins with `head` (`HEAD` bytes are enough) and is called `name`.

    One of the kinds in `document.READERS`, "zip" (whose list of entries tells more), or one of those in
    `document.UNREAD`.
    """
    if not head:
        return "empty"
    if (magic := _by_magic(head)) is not None:
        return magic
    suffix = PurePath(name).suffix.lower()
    encoding = encoding_of(head)
    if encoding is None:
        by_suffix = _BY_SUFFIX.get(suffix, "binary")
        return by_suffix if by_suffix in ("pdf", "zip", "rtf", "mail", "mbox") else "binary"
    text = head.decode(encoding or "utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n")
    return _by_text(text, suffix)


def _by_magic(head: bytes) -> str | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return next((kind for at, magic, kind in _MAGIC if head.startswith(magic, at)), None)


def _by_text(text: str, suffix: str) -> str:
    start = text.lstrip()[:1000]
    if start.upper().startswith("BEGIN:VCALENDAR"):
        return "ics"
    if start.upper().startswith("BEGIN:VCARD"):
        return "vcf"
    if _MBOX.match(text):
        return "mbox"
    if suffix not in (".md", ".csv", ".tsv") and _BEGINS_DATED.match(text) and _WHATSAPP.search(text):
        return "whatsapp"
    if suffix in (".json", ".jsonl", ".ndjson") or (
        suffix in ("", ".txt", ".js") and _JSON_FOR_SURE.match(text)
    ):
        return _json_kind(text) if _JSON_START.match(text) else "text"
    if suffix in (".md", ".markdown", ".mdown", ".csv", ".tsv"):
        return _BY_SUFFIX[suffix]
    if len(set(_HEADER.findall(text.split("\n\n")[0][:8000].lower()))) >= 2:
        return "mail"
    if _HTML.match(start):
        return "html"
    if start.startswith("<?xml") or suffix in (".xml", ".svg"):
        return "html" if suffix in (".xhtml", ".html", ".htm") else "xml"
    by_suffix = _BY_SUFFIX.get(suffix, "text")
    return "text" if by_suffix == "zip" else by_suffix


def _json_kind(text: str) -> str:
    if '"sender_name"' in text:
        return "meta"
    if '"mapping"' in text and '"title"' in text:
        return "chatgpt"
    if '"from_id"' in text or '"date_unixtime"' in text or ('"chats"' in text and '"list"' in text):
        return "telegram"
    return "json"
