"""Everything of a home that Companion made, found by its name, overwritten and deleted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from companion.errors import StoreError
from companion.memory import automatic, keys
from companion.memory.database import STORE
from companion.memory.files import discard
from companion.memory.keys import Keeping
from companion.memory.staging import ARRIVING, ASIDE, UNPACKED, WHOLE, matches

LOCK = ("running.lock*",)
"""What says who holds a home: it goes last, when nobody does."""

MADE = (
    "store.db*", ".store.db*", f"{keys.FILE}*", f".{keys.FILE}*", "*.kv", "*.kv.*", "companion.log*",
    "settings.toml", ".settings.toml.*", ".probe-*", "inner.db*",
)  # fmt: skip
"""Names of files that Companion makes in a home."""

FOLDERS = (automatic.FOLDER, f"{ASIDE}-*", UNPACKED, WHOLE, ARRIVING)
"""Names of its folders there; in one that was set aside lies another home."""

_COPIES = ("*.db", ".*.db.new*", "*.db-*")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was left in place since Companion didn't make it, and what couldn't be done, in sentences."""

    left: tuple[Path, ...]
    troubles: tuple[str, ...]


def made(home: Path) -> list[Path]:
    """The files of a home that Companion made, the key first: without it the store can't be read again."""
    found = [path for path in _made(home) if not path.is_dir()]
    return sorted(found, key=lambda path: (not matches(path.name, (f"{keys.FILE}*",)), path))


def _made(home: Path) -> Iterator[Path]:
    for entry in sorted(home.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            if entry.name == automatic.FOLDER:
                yield from (path for path in sorted(entry.iterdir()) if matches(path.name, _COPIES))
            elif matches(entry.name, FOLDERS):
                yield from _made(entry)
        elif matches(entry.name, MADE):
            yield entry


def erase(home: Path, keeping: Keeping) -> Erased:
    """Erase them, and the folders that are empty then, but for the home's lock. The key goes first, out of
    the system's keyring as well; what goes wrong keeps nothing else."""
    troubles = list(dict.fromkeys(_drop_keys(home, keeping)))
    for path in made(home):
        try:
            discard(path)
        except OSError as error:
            troubles.append(f"{path} can't be deleted ({error.strerror}): delete it yourself.")
    for folder, _, _ in os.walk(home, topdown=False):
        if _ours(home, Path(folder)) and not os.listdir(folder):
            os.rmdir(folder)
    left = [path for path in sorted(home.iterdir()) if not matches(path.name, LOCK)]
    return Erased(tuple(left), tuple(troubles))


def set_aside(home: Path) -> list[Path]:
    """The homes that were set aside in this one when a backup was brought back, and still hold a store: what
    is forgotten here isn't forgotten there."""
    folders = (path for path in sorted(home.glob(f"{ASIDE}-*")) if path.is_dir() and not path.is_symlink())
    return [folder for folder in folders if (folder / STORE).exists()]


def leave(home: Path) -> None:
    """Delete the lock of a home that nobody holds any more, and the home if it is empty."""
    for path in home.iterdir():
        if matches(path.name, LOCK):
            path.unlink(missing_ok=True)
    if not any(home.iterdir()):
        home.rmdir()


def _ours(home: Path, folder: Path) -> bool:
    return folder != home and matches(folder.relative_to(home).parts[0], FOLDERS)


def _drop_keys(home: Path, keeping: Keeping) -> Iterator[str]:
    """Drop the keys of the home and of those that were set aside in it; yields what couldn't be done."""
    for file in [path for path in made(home) if path.name == keys.FILE]:
        try:
            keys.discard(file.parent, keeping)
        except StoreError as error:
            yield str(error)
