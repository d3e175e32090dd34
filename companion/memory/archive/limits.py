"""How much a file may ask of the machine before it is left alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on reading one file. All of them are far above what real files need: a mail with 60 MB of
    attachments, a PDF of 5,000 pages and ten years of chat pass.

    `seconds` of computing that give nothing new, be it for a document or for one mail of an mbox;
    `total_seconds` of computing for a file in all; `waiting`: seconds without a sign of life, which is long,
    since reading gives way to everything else on the machine; `memory` in bytes, of the reading process;
    `line` in bytes; `depth` of elements, brackets or parts in one another; `inner` of documents in documents;
    `passages` and `characters` that one file may give; `document` in bytes: the largest file, attachment or
    mail that is read into memory; `entries` of a zip, `unpacked` bytes out of one in all, and `ratio` of
    unpacked to packed bytes (deflate reaches 1,032, text stays under 30).
    """

    seconds: float = 60.0
    total_seconds: float = 3600.0
    waiting: float = 300.0
    memory: int = 1 << 30
    line: int = 1 << 20
    depth: int = 200
    inner: int = 6
    passages: int = 2_000_000
    characters: int = 2_000_000_000
    document: int = 128 << 20
    entries: int = 10_000
    unpacked: int = 256 << 20
    ratio: int = 200
