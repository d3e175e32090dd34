"""Recordings with marked pauses: where they lie, how long they are, and that the voice is left as it is."""

import numpy as np
import pytest

from companion.audio import RATE
from companion.bench import everyday
from companion.bench.detector import edges
from companion.bench.pauses import LONGEST, SHORTEST, items
from companion.engines.asr.whisper import WhisperRecognizer
from companion.engines.tts.piper import PiperSynthesizer
from companion.settings import AsrSettings, TtsSettings


@pytest.fixture(scope="module")
def found(weights_dir, recordings, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    (data / "commands").mkdir()
    rows = ["file,phrases"]
    for name in ("order_004.flac", "order_025.flac"):
        (data / "commands" / name).symlink_to(recordings / name)
        rows.append(f"{name},a")
    (data / "commands" / "manifest.csv").write_text("\n".join(rows))
    return list(items(data, WhisperRecognizer(weights_dir / "whisper-tiny.en", AsrSettings())))


def test_each_recording_is_there_whole_and_with_pauses_in_it(found):
    assert {item.file for item in found if item.pause is None} == {"order_004.flac", "order_025.flac"}
    pauses = [item for item in found if item.pause is not None]
    assert len(pauses) >= 2
    assert all(SHORTEST <= item.pause <= LONGEST for item in pauses)
    assert {item.unseen for item in found} == {True, False}


def test_everyday_turns_pause_at_their_bar_or_are_whole(weights_dir, monkeypatch):
    voice = PiperSynthesizer(weights_dir / "piper-en_US-joe-medium", TtsSettings(threads=1))
    monkeypatch.setattr(everyday, "WHOLE", "Do you have a name?")
    monkeypatch.setattr(everyday, "TORN", "I went home | because it was raining.")

    whole, torn = everyday.items(voice)

    assert (whole.pause, whole.unseen, torn.unseen) == (None, False, True)
    _began, paused, again = edges(whole)
    assert (paused, again) == (pytest.approx(whole.at, abs=0.4), float("inf"))
    assert SHORTEST <= torn.pause <= LONGEST
    _began, paused, again = edges(torn)
    assert paused == pytest.approx(torn.at, abs=0.3)
    assert again == pytest.approx(torn.at + torn.pause, abs=0.4)


def test_a_pause_is_room_tone_that_the_speech_detector_hears_as_silence(found):
    for item in found:
        if item.pause is None:
            continue
        middle = round((item.at + item.pause / 2) * RATE)
        tone = item.audio[middle - 1600 : middle + 1600]
        assert np.sqrt(np.mean(tone**2)) < 0.2 * np.sqrt(np.mean(item.audio**2))
        assert np.abs(tone).max() > 0


def test_the_end_of_a_whole_utterance_is_noticed_and_nothing_follows_it(found):
    for item in found:
        if item.pause is None:
            _began, paused, again = edges(item)
            assert paused == pytest.approx(item.at, abs=0.4)
            assert again == float("inf")
