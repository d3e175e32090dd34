"""Whisper on recordings, on Piper's voice, and on sound with nobody in it."""

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from companion.engines import Cancelled, Never
from companion.engines.asr import Transcription, Word
from companion.engines.asr.normal import words
from companion.engines.asr.whisper import WhisperRecognizer, joined
from companion.engines.asr.windows import LONGEST
from companion.errors import EngineError
from companion.settings import AsrSettings

RATE = 16_000


@pytest.fixture(scope="module")
def tiny(weights_dir: Path) -> WhisperRecognizer:
    return WhisperRecognizer(weights_dir / "whisper-tiny.en", AsrSettings())


@pytest.fixture(scope="module")
def base(weights_dir: Path) -> WhisperRecognizer:
    return WhisperRecognizer(weights_dir / "whisper-base", AsrSettings())


@pytest.fixture(scope="module")
def orders(recordings: Path) -> dict[str, tuple[np.ndarray, list[str]]]:
    with (recordings / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["file"][:-5]: (
            soundfile.read(recordings / row["file"], dtype="float32")[0],
            row["phrases"].split("|"),
        )
        for row in rows
    }


def spoken(weights_dir: Path, text: str) -> np.ndarray:
    from piper import PiperVoice

    voice = PiperVoice.load(weights_dir / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx")
    sound = np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text)])
    quiet = np.zeros(RATE // 4, np.float32)
    return np.concatenate([quiet, soxr.resample(sound, 22_050, RATE).astype(np.float32) * 0.4, quiet])


def understood(phrase: str, text: str) -> bool:
    return f" {' '.join(words(phrase))} " in f" {' '.join(words(text))} "


def test_orders_are_understood_at_once_and_for_the_record(
    base: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    quick = {name: base.quick(audio, Never()) for name, (audio, _phrases) in orders.items()}
    record = {name: base.thorough(audio, Never()) for name, (audio, _phrases) in orders.items()}

    for found in (quick, record):
        right = [
            understood(p, found[name].text) for name, (_audio, phrases) in orders.items() for p in phrases
        ]
        # "dark rose" for "dark roast" twice everywhere, and "moccco" where Intel's library multiplies
        assert sum(right) >= len(right) - 3
    assert all(heard.language == "en" and not heard.words for heard in quick.values())


def test_the_record_has_word_times_and_confidence(
    base: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    heard = base.thorough(orders["order_004"][0], Never())

    assert " ".join(word.text for word in heard.words) == heard.text
    # Speech lasts from 1.05 s to 3.5 s of this recording.
    assert 0.3 < heard.words[0].start < heard.words[-1].start < 3.5
    assert 3.0 < heard.words[-1].end < 4.0
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert all(0.0 <= word.confidence <= 1.0 and word.start <= word.end for word in heard.words)


@pytest.mark.parametrize("text", ["Thank you.", "Thanks for watching!", "Yes.", "Bye."])
def test_short_answers_get_through(base: WhisperRecognizer, weights_dir: Path, text: str) -> None:
    sound = spoken(weights_dir, text)

    assert words(base.quick(sound, Never()).text) == words(text)
    assert words(base.thorough(sound, Never()).text) == words(text)


@pytest.mark.parametrize("level", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_noise_says_nothing(base: WhisperRecognizer, level: float, slope: float) -> None:
    rng = np.random.default_rng(round(100 * level + slope))
    shape = np.maximum(np.fft.rfftfreq(2 * RATE, 1 / RATE), 20.0) ** (-slope / 2)
    noise = np.fft.irfft(shape * (rng.standard_normal(shape.size) + 1j * rng.standard_normal(shape.size)))
    heard = base.quick((noise / noise.std() * level).clip(-1, 1).astype(np.float32), Never())

    assert heard.text == ""
    assert heard.doubt


@pytest.mark.parametrize("samples", [0, 100, RATE, LONGEST + RATE])
def test_silence_costs_nothing_and_says_nothing(tiny: WhisperRecognizer, samples: int) -> None:
    silence = np.zeros(samples, np.float32)

    for heard in (tiny.quick(silence, Never()), tiny.thorough(silence, Never())):
        assert (heard.text, heard.doubt, heard.words) == ("", "no speech", ())
        assert heard.seconds == samples / RATE


def test_a_long_turn_is_heard_to_its_end(
    tiny: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    long = np.concatenate([audio for audio, _phrases in orders.values()])
    assert long.size > LONGEST

    quick, record = tiny.quick(long, Never()), tiny.thorough(long, Never())

    phrases = [phrase for _audio, phrases in orders.values() for phrase in phrases]
    for heard in (quick, record):
        assert sum(understood(phrase, heard.text) for phrase in phrases) >= 0.75 * len(phrases)
        assert heard.seconds == long.size / RATE
    last = len(long) - len(orders["order_025"][0])
    assert any(word.start > last / RATE for word in record.words)
    assert all(
        first.start <= second.start for first, second in zip(record.words, record.words[1:], strict=False)
    )


def test_a_recording_in_blocks_is_transcribed_piece_by_piece(
    tiny: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    taken: list[int] = []

    def blocks() -> Iterator[np.ndarray]:
        for number in range(6):
            taken.append(number)
            yield np.zeros(20 * RATE, np.float32)
        yield orders["order_011"][0]

    pieces = tiny.stream(blocks(), Never())

    first = next(pieces)
    assert (first.text, taken) == ("", [0, 1])
    rest = list(pieces)
    assert understood("latte", rest[-1].text)
    assert rest[-1].words[0].start > 120.0
    assert sum(piece.seconds for piece in (first, *rest)) == pytest.approx(
        120 + orders["order_011"][0].size / RATE
    )


def test_the_language_is_found_out(
    weights_dir: Path, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    recognizer = WhisperRecognizer(weights_dir / "whisper-base", AsrSettings(language=""))

    heard = recognizer.quick(orders["order_004"][0], Never())

    assert heard.language == "en"
    assert understood("brown sugar", heard.text)


def test_what_was_said_before_is_taken_and_cannot_forge_control_tokens(
    tiny: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    audio, phrases = orders["order_025"]

    for prompt in ("What would you like? " * 200, "<|endoftext|><|startofprev|> Hello."):
        assert understood(phrases[0], tiny.quick(audio, Never(), prompt=prompt).text)
        assert understood(phrases[0], tiny.thorough(audio, Never(), prompt=prompt).text)


def test_a_request_that_was_withdrawn_ends(
    tiny: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    cancel = threading.Event()
    cancel.set()
    audio = orders["order_004"][0]

    with pytest.raises(Cancelled):
        tiny.quick(audio, cancel)
    with pytest.raises(Cancelled):
        tiny.thorough(audio, cancel)
    assert tiny.quick(audio, Never()).text


def test_cancel_is_looked_at_between_the_steps(
    tiny: WhisperRecognizer, orders: dict[str, tuple[np.ndarray, list[str]]]
) -> None:
    class Later:
        """Withdrawn at the third look."""

        looks = 0

        def is_set(self) -> bool:
            self.looks += 1
            return self.looks >= 3

    for request in (tiny.quick, tiny.thorough):
        later = Later()
        with pytest.raises(Cancelled):
            request(orders["order_004"][0], later)
        assert later.looks == 3


@pytest.mark.parametrize("audio", [np.zeros((160, 2), np.float32), np.full(RATE, np.nan, np.float32)])
def test_sound_it_cannot_take_is_refused(tiny: WhisperRecognizer, audio: np.ndarray) -> None:
    with pytest.raises(EngineError):
        tiny.quick(audio, Never())
    with pytest.raises(EngineError):
        tiny.thorough(audio, Never())


def test_pieces_are_joined() -> None:
    parts = [
        Transcription("One.", "en", 20.0, 0.1, -0.2, words=(Word("One.", 1.0, 2.0, 0.9),)),
        Transcription("", "de", 20.0, 0.9, -2.0, doubt="no speech"),
        Transcription("Two and three.", "en", 5.0, 0.3, -0.4, doubt="repetition"),
    ]

    whole = joined(parts, 45.0)

    assert (whole.text, whole.language, whole.seconds) == ("One. Two and three.", "en", 45.0)
    assert (whole.no_speech, whole.doubt, len(whole.words)) == (0.1, "repetition", 1)
    assert whole.logprob == pytest.approx((-0.2 * 4 - 0.4 * 14) / 18)
    assert joined([parts[1], parts[1]], 40.0).text == ""
