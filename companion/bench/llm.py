"""`companion bench llm`: how fast the language model loads, reads, answers and stops on this machine."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from companion.bench.machine import machine
from companion.engines import Cancel, Cancelled, Never
from companion.engines.llm import Message, Sampling
from companion.engines.llm.llama import Llama
from companion.settings import LlmSettings

LENGTHS = (8, 16, 32, 128)
"""Tokens of new prompt whose evaluation is measured: what a partial, a turn and a persona bring."""

REPEATS = 3
"""Times each figure is measured; the median is reported."""

DECODED = 32
"""Tokens of reply that decoding is measured on."""

Work = Callable[[Cancel, Callable[[], None]], None]
"""Work that can be withdrawn, and calls its second argument when that becomes interesting."""

_GREEDY = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)
_SENTENCE = "The wind has turned to the north and the boats are staying in the harbour today. "


def run(model_path: Path, settings: LlmSettings) -> dict[str, Any]:
    """Measure the model at `model_path` (a GGUF file or its folder); half a minute for 1.5B on 2 cores.

    Plain JSON: `machine`, `models`, `placement`; `load_s`; `rates` (tokens per second: `prefill_8` to
    `prefill_128`, `decode`); `cancel_ms` (from withdrawing a request to its end, median and worst, while
    prompt is evaluated and while a reply is made); `reuse` (tokens of a prompt, how many were evaluated again
    when its last words changed, and when nothing did). Raises `WeightsError`, `EngineError`.
    """
    started = time.perf_counter()
    with Llama(model_path, settings) as llama:
        load = time.perf_counter() - started
        return {
            "machine": machine(),
            "models": {"llm": llama.name},
            "placement": llama.placement,
            "load_s": round(load, 3),
            "rates": {**_prefill_rates(llama), "decode": round(_decode_rate(llama), 1)},
            "cancel_ms": {
                "prefill": _latencies(lambda cancel, begin: _read_much(llama, cancel, begin)),
                "decode": _latencies(lambda cancel, begin: _answer_long(llama, cancel, begin)),
            },
            "reuse": _reuse(llama),
        }


def _prefill_rates(llama: Llama) -> dict[str, float]:
    """Tokens per second by length of the new prompt, each time other words behind the same beginning."""
    rates = {}
    for length in LENGTHS:
        speeds = [_prefill_speed(llama, length, number) for number in range(REPEATS)]
        rates[f"prefill_{length}"] = round(statistics.median(speeds), 1)
    return rates


def _prefill_speed(llama: Llama, length: int, number: int) -> float:
    """Open-ended, so that just the words are evaluated, as while somebody speaks."""
    text = f"{number}, {length}: " + _SENTENCE * (length // 8 + 2)
    llama.prefill([Message("user", f"{number}")], Never(), open_ended=True)
    words = text.split(" ")
    count = next(n for n in range(len(words)) if _tokens(llama, words[:n]) >= length)
    started = time.perf_counter()
    new = llama.prefill([Message("user", " ".join(words[:count]))], Never(), open_ended=True)
    return new / (time.perf_counter() - started)


def _tokens(llama: Llama, words: list[str]) -> int:
    return llama.count([Message("user", " ".join(words))]) - llama.count([Message("user", "")])


def _decode_rate(llama: Llama) -> float:
    """Tokens per second of a reply, sampling included, the prompt's evaluation not."""
    prompt = [Message("user", "Tell me a very long story about the sea.")]
    llama.prefill(prompt, Never())
    times = [time.perf_counter()]
    for _ in llama.generate(prompt, Never(), sampling=_GREEDY, max_tokens=DECODED):
        times.append(time.perf_counter())
    # The first token comes from the prompt's evaluation; pieces are nearly always one token.
    return (len(times) - 2) / (times[-1] - times[1]) if len(times) > 2 else 0.0


def _read_much(llama: Llama, cancel: Cancel, begin: Callable[[], None]) -> None:
    begin()
    llama.prefill([Message("user", f"{time.perf_counter()} {_SENTENCE * 20}")], cancel)


def _answer_long(llama: Llama, cancel: Cancel, begin: Callable[[], None]) -> None:
    prompt = [Message("user", "Count from one to one thousand, without leaving anything out.")]
    begun = False
    for _ in llama.generate(prompt, cancel, sampling=_GREEDY, max_tokens=400):
        if not begun:
            begun = True
            begin()


def _latencies(work: Work) -> dict[str, float | None]:
    """Withdraw `work` at several moments after it began, and see how long it goes on: milliseconds, median
    and worst of the times it wasn't done before (None: it always was)."""
    measured = (_latency(work, 0.02 + 0.06 * number) for number in range(REPEATS + 2))
    found = [latency for latency in measured if latency is not None]
    if not found:
        return {"median": None, "worst": None}
    return {"median": round(statistics.median(found), 1), "worst": round(max(found), 1)}


def _latency(work: Work, after: float) -> float | None:
    """Milliseconds from withdrawing, `after` seconds after the work began, to its end; None if it was done
    before."""
    cancel = threading.Event()
    withdrawn: list[float] = []

    def withdraw() -> None:
        withdrawn.append(time.perf_counter())
        cancel.set()

    timer = threading.Timer(after, withdraw)
    try:
        work(cancel, timer.start)
    except Cancelled:
        return (time.perf_counter() - withdrawn[0]) * 1000
    finally:
        timer.cancel()
    return None


def _reuse(llama: Llama) -> dict[str, int]:
    """How many tokens are evaluated for a prompt, for it again, and with its last words changed."""
    before = [Message("system", _SENTENCE * 4), Message("user", "Hello."), Message("assistant", "Hi!")]
    prompt, changed = ([*before, Message("user", f"Where is the {place}?")] for place in ("boat", "cat"))
    llama.prefill(before[:1], Never(), open_ended=True)
    llama.prefill(prompt, Never())
    return {
        "prompt": llama.count(prompt),
        "again": llama.prefill(prompt, Never()),
        "changed": llama.prefill(changed, Never()),
    }
