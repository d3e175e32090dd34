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
from companion.runtime.voice_rates import VoiceRates

FAST = 400.0
"""Tokens of prefill a second from which on an answer is drafted before the pause: it costs 20 to 50 ms there.
On two cores (75) it costs 0.4 s, which the partial transcripts need: they came late, and nothing was won."""


SPEAKING_LEFT = 0.8
"""Seconds that somebody who speaks mostly goes on for: half of a spoken order of 3 s is still to come when
its first words are known."""

PAUSE_LEFT = 0.25
"""Seconds between the first verdict on a pause and the shortest wait for its end."""

SAYS_SOMETHING = 3
"""Words from which on memory is asked about them."""

LEAST_RECALLED, MOST_RECALLED = 24, 512
"""Tokens of a note: fewer say nothing, more drown the words."""

UNREAD = 16
"""Tokens of the words still to be read at the pause, at most: those before were read as they came."""

FRAME_TOKENS = 16
"""Tokens that a template puts around a message, at most."""


class Store(Protocol):
    """Where committed turns go; every method returns once they are on disk."""

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None: ...

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None: ...

    def review_user_turn(self, number: int, transcription: Transcription, answered: str) -> None: ...

    def keep_pace(self, who: str, pace: float) -> None: ...


class Recall(Protocol):
    """Memory, asked for what the user's words bring to mind."""

    def __call__(self, words: str, tokens: int, cancel: Cancel) -> str:
        """A note of at most that many tokens for the model to read before the words; "" for nothing. Returns
        at once: somebody speaks, or waits."""
        ...


def nothing_recalled(words: str, tokens: int, cancel: Cancel) -> str:
    """A memory without anything in it."""
    return ""


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
    ) -> None:
        self._engines, self._mouth, self._store, self._talk = engines, mouth, store, talk
        self._context = Context(engines.llm, talk.persona, talk.examples, talk.max_tokens)
        self._on_disk: set[tuple[Side, int]] = set()
        self._recall = recall
        self._recalled = (-1, "")
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
            yield from self._ask_memory(text, utterance, SPEAKING_LEFT, cancel)
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
        """Write the reply, clause by clause, from number `first` on."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield from self._ask_memory(text, utterance, PAUSE_LEFT, cancel)
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

    def store_user(self, turn: int, text: str, who: str = "", sure: float = 0.0) -> Job:
        """Put a user turn on disk."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._store.add_user_turn(turn, text, who, sure)
            self._on_disk.add(("user", turn))
            yield e.Stored(turn)

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

        return job

    def _stored(self, record: Record) -> Record:
        """The record up to the first turn that isn't on disk, with all that the model read of it: those of
        earlier starts, below 0, are; what memory gave for a turn isn't."""
        for i, turn in enumerate(record.turns):
            kept = turn.number < 0 or (turn.side, turn.number) in self._on_disk
            if turn.recalled or (turn.text and not kept):
                return Record(record.turns[:i])
        return record

    def _since_the_cut(self, record: Record) -> Record:
        """The record without what was cut out of the cache. A reply can be asked for with a record from
        before the cut; by the time it is written, on the same thread as the cut, the cache holds no more."""
        first = self._first
        return record if first is None else record.since(first.side, first.number)

    def _thin(self, prompt: list[Message], cancel: Cancel) -> None:
        """Cut out of the cache what `prompt` has no more; what was cancelled is done with the next prompt."""
        self._engines.llm.thin(prompt, cancel)
        self._cut = True

    def _ask_memory(self, text: str, utterance: int, left: float, cancel: Cancel) -> Iterator[e.Event]:
        """Ask memory on the first words that say something, once an utterance, for as much as the model can
        read in the `left` seconds; a note that is longer is left out, for it would delay the answer. It is
        told with every prompt that it stands in, for what a withdrawn job tells is dropped."""
        tokens = min(MOST_RECALLED, int(self._engines.llm.rates().prefill * left))
        if self._recalled[0] != utterance:
            if len(text.split()) < SAYS_SOMETHING or tokens < LEAST_RECALLED:
                return
            note = self._recall(text, tokens, cancel)
            if note and self._engines.llm.count([Message("user", note)]) > tokens + FRAME_TOKENS:
                note = ""
            self._recalled = (utterance, note)
        if self._recalled[1]:
            yield e.Recalled(*self._recalled)

    def _prompt(self, record: Record, text: str, utterance: int) -> list[Message]:
        """The prompt of the record with the words to be answered, and what they recall, as far as they fit in
        the context together."""
        note = self._recalled[1] if self._recalled[0] == utterance else ""
        said = self._since_the_cut(record)
        whole = said.with_turn(Turn("user", 0, text, recalled=note)) if text else said
        return self._context.messages(self._context.answerable(whole))


@dataclass(frozen=True, slots=True)
class _Until:
    """Set with another token, and from a moment of `time.monotonic` on."""

    moment: float
    other: Cancel

    def is_set(self) -> bool:
        """Whether to stop, for either reason."""
        return self.other.is_set() or time.monotonic() >= self.moment
