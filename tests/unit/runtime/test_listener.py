"""Who is answered, and what is learned from whom."""

import numpy as np
import pytest

from companion.engines.speaker.dvector import unit
from companion.engines.speaker.voices import KnownVoices, Who
from companion.runtime.ears import Snapshot
from companion.runtime.listener import FIRST, OWNER, SURE, Listener

RATE = 16_000


class LevelEncoder:
    """A voice is its level: 0.1 is one person's, 0.2 another's, and nothing is too short."""

    def vector(self, audio):
        if not audio.size:
            return None
        voice = np.zeros(256)
        voice[round(float(np.abs(audio).max()) * 10)] = 1.0
        return unit(voice)


def speech(level, seconds=2.0, silence=0.5):
    audio = np.concatenate([np.full(round(seconds * RATE), level), np.zeros(round(silence * RATE))])
    return Snapshot(1000, 1000 + audio.size, audio.astype(np.float32), 1000 + round(seconds * RATE))


def listener(only_known=False, learn=False, names=("Anna",)):
    known, kept = KnownVoices(), []
    for number, name in enumerate(names, 1):
        known.enrol(name, [LevelEncoder().vector(np.full(RATE, number / 10))])
    return Listener(LevelEncoder(), known, only_known, learn, keep=kept.append), kept


def test_every_turn_has_a_name_or_none():
    ear, _ = listener(names=("Anna", "Ben"))

    assert [ear.who(speech(level)).name for level in (0.1, 0.2, 0.3)] == ["Anna", "Ben", ""]


def test_everybody_is_answered_unless_it_is_set_otherwise():
    ear, _ = listener(only_known=False)
    assert ear.meant(ear.who(speech(0.3)))

    ear, _ = listener(only_known=True)
    assert not ear.meant(ear.who(speech(0.3)))
    assert ear.meant(ear.who(speech(0.1)))


def test_a_voice_that_is_hardly_like_a_known_one_is_not_answered_where_only_those_are():
    ear, _ = listener(only_known=True)

    assert not ear.meant(Who("Anna", 0.6, SURE - 0.1))
    assert ear.meant(Who("Anna", 0.6, SURE))


def test_a_word_too_short_to_tell_a_voice_by_is_theirs_who_has_just_spoken():
    ear, _ = listener(only_known=True)
    short = Snapshot(5 * RATE, 5 * RATE, np.zeros(0, np.float32), 5 * RATE)
    later = Snapshot(60 * RATE, 60 * RATE, np.zeros(0, np.float32), 60 * RATE)

    assert not ear.meant(ear.who(short))
    ear.who(speech(0.1))
    assert ear.meant(ear.who(short))
    assert not ear.meant(ear.who(later))


def test_as_long_as_nobody_is_known_everybody_is_answered():
    ear, _ = listener(only_known=True, names=())

    assert ear.meant(ear.who(speech(0.3)))


@pytest.mark.parametrize(
    ("seconds", "turns", "learned"), [(2.0, FIRST, 1), (2.0, FIRST - 1, 0), (0.5, 20, 0)]
)
def test_the_first_voice_is_learned_from_the_first_turns_that_are_long_enough(seconds, turns, learned):
    ear, kept = listener(learn=True, names=())

    for _ in range(turns):
        ear.committed(speech(0.1, seconds))

    assert [voice.name for voice in kept] == [OWNER] * learned


def test_without_being_asked_to_it_learns_nothing():
    ear, kept = listener(learn=False, names=())

    for _ in range(10):
        ear.committed(speech(0.1))

    assert kept == []
    assert not ear.known


def test_a_known_voice_is_followed_and_a_stranger_teaches_nothing():
    ear, kept = listener(learn=True)

    ear.committed(speech(0.1))
    ear.committed(speech(0.3))

    assert [voice.name for voice in kept] == ["Anna"]
