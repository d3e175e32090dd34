"""What is encrypted under a passphrase: a key, and a stream of any length.

A passphrase becomes a key by scrypt (RFC 7914) with n = 2^17, r = 8: 128 MB and 0.3 s a guess, as OWASP
asks of it. What is sealed is sealed by ChaCha20-Poly1305. A stream is cut into chunks, each with its number
and whether it is the last in its nonce (STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015), so that
chunks that are missing, doubled or in another order are noticed like altered ones.
"""

from __future__ import annotations

import hmac
import io
import os
import struct
import unicodedata
from dataclasses import dataclass
from typing import Any, BinaryIO

from companion.errors import StoreError

MAGIC, VERSION = b"companion backup", 1
CHUNK, TAG = 1 << 20, 16
"""Bytes of a chunk before it is sealed, and what sealing adds."""

_HEADER = struct.Struct(">16sBBBB16s")
"""Magic, version, log2 of scrypt's n, r, p, salt; HMAC-SHA-256 of these under the key's second half
follows."""

_MOST_MEMORY = 1 << 30
"""Bytes that scrypt may be told to take by a file that anybody may have written."""


class WrongPassphrase(Exception):
    """What was sealed was sealed under another one, or is damaged where it says so."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess at a passphrase costs: scrypt's parameters."""

    log2_n: int = 17
    r: int = 8
    p: int = 1

    @property
    def bearable(self) -> bool:
        """Whether it is within scrypt's limits and this machine's."""
        return (
            1 <= self.log2_n <= 24
            and 1 <= self.r <= 32
            and 1 <= self.p <= 16
            and 128 * self.r << self.log2_n <= _MOST_MEMORY
        )


COST = Cost()


def stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """64 bytes that a passphrase stands for; however its accents were typed (NFKC)."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return Scrypt(salt=salt, length=64, n=1 << cost.log2_n, r=cost.r, p=cost.p).derive(text)


def wrap(key: bytes, passphrase: str) -> dict[str, str | int]:
    """A key sealed under a passphrase, as a table that JSON can hold."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, cost = os.urandom(16), COST
    sealed = ChaCha20Poly1305(stretched(passphrase, salt, cost)[:32]).encrypt(bytes(12), key, None)
    return {"salt": salt.hex(), "log2_n": cost.log2_n, "r": cost.r, "p": cost.p, "sealed": sealed.hex()}


def unwrap(table: dict[str, str | int], passphrase: str) -> bytes:
    """The key that `wrap` sealed. Raises `WrongPassphrase`, and `ValueError` or `KeyError` for a damaged
    table."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cost = Cost(int(table["log2_n"]), int(table["r"]), int(table["p"]))
    if not cost.bearable:
        raise ValueError("not a cost of scrypt's")
    opener = ChaCha20Poly1305(stretched(passphrase, bytes.fromhex(str(table["salt"])), cost)[:32])
    try:
        return opener.decrypt(bytes(12), bytes.fromhex(str(table["sealed"])), None)
    except InvalidTag:
        raise WrongPassphrase from None


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter(io.RawIOBase):
    """Seals a stream into a file as it is written; `finish` ends it, and without that it isn't whole."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        salt, cost = os.urandom(16), COST
        both = stretched(passphrase, salt, cost)
        header = _HEADER.pack(MAGIC, VERSION, cost.log2_n, cost.r, cost.p, salt)
        self._header = header + hmac.digest(both[32:], header, "sha256")
        self._file, self._sealer = file, ChaCha20Poly1305(both[:32])
        self._pending, self._number = bytearray(), 0
        file.write(self._header)

    def write(self, content: Any, /) -> int:
        """Take some more of the stream."""
        self._pending += content
        while len(self._pending) > CHUNK:  # one is kept back, for it may be the last
            self._seal(bytes(self._pending[:CHUNK]), last=False)
            del self._pending[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Seal what is left as the last chunk."""
        self._seal(bytes(self._pending), last=True)

    def _seal(self, chunk: bytes, last: bool) -> None:
        self._file.write(self._sealer.encrypt(_nonce(self._number, last), chunk, self._header))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Opens what `SealedWriter` sealed. Nothing it gives is unverified. Raises `StoreError` with a sentence
    for a file that is foreign, newer, sealed under another passphrase, damaged or cut off."""

    def __init__(self, file: BinaryIO, passphrase: str, name: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._file, self._name = file, name
        header, check = file.read(_HEADER.size), file.read(32)
        if header[: len(MAGIC)] != MAGIC:
            raise StoreError(f"{name} is no backup of Companion's: name a file that `companion backup` made.")
        if len(check) < 32:
            raise self._damaged()
        _, version, *numbers, salt = _HEADER.unpack(header)
        if version > VERSION:
            raise StoreError(f"{name} was made by a newer Companion: update this one.")
        cost = Cost(*numbers)
        if not cost.bearable:
            raise self._damaged()
        both = stretched(passphrase, salt, cost)
        if not hmac.compare_digest(check, hmac.digest(both[32:], header, "sha256")):
            raise StoreError(f"{name} doesn't open with this passphrase: type the one it was made with.")
        self._header, self._opener = header + check, ChaCha20Poly1305(both[:32])
        self._number, self._pending, self._next = 0, b"", file.read(CHUNK + TAG)
        self._over = False

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes of the stream, fewer at its end; all that is left for -1."""
        while (size < 0 or len(self._pending) < size) and not self._over:
            self._pending += self._chunk()
        size = len(self._pending) if size < 0 else size
        given, self._pending = self._pending[:size], self._pending[size:]
        return given

    def _chunk(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        sealed, self._next = self._next, self._file.read(CHUNK + TAG)
        self._over = not self._next
        try:
            chunk = self._opener.decrypt(_nonce(self._number, self._over), sealed, self._header)
        except InvalidTag:
            raise self._damaged() from None
        self._number += 1
        return chunk

    def _damaged(self) -> StoreError:
        return StoreError(f"{self._name} is damaged or cut off: use another backup; nothing was changed.")
