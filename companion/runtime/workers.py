"""One worker thread an engine, each with an inbox; what is withdrawn is never run to its end."""

from __future__ import annotations

import logging
import queue
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from companion.dialogue.events import EngineFailed, Event
from companion.engines import Cancelled
from companion.errors import CompanionError
from companion.runtime.hands import Job

log = logging.getLogger(__name__)

LASTING = ("store", "keep")
"""Jobs that an end doesn't withdraw: what was committed is written, and the conversation kept."""


@dataclass(slots=True)
class _Task:
    role: str
    key: str
    job: Job
    cancel: threading.Event = field(default_factory=threading.Event)


class Workers:
    """A thread for each role; implements `Hands`. `post` takes the events of the jobs, from any thread.
    `together` gives a role the thread of another, and so its place in that one's row."""

    def __init__(
        self, roles: tuple[str, ...], post: Callable[[Event], None], together: Mapping[str, str] | None = None
    ) -> None:
        self._post = post
        self._together = together or {}
        roles = tuple(role for role in roles if role not in self._together)
        self._inboxes: dict[str, queue.SimpleQueue[_Task | None]] = {r: queue.SimpleQueue() for r in roles}
        self._lock = threading.Lock()
        self._open: dict[int, _Task] = {}
        self._threads = [
            # Daemons: a program that was torn down half-way ends, and its microphone with it.
            threading.Thread(target=self._work, args=(role,), name=role, daemon=True)
            for role in roles
        ]

    def begin(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def start(self, role: str, key: str, job: Job) -> None:
        """Run a job on the role's thread, after those that wait there."""
        task = _Task(role, key, job)
        with self._lock:
            self._open[id(task)] = task
        self._inboxes[self._together.get(role, role)].put(task)

    def cancel(self, key: str) -> None:
        """Withdraw every job with that key."""
        with self._lock:
            for task in self._open.values():
                if task.key == key:
                    task.cancel.set()

    def close(self) -> None:
        """Finish what must not be lost, withdraw everything else, and end the threads."""
        with self._lock:
            for task in self._open.values():
                if task.key not in LASTING:
                    task.cancel.set()
        for inbox in self._inboxes.values():
            inbox.put(None)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def alive(self) -> bool:
        """Whether every worker still works."""
        return all(thread.is_alive() for thread in self._threads)

    def _work(self, thread: str) -> None:
        while (task := self._inboxes[thread].get()) is not None:
            try:
                self._run(task.role, task)
            finally:
                with self._lock:
                    self._open.pop(id(task), None)

    def _run(self, role: str, task: _Task) -> None:
        if task.cancel.is_set():
            return
        try:
            for event in task.job(task.cancel):
                if task.cancel.is_set():
                    return
                self._post(event)
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 - whatever an engine raises, its worker outlives it
            self._post(EngineFailed(role, draft_of(task.key), reason(role, error), task.key))


def reason(role: str, error: Exception) -> str:
    """The sentence for the person; what only a developer can mend goes to the log, without its message, which
    may hold what was said."""
    if isinstance(error, CompanionError):
        return str(error)
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("the %s worker failed: %s\n%s", role, type(error).__name__, where)
    return f"Something went wrong in the {role} engine: please try again, or see companion doctor."


def draft_of(key: str) -> int:
    """The draft that a job's key names, 0 if it names none."""
    return int(key.removeprefix("draft ")) if key.startswith("draft ") else 0
