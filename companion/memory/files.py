"""Files that hold what is private: for their owner alone, written whole or not at all, overwritten at
their end.

What overwriting is worth: a disk with platters loses the old content; an SSD, and a file system that copies
on write or takes snapshots, may keep it in places that no program reaches. What is encrypted there stays so.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_PIECE = 1 << 20
"""Bytes written at a time."""


def private(path: str, flags: int) -> int:
    """An opener for `open`: what is made is for its owner alone."""
    return os.open(path, flags, 0o600)


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step, on disk when this returns. Raises `OSError`; the old
    one stays then."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with open(draft, "wb", opener=private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        into_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def into_place(draft: Path, path: Path) -> None:
    """Rename a file that is on disk; the renaming is, too, when this returns."""
    os.replace(draft, path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Put the names in a folder on disk, where the system knows of that (Windows doesn't)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # some network folders refuse it, and are as safe as they can be
            os.fsync(handle)
    finally:
        os.close(handle)


def flush(path: Path) -> None:
    """Put a file that others wrote on disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def discard(path: Path) -> None:
    """Overwrite a file and delete it, if there is one; what that is worth says the module."""
    try:
        with open(path, "rb+") as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(bytes(min(left, _PIECE)))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
