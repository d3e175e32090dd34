"""mbox: the mails of a folder in one file, one after another, each read by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from companion.memory.archive.document import Document
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Progress, Read, Trouble, Unreadable
from companion.memory.archive.readers.mail import mail

_ESCAPED = re.compile(rb"(?m)^>(>*From )")
_START = re.compile(rb"From .*\d\d:\d\d|From .*\d{4}\s*$")
"""A line between two mails; "From " alone begins many a sentence."""


@dataclass(frozen=True, slots=True)
class _Mail:
    """The bytes of one mail, its number from 1, and whether something of it was left out as too long."""

    data: bytes
    number: int
    cut: bool


def read(document: Document) -> Read:
    """Yield the mails of an mbox. One that is damaged is a trouble and doesn't stop the rest."""
    for one in _mails(document.stream, document.limits):
        try:
            yield from mail(_ESCAPED.sub(rb"\1", one.data), document, f"mail {one.number}")
            if one.cut:
                raise Unreadable("It is too long, or one of its lines is; the rest of it was kept.")
        except Unreadable as error:
            yield Trouble(str(error), f"mail {one.number}")
        except Exception as error:  # noqa: BLE001 - the parser fails in many ways on damage, which is reported for the mail
            yield Trouble(f"It is damaged ({type(error).__name__}).", f"mail {one.number}")
        yield Progress(document.stream.tell())


def _mails(stream: BinaryIO, limits: Limits) -> Iterator[_Mail]:
    held: list[bytes] = []
    size = number = 0
    cut, blank = False, True
    for line, whole in _lines(stream, limits):
        if blank and line.startswith(b"From ") and _START.match(line):
            if held:
                number += 1
                yield _Mail(b"".join(held), number, cut)
            held, size, cut = [], 0, False
        elif size + len(line) <= limits.document:
            held.append(line)
            size += len(line)
            cut = cut or not whole
        else:
            cut = True
        blank = not line.strip()
    if held:
        yield _Mail(b"".join(held), number + 1, cut)


def _lines(stream: BinaryIO, limits: Limits) -> Iterator[tuple[bytes, bool]]:
    """(a line, whether it is whole). A line longer than `limits.line` is cut there and its rest skipped."""
    while line := stream.readline(limits.line):
        whole = line.endswith(b"\n") or len(line) < limits.line
        rest = line
        while not rest.endswith(b"\n") and len(rest) == limits.line:
            rest = stream.readline(limits.line)
        yield line if whole else line + b"\n", whole
