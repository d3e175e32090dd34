"""The voice, on the real default voice, listened to by Whisper."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from companion.engines import Cancelled, Never
from companion.engines.tts import Speech
from companion.engines.tts.piper import PiperSynthesizer
from companion.engines.tts.sound import bounds
from companion.errors import EngineError
from companion.settings import TtsSettings

VOICE = "piper-en_US-joe-medium"


@pytest.fixture(scope="module")
def voice(weights_dir: Path) -> PiperSynthesizer:
    import onnxruntime

    # The voice draws random numbers; with a seed, what Whisper makes of it is the same every time.
    onnxruntime.set_seed(7)
    return PiperSynthesizer(weights_dir / VOICE, TtsSettings(threads=1))


@pytest.fixture(scope="module")
def whisper(weights_dir: Path) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(weights_dir / "whisper-base"), device="cpu", compute_type="int8", cpu_threads=2)


def said(voice: PiperSynthesizer, text: str) -> list[Speech]:
    return list(voice.synthesize(text, Never()))


def heard(whisper: Any, speech: list[Speech]) -> str:
    import soxr

    sound = np.concatenate([piece.samples for piece in speech]).astype(np.float32) / 32_768
    audio = soxr.resample(sound, speech[0].rate, 16_000).astype(np.float32)
    segments, _ = whisper.transcribe(audio, language="en", beam_size=5, temperature=0.0)
    return " ".join(segment.text for segment in segments)


def bare(text: str) -> str:
    return re.sub(r"[^a-z0-9$% ]", "", text.lower().replace("-", " "))


def test_the_default_voice_tells_its_words_times(voice: PiperSynthesizer) -> None:
    assert voice.word_times == "aligned"
    assert voice.rate == 22_050
    assert voice.language == "en-us"


def test_a_clause_is_one_piece_of_sound_with_its_words(voice: PiperSynthesizer) -> None:
    (speech,) = said(voice, "I met **Dr.** Jones out of the blue.")
    assert speech.samples.dtype == np.int16
    assert " ".join(word.text for word in speech.words) == "I met **Dr.** Jones out of the blue."
    reached = 0.0
    for word in speech.words:
        assert reached <= word.start < word.end <= len(speech.samples) / speech.rate
        reached = word.end


def test_words_behind_a_pause_start_where_the_sound_sets_in(voice: PiperSynthesizer) -> None:
    (speech,) = said(voice, "Come, go, back, top, deep, cat, pig.")
    sound = speech.samples.astype(np.float32) / 32_768
    for word in speech.words:
        stretch = sound[int(word.start * speech.rate) : int(word.end * speech.rate)]
        around = sound[max(0, int((word.start - 0.08) * speech.rate)) : int(word.start * speech.rate)]
        assert np.abs(stretch).max() > 4 * np.abs(around).max(initial=0.0)


def test_numbers_money_and_times_come_back_as_they_were_written(
    voice: PiperSynthesizer, whisper: Any
) -> None:
    cases = {
        "It costs $5.50 at the shop.": ("$550",),
        "The total was $1,234.56 last year.": ("$123456",),
        "He ran 10.5 km in 45 min.": ("105 kilometers", "45 minutes"),
        "It is 20°C outside.": ("20 degree",),  # the s before "celsius" is often swallowed
        "World War II ended in 1945.": ("world war ii", "1945"),
        "**AT&T** was founded in 1885.": ("att", "1885"),
    }
    for text, expected in cases.items():
        came_back = bare(heard(whisper, said(voice, text)))
        assert all(phrase in came_back for phrase in expected), (text, came_back)


def test_a_long_reply_comes_back_word_for_word(voice: PiperSynthesizer, whisper: Any) -> None:
    text = (
        "When the rain finally stopped, the children ran out into the garden and played until dinner. "
        "Tell me what happened at work today, because you sound a little tired."
    )
    expected, came_back = bare(text).split(), bare(heard(whisper, said(voice, text))).split()
    same = SequenceMatcher(None, expected, came_back).get_matching_blocks()
    # A word in sixteen may be misheard: Whisper takes "at work" for "that work" now and then.
    assert sum(block.size for block in same) >= len(expected) - 2


def test_sentences_come_one_by_one_and_cancelling_stops_between_them(voice: PiperSynthesizer) -> None:
    class AfterFirst:
        def __init__(self) -> None:
            self.withdrawn = False

        def is_set(self) -> bool:
            return self.withdrawn

    cancel = AfterFirst()
    speech: Iterator[Speech] = voice.synthesize("Yes. No. Maybe.", cancel)
    assert [word.text for word in next(speech).words] == ["Yes."]
    cancel.withdrawn = True
    with pytest.raises(Cancelled):
        next(speech)


@pytest.mark.parametrize("text", ["", "  ", "...", "*smiles*", "?!", "---", "你好"])
def test_a_text_with_no_words_makes_no_sound(voice: PiperSynthesizer, text: str) -> None:
    assert said(voice, text) == []


def test_a_very_long_text_comes_in_pieces_that_can_be_given_up(voice: PiperSynthesizer) -> None:
    text = "and then we went on " * 20 + "la" * 150
    speech = said(voice, text)
    assert max(len(piece.samples) / piece.rate for piece in speech) < 20.0
    assert " ".join(word.text for piece in speech for word in piece.words) == text


def test_silence_at_either_end_is_as_set(weights_dir: Path) -> None:
    settings = TtsSettings(threads=1, lead=0.1, tail=0.3)
    (speech,) = said(PiperSynthesizer(weights_dir / VOICE, settings), "Good morning.")
    start, end = bounds(speech.samples.astype(np.float32), speech.rate)
    assert start / speech.rate == pytest.approx(0.1, abs=0.02)
    assert (len(speech.samples) - end) / speech.rate == pytest.approx(0.3, abs=0.02)


def test_loudness_is_steady_and_nothing_clips(voice: PiperSynthesizer) -> None:
    texts = ["I see, yes.", "That sounds lovely.", "Not quite yet, I'm afraid.", "WAIT! Stop! No!"]
    levels = []
    for text in texts:
        sound = np.concatenate([piece.samples for piece in said(voice, text)]).astype(np.float64) / 32_768
        assert np.abs(sound).max() < 1.0
        loud = sound[np.abs(sound) > 0.02]
        levels.append(20 * np.log10(np.sqrt(np.mean(loud**2))))
    assert max(levels) - min(levels) < 6.0


def test_pace_and_volume(weights_dir: Path, voice: PiperSynthesizer) -> None:
    text = "The quick brown fox jumps over the lazy dog again and again."
    quick = PiperSynthesizer(weights_dir / VOICE, TtsSettings(threads=1, pace=1.5, volume=0.25))
    (slow_speech,), (quick_speech,) = said(voice, text), said(quick, text)
    assert len(quick_speech.samples) < 0.85 * len(slow_speech.samples)
    assert np.abs(quick_speech.samples).max() < 0.5 * np.abs(slow_speech.samples).max()


def test_a_voice_that_does_not_tell_gets_estimated_times(
    voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = voice._render
    monkeypatch.setattr(voice, "_render", lambda phonemes: (render(phonemes)[0], None))
    (speech,) = said(voice, "Tell me what happened at work today.")
    assert [word.text for word in speech.words] == ["Tell", "me", "what", "happened", "at", "work", "today."]
    assert speech.words[0].start == pytest.approx(0.02, abs=0.001)
    assert speech.words[-1].end == pytest.approx(len(speech.samples) / speech.rate - 0.15, abs=0.02)


def test_a_speaker_the_voice_lacks(weights_dir: Path) -> None:
    with pytest.raises(EngineError, match=r"set tts\.speaker"):
        PiperSynthesizer(weights_dir / VOICE, TtsSettings(speaker=3))


def test_a_language_espeak_lacks(voice: PiperSynthesizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice._voice.config, "espeak_voice", "tlh-qo")
    with pytest.raises(EngineError, match="espeak-ng doesn't speak"):
        said(voice, "Hello.")
