"""What the engines are asked to do, as generators of events; a worker thread or a simulation runs them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from companion.audio import Sound
from companion.dialogue import events as e
from companion.dialogue.clauses import ClauseSplitter, lengths
from companion.dialogue.prompt import Line, Record, Turn, lines, thinned
from companion.engines import Cancel
from companion.engines.asr import Recognizer, Transcription
from companion.engines.asr.partials import Hypothesis, Partials
from companion.engines.endpoint import TurnDetector, WordsJudge
from companion.engines.llm import LanguageModel, Message, Sampling
from companion.engines.tts import Synthesizer
from companion.errors import EngineError
from companion.runtime.ears import Ears, Snapshot
from companion.runtime.headroom import Headroom
from companion.runtime.listener import Listener, Look
from companion.runtime.mouth import Mouth

Job = Callable[[Cancel], Iterator[e.Event]]

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

FRAME_TOKENS = 16
"""Tokens that a template puts around a message, at most."""


class Store(Protocol):
    """Where committed turns go; every method returns once they are on disk."""

    def add_user_turn(self, number: int, text: str, who: str = "", sure: float = 0.0) -> None: ...

    def add_companion_turn(self, number: int, text: str, interrupted: bool) -> None: ...

    def review_user_turn(self, number: int, transcription: Transcription, answered: str) -> None: ...


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
    """Makes the job for a command. `matters(answered, record)` says whether two transcripts differ in a
    number or a name."""

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
        self._matters = matters
        self._listener = listener
        self._recall = recall
        self._recalled = (-1, "")
        self._partials = Partials(engines.asr)
        self._followed: tuple[int, int, tuple[int, ...]] = (0, 0, ())  # start, end and cuts of the last sound
        self._processor = Headroom()
        self._first: Turn | None = None
        self._cut = True

    def transcribe(self, draft: int, sound: Snapshot) -> Job:
        """Write down the turn; where only silence was added to its last partial transcript, that is it."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            began = time.perf_counter()
            look = self._look(sound)
            if look.voice is e.Voice.OTHER and not look.sound.spans:
                yield e.Heard(draft, "")  # others alone: not a word of it is for her
                return
            heard = self._follow(look.sound, cancel)
            if not heard.sure:
                took = time.perf_counter() - began
                yield e.Overheard(heard.text, heard.stable, took, sure=False, voice=look.voice)
                heard = self._partials.hear_out(look.sound.start, look.sound.voiced, look.sound.audio, cancel)
            stranger = bool(self._listener and heard.text and self._listener.heard(look))
            meant = not self._listener or self._listener.meant(look, heard.text)
            text = heard.text if meant else ""
            yield e.Heard(draft, text, look.who.name, look.who.sure, stranger, look.since)

        return job

    def overhear(self, sound: Snapshot, *, urgent: bool = False) -> Job:
        """Write down what has been said so far of a turn that goes on. While it is `urgent`, the reply waits:
        two engines on two cores take twice as long each."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            began = time.perf_counter()
            look = self._look(sound)
            heard = Hypothesis("", "")
            try:
                if look.voice is not e.Voice.OTHER or look.sound.spans:
                    with self._processor.needed() if urgent else nullcontext():
                        heard = self._follow(look.sound, cancel)
            except EngineError:
                heard = Hypothesis(
                    "", "", sure=False
                )  # nobody waits for it: the same failure at the pause is told
            took = time.perf_counter() - began
            ahead = self._engines.llm.rates().prefill >= FAST
            yield e.Overheard(heard.text, heard.stable, took, heard.sure, ahead, look.voice, look.since)

        return job

    def _look(self, sound: Snapshot) -> Look:
        return self._listener.look(sound) if self._listener else Look(sound)

    def _follow(self, sound: Snapshot, cancel: Cancel) -> Hypothesis:
        """The words of a turn that grows; one that lost what was taken for a part of it is heard anew."""
        start, end, cuts = self._followed
        self._followed = (sound.start, sound.end, sound.cuts)
        if sound.start == start and (sound.end < end or sound.cuts != cuts):
            self._partials = Partials(self._engines.asr)
        return self._partials.hear(sound.start, sound.voiced, sound.audio, cancel)

    def foresee(self, text: str, record: Record, utterance: int = 0) -> Job:
        """Let the model read the first words of a turn that goes on, behind what memory has for them."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield from self._ask_memory(text, utterance, SPEAKING_LEFT, cancel)
            prompt = messages(self._lines(self._answerable(self._since_the_cut(record), text, utterance)))
            if self._cut:
                self._engines.llm.prefill(prompt, cancel, open_ended=True)

        return job

    def judge(self, draft: int, sound: Snapshot) -> Job:
        """Ask whether the turn is over."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            mine = self._look(sound).sound if self._listener and self._listener.only_known else sound
            mine_at_all = bool(mine.spans) or mine is sound
            yield e.TurnJudged(draft, self._engines.endpoint.probability(mine.audio) if mine_at_all else 0.0)

        return job

    def judge_words(self, draft: int, text: str) -> Job:
        """Ask how likely the words end a sentence."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield e.WordsJudged(draft, self._engines.words.ending(text, cancel))

        return job

    def reply(self, draft: int, text: str, record: Record, utterance: int = 0, first: int = 0) -> Job:
        """Write the reply, clause by clause, from number `first` on."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield from self._ask_memory(text, utterance, PAUSE_LEFT, cancel)
            prompt = messages(self._lines(self._answerable(self._since_the_cut(record), text, utterance)))
            splitter, index, begun = ClauseSplitter(lengths(self._engines.llm.rates().decode)), first, False
            if not self._cut:
                self._thin(prompt, cancel)
            pieces = self._engines.llm.generate(
                prompt, cancel, sampling=self._talk.sampling, max_tokens=self._most
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

        return job

    def speak(self, draft: int, index: int, text: str) -> Job:
        """Synthesise a clause and hold it."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._processor.given(cancel)
            speeches = list(self._engines.tts.synthesize(text, cancel))
            if not cancel.is_set():
                yield e.ClauseReady(draft, index, self._mouth.hold(draft, index, speeches))

        return job

    def prepare(self, name: str, text: str) -> Job:
        """Synthesise what may have to be said when nothing can be synthesised any more."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            speeches = list(self._engines.tts.synthesize(text, cancel))
            self._mouth.prepare(name, speeches)
            if self._listener and name == "sorry" and speeches:
                # A sentence is enough to know her own voice by.
                spoken = np.concatenate([speech.samples for speech in speeches])
                self._listener.know_her(spoken, speeches[0].rate)
            return
            yield

        return job

    def introduce(self, name: str) -> Job:
        """Learn the voice of the stranger who has spoken."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            if self._listener:
                yield e.Introduced(name, self._listener.introduce(name))

        return job

    def forget_voice(self, draft: int, name: str) -> Job:
        """Delete a voice."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            yield e.VoiceForgotten(draft, self._listener.forget(name) if self._listener else "")

        return job

    def asked(self) -> Job:
        """The stranger who has spoken is asked for a name."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            if self._listener:
                self._listener.asked()
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
            yield e.Stored(turn)

        return job

    def store_companion(self, draft: int, text: str, interrupted: bool) -> Job:
        """Put what she said on disk."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            self._store.add_companion_turn(draft, text, interrupted)
            return
            yield

        return job

    def review(self, turn: int, answered: str, sound: Snapshot) -> Job:
        """Hear a committed turn once more, at leisure, for the record."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            look = self._look(sound)
            heard = self._engines.asr.thorough(look.sound.audio, cancel)
            text = heard.text or answered
            if self._listener:
                self._listener.committed(look)
            self._store.review_user_turn(turn, heard, answered)
            yield e.Reviewed(turn, text, self._matters(answered, text))

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
            shorter = self._fitting(whole)
            prompt = messages(self._lines(shorter))
            if shorter is not whole:
                self._first, self._cut = shorter.turns[0], False
            if not self._cut:
                self._thin(prompt, cancel)
            if shorter is not record:
                yield e.Thinned(shorter.turns[0].side, shorter.turns[0].number)
            self._engines.llm.prefill(prompt, cancel)
            if not record.turns:
                self._engines.llm.keep()  # nothing has been said: it holds nobody's words

        return job

    def _since_the_cut(self, record: Record) -> Record:
        """The record without what was cut out of the cache. A reply can be asked for with a record from
        before the cut; by the time it is written, on the same thread as the cut, the cache holds no more."""
        first = self._first
        return record if first is None else record.since(first.side, first.number)

    def _thin(self, prompt: list[Message], cancel: Cancel) -> None:
        """Cut out of the cache what `prompt` has no more; what was cancelled is done with the next prompt."""
        self._engines.llm.thin(prompt, cancel)
        self._cut = True

    @functools.cached_property
    def _fixed(self) -> int:
        """Tokens of the prompt before anything has been said."""
        return self._count(Record())

    @property
    def _most(self) -> int:
        """Tokens of a reply at most: half of what the fixed prompt leaves belongs to what was said."""
        return max(1, min(self._talk.max_tokens, (self._engines.llm.context_tokens - self._fixed) // 2))

    @property
    def _room(self) -> int:
        """Tokens of the context that a prompt may take, so that a reply fits behind it."""
        return self._engines.llm.context_tokens - self._most - 16

    def _share(self, part: float) -> int:
        """Tokens of a prompt whose record takes `part` (0..1) of the room there is for it."""
        return self._fixed + int((self._room - self._fixed) * part)

    def _fitting(self, record: Record) -> Record:
        """The record as far as it leaves room in the context for some turns more."""
        return thinned(record, self._count, limit=self._share(0.75), target=self._share(0.5))

    def _ask_memory(self, text: str, utterance: int, left: float, cancel: Cancel) -> Iterator[e.Event]:
        """Ask memory on the first words that say something, once an utterance, for as much as the model can
        read in the `left` seconds; a note that is longer is left out, for it would delay the answer."""
        tokens = min(MOST_RECALLED, int(self._engines.llm.rates().prefill * left))
        if self._recalled[0] == utterance or len(text.split()) < SAYS_SOMETHING or tokens < LEAST_RECALLED:
            return
        note = self._recall(text, tokens, cancel)
        if note and self._engines.llm.count([Message("user", note)]) > tokens + FRAME_TOKENS:
            note = ""
        self._recalled = (utterance, note)
        if note:
            yield e.Recalled(utterance, note)

    def _answerable(self, record: Record, text: str, utterance: int) -> Record:
        """The record with the words to be answered, and what they recall, as far as they fit in the context
        together."""
        note = self._recalled[1] if self._recalled[0] == utterance else ""
        whole = record.with_turn(Turn("user", 0, text, recalled=note)) if text else record
        return thinned(whole, self._count, limit=self._room, target=self._share(0.75))

    def _count(self, record: Record) -> int:
        return self._engines.llm.count(messages(self._lines(record)))

    def _lines(self, record: Record) -> list[Line]:
        return lines(record, persona=self._talk.persona, examples=self._talk.examples)


def messages(prompt: Sequence[Line]) -> list[Message]:
    """The heart's lines as the language model's messages."""
    return [Message(line.role, line.content) for line in prompt]
