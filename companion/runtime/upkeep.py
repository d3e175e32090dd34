"""Keeps the copies of the store while she talks, on a thread of its own: nobody waits for a disk."""

from __future__ import annotations

import contextlib
import datetime
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.copies import Advance
from companion.memory.database import Database, connect


class Upkeep:
    """Takes a copy of a home's store a day, and a fresh one in place of all others when something was erased.
    What fails is told once: by the next `begin`, else by `close`."""

    def __init__(
        self, home: Path, database: Database, keep: int, look: Callable[[], str] | None = None
    ) -> None:
        """`keep`: copies that there are at most, 0 for none a day. `look` looks the store through for damage,
        once, and gives a sentence, "" if all is well."""
        self._home, self._database, self._keep, self._look = home, database, keep, look
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._again = self._at_leisure = False
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    def begin(self) -> None:
        """Begin with everything that is due; returns at once. Raises what has failed since the last time."""
        self._tell()
        self._run(at_leisure=True)

    def renew(self) -> None:
        """Begin with what an erasure leaves to do; returns at once."""
        self._run(at_leisure=False)

    def close(self) -> None:
        """Stop a copy of the day; copies that hold what was erased are renewed to the end. Raises what has
        failed and wasn't told. Idempotent."""
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join()
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _run(self, *, at_leisure: bool) -> None:
        with self._lock:
            self._again, self._at_leisure = True, self._at_leisure or at_leisure
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="upkeep", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (at_leisure := self._next()) is not None:
            try:
                self._do(at_leisure)
            except _Overtaken:
                continue
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told by `begin` or `close`
                with self._lock:
                    self._failure = error

    def _next(self) -> bool | None:
        """Whether what is to be done has time; None for nothing."""
        with self._lock:
            again, at_leisure = self._again, self._at_leisure
            self._again = self._at_leisure = False
            if not again:
                self._thread = None
            return at_leisure if again else None

    def _do(self, at_leisure: bool) -> None:
        now = datetime.datetime.now().astimezone()
        if automatic.due(self._database):
            self._renew(now)
        if not at_leisure or self._closing.is_set():
            return
        look, self._look = self._look, None
        if look is not None and (damage := look()):
            raise StoreError(damage)
        if self._keep:
            with self._copying(paced=True) as advance:
                automatic.rotate(self._home, self._database, now, self._keep, advance)

    def _renew(self, now: datetime.datetime) -> None:
        try:
            with self._copying(paced=False) as advance:
                automatic.renew(self._home, self._database, now, advance)
        except StoreError as error:
            raise StoreError(automatic.not_renewed(self._home, error)) from error

    @contextlib.contextmanager
    def _copying(self, *, paced: bool) -> Iterator[Advance]:
        """What a copy that is being made looks at: it ends when something is erased, which it still holds.
        One that is `paced` works half of the time, and ends with her. Behind it the write-ahead log, which
        grew as long as the copy was made, is emptied."""
        with contextlib.closing(connect(self._database.path, self._database.key)) as db:
            first: list[str] = []
            began = time.perf_counter()

            def advance(done: int, total: int) -> None:
                nonlocal began
                mark = automatic.intended(db)
                first[:] = first or [mark]
                if mark != first[0] or (paced and self._closing.wait(time.perf_counter() - began)):
                    raise _Overtaken
                began = time.perf_counter()

            try:
                yield advance
            finally:
                self._database.checkpoint()


class _Overtaken(Exception):
    """The copy that was being made is not wanted any more."""
