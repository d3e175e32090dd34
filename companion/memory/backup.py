"""One file with everything that makes her who she is with this user, sealed under a passphrase.

Inside the seal is a tar: the home's own files, the store as it is at one moment (encrypted with a key of its
own, so that the home's key never leaves the home), and last `manifest.json`, which names each file with its
length and SHA-256, and holds that key.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import apsw

from companion.errors import StoreError
from companion.memory.copies import Advance, copy, unwatched
from companion.memory.database import STORE, snapshot
from companion.memory.files import into_place, private
from companion.memory.sealing import CHUNK, SealedWriter
from companion.memory.staging import carried

MANIFEST, HOME = "manifest.json", "home/"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in a backup: its name, length in bytes and SHA-256."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `key` (hex) is that of the store in it, `schema` how many migrations that has
    had."""

    version: int
    made_at: str
    schema: int
    key: str
    files: tuple[Packed, ...]


def backup(home: Path, file: Path, passphrase: str, key: bytes, advance: Advance = unwatched) -> None:
    """Write the backup of a home, while she may be talking; `key` is its store's.

    `advance` is told bytes. What it raises ends the work; then, and when `StoreError` is raised, what was in
    `file`'s place before stays as it was. Takes room for the store beside `file` while it works.
    """
    if not passphrase:
        raise StoreError("A backup needs a passphrase: without, whoever finds the file can read it.")
    store, draft = (file.with_name(f".{file.name}.{what}") for what in ("store", "new"))
    try:
        schema, inner = _copied(home, store, key, advance)
        with open(draft, "wb", opener=private) as sealed:
            writer = SealedWriter(sealed, passphrase)
            _pack(home, store, schema, inner, writer, advance)
            writer.finish()
            sealed.flush()
            os.fsync(sealed.fileno())
        into_place(draft, file)
    except OSError as error:
        raise StoreError(
            f"The backup can't be written to {file} ({error.strerror or error}): choose another place, or "
            "free some space."
        ) from error
    finally:
        for left in (store, draft):
            left.unlink(missing_ok=True)


def _copied(home: Path, store: Path, key: bytes, advance: Advance) -> tuple[int, bytes]:
    """Copy the store, with a key of its own; returns its version and that key."""
    inner = os.urandom(len(key))
    with snapshot(home / STORE, key) as source:
        schema = int(str(source.execute("PRAGMA user_version").fetchall()[0][0]))
        size = _page_size(source)
        copy(source, store, inner, lambda done, total: advance(done * size // 2, total * size))
    return schema, inner


def _page_size(db: apsw.Connection) -> int:
    return int(str(db.execute("PRAGMA page_size").fetchall()[0][0]))


def _pack(home: Path, store: Path, schema: int, key: bytes, writer: SealedWriter, advance: Advance) -> None:
    """Write the tar: everything, then what everything was."""
    with tarfile.open(fileobj=writer, mode="w|", bufsize=CHUNK) as tar:
        packed = [_add(tar, home / name, f"{HOME}{name}", unwatched) for name in carried(home)]
        packed.append(_add(tar, store, STORE, lambda done, total: advance((total + done) // 2, total)))
        made_at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        manifest = Manifest(VERSION, made_at, schema, key.hex(), tuple(packed))
        text = json.dumps(asdict(manifest)).encode()
        tar.addfile(_entry(MANIFEST, len(text)), io.BytesIO(text))


def _add(tar: tarfile.TarFile, path: Path, name: str, advance: Advance) -> Packed:
    """Add one file as long as it is now; raises `OSError` if it becomes shorter meanwhile."""
    with open(path, "rb") as file:
        entry = _entry(name, os.fstat(file.fileno()).st_size)
        counted = _Counted(file, entry.size, advance)
        tar.addfile(entry, counted)
    return Packed(name, entry.size, counted.digest.hexdigest())


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class _Counted(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, file: BinaryIO, size: int, advance: Advance) -> None:
        self._file, self._size, self._advance, self._done = file, size, advance, 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        content = self._file.read(size)
        self.digest.update(content)
        self._done += len(content)
        self._advance(self._done, self._size)
        return content
