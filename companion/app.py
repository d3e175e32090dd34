"""The composition root: the only module that knows every part, and builds a companion from them.

`Companion` is the facade for the commands, and later the window and the socket: what they need to know of a
conversation, and what they may ask of it.
"""

from __future__ import annotations

import datetime
import functools
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion import home as homes
from companion.dialogue.pace import Paces
from companion.dialogue.prompt import CUT_OFF, EXAMPLES, PERSONA, Record
from companion.dialogue.state import Floor, Patience, State
from companion.errors import HomeError, StoreError
from companion.settings import Settings
from companion.settings_file import load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from companion.audio import Sound
    from companion.dialogue.events import Event
    from companion.engines import Cancel
    from companion.engines.asr import Recognizer
    from companion.engines.embed.bge import BgeEmbedder
    from companion.engines.embed.cross_encoder import CrossEncoder
    from companion.engines.endpoint import TurnDetector
    from companion.engines.llm import LanguageModel
    from companion.engines.llm.sentence import SentenceModel
    from companion.engines.speaker import VoiceEncoder
    from companion.engines.tts import Synthesizer
    from companion.memory.archive.sources import Archive
    from companion.memory.archive.watching import Watching
    from companion.memory.remembered import Remembered
    from companion.memory.store import Store
    from companion.runtime.clock import Clock
    from companion.runtime.conversation import Conversation, Watcher
    from companion.runtime.ears import Ears
    from companion.runtime.hands import Hands
    from companion.runtime.jobs import Talk
    from companion.runtime.listener import Listener
    from companion.runtime.live import Live
    from companion.runtime.mind import Mind
    from companion.runtime.mouth import Mouth
    from companion.runtime.simulation import Simulation, VirtualSound

NEEDED = ("llm", "asr", "tts", "endpoint", "words", "embed")
"""Roles without whose model there is no conversation aloud."""

ANSWER_WITHIN = 45.0
"""Seconds after which an answer, or the words of a turn, count as lost: only a hung engine takes so long."""


SHORTEST = 8
"""Tokens that a turn takes at least, with what the chat template puts around it."""

ANEW = 300
"""Tokens of an earlier conversation that are evaluated anew at a start, at most: 4 to 7 s on two cores."""


def rest_threads() -> None:
    """Tell the native libraries, before they are imported, that an idle thread is to rest, not to spin."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # A short spin, some 20 us: llama.cpp's threads meet some 300 times a token, and waking one up costs more.
    # Qwen 1.5B on two cores: 37 ms a token and 173 for 8, with none 48 and 217.
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # numpy's products here are of some thousand rows: a second thread spins for longer than it helps, beside
    # an engine that computes 30 ms in place of 1.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def prepare() -> None:
    """Set what the native libraries read when they are first imported: no spinning threads, little kept, no
    network."""
    rest_threads()
    # Whisper's windows have many lengths, and oneDNN keeps what it compiles for each, up to 1024 of
    # them. That is 200 MB after 200 turns, and no faster (537 MB in all, against 324 with 16).
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    for name in ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "ORT_DISABLE_TELEMETRY"):
        os.environ.setdefault(name, "1")


def patience(settings: Settings) -> Patience:
    """The floor's patience, from the settings."""
    turns = settings.turns
    return Patience(
        factor=turns.patience,
        wait_most=turns.wait_most,
        longest=turns.longest,
        hold=turns.hold,
        answer=ANSWER_WITHIN,
        hands_free=turns.mode == "hands-free",
        backchannels=turns.backchannels == "on",
        only_known=settings.voices.answer == "known",
    )


@dataclass(slots=True)
class Loader:
    """Builds the engines of the settings, each from the model that plays its role; imports them only then."""

    settings: Settings

    def folder(self, role: str) -> Path:
        """The folder of the model for a role. Raises `WeightsError` when it isn't there."""
        from companion.weights.choice import locate

        return locate(role, getattr(self.settings.weights, role))

    def asr(self) -> Recognizer:
        """The recogniser."""
        folder = self.folder("asr")
        from companion.engines.asr.whisper import WhisperRecognizer

        return WhisperRecognizer(folder, self.settings.asr)

    def speaker(self) -> VoiceEncoder:
        """The model that tells voices apart."""
        folder = self.folder("speaker")
        from companion.engines.speaker.dvector import DVectorEncoder

        return DVectorEncoder(folder)

    def words(self) -> SentenceModel:
        """The model that tells where a sentence ends."""
        folder = self.folder("words")
        from companion.engines.llm.sentence import SentenceModel

        return SentenceModel(folder)

    def embed(self) -> BgeEmbedder:
        """The model that tells what a text means."""
        folder = self.folder("embed")
        from companion.engines.embed.bge import BgeEmbedder

        return BgeEmbedder(folder)

    def rerank(self) -> CrossEncoder:
        """The model that says how well a passage answers a question."""
        folder = self.folder("rerank")
        from companion.engines.embed.cross_encoder import CrossEncoder

        return CrossEncoder(folder)

    def endpoint(self) -> TurnDetector:
        """The end-of-turn model."""
        folder = self.folder("endpoint")
        from companion.engines.endpoint.smart_turn import SmartTurn

        return SmartTurn(folder, self.settings.endpoint)

    def llm(self) -> LanguageModel:
        """The language model."""
        folder = self.folder("llm")
        from companion.engines.llm.llama import Llama

        return Llama(folder, self.settings.llm)

    def tts(self) -> Synthesizer:
        """The voice."""
        folder = self.folder("tts")
        from companion.engines.tts.piper import PiperSynthesizer

        return PiperSynthesizer(folder, self.settings.tts)

    def ears(self) -> Ears:
        """VAD with its hysteresis, over the frames of the microphone."""
        from companion.engines.vad.hysteresis import Hysteresis, Started
        from companion.engines.vad.silero import SileroDetector
        from companion.runtime.ears import Ears

        return Ears(
            SileroDetector(),
            Hysteresis(self.settings.vad),
            Started,
            pre_roll=self.settings.audio.pre_roll,
            barge_in=self.settings.turns.barge_in,
            hands_free=self.settings.turns.mode == "hands-free",
        )


@dataclass(slots=True)
class Parts:
    """Everything a conversation is made of."""

    engines: Any
    ears: Ears
    store: Any
    settings: Settings
    mind: Mind | None = None
    """Her memory at work; None where nothing is remembered."""
    home: Path | None = None

    def close(self) -> None:
        """Free the models and close the store, each whatever befalls the other."""
        try:
            getattr(self.engines.llm, "close", _nothing)()
            getattr(self.engines.words, "close", _nothing)()
        finally:
            getattr(self.store, "close", _nothing)()


def _nothing(*_: object) -> None:
    """What is done with a part that needs nothing done, as to close one that needs no closing."""


class Forgetful:
    """A store that keeps nothing, for recordings that are only answered."""

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None:
        """Keeps nothing."""

    def voices(self) -> list[tuple[str, bytes, bytes, int]]:
        """Knows nobody."""
        return []

    def paces(self) -> list[tuple[str, float]]:
        """Knows nobody."""
        return []

    def keep_pace(self, who: str, pace: float) -> None:
        """Keeps nothing."""

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None:
        """Keeps nothing."""

    def review_user_turn(self, number: int, transcription: object, answered: str) -> None:
        """Keeps nothing."""


def demand_weights(settings: Settings) -> None:
    """Raise `WeightsError` for a model that is missing: it is said before the seconds of loading."""
    for role in NEEDED:
        Loader(settings).folder(role)


def load_parts(
    settings: Settings, store: Store | Forgetful, told: Callable[[str], None], home: Path | None = None
) -> Parts:
    """Load every engine, side by side. Raises the first `CompanionError` that one of them meets.

    `told` is given the name of each role as it becomes ready, from any thread. `home`: of the store, where
    what is said is remembered.
    """
    from companion.runtime.jobs import Engines

    loader = Loader(settings)
    demand_weights(settings)

    def ready(role: str, load_one: Callable[[], Any]) -> Any:
        engine = load_one()
        told(role)
        return engine

    # On two cores two at a time, the language model and the others beside it: all at once take 0.3 s longer.
    with ThreadPoolExecutor(max(2, min(4, (os.cpu_count() or 2) // 2))) as pool:
        jobs = {role: pool.submit(ready, role, getattr(loader, role)) for role in (*NEEDED, "ears")}
        loaded = {role: job.result() for role, job in jobs.items()}
    engines = Engines(*(loaded[role] for role in ("asr", "endpoint", "words", "llm", "tts")))
    mind = None if home is None else mind_of(store, loaded["embed"], home, settings, loaded["llm"])
    return Parts(engines, loaded["ears"], store, settings, mind, home)


def mind_of(store: Any, embedder: BgeEmbedder, home: Path, settings: Settings, llm: Any) -> Mind:
    """Her memory at work on a home's store; she thinks with `llm`, if the settings let her."""
    from companion.memory.archive.sources import Archive
    from companion.memory.erasing import set_aside
    from companion.memory.recall import Recall
    from companion.runtime.mind import Mind
    from companion.runtime.upkeep import Upkeep

    # Now, for it takes a quarter of a second that can't be withdrawn when somebody speaks.
    thinking = llm.background() if settings.memory.reflect == "on" else None
    recall = Recall(store.database, embedder)
    archive = Archive(store.database, recall.chunk_vectors.drop)
    archive.finish()
    recall.refresh()
    upkeep = Upkeep(home, store.database, settings.memory.backups, store.look)
    store.beside(upkeep.close)
    return Mind(
        store,
        recall,
        archive,
        renewed=upkeep.renew,
        llm=None if thinking is None else lambda: thinking,
        set_aside=lambda: set_aside(home),
        upkeep=upkeep.begin,
    )


def manner(settings: Settings) -> Talk:
    """How her replies are made."""
    from companion.engines.llm import Sampling
    from companion.runtime.jobs import Talk

    llm = settings.llm
    seed = llm.seed if llm.seed >= 0 else None
    never = (CUT_OFF, CUT_OFF.strip())
    sampling = Sampling(llm.temperature, llm.top_p, llm.min_p, llm.repeat_penalty, seed, never)
    return Talk(sampling, llm.max_tokens, PERSONA, EXAMPLES)


def matters(answered: str, record: str) -> bool:
    """Whether two transcripts differ in a number or a name."""
    from companion.engines.asr.record import corrections

    return bool(corrections(answered, record))


def resume(llm: Any, store: Store, settings: Settings, folder: Path, cancel: Cancel) -> Record:
    """What was said in the last hours, as far as the conversation goes on with it; the model's cache takes up
    what earlier starts of this home evaluated of it.

    What they didn't keep is left out where the first answer would wait for it: after a change of the model,
    say, only the newest turns stay. It is sealed as the store is, and what isn't, though the store is, goes.
    Raises `StoreError`, `HomeError` and what the model raises.
    """
    from companion.memory.sealed_cache import CacheSeal
    from companion.runtime.context import Context
    from companion.runtime.earlier import before

    talk = manner(settings)
    context = Context(llm, talk.persona, talk.examples, talk.max_tokens)
    fixed = context.messages(Record())
    key = store.database.key
    seal = None if key is None else CacheSeal(key)
    hours = settings.memory.continue_within
    if hours == 0:
        forget(folder)
        llm.restore(folder, fixed, None, cancel, seal)
        return Record()
    if seal is not None:
        forget(folder, sealed=False)
    since = datetime.datetime.now().astimezone() - datetime.timedelta(hours=hours)
    turns = store.earlier(since, most=llm.context_tokens // SHORTEST)
    record = context.fitting(before(turns, matters))
    if llm.restore(folder, fixed, context.messages(record), cancel, seal) > ANEW:
        record = context.latest(record, ANEW)
        llm.restore(folder, fixed, context.messages(record), cancel, seal)
    return record


def forget(folder: Path, *, sealed: bool = True) -> None:
    """Delete the conversations that the model's cache is kept of in a home; the `sealed` ones too. Raises
    `HomeError`."""
    from companion.engines.llm import kept

    try:
        (kept.forget if sealed else kept.clear_up)(folder)
    except OSError as error:
        raise HomeError(
            f"A kept conversation in {folder} can't be deleted ({error.strerror}): check the folder's rights."
        ) from error


def listener(settings: Settings, store: Any) -> Listener | None:
    """Who tells voices apart, where there is any use for it: a voice is known, or one is to be learned."""
    import numpy as np

    from companion.engines.speaker.voices import KnownVoices, Voice

    voices = tuple(
        Voice(name, np.frombuffer(enrolled, np.float32), np.frombuffer(now, np.float32), heard)
        for name, enrolled, now, heard in store.voices()
    )
    learn = settings.voices.learn == "on"
    ask = settings.voices.answer == "ask"
    if not voices and not learn and not ask:
        return None
    from companion.runtime.listener import Listener

    def keep(voice: Voice) -> None:
        store.keep_voice(voice.name, voice.enrolled.tobytes(), voice.now.tobytes(), voice.heard)

    known = settings.voices.answer == "known"
    drop = getattr(store, "forget_voice", _nothing)
    pushed = settings.turns.mode == "push-to-talk"
    return Listener(Loader(settings).speaker(), KnownVoices(voices), known, learn, ask, keep, drop, pushed)


def converse(
    parts: Parts,
    hands: Hands,
    mouth: Mouth,
    sound: Sound,
    clock: Clock,
    watchers: tuple[Watcher, ...],
    before: Record = Record(),  # noqa: B008 - frozen
    *,
    thinks: bool = False,
) -> Conversation:
    """A conversation of these parts that goes on from `before`, ready to be run by `hands`; `thinks`: about
    what was said, while nobody speaks."""
    from companion.runtime.conversation import Conversation
    from companion.runtime.jobs import Jobs

    listening = listener(parts.settings, parts.store)
    memory: dict[str, Any] = {}
    if parts.mind is not None and parts.home is not None:
        memory = {
            "recall": parts.mind,
            "memory": parts.mind,
            "forget_kept": functools.partial(forget, parts.home),
            "think": parts.mind.think if thinks else None,
        }
    jobs = Jobs(parts.engines, mouth, parts.store, manner(parts.settings), matters, listening, **memory)
    paces = Paces(tuple(parts.store.paces()))
    patient = patience(parts.settings)
    return Conversation(jobs, hands, parts.ears, mouth, sound, patient, clock, watchers, before, paces)


@dataclass(slots=True)
class Rehearsal:
    """A conversation in virtual time, on sound that is there already."""

    parts: Parts
    simulation: Simulation
    sound: VirtualSound
    mouth: Mouth

    @classmethod
    def of(
        cls,
        parts: Parts,
        microphone: NDArray[np.float32],
        watchers: tuple[Watcher, ...],
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> Rehearsal:
        """Let these parts hear `microphone`, float32[n] at 16 kHz; `stopwatch` as `Simulation` says."""
        from companion.runtime.mouth import Mouth
        from companion.runtime.simulation import Simulation, VirtualClock, VirtualSound

        clock = VirtualClock()
        sound = VirtualSound(clock, microphone)
        mouth = Mouth(sound)
        simulation = Simulation(clock, stopwatch)
        simulation.conversation = converse(parts, simulation, mouth, sound, clock, watchers)
        return cls(parts, simulation, sound, mouth)

    def run(self, until: float, done: Callable[[], bool] = lambda: False) -> None:
        """Let virtual time pass up to `until`, seconds, or until `done`."""
        self.simulation.run(until, self.parts.ears, self.mouth, self.sound, done)


@dataclass(slots=True)
class Companion:
    """A companion at work: a live conversation on a sound device, with a home that it holds."""

    parts: Parts
    live: Live
    conversation: Conversation
    sound: Sound
    watching: Watching | None = None
    """Reads what changes in the folders of her archive; None where nothing is remembered."""
    _closed: bool = field(default=False)

    @classmethod
    def start(
        cls,
        parts: Parts,
        sound: Sound,
        watchers: tuple[Watcher, ...] = (),
        trouble: Callable[[str], None] = lambda sentence: None,
        ended: Callable[[], None] = lambda: None,
        before: Record = Record(),  # noqa: B008 - frozen
    ) -> Companion:
        """Begin to listen on `sound`, which has been started; the conversation goes on from `before`."""
        from companion.runtime.clock import RealClock
        from companion.runtime.live import Live
        from companion.runtime.mouth import Mouth

        mouth = Mouth(sound)
        live = Live(sound, parts.ears, mouth, trouble, ended)
        conversation = converse(parts, live.workers, mouth, sound, RealClock(), watchers, before, thinks=True)
        live.begin(conversation)
        companion = cls(parts, live, conversation, sound)
        if parts.mind is not None:
            companion.watching = companion._watch(parts.mind, trouble)
        return companion

    def _watch(self, mind: Mind, trouble: Callable[[str], None]) -> Watching:
        """Read what is new in the archive's folders while nobody speaks."""
        from companion.dialogue.events import ArchiveRead
        from companion.memory.archive.watching import Watching

        watching = Watching(
            mind.archive,
            busy=lambda: self.conversation.state.floor is not Floor.IDLE,
            scanned=lambda source, scanned: self.post(ArchiveRead()),
            trouble=trouble,
        )
        watching.start()
        return watching

    def post(self, event: Event) -> None:
        """Ask something of the conversation: mute, push-to-talk, a typed turn, silence."""
        self.live.post(event)

    def remembered(self) -> Remembered:
        """What she remembers, as pages show it: lists, search, entries with their evidence, forgetting.
        Raises `StoreError` where nothing is remembered."""
        from companion.memory.remembered import Remembered

        if self.parts.mind is None:
            raise StoreError("Nothing is remembered here: start her with a home.")
        return Remembered(self.parts.store.database, self.parts.mind.recall)

    def archive(self) -> Archive:
        """What she has read, as pages show it: sources, documents, what is being read, removal. Raises
        `StoreError` where nothing is remembered."""
        if self.parts.mind is None:
            raise StoreError("Nothing is remembered here: start her with a home.")
        return self.parts.mind.archive

    def turn_key(self) -> None:
        """The push-to-talk key as a switch: it ends the turn that it began, else it begins one."""
        self.live.post(_switched)

    def close(self) -> None:
        """End the conversation; what was committed is on disk. Idempotent; closed whatever it raises."""
        if not self._closed:
            try:
                if self.watching is not None:
                    self.watching.stop()
                self.live.close()
            finally:
                self.parts.close()
            self._closed = True


def _switched(state: State) -> Event:
    """What the key means by the state that it meets, for the floor may have ended the turn by itself."""
    from companion.dialogue.events import PushEnded, PushStarted

    return PushEnded() if state.floor is Floor.PUSHED else PushStarted()


def settings_of(home: str | None) -> Settings:
    """The settings of a home that need not exist yet."""
    return load(homes.place(home))
