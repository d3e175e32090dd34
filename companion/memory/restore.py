"""A backup is brought back: looked at first, all of it, and only then put in a home's place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from companion.errors import StoreError
from companion.memory import keys
from companion.memory.backup import HOME, MANIFEST, VERSION, Manifest, Packed
from companion.memory.copies import Advance, copy, damage, unwatched
from companion.memory.database import OF_THE_FILE, STORE, connect, snapshot
from companion.memory.files import private
from companion.memory.keys import Keeping
from companion.memory.schema import MIGRATIONS
from companion.memory.sealing import CHUNK, MAGIC, SealedReader
from companion.memory.staging import MADE_ANEW, STAYS, carried, matches, settle, take_place, unpacked

_INNER = "inner.db"
"""The store as it was packed, until it has a key of this home."""

_MANIFEST_MOST = 64 << 20
"""Bytes of a manifest: a hundred thousand files have less."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Where what was in the home lies now, None if there was nothing; what is to be told of the new key."""

    aside: Path | None
    told: str


def is_sealed(file: Path) -> bool:
    """Whether a file is a backup under a passphrase, rather than an automatic copy. Raises `StoreError`."""
    try:
        with open(file, "rb") as opened:
            return opened.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise StoreError(f"{file} can't be read ({error.strerror}): look at its name and rights.") from error


def restore(
    home: Path,
    file: Path,
    passphrase: str,
    keeping: Keeping | None = None,
    replace: bool = False,
    advance: Advance = unwatched,
) -> Restored:
    """Bring a backup back into a home that this process holds, with a new key.

    Raises `StoreError` before anything is touched when the file is damaged, cut off, foreign, newer or sealed
    under another passphrase, and when the home has a store and `replace` isn't said.
    """
    demand_free(home, replace)
    with _staged(home) as folder:
        manifest = _unpack(file, passphrase, folder, advance)
        inner = bytes.fromhex(manifest.key)
        if found := damage(folder / _INNER, inner):
            raise StoreError(f"The store in {file} can't be used ({found}): use another backup.")
        _unmark(folder / _INNER, inner)
        key, told = keys.make(folder, keeping or keys.usual())
        with snapshot(folder / _INNER, inner) as source:
            copy(source, folder / STORE, key)
        (folder / _INNER).unlink()
        return Restored(take_place(home), told.replace(str(folder), str(home)))


def restore_copy(home: Path, file: Path, keeping: Keeping | None = None, replace: bool = False) -> Restored:
    """Bring an automatic copy of this home's store back, with the rest of the home as it is. As `restore`."""
    demand_free(home, replace)
    if not keys.present(home):
        raise StoreError(f"{file} is no backup of Companion's: name a file that `companion backup` made.")
    key, _ = keys.find(home, keeping or keys.usual())
    if found := damage(file, key):
        raise StoreError(
            f"{file} is no copy of the store in {home}, or can't be used ({found}): use another one."
        )
    with _staged(home) as folder:
        for name in (*carried(home), keys.FILE):
            (folder / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(home / name, folder / name)
        with snapshot(file, key) as source:
            copy(source, folder / STORE, key)
        return Restored(take_place(home), "")


def _unmark(path: Path, key: bytes) -> None:
    """Take out what a store says of the file it was in: whether that was closed, whether its key was told."""
    with contextlib.closing(connect(path, key)) as db:
        if db.execute("SELECT 1 FROM sqlite_schema WHERE name='marks'").fetchall():
            db.execute(f"DELETE FROM marks WHERE name LIKE '{OF_THE_FILE}'")


def demand_free(home: Path, replace: bool) -> None:
    """Raise `StoreError` when a home holds a store that isn't to be set aside."""
    settle(home)
    if (home / STORE).exists() and not replace:
        raise StoreError(
            f"{home} holds a store already: with --replace it is set aside, or choose another folder with "
            "--home."
        )


@contextlib.contextmanager
def _staged(home: Path) -> Iterator[Path]:
    """A folder to unpack into, gone again when it isn't put in place."""
    try:
        folder = unpacked(home)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"What was backed up can't be written to {home} ({error.strerror or error}): free some space or "
            "check its rights."
        ) from error


def _unpack(file: Path, passphrase: str, folder: Path, advance: Advance) -> Manifest:
    """Unpack all of it and compare it with its manifest."""
    total = file.stat().st_size
    try:
        with open(file, "rb") as sealed:
            reader = SealedReader(sealed, passphrase, str(file))
            with tarfile.open(fileobj=reader, mode="r|", bufsize=CHUNK) as tar:
                packed, text = [], b""
                for entry in tar:
                    content = tar.extractfile(entry)
                    if content is None:
                        raise _strange(file)
                    if entry.name == MANIFEST:
                        text = content.read(_MANIFEST_MOST)
                    else:
                        packed.append(_written(entry.name, content, _place(file, folder, entry.name)))
                    advance(sealed.tell(), total)
            while reader.read(
                CHUNK
            ):  # to the last chunk, or a file that is cut off behind the tar would pass
                pass
        return _manifest(file, text, packed)
    except (tarfile.TarError, ValueError, TypeError, KeyError) as error:
        raise _strange(file) from error


def _strange(file: Path) -> StoreError:
    return StoreError(f"{file} isn't a backup as Companion makes them: use another; nothing was changed.")


def _place(file: Path, folder: Path, name: str) -> Path:
    """Where a file of the backup goes. Raises `StoreError` for a name that would lead elsewhere."""
    if name == STORE:
        return folder / _INNER
    within = PurePosixPath(name.removeprefix(HOME))
    odd = any(
        part in ("..", ".") or set(part) & set("\\:") or matches(part, MADE_ANEW) for part in within.parts
    )
    if not name.startswith(HOME) or within.is_absolute() or odd or not within.parts:
        raise _strange(file)
    if matches(within.parts[0], (*STAYS, _INNER)):
        raise _strange(file)
    return folder / within


def _written(name: str, content: IO[bytes], path: Path) -> Packed:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with open(path, "xb", opener=private) as file:
        while piece := content.read(CHUNK):
            digest.update(piece)
            size += file.write(piece)
    return Packed(name, size, digest.hexdigest())


def _manifest(file: Path, text: bytes, packed: list[Packed]) -> Manifest:
    """The manifest, if it is of these files."""
    table = json.loads(text)
    table["files"] = tuple(Packed(**row) for row in table["files"])
    manifest = Manifest(**table)
    if manifest.version > VERSION or manifest.schema > len(MIGRATIONS):
        raise StoreError(f"{file} was made by a newer Companion: update this one.")
    if list(manifest.files) != packed:
        raise _strange(file)
    return manifest
