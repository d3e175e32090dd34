"""What Whisper hears of her own voice, soft, dull and in noise, is told from what people say by its words."""

import numpy as np
import pytest
import soundfile
import soxr

from companion.dialogue.own_words import are_hers
from companion.engines import Never
from companion.engines.asr.whisper import WhisperRecognizer
from companion.settings import AsrSettings

RATE = 16_000
STORY = (
    "Once upon a time there was a small fluffy dog named Max, who lived in a cozy house by the sea.",
    "One sunny afternoon he decided to go for a long walk around the park, and there he met an old sailor.",
    "The capital of France is Paris, and the river that flows through it is called the Seine.",
)


@pytest.fixture(scope="module")
def base(weights_dir):
    return WhisperRecognizer(weights_dir / "whisper-base", AsrSettings())


@pytest.fixture(scope="module")
def left_of_her(weights_dir):
    """Her sentences as an echo canceller that fails leaves them: 20 dB softer, without highs, in noise."""
    from piper import PiperVoice

    voice = PiperVoice.load(weights_dir / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx")
    noise = np.random.default_rng(1)
    found = []
    for text in STORY:
        sound = np.concatenate([chunk.audio_float_array for chunk in voice.synthesize(text)])
        dull = soxr.resample(soxr.resample(sound, 22_050, 6_000), 6_000, RATE).astype(np.float32)
        found.append(0.1 * dull + noise.normal(0, 0.002, dull.size).astype(np.float32))
    return found


def test_most_pieces_of_an_echo_are_known_by_their_words(base, left_of_her):
    pieces = [
        (said, base.glimpse(sound[round(start * RATE) : round((start + seconds) * RATE)], Never()).text)
        for said, sound in zip(STORY, left_of_her, strict=True)
        for seconds in (1.0, 1.5, 2.0, 3.0)
        for start in np.arange(0.0, len(sound) / RATE - seconds, 0.5)
    ]
    words = [(said, heard) for said, heard in pieces if len(heard.split()) >= 2]

    assert len(words) >= 60
    assert np.mean([are_hers(heard, said) for said, heard in words]) >= 0.8, words


def test_nothing_that_people_order_is_hers(base, recordings):
    sounds = [soundfile.read(path, dtype="float32")[0] for path in recordings.glob("order_*.flac")]
    orders = [base.glimpse(sound, Never()).text for sound in sounds]

    assert len(orders) >= 6
    assert not [heard for heard in orders if are_hers(heard, " ".join(STORY))]
