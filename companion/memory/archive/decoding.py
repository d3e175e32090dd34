"""Bytes to text: whatever the encoding, in pieces of bounded size, with the numbers of its lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import CONTROLS, Unreadable, fit

BLOCK = 1 << 17
"""Bytes read at a time: between two, whoever reads is asked whether it is to go on."""

LONG_PARAGRAPH = 1 << 16
"""Characters of a paragraph that is given out though its end hasn't come."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 0.05
"""Share of control bytes above which this is no text. Random bytes have 0.1, a terminal's record 0.01."""

_LINE_ENDS = (b"\n", b"\r")

TOO_LONG_A_LINE = "One of its lines is too long to be text."


def encoding_of(head: bytes) -> str | None:
    """Return a wide encoding's name, "" for one that holds ASCII, or None where these bytes aren't text."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return "" if name == "utf-8-sig" else name
    nuls = head.count(0)
    if nuls > len(head) // 5:
        return _wide(head)
    controls = len(head) - len(head.translate(None, CONTROLS)) - nuls
    if controls > _MOST_CONTROLS * len(head) or (nuls and not _is_utf8(head)):
        return None
    return ""


def _is_utf8(head: bytes) -> bool:
    """Whether this is UTF-8, but for a last letter that may have been cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is NUL."""
    even, odd = head[0::2], head[1::2]
    for name, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high.count(0) > 0.5 * len(high) and low.count(0) < 0.05 * len(low):
            return name
    return None


def blocks(stream: BinaryIO, limits: Limits, lines: bool = True) -> Iterator[str]:
    """Yield the text of `stream` in blocks of about `BLOCK` that end where a line ends.

    Where `lines` are no matter, as in HTML, a block may end behind any "<", ">" or blank too. Line ends come
    as "\\n"; control characters don't come. Raises Unreadable at a line longer than `limits.line`, when what
    stands before it has been given.
    """
    head = stream.read(4096)
    stream.seek(0)
    wide = encoding_of(head)
    if wide:
        yield from _wide_blocks(stream, wide, limits)
    else:
        yield from _narrow_blocks(stream, limits, _LINE_ENDS if lines else (*_LINE_ENDS, b"<", b">", b" "))


def _wide_blocks(stream: BinaryIO, encoding: str, limits: Limits) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    while block := stream.read(BLOCK):
        rest += fit(decoder.decode(block)).replace("\r\n", "\n")
        end = rest.rfind("\n") + 1
        if end:
            yield rest[:end]
        elif len(rest) > limits.line:
            raise Unreadable(TOO_LONG_A_LINE)
        rest = rest[end:]
    yield rest


def _narrow_blocks(stream: BinaryIO, limits: Limits, borders: tuple[bytes, ...]) -> Iterator[str]:
    decode = Decoder()
    rest = b""
    while block := stream.read(BLOCK):
        data = rest + block
        end = _last(data, borders) + 1
        if end:
            yield decode(data[:end])
        rest = data[end:]
        if len(rest) > limits.line:
            raise Unreadable(TOO_LONG_A_LINE)
    yield decode(rest)


def _last(data: bytes, borders: tuple[bytes, ...]) -> int:
    """Where the last of `borders` stands, else -1. A return at the very end may be half of a line's end."""
    return max(data.rfind(border, 0, -1 if border == b"\r" else None) for border in borders)


class Decoder:
    """Decodes what should be UTF-8 and sometimes isn't: line by line then, by a guess made once."""

    def __init__(self) -> None:
        self._other = ""

    def __call__(self, data: bytes) -> str:
        """Return the text of `data`, with "\\n" at the ends of lines and no control characters."""
        data = data.translate(None, CONTROLS).removeprefix(codecs.BOM_UTF8)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = "".join(map(self._line, re.split(rb"(?<=\n)", data)))
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _line(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self._other = self._other or guessed(line)
            return line.decode(self._other, "replace")


def guessed(sample: bytes) -> str:
    """Return the likeliest encoding of bytes that aren't UTF-8; the Western one where there is no telling."""
    from charset_normalizer import from_bytes

    if len(sample) < 32:  # too little to tell by; measured: names of one accent came out as Chinese
        return "cp1252"
    best = from_bytes(sample[:8192]).best()
    return best.encoding if best else "cp1252"


def paragraphs(stream: BinaryIO, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield what stands between blank lines, each with the number of its first line, from 1."""
    line, rest = 1, ""
    for block in blocks(stream, limits):
        *whole, rest = (rest + block).split("\n\n")
        for text in whole:
            yield line, text
            line += text.count("\n") + 2
        if len(rest) > LONG_PARAGRAPH:
            yield line, rest
            line += rest.count("\n")
            rest = ""
    yield line, rest


def lines(stream: BinaryIO, limits: Limits) -> Iterator[str]:
    """Yield the lines of a text, without their ends."""
    for block in blocks(stream, limits):
        yield from block.removesuffix("\n").split("\n")
