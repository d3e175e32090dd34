"""What the runtime asks of memory: a note for the words of a turn, and what people want of it themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from companion.dialogue import events as e
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.shared_past import asks_about_past
from companion.dialogue.words import bare
from companion.engines import Cancel, Cancelled
from companion.engines.llm import LanguageModel, Message
from companion.errors import HomeError
from companion.memory.lexical import SAYS_NOTHING
from companion.runtime.hands import Job
from companion.runtime.workers import reason

SAYS_SOMETHING = 3
"""Words from which on memory is asked about them."""

LEAST_RECALLED, MOST_RECALLED = 24, 512
"""Tokens of a note: fewer say nothing, more drown the words."""

ASKED = 80
"""Tokens that the note for a question may always have, however slowly the model reads: one thing that was
said, with its day. Without it a small model makes something up, and that is worse than a second."""

UNMEASURED = 40.0
"""Tokens of prefill a second while the rate isn't known: a slow pair of cores."""

FRAME_TOKENS = 16
"""Tokens that a template puts around a message, at most."""

GROWN, GROWN_TO_ASK = 3, 2
"""Words that say something by which words have grown when memory is asked about them again; by fewer where a
question has begun."""

BEFORE = 6
"""Turns before the words that memory is shown, to tell who "she" is."""

_QUESTION = frozenset(("what", "who", "whom", "whose", "where", "when", "which", "why", "how"))


class Recall(Protocol):
    """Memory, asked for what the user's words bring to mind."""

    def __call__(
        self, words: str, tokens: int, before: tuple[Turn, ...], cancel: Cancel, *, partial: bool
    ) -> str:
        """A note of at most that many tokens for the model to read before the words; "" for nothing. Returns
        at once: somebody speaks, or waits. `before`: the last turns of the record, oldest first. `partial`:
        more words are to come, so that it can't be told yet that nothing is known of them."""
        ...


class Memory(Protocol):
    """Memory, asked for what a turn wants of it."""

    def asked(
        self, ask: e.Ask, about: str, instead_of: str, turn: int, record: Record, cancel: Cancel
    ) -> e.Answered:
        """Do it, and say what is to be said. `turn`: the user's turn that asks, the last of `record`; it is
        in the store, unless it was said off the record. Raises a `CompanionError` where it can't be done. On
        the store's thread, behind everything that was committed before; asked once a turn."""
        ...


class NoMemory:
    """A memory that has nothing to say: the model answers."""

    def asked(
        self, ask: e.Ask, about: str, instead_of: str, turn: int, record: Record, cancel: Cancel
    ) -> e.Answered:
        """Passes."""
        return e.Answered(passes=True)


def nothing_recalled(
    words: str, tokens: int, before: tuple[Turn, ...], cancel: Cancel, *, partial: bool = False
) -> str:
    """A memory without anything in it."""
    return ""


def note_for(
    recall: Recall, llm: LanguageModel, words: str, left: float, record: Record, cancel: Cancel,
    *, partial: bool = False,
) -> str | None:  # fmt: skip
    """What memory has for the words, as far as the model can read it in the `left` seconds: a note that is
    longer would delay the answer, and is left out. None where it wasn't asked."""
    tokens = room_for(words, llm, left, partial=partial)
    if len(words.split()) < SAYS_SOMETHING or tokens < LEAST_RECALLED:
        return None
    note = recall(words, tokens, record.turns[-BEFORE:], cancel, partial=partial)
    fits = note and llm.count([Message("user", note)]) <= tokens + FRAME_TOKENS
    return note if fits else ""


def room_for(words: str, llm: LanguageModel, left: float, *, partial: bool) -> int:
    """Tokens of a note for those words: what the model reads in the `left` seconds, and for a whole question
    `ASKED` at least."""
    in_time = int((llm.rates().prefill or UNMEASURED) * left)
    return min(MOST_RECALLED, max(in_time, ASKED) if not partial and is_question(words) else in_time)


def is_question(words: str) -> bool:
    """Whether something is asked, by its mark or by how a sentence in it begins."""
    if words.rstrip().endswith("?"):
        return True
    begins = [bare(sentence)[:1] for sentence in re.split(r"[.!?,]\s+", words)]
    return any(first and first[0].split("'")[0] in _QUESTION for first in begins)


def waits_for_past(text: str) -> bool:
    """Whether `text`, or what follows a comma in it ("My sister Amy, when did she ..."), asks about what the
    two have shared, so that an answer may wait for a note."""
    return any(asks_about_past(text[at:]) for at in (0, *(match.end() for match in re.finditer(", ", text))))


@dataclass(frozen=True, slots=True)
class Recollection:
    """What memory gave for the words of an utterance (the user's, counted), "" for nothing."""

    utterance: int = -1
    note: str = ""
    words: str = ""

    def outgrown(self, words: str, *, partial: bool) -> bool:
        """Whether the words say more by now than those that memory was asked about: when they are whole,
        anything."""
        new = bare(words)[len(bare(self.words)) :]
        telling = sum(word not in SAYS_NOTHING for word in new)
        asks = any(word.split("'")[0] in _QUESTION for word in bare(words))
        return telling >= ((GROWN_TO_ASK if asks else GROWN) if partial else 1)


class Remembrance:
    """Makes the jobs of memory's own thread, and what is to be done on the model's when turns are gone."""

    def __init__(self, memory: Memory, forget_kept: Callable[[], None]) -> None:
        """`forget_kept` deletes the conversations that the model's cache is kept of. Raises `HomeError`."""
        self._memory, self._forget_kept = memory, forget_kept
        self._said: tuple[int, e.Answered] | None = None
        self._behind = False

    def ask(self, wish: e.AskMemory, record: Record) -> Job:
        """Ask memory; a turn that is answered anew isn't done anew. What was erased may stand in a note that
        the model has read, or in a conversation that is kept, though it is no turn of the record."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            try:
                answered = self._answered(wish, record, cancel)
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it raises, whoever waits is told
                yield e.EngineFailed("memory", wish.draft, reason("memory", error))
                return
            answer = e.MemoryAnswered(wish.draft, answered.text, answered.confirm, answered.passes)
            changed = answered.erased or answered.corrected
            if changed or (wish.ask is e.Ask.YES and not answered.passes):
                self._behind = True  # first: who keeps the conversation meanwhile looks at it last
                with suppress(HomeError):  # it is tried again in `let_go`, and told there
                    self._forget_kept()
                yield e.RecordChanged(answered.erased, answered.corrected, answer)
            else:
                yield answer

        return job

    def _answered(self, wish: e.AskMemory, record: Record, cancel: Cancel) -> e.Answered:
        if self._said is not None and self._said[0] == wish.turn:
            said = self._said[1]
            return e.Answered(said.text, said.confirm, said.passes)
        answered = self._memory.asked(wish.ask, wish.about, wish.instead_of, wish.turn, record, cancel)
        self._said = (wish.turn, answered)
        return answered

    def keep_true(self) -> None:
        """Delete a conversation that was kept of a record which still has what memory has erased or
        corrected: the program may be ending. Raises `HomeError`."""
        if self._behind:
            self._forget_kept()

    def let_go(self, roll_back: Job, answer: e.MemoryAnswered) -> Job:
        """Delete what is kept of the conversation, bring the model's cache back, and then answer."""

        def job(cancel: Cancel) -> Iterator[e.Event]:
            try:
                self._forget_kept()
                yield from roll_back(cancel)
                self._behind = False
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it raises, whoever waits is told
                yield e.EngineFailed("memory", answer.draft, reason("memory", error))
                return
            yield answer

        return job
