"""Finds the files below a folder: in one order, through no links, never opening any."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from companion.memory.archive.passages import Trouble

_SKIPPED = frozenset(
    (
        "__pycache__",
        "node_modules",
        "cache",
        "caches",
        "$recycle.bin",
        "system volume information",
        "venv",
        "tmp.nosync",
    )
)
"""Folders in which nobody keeps what they wrote, by name in lower case; hidden ones (".git") are skipped
too."""


@dataclass(frozen=True, slots=True)
class File:
    """A file: size in bytes, `modified` in nanoseconds since 1970. `source` is what it belongs to: a
    Maildir's folder for its mails (`kind` "mail"), else the file itself (`kind` "")."""

    path: Path
    size: int
    modified: int
    source: Path
    kind: str = ""


def walk(root: Path) -> Iterator[File | Trouble]:
    """Yield the files at or below `root`, folders by name; a trouble for what can't be listed or is no file.

    Links are told and not followed: what they point to inside the folder is found where it lies. `root`
    itself may be one."""
    root = Path(os.path.realpath(root))
    try:
        found = root.stat()
    except (OSError, ValueError):
        yield Trouble("It isn't there, or may not be looked at.", path=str(root))
        return
    if stat.S_ISDIR(found.st_mode):
        yield from _folder(root)
    elif stat.S_ISREG(found.st_mode):
        yield File(root, found.st_size, found.st_mtime_ns, root)
    else:
        yield _no_file(root)


def _folder(folder: Path) -> Iterator[File | Trouble]:
    """The files of a folder and of those in it; without recursion, which folders can be too deep for."""
    waiting = [folder]
    while waiting:
        entries = _entries(waiting.pop())
        if isinstance(entries, Trouble):
            yield entries
            continue
        if is_maildir(entries):
            yield from _maildir(entries)
            waiting.extend(_inner_maildirs(entries))
            continue
        for entry in entries:
            if not _is_folder(entry) and not entry.name.startswith("."):
                yield _looked_at(entry)
        waiting.extend(
            Path(entry.path) for entry in reversed(entries) if _is_folder(entry) and not _is_skipped(entry)
        )


def _entries(folder: Path) -> list[os.DirEntry[str]] | Trouble:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return Trouble(
            "The folder can't be looked into: change its permissions, and add it again.", path=str(folder)
        )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".") or entry.name.lower() in _SKIPPED


def is_maildir(entries: list[os.DirEntry[str]]) -> bool:
    """Whether a folder with these entries holds mails, a file each (https://cr.yp.to/proto/maildir.html)."""
    return {"cur", "new"} <= {entry.name for entry in entries if _is_folder(entry)}


def _maildir(entries: list[os.DirEntry[str]]) -> Iterator[File | Trouble]:
    for box in entries:
        mails = _entries(Path(box.path)) if box.name in ("cur", "new") else []
        if isinstance(mails, Trouble):
            yield mails
            continue
        for mail in mails:
            if not _is_folder(mail):
                yield _looked_at(mail, Path(box.path).parent)


def _inner_maildirs(entries: list[os.DirEntry[str]]) -> list[Path]:
    """A Maildir's own folders, whose names begin with a dot (".Sent")."""
    own = ("cur", "new", "tmp")
    return [Path(entry.path) for entry in reversed(entries) if _is_folder(entry) and entry.name not in own]


def _looked_at(entry: os.DirEntry[str], maildir: Path | None = None) -> File | Trouble:
    path = Path(entry.path)
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return Trouble("It isn't there any more, or may not be looked at.", path=str(path))
    if stat.S_ISLNK(found.st_mode):
        return Trouble("It is a link, and links aren't followed.", path=str(path))
    if not stat.S_ISREG(found.st_mode):
        return _no_file(path)
    return File(path, found.st_size, found.st_mtime_ns, maildir or path, "mail" if maildir else "")


def _no_file(path: Path) -> Trouble:
    return Trouble("It is no file but a pipe, a socket or a device, so it wasn't opened.", path=str(path))
