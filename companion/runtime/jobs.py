"""What the engines are asked to do, as generators of events; a worker thread or a simulation runs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from companion.audio import Sound
from companion.dialogue import events as e
from companion.dialogue.clauses import WRITTEN, ClauseSplitter, Lengths, lengths
from companion.dialogue.prompt import Record, Side, Turn
from companion.engines import Cancel, Cancelled
from companion.engines.asr import Recognizer, Transcription
from companion.engines.endpoint import TurnDetector, WordsJudge
from companion.engines.llm import LanguageModel, Message, Sampling
from companion.engines.tts import Synthesizer
from companion.runtime.context import Context
from companion.runtime.ears import Ears, Snapshot
from companion.runtime.hands import Job
from companion.runtime.headroom import Headroom, Unhurried
from companion.runtime.hearing import Hearing
from companion.runtime.listener import Listener
from companion.runtime.mouth import Mouth
from companion.runtime.remembrance import (
    Memory,
    NoMemory,
    Recall,
    Recollection,
    Remembrance,
    note_for,
    nothing_recalled,
    waits_for_past,
)
from companion.runtime.voice_rates import VoiceRates

FAST = 400.0
"""Tokens of prefill a second from which on an answer is drafted before the pause: it costs 20 to 50 ms there.
On two cores (75) it costs 0.4 s, which the partial transcripts need: they came late, and nothing was won."""


SPEAKING_LEFT = 0.8
"""Seconds that somebody who speaks mostly goes on for: half of a spoken order of 3 s is still to come when
its first words are known."""

PAUSE_LEFT = 0.25
"""Seconds between the first verdict on a pause and the shortest wait for its end."""

PAST_LEFT = 1.0
"""Seconds that the answer to a question about what the two have shared may wait for a note: without one a
small model makes something up."""

UNREAD = 16
"""Tokens of the words still to be read at the pause, at most: those before were read as they came."""


class Store(Protocol):
    """Where committed turns go; every method returns once they are on disk."""

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None: ...

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None: ...

    def review_user_turn(self, number: int, transcription: Transcription, answered: str) -> None: ...

    def keep_pace(self, who: str, pace: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Talk:
    """How replies are made: sampling, the most tokens of one, the persona and examples of how she talks."""

    sampling: Sampling
    max_tokens: int
    persona: str
    examples: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Engines:
    """One engine a role, as the app built them."""

    asr: Recognizer
    endpoint: TurnDetector
    words: WordsJudge
    llm: LanguageModel
    tts: Synthesizer


class Jobs:
    """Makes the job for a command, `hearing` those of the recogniser. `matters(answered, record)` says
    whether two transcripts differ in a number or a name."""

    def __init__(
        self,
        engines: Engines,
        mouth: Mouth,
        store: Store,
        talk: Talk,
        matters: Callable[[str, str], bool],
        listener: Listener | None = None,
        recall: Recall = nothing_recalled,
        memory: Memory = NoMemory(),  # noqa: B008 - it has no state
        forget_kept: Callable[[], None] = lambda: None,
        think: Callable[[Cancel], None] | None = None,
    ) -> None:
        """`think`: what is done with what was said while nobody speaks, until it is withdrawn; None:
        nothing."""
        self._engines, self._mouth, self._store, self._talk = engines, mouth, store, talk
        self._context = Context(engines.llm, talk.persona, talk.examples, talk.max_tokens)
        self._on_disk: set[tuple[Side, int]] = set()
        self._recall = recall
        self._recalled = Recollection()
        self.memory = Remembrance(memory, forget_kept)
        self._think = think
        self._processor = Headroom()
        self.hearing = Hearing(
            engines.asr,
            listener,
            self._processor,
            lambda: engines.llm.rates().prefill >= FAST,
            store.review_user_turn,
            matters,
        )
        self._voice = VoiceRates()
        self._speaks_in = 0.0  # seconds that the last first clause took to be synthesised
        self._first: Turn | None = None
        self._cut = True

    def foresee(self, text: str, record: Record, utterance: int = 0) -> Job:
        """Let the model read the first words of a turn that goes on, behind what memory has for them."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield from self._ask_memory(text, utterance, SPEAKING_LEFT, record, cancel, partial=True)
            prompt = self._prompt(record, text, utterance)
            if self._cut:
                self._read(prompt, cancel, open_ended=True)

        return job

    def _read(self, prompt: list[Message], cancel: Cancel, *, open_ended: bool = False) -> None:
        """Let the model read what nobody waits for; it rests while the recogniser needs the processor, keeps
        what it has read, and goes on. Raises `Cancelled`."""
        while True:
            self._processor.given(cancel)
            unhurried = Unhurried(cancel, self._processor)
            try:
                self._engines.llm.prefill(prompt, unhurried, open_ended=open_ended)
                return
            except Cancelled:
                if cancel.is_set() or not unhurried.gave_way:
                    raise

    def follow(self, text: str) -> Job:
        """Let the judge of the words read along, so that its verdict on the last of them is quick."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._processor.given(cancel)
            self._engines.words.ending(text, Unhurried(cancel, self._processor))
            return
            yield

        return job

    def judge(self, draft: int, sound: Snapshot) -> Job:
        """Ask whether the turn is over."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            with self._processor.undisturbed():
                mine = self.hearing.meant(sound)
                mine_at_all = bool(mine.spans) or mine is sound
                probability = self._engines.endpoint.probability(mine.audio) if mine_at_all else 0.0
            yield e.TurnJudged(draft, probability)

        return job

    def judge_words(self, draft: int, text: str) -> Job:
        """Ask how likely the words end a sentence."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._processor.given(cancel)
            yield e.WordsJudged(draft, self._engines.words.ending(text, cancel))

        return job

    def reply(self, draft: int, text: str, record: Record, utterance: int = 0, first: int = 0) -> Job:
        """Write the reply, clause by clause, from number `first` on. Without a `text` it answers the last
        turns of the record, whose utterance that is."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            before = record if text else record.before_last_said()
            words = text or record.last_said()
            left = PAST_LEFT if waits_for_past(words) else PAUSE_LEFT
            yield from self._ask_memory(words, utterance, left, before, cancel)
            if not first:
                yield from self._foreseen(draft, text)
            yield from self._written(draft, first, self._prompt(record, text, utterance), cancel)

        return job

    def go_on(self, draft: int, cut: int, rest: str, index: int, record: Record) -> Job:
        """Write the end of the reply that was `cut` off, of which `rest` had been written and not heard."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            cut_off = self._context.answerable(self._since_the_cut(record).taken_up(cut, rest))
            yield from self._written(draft, index, self._context.messages(cut_off), cancel)

        return job

    def _written(self, draft: int, index: int, prompt: list[Message], cancel: Cancel) -> Iterator[e.Event]:
        """The reply to a prompt, clause by clause, counted from `index`."""
        splitter, begun = ClauseSplitter(self._lengths()), False
        if not self._cut:
            self._thin(prompt, cancel)
        pieces = self._engines.llm.generate(
            prompt, cancel, sampling=self._talk.sampling, max_tokens=self._context.most
        )
        for piece in pieces:
            if not begun:
                begun = True
                yield e.ReplyBegun(draft)
            for clause in splitter.feed(piece):
                yield e.ClauseWritten(draft, index, clause)
                index += 1
            self._processor.given(cancel)
        for clause in splitter.flush():
            yield e.ClauseWritten(draft, index, clause)
            index += 1
        yield e.ReplyWritten(draft, index)

    def _foreseen(self, draft: int, text: str) -> Iterator[e.Event]:
        """How long the first clause will take, from what the model has to read yet and the measured rates;
        nothing while those aren't known."""
        rates = self._engines.llm.rates()
        if rates.prefill <= 0 or rates.decode <= 0:
            return
        read = min(UNREAD, self._engines.llm.count([Message("user", text)])) / rates.prefill
        write = self._lengths().first_break / WRITTEN / rates.decode
        yield e.ReplyForeseen(draft, read + write + self._speaks_in)

    def speak(self, draft: int, index: int, text: str) -> Job:
        """Synthesise a clause and hold it."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._processor.given(cancel)
            began = time.perf_counter()
            # The clause that somebody waits for is synthesised while the model rests.
            with self._processor.undisturbed() if index == 0 else nullcontext():
                speeches = list(self._engines.tts.synthesize(text, cancel))
            if index == 0:
                self._speaks_in = time.perf_counter() - began
            if not cancel.is_set():
                seconds = self._mouth.hold(draft, index, speeches)
                self._voice.add(text, time.perf_counter() - began, seconds)
                yield e.ClauseReady(draft, index, seconds)

        return job

    def prepare(self, name: str, text: str) -> Job:
        """Synthesise what may have to be said when nothing can be synthesised any more."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            speeches = list(self._engines.tts.synthesize(text, cancel))
            self._mouth.prepare(name, speeches)
            if name == "sorry" and speeches:  # a sentence is enough to know her own voice by
                spoken = np.concatenate([speech.samples for speech in speeches])
                self.hearing.know_her(spoken, speeches[0].rate)
            return
            yield

        return job

    def adjust(self, what: Literal["pace", "volume"], factor: float) -> Job:
        """Change her voice for what is synthesised from now on."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield e.Adjusted(what, self._engines.tts.adjust(what, factor))

        return job

    def store_user(self, command: e.CommitUserTurn) -> Job:
        """Put a user turn on disk, unless it is said off the record."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            if command.kept:
                self._store.add_user_turn(command.turn, command.text, command.who, command.sure)
                self._on_disk.add(("user", command.turn))
            yield e.Stored(command.turn)

        return job

    def store_companion(self, draft: int, text: str, interrupted: bool) -> Job:
        """Put what she said on disk."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._store.add_companion_turn(draft, text, interrupted)
            self._on_disk.add(("companion", draft))
            return
            yield

        return job

    def keep_pace(self, who: str, pace: float) -> Job:
        """Put on disk how long somebody's pauses last."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._store.keep_pace(who, pace)
            return
            yield

        return job

    def mute(self, sound: Sound, ears: Ears, muted: bool) -> Job:
        """Close the microphone and forget what it heard, or open it; a device takes its time for that."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            sound.mute(muted)
            if muted:
                ears.forget()
            return
            yield

        return job

    def settle(self, record: Record) -> Job:
        """Bring the model's cache up to the record, without its oldest turns where it grows too long."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            whole = self._since_the_cut(record)
            shorter = self._context.fitting(whole)
            prompt = self._context.messages(shorter)
            if shorter is not whole:
                self._first, self._cut = shorter.turns[0], False
            if not self._cut:
                self._thin(prompt, cancel)
            if shorter is not record:
                yield e.Thinned(shorter.turns[0].side, shorter.turns[0].number)
            self._read(prompt, cancel)

        return job

    def roll_back(self, record: Record) -> Job:
        """Let go of everything in the model's cache behind that record, of which the cache has evaluated the
        turns before; nothing of it is read anew, so it takes a moment."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._recalled = Recollection()
            if self._first is not None and not record.has(self._first):
                self._first = None
            self._engines.llm.prefill(self._context.unanswered(self._since_the_cut(record)), cancel)
            self._cut = True
            return
            yield

        return job

    def think(self) -> Job:
        """Think about what was said, as long as nobody speaks; once that has failed, no more."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            think = self._think
            try:
                if think is not None:
                    think(cancel)
            except Cancelled:
                raise
            except Exception:
                self._think = None  # it is told once, and not at each silence
                raise
            return
            yield

        return job

    def _lengths(self) -> Lengths:
        """How long clauses must be, by what the model and the voice have taken so far."""
        return lengths(self._engines.llm.rates().decode, self._voice.voice)

    def keep(self, record: Record, seconds: float = float("inf")) -> Job:
        """Keep the conversation for the next start, as far as it is in the store, and nothing that was only
        drafted. What isn't evaluated within so many seconds is left to the next start."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            with suppress(Cancelled):  # what is evaluated by then is worth keeping
                yield from self.settle(record)(_Until(time.monotonic() + seconds, cancel))
            stored = self._stored(self._context.fitting(self._since_the_cut(record)))
            if stored.turns and self._cut:
                self._engines.llm.keep(self._context.messages(stored), cancel)
            self.memory.keep_true()

        return job

    def _stored(self, record: Record) -> Record:
        """The record up to the first turn that isn't on disk, with all that the model read of it: those of
        earlier starts, below 0, are; what memory gave for a turn isn't."""
        lasting = record.lasting()
        for i, turn in enumerate(lasting.turns):
            on_disk = turn.number < 0 or (turn.side, turn.number) in self._on_disk
            if turn.text and not on_disk:
                return Record(lasting.turns[:i])
        return lasting

    def _since_the_cut(self, record: Record) -> Record:
        """The record without what was cut out of the cache. A reply can be asked for with a record from
        before the cut; by the time it is written, on the same thread as the cut, the cache holds no more."""
        first = self._first
        return record if first is None else record.since(first.side, first.number)

    def _thin(self, prompt: list[Message], cancel: Cancel) -> None:
        """Cut out of the cache what `prompt` has no more; what was cancelled is done with the next prompt."""
        self._engines.llm.thin(prompt, cancel)
        self._cut = True

    def _ask_memory(
        self, text: str, utterance: int, left: float, record: Record, cancel: Cancel, partial: bool = False
    ) -> Iterator[e.Event]:
        """Ask memory on the first words that say something, and again on more of them until they bring
        something to mind, for as much as the model can read in the `left` seconds; and once more where they
        say more by now, if the model can read that in their place in the time that an answer may wait. It is
        told with every prompt that the note stands in, for what a withdrawn job tells is dropped."""
        before = self._recalled if self._recalled.utterance == utterance else None
        if before is None or before.outgrown(text, partial=partial):
            left = left if before is None else self._left_to_read_anew(text)
            note = note_for(self._recall, self._engines.llm, text, left, record, cancel, partial=partial)
            if note or (note == "" and not partial) or before is not None:
                said = before.note if before else ""
                self._recalled = Recollection(utterance, note if note and note not in said else said, text)
        if self._recalled.utterance == utterance and self._recalled.note:
            yield e.Recalled(utterance, self._recalled.note)

    def _left_to_read_anew(self, text: str) -> float:
        """Seconds that are left for another note where the words behind it have to be read again."""
        rate = self._engines.llm.rates().prefill
        waits = PAST_LEFT if waits_for_past(text) else PAUSE_LEFT
        return waits - self._engines.llm.count([Message("user", text)]) / rate if rate > 0 else 0.0

    def _prompt(self, record: Record, text: str, utterance: int) -> list[Message]:
        """The prompt of the record with the words to be answered, and what they recall, as far as they fit in
        the context together."""
        note = self._recalled.note if self._recalled.utterance == utterance else ""
        said = self._since_the_cut(record)
        whole = said.with_turn(Turn("user", 0, text, recalled=note)) if text else said.with_recalled(note)
        return self._context.messages(self._context.answerable(whole))


@dataclass(frozen=True, slots=True)
class _Until:
    """Set with another token, and from a moment of `time.monotonic` on."""

    moment: float
    other: Cancel

    def is_set(self) -> bool:
        """Whether to stop, for either reason."""
        return self.other.is_set() or time.monotonic() >= self.moment
