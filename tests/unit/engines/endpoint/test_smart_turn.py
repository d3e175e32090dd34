"""Smart Turn on whole and on cut-off orders."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from companion.engines.endpoint.smart_turn import SAMPLES, SmartTurn, features
from companion.errors import EngineError, WeightsError
from companion.settings import EndpointSettings


@pytest.fixture(scope="module")
def smart_turn(weights_dir: Path) -> SmartTurn:
    return SmartTurn(weights_dir / "smart-turn-v3.2", EndpointSettings())


def heard(recordings: Path, name: str, until: float) -> np.ndarray:
    audio, _rate = soundfile.read(recordings / f"{name}.flac", dtype="float32", stop=round(until * 16_000))
    return audio


@pytest.mark.parametrize(("name", "end"), [("order_001", 3.6), ("order_004", 3.5)])
def test_a_whole_order_sounds_complete_and_a_cut_one_does_not(
    smart_turn: SmartTurn, recordings: Path, name: str, end: float
) -> None:
    whole = smart_turn.probability(heard(recordings, name, end + 0.2))
    cut = smart_turn.probability(heard(recordings, name, end - 1.2))

    assert whole > 0.8
    assert cut < 0.5


def test_only_the_last_eight_seconds_count(smart_turn: SmartTurn, recordings: Path) -> None:
    order = heard(recordings, "order_001", 3.8)
    padded = np.concatenate([np.zeros(SAMPLES - order.size, np.float32), order])
    noisy = np.concatenate([np.random.default_rng(2).normal(0, 0.3, SAMPLES).astype(np.float32), padded])

    assert smart_turn.probability(noisy) == pytest.approx(smart_turn.probability(order), abs=1e-6)


def test_the_features_do_not_depend_on_loudness(recordings: Path) -> None:
    order = heard(recordings, "order_001", 3.8)

    loud, faint = features(order), features(order * 0.1)

    assert loud.shape == (1, 80, 800)
    assert loud.dtype == np.float32
    # The silence in front is brought to the mean as well, so it isn't the floor of the logarithm.
    assert np.abs(loud - faint).max() < 0.01


def test_nothing_heard_has_a_probability_too(smart_turn: SmartTurn) -> None:
    assert 0.0 <= smart_turn.probability(np.zeros(0, np.float32)) <= 1.0


@pytest.mark.parametrize("audio", [np.zeros((2, 800), np.float32), np.full(800, np.inf, np.float32)])
def test_sound_it_cannot_take_is_refused(smart_turn: SmartTurn, audio: np.ndarray) -> None:
    with pytest.raises(EngineError, match="end-of-turn"):
        smart_turn.probability(audio)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="fetch endpoint"):
        SmartTurn(tmp_path, EndpointSettings())


def test_a_truncated_model_is_named(tmp_path: Path, weights_dir: Path) -> None:
    whole = (weights_dir / "smart-turn-v3.2" / "smart-turn-v3.2-cpu.onnx").read_bytes()
    (tmp_path / "smart-turn.onnx").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(WeightsError, match="can't be loaded"):
        SmartTurn(tmp_path, EndpointSettings())
