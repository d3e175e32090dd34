"""Trimming, gain and peaks."""

import numpy as np
import pytest

from companion.engines.tts.sound import SPEECH_LEVEL, as_int16, bounds, gain_for, trimmed

RATE = 22_050


def tone(seconds: float, size: float = 0.2) -> np.ndarray:
    times = np.arange(int(seconds * RATE)) / RATE
    return (size * np.sin(2 * np.pi * 200 * times)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def test_silence_around_the_sound_becomes_what_is_asked_for() -> None:
    sound = np.concatenate([silence(0.4), tone(0.5), silence(0.3)])
    kept, later = trimmed(sound, RATE, lead=0.05, tail=0.1)
    start, end = bounds(kept, RATE)
    assert start / RATE == pytest.approx(0.05, abs=0.006)
    assert (len(kept) - end) / RATE == pytest.approx(0.1, abs=0.006)
    assert later / RATE == pytest.approx(-0.35, abs=0.006)


def test_missing_silence_is_added() -> None:
    kept, later = trimmed(tone(0.5), RATE, lead=0.2, tail=0.3)
    assert len(kept) == pytest.approx(RATE * 1.0, abs=RATE * 0.011)
    assert later == int(0.2 * RATE)


def test_the_gain_brings_speech_to_its_level_and_silence_stays() -> None:
    sound = np.concatenate([tone(0.5, 0.02), silence(0.5)])
    level = np.sqrt(np.mean((sound[: RATE // 2] * gain_for(sound, RATE)) ** 2))
    assert level == pytest.approx(SPEECH_LEVEL, rel=0.02)
    assert gain_for(silence(0.5), RATE) == 1.0
    assert gain_for(np.zeros(0, dtype=np.float32), RATE) == 1.0


def test_peaks_are_bent_and_never_clip() -> None:
    loud = as_int16(tone(0.1, 3.0), gain=2.0, volume=1.0)
    assert loud.dtype == np.int16
    assert 32_000 < loud.max() <= 32_767
    assert as_int16(tone(0.1, 0.5), gain=1.0, volume=0.5).max() == pytest.approx(0.25 * 32_767, abs=2)
    assert as_int16(tone(0.1, 0.5), gain=1.0, volume=0.0).max() == 0


def test_silence_is_trimmed_to_its_lead_and_tail() -> None:
    kept, _ = trimmed(silence(0.5), RATE, lead=0.1, tail=0.1)
    assert np.abs(kept).max() == 0.0
