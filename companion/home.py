"""The home folder: where it lies, who holds it, and the log in it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Iterator
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast

from companion.errors import HomeError

LOCK = "running.lock"
LOG = "companion.log"


def place(chosen: str | None) -> Path:
    """The home folder: the one chosen, else the user's data folder. It need not exist yet."""
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("companion", appauthor=False) / "home"


def open_home(chosen: str | None) -> Path:
    """The home folder, made if need be, for its owner alone. Raises `HomeError` when it can't be used."""
    home = place(chosen)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / f".probe-{os.getpid()}"
        probe.touch(mode=0o600)
        probe.unlink()
        os.listdir(home)
    except OSError as error:
        raise HomeError(
            f"The home folder {home} can't be used ({error.strerror}): check its rights and the disk, "
            "or choose another with --home."
        ) from error
    return home


@contextlib.contextmanager
def held(home: Path, command: str) -> Iterator[None]:
    """Hold the home for one process; raises `HomeError` that says who holds it already.

    The lock is the operating system's, so it goes with the process, however that ends.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(home / LOCK, mode=0o600)
    note = home / f"{LOCK}.json"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HomeError(_holder(home, note)) from None
    except OSError as error:
        raise HomeError(f"The home folder {home} can't be locked ({error.strerror}).") from error
    try:
        _write_note(note, command)
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _write_note(note: Path, command: str) -> None:
    """Say in the home who holds it."""
    try:
        with open(note, "w", encoding="utf-8", opener=_private) as file:
            json.dump({"pid": os.getpid(), "command": command, "since": time.strftime("%H:%M")}, file)
    except OSError as error:
        raise HomeError(f"{note} can't be written ({error.strerror}): free some space.") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _holder(home: Path, note: Path) -> str:
    try:
        who = json.loads(note.read_text(encoding="utf-8"))
        holder = f"`companion {who['command']}` (process {who['pid']}, since {who['since']})"
    except (OSError, ValueError, KeyError):
        holder = "another Companion"
    return f"{holder} is using {home}: end it first, or choose another folder with --home."


class _PrivateLog(RotatingFileHandler):
    """A log whose every file, rotated ones too, is for its owner alone."""

    def _open(self) -> TextIOWrapper:
        return cast(
            TextIOWrapper, open(self.baseFilename, self.mode, encoding=self.encoding, opener=_private)
        )


def start_log(home: Path) -> None:
    """Log what a developer needs to a small rotating file in the home. Raises `HomeError`."""
    try:
        handler = _PrivateLog(home / LOG, maxBytes=256 * 1024, backupCount=1, encoding="utf-8")
    except OSError as error:
        raise HomeError(
            f"{home / LOG} can't be written ({error.strerror}): remove it, or free some space."
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("companion")
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    root.propagate = False
