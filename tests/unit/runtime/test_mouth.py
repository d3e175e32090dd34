"""Clauses sound in order, and what was heard of them is known word by word."""

import numpy as np

from companion.dialogue import events as e
from companion.engines.tts import Speech, SpokenWord
from companion.runtime.mouth import Mouth
from companion.runtime.simulation import VirtualClock, VirtualSound


def speech(*words: str) -> Speech:
    """Half a second a word."""
    times = tuple(SpokenWord(w, i / 2, i / 2 + 0.5) for i, w in enumerate(words))
    return Speech(np.ones(8000 * len(words), np.int16), 16_000, times)


def test_the_words_heard_are_those_of_which_at_least_half_sounded():
    clock = VirtualClock()
    mouth = Mouth(VirtualSound(clock, np.zeros(0, np.float32)))
    mouth.hold(1, 0, [speech("one", "two")])
    mouth.hold(1, 1, [speech("three", "four")])
    mouth.play(1, 0)
    mouth.play(1, 1)

    clock.time = 1.3

    assert mouth.stop(1) == "one two three"


def test_each_clause_is_reported_once_when_it_has_left_the_loudspeaker():
    clock = VirtualClock()
    mouth = Mouth(VirtualSound(clock, np.zeros(0, np.float32)))
    mouth.hold(7, 0, [speech("one")])
    mouth.hold(7, 1, [speech("two")])
    mouth.play(7, 0)
    mouth.play(7, 1)
    seen = []

    for step in range(150):
        clock.time = step / 100
        seen += mouth.poll()

    assert seen == [e.PlaybackBegun(7), e.ClausePlayed(7, 0), e.ClausePlayed(7, 1)]


def test_a_dropped_draft_never_sounds():
    clock = VirtualClock()
    sound = VirtualSound(clock, np.zeros(0, np.float32))
    mouth = Mouth(sound)
    mouth.hold(1, 0, [speech("one")])
    mouth.drop(1)
    mouth.play(1, 0)

    clock.time = 5.0

    assert sound.played == []
    assert mouth.poll() == []


def test_the_next_answer_begins_afresh():
    clock = VirtualClock()
    mouth = Mouth(VirtualSound(clock, np.zeros(0, np.float32)))
    mouth.hold(1, 0, [speech("one", "two", "three")])
    mouth.play(1, 0)
    clock.time = 0.6
    mouth.poll()
    mouth.stop(1)

    mouth.hold(2, 0, [speech("four")])
    mouth.play(2, 0)
    clock.time = 0.7

    assert mouth.poll() == [e.PlaybackBegun(2)]
    clock.time = 2.0
    assert mouth.poll() == [e.ClausePlayed(2, 0)]
