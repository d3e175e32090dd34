"""Keeps one stream open: starts its audio process, watches that frames flow, and starts another when they
don't."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from companion.audio import Side
from companion.audio.link import OPEN_WAIT, AudioProcess
from companion.audio.process import LATENCY, Close, Closed, Open, Opened
from companion.audio.shared import Mark, StreamMemory
from companion.audio.stillness import Stillness
from companion.audio.trouble import refusal, still, stumbled
from companion.errors import AudioError

log = logging.getLogger(__name__)

TICK = 0.1
"""Seconds between two looks at a stream."""

FLOWING = {"input": 0.0, "output": 0.1}
"""A stream flows when it has handled blocks for longer than this (seconds): filling a buffer once proves
nothing."""

RAGGED, PERIOD = 3, 30.0
"""This many xruns within this many seconds make a stream ragged: it is opened again with a buffer twice as
long, up to `LONGEST`, the next time nobody minds, and at once at twice as many."""

LONGEST = 0.16
"""Longest device buffer, seconds."""

RETRY = 0.5
"""Seconds between two tries to open a device that can't be opened."""

CLOSE_WAIT = 0.3
"""Longest wait for a stream to close, seconds; then its process is ended."""


@dataclass(frozen=True, slots=True)
class Found:
    """The device to use. `key` changes when it has to be opened anew; `name` is for people."""

    request: Open
    name: str
    key: object = None


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no device to use; one sentence that says what to do."""

    sentence: str


class Listener(Protocol):
    """Who uses the stream."""

    def stream_opened(self, opened: Opened, first_block: int, first_sample: int) -> None:
        """It runs; what it handles counts from these marks on."""
        ...

    def stream_closed(self) -> None:
        """It doesn't run any more, and nobody touches its memory."""
        ...

    def tend(self) -> None:
        """Called about every `TICK` seconds while it runs."""
        ...

    def idle(self) -> bool:
        """Whether nobody would notice if the stream were gone for a moment."""
        ...


class StreamKeeper:
    """Keeps the stream of `kind` ("input" or "output") open on the device that `choose` names."""

    def __init__(
        self,
        kind: str,
        memory: StreamMemory,
        bell: Any,
        choose: Callable[[], Found | Missing],
        listener: Listener,
    ) -> None:
        self._kind, self._memory, self._bell = kind, memory, bell
        self._choose, self._listener = choose, listener
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._keep, name=f"keep-{kind}", daemon=True)
        self._process: AudioProcess | None = None
        self._spare: AudioProcess | None = None
        self._wanted = False
        self._current: Found | None = None
        self._opened_at = 0.0
        self._first_block = 0
        self._stillness = Stillness()
        self._tried = 0.0
        self._latency = LATENCY[kind]
        self._xruns = (0, 0.0)
        self._stumbled = ""
        self.trouble = ""
        """One sentence while the stream should run and doesn't."""
        self.reopened = 0
        """How often the stream was opened again by itself."""

    @property
    def side(self) -> Side:
        """What the stream is doing."""
        if not self._wanted:
            return Side.CLOSED
        return Side.LOST if self.trouble or self._current is None else Side.OPEN

    @property
    def name(self) -> str:
        """The device's name, "" while there is none."""
        current = self._current
        return current.name if current is not None else ""

    @property
    def pid(self) -> int | None:
        """Process id of the audio process, None while there is none."""
        process = self._process
        return process.pid if process is not None else None

    def prepare(self) -> None:
        """Begin to start the audio process, so that `start` needn't wait for all of it."""
        self._process = self._new_process()

    def start(self) -> None:
        """Open the stream for the first time. Raises `AudioError` when it can't be."""
        with self._lock:
            self._wanted = True
            choice = self._choose()
            if isinstance(choice, Found):
                self._open(choice)
            else:
                self.trouble = choice.sentence
            if self.trouble:
                self._wanted = False
                self._drop()
                raise AudioError(self.trouble)
        self._thread.start()

    def close(self) -> None:
        """Close the stream and end its process; idempotent."""
        self._ending = True
        self._wanted = False
        self._wake.set()
        if self._thread.is_alive():
            self._kill_if_stuck()
            self._thread.join(OPEN_WAIT)
        with self._lock:
            self._drop()
            if self._spare is not None:
                self._spare.kill()
                self._spare = None

    def pause(self, paused: bool) -> None:
        """Close the stream (when this returns, the device is closed) or, soon after, open it again."""
        if not paused:
            self._wanted = True
            self._tried = 0.0
            self._wake.set()
            return
        self._wanted = False
        self._kill_if_stuck()
        with self._lock:
            if self._process is not None and not isinstance(self._process.ask(Close(), CLOSE_WAIT), Closed):
                self._process.kill()
                self._process = None
            self._let_go()
            self.trouble = ""

    def wake(self) -> None:
        """Look at the device now: something about it may have changed."""
        self._tried = 0.0
        self._wake.set()

    def _kill_if_stuck(self) -> None:
        """Whoever closes a stream doesn't wait for one that hangs while it is opened."""
        if self._lock.acquire(timeout=CLOSE_WAIT):
            self._lock.release()
        elif (process := self._process) is not None:
            process.kill()

    def _keep(self) -> None:
        """Look after the stream until it is closed. Should even this end, the stream is lost, visibly."""
        try:
            while not self._ending:
                self._wake.wait(TICK)
                self._wake.clear()
                with self._lock:
                    if self._wanted and not self._ending:
                        self._try_to_tend()
        finally:
            if not self._ending:
                self.trouble = stumbled(self._kind, self.name)

    def _try_to_tend(self) -> None:
        """One look at the stream. Whatever goes wrong in it, the next look comes: a stream that nobody looks
        after would fall silent with nobody told. Until a look goes well again, the stream counts as lost."""
        try:
            self._tend()
        except Exception as error:
            self.trouble = self.trouble or stumbled(self._kind, self.name)
            if (what := f"{type(error).__name__}: {error}") != self._stumbled:  # not ten times a second
                self._stumbled = what
                log.exception("the look after the %s stream failed", self._kind)

    def _tend(self) -> None:
        choice = self._choose()
        if isinstance(choice, Missing):
            if self._current is not None or not self.trouble:
                self._drop()
            self.trouble = choice.sentence
        elif self._current is None or self._process is None or choice.key != self._current.key:
            self._reopen(choice, "")
        elif not self._process.alive or self._stands_still():
            self._reopen(choice, still(self._kind, choice.name))
        elif self._flows():
            self.trouble = ""
            self._listener.tend()
            if self._spare is None:
                self._spare = self._new_process()
            self._smooth(choice)

    def _smooth(self, choice: Found) -> None:
        """Give a stream that has xruns a longer buffer, if it can still grow."""
        xruns, now = int(self._memory.marks[Mark.XRUNS]), time.monotonic()
        lately = xruns - self._xruns[0]
        if lately >= RAGGED and 2 * self._latency <= LONGEST:
            if lately >= 2 * RAGGED or self._listener.idle():
                self._latency *= 2
                self._reopen(choice, "")
        elif now - self._xruns[1] > PERIOD:
            self._xruns = (xruns, now)

    def _reopen(self, choice: Found, trouble: str) -> None:
        """Open `choice`: a closed stream in the process that waits, any other in a new one, which has nothing
        left of what went wrong in the last. `trouble` stays until the stream flows."""
        if time.monotonic() - self._tried < RETRY:
            return
        closed = self._current is None and self._process is not None
        self.trouble = trouble or self.trouble
        if not closed:
            self._drop()
        if self._open(choice):
            self.trouble = trouble
            self.reopened += not closed

    def _open(self, choice: Found) -> bool:
        """Open the stream; false, with `trouble` set, when that fails."""
        self._tried = time.monotonic()
        marks = self._memory.marks
        self._first_block = int(marks[Mark.BLOCKS])
        first_sample = int(marks[Mark.WRITTEN])
        if self._process is None:
            self._process, self._spare = self._spare or self._new_process(), None
        answer = self._process.ask(replace(choice.request, latency=self._latency), OPEN_WAIT)
        self._xruns = (int(marks[Mark.XRUNS]), self._tried)
        if isinstance(answer, Opened):
            self._current = choice
            self._opened_at = time.monotonic()
            self._stillness.opened(self._opened_at, self._first_block)
            named = replace(answer, name=f"{choice.name} ({answer.name})")
            self._listener.stream_opened(named, self._first_block, first_sample)
            return True
        self.trouble = refusal(self._kind, choice.name, answer)
        if answer is None:
            self._drop()
        return False

    def _new_process(self) -> AudioProcess:
        return AudioProcess(self._kind, self._memory, self._bell)

    def _drop(self) -> None:
        """End the process and its stream."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        self._let_go()

    def _let_go(self) -> None:
        if self._current is not None:
            self._current = None
            self._listener.stream_closed()

    def _stands_still(self) -> bool:
        blocks = int(self._memory.marks[Mark.BLOCKS])
        return self._stillness.look(time.monotonic(), blocks, self._flows())

    def _flows(self) -> bool:
        last = self._memory.last_block()
        return last is not None and last.now - self._opened_at > FLOWING[self._kind]
