"""A conversation on real threads: one dialogue thread, one sound thread, one worker an engine."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from companion.audio import Side, Sound
from companion.dialogue.events import Event
from companion.errors import AudioError
from companion.runtime.conversation import Conversation
from companion.runtime.ears import Ears
from companion.runtime.mouth import Mouth
from companion.runtime.workers import Workers

log = logging.getLogger(__name__)

ROLES = ("asr", "endpoint", "llm", "tts", "store", "device")


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
        self._inbox: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.workers = Workers(ROLES, self.post)
        self._closing = threading.Event()
        self._conversation: Conversation | None = None
        self._threads: list[threading.Thread] = []
        self.failure: BaseException | None = None

    def post(self, event: Event) -> None:
        """Give the conversation an event; from any thread."""
        self._inbox.put(event)

    def begin(self, conversation: Conversation) -> None:
        """Start every thread. The sound is started already."""
        self._conversation = conversation
        self.workers.begin()
        conversation.begin()
        self._threads = [
            threading.Thread(target=self._guard, args=(self._converse,), name="dialogue"),
            threading.Thread(target=self._guard, args=(self._listen,), name="sound"),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Fall silent, put on disk what was committed, end every thread, close the devices; idempotent."""
        self._closing.set()
        self._inbox.put(None)
        for thread in self._threads:
            thread.join()
        if self._threads:
            self.workers.close()
        self._threads = []
        self._sound.close()

    def alive(self) -> bool:
        """Whether every thread still works."""
        return all(thread.is_alive() for thread in self._threads) and self.workers.alive()

    def _guard(self, work: Callable[[], None]) -> None:
        """A thread that dies takes the conversation down, visibly: never a companion that is half there."""
        try:
            work()
        except BaseException as error:
            self.failure = error
            self._closing.set()
            self._inbox.put(None)
            self._ended()
            if not isinstance(error, AudioError):
                log.error("the %s thread failed: %s", threading.current_thread().name, type(error).__name__)
                raise

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
                conversation.handle(event)
            conversation.fire()

    def _listen(self) -> None:
        """Read the microphone, tell the edges of speech, and follow the loudspeaker."""
        side, trouble = Side.OPEN, ""
        while not self._closing.is_set():
            try:
                captured = self._sound.read(0.02)
            except EOFError:
                self._ended()
                break
            events = self._ears.hear(captured) if captured is not None else []
            if captured is None:
                status = self._sound.status()
                if status.input is not side and status.input is not Side.OPEN and captured is None:
                    events += self._ears.lose(self._now())
                side = status.input
                if status.trouble != trouble:
                    trouble = status.trouble
                    self._trouble(trouble)
            for event in [*events, *self._mouth.poll()]:
                self.post(event)
        self._follow()

    def _follow(self) -> None:
        """After the end of a recording the loudspeaker is still followed, until the conversation closes."""
        while not self._closing.wait(0.01):
            for event in self._mouth.poll():
                self.post(event)

    def _now(self) -> float:
        assert self._conversation is not None
        return self._conversation.now()
