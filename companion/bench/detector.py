"""Cut-offs against delay: when the floor would take the turn, on spliced pauses and complete utterances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from companion.audio import RATE
from companion.bench import everyday
from companion.bench.pauses import Item, Sound, items
from companion.dialogue.endpointing import Evidence, wait
from companion.dialogue.openness import openness
from companion.engines import Never
from companion.engines.asr import Recognizer
from companion.engines.endpoint import TurnDetector, WordsJudge
from companion.engines.tts import Synthesizer
from companion.engines.vad import WINDOW
from companion.engines.vad.hysteresis import Hysteresis, Started
from companion.engines.vad.silero import SileroDetector
from companion.settings import AudioSettings, VadSettings

FIRST = 0.14
"""Seconds of silence at the verdict: the VAD's 0.1 s, and what it takes to get there."""

ALONE = 0.2
"""Seconds of silence at which Smart Turn alone is asked, as its makers do."""

FALLBACK = 3.0
"""Seconds after which Smart Turn alone gives up waiting, as its makers do."""

FEW = 0.05
"""The share of cut-offs at which delays are compared."""

FACTORS = np.round(np.geomspace(0.3, 3.0, 47), 3)
SILENCES = np.round(np.arange(0.2, 2.41, 0.05), 2)
THRESHOLDS = np.round(1 - np.geomspace(0.6, 0.003, 47), 4)


@dataclass(frozen=True, slots=True)
class Seen:
    """An item as the program hears it. `gap`: seconds from the silence's start to the moment at which speech
    is noticed again; None where the turn is over, infinite where no pause was noticed. `alone`: Smart Turn's
    verdict after `ALONE` seconds."""

    item: Item
    gap: float | None
    evidence: Evidence | None
    alone: float


def run(
    data: Path,
    recognizer: Recognizer,
    endpoint: TurnDetector,
    words: WordsJudge,
    voice: Synthesizer,
    step: Callable[[str], None],
    *,
    short: bool = False,
) -> dict[str, Any]:
    """Measure on the recordings of `data`, and on everyday turns that are spoken by a `voice`.

    Plain JSON: for each policy and each half the delay at 5% cut-offs and the curve as [cut-offs, delay]
    pairs; for the shipped one also where it stands. Delay: mean seconds from the end of a complete utterance
    to the end of its turn. A cut-off: the turn is taken before the speech that follows a pause is noticed.
    """

    def heard(found: Iterable[Item]) -> list[Seen]:
        seen = []
        for count, item in enumerate(found, 1):
            step(f"{count}: {item.file}")
            if not short or count % 8 == 1:
                seen.append(_heard(item, recognizer, endpoint, words))
        return seen

    seen = heard(items(data, recognizer))
    halves = {"all": seen, "tuned": [s for s in seen if not s.item.unseen]}
    halves["unseen"] = [s for s in seen if s.item.unseen]
    return {
        "pauses": sum(s.gap is not None for s in seen),
        "complete": sum(s.gap is None for s in seen),
        "unnoticed": sum(s.evidence is None for s in seen),
        **{half: _measured(of) for half, of in halves.items()},
        "everyday": _measured(heard(everyday.items(voice))),
    }


def _heard(
    item: Item,
    recognizer: Recognizer,
    endpoint: TurnDetector,
    words: WordsJudge,
) -> Seen:
    began, paused, again = edges(item)
    if paused is None:
        return Seen(item, None if item.pause is None else float("inf"), None, 0.0)
    start = max(0.0, began - AudioSettings().pre_roll)

    def sound(silence: float) -> Sound:
        return item.audio[round(start * RATE) : round((paused + silence) * RATE)]

    text = recognizer.glimpse(sound(FIRST), Never()).text
    ending = words.ending(text, Never()) if text else 0.0
    evidence = Evidence(openness(text), ending, endpoint.probability(sound(FIRST)))
    gap = None if item.pause is None else again - paused
    return Seen(item, gap, evidence, endpoint.probability(sound(ALONE)))


def edges(item: Item) -> tuple[float, float | None, float]:
    """When speech begins, when the VAD hears it end at the marked place (None: it doesn't), and when it
    notices that it goes on (infinite: never); seconds."""
    detector, hysteresis = SileroDetector(), Hysteresis(VadSettings())
    windows = item.audio[: item.audio.size // WINDOW * WINDOW]
    began, paused = None, None
    for count, probability in enumerate(detector.probabilities(windows), 1):
        edge, now = hysteresis.feed(float(probability)), count * WINDOW / RATE
        if isinstance(edge, Started):
            began = edge.at if began is None else began
            if paused is not None:
                return began, paused, now
        elif edge is not None and paused is None and abs(edge.at - item.at) < 0.4 and now > item.at:
            paused = edge.at
    return began or 0.0, paused, float("inf")


def _measured(seen: list[Seen]) -> dict[str, Any]:
    shipped = [_point(seen, lambda s, f=factor: _shipped(s, f)) for factor in FACTORS]  # type: ignore[misc]
    fixed = [_point(seen, lambda _, t=silence: float(t)) for silence in SILENCES]  # type: ignore[misc]
    smart = [_point(seen, _alone(bound)) for bound in THRESHOLDS]
    return {
        "shipped": _standing(seen),
        "delay_at_5_percent_s": {
            "shipped": _at_few(shipped),
            "smart_turn_alone": _at_few(smart),
            "vad_alone": _at_few(fixed),
        },
        "fixed_600_ms": _point(seen, lambda s: 0.6),
        "smart_turn_alone_at_half": _point(seen, _alone(0.5)),
        "curves": {
            "shipped": _frontier(shipped),
            "smart_turn_alone": _frontier(smart),
            "vad_alone": _frontier(fixed),
        },
    }


def _standing(seen: list[Seen]) -> dict[str, float | None]:
    """Where the program stands on its curve as it is shipped."""
    cut_offs, delay = _point(seen, _shipped)
    delays = [_shipped(s) for s in seen if s.gap is None and s.evidence]
    return {
        "cut_offs": cut_offs,
        "delay_s": delay,
        "median_s": round(float(np.median(delays)), 3) if delays else None,
        "p95_s": round(float(np.percentile(delays, 95)), 3) if delays else None,
    }


def _shipped(seen: Seen, factor: float = 1.0) -> float:
    """Seconds of silence after which the floor takes the turn."""
    assert seen.evidence is not None
    return max(FIRST, wait(seen.evidence) * factor)


def _alone(bound: float) -> Callable[[Seen], float]:
    """Smart Turn by itself."""
    return lambda seen: ALONE if seen.alone > bound else FALLBACK


def _point(seen: list[Seen], taken: Callable[[Seen], float]) -> tuple[float, float]:
    """Share of the pauses that are cut off, and mean delay on the complete turns, when a turn is taken after
    so much silence."""
    pauses = [s for s in seen if s.gap is not None]
    cut = sum(s.evidence is not None and taken(s) < (s.gap or 0.0) for s in pauses)
    delays = [taken(s) for s in seen if s.gap is None and s.evidence is not None]
    share = cut / len(pauses) if pauses else 0.0
    return round(share, 4), round(float(np.mean(delays)), 3) if delays else 0.0


def _at_few(points: Sequence[tuple[float, float]]) -> float | None:
    return min((delay for cut, delay in points if cut <= FEW), default=None)


def _frontier(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that no other beats, from few cut-offs to many."""
    best: list[tuple[float, float]] = []
    for cut, delay in sorted(points):
        if not best or delay < best[-1][1]:
            best.append((cut, delay))
    return best
