"""Frames in, edges of speech and the sound of the turn out."""

import numpy as np
import pytest
from scripted import LEVEL, LoudDetector

from companion.audio import FRAME, RATE, Captured
from companion.dialogue import events as e
from companion.engines.vad.hysteresis import Hysteresis, Started
from companion.runtime.ears import Ears
from companion.settings import VadSettings


def ears(hands_free: bool = True) -> Ears:
    return Ears(
        LoudDetector(), Hysteresis(VadSettings()), Started, pre_roll=0.5, barge_in=0.2, hands_free=hands_free
    )


def hear(listener: Ears, *stretches: tuple[float, float], start: float = 0.0, gap: float = 0.0):
    """Let stretches of (level, seconds) be heard, frame by frame; the events with their times."""
    sound = np.concatenate([np.full(round(s * RATE), level, np.float32) for level, s in stretches])
    events, now = [], start
    for i in range(0, len(sound) - FRAME + 1, FRAME):
        now += FRAME / RATE
        events += listener.hear(Captured(sound[i : i + FRAME].reshape(1, -1), now, gap if i == 0 else 0.0))
    return events


def test_speech_has_a_beginning_and_an_end_at_the_clocks_own_time():
    rose, started, sustained, _dipped, paused = hear(
        ears(), (0.0, 1.0), (LEVEL, 0.8), (0.0, 0.5), start=100.0
    )

    assert isinstance(rose, e.SpeechRose)
    assert isinstance(started, e.SpeechStarted)
    assert started.onset == pytest.approx(101.0, abs=0.04)
    assert isinstance(sustained, e.SpeechSustained)
    assert isinstance(paused, e.SpeechPaused)
    assert paused.end == pytest.approx(101.8, abs=0.04)


def test_the_turn_has_its_pre_roll_and_not_a_sample_less():
    listener = ears()
    hear(listener, (0.001, 2.0), (LEVEL, 0.8), (0.0, 0.5))

    shot = listener.snapshot(1)

    loud = np.flatnonzero(shot.audio > LEVEL / 2)
    assert loud[0] / RATE == pytest.approx(0.5, abs=0.04)
    assert len(loud) / RATE == pytest.approx(0.8, abs=0.001)


def test_without_a_turn_there_is_no_sound_to_snapshot():
    listener = ears()
    hear(listener, (0.0, 2.0))

    assert len(listener.snapshot(1).audio) == 0


def test_a_key_keeps_the_pre_roll_of_speech_that_the_vad_has_not_noticed_yet():
    listener = ears(hands_free=False)
    hear(listener, (0.0, 1.0), (LEVEL, 0.1))

    listener.hold()
    hear(listener, (LEVEL, 0.5), start=1.1)

    shot = listener.snapshot(1)
    assert np.count_nonzero(shot.audio > LEVEL / 2) / RATE == pytest.approx(0.6, abs=0.001)


def test_with_a_key_alone_speech_is_not_kept():
    listener = ears(hands_free=False)
    hear(listener, (LEVEL, 5.0))

    assert len(listener.snapshot(1).audio) == 0


def test_dropping_the_turn_keeps_speech_that_is_going_on():
    listener = ears()
    hear(listener, (LEVEL, 0.8), (0.0, 0.6), (2 * LEVEL, 0.3))

    listener.drop()

    assert np.count_nonzero(np.isclose(listener.snapshot(2).audio, 2 * LEVEL)) / RATE == pytest.approx(0.3)


def test_forgetting_leaves_not_one_sample():
    listener = ears()
    hear(listener, (LEVEL, 0.8))

    listener.forget()
    hear(listener, (0.0, 0.5), (2 * LEVEL, 0.5), start=10.0)

    audio = listener.snapshot(1).audio
    assert np.isclose(audio, 2 * LEVEL).any()
    assert not np.isclose(audio, LEVEL).any()


def test_a_lost_microphone_ends_the_speech_that_was_going_on():
    listener = ears()
    hear(listener, (LEVEL, 0.8))

    assert listener.lose(5.0) == [e.SpeechPaused(5.0)]
    assert listener.lose(6.0) == []


def test_a_lost_microphone_ends_a_sound_that_might_have_become_speech():
    listener = ears()
    assert e.SpeechRose() in hear(listener, (LEVEL, 0.07))

    assert listener.lose(5.0) == [e.SpeechFell()]


def test_lost_frames_leave_a_silence_of_their_length():
    listener = ears()
    hear(listener, (LEVEL, 0.8))
    hear(listener, (LEVEL, 0.2), start=0.9, gap=0.1)

    audio = listener.snapshot(1).audio

    assert np.count_nonzero(audio == 0) / RATE == pytest.approx(0.1, abs=0.01)


def test_a_long_silence_does_not_fill_the_memory():
    listener = ears()
    hear(listener, (0.0, 60.0))

    assert listener._tape.end - listener._tape.start < 4 * RATE
