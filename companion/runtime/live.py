"""A conversation on real threads: one dialogue thread, one sound thread, one worker an engine."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import traceback
from collections.abc import Callable

from companion.audio import Side, Sound
from companion.dialogue.events import Event, StopAsked
from companion.dialogue.state import State
from companion.runtime.conversation import Conversation
from companion.runtime.ears import Ears
from companion.runtime.headroom import few_cores
from companion.runtime.mouth import Mouth
from companion.runtime.workers import Workers

log = logging.getLogger(__name__)

LOOK = 10
"""Reads of the microphone (20 ms each) between two looks at how its device is."""

Asked = Event | Callable[[State], Event]
"""What the inbox takes: an event, or what makes one of the state that it meets."""

ROLES = ("asr", "endpoint", "words", "llm", "tts", "store", "device")

ON_FEW_CORES = {"words": "llm"}
"""Roles that share another's thread where there are few cores: beside the language model the judge of the
words took 40 to 90 ms in place of 25."""


class Live:
    """Runs a conversation until it is closed. `trouble` is told, in a sentence, when a device is lost, and
    with an empty string when it is back; `ended` is called when a recording has come to its end."""

    def __init__(
        self,
        sound: Sound,
        ears: Ears,
        mouth: Mouth,
        trouble: Callable[[str], None] = lambda sentence: None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._sound, self._ears, self._mouth = sound, ears, mouth
        self._trouble, self._ended = trouble, ended
        self._inbox: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self.workers = Workers(ROLES, self.post, ON_FEW_CORES if few_cores() else None)
        self._closing = threading.Event()
        self._conversation: Conversation | None = None
        self._threads: list[threading.Thread] = []
        self._side, self._told = Side.OPEN, ""
        self.failure: BaseException | None = None

    def post(self, event: Asked) -> None:
        """Give the conversation an event, or what chooses one by the state it meets; from any thread."""
        self._inbox.put(event)

    def begin(self, conversation: Conversation) -> None:
        """Start every thread. The sound is started already. When this is interrupted, nothing goes on."""
        self._conversation = conversation
        self._threads = [
            threading.Thread(target=self._guard, args=(self._converse,), name="dialogue", daemon=True),
            threading.Thread(target=self._guard, args=(self._listen,), name="sound", daemon=True),
        ]
        try:
            self.workers.begin()
            conversation.begin()
            for thread in self._threads:
                thread.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Fall silent, put on disk what was committed, end every thread, close the devices; idempotent.

        The devices are closed before the engines, which may take a moment; each part whatever befalls the
        others.
        """
        self._closing.set()
        self._inbox.put(None)
        with contextlib.ExitStack() as rest:  # in reverse
            rest.callback(self.workers.close)
            rest.callback(self._sound.close)
            for thread in self._threads:
                if thread.ident is not None:
                    rest.callback(thread.join)
        self._threads = []

    def alive(self) -> bool:
        """Whether every thread still works."""
        return all(thread.is_alive() for thread in self._threads) and self.workers.alive()

    def _guard(self, work: Callable[[], None]) -> None:
        """A thread that dies takes the conversation down, visibly: never a companion that is half there."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it ends the conversation and is reported
            self.failure = error
            self._closing.set()
            self._inbox.put(None)
            # The message may hold what was said, so the log gets only the kind of error and where it arose.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error(
                "the %s thread failed: %s\n%s", threading.current_thread().name, type(error).__name__, where
            )
            self._ended()

    def _converse(self) -> None:
        conversation = self._conversation
        assert conversation is not None
        while not self._closing.is_set():
            due = conversation.due()
            try:
                event = self._inbox.get(timeout=conversation.until(due))
            except queue.Empty:
                conversation.fire()
                continue
            if event is not None:
                self._take(conversation, event)
            conversation.fire()
        self._conclude(conversation)

    def _conclude(self, conversation: Conversation) -> None:
        """Take in what has happened until now, write down what she was heard to say, and keep the
        conversation."""
        for event in self._mouth.poll():
            self.post(event)
        while not self._inbox.empty():
            waiting = self._inbox.get()
            if waiting is not None:
                self._take(conversation, waiting)
        conversation.handle(StopAsked())
        conversation.end()

    def _take(self, conversation: Conversation, asked: Asked) -> None:
        conversation.handle(asked(conversation.state) if callable(asked) else asked)

    def _listen(self) -> None:
        """Read the microphone, tell the edges of speech, and follow the loudspeaker."""
        reads = 0
        while not self._closing.is_set():
            try:
                captured = self._sound.read(0.02)
            except EOFError:
                self._ended()
                break
            events = self._ears.hear(captured) if captured is not None else []
            reads += 1
            if captured is None or reads % LOOK == 0:
                events += self._look()
            for event in [*events, *self._mouth.poll()]:
                self.post(event)
        self._follow()

    def _look(self) -> list[Event]:
        """Notice a device that is lost, or back; speech that was going on ends with its microphone."""
        status = self._sound.status()
        before, self._side = self._side, status.input
        if status.trouble != self._told:
            self._told = status.trouble
            self._trouble(status.trouble)
        lost = status.input is not Side.OPEN and before is Side.OPEN
        return self._ears.lose(self._now()) if lost else []

    def _follow(self) -> None:
        """After the end of a recording the loudspeaker is still followed, until the conversation closes."""
        while not self._closing.wait(0.01):
            for event in self._mouth.poll():
                self.post(event)

    def _now(self) -> float:
        assert self._conversation is not None
        return self._conversation.now()
