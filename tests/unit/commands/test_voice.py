"""`companion voice`: learn, list, forget."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from homes import store_of

from companion.audio import device
from companion.audio import recordings as sounds
from companion.commands import voice
from companion.dialogue.introductions import called
from companion.errors import AudioError
from companion.settings import Settings
from companion.settings_file import change


def test_a_voice_is_learned_listed_and_forgotten(companion, small_home, recordings, tmp_path):
    whole = sounds.read(recordings / "order_004.flac")
    for number, part in enumerate((whole[: whole.size * 2 // 3], whole[whole.size // 3 :])):
        sounds.write(tmp_path / f"{number}.wav", np.round(32767 * part).astype(np.int16), 16_000)

    learned = companion("voice", "learn", "Anna", *sorted(tmp_path.glob("?.wav")))
    listed = companion("voice", "list", "--json")
    forgotten = companion("voice", "forget", "anna")

    assert learned.returncode == 0, learned.stderr
    assert json.loads(listed.stdout)["voices"][0]["name"] == "Anna"
    assert forgotten.returncode == 0
    assert "no voice" in companion("voice", "list").stdout
    assert store_of(small_home).voices() == []


def test_a_voice_that_is_not_there_is_one_sentence(companion):
    done = companion("voice", "forget", "Nobody")

    assert done.returncode == 1
    assert "voice list" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_voice_is_not_learned_without_a_name(companion, recordings):
    for name, why in ((" ", "needs a name"), ("A\nB", "one line"), (300 * "A", "60 characters")):
        done = companion("voice", "learn", name, recordings / "order_000.flac")

        assert done.returncode == 1
        assert why in done.stderr


def test_recordings_of_two_people_teach_nothing(companion, recordings):
    done = companion("voice", "learn", "Anna", *(recordings / f"order_0{n}.flac" for n in ("04", "18")))

    assert done.returncode == 1
    assert "order_004.flac sounds like somebody else" in done.stderr
    assert "no voice" in companion("voice", "list").stdout


def test_a_recording_without_speech_teaches_nothing(companion, tmp_path):
    silent = tmp_path / "silent.wav"
    sounds.write(silent, np.zeros(16_000, np.int16), 16_000)

    done = companion("voice", "learn", "Anna", silent)

    assert done.returncode == 1
    assert "too little speech" in done.stderr


def test_without_a_microphone_recordings_are_asked_for(companion, small_home):
    change(small_home, "audio.input", "a microphone that there is not")

    done = companion("voice", "learn", "Anna")

    assert done.returncode == 1
    assert "voice learn NAME WAV" in done.stderr
    assert "Traceback" not in done.stderr


def test_of_two_voices_whose_names_differ_in_case_only_the_one_that_is_named_is_forgotten():
    assert called(["Joe", "joe"], "joe") == ["joe"]
    assert called(["Joe", "joe"], "JOE") == ["Joe", "joe"]


def test_a_microphone_that_is_lost_while_a_voice_is_read_to_it_is_one_sentence(monkeypatch):
    gone = "The microphone is gone: plug it in again."

    class Lost:
        def __init__(self, settings):
            """Opens nothing."""

        def start(self):
            """Is there at first."""

        def close(self):
            """Nothing is left."""

        def read(self, timeout):
            return None

        def status(self):
            return SimpleNamespace(trouble=gone)

    monkeypatch.setattr(device, "DeviceSound", Lost)

    with pytest.raises(AudioError, match="plug it in again"):
        voice._read_aloud(Settings())
