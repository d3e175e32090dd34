"""What this room does with the disk: private files, hashes, atomic writes, and a sentence when it fails."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from companion.errors import WeightsError
from companion.weights.failures import NoRoom

CHUNK = 1 << 20
"""Bytes read or written at a time."""

Counter = Callable[[int], None]
"""Is told how many bytes were done since it was last told."""


def sentence(error: OSError, folder: Path) -> WeightsError:
    """What to tell a person about a disk error under `folder`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoRoom(
            f"The disk that holds {folder} is full: make room and run the command again, "
            "what has been fetched so far is kept."
        )
    reason = error.strerror or str(error)
    return WeightsError(
        f"The models folder {folder} can't be used ({reason}): set that right, "
        "or point COMPANION_MODELS elsewhere."
    )


def private(path: Path, *, fresh: bool = False) -> BinaryIO:
    """Open a file of one's own (mode 0600) to read and write, made if need be; `fresh` empties it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | (os.O_TRUNC if fresh else 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b")


def settle(file: BinaryIO) -> None:
    """Bring what was written to the disk itself, so that it outlives a power cut."""
    file.flush()
    os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step: after a crash it holds the old content or the new, never half of one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with private(draft, fresh=True) as file:
            file.write(content)
            settle(file)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def digest(path: Path, counter: Counter | None = None) -> str:
    """SHA-256 of a file, hexadecimal. Raises OSError."""
    running = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            running.update(block)
            if counter:
                counter(len(block))
    return running.hexdigest()
