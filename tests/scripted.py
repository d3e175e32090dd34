"""Scripted engines and a stage for them: whole conversations in virtual time, without models or sound cards.

An utterance of the script sounds as a constant level that names it, so the scripted recogniser knows from the
sound it is given, and from nothing else, which words it may return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from companion.dialogue import events as e
from companion.dialogue.prompt import Record
from companion.dialogue.remembering import understand
from companion.dialogue.state import Patience, State
from companion.dialogue.timeline import Timeline
from companion.engines import Cancel, Cancelled
from companion.engines.asr import Transcription
from companion.engines.llm import LanguageModel, Message, Rates, Sampling
from companion.engines.tts import Speech, SpokenWord
from companion.engines.vad.hysteresis import Hysteresis, Started
from companion.runtime.conversation import Conversation
from companion.runtime.ears import Ears
from companion.runtime.jobs import Engines, Jobs, Store, Talk
from companion.runtime.listener import Listener
from companion.runtime.mouth import Mouth
from companion.runtime.remembrance import Memory, NoMemory, Recall, nothing_recalled
from companion.runtime.simulation import Simulation, VirtualClock, VirtualSound
from companion.settings import VadSettings

RATE = 16_000
LEVEL = 1 / 64

PATIENCE = Patience(
    factor=1.0, wait_most=5.0, longest=300.0, answer=30.0, hands_free=True,
)  # fmt: skip


@dataclass(slots=True)
class Spent:
    """The virtual time that scripted engines have used, seconds."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class Says:
    """The user says `text` from `start` to `end` (seconds). Without text it is a noise."""

    start: float
    end: float
    text: str = ""


def microphone(script: Sequence[Says], seconds: float) -> NDArray[np.float32]:
    """The sound of a script."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    for number, says in enumerate(script, 1):
        sound[round(says.start * RATE) : round(says.end * RATE)] = number * LEVEL
    return sound


class LoudDetector:
    """VAD: whatever sounds is speech."""

    def probability(self, window: NDArray[np.float32]) -> float:
        return 1.0 if np.abs(window).mean() > LEVEL / 2 else 0.0

    def reset(self) -> None:
        """Keeps no state."""


@dataclass
class ScriptedRecognizer:
    """Returns the words of the utterances that are in the sound."""

    script: Sequence[Says]
    spent: Spent
    seconds: float = 0.3
    record: Callable[[str], str] = lambda text: text
    failing: Exception | None = None
    asked: int = 0
    lengths: list[float] = field(default_factory=list)

    def quick(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        self.asked += 1
        self.lengths.append(len(audio) / RATE)
        self.spent.seconds += self.seconds
        if self.failing:
            raise self.failing
        found = sorted({round(level / LEVEL) for level in np.unique(audio)} - {0})
        text = " ".join(self.script[n - 1].text for n in found if self.script[n - 1].text)
        return Transcription(text, "en", len(audio) / RATE, 0.0, -0.2)

    def glimpse(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        return self.quick(audio, cancel, prompt=prompt)

    def thorough(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        heard = self.quick(audio, cancel)
        return Transcription(self.record(heard.text), "en", heard.seconds, 0.0, -0.1)


@dataclass(slots=True)
class ScriptedTurnDetector:
    """Gives one probability after the other, a new one when speech was added; the last again and again."""

    spent: Spent
    probabilities: list[float] = field(default_factory=lambda: [0.98])
    seconds: float = 0.04
    speech: int = 0
    failing: Exception | None = None

    def probability(self, audio: NDArray[np.float32]) -> float:
        self.spent.seconds += self.seconds
        if self.failing:
            raise self.failing
        before, self.speech = self.speech, int(np.count_nonzero(audio))
        if before and before != self.speech and len(self.probabilities) > 1:
            self.probabilities.pop(0)
        return self.probabilities[0]


@dataclass(slots=True)
class ScriptedWords:
    """Sentences end with a mark."""

    spent: Spent
    seconds: float = 0.03

    def ending(self, text: str, cancel: Cancel) -> float:
        self.spent.seconds += self.seconds
        return 0.8 if text.endswith((".", "?", "!")) else 0.05


@dataclass(slots=True)
class ScriptedModel:
    """Replies with `reply(messages)`, word by word, at a set speed; keeps every prompt it saw."""

    spent: Spent
    reply: Callable[[Sequence[Message]], str] = lambda messages: (
        f"You said {messages[-1].content.rstrip('.')}."
    )
    prefill_seconds: float = 0.3
    token_seconds: float = 0.05
    prefill_rate: float = 0.0
    context_tokens: int = 4096
    prompts: list[tuple[Message, ...]] = field(default_factory=list)
    settled: list[tuple[Message, ...]] = field(default_factory=list)
    kept: list[tuple[Message, ...]] = field(default_factory=list)
    failing: Exception | None = None

    def prefill(self, messages: Sequence[Message], cancel: Cancel, *, open_ended: bool = False) -> int:
        self.settled.append(tuple(messages))
        return 0

    def generate(
        self, messages: Sequence[Message], cancel: Cancel, *, sampling: Sampling, max_tokens: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:  # fmt: skip
        self.prompts.append(tuple(messages))
        self.spent.seconds += self.prefill_seconds
        if self.failing:
            raise self.failing
        for word in self.reply(messages).split():
            if cancel.is_set():
                raise Cancelled
            self.spent.seconds += self.token_seconds
            yield word + " "

    def count(self, messages: Sequence[Message]) -> int:
        return sum(len(m.content.split()) + 4 for m in messages)

    def thin(self, messages: Sequence[Message], cancel: Cancel) -> int:
        return 0

    def keep(self, messages: Sequence[Message], cancel: Cancel) -> bool:
        self.kept.append(tuple(messages))
        return True

    def rates(self) -> Rates:
        return Rates(self.prefill_rate, 1 / self.token_seconds)


@dataclass(slots=True)
class ScriptedSynthesizer:
    """Speaks 0.3 s a word."""

    spent: Spent
    seconds: float = 0.1
    rate: int = 16_000
    manner: dict[str, float] = field(default_factory=dict)
    failing: Exception | None = None

    def adjust(self, what: str, factor: float) -> float:
        self.manner[what] = self.manner.get(what, 1.0) * factor
        return self.manner[what]

    def synthesize(self, text: str, cancel: Cancel) -> Iterator[Speech]:
        self.spent.seconds += self.seconds
        if self.failing:
            raise self.failing
        words = text.split()
        if words:
            times = tuple(SpokenWord(w, i * 0.3, (i + 1) * 0.3) for i, w in enumerate(words))
            yield Speech(np.ones(round(len(words) * 0.3 * self.rate), np.int16), self.rate, times)


@dataclass
class MemoryStore:
    """Keeps what was committed in lists, in the order in which it came."""

    rows: list[tuple[str, int, str]] = field(default_factory=list)
    reviews: list[tuple[int, str, str]] = field(default_factory=list)
    paces: dict[str, float] = field(default_factory=dict)

    def keep_pace(self, who: str, pace: float) -> None:
        self.paces[who] = pace

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None:
        self.rows.append(("user", number, text))

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None:
        self.rows.append(("companion", number, text + (" —" if interrupted else "")))

    def review_user_turn(self, number: int, transcription: Transcription, answered: str) -> None:
        self.reviews.append((number, answered, transcription.text))


@dataclass
class ScriptedMemory:
    """Answers with what is scripted for an ask, and passes else; keeps what it was asked. With a word in
    `erases`, a yes erases every turn that has it, and what was said about that."""

    answers: dict[e.Ask, e.Answered | Exception] = field(default_factory=dict)
    asked_for: list[tuple[e.Ask, str, str, int]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    erases: str = ""

    def asked(
        self, ask: e.Ask, about: str, instead_of: str, turn: int, record: Record, cancel: Cancel
    ) -> e.Answered:
        self.asked_for.append((ask, about, instead_of, turn))
        self.records.append(record)
        answer = self.answers.get(ask, e.Answered(passes=True))
        if isinstance(answer, Exception):
            raise answer
        if ask is e.Ask.YES and self.erases:
            gone = {(t.side, t.number) for t in record.turns if self.erases in t.text}
            return replace(answer, erased=frozenset({*gone, ("user", turn)}))
        return answer


@dataclass(slots=True)
class Seen:
    """A watcher that keeps everything that happened."""

    log: list[tuple[float, e.Event | e.Command]] = field(default_factory=list)
    timelines: list[Timeline] = field(default_factory=list)

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        self.log.append((now, what))

    def timed(self, timeline: Timeline) -> None:
        self.timelines.append(timeline)

    def of(self, kind: type) -> list[tuple[float, e.Event | e.Command]]:
        """Everything of one kind, with its time."""
        return [(at, what) for at, what in self.log if isinstance(what, kind)]


class Stage:
    """A conversation in virtual time between a script and scripted engines."""

    def __init__(
        self,
        *script: Says,
        patience: Patience = PATIENCE,
        listener: Listener | None = None,
        recall: Recall = nothing_recalled,
        memory: Memory = NoMemory(),  # noqa: B008 - it has no state
        forget_kept: Callable[[], None] = lambda: None,
        before: Record = Record(),  # noqa: B008 - frozen
        llm: LanguageModel | None = None,
        store: Store | None = None,
        matters: Callable[[str, str], bool] = lambda answered, record: answered != record,
    ) -> None:
        """`llm`, `store`: real ones in place of `self.llm` and `self.store`."""
        self.spent = Spent()
        self.asr = ScriptedRecognizer(script, self.spent)
        self.endpoint = ScriptedTurnDetector(self.spent)
        self.llm = ScriptedModel(self.spent)
        self.tts = ScriptedSynthesizer(self.spent)
        self.store = MemoryStore()
        self.seen = Seen()
        self.clock = VirtualClock()
        self.simulation = Simulation(self.clock, self.spent)
        self.sound = VirtualSound(self.clock, microphone(script, max((s.end for s in script), default=0) + 1))
        self.mouth = Mouth(self.sound)
        self.ears = Ears(
            LoudDetector(),
            Hysteresis(VadSettings()),
            Started,
            pre_roll=0.5,
            barge_in=0.6,
            hands_free=patience.hands_free,
        )
        talk = Talk(Sampling(0.0, 1.0, 0.0, 1.0, 1), max_tokens=100, persona="You are the companion.")
        engines = Engines(self.asr, self.endpoint, ScriptedWords(self.spent), llm or self.llm, self.tts)
        jobs = Jobs(
            engines,
            self.mouth,
            store or self.store,
            talk,
            matters=matters,
            listener=listener,
            recall=recall,
            memory=memory,
            forget_kept=forget_kept,
        )
        self.simulation.conversation = Conversation(
            jobs, self.simulation, self.ears, self.mouth, self.sound, patience, self.clock,
            watchers=(self.seen,), before=before,
        )  # fmt: skip

    @property
    def conversation(self) -> Conversation:
        """The conversation on this stage."""
        assert self.simulation.conversation is not None
        return self.simulation.conversation

    def run(self, until: float) -> Stage:
        """Let virtual time pass."""
        self.simulation.run(until, self.ears, self.mouth, self.sound)
        return self

    def at(self, moment: float, event: e.Event) -> Stage:
        """Let something happen at a moment."""
        self.simulation.at(moment, lambda: self.conversation.handle(event))
        return self

    def said(self) -> list[str]:
        """What stands in the store, in order: "user: ..." and "companion: ..."."""
        return [f"{side}: {text}" for side, _, text in self.store.rows]


def off_record(stage: Stage) -> list[tuple[str, int, str]]:
    """What was said off the record by either side, as the store would have it if it did: the turns from the
    one that asked for it to the one that ended it, by what was said alone."""
    found, off = [], False
    for _, what in stage.seen.log:
        match what:
            case e.CommitUserTurn(turn, _, text):
                wish = understand(text)
                off = wish.ask is e.Ask.OFF_RECORD if wish and wish.ask in ON_OR_OFF else off
                found += [("user", turn, text)] if off else []
            case e.CommitCompanionTurn(draft, text, interrupted) if off:
                found.append(("companion", draft, text + (" —" if interrupted else "")))
    return found


ON_OR_OFF = (e.Ask.OFF_RECORD, e.Ask.ON_RECORD)

STORY = "once upon a time there was a very small dog who lived alone by the sea"
ASK = Says(1.0, 2.0, "tell me a story.")


def telling(*says: Says, reply: str = STORY, until: float = 15.0) -> Stage:
    """She is asked for a story and tells it; what is said meanwhile is heard in 0.05 s."""
    stage = Stage(ASK, *says)
    stage.llm.reply = lambda messages: reply
    stage.asr.seconds = 0.05
    return stage.run(until)
