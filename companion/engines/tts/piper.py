"""Piper: speech from a VITS voice file, clause by clause, with the time of each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel, Cancelled
from companion.engines.tts import Speech, SpokenWord
from companion.engines.tts.pieces import Piece, pieces
from companion.engines.tts.sound import as_int16, gain_for, trimmed
from companion.engines.tts.text import speakable
from companion.engines.tts.timbre import load_world, shifted
from companion.engines.tts.voice_file import open_voice, voice_model
from companion.engines.tts.word_times import estimated_lengths, word_spans
from companion.errors import EngineError, reason
from companion.settings import TtsSettings

OPEN_TAIL = 0.04
"""Longest silence (seconds) behind a clause whose sentence goes on: no more than between two words."""

PACES, VOLUMES = (0.5, 2.0), (0.1, 2.0)
"""The slowest and fastest, the softest and loudest she can be asked to speak: the settings' own bounds above,
and never so soft that nobody would hear her being asked back."""

TRIAL = "Well, here I am again at 9:30, and the rain has stopped at last."
"""Said once at load: its level sets the gain, and the first clause finds everything warm, numbers included
(the first clause of a cold voice took half as long again)."""


class PiperSynthesizer:
    """A `Synthesizer` made of one Piper voice.

    Loudness is the same for every clause: the gain is measured once, at load, and brings the voice's speech
    to `SPEECH_LEVEL` (see `sound`); `settings.volume` scales that. `word_times` says where the words' times
    come from: "aligned" when the voice file tells its phonemes' lengths, "estimated" from the number of
    sounds otherwise. Measured on en_US-joe-medium: aligned starts of 81 words behind a pause lie 29 ms from
    where the sound sets in, ends 77 ms behind where it fades; estimated times lie 65 ms from aligned ones.
    """

    def __init__(self, folder: Path, settings: TtsSettings) -> None:
        """Load the voice in `folder` (one `*.onnx` with its `.json`) and say a sentence to nobody.

        Raises `WeightsError` where the voice is missing or broken, `EngineError` where it has no such speaker
        or the timbre extra is missing.
        """
        self._settings = settings
        self._world = load_world() if settings.pitch or settings.timbre else None
        self._voice = open_voice(folder, settings.threads)
        self._speaker = _speaker(voice_model(folder).stem, self._voice.config.num_speakers, settings.speaker)
        self.rate: int = self._voice.config.sample_rate
        self.language: str = self._voice.config.espeak_voice
        """Language of the voice, as espeak-ng names it ("en-us", "de")."""
        self.word_times: Literal["aligned", "estimated"] = "estimated"
        self._alone = lru_cache(maxsize=4096)(self._phonemes)
        self._gain = 1.0
        self._try_out()

    def synthesize(self, text: str, cancel: Cancel) -> Iterator[Speech]:
        """Yield the speech of `text` piece by piece, a sentence each or a part of a long one.

        Nothing for text with no words. Times count from the start of the piece. Raises `Cancelled` between
        pieces, `EngineError` where the voice fails.
        """
        for piece in pieces(speakable(text, self.language).spans):
            if cancel.is_set():
                raise Cancelled
            # A comma where the sentence goes on: the voice must not fall there.
            phonemes = self._phonemes(piece.spoken + "," if piece.goes_on else piece.spoken)
            if phonemes:
                speech = self._speak(piece, phonemes)
                if cancel.is_set():
                    raise Cancelled
                yield speech

    def adjust(self, what: Literal["pace", "volume"], factor: float) -> float:
        """Speak faster or louder by that factor from now on; returns the pace or volume it is now."""
        low, high = PACES if what == "pace" else VOLUMES
        settings = self._settings
        value = min(high, max(low, (settings.pace if what == "pace" else settings.volume) * factor))
        self._settings = replace(settings, **{what: value})  # type: ignore[arg-type]
        return value

    def _speak(self, piece: Piece, phonemes: Sequence[str]) -> Speech:
        settings = self._settings
        samples, lengths = self._render(phonemes)
        tail = min(settings.tail, OPEN_TAIL) if piece.goes_on else settings.tail
        sound, later = trimmed(samples, self.rate, settings.lead, tail)
        if lengths is not None:
            later, lengths = later + int(lengths[0]), lengths[1:]
        else:
            voiced = len(sound) - int((settings.lead + tail) * self.rate)
            lengths = estimated_lengths(phonemes, max(0, voiced))
            later = int(settings.lead * self.rate)
        if self._world is not None:
            sound = shifted(self._world, sound, self.rate, settings.pitch, settings.timbre)
        return Speech(
            samples=as_int16(sound, self._gain, settings.volume),
            rate=self.rate,
            words=self._words(piece, phonemes, lengths, later, len(sound)),
        )

    def _words(
        self, piece: Piece, phonemes: Sequence[str], lengths: NDArray[np.int64], later: int, samples: int
    ) -> tuple[SpokenWord, ...]:
        alone = [self._alone(span.spoken) if span.spoken else () for span in piece.spans]
        spans = word_spans(phonemes, lengths, alone)
        seconds = (np.clip(np.array(spans) + later, 0, samples) / self.rate).tolist()
        return tuple(
            SpokenWord(span.original, start, end)
            for span, (start, end) in zip(piece.spans, seconds, strict=True)
            if span.original
        )

    def _phonemes(self, spoken: str) -> tuple[str, ...]:
        """The phonemes of `spoken` that the voice knows; nothing where there is no sound among them."""
        known = self._voice.config.phoneme_id_map
        try:
            sentences = self._voice.phonemize(spoken)
        except RuntimeError as error:
            raise EngineError(
                f"espeak-ng doesn't speak this voice's language, {self.language!r}: "
                "choose another voice with `companion weights use tts NAME`."
            ) from error
        joined = [phoneme for sentence in sentences for phoneme in [" ", *sentence] if phoneme in known][1:]
        return tuple(joined) if any(phoneme.isalpha() for phoneme in joined) else ()

    def _render(self, phonemes: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
        """The voice's samples, and how many of them each phoneme takes (None where the voice doesn't tell).

        The first length is the start mark's, the second the first phoneme's.
        """
        from piper.config import SynthesisConfig

        config = self._voice.config
        options = SynthesisConfig(
            speaker_id=self._speaker, length_scale=config.length_scale / self._settings.pace
        )
        try:
            made = self._voice.phoneme_ids_to_audio(
                self._voice.phonemes_to_ids(list(phonemes)), options, include_alignments=True
            )
        except Exception as error:
            raise EngineError(
                f"The voice failed ({reason(error)}): choose another with `companion weights use tts`."
            ) from error
        samples, of_each_id = made if isinstance(made, tuple) else (made, None)
        samples = np.atleast_1d(np.nan_to_num(samples)).astype(np.float32)
        if of_each_id is None:
            return samples, None
        # Ids run: start mark, pad, then each phoneme's own ids with a pad behind them, end mark.
        counts = [len(config.phoneme_id_map[phoneme]) + 1 for phoneme in phonemes]
        firsts = np.cumsum([0, 2, *counts])[:-1]
        return samples, np.add.reduceat(of_each_id[: 2 + sum(counts)], firsts).astype(np.int64)

    def _try_out(self) -> None:
        samples, lengths = self._render(
            self._phonemes(speakable(TRIAL, self.language).text)
            or tuple(self._voice.config.phoneme_id_map)[:20]
        )
        self.word_times = "estimated" if lengths is None else "aligned"
        self._gain = gain_for(samples, self.rate)


def _speaker(name: str, count: int, wanted: int) -> int | None:
    """The speaker to ask the voice for, None where it has only one. Raises `EngineError`."""
    if count <= 1 and wanted == 0:
        return None
    if wanted >= count:
        raise EngineError(
            f"The voice {name} has {count} speaker{'s'[: count != 1]}, numbered from 0: "
            "set tts.speaker to one of them."
        )
    return wanted
