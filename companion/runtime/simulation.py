"""A conversation in virtual time: no threads, no waiting, the same heart, ears and mouth.

Each job runs when it is started, and its events arrive as much later as it took: by a real stopwatch for real
engines (a recording is answered as fast as the machine can), by a scripted one in the tests.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from companion.audio import FRAME, RATE, Captured, Side, SoundStatus
from companion.dialogue.events import EngineFailed, Event
from companion.dialogue.state import Floor
from companion.engines import Cancelled
from companion.runtime.conversation import Conversation
from companion.runtime.ears import Ears
from companion.runtime.hands import Job
from companion.runtime.mouth import Mouth
from companion.runtime.workers import draft_of, reason

STEP = FRAME / RATE


@dataclass(slots=True)
class VirtualClock:
    """A clock that stands still until it is moved; seconds."""

    time: float = 0.0

    def now(self) -> float:
        """The virtual time, seconds."""
        return self.time


class VirtualSound:
    """A microphone that hears an array and a loudspeaker that keeps what it plays, in virtual time."""

    def __init__(self, clock: VirtualClock, microphone: NDArray[np.float32]) -> None:
        """`microphone`: float32[n], 16 kHz mono; silence follows it."""
        self._clock, self._microphone = clock, microphone
        self._muted = False
        self._position = 0.0  # of the loudspeaker, at self._since
        self._queued = 0.0
        self._since = 0.0
        self.ducks: list[tuple[float, float]] = []
        self.played: list[tuple[float, NDArray[np.int16], int]] = []

    def start(self) -> None:
        """Nothing needs opening."""

    def close(self) -> None:
        """Nothing needs closing."""

    def read(self, timeout: float) -> Captured | None:
        """The frame that ends at the clock's time; None while muted."""
        if self._muted:
            return None
        start = round((self._clock.time - STEP) / STEP) * FRAME
        frame = self._microphone[max(0, start) : max(0, start + FRAME)]
        if len(frame) < FRAME:
            frame = np.pad(frame, (0, FRAME - len(frame)))
        return Captured(frame.reshape(1, FRAME), self._clock.time)

    def mute(self, muted: bool) -> None:
        """While muted nothing is heard."""
        self._muted = muted

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        """Queue sound; returns its position, seconds."""
        self._advance()
        start = self._queued
        self._queued += len(samples) / rate
        self.played.append((self._clock.time + start - self._position, samples, rate))
        return start

    def duck(self, gain_db: float) -> None:
        """What plays from now on is softer by that; kept for the tests."""
        self.ducks.append((self._clock.time, gain_db))

    def stop(self) -> float:
        """Drop what has not been heard; returns the position, seconds."""
        self._advance()
        now = self._clock.time
        self.played = [
            (at, samples[: max(0, round((now - at) * rate))], rate)
            for at, samples, rate in self.played
            if at < now
        ]
        self._queued = self._position
        return self._position

    def heard(self) -> float:
        """The position that has been heard, seconds."""
        self._advance()
        return self._position

    def status(self) -> SoundStatus:
        """Always well."""
        side = Side.CLOSED if self._muted else Side.OPEN
        return SoundStatus(side, Side.OPEN, "virtual", "virtual", 0, 0, 0, 0.0, 0.0)

    def _advance(self) -> None:
        self._position = min(self._queued, self._position + self._clock.time - self._since)
        self._since = self._clock.time


@dataclass(slots=True)
class _Running:
    key: str
    job: Job
    cancel: threading.Event = field(default_factory=threading.Event)
    events: Iterator[Event] | None = None


class Simulation:
    """Runs a conversation in virtual time; implements `Hands`.

    `stopwatch` gives the time that the engines have spent so far, in seconds: `time.perf_counter` for real
    ones, the sum of what they declare for scripted ones.
    """

    def __init__(self, clock: VirtualClock, stopwatch: Callable[[], float]) -> None:
        self.clock, self._stopwatch = clock, stopwatch
        self._future: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._waiting: dict[str, deque[_Running]] = {}
        self._busy: dict[str, _Running] = {}
        self._begun = False
        self.conversation: Conversation | None = None

    # --- Hands

    def start(self, role: str, key: str, job: Job) -> None:
        """Run a job on the role's worker, after those that wait there."""
        self._waiting.setdefault(role, deque()).append(_Running(key, job))
        self._next(role)

    def cancel(self, key: str) -> None:
        """Withdraw every job with that key."""
        for running in [*self._busy.values(), *(r for q in self._waiting.values() for r in q)]:
            if running.key == key:
                running.cancel.set()

    # --- time

    def post(self, event: Event) -> None:
        """Give the conversation an event, now."""
        self.at(self.clock.time, lambda: self._handle(event))

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do something at a moment of virtual time, seconds."""
        heapq.heappush(self._future, (max(moment, self.clock.time), next(self._order), action))

    def run(self, until: float, ears: Ears | None = None, mouth: Mouth | None = None,
            sound: VirtualSound | None = None, done: Callable[[], bool] = lambda: False) -> None:  # fmt: skip
        """Let virtual time pass up to `until`, or until `done`; frames come every 10 ms if there are ears."""
        self.conversation_begins()
        tick = self.clock.time + STEP
        while self.clock.time < until and not done():
            conversation = self._of()
            due = conversation.due()
            times = [tick, until, *([self._future[0][0]] if self._future else []), *([due] if due else [])]
            self.clock.time = max(self.clock.time, min(times))
            if self._future and self._future[0][0] <= self.clock.time:
                heapq.heappop(self._future)[2]()
            elif due is not None and due <= self.clock.time:
                conversation.fire()
            elif self.clock.time >= tick:
                tick += STEP
                self._frame(ears, mouth, sound)

    def settled(self) -> bool:
        """Whether nobody speaks and nothing is under way."""
        quiet = self._of().state.floor is Floor.IDLE
        return quiet and not self._busy and not any(self._waiting.values()) and not self._future

    def conversation_begins(self) -> None:
        """The first run begins the conversation."""
        if not self._begun:
            self._begun = True
            self._of().begin()

    def _frame(self, ears: Ears | None, mouth: Mouth | None, sound: VirtualSound | None) -> None:
        captured = sound.read(0.0) if sound else None
        events = ears.hear(captured) if ears and captured else []
        for event in [*events, *(mouth.poll() if mouth else [])]:
            self._handle(event)

    def _of(self) -> Conversation:
        assert self.conversation is not None, "a simulation needs its conversation"
        return self.conversation

    def _handle(self, event: Event) -> None:
        self._of().handle(event)

    # --- jobs

    def _next(self, role: str) -> None:
        waiting = self._waiting[role]
        while role not in self._busy and waiting:
            running = waiting.popleft()
            if running.cancel.is_set():
                continue
            self._busy[role] = running
            running.events = running.job(running.cancel)
            self._step(role, running)

    def _step(self, role: str, running: _Running) -> None:
        """Run the job up to its next event, which arrives when the time that took has passed."""
        before = self._stopwatch()
        event: Event | None = None
        assert running.events is not None
        try:
            if not running.cancel.is_set():
                event = next(running.events, None)
        except Cancelled:
            event = None
        except Exception as error:  # noqa: BLE001 - as with the workers: it is reported, and the rest goes on
            event, running.events = (
                EngineFailed(role, draft_of(running.key), reason(role, error), running.key),
                iter(()),
            )
        took = self._stopwatch() - before
        self.at(self.clock.time + took, lambda: self._arrive(role, running, event))

    def _arrive(self, role: str, running: _Running, event: Event | None) -> None:
        if event is None or running.cancel.is_set():
            del self._busy[role]
            self._next(role)
            return
        self._handle(event)
        self._step(role, running)
