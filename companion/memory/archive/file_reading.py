"""Reads the files of a source, several at once where there are the cores, while others are written down."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from companion.memory.archive import kinds
from companion.memory.archive.chunks import chunks
from companion.memory.archive.comparing import ToDo, changed_at, stored
from companion.memory.archive.document import UNREAD
from companion.memory.archive.index_writer import Ending, Part, Stamp
from companion.memory.archive.opened import opened
from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble, Unreadable
from companion.memory.archive.reading import Reading
from companion.memory.archive.stopping import Stop
from companion.memory.archive.walk import File

TOGETHER = 1000
"""Chunks that are handed on, and written, at once: a turn may have to wait these 60 ms."""

AHEAD = 24
"""Parts that are read ahead of what is written."""

YOUNG = 2.0
"""Seconds in which a file can be changed again without its time telling: FAT counts in twos."""

_BLOCK = 1 << 20


def readers() -> int:
    """How many files are read at once: one core is for who writes, and for her."""
    return max(1, min(4, (os.cpu_count() or 2) - 1))


@dataclass(frozen=True, slots=True)
class _Ended:
    """A reader has come to its end, or to an error of the program's own."""

    error: BaseException | None = None


_Ready = queue.Queue[Part | _Ended]


def read_files(todo: ToDo, stop: Stop, hold: Callable[[], None]) -> Generator[list[Part], None, None]:
    """Yield what is in the files, in lists of about `TOGETHER` chunks to write at once.

    The parts of a file come in their order, those of several mixed. `hold` is called before each piece of
    work and may let it wait. When `stop` is set it ends early; a file that was begun then lacks its
    `ending`."""
    if not todo.files:
        return
    ready: _Ready = queue.Queue(AHEAD)
    files, lock = iter(todo.files), threading.Lock()

    def take() -> File | None:
        with lock:
            return None if stop.is_set() else next(files, None)

    at_work = min(readers(), len(todo.files))
    work = (take, todo, ready, stop, hold)
    threads = [
        threading.Thread(target=_work, args=work, name="archive-reader", daemon=True) for _ in range(at_work)
    ]
    for thread in threads:
        thread.start()
    try:
        while at_work:
            parts, ended = _together(ready)
            at_work -= len(ended)
            for one in ended:
                if one.error is not None:
                    raise one.error
            if parts:
                yield parts
    finally:
        stop.set()
        while at_work:
            at_work -= isinstance(ready.get(), _Ended)
        for thread in threads:
            thread.join()


def _together(ready: _Ready) -> tuple[list[Part], list[_Ended]]:
    """What is ready, at least one thing, and no more than is to be written at once."""
    parts, ended, size = list[Part](), list[_Ended](), 0
    item = ready.get()
    while True:
        if isinstance(item, Part):
            parts.append(item)
            size += 1 + len(item.chunks)
        else:
            ended.append(item)
        if size >= TOGETHER:
            return parts, ended
        try:
            item = ready.get_nowait()
        except queue.Empty:
            return parts, ended


def _work(
    take: Callable[[], File | None], todo: ToDo, ready: _Ready, stop: Stop, hold: Callable[[], None]
) -> None:
    """Read one file after the other."""
    try:
        with Reading() as reading:
            while (file := take()) is not None:
                hold()
                for part in read_file(file, todo, reading, stop):
                    ready.put(part)
                    hold()
        ready.put(_Ended())
    except BaseException as error:  # noqa: BLE001 - raised again where the parts are taken
        ready.put(_Ended(error))


def read_file(file: File, todo: ToDo, reading: Reading, stop: Stop) -> Iterator[Part]:
    """Yield a file's parts, the last with its ending; without that when it was stopped."""
    path = stored(file.path)
    try:
        digest, unread = _looked_at(file, stop)
    except Unreadable as error:
        yield Part(path, ending=Ending(_stamp(file, ""), trouble=str(error)))
        return
    except OSError as error:
        why = f"It can't be read ({error.strerror or type(error).__name__})."
        yield Part(path, ending=Ending(_stamp(file, ""), trouble=why))
        return
    if stop.is_set():
        return
    stamp = _stamp(file, digest)
    known = todo.known.get(path)
    if known is not None and known.stamp.digest == digest:
        yield Part(path, done=file.size, ending=Ending(stamp, same=True))
    elif known is None and (was := _moved(file, digest, todo)):
        yield Part(path, done=file.size, ending=Ending(stamp, same=True, was=was))
    elif unread:
        yield Part(path, done=file.size, ending=Ending(stamp, unread, UNREAD[unread]))
    else:
        yield from _read(file, path, stamp, reading, stop)


def _read(file: File, path: str, stamp: Stamp, reading: Reading, stop: Stop) -> Iterator[Part]:
    seen = _Seen()
    with closing(iter(reading.read(file.path, stop, file.kind))) as items:  # type: ignore[type-var]
        found = chunks(seen.passages(items))
        while together := tuple(islice(found, TOGETHER)):
            if len(together) < TOGETHER and seen.ended is not None:
                yield Part(path, together, file.size, seen.ending(stamp))
                return
            yield Part(path, together, seen.done)
    if seen.ended is not None:
        yield Part(path, done=file.size, ending=seen.ending(stamp))


class _Seen:
    """What was said of a file beside its passages."""

    def __init__(self) -> None:
        self.done = 0
        self.ended: Done | None = None
        self._troubles: list[Trouble] = []

    def passages(self, items: Iterator[Item]) -> Iterator[Passage]:
        for item in items:
            if isinstance(item, Passage):
                yield item
            elif isinstance(item, Trouble):
                self._troubles.append(item)
            elif isinstance(item, Progress):
                self.done = item.done
            else:
                self.ended = item

    def ending(self, stamp: Stamp) -> Ending:
        """The ending, its troubles in one sentence: the file's own, else the first of a part of it."""
        assert self.ended is not None
        said = sorted(self._troubles, key=lambda trouble: bool(trouble.place))
        words = ""
        if said:
            where = f"In {said[0].place}: " if said[0].place else ""
            more = f" (And {len(said) - 1} more like this.)" if len(said) > 1 else ""
            words = f"{where}{said[0].why}{more}"
        return Ending(stamp, self.ended.kind, words)


def _looked_at(file: File, stop: Stop) -> tuple[str, str]:
    """The SHA-256 of a file, and its kind if that isn't read: such a one is known by its beginning."""
    with opened(file.path) as stream:
        head = stream.read(kinds.HEAD)
        kind = "" if file.kind else kinds.kind_of(head, file.path.name)
        digest = hashlib.sha256(head)
        if kind in UNREAD and kind != "office":  # an old Office file may hold a mail
            return digest.hexdigest(), kind
        while not stop.is_set() and (block := stream.read(_BLOCK)):
            digest.update(block)
    return digest.hexdigest(), ""


def _stamp(file: File, digest: str) -> Stamp:
    """What is kept of a file. Of one that has just been written the time isn't: it may be written to again
    within what its file system takes for the same moment."""
    young = abs(time.time() - file.modified / 1e9) < YOUNG
    return Stamp(file.size, 0.0 if young else changed_at(file.modified), digest)


def _moved(file: File, digest: str, todo: ToDo) -> str:
    """The path that a file had before it was moved or, as mail programs do with a mail, renamed; "" for
    none."""
    for path, known in list(todo.gone.items()):
        name = path.replace("\\", "/").rpartition("/")[2]
        if known.stamp.digest == digest and (file.kind == "mail" or name == stored(file.path.name)):
            return path if todo.gone.pop(path, None) else ""
    return ""
