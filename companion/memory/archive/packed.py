"""Zip files, which DOCX, ODT and EPUB are: their entries read in memory, within bounds, never unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import BinaryIO

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Unreadable

_DAMAGED = "It is damaged: its parts can't be unpacked."
_BOMB = "It unpacks to far more than a document holds, so it wasn't read."
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
}
_LARGE = 1 << 20
"""Bytes below which an entry's ratio is no matter: 1 MB of one letter is no bomb."""


class Zip:
    """The entries of a zip, by name. Raises Unreadable for one that is damaged, locked or a bomb.

    A name is only ever looked up, so one that points elsewhere ("../x") points nowhere.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.unpacked
        try:
            self._zip = zipfile.ZipFile(stream)
            entries = self._zip.infolist()
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            ValueError,
            EOFError,
            NotImplementedError,
            KeyError,
        ) as error:
            raise Unreadable(_DAMAGED) from error
        if len(entries) > limits.entries:
            raise Unreadable(f"It has {len(entries):,} parts, more than a document can have.")
        self._entries = {entry.filename: entry for entry in entries}

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        """The names of all entries, in the order of the zip's list."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Return an entry's bytes. Raises Unreadable where there is none, or not one that can be read."""
        entry = self._entries.get(name)
        if entry is None:
            raise Unreadable("It is damaged: a part of it is missing.")
        if entry.flag_bits & 0x1:
            raise Unreadable("It is protected with a password: save it without one, and add it again.")
        self._judge(entry)
        try:
            with self._zip.open(entry) as unpacking:
                data = unpacking.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError) as error:
            raise Unreadable(_DAMAGED) from error
        self._left -= len(data)
        if self._left < 0:
            raise Unreadable(_BOMB)
        return data

    def open(self, name: str) -> BinaryIO:
        """Return an entry as a file in memory; raises as `read` does."""
        return io.BytesIO(self.read(name))

    def _judge(self, entry: zipfile.ZipInfo) -> None:
        if entry.file_size > self._left:
            raise Unreadable(_BOMB)
        if entry.file_size > _LARGE and entry.file_size > self._limits.ratio * max(entry.compress_size, 1):
            raise Unreadable(_BOMB)


def kind_of(stream: BinaryIO, limits: Limits) -> str:
    """Return the kind of a zip: "docx", "odt", "epub", or "packed" for one that is no document."""
    packed = Zip(stream, limits)
    if "word/document.xml" in packed:
        return "docx"
    if "mimetype" in packed:
        kind = _MIMETYPES.get(packed.read("mimetype").strip())
        if kind is not None:
            return kind
    if "META-INF/container.xml" in packed:
        return "epub"
    return "packed"


def office_kind(stream: BinaryIO) -> str:
    """Return what lies in Office's old container: a document under a password, a mail of Outlook's, or one
    in an old format."""
    names = stream.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in names:
        return "locked"
    return "outlook" if "__properties_version1".encode("utf-16-le") in names else "office"
