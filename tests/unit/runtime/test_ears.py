"""Frames in, edges of speech and the sound of the turn out."""

import numpy as np
import pytest
from scripted import LEVEL, LoudDetector

from companion.audio import FRAME, RATE, Captured
from companion.dialogue import events as e
from companion.engines.vad.hysteresis import Hysteresis, Started
from companion.runtime.ears import Ears, Snapshot
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


# --- the utterances in a turn's sound


def test_a_turns_sound_tells_where_the_utterances_are_in_it():
    listener = ears()
    hear(listener, (0.0, 1.0), (LEVEL, 0.8), (0.0, 0.4), (2 * LEVEL, 0.6), (0.0, 0.3))

    shot = listener.snapshot(1)

    assert [round(float(shot.sound(*span).max() / LEVEL)) for span in shot.spans] == [1, 2]
    first, second = ((b - a) / RATE for a, b in shot.spans)
    assert (first, second) == (pytest.approx(0.8, abs=0.07), pytest.approx(0.6, abs=0.07))
    assert shot.spans[0][0] - shot.start == pytest.approx(0.5 * RATE, abs=600)
    assert not shot.speaking


def test_an_utterance_that_goes_on_ends_where_its_sound_does():
    listener = ears()
    hear(listener, (0.0, 1.0), (LEVEL, 0.8))

    shot = listener.so_far()

    assert shot.speaking
    assert shot.spans[-1][1] == pytest.approx(shot.end, abs=512)


def test_what_was_dropped_or_forgotten_has_no_utterances_any_more():
    listener = ears()
    hear(listener, (0.0, 1.0), (LEVEL, 0.8), (0.0, 1.0))
    listener.drop()
    hear(listener, (2 * LEVEL, 0.8), start=2.8)
    assert len(listener.so_far().spans) == 1

    listener.forget()
    assert listener.so_far().spans == ()


def test_of_speech_that_goes_on_only_the_last_may_be_kept():
    listener = ears()
    hear(listener, (0.0, 1.0), (LEVEL, 5.0))

    listener.drop(most=2.0)

    assert len(listener.so_far().audio) == 2 * RATE


def numbered() -> Snapshot:
    """A hundred samples that are their own numbers, with three utterances."""
    spans = ((110, 120), (130, 160), (170, 190))
    return Snapshot(100, 200, np.arange(100, 200, dtype=np.float32), 190, spans)


@pytest.mark.parametrize(
    ("gaps", "left", "spans"),
    [
        ([], [(100, 200)], ((110, 120), (130, 160), (170, 190))),
        ([(170, 190)], [(100, 170)], ((110, 120), (130, 160))),
        ([(110, 120)], [(120, 200)], ((130, 160), (170, 190))),
        ([(110, 120), (170, 190)], [(120, 170)], ((130, 160),)),
        ([(130, 160)], [(100, 130), (160, 200)], ((110, 120), (140, 160))),
        ([(130, 140)], [(100, 130), (140, 200)], ((110, 120), (130, 150), (160, 180))),
        ([(110, 120), (130, 160), (170, 190)], [], ()),
    ],
)
def test_what_others_said_is_taken_out_of_a_sound(gaps, left, spans):
    cut = numbered().without(gaps)

    assert cut.audio.tolist() == [float(n) for a, b in left for n in range(a, b)]
    assert cut.spans == spans
    assert cut.end - cut.start == len(cut.audio)
    assert all(cut.start <= a < b <= cut.end for a, b in cut.spans)


def test_no_pre_roll_holds_the_end_of_what_was_dropped():
    listener = ears()
    hear(listener, (0.0, 1.0), (LEVEL, 0.8), (0.0, 0.2))
    listener.drop()
    hear(listener, (2 * LEVEL, 0.8), start=2.0)

    shot = listener.so_far()

    assert len(shot.spans) == 1
    assert np.count_nonzero(np.isclose(shot.audio, LEVEL)) < 512, "less than a window of the VAD"


def test_a_snapshot_tells_until_when_she_spoke():
    listener = ears()
    hear(listener, (0.0, 1.0))
    assert listener.so_far().spoke == float("-inf")
    listener.she_speaks()
    hear(listener, (0.0, 0.5), (LEVEL, 0.8), (0.0, 0.5), start=1.0)

    shot = listener.snapshot(1)

    assert shot.spoke == RATE
    assert shot.without(((0, 2 * RATE),)).spoke == shot.without(((0, 9 * RATE),)).spoke == RATE


@pytest.mark.parametrize(("noise", "level"), [(0.5, 0.0), (0.05, 20.0), (0.005, 40.0)])
def test_how_far_speech_stands_out_of_the_noise(noise, level):
    audio = np.full(4 * RATE, noise, np.float32)
    audio[RATE : 2 * RATE] = 0.5

    shot = Snapshot(100, 100 + audio.size, audio, 100 + 2 * RATE, ((100 + RATE, 100 + 2 * RATE),))

    assert shot.over_noise() == pytest.approx(level, abs=0.1)
    assert Snapshot(100, 200, audio[:100], 100).over_noise() == 0.0
