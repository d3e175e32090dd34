"""The text for the record: a full window, beam search, word times and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.engines.asr import Transcription, Word
from companion.engines.asr.decoding import plain
from companion.engines.asr.guards import disbelief
from companion.engines.asr.model import CancellableWhisper
from companion.engines.asr.windows import RATE
from companion.settings import AsrSettings

BEAM = 5
"""Beams (faster-whisper's default)."""

TEMPERATURES = (0.0, 0.4, 0.8)
"""Sampling temperatures tried in turn while a window looks wrong: half of faster-whisper's default, so that a
cancelled request ends sooner."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One of faster-whisper's segments, and why it isn't believed ("" if it is)."""

    segment: Any
    wrong: str


def transcribe(
    whisper: CancellableWhisper,
    piece: NDArray[np.float32],
    *,
    language: str,
    prompt: str,
    settings: AsrSettings,
) -> Transcription:
    """Transcribe one piece of at most 28 s with faster-whisper, less the segments that nobody said.

    `language` "" has the model find it out. Raises `Cancelled`.
    """
    segments, info = whisper.transcribe(
        piece,
        language=language or None,
        beam_size=BEAM,
        temperature=list(TEMPERATURES),
        condition_on_previous_text=False,
        initial_prompt=plain(prompt) or None,
        word_timestamps=True,
    )
    judged = [Judged(segment, _wrong(segment, settings)) for segment in segments]
    believed = [found.segment for found in judged if not found.wrong]
    evidence = believed or [found.segment for found in judged]
    return Transcription(
        text=" ".join(segment.text.strip() for segment in believed),
        language=str(info.language),
        seconds=piece.size / RATE,
        no_speech=min((float(segment.no_speech_prob) for segment in evidence), default=1.0),
        logprob=_mean_logprob(evidence),
        words=tuple(_word(word) for segment in believed for word in segment.words or ()),
        doubt=next((found.wrong for found in judged if found.wrong), "" if judged else "no speech"),
    )


def _wrong(segment: Any, settings: AsrSettings) -> str:
    """Why a segment isn't believed, or ""."""
    return disbelief(segment.text.strip(), (segment.avg_logprob,), segment.no_speech_prob, settings)


def _mean_logprob(segments: Sequence[Any]) -> float:
    """Mean log-probability of a token over segments; 0.0 without any."""
    if not segments:
        return 0.0
    lengths = [len(segment.tokens) + 1 for segment in segments]
    return float(np.average([segment.avg_logprob for segment in segments], weights=lengths))


def _word(word: Any) -> Word:
    """faster-whisper's word as ours."""
    return Word(word.word.strip(), float(word.start), float(word.end), float(word.probability))
