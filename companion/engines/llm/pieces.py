"""A file of sealed pieces: each opens in its place only, so that one that is altered, missing, doubled, cut
off or of another file is noticed before anything is made of it.

It begins with 16 bytes of its own, drawn anew for each file; then come the pieces, each after its length
(4 bytes, big-endian). A piece's place is those 16 bytes, its number (8 bytes) and whether it is the last.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from companion.engines import Cancel, Cancelled

PIECE = 1 << 20
"""Bytes sealed at a time, between two looks at a cancel token: a millisecond."""

OWN = 16
"""Bytes that a file begins with and that the seals of its pieces depend on: without them none opens."""

_LENGTH = struct.Struct(">I")


class Seal(Protocol):
    """What makes a piece unreadable, or at least unalterable, to others."""

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """`plain`, sealed for this place, which is never given twice."""
        ...

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What was sealed for this place. Raises `ValueError` where that isn't it."""
        ...


class Digest:
    """The seal where nothing is secret: SHA-256 before a piece, which tells damage but hides nothing."""

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """`plain` behind its digest: 32 bytes more."""
        return hashlib.sha256(place + plain).digest() + plain

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What is behind the digest. Raises `ValueError` where that is another's."""
        plain = sealed[32:]
        if hashlib.sha256(place + plain).digest() != sealed[:32]:
            raise ValueError("not what was sealed here")
        return plain


def write_pieces(path: Path, seal: Seal, pieces: Iterable[bytes], cancel: Cancel) -> None:
    """Write a file of these pieces, for its owner alone. Raises `OSError` and `Cancelled`; what there is of
    the file then stays."""
    with open(path, "wb", opener=_private) as file:
        own = os.urandom(OWN)
        file.write(own)
        for number, (plain, last) in enumerate(_with_last(pieces)):
            if cancel.is_set():
                raise Cancelled
            sealed = seal.seal(plain, _place(own, number, last))
            file.write(_LENGTH.pack(len(sealed)) + sealed)


def read_pieces(path: Path, seal: Seal) -> Generator[bytes, None, None]:
    """The pieces of a file, as each has been opened. Raises `OSError`, and `ValueError` at the first that
    isn't sound; that it was the last isn't known before the iterator ends."""
    with path.open("rb") as file:
        left, own = os.fstat(file.fileno()).st_size - OWN, file.read(OWN)
        number = 0
        while True:
            sealed = _next(file, left)
            left -= _LENGTH.size + len(sealed)
            yield seal.open(sealed, _place(own, number, last=not left))
            if not left:
                return
            number += 1


def _next(file: BinaryIO, left: int) -> bytes:
    """The next piece of a file that has `left` more bytes. Raises `ValueError` where that isn't all of it."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size or (length := _LENGTH.unpack(head)[0]) > left - len(head):
        raise ValueError("cut off")
    return file.read(length)


def discard(path: Path, *, sealed: bool) -> None:
    """Overwrite a file and delete it, if there is one. Of a sealed one its own bytes do: without them nobody
    opens what a disk may still have of the rest, the key at hand or not. Raises `OSError`."""
    try:
        with path.open("rb+") as file:
            left = OWN if sealed else os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(bytes(min(left, PIECE)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)


def _place(own: bytes, number: int, last: bool) -> bytes:
    return own + number.to_bytes(8, "big") + bytes([last])


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last."""
    held: bytes | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
