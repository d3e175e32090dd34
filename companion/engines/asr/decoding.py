"""One pass of Whisper over one window: features, encoder, decoder, and what they say about themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from numpy.typing import NDArray

from companion.engines.asr.model import CancellableWhisper

FRAMES = 3_000
"""Feature frames (10 ms) in Whisper's full window."""

HOP = 160
"""Samples in a feature frame."""

LEAD = 50
"""Frames before the sound of a short window. With a second in front and three behind, 17 of 350 sentences and
beginnings of sentences came twice over, whole or in part, and 0.907 of the phrases of 60 spoken orders were
understood; with half a second and four behind 6 and 0.911; with nothing and five 1 and 0.893."""

PROMPT_TOKENS = 223
"""Most tokens of earlier text Whisper takes: half its context, less one."""

LONGEST_TEXT = 224
"""Most tokens Whisper writes for one window."""

FIRST_TIMESTAMP = 50
"""Speech starts at most this many timestamps (20 ms) into the window: Whisper's own limit, 1 s."""

SPECIAL = re.compile(r"<\|.*?\|>")


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text between two timestamps, seconds; `end` None where the decoder stopped before it."""

    text: str
    start: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass made of a window.

    `logprob`: mean log-probability (nats) of the text's tokens, without timestamps: those say nothing about
    the words, and without them it tells wrong short readings from right ones far better (AUC 0.93 against
    0.82 with them, 120 cuts of 30 spoken orders). `no_speech`: Whisper's probability of no speech, 0..1.
    `finished`: the decoder came to an end by itself.
    """

    segments: tuple[Segment, ...]
    language: str
    logprob: float
    no_speech: float
    finished: bool

    @property
    def text(self) -> str:
        """The segments' texts, joined."""
        return " ".join(segment.text for segment in self.segments)


def short_window(
    whisper: CancellableWhisper, audio: NDArray[np.float32], padding: int
) -> NDArray[np.float32]:
    """Log-mel features of `audio` (at most 28 s), with `LEAD` frames before and `padding` frames behind it.

    The frames added are zeros among the features, as in faster-whisper's `transcribe`, not silence among the
    samples: with 2 s of them the decoder repeated itself in 1 of 120 short windows, with silence in 8.
    """
    frames = _features(whisper, audio)
    behind = min(FRAMES - LEAD - frames.shape[1], padding)
    return np.pad(frames, ((0, 0), (LEAD, behind + (LEAD + frames.shape[1] + behind) % 2)))


def full_window(whisper: CancellableWhisper, audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel features of `audio` (at most 30 s), filled up with zeros to Whisper's 30 s."""
    frames = _features(whisper, audio)
    return np.pad(frames, ((0, 0), (0, FRAMES - frames.shape[1])))


def _features(whisper: CancellableWhisper, audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel features, float32[mels, frames of 10 ms], of the audio there is."""
    frames: NDArray[np.float32] = whisper.feature_extractor(audio)[:, : -(-audio.size // HOP)][:, :FRAMES]
    return frames.astype(np.float32, copy=False)


def read(
    whisper: CancellableWhisper,
    window: NDArray[np.float32],
    *,
    language: str,
    prompt: str,
    most_tokens: int,
) -> Reading:
    """Recognise one window of features, greedily; `language` "" has the model find it out first.

    Raises `Cancelled`.
    """
    encoded = whisper.encode(window)
    if not language:
        whisper.look()
        language = detected(whisper, encoded)
    tokenizer = tokenizer_for(whisper, language)
    start = whisper.get_prompt(tokenizer, prompt_tokens(tokenizer, prompt))
    whisper.look()
    result = whisper.model.generate(
        encoded,
        [start],
        beam_size=1,
        max_length=len(start) + min(most_tokens, LONGEST_TEXT),
        return_no_speech_prob=True,
        return_logits_vocab=True,
        suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
        max_initial_timestamp_index=FIRST_TIMESTAMP,
    )[0]
    tokens = result.sequences_ids[0]
    return Reading(
        segments=tuple(segments_of(tokenizer, tokens)),
        language=tokenizer.language_code,
        logprob=text_logprob(tokenizer, tokens, result.logits[0]),
        no_speech=float(result.no_speech_prob),
        finished=len(tokens) < min(most_tokens, LONGEST_TEXT),
    )


def detected(whisper: CancellableWhisper, encoded: Any) -> str:
    """The likeliest language of an encoded window; English for a model that knows no other."""
    if not whisper.model.is_multilingual:
        return "en"
    ((token, _probability), *_others) = whisper.model.detect_language(encoded)[0]
    return str(token)[2:-2]


def tokenizer_for(whisper: CancellableWhisper, language: str) -> Tokenizer:
    """faster-whisper's tokenizer, set to transcribe `language`."""
    return Tokenizer(
        whisper.hf_tokenizer, whisper.model.is_multilingual, task="transcribe", language=language
    )


def prompt_tokens(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """The last tokens of earlier text."""
    text = plain(prompt)
    return list(tokenizer.encode(" " + text))[-PROMPT_TOKENS:] if text else []


def plain(prompt: str) -> str:
    """`prompt` without what looks like one of Whisper's control tokens: the tokenizer would make it one."""
    return SPECIAL.sub(" ", prompt).strip()


def segments_of(tokenizer: Tokenizer, tokens: list[int]) -> list[Segment]:
    """Split decoded tokens at their timestamps; stretches without text are left out."""
    segments: list[Segment] = []
    text: list[int] = []
    start = 0.0
    for token in tokens:
        if token < tokenizer.eot:
            text.append(token)
            continue
        if token < tokenizer.timestamp_begin:
            continue
        at = (token - tokenizer.timestamp_begin) * 0.02
        segments += _segment(tokenizer, text, start, at)
        text, start = [], at
    return segments + _segment(tokenizer, text, start, None)


def _segment(tokenizer: Tokenizer, tokens: list[int], start: float, end: float | None) -> list[Segment]:
    """The segment of these tokens, or nothing when they hold no text."""
    text = str(tokenizer.decode(tokens)).strip()
    return [Segment(text, start, end)] if text else []


def text_logprob(tokenizer: Tokenizer, tokens: list[int], logits: list[Any]) -> float:
    """Mean log-probability (nats) of the text tokens, from each step's logits; 0.0 where there are none."""
    chosen = [
        _logprob(step, token) for token, step in zip(tokens, logits, strict=False) if token < tokenizer.eot
    ]
    return float(np.mean(chosen)) if chosen else 0.0


def _logprob(step: Any, token: int) -> float:
    """Log-probability of `token` among one step's logits, a CTranslate2 view on any device."""
    if step.device != "cpu" or step.dtype != ctranslate2.DataType.float32:
        step = step.to_device(ctranslate2.Device.cpu).to(ctranslate2.DataType.float32)
    values = np.asarray(step).reshape(-1)
    top = float(values.max())
    return float(values[token]) - top - float(np.log(np.exp(values - top).sum()))
