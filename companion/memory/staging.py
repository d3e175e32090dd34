"""What is brought back takes a home's place: whole or not at all, and what was there is set aside.

It lies in `.restoring` while it is unpacked and looked at; nothing else of the home is touched until then.
Named `.restored.ASIDE`, it is whole: from there on it takes its place, if need be at the next start, in two
steps that can each be begun again. First what is in the home is set aside, then, named `.arriving`, it
moves in.
"""

from __future__ import annotations

import datetime
import fnmatch
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from companion.errors import StoreError
from companion.memory.files import flush, flush_folder

UNPACKED, WHOLE, ARRIVING = ".restoring", ".restored.", ".arriving"
ASIDE = "before-restore"

STAYS = ("running.lock*", "companion.log*", "models", f"{ASIDE}-*", UNPACKED, f"{WHOLE}*", ARRIVING)
"""Names in a home that belong to the machine and the moment."""

MADE_ANEW = ("store.db*", "store.key*", "backups", "*.kv", "*.kv.*", "*.new", ".*")
"""Names that a backup doesn't take as they are: the store goes in as a copy, its key not at all, and caches
and copies are made again."""


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name is like one of the patterns."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def carried(home: Path) -> list[str]:
    """The files of a home, beside the store, that make her who she is: as POSIX paths within the home."""
    return sorted(_files(home, home))


def _files(home: Path, folder: Path) -> Iterator[str]:
    for entry in os.scandir(folder):
        if matches(entry.name, MADE_ANEW) or (folder == home and matches(entry.name, STAYS)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(home, Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path).relative_to(home).as_posix()


def unpacked(home: Path) -> Path:
    """An empty folder in the home to unpack into."""
    folder = home / UNPACKED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def take_place(home: Path) -> Path | None:
    """What was unpacked is whole: put it in the home's place. Where what was there lies now, None if there
    was nothing. Raises `OSError`, and `settle` does the rest."""
    folder = home / UNPACKED
    for path in folder.rglob("*"):
        flush(path) if path.is_file() else flush_folder(path)
    flush_folder(folder)
    os.rename(folder, home / f"{WHOLE}{_dated(home)}")
    flush_folder(home)
    return _settle(home)


def settle(home: Path) -> None:
    """Finish a restore that was ended before it was done, or take away what it unpacked. Raises
    `StoreError`."""
    try:
        _settle(home)
        shutil.rmtree(home / UNPACKED, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"What was restored can't move into {home} ({error.strerror}): free some space or check its "
            "rights, and start again."
        ) from error


def _settle(home: Path) -> Path | None:
    arriving, aside = home / ARRIVING, None
    for whole in home.glob(f"{WHOLE}*"):
        aside = _set_aside(home, home / whole.name.removeprefix(WHOLE))
        os.rename(whole, arriving)
        flush_folder(home)
    if arriving.is_dir():
        for path in sorted(arriving.iterdir()):
            os.replace(path, home / path.name)
        arriving.rmdir()
        flush_folder(home)
    return aside


def _set_aside(home: Path, aside: Path) -> Path | None:
    """Move what is in the home into `aside`, where some of it may be already; None for nothing."""
    going = [path for path in sorted(home.iterdir()) if not matches(path.name, STAYS)]
    if going:
        aside.mkdir(mode=0o700, exist_ok=True)
    for path in going:
        os.rename(path, aside / path.name)
    if not aside.exists():
        return None
    flush_folder(aside)
    return aside


def _dated(home: Path) -> str:
    """A name for what is set aside today."""
    today = f"{ASIDE}-{datetime.date.today():%Y-%m-%d}"
    names = (today, *(f"{today}-{number}" for number in range(2, 10_000)))
    return next(name for name in names if not (home / name).exists())
