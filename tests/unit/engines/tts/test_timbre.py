"""Pitch and formants, with a vocoder that only writes down what it is asked."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from companion.engines.tts.timbre import load_world, shifted
from companion.errors import EngineError

RATE = 16_000
PEAK = 20


def scripted_world(asked: dict[str, np.ndarray]) -> SimpleNamespace:
    envelope = np.full((4, 129), 0.1)
    envelope[:, PEAK] = 1.0

    def synthesize(f0: np.ndarray, spectra: np.ndarray, aperiodicity: np.ndarray, rate: int) -> np.ndarray:
        asked.update(f0=f0, spectra=spectra, aperiodicity=aperiodicity)
        return np.ones(1500)

    return SimpleNamespace(
        dio=lambda speech, rate: (np.full(4, 99.0), np.arange(4) / 200),
        stonemask=lambda speech, rough, times, rate: rough + 1.0,
        cheaptrick=lambda speech, f0, times, rate: envelope,
        d4c=lambda speech, f0, times, rate: np.full((4, 129), 0.5),
        synthesize=synthesize,
    )


def test_an_octave_up_doubles_the_pitch_and_leaves_the_formants() -> None:
    asked: dict[str, np.ndarray] = {}
    made = shifted(scripted_world(asked), np.zeros(1600, dtype=np.float32), RATE, pitch=12.0, formants=0.0)
    assert asked["f0"] == pytest.approx(200.0)
    assert int(asked["spectra"][0].argmax()) == PEAK
    assert made.dtype == np.float32
    assert len(made) == 1600


def test_formants_move_without_the_pitch() -> None:
    asked: dict[str, np.ndarray] = {}
    shifted(scripted_world(asked), np.zeros(1600, dtype=np.float32), RATE, pitch=0.0, formants=6.0)
    assert asked["f0"] == pytest.approx(100.0)
    assert int(asked["spectra"][0].argmax()) == round(PEAK * 2**0.5)
    assert asked["aperiodicity"] == pytest.approx(0.5)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyworld", None)
    with pytest.raises(EngineError, match="scripts/run --setup --timbre"):
        load_world()
