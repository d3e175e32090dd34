"""Voice-to-voice time with engines as fast as on a GPU: the real engines answer, in virtual time, and each is
charged what it would take there. What is left is what the program itself adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from companion import app
from companion.audio import RATE
from companion.audio.recordings import read
from companion.bench.asr_data import speech_in
from companion.bench.turns import gaps, recordings_in
from companion.dialogue import events as e
from companion.dialogue.state import State
from companion.dialogue.timeline import Timeline
from companion.engines import Cancel
from companion.engines.asr import Recognizer, Transcription
from companion.engines.endpoint import TurnDetector, WordsJudge
from companion.engines.llm import LanguageModel, Message, Rates, Sampling
from companion.engines.tts import Speech, Synthesizer
from companion.runtime.jobs import Engines
from companion.settings import Settings

Samples = NDArray[np.float32]

DEVICE = 0.07
"""Seconds of the sound device, as measured on PulseAudio (MEASURED.md)."""

BETWEEN = 12.0
"""Seconds of silence at most between two recordings: the answer is heard in it."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds that engines take with a middling GPU (12 GB, 2021) beside CPU cores.

    Whisper base, the judges and Piper as measured with an H200 and 16 Xeon cores (hearing 25 to 37
    ms, again 50, words 2 to 4, Piper 82, 142 and 235 for 3, 6 and 12 words); Smart Turn as on the development
    machine; the language model's by size from published figures of an RTX 3060, for the H200 took 3.5 ms for
    8 tokens, 5 for 32, and wrote 300 to 450 a second.
    """

    hearing: float = 0.04
    hearing_again: float = 0.08
    sound_judged: float = 0.04
    words_judged: float = 0.005
    prefill_call: float = 0.006
    prefill: float = 4800.0
    decode: float = 120.0
    speech: float = 0.035
    word_of_speech: float = 0.016


class Spent:
    """The seconds that all engines have been charged."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class _Hearing:
    real: Recognizer
    costs: Costs
    spent: Spent

    def quick(self, audio: Samples, cancel: Cancel, *, prompt: str = "") -> Transcription:
        self.spent.seconds += self.costs.hearing_again
        return self.real.quick(audio, cancel, prompt=prompt)

    def glimpse(self, audio: Samples, cancel: Cancel, *, prompt: str = "") -> Transcription:
        self.spent.seconds += self.costs.hearing
        return self.real.glimpse(audio, cancel, prompt=prompt)

    def thorough(self, audio: Samples, cancel: Cancel, *, prompt: str = "") -> Transcription:
        self.spent.seconds += self.costs.hearing_again
        return self.real.quick(audio, cancel, prompt=prompt)  # for the record only: nobody waits


@dataclass(slots=True)
class _Judge:
    sound: TurnDetector
    words: WordsJudge
    costs: Costs
    spent: Spent

    def probability(self, audio: Samples) -> float:
        self.spent.seconds += self.costs.sound_judged
        return self.sound.probability(audio)

    def ending(self, text: str, cancel: Cancel) -> float:
        self.spent.seconds += self.costs.words_judged
        return self.words.ending(text, cancel)


class _Thinking:
    def __init__(self, real: LanguageModel, costs: Costs, spent: Spent) -> None:
        self._real, self._costs, self._spent = real, costs, spent
        self.context_tokens = real.context_tokens

    def prefill(self, messages: Sequence[Message], cancel: Cancel, *, open_ended: bool = False) -> int:
        evaluated = self._real.prefill(messages, cancel, open_ended=open_ended)
        self._spent.seconds += self._costs.prefill_call + evaluated / self._costs.prefill
        return evaluated

    def generate(
        self,
        messages: Sequence[Message],
        cancel: Cancel,
        *,
        sampling: Sampling,
        max_tokens: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        self.prefill(messages, cancel)
        for piece in self._real.generate(
            messages, cancel, sampling=sampling, max_tokens=max_tokens, stop=stop
        ):
            self._spent.seconds += 1 / self._costs.decode
            yield piece

    def count(self, messages: Sequence[Message]) -> int:
        return self._real.count(messages)

    def thin(self, messages: Sequence[Message], cancel: Cancel) -> int:
        return self._real.thin(messages, cancel)

    def keep(self, messages: Sequence[Message], cancel: Cancel) -> bool:
        return self._real.keep(messages, cancel)

    def rates(self) -> Rates:
        return Rates(prefill=self._costs.prefill, decode=self._costs.decode)


class _Speaking:
    def __init__(self, real: Synthesizer, costs: Costs, spent: Spent) -> None:
        self._real, self._costs, self._spent = real, costs, spent
        self.rate = real.rate

    def synthesize(self, text: str, cancel: Cancel) -> Iterator[Speech]:
        self._spent.seconds += self._costs.speech + self._costs.word_of_speech * len(text.split())
        return self._real.synthesize(text, cancel)

    def adjust(self, what: Literal["pace", "volume"], factor: float) -> float:
        return self._real.adjust(what, factor)


class _Seen:
    """A watcher that notes when turns were taken and answers began."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.begun: list[float] = []
        self.timelines: list[Timeline] = []

    def clear(self) -> None:
        """Before the next recording."""
        self.taken.clear()
        self.begun.clear()
        self.timelines.clear()

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        if isinstance(what, e.CommitUserTurn):
            self.taken.append(now)
        elif isinstance(what, e.PlaybackBegun):
            self.begun.append(now)

    def timed(self, timeline: Timeline) -> None:
        self.timelines.append(timeline)


def run(data: Path, settings: Settings, step: Callable[[str], None], *, most: int) -> dict[str, Any]:
    """Speak up to `most` recordings of `data` (speech/, then commands/) to her in virtual time.

    Plain JSON: `median_s`, `p95_s` from the end of the user's speech to the first of the answer, the device's
    `DEVICE` seconds included; `cut_offs`: turns that were taken while the user spoke; `overhead_ms`: what
    lies between the later of decision and first speech, and the device; `costs`: what engines were charged.
    """
    costs, spent = Costs(), Spent()
    files = recordings_in(data)[:most]
    air, ends = _air([read(path) for path in files])
    rows: list[dict[str, Any]] = []
    parts = app.load_parts(settings, app.Forgetful(), lambda role: None)
    try:
        charged = replace(parts, engines=_charged(parts.engines, costs, spent))
        seen = _Seen()
        rehearsal = app.Rehearsal.of(charged, air, (seen,), spent)
        for count, (path, (spoken, over)) in enumerate(zip(files, ends, strict=True), 1):
            step(f"{count} of {len(files)}: {path.name}")
            seen.clear()
            rehearsal.run(over)
            rows.append({"file": path.name, **_row(seen, spoken)})
    finally:
        parts.close()
    return {**_summary(rows), "costs": asdict(costs), "turns": rows}


def _charged(real: Engines, costs: Costs, spent: Spent) -> Engines:
    judge = _Judge(real.endpoint, real.words, costs, spent)
    hearing, thinking = _Hearing(real.asr, costs, spent), _Thinking(real.llm, costs, spent)
    return Engines(hearing, judge, judge, thinking, _Speaking(real.tts, costs, spent))


def _air(recordings: Sequence[Samples]) -> tuple[Samples, list[tuple[float, float]]]:
    """The recordings with room between them for the answers, and for each when its speech ends and when the
    next begins, seconds."""
    pieces, ends, length = [], [], 0
    for audio in recordings:
        spoken = length / RATE + speech_in(audio)[-1][1]
        pieces += [audio, np.zeros(round(BETWEEN * RATE), np.float32)]
        length += audio.size + pieces[-1].size
        ends.append((spoken, length / RATE))
    air = np.concatenate(pieces)
    return np.asarray(air + np.random.default_rng(3).normal(0, 3e-4, air.size), np.float32), ends


def _row(seen: _Seen, spoken: float) -> dict[str, Any]:
    """What came of a recording whose speech ended at `spoken`, seconds."""
    begun = next((at for at in seen.begun if at >= spoken - 0.15), None)
    spans = [timeline.spans() for timeline in seen.timelines]
    return {
        "gap_s": round(begun - spoken + DEVICE, 3) if begun is not None else None,
        "cut_off": any(at < spoken - 0.05 for at in seen.taken),
        "overhead_ms": [round(of["overhead"] * 1000, 1) for of in spans],
        "wait_ms": [round(of["wait"] * 1000) for of in spans],
    }


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    overheads = [ms for row in rows for ms in row["overhead_ms"]]
    return {**gaps(rows), "overhead_ms": round(float(np.median(overheads)), 1) if overheads else None}
