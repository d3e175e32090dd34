"""Whisper through faster-whisper: at once over a short window, and thoroughly for the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel
from companion.engines.asr import Transcription, Word
from companion.engines.asr.decoding import LONGEST_TEXT, Reading, full_window, read, short_window
from companion.engines.asr.guards import better, cut_repeats, disbelief, doubt, repeats, said_once, unlooped
from companion.engines.asr.model import load
from companion.engines.asr.thorough import holds_speech, transcribe
from companion.engines.asr.windows import LONGEST, RATE, cut
from companion.errors import EngineError
from companion.settings import AsrSettings

SHORTEST = RATE // 20
"""Samples below which nothing can have been said (50 ms)."""

FAINTEST = 1e-5
"""Greatest absolute value of sound that is digital silence: below one step of 16 bits."""

TOKENS_PER_SECOND = 10
TOKENS_SPARE = 12
"""Most tokens a second of audio may give, and a few for short words: fast English gives 7 a second. A decoder
that reaches the bound is looping, or is cut short and gets the full window."""


class WhisperRecognizer:
    """A `Recognizer`. Belongs to one thread; the first request is as fast as the others.

    The constructor raises `WeightsError`, `SettingsError` and `EngineError` as `model.load` says; requests
    raise `Cancelled`, and `EngineError` for sound that isn't one channel of numbers.
    """

    def __init__(self, folder: Path, settings: AsrSettings) -> None:
        """Load the CTranslate2 model in `folder` (model.bin, config.json, tokenizer.json, vocabulary)."""
        loaded = load(folder, settings)
        self._folder, self._settings = folder, settings
        self._whisper = loaded.whisper
        self._language = settings.language if loaded.whisper.model.is_multilingual else "en"
        self._device, self._note = loaded.device, loaded.note

    @property
    def device(self) -> str:
        """Where the model runs: "cpu" or "cuda"."""
        return self._device

    @property
    def device_note(self) -> str:
        """One sentence: where Whisper runs, and if not on a GPU, why not."""
        return self._note

    def plain(self) -> Any:
        """The same model anew as faster-whisper's own WhisperModel with its defaults, threads among them: to
        be measured against."""
        from faster_whisper import WhisperModel

        arithmetic = self._whisper.model.compute_type
        return WhisperModel(
            str(self._folder), device=self._device, compute_type=arithmetic, local_files_only=True
        )

    def quick(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """The text as soon as it can be had: over the frames there are, and in full only if that is doubtful.

        0.16 s for 3 s of speech with Whisper base on 2 cores (int8). `prompt` is what was said before.
        """
        self._whisper.cancel = cancel
        return joined([self._quick(piece, prompt) for piece in cut([_checked(audio)])], audio.size / RATE)

    def glimpse(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """One pass over the frames there are; `doubt` says why `quick` would make another."""
        self._whisper.cancel = cancel
        return joined([self._glimpse(p, prompt) for p in cut([_checked(audio)])], audio.size / RATE)

    def thorough(self, audio: NDArray[np.float32], cancel: Cancel, *, prompt: str = "") -> Transcription:
        """The text for the record: full windows, beam search, word times and confidence.

        0.7 s for 3 s of speech with Whisper base on 2 cores (int8); cancelled within about half a second.
        """
        self._whisper.cancel = cancel
        if audio.size <= LONGEST:
            return self._thorough(_checked(audio), prompt)
        return joined(list(self.stream([audio], cancel, prompt=prompt)), audio.size / RATE)

    def stream(
        self, blocks: Iterable[NDArray[np.float32]], cancel: Cancel, *, prompt: str = ""
    ) -> Iterator[Transcription]:
        """As `thorough`, for a recording of any length that comes in blocks (float32[n], 16 kHz mono).

        Yields the transcription of one piece of at most 28 s after the other, with word times from the start
        of the recording; `seconds` is each piece's own length. Pieces in which faster-whisper's speech
        detector hears nobody are not recognised. Memory doesn't grow with the recording.
        """
        start = 0.0
        for piece in cut(_checked(block) for block in blocks):
            # Another request, with a token of its own, may have come between two pieces.
            self._whisper.cancel = cancel
            found = self._thorough(piece, prompt) if holds_speech(piece) else self._nothing(piece)
            yield _moved(found, start)
            start += piece.size / RATE

    def _quick(self, piece: NDArray[np.float32], prompt: str) -> Transcription:
        """One piece of at most 28 s over a short window, and over the full one if that is doubtful."""
        if _silent(piece):
            return self._nothing(piece)
        seconds = piece.size / RATE
        short = self._read_short(piece, prompt)
        why = doubt(short, seconds, self._settings)
        if not why:
            return _transcription(short, seconds, short.text, "")
        return self._decide(short, self._read_full(piece), why, seconds)

    def _glimpse(self, piece: NDArray[np.float32], prompt: str) -> Transcription:
        """One piece of at most 28 s over a short window, whatever is to be thought of it."""
        if _silent(piece):
            return self._nothing(piece)
        seconds = piece.size / RATE
        short = self._read_short(piece, prompt)
        return _transcription(short, seconds, short.text, doubt(short, seconds, self._settings))

    def _read_short(self, piece: NDArray[np.float32], prompt: str) -> Reading:
        """One pass over the frames there are and a few more."""
        self._whisper.look()
        window = short_window(self._whisper, piece, round(self._settings.padding * 100))
        most = TOKENS_SPARE + round(TOKENS_PER_SECOND * piece.size / RATE)
        reading = read(self._whisper, window, language=self._language, prompt=prompt, most_tokens=most)
        return said_once(cut_repeats(reading), piece.size / RATE)

    def _read_full(self, piece: NDArray[np.float32]) -> Reading:
        """One pass over the full window; without what was said before, which can lead astray."""
        self._whisper.look()
        window = full_window(self._whisper, piece)
        return cut_repeats(
            read(self._whisper, window, language=self._language, prompt="", most_tokens=LONGEST_TEXT)
        )

    def _decide(self, short: Reading, full: Reading, why: str, seconds: float) -> Transcription:
        """Choose between two readings of a doubtful piece, or believe neither.

        The full window is the better judge of whether anybody spoke, so its no-speech probability counts.
        """
        chosen = better(short, full, why)
        text, cause = chosen.text, ""
        if repeats(text):
            text, cause = unlooped(text), "repetition"
        wrong = disbelief(text, (short.logprob, full.logprob), full.no_speech, self._settings)
        if wrong:
            return _transcription(full, seconds, "", wrong)
        return _transcription(chosen, seconds, text, cause)

    def _thorough(self, piece: NDArray[np.float32], prompt: str) -> Transcription:
        """One piece of at most 28 s for the record."""
        self._whisper.look()
        if _silent(piece):
            return self._nothing(piece)
        return transcribe(
            self._whisper, piece, language=self._language, prompt=prompt, settings=self._settings
        )

    def _nothing(self, piece: NDArray[np.float32]) -> Transcription:
        """The transcription of silence."""
        seconds = piece.size / RATE
        return Transcription("", self._language, seconds, no_speech=1.0, logprob=0.0, doubt="no speech")


def joined(parts: Sequence[Transcription], seconds: float) -> Transcription:
    """One transcription of `seconds` from those of its pieces, in order; of silence when there are none.

    The language is that of the longest text, `logprob` the mean by length of text, `no_speech` the least.
    """
    if len(parts) == 1:
        return parts[0]
    spoken = [part for part in parts if part.text]
    if not spoken:
        language = parts[0].language if parts else ""
        return Transcription("", language, seconds, no_speech=1.0, logprob=0.0, doubt="no speech")
    lengths = [len(part.text) for part in spoken]
    return Transcription(
        text=" ".join(part.text for part in spoken),
        language=max(spoken, key=lambda part: len(part.text)).language,
        seconds=seconds,
        no_speech=min(part.no_speech for part in spoken),
        logprob=float(np.average([part.logprob for part in spoken], weights=lengths)),
        words=tuple(word for part in spoken for word in part.words),
        doubt=next((part.doubt for part in spoken if part.doubt), ""),
    )


def _moved(part: Transcription, start: float) -> Transcription:
    """`part` with its word times counted from `start` seconds earlier."""
    moved = (
        Word(word.text, round(start + word.start, 2), round(start + word.end, 2), word.confidence)
        for word in part.words
    )
    return replace(part, words=tuple(moved))


def _checked(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """`audio` as it is, if Whisper can take it; raises `EngineError` if not."""
    if audio.ndim != 1:
        raise EngineError("The speech recogniser takes one channel of sound; mix the channels first.")
    if not np.isfinite(audio).all():
        raise EngineError("The sound holds values that are not numbers; record it again, or check its file.")
    return audio.astype(np.float32, copy=False)


def _silent(piece: NDArray[np.float32]) -> bool:
    """True for sound too short or too faint to hold a word."""
    return piece.size < SHORTEST or float(np.abs(piece).max()) < FAINTEST


def _transcription(reading: Reading, seconds: float, text: str, cause: str) -> Transcription:
    """A transcription with the evidence of a reading."""
    return Transcription(text, reading.language, seconds, reading.no_speech, reading.logprob, doubt=cause)
