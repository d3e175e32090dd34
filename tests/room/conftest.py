"""The measuring room, and people who speak in it: real models, real audio, end to end."""

import os
from pathlib import Path

import numpy as np
import pytest
import soxr

from companion.audio.recordings import write
from companion.bench.room import Room
from companion.bench.turns import Talk
from companion.engines import Never
from companion.settings import AsrSettings, TtsSettings
from companion.settings_file import change

NO_NETWORK = ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--net")
"""Runs a program where no network interface is up."""


@pytest.fixture
def room():
    """A room with headphones."""
    with Room() as room:
        yield room


@pytest.fixture
def home(tmp_path) -> Path:
    """A fresh home in which replies don't depend on chance."""
    home = tmp_path / "home"
    change(home, "llm.temperature", 0.0)
    change(home, "llm.seed", 1)
    return home


@pytest.fixture
def talking(room, home):
    """`companion talk` in the room, listening; with no network."""
    talk = Talk(room, home, within=NO_NETWORK)
    assert talk.wait_for("Listening", 60), talk.lines
    yield talk
    if talk.process.poll() is None:
        talk.close()


@pytest.fixture(scope="session")
def voice(weights_dir, tmp_path_factory):
    """Speaks a sentence into a WAV file, as the user."""
    from companion.engines.tts.piper import PiperSynthesizer

    piper = PiperSynthesizer(weights_dir / "piper-en_US-joe-medium", TtsSettings(pace=0.95))
    folder = tmp_path_factory.mktemp("voice")

    def speak(sentence: str) -> Path:
        path = folder / f"{abs(hash(sentence))}.wav"
        samples = np.concatenate([s.samples for s in piper.synthesize(sentence, Never())])
        write(path, samples, piper.rate)
        return path

    return speak


@pytest.fixture(scope="session")
def transcribed(weights_dir):
    """What is said in sound of any rate."""
    from companion.engines.asr.whisper import WhisperRecognizer

    whisper = WhisperRecognizer(weights_dir / "whisper-base", AsrSettings())

    def transcribe(sound: np.ndarray, rate: int) -> str:
        return whisper.thorough(np.asarray(soxr.resample(sound, rate, 16_000), np.float32), Never()).text

    return transcribe
