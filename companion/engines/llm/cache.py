"""What a context has evaluated: tokens in the KV cache, reused, rolled back, shifted, and never in doubt."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from companion.engines import Cancel, Cancelled, Never
from companion.engines.llm import PromptTooLong, Rates
from companion.engines.llm.abort import Abort
from companion.engines.llm.model import Model
from companion.engines.llm.native import complaint, forget_complaints, llama
from companion.engines.llm.threads import candidates, quickest
from companion.engines.processor import cores, few_cores
from companion.errors import EngineError

CHUNK = 32
"""Tokens evaluated in one call: 90% of full speed on two cores, and what a cancelled call can lose."""

CHUNK_WITHOUT_ABORT = 8
"""Tokens in one call where a call can't be stopped: 0.2 s on the 1.5B model, at 55% of full speed."""

CHUNK_ON_GPU = 256
"""Tokens in one call where all of the model is on a GPU: it takes milliseconds."""

_ABORTED = 2
_SEQUENCE = 0
_FLAT = 0.5
"""Logits this close are a tie: evaluating the same tokens in other batches moves them by up to 0.3."""


class Speed:
    """A running estimate of tokens per second that follows a changing machine: old work counts half."""

    def __init__(self, memory: int) -> None:
        self._memory, self._tokens, self._seconds = memory, 0.0, 0.0

    def add(self, tokens: int, seconds: float) -> None:
        """Count work done."""
        self._tokens += tokens
        self._seconds += seconds
        if self._tokens > self._memory:
            self._tokens /= 2
            self._seconds /= 2

    @property
    def rate(self) -> float:
        """Tokens per second, 0.0 before any work."""
        return self._tokens / self._seconds if self._seconds else 0.0


class KvCache:
    """A llama context on a model, with the tokens it holds.

    The rule that keeps it true whatever interrupts it: `tokens` is shortened before the memory is, and
    lengthened after it. So the shorter of both is always right, and `_reconcile` cuts the other to it.
    """

    def __init__(self, model: Model, context_tokens: int) -> None:
        """Raises `EngineError` where there is too little memory."""
        self._api = llama()
        self._model = model
        self.tokens: list[int] = []
        """What the memory holds, position by position."""
        self._answerable = False
        self._shift_due = False
        self._lock = threading.Lock()
        self._closing = False
        self._abort = Abort()
        self._prefill, self._decode = Speed(2000), Speed(400)
        self.threads = model.threads
        """Threads that it computes with."""
        self._context = self._make(context_tokens)
        self._memory = self._api.llama_get_memory(self._context)
        self.context_tokens: int = self._api.llama_n_ctx(self._context)
        self._batch = self._api.llama_batch_init(CHUNK_ON_GPU, 0, 1)
        self.can_shift = bool(self._api.llama_memory_can_shift(self._memory))
        self._chunk = CHUNK_ON_GPU if model.on_gpu else CHUNK_WITHOUT_ABORT
        self.can_rollback = True
        try:
            self._try_out()
        except BaseException:
            self.close()
            raise

    def evaluate(self, prompt: Sequence[int], cancel: Cancel, *, answer: bool) -> int:
        """Make the cache hold `prompt`; returns how many tokens were evaluated.

        `answer`: the next token is wanted. Without it, more than the prompt may stay in the cache.
        Raises `Cancelled` (what was evaluated stays), `PromptTooLong`, `EngineError`.
        """
        if len(prompt) + answer > self.context_tokens:
            raise PromptTooLong(len(prompt), self.context_tokens - answer)
        if not prompt:
            return 0
        self._reconcile()
        kept = common_prefix(self.tokens, prompt)
        if kept == len(prompt) and not (answer and (len(self.tokens) > kept or not self._answerable)):
            return 0
        kept = self._keep(min(kept, len(prompt) - 1))
        evaluated = 0
        for start in range(kept, len(prompt), self._chunk):
            chunk = prompt[start : start + self._chunk]
            last = start + len(chunk) == len(prompt)
            seconds = self._step(chunk, cancel, answer=answer and last)
            evaluated += len(chunk)
            if len(chunk) >= 8:
                self._prefill.add(len(chunk), seconds)
        return evaluated

    def extend(self, token: int, cancel: Cancel) -> None:
        """Evaluate one token behind the others and make the next one answerable. Raises `Cancelled`."""
        self._reconcile()
        self._decode.add(1, self._step([token], cancel, answer=True))

    def sample(self, sampler: Any) -> int:
        """The next token as this llama.cpp sampler chooses it; the end of the cache must be answerable."""
        with self._lock:
            if self._context is None or self._closing:
                raise Cancelled
            return int(self._api.llama_sampler_sample(sampler, self._context, -1))

    @contextmanager
    def sparing(self, wanted: bool) -> Iterator[None]:
        """Evaluate with a thread less within the block, if wanted, and if engines don't take turns anyway."""
        wanted = wanted and not few_cores()
        if wanted:
            self._use(max(1, self.threads - 1))
        try:
            yield
        finally:
            if wanted:
                self._use(self.threads)

    def _use(self, threads: int) -> None:
        with self._lock:
            if self._context is not None:
                self._api.llama_set_n_threads(self._context, threads, threads)

    def chance(self, tokens: Sequence[int]) -> float:
        """The probability that the next token is one of these; the end of the cache must be answerable."""
        with self._lock:
            if self._context is None or self._closing:
                raise Cancelled
            pointer = self._api.llama_get_logits_ith(self._context, -1)
            logits = np.ctypeslib.as_array(pointer, (self._model.vocabulary.size,)).astype(np.float64)
        likely = np.exp(logits - logits.max())
        return float(likely[list(tokens)].sum() / likely.sum())

    def state(self) -> memoryview | None:
        """A copy of the memory as bytes, for `take_up`: 29 kB a token of a 1.5B model, in milliseconds that
        can't be stopped. None where nothing is held, or what is held isn't settled. Raises `MemoryError`."""
        with self._lock:
            if self._context is None or not self.tokens or self._shift_due:
                return None
            state = np.empty(self._api.llama_state_seq_get_size(self._context, _SEQUENCE), np.uint8)
            pointer = state.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
            written: int = self._api.llama_state_seq_get_data(self._context, pointer, len(state), _SEQUENCE)
        return state.data[:written] if written else None

    def take_up(self, state: bytearray, tokens: Sequence[int]) -> bool:
        """Hold these tokens, of which `state` gave this, with the same model and settings: llama.cpp ends the
        process over other bytes. False, and empty, where that can't be done."""
        with self._lock:
            if self._context is None or not state or len(tokens) > self.context_tokens:
                return False
            self._clear()
            forget_complaints()
            source = (ctypes.c_uint8 * len(state)).from_buffer(state)
            read = self._api.llama_state_seq_set_data(self._context, source, len(state), _SEQUENCE)
            held = self._api.llama_memory_seq_pos_max(self._memory, _SEQUENCE) + 1
            if not read or held != len(tokens):
                self._clear()
                return False
            self.tokens = list(tokens)
            return True

    def roll_back(self, count: int) -> bool:
        """Hold the first `count` tokens only; False, and all of them stay, where the model can't."""
        self._reconcile()
        return len(self.tokens) <= count or (self.can_rollback and self._keep(count) == count)

    def cut_out(self, start: int, stop: int) -> bool:
        """Take the tokens [start, stop) out and move those behind them up, without evaluating them again.

        The last token is evaluated anew, uninterruptibly: it makes llama.cpp carry the shift out, which must
        not be stopped half-way. Returns False, and moves nothing, where the model doesn't allow it.
        """
        self._reconcile()
        rest = self.tokens[stop:]
        if not (self.can_shift and self.can_rollback and rest and 0 <= start < stop):
            return False
        with self._lock:
            if self._context is None:
                raise Cancelled
            self.tokens = self.tokens[:start]
            self._answerable = False
            if not self._api.llama_memory_seq_rm(self._memory, _SEQUENCE, start, stop):
                self._clear()
                return False
            self._shift_due = True
            self._api.llama_memory_seq_add(self._memory, _SEQUENCE, stop, -1, start - stop)
            self.tokens += rest
        self._keep(len(self.tokens) - 1)
        self._step(rest[-1:], Never(), answer=False)
        return True

    def rates(self) -> Rates:
        """Tokens per second of prefill (chunks of eight or more) and decoding so far."""
        return Rates(prefill=self._prefill.rate, decode=self._decode.rate)

    def close(self) -> None:
        """Stop what is being computed and free the context; idempotent, from any thread."""
        self._closing = True
        self._abort.throw()
        with self._lock:
            if self._context is None:
                return
            self._api.llama_batch_free(self._batch)
            self._api.llama_free(self._context)
            self._context = None
        self._abort.close()

    def _make(self, context_tokens: int) -> Any:
        parameters = self._api.llama_context_default_params()
        parameters.n_ctx = context_tokens
        parameters.n_batch = parameters.n_ubatch = CHUNK_ON_GPU if self._model.on_gpu else CHUNK
        parameters.n_threads = parameters.n_threads_batch = self.threads
        parameters.no_perf = True
        forget_complaints()
        context = self._api.llama_init_from_model(self._model.pointer, parameters)
        if not context:
            raise EngineError(
                f"There is too little memory for a context of {context_tokens} tokens{complaint()}; set "
                "llm.context lower."
            )
        return context

    def _step(self, tokens: Sequence[int], cancel: Cancel, *, answer: bool) -> float:
        """Evaluate up to a chunk of tokens behind the others; returns the seconds it took."""
        with self._lock:
            if self._shift_due:
                cancel = Never()  # stopped half-way through shifting, the keys would be wrong for good
            self._abort.reset()
            if cancel.is_set() or self._closing or self._context is None:
                raise Cancelled
            self._fill(tokens, answer)
            self._answerable = False
            started = time.perf_counter()
            with self._abort.watching(cancel):
                status = self._api.llama_decode(self._context, self._batch)
                self._api.llama_synchronize(self._context)  # a GPU is still at work when the call returns
            seconds = time.perf_counter() - started
            if status == 0:
                self.tokens += tokens
                self._answerable = answer
                self._shift_due = False
                return seconds
        self._reconcile()
        if status == _ABORTED:
            raise Cancelled
        raise EngineError(
            f"The language model could not go on (llama.cpp's error {status}{complaint()}); if it happens "
            "again, choose a smaller model or set llm.context lower."
        )

    def _fill(self, tokens: Sequence[int], answer: bool) -> None:
        batch, position = self._batch, len(self.tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = position + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = _SEQUENCE
            batch.logits[index] = 0
        batch.logits[len(tokens) - 1] = answer
        batch.n_tokens = len(tokens)

    def _reconcile(self) -> None:
        """Cut the list and the memory to what both hold, after an interruption between changing them."""
        with self._lock:
            if self._context is None:
                raise Cancelled
            held = self._api.llama_memory_seq_pos_max(self._memory, _SEQUENCE) + 1
            if held == len(self.tokens):
                return
            self._answerable = False
            del self.tokens[held:]
            if not self._api.llama_memory_seq_rm(self._memory, _SEQUENCE, len(self.tokens), -1):
                self._clear()

    def _keep(self, count: int) -> int:
        """Roll back to the first `count` tokens; returns how many are left (0 where a model can't)."""
        with self._lock:
            if self._context is None:
                raise Cancelled
            if count == len(self.tokens):
                return count
            self._answerable = False
            del self.tokens[count:]
            rolled_back = self.can_rollback and self._api.llama_memory_seq_rm(
                self._memory, _SEQUENCE, count, -1
            )
            if not rolled_back:
                self._clear()
            return len(self.tokens)

    def _clear(self) -> None:
        self.tokens = []
        self._answerable = self._shift_due = False
        self._api.llama_memory_clear(self._memory, True)

    def _try_out(self) -> None:
        """See once, on a dozen tokens, whether calls can be stopped and whether rolling back is sound.

        Some models (recurrent, sliding windows) refuse to roll back or come out wrong. The touchstone is what
        a fresh evaluation would choose; the weights are read from disk here, which the first turn is spared.
        """
        first, wrong, right = [11, 12, 13, 14], [15, 16], [17, 18]
        if self._abort.attach(self._context) and not self._model.on_gpu:
            self._chunk = CHUNK if self._stops(first) else CHUNK_WITHOUT_ABORT
        self._clear()
        self.evaluate(first + wrong, Never(), answer=False)
        self.evaluate(first + right, Never(), answer=True)
        rolled_back = self._logits()
        self._clear()
        self.evaluate(first + right, Never(), answer=True)
        fresh = self._logits()
        likeliest = max(range(len(fresh)), key=fresh.__getitem__)
        chosen = max(range(len(fresh)), key=rolled_back.__getitem__)
        self.can_rollback = fresh[likeliest] - fresh[chosen] < _FLAT
        self._clear()
        self._tune()
        self._prefill, self._decode = Speed(2000), Speed(400)
        self._answering(self.threads)  # the first reply is cut into clauses by these rates

    def _tune(self) -> None:
        """Find out how many threads are quickest, where that was left to the machine."""
        counts = candidates(cores())
        if self._model.settings.threads or self._model.on_gpu or len(counts) < 2:
            return
        if self._model.tuned is None:
            self._model.tuned = quickest(counts, self._answering)
        self.threads = self._model.tuned
        self._use(self.threads)

    def _answering(self, threads: int) -> float:
        """Seconds that reading the end of a turn and writing a few words takes with so many threads."""
        self._use(threads)
        tokens = list(range(100, 116))
        started = time.perf_counter()
        self.evaluate(tokens[:8], Never(), answer=True)
        for token in tokens[8:12]:
            self.extend(token, Never())
        self._clear()
        return time.perf_counter() - started

    def _stops(self, tokens: Sequence[int]) -> bool:
        """Whether a call under way obeys the switch."""
        with self._lock:
            self._fill(tokens, answer=False)
            self._abort.throw()
            status = self._api.llama_decode(self._context, self._batch)
            self._abort.reset()
        return bool(status == _ABORTED)

    def _logits(self) -> list[float]:
        with self._lock:
            return list(self._api.llama_get_logits_ith(self._context, -1)[: self._model.vocabulary.size])


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
