"""Opens what is a file and nothing else: a pipe or a device would hang whoever opens it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from companion.memory.archive.passages import Unreadable

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


def opened(path: Path) -> BinaryIO:
    """Open a file for reading. Raises Unreadable for what is no file or can't be opened.

    The check is made on what has been opened, since a name can come to mean something else in between.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise Unreadable(_refusal(path, error)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable("It is no file but a folder, a pipe or a device, so it wasn't read.")
    return open(descriptor, "rb")


def _refusal(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "It isn't there any more."
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return "It is a folder, not a file."
    if isinstance(error, PermissionError):
        return "It may not be read: change its permissions, and add it again."
    return f"It can't be opened ({getattr(error, 'strerror', None) or type(error).__name__})."
