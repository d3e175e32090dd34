"""A chat model through llama.cpp: the `LanguageModel` of this room.

One conversation in the KV cache; the longest common prefix of a prompt and what was evaluated before costs
nothing. Prompts are laid out as tokens so that no text can forge a role (see `prompt`), calls stop within
milliseconds (see `abort`), and after any interruption the cache is what it says it is (see `cache`).
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from companion.engines import Cancel, Cancelled
from companion.engines.llm import Message, Rates, Sampling
from companion.engines.llm.cache import KvCache, common_prefix
from companion.engines.llm.kept import CONVERSATION, PROMPT, Kept
from companion.engines.llm.model import Model
from companion.engines.llm.pieces import Seal
from companion.engines.llm.precedence import BackgroundLane, Lane, Precedence, TalkLane
from companion.engines.llm.prompt import PromptTokens
from companion.engines.llm.sampling import sampler
from companion.engines.llm.stream import ReplyText
from companion.errors import EngineError
from companion.settings import LlmSettings

_MARKS = ".,;:!?…—- \n"
"""Marks behind the last word of a message, which the recogniser guesses at."""

_ENDS = (".", "?", "!", ".\n", "?\n", "!\n", ".\n\n", "?\n\n", "!\n\n")
"""What a sentence ends with, where it is one token."""


class Llama:
    """A loaded model with a conversation; belongs to one worker thread, `close` to any.

    Raises `Cancelled`, `PromptTooLong` and `EngineError` as `LanguageModel` says.
    """

    def __init__(self, path: Path, settings: LlmSettings) -> None:
        """Load the GGUF file at `path`, or in that folder (seconds).

        Raises `WeightsError` (missing, broken, of no use for talking) or `EngineError` (too little memory).
        """
        model = Model(path, settings)
        self._set_up(model, _cache(model), TalkLane(precedence := Precedence()), precedence)

    def _set_up(self, model: Model, cache: KvCache, lane: Lane, precedence: Precedence) -> None:
        self._model = model
        self._cache = cache
        self._lane = lane
        self._precedence = precedence
        self._prompt = PromptTokens(model.vocabulary, model.template)
        self._requests = 0
        self._conversation: Kept | None = None
        self._saved: list[int] = []
        self._closed = False
        self._behind: weakref.WeakSet[Llama] = weakref.WeakSet()
        self.context_tokens: int = cache.context_tokens

    @property
    def placement(self) -> str:
        """A sentence for the doctor: what runs where, and why."""
        return self._model.where()

    @property
    def name(self) -> str:
        """What the model calls itself, with its quantization."""
        info = self._model.info
        return f"{info.name or self._model.path.stem} ({info.quantization})"

    def background(self, context_tokens: int = 2048) -> Llama:
        """The same model with a context of its own, for work that nobody waits for.

        It shares the weights (the context takes about 60 MB) and may be used from another thread: its
        requests stop while this one's are at work, and go on after them. Closed with this one.
        """
        model = self._model.retain()
        try:
            cache = KvCache(model, min(context_tokens, model.context_tokens))
        except EngineError:
            model.release()
            raise
        other = Llama.__new__(Llama)
        other._set_up(model, cache, BackgroundLane(self._precedence), self._precedence)
        self._behind.add(other)
        return other

    def prefill(self, messages: Sequence[Message], cancel: Cancel, *, open_ended: bool = False) -> int:
        """Evaluate the prompt into the cache without answering; returns how many tokens were new.

        `open_ended`: the last message is still being said, so nothing that closes it is evaluated; what a
        later, longer version of it says differently at its end is rolled back then. Nobody waits for it, so
        it leaves one thread to the recogniser, which does its partial transcripts at the same time.
        """
        self._requests += 1
        answer = not open_ended and bool(messages) and messages[-1].role != "assistant"
        tokens = self._prompt.of(messages, answer=answer, open_ended=open_ended)
        with self._lane.work(), self._cache.sparing(open_ended):
            return self._evaluate(tokens, cancel, answer=answer)

    def ending(self, messages: Sequence[Message], cancel: Cancel) -> float:
        """The probability that the last message ends behind its last word."""
        self._requests += 1
        bare = messages[-1].content.rstrip(_MARKS) if messages else ""
        if not bare:
            return 0.0
        words = [*messages[:-1], replace(messages[-1], content=bare)]
        tokens = self._prompt.of(words, answer=False, open_ended=True)
        with self._lane.work():
            self._evaluate(tokens, cancel, answer=True)
            return self._cache.chance(self._ends(messages))

    def _ends(self, messages: Sequence[Message]) -> list[int]:
        """The tokens that may stand behind the last word of a message that is over."""
        vocabulary = self._model.vocabulary
        marks = [tokens for mark in _ENDS if len(tokens := vocabulary.of_words(mark)) == 1]
        closing = self._prompt.of(messages, answer=False)
        words = self._prompt.of(messages, answer=False, open_ended=True)
        return sorted({tokens[0] for tokens in marks} | set(closing[len(words) : len(words) + 1]))

    def generate(
        self,
        messages: Sequence[Message],
        cancel: Cancel,
        *,
        sampling: Sampling,
        max_tokens: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield the reply to the last message in pieces of whole characters, up to a stop string; or what
        goes on behind it, where it is the assistant's own.

        Ends at the model's own end of turn, at a stop string (which isn't yielded), after `max_tokens`, or
        when the context is full. Another request, made before this one has ended, cancels it. Background work
        rests until the iterator is exhausted or closed.
        """
        self._requests += 1
        request = self._requests
        goes_on = bool(messages) and messages[-1].role == "assistant"
        tokens = self._prompt.of(messages, answer=not goes_on, open_ended=goes_on)
        if not tokens:
            raise EngineError("There is nothing to answer; say something first.")
        generated: list[int] = []
        text = ReplyText(stop)
        said = self._prompt.said(messages)
        vocabulary = self._model.vocabulary
        never = [found[0] for text in sampling.never if len(found := vocabulary.of_words(text)) == 1]
        grammar = vocabulary.grammar(sampling.grammar) if sampling.grammar else None
        with self._lane.work(), sampler(sampling, vocabulary.size, said, never, grammar) as chain:
            try:
                self._evaluate(tokens, cancel, answer=True)
                for token in self._tokens(chain, request, cancel, max_tokens):
                    generated.append(token)
                    if piece := text.feed(self._model.vocabulary.piece(token)):
                        yield piece
                    if text.stopped:
                        return
                if rest := text.finish():
                    yield rest
            finally:
                self._prompt.remember(generated)

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt with these messages takes, the opening of the reply included."""
        return len(self._prompt.of(messages))

    def thin(self, messages: Sequence[Message], cancel: Cancel) -> int:
        """Make the cache hold the prompt of `messages`, a conversation whose oldest turns were left out.

        The turns' positions are removed and those behind them shifted, in one block, where the model allows
        it; else the prompt is evaluated anew. Returns how many tokens were evaluated. Not for when someone
        waits. What stays still knows of what was removed as far as it had taken it up.
        """
        self._requests += 1
        answer = bool(messages) and messages[-1].role != "assistant"
        tokens = self._prompt.of(messages, answer=answer)
        with self._lane.work():
            gap = _gap(self._cache.tokens, tokens)
            shifted = gap is not None and self._lane.step(lambda _: self._cache.cut_out(*gap), cancel)
            return self._evaluate(tokens, cancel, answer=answer) + shifted

    def restore(
        self,
        folder: Path,
        fixed: Sequence[Message],
        messages: Sequence[Message] | None,
        cancel: Cancel,
        seal: Seal | None = None,
    ) -> int:
        """Take up what earlier runs kept in `folder`, as far as the prompt of `messages` agrees with it, and
        keep what is evaluated there from now on; returns how many tokens of that prompt are still new.

        `fixed` is what every prompt begins with: where it isn't kept, it is evaluated now. None for
        `messages`: nothing was said before, and this conversation isn't to be kept either. `seal` is what the
        files are sealed with; None where they needn't be.
        """
        self._requests += 1
        start = Kept(folder, PROMPT, self._key(), seal)
        self._conversation = None if messages is None else Kept(folder, CONVERSATION, self._key(), seal)
        kept = [start] if self._conversation is None else [start, self._conversation]
        self._take_up(kept, messages or [])
        opening = self._prompt.of(fixed, answer=False)
        with self._lane.work():
            if not self._saved and common_prefix(self._cache.tokens, opening) < len(opening):
                self._evaluate(opening, cancel, answer=False)
                start.write(self._cache, {}, cancel)
        wanted = opening if messages is None else self._tokens_of(messages)
        return len(wanted) - common_prefix(self._cache.tokens, wanted)

    def _take_up(self, kept: Sequence[Kept], messages: Sequence[Message]) -> None:
        """Load what spares most of the prompt of `messages`, without what isn't in that any more."""
        found = [(each, contents) for each in kept if (contents := each.read()) is not None]
        for _, contents in found:
            self._prompt.take_up(contents.hers)
        self._saved, wanted = [], self._tokens_of(messages)
        for each, contents in sorted(found, key=lambda one: -_spared(one[1].tokens, wanted)):
            if each.load(self._cache):
                self._saved = contents.tokens if each is self._conversation else []
                break
        if wanted and (block := _removed(self._cache.tokens, wanted)):
            self._cache.cut_out(*block)

    def keep(self, messages: Sequence[Message], cancel: Cancel) -> bool:
        """Keep what is evaluated of this conversation for the next start, and nothing of what stands behind
        it in the cache; whether anything was written. Evaluates nothing."""
        self._requests += 1
        tokens = self._tokens_of(messages)
        with self._lane.work():
            count = common_prefix(self._cache.tokens, tokens)
            if self._conversation is None or common_prefix(self._saved, tokens[:count]) == count:
                return False
            if not self._cache.roll_back(count):
                return False
            written = self._conversation.write(self._cache, self._prompt.hers(messages), cancel)
        self._saved = tokens[:count] if written else self._saved
        return written

    def _tokens_of(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of a whole prompt: open for her reply, if it is her turn."""
        answer = bool(messages) and messages[-1].role != "assistant"
        return self._prompt.of(messages, answer=answer)

    def _key(self) -> str:
        """What the evaluated prompt depends on: the file, the library, the context, and where it runs. The
        tokens themselves are compared when it is used."""
        import llama_cpp

        model, file = self._model, self._model.path.stat()
        parts = (
            model.path.name, file.st_size, file.st_mtime_ns, llama_cpp.__version__, self.context_tokens,
            model.placement.layers,
        )  # fmt: skip
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def rates(self) -> Rates:
        """The speeds measured so far."""
        return self._cache.rates()

    def close(self) -> None:
        """Stop what is being computed and free everything; idempotent, from any thread."""
        if self._closed:
            return
        self._closed = True
        for other in list(self._behind):
            other.close()
        self._cache.close()
        self._model.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _evaluate(self, tokens: Sequence[int], cancel: Cancel, *, answer: bool) -> int:
        return self._lane.step(lambda either: self._cache.evaluate(tokens, either, answer=answer), cancel)

    def _tokens(self, chain: object, request: int, cancel: Cancel, most: int) -> Iterator[int]:
        """The reply's tokens. Each is given out before it is evaluated: it can be spoken meanwhile."""
        for number in range(most):
            if cancel.is_set() or request != self._requests:
                raise Cancelled
            token = self._cache.sample(chain)
            if self._model.vocabulary.ends_reply(token):
                return
            yield token
            if request != self._requests:
                raise Cancelled
            if number + 1 == most or len(self._cache.tokens) >= self.context_tokens:
                return
            self._lane.step(lambda either, token=token: self._cache.extend(token, either), cancel)  # type: ignore[misc]


def _cache(model: Model) -> KvCache:
    """A context on the model; where the GPU has no room for it, with fewer of the model's layers there."""
    while True:
        try:
            return KvCache(model, model.context_tokens)
        except EngineError:
            if model.placement.layers == 0:
                model.release()
                raise
            model.retreat()
            model.reload()


def _gap(held: Sequence[int], wanted: Sequence[int]) -> tuple[int, int] | None:
    """The stretch [start, stop) of `held` to take out so that most of it continues `wanted`; None if none.

    `wanted` is `held` without a block: after their common prefix, the place in `held` is looked for from
    which it agrees longest with the rest of `wanted`.
    """
    start = common_prefix(held, wanted)
    rest = wanted[start:]
    best, longest = 0, 0
    for stop in range(start + 1, len(held)):
        if rest and held[stop] == rest[0]:
            agreed = common_prefix(held[stop:], rest)
            if agreed > longest:
                best, longest = stop, agreed
    return (start, best) if longest else None


def _removed(held: Sequence[int], wanted: Sequence[int]) -> tuple[int, int] | None:
    """The stretch [start, stop) of `held` without which all of it stands at the front of `wanted`."""
    gap = _gap(held, wanted)
    if gap is None:
        return None
    rest = held[gap[1] :]
    return gap if common_prefix(rest, wanted[gap[0] :]) == len(rest) else None


def _spared(held: Sequence[int], wanted: Sequence[int]) -> int:
    """How many tokens of `wanted` needn't be evaluated where `held` is."""
    block = _removed(held, wanted)
    return len(held) - (block[1] - block[0]) if block else common_prefix(held, wanted)
