"""The seal of what the language model keeps of a conversation: under the store's key, for it holds the same
words.

Every piece has a key of its own, HMAC-SHA-256 of its place under the store's key, and is sealed by
ChaCha20-Poly1305, as the pages of the store are: who has neither the store's key nor the place can't read it.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_LABEL = b"companion kept conversation 1\0"
"""Keeps these keys apart from any other that may ever come of the store's."""

_NONCE = 12
"""Bytes that begin what is sealed: drawn anew, so that no harm is done should a place be sealed twice."""


class Unsound(ValueError):
    """What was to be opened was not sealed there with this key, or has been altered since."""


class CacheSeal:
    """Seals with keys that come of the store's, `key`: 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """`plain` encrypted and authenticated: 28 bytes more. It opens in its `place` only."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher(place).encrypt(nonce, plain, None)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What was sealed in this place. Raises `Unsound` where nothing was, or not this."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher(place).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError):  # ValueError: fewer bytes than a nonce has
            raise Unsound("not sealed here with this key, or altered since") from None

    def _cipher(self, place: bytes) -> ChaCha20Poly1305:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        return ChaCha20Poly1305(hmac.digest(self._key, _LABEL + place, "sha256"))
