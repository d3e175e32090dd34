"""Measures the voice: load, time to the first sound of a clause, and work per second of speech."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from companion.engines import Never
from companion.engines.tts import Synthesizer
from companion.settings import TtsSettings

CLAUSES: dict[int, tuple[str, ...]] = {
    3: ("I see, yes.", "That sounds lovely.", "Not quite yet.", "Well, why not?", "Come on in."),
    6: (
        "I was just about to ask.",
        "You told me that last week.",
        "It is 20°C and sunny outside.",
        "Let me think about that, please.",
        "We could leave at 9:30 instead.",
    ),
    12: (
        "When the rain finally stopped, we all went out into the garden.",
        "She said that the train would be here in about 15 minutes.",
        "I would love to hear how the concert went on Friday evening.",
        "There is a small cafe near the station that opens at seven.",
        "If you can't sleep, we could talk about the sea for hours.",
    ),
}
"""What is said, by the number of words a reply's first clause may have: short, usual and long."""


def run(folder: Path, settings: TtsSettings, machine: Mapping[str, Any], rounds: int = 3) -> dict[str, Any]:
    """The figures of the voice in `folder`: everything in seconds unless the key ends in _ms.

    `rates`: "rtf" (seconds of work per second of speech) and "words_per_s" (of work). `first_audio_ms`: from
    the text to the first sound in hand, median and worst, by the clause's words; text for speech is part of
    it. Each clause is said `rounds` times. Raises what `PiperSynthesizer` raises.
    """
    # Measured here and not at the top, because importing the engine is part of what a start costs.
    started = time.perf_counter()
    from companion.engines.tts.piper import PiperSynthesizer

    imported = time.perf_counter()
    voice = PiperSynthesizer(folder, settings)
    loaded = time.perf_counter()
    waits = {
        words: [_first_and_whole(voice, clause) for clause in clauses * rounds]
        for words, clauses in CLAUSES.items()
    }
    every = [one for some in waits.values() for one in some]
    work, speech = sum(one[1] for one in every), sum(one[2] for one in every)
    spoken = sum(len(clause.split()) for clauses in CLAUSES.values() for clause in clauses) * rounds
    return {
        "machine": dict(machine),
        "models": {"tts": folder.name},
        "word_times": voice.word_times,
        "threads": settings.threads,
        "rates": {"rtf": round(work / speech, 4), "words_per_s": round(spoken / work, 1)},
        "import_s": round(imported - started, 3),
        "load_s": round(loaded - imported, 3),
        "first_audio_ms": {
            str(words): {
                "median": round(statistics.median(one[0] for one in some) * 1000, 1),
                "worst": round(max(one[0] for one in some) * 1000, 1),
            }
            for words, some in waits.items()
        },
    }


def _first_and_whole(voice: Synthesizer, clause: str) -> tuple[float, float, float]:
    """Seconds to the first sound, seconds to all of it, and seconds of speech made."""
    started = time.perf_counter()
    first, speech = 0.0, 0.0
    for piece in voice.synthesize(clause, Never()):
        first = first or time.perf_counter() - started
        speech += len(piece.samples) / piece.rate
    return first, time.perf_counter() - started, speech
