"""Voices are told apart by a second of speech, adapt within bounds, and are gone when forgotten."""

from pathlib import Path

import numpy as np
import pytest

from companion.audio.recordings import read
from companion.engines.speaker.dvector import LEAST, DVectorEncoder, unit
from companion.engines.speaker.voices import STRAY, KnownVoices, threshold
from companion.errors import EngineError, WeightsError


@pytest.fixture(scope="module")
def encoder(weights_dir):
    return DVectorEncoder(weights_dir / "voicefilter-lite")


def halves(path: Path) -> tuple[np.ndarray, np.ndarray]:
    audio = read(path)
    loud = np.flatnonzero(np.abs(audio) > 0.02)
    speech = audio[loud[0] : loud[-1]]
    return speech[: speech.size // 2], speech[speech.size // 2 :]


def test_a_person_is_nearer_to_themselves_than_to_anybody_else(encoder, recordings):
    pairs = [halves(path) for path in sorted(recordings.glob("order_*.flac"))[:4]]
    first = [encoder.vector(a) for a, _ in pairs]
    second = [encoder.vector(b) for _, b in pairs]

    nearness = np.array([[float(a @ b) for b in second] for a in first])

    assert (nearness.argmax(axis=1) == np.arange(len(pairs))).all()
    assert all(vector.shape == (256,) and abs(np.linalg.norm(vector) - 1) < 1e-5 for vector in first)


def test_a_known_voice_is_named_and_a_strange_one_is_not(encoder, recordings):
    one, two = (halves(recordings / name) for name in ("order_004.flac", "order_018.flac"))
    known = KnownVoices()
    known.enrol("Anna", [encoder.vector(one[0])])

    assert known.who(encoder.vector(one[1]), 1.0).name == "Anna"
    assert known.who(encoder.vector(two[1]), 1.0).name == ""


def test_half_a_second_is_enough_to_tell_people_apart(encoder, recordings):
    pairs = [halves(path) for path in sorted(recordings.glob("order_*.flac"))[:4]]
    voices = [encoder.vector(np.concatenate(pair)) for pair in pairs]

    nearness = np.array([[float(encoder.vector(a[-8_000:]) @ voice) for voice in voices] for a, _ in pairs])

    assert (nearness.argmax(axis=1) == np.arange(len(pairs))).all()
    assert (nearness.diagonal() > threshold(0.5)).all()


def test_too_little_speech_says_nothing(encoder):
    assert encoder.vector(np.zeros(int(LEAST * 16_000) - 1, np.float32)) is None


def test_what_is_no_sound_is_refused_in_a_sentence(encoder):
    with pytest.raises(EngineError, match="one channel"):
        encoder.vector(np.full(16_000, np.nan, np.float32))


@pytest.mark.parametrize("data", [None, b"no model"])
def test_a_model_that_is_missing_or_broken_is_a_sentence(tmp_path, data):
    if data:
        (tmp_path / "embedder.onnx").write_bytes(data)

    with pytest.raises(WeightsError, match="weights fetch speaker"):
        DVectorEncoder(tmp_path)


def random_voice(seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(0, 1, 256))


def test_a_voice_adapts_but_never_becomes_somebody_elses():
    known = KnownVoices()
    enrolled = known.enrol("Anna", [random_voice(1)]).enrolled
    for _ in range(500):
        known.adapt("Anna", random_voice(2))

    voice = known.voices["Anna"]
    assert float(voice.now @ enrolled) >= STRAY
    assert float(voice.now @ enrolled) < 1.0
    assert (voice.enrolled == enrolled).all()


def test_a_forgotten_voice_is_nobodys():
    known = KnownVoices()
    known.enrol("Anna", [random_voice(1)])

    assert known.forget("Anna")
    assert not known.forget("Anna")
    assert not known
    assert known.who(random_voice(1), 2.0).name == ""


def test_a_voice_needs_speech():
    with pytest.raises(ValueError):
        KnownVoices().enrol("Anna", [])


def test_more_speech_must_be_nearer():
    assert threshold(0.2) == threshold(0.4) < threshold(1.0) < threshold(2.0)
    assert threshold(2.0) < threshold(4.0) == threshold(9.0)


def test_near_the_threshold_it_is_not_sure():
    known = KnownVoices()
    voice = known.enrol("Anna", [random_voice(1)]).now
    other = unit(random_voice(3) - float(random_voice(3) @ voice) * voice)

    def at(cosine: float):
        return known.who(unit(cosine * voice + np.sqrt(1 - cosine**2) * other), 2.0)

    assert at(1.0).sure == 1.0
    assert at(threshold(2.0) + 0.02).sure < 0.3
    assert at(threshold(2.0) - 0.02).sure < 0.3
    assert at(0.0).sure == 1.0
