"""Keeps one stream open: starts its audio process, watches that frames flow, and starts another when they don't."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from companion.audio import Side
from companion.audio.process import Close, Closed, Open, Opened, Refused, serve
from companion.audio.shared import CONTEXT, Mark, StreamMemory
from companion.errors import AudioError

TICK = 0.1
"""Seconds between two looks at a stream."""

STILL = 0.35
"""A stream whose block count hasn't moved for so long (seconds) stands still; with a tick, under 0.5 s."""

FIRST_WAIT = 3.0
"""Patience with a stream that has never flowed, seconds: Bluetooth takes its time, and a device that was suspended
goes on with the stream it has."""

FLOWING = 0.25
"""A stream flows when it has handled blocks for this long (seconds): a buffer filled once proves nothing."""

RETRY = 0.5
"""Seconds between two tries to open a device that can't be opened."""

START_WAIT, OPEN_WAIT, CLOSE_WAIT = 15.0, 3.0, 0.3
"""Longest waits, seconds: for a new process to open its stream, for one that runs, and for closing."""


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


class AudioProcess:
    """The audio process of one stream, as its parent sees it."""

    def __init__(self, kind: str, memory: StreamMemory, bell: Any) -> None:
        self._control, theirs = CONTEXT.Pipe()
        arguments = (kind, memory, theirs, bell)
        self._process = CONTEXT.Process(target=serve, args=arguments, name=f"companion-{kind}", daemon=True)
        with _without_interrupt():
            self._process.start()
        theirs.close()
        self._wait = START_WAIT  # for the first answer, which waits for the process to come up

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs (or is frozen)."""
        return self._process.is_alive()

    def ask(self, request: Any, seconds: float) -> Any:
        """Send a request; its answer, or None when there is none within `seconds` (longer for the first one)."""
        try:
            self._control.send(request)
            if not self._control.poll(max(seconds, self._wait)):
                return None
            self._wait = 0.0
            return self._control.recv()
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """End it, whatever it hangs in; returns when it is gone."""
        self._process.kill()
        self._process.join(2.0)


class StreamKeeper:
    """Keeps the stream of `kind` ("input" or "output") open on the device that `choose` names."""

    def __init__(
        self, kind: str, memory: StreamMemory, bell: Any, choose: Callable[[], Found | Missing], listener: Listener
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
        self._seen = (0, 0.0)
        self._tried = 0.0
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
        while not self._ending:
            self._wake.wait(TICK)
            self._wake.clear()
            with self._lock:
                if self._wanted and not self._ending:
                    self._tend()

    def _tend(self) -> None:
        choice = self._choose()
        if isinstance(choice, Missing):
            if self._current is not None or not self.trouble:
                self._drop()
            self.trouble = choice.sentence
        elif self._current is None or self._process is None:
            self._reopen(choice, "")
        elif choice.key != self._current.key:
            self._reopen(choice, "")
        elif not self._process.alive or self._stands_still():
            what = "microphone" if self._kind == "input" else "loudspeaker"
            self._reopen(choice, f"The {what} ({choice.name}) stands still and is being opened again.")
        elif self._flows():
            self.trouble = ""
            self._listener.tend()
            if self._spare is None:
                self._spare = self._new_process()

    def _reopen(self, choice: Found, trouble: str) -> None:
        """Open `choice`: a closed stream in the process that waits, any other in a new one, which has nothing
        left of what went wrong in the last. `trouble` stays until the stream flows."""
        if time.monotonic() - self._tried < RETRY:
            return
        closed = self._current is None and self._process is not None
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
        answer = self._process.ask(choice.request, OPEN_WAIT)
        if isinstance(answer, Opened):
            self.trouble = ""
            self._current = choice
            self._opened_at = time.monotonic()
            self._seen = (self._first_block, self._opened_at)
            self._listener.stream_opened(answer, self._first_block, first_sample)
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
        blocks, now = int(self._memory.marks[Mark.BLOCKS]), time.monotonic()
        if blocks != self._seen[0]:
            self._seen = (blocks, now)
        patience = STILL if self._flows() else FIRST_WAIT
        return now - self._seen[1] > patience

    def _flows(self) -> bool:
        last = self._memory.last_block()
        return last is not None and last.now - self._opened_at > FLOWING



def refusal(kind: str, name: str, answer: Refused | None) -> str:
    """The sentence for a stream that can't be opened; `answer` None: the process didn't answer at all."""
    what = "microphone" if kind == "input" else "loudspeaker"
    if answer is None:
        return f"The {what} ({name}) doesn't answer: unplug it and plug it in again, or choose another."
    if answer.reason == "library":
        return "PortAudio is missing: install it (Debian, Ubuntu: sudo apt install libportaudio2)."
    if answer.reason == "busy":
        return f"The {what} ({name}) is in use by another program: close that one, or choose another device."
    if answer.reason == "absent":
        return missing(kind)
    return f"The {what} ({name}) can't be opened ({answer.text}): check it, or choose another device."


def missing(kind: str, wanted: str = "") -> str:
    """The sentence for a device that isn't there; `wanted`: the name the settings ask for."""
    what = "microphone" if kind == "input" else "loudspeaker"
    if wanted:
        return f'The {what} "{wanted}" isn\'t there: plug it in, or choose another (setting audio.{kind}).'
    instead = "talk by typing with `companion chat`" if kind == "input" else "read along with `companion chat`"
    return f"No {what} was found: plug one in, or {instead}."


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Keep Ctrl-C from reaching a process that is just being started, before it knows to leave it alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
