"""The machine's floor: how soon a program that starts thinking at the first pause could sound at best.

0.10 s of silence, the hearing of a 2 s utterance, 8 tokens of prefill in one batch, 6 of decoding, the
synthesis of 4 words, each alone on the machine; the device's own latency is added from the run it is
compared with.
"""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.engines import Never
from companion.engines.asr import Recognizer
from companion.engines.llm import Message, Sampling
from companion.engines.llm.llama import Llama
from companion.engines.tts import Synthesizer
from companion.settings import LlmSettings

SILENCE = 0.10
PREFILL = 8
DECODE = 6
WORDS = (
    "I see your point.",
    "That was very kind.",
    "Tell me about it.",
    "Shall we go there?",
    "It is still raining.",
)
REPEATS = 5
_GREEDY = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)


def measure(
    recognizer: Recognizer, voice: Synthesizer, llm: Path, settings: LlmSettings, speech: NDArray[np.float32]
) -> dict[str, float]:
    """Seconds of each part of the floor but the device, medians of `REPEATS`; `speech` is float32[n], 16
    kHz, of which the first 2 s are heard. Plain JSON."""
    hearing = [_timed(lambda: recognizer.glimpse(speech[: 2 * 16_000], Never())) for _ in range(REPEATS)]
    saying = [_timed(functools.partial(_say, voice, words)) for words in WORDS]
    with Llama(llm, settings) as model:
        reading, writing = zip(*(_model(model, number) for number in range(REPEATS)), strict=True)
    parts = {
        "silence": SILENCE,
        "asr_2_s": statistics.median(hearing),
        f"prefill_{PREFILL}": statistics.median(reading),
        f"decode_{DECODE}": statistics.median(writing),
        "tts_4_words": statistics.median(saying),
    }
    return {name: round(seconds, 3) for name, seconds in parts.items()}


def _model(model: Llama, number: int) -> tuple[float, float]:
    """Seconds that one batch of 8 new tokens takes behind a conversation, and 6 tokens of decoding."""
    before = [Message("user", f"{number}: tell me a long story about the sea.")]
    model.prefill(before, Never(), open_ended=True)
    longer = [Message("user", before[0].content + " and then we")]  # 8 tokens with the 5 that close a turn
    began = time.perf_counter()
    count = model.prefill(longer, Never())
    reading = (time.perf_counter() - began) * PREFILL / max(1, count)
    moments = [time.perf_counter()]
    for _ in model.generate(longer, Never(), sampling=_GREEDY, max_tokens=DECODE + 1):
        moments.append(time.perf_counter())
    each = (moments[-1] - moments[1]) / max(1, len(moments) - 2)
    return reading, each * DECODE


def _say(voice: Synthesizer, words: str) -> None:
    list(voice.synthesize(words, Never()))


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
