"""The text for the record: a full window, beam search, word times and confidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from companion.engines.asr import Transcription, Word
from companion.engines.asr.decoding import plain
from companion.engines.asr.guards import disbelief, repeats
from companion.engines.asr.model import CancellableWhisper
from companion.engines.asr.windows import RATE
from companion.settings import AsrSettings

BEAM = 5
"""Beams (faster-whisper's default)."""

TEMPERATURES = (0.0, 0.4, 0.8)
"""Sampling temperatures tried in turn while a window looks wrong: half of faster-whisper's default, so that a
cancelled request ends sooner."""


_CONTINUES = ("-", "'", "’", "%", ".", ",", "/", ":")
"""What a piece of a word begins with when it belongs to the word before it."""


SPEECH = 0.3
"""Probability of speech from which a piece of a long recording is recognised: lower than in a conversation,
for a word lost costs more than a second of work."""


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

    `language` "" has the model find it out. Where `prompt`, what was said before, leads into a loop, it
    is transcribed once more without that. Raises `Cancelled`.
    """
    found = _transcribe(whisper, piece, language, plain(prompt), settings)
    if prompt and repeats(found.text):
        return _transcribe(whisper, piece, language, "", settings)
    return found


def holds_speech(piece: NDArray[np.float32]) -> bool:
    """True when faster-whisper's copy of Silero hears speech in `piece`, even a little; 0.1 s for 28 s."""
    return bool(get_speech_timestamps(piece, VadOptions(threshold=SPEECH)))


def _transcribe(
    whisper: CancellableWhisper,
    piece: NDArray[np.float32],
    language: str,
    prompt: str,
    settings: AsrSettings,
) -> Transcription:
    """Transcribe once."""
    segments, info = whisper.transcribe(
        piece,
        language=language or None,
        beam_size=BEAM,
        temperature=list(TEMPERATURES),
        condition_on_previous_text=False,
        initial_prompt=prompt or None,
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
        words=tuple(_words(word for segment in believed for word in segment.words or ())),
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


def _words(found: Iterable[Any]) -> list[Word]:
    """faster-whisper's words as ours; what continues the word before it ("12", "-ounce") is joined to it."""
    words: list[Word] = []
    for piece in found:
        text, continues = piece.word.strip(), piece.word[:1] in _CONTINUES
        if continues and words:
            before = words.pop()
            sure = min(before.confidence, float(piece.probability))
            words.append(Word(before.text + text, before.start, float(piece.end), sure))
        elif text:
            words.append(Word(text, float(piece.start), float(piece.end), float(piece.probability)))
    return words
