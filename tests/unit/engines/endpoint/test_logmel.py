"""Log-mel features, checked against the same thing computed in two other ways."""

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor

from companion.engines.endpoint.logmel import FFT, HOP, MELS, RATE, log_mel
from companion.engines.mel import mel_filters

SOUND = np.random.default_rng(5).normal(0, 0.1, RATE).astype(np.float32) * np.linspace(
    0, 1, RATE, dtype=np.float32
)


def naive_power(frame: np.ndarray) -> np.ndarray:
    """Power spectrum by the definition of the discrete Fourier transform, in float64."""
    n = np.arange(FFT)
    window = np.sin(np.pi * n / FFT) ** 2
    k = np.arange(FFT // 2 + 1)[:, None]
    spectrum = (frame * window * np.exp(-2j * np.pi * k * n / FFT)).sum(axis=1)
    return spectrum.real**2 + spectrum.imag**2


def test_it_is_the_transform_by_its_definition() -> None:
    padded = np.pad(SOUND.astype(np.float64), FFT // 2, mode="reflect")
    power = np.array([naive_power(padded[at * HOP : at * HOP + FFT]) for at in range(RATE // HOP)])
    mel = np.array([[np.dot(row, frame) for frame in power] for row in mel_filters(MELS, FFT)])
    log = np.log10(np.clip(mel, 1e-10, None))
    reference = (np.clip(log, log.max() - 8.0, None) + 4.0) / 4.0

    assert np.abs(log_mel(SOUND) - reference).max() < 1e-5


def test_the_filters_are_whispers() -> None:
    theirs = FeatureExtractor.get_mel_filters(RATE, FFT, n_mels=MELS)

    assert np.abs(mel_filters(MELS, FFT) - theirs).max() < 1e-9


def test_it_agrees_with_faster_whispers_front_end() -> None:
    theirs = FeatureExtractor()(SOUND, padding=0)

    assert log_mel(SOUND).shape == theirs.shape == (MELS, RATE // HOP)
    # Theirs is computed in float32.
    assert np.abs(log_mel(SOUND) - theirs).max() < 1e-3


def test_a_tone_lights_up_its_own_band() -> None:
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(RATE) / RATE)

    loudest = log_mel(tone)[:, 50].argmax()

    band = mel_filters(MELS, FFT)[loudest]
    centre = (band * np.arange(FFT // 2 + 1) * RATE / FFT).sum() / band.sum()
    assert abs(centre - 1000.0) < 40.0
