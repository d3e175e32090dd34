"""Reads files, each in a process that may hang, swell or crash without harm; plain text at once, here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from companion.memory.archive import frames, kinds
from companion.memory.archive.at_once import at_once
from companion.memory.archive.bounds import bounded
from companion.memory.archive.limits import Limits
from companion.memory.archive.opened import opened
from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble, Unreadable
from companion.memory.archive.stopping import Cancel
from companion.memory.archive.watch import Watch

AT_ONCE = frozenset(("text", "markdown", "csv"))
"""Kinds that are read in this process, as long as that is quick (`at_once`): no parser that could be led
astray, and no other process to start."""

LARGEST_AT_ONCE = 8 << 20
"""Bytes of a text that is still read in this process."""


class Reading:
    """Reads one file after another; `close` it in the end. For one thread at a time; take several to read
    several.

    The process is started with the first file that needs it and serves until it has to be killed.
    """

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def read(self, path: Path, cancel: Cancel | None = None, kind: str = "") -> Iterator[Item]:
        """Yield a file's passages, troubles and progress as they are found, and `Done` as the last.

        `kind` is what `walk` says of the file. Where no passage came, exactly one trouble with place "" did.
        When `cancel` is set it ends without `Done`. Nothing is raised, whatever the file is."""
        path = Path(os.path.abspath(path))
        given = 0
        try:
            with opened(path) as stream:
                head = stream.read(kinds.HEAD)
                small = os.fstat(stream.fileno()).st_size <= LARGEST_AT_ONCE
                stream.seek(0)
                if small and not kind and kinds.kind_of(head, path.name) in AT_ONCE:
                    begun = yield from at_once(stream, path, self._limits, cancel)
                    if begun is None or (cancel is not None and cancel.is_set()):
                        return
                    given = begun
        except Unreadable as error:
            yield Trouble(str(error), path=str(path))
            yield Done("", 0, 1, whole=False)
            return
        with closing(self._elsewhere(path, cancel, kind)) as elsewhere:
            yield from _until(cancel, _behind(elsewhere, given), path)

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _elsewhere(self, path: Path, cancel: Cancel | None, kind: str) -> Generator[Item]:
        """What the other process finds. It is killed unless it comes to its end in good order."""
        passages = troubles = 0
        done = False
        child = self._started()
        watch = Watch(child, self._limits, cancel)
        try:
            with watch:
                for item in bounded(_answers(child, watch, {"path": str(path), "kind": kind}), self._limits):
                    done = isinstance(item, Done)
                    passages += isinstance(item, Passage)
                    troubles += isinstance(item, Trouble)
                    yield item
        except Unreadable:  # more than the process would have sent by itself: it isn't to be believed
            done = False
        finally:
            if watch.killed or not done:
                self.close()
        if not done and not watch.cancelled:
            kept = "; what came before was kept." if passages else "."
            yield Trouble(watch.ended().removesuffix(".") + kept)
            yield Done("", passages, troubles + 1, whole=False)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", "companion.memory.archive.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        with suppress(OSError):  # it has died already, which the first answer tells
            frames.write(self._child.stdin, asdict(self._limits))  # type: ignore[arg-type]
        return self._child


def _answers(child: subprocess.Popen[bytes], watch: Watch, request: Any) -> Iterator[Item]:
    """The items that come back, to `Done` or until the process ends or says what makes no sense."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        frames.write(child.stdin, request)  # type: ignore[arg-type]
        while (message := _next(child, watch)) is not None:
            for value in message:
                item = frames.unpacked(value)
                if isinstance(item, Progress):
                    watch.progress()
                yield item
                if isinstance(item, Done):
                    return
    except (OSError, frames.BrokenFrame, TypeError):
        return  # the caller says it, in a sentence


def _next(child: subprocess.Popen[bytes], watch: Watch) -> Any:
    with watch.waiting():
        return frames.read(child.stdout)  # type: ignore[arg-type]


def _behind(found: Iterator[Item], passages: int) -> Iterator[Item]:
    """What is found, without so many passages that have been given already."""
    for item in found:
        if passages and isinstance(item, Passage):
            passages -= 1
        else:
            yield item


def _until(cancel: Cancel | None, found: Iterator[Item], path: Path) -> Iterator[Item]:
    for item in found:
        if cancel is not None and cancel.is_set():
            return
        yield replace(item, path=str(path)) if isinstance(item, Trouble) else item
