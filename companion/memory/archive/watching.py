"""Keeps the sources that are watched up to date, in the background, resting while somebody speaks.

It looks by itself every now and then and asks no system for notices. A look takes 14 us a file (20,000 files
on the Xeon: 0.27 s), and the next follows after a hundred times as long as the last took, so that it takes a
hundredth of a core at most. That is seen in 10 s in a usual folder, works on network drives, where nobody is
told what others write, and knows no limit to the folders (inotify: 8,192 on many machines, each a watch).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from companion.errors import StoreError
from companion.memory.archive.adding import Scanned
from companion.memory.archive.sources import Archive

EVERY = 10.0
"""Seconds from one look to the next, at least."""

SHARE = 0.01
"""Share of the time that looking may take."""

SETTLED = 2.0
"""Seconds for which a file must not have been written to before it is read."""

REST = 0.25
"""Seconds after which it is looked again whether work is still held."""

LONGEST = 5.0
"""Seconds that `stop` waits."""

_log = logging.getLogger(__name__)


class Watching:
    """Scans what is watched, one source after another, on a thread of its own.

    `busy` says that somebody speaks or waits: then nothing is done until it says otherwise. `scanned` is
    told, on that thread, which source changed something in the store, and what its scan came to; `trouble`
    a sentence, once, when the store fails, after which nothing is watched until `start`."""

    def __init__(
        self,
        archive: Archive,
        busy: Callable[[], bool],
        scanned: Callable[[int, Scanned], None] = lambda source, scanned: None,
        trouble: Callable[[str], None] = lambda sentence: None,
        *,
        every: float = EVERY,
        settled: float = SETTLED,
    ) -> None:
        self._archive, self._busy, self._scanned, self._trouble = archive, busy, scanned, trouble
        self._every, self._settled = every, settled
        self._wake = threading.Condition()
        self._asked = False
        self._stop = threading.Event()  # each thread has its own: one that outlived `stop` stays stopped
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with a first look at once; nothing where it has begun."""
        if self._thread is None:
            self._stop = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._stop,), name="archive-watching", daemon=True
            )
            self._thread.start()

    def look(self) -> None:
        """Look now, say because a source has just been added."""
        with self._wake:
            self._asked = True
            self._wake.notify()

    def stop(self) -> None:
        """End; what is being read is left off and gone on with at the next start. Idempotent.

        It waits `LONGEST` seconds at most: a drive whose network is gone answers nobody. What works on then
        writes nothing any more, and tells nothing, so the store may be closed."""
        self._stop.set()
        self.look()
        if self._thread is not None:
            self._thread.join(LONGEST)
            self._thread = None

    def _run(self, stop: threading.Event) -> None:
        try:
            self._archive.finish(stop)
            while not stop.is_set():
                self._wait(max(self._every, self._look_through(stop) / SHARE))
        except StoreError as error:
            if stop.is_set():  # it was closed behind a look that wasn't waited for
                return
            _log.error("the archive isn't watched any more: %s", type(error.__cause__).__name__)
            self._trouble(str(error))

    def _look_through(self, stop: threading.Event) -> float:
        """Scan each source that is watched; the seconds that looking took, reading left aside."""
        looking = 0.0
        for source in self._archive.watched():
            if not stop.is_set():
                self._hold(stop)
                looking += self._scan(source, stop)
        return looking

    def _scan(self, source: int, stop: threading.Event) -> float:
        try:
            scanned = self._archive.scan(
                source, cancel=stop, hold=lambda: self._hold(stop), settled=self._settled
            )
        except StoreError:
            if source in self._archive.watched():
                raise
            return 0.0  # it was removed in the meantime
        if (scanned.read or scanned.gone) and not stop.is_set():
            self._scanned(source, scanned)
        return scanned.looking

    def _hold(self, stop: threading.Event) -> None:
        """Wait as long as work is held; not where a removal waits for it to end."""
        while self._busy() and not self._archive.removing and not stop.wait(REST):
            pass

    def _wait(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._asked, seconds)
            self._asked = False
