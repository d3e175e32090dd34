"""Silero on real sound."""

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.engines.vad import WINDOW
from companion.engines.vad.hysteresis import Hysteresis, Paused, Started
from companion.engines.vad.silero import SileroDetector, model_path
from companion.errors import EngineError, WeightsError
from companion.settings import VadSettings


def windows_of(path: Path) -> np.ndarray:
    audio, rate = soundfile.read(path, dtype="float32")
    assert rate == 16_000
    return audio[: audio.size // WINDOW * WINDOW]


def test_the_model_is_found_without_importing_faster_whisper() -> None:
    before = {name for name in sys.modules if name.startswith("faster_whisper")}

    assert model_path().name == "silero_vad_v6.onnx"

    assert {name for name in sys.modules if name.startswith("faster_whisper")} == before


def test_an_order_is_one_utterance_where_it_is_spoken(recordings: Path) -> None:
    audio = windows_of(recordings / "order_001.flac")
    hysteresis = Hysteresis(VadSettings())

    found = [edge for p in SileroDetector().probabilities(audio) if (edge := hysteresis.feed(float(p)))]

    assert isinstance(found[0], Started)
    assert isinstance(found[-1], Paused)
    assert 0.2 < found[0].at < 0.6
    assert 3.4 < found[-1].at < 3.9


def test_noise_and_silence_are_not_speech() -> None:
    detector = SileroDetector()
    hiss = np.random.default_rng(1).normal(0, 0.05, WINDOW * 60).astype(np.float32)

    assert detector.probabilities(hiss).max() < 0.3
    detector.reset()
    assert detector.probabilities(np.zeros(WINDOW * 60, np.float32)).max() < 0.3


def test_window_by_window_and_all_at_once_are_the_same_stream(recordings: Path) -> None:
    audio = windows_of(recordings / "order_025.flac")[: WINDOW * 90]
    detector = SileroDetector()

    single = [detector.probability(window) for window in audio.reshape(-1, WINDOW)]
    detector.reset()
    halves = [*detector.probabilities(audio[: WINDOW * 40]), *detector.probabilities(audio[WINDOW * 40 :])]

    assert np.allclose(single, halves, atol=1e-5)
    assert max(single) > 0.9


def test_it_agrees_with_faster_whispers_own_use_of_the_model(recordings: Path) -> None:
    from faster_whisper.vad import get_vad_model

    audio = windows_of(recordings / "order_004.flac")

    ours = SileroDetector().probabilities(audio)

    # Ours fades the state of the model a little, so the figures aren't the same, but the verdicts are.
    theirs = get_vad_model()(audio.copy()).reshape(-1)
    assert np.mean((ours > 0.5) == (theirs > 0.5)) > 0.97


def test_speech_after_a_long_silence_is_noticed_as_soon(recordings: Path) -> None:
    audio = windows_of(recordings / "order_004.flac")
    detector = SileroDetector()
    fresh = detector.probabilities(audio)
    detector.reset()
    detector.probabilities(np.zeros(WINDOW * 3000, np.float32))

    late = detector.probabilities(audio)

    first = [int(np.argmax(probabilities > 0.5)) for probabilities in (fresh, late)]
    assert fresh.max() > 0.9
    # 0.35 s, less than the pre-roll holds; with the model's state left alone it is 14 windows.
    assert first[1] - first[0] <= 11


def test_no_windows_give_no_probabilities() -> None:
    assert SileroDetector().probabilities(np.zeros(0, np.float32)).shape == (0,)


@pytest.mark.parametrize("size", [0, 511, 513, 1024])
def test_a_window_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(EngineError, match="512"):
        SileroDetector().probability(np.zeros(size, np.float32))


def test_sound_that_is_not_numbers_is_refused_and_does_not_deafen_the_stream() -> None:
    detector = SileroDetector()
    broken = np.full(WINDOW, np.nan, np.float32)

    with pytest.raises(EngineError, match="not numbers"):
        detector.probability(broken)

    assert np.isfinite(detector.probability(np.zeros(WINDOW, np.float32)))


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "silero.onnx"
    broken.write_bytes(b"not a model")

    with pytest.raises(WeightsError, match=r"silero\.onnx can't be loaded"):
        SileroDetector(broken)
