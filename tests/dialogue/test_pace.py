"""How long a user's pauses last: what teaches it, and that it is known again after a start."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Says, Stage

from companion import app
from companion.dialogue import events as e
from companion.dialogue.endpointing import FASTEST, SLOWEST
from companion.dialogue.pace import LONG, SOON, TRIED, Paces, cut_off, waited_out
from companion.runtime.jobs import Engines
from companion.settings import Settings


@given(st.lists(st.floats(0.0, 20.0) | st.none(), max_size=200))
def test_what_is_learned_stays_within_bounds(pauses):
    pace = 1.0
    for pause in pauses:
        pace = cut_off(pace) if pause is None else waited_out(pace, pause)
    assert FASTEST <= pace <= SLOWEST


def test_a_cut_off_teaches_more_than_a_pause_and_a_gap_between_words_teaches_nothing():
    assert waited_out(1.0, TRIED - 0.05) == 1.0
    assert waited_out(1.0, LONG / 2) < 1.0 < waited_out(1.0, LONG) < cut_off(1.0)
    assert cut_off(1.0) - 1.0 > 10 * (1.0 - waited_out(1.0, LONG / 2))


@pytest.mark.parametrize("usual", [0.35, 0.42])
def test_who_pauses_for_longer_is_cut_off_no_more_often_in_the_end(usual):
    chance = random.Random(1)
    pace, cuts, pauses = 1.0, 0, 0
    for number in range(6000):
        pause = chance.lognormvariate(-1.0, 0.4) * usual / 0.37
        cut = pause > 0.7 * pace
        pace = cut_off(pace) if cut else waited_out(pace, pause)
        if number > 1000 and pause >= TRIED:
            cuts, pauses = cuts + cut, pauses + 1
    assert cuts / pauses < 0.06


def test_everybody_has_a_pace_of_their_own_and_somebody_new_that_of_the_others():
    paces = Paces((("", 1.2), ("Anna", 0.9)))

    assert [paces.of(who) for who in ("", "Anna", "Tom")] == [1.2, 0.9, 1.2]
    assert paces.with_pace("Tom", 1.3).of("Tom") == 1.3
    assert paces.with_pace("Anna", 0.9) is paces
    assert Paces((("", 99.0),)).of("") == SLOWEST


def cut(*says):
    stage = Stage(Says(1.0, 2.0, "what is the capital of France."), *says)
    stage.llm.prefill_seconds = 0.5
    stage.asr.seconds = 0.05
    return stage.run(20.0)


def test_who_goes_on_right_after_the_end_of_the_turn_was_cut_off_and_is_waited_for_longer():
    stage = cut(Says(2.9, 3.8, "and of Italy."))

    assert stage.conversation.state.paces.of("") == pytest.approx(cut_off(1.0))
    assert stage.store.paces == {"": pytest.approx(cut_off(1.0))}


@pytest.mark.parametrize(
    "says",
    [
        Says(2.9, 3.3, "mhm."),
        Says(2.9, 3.6),
        Says(2.9, 3.6, "stop, please."),
        Says(2.4 + SOON + 0.2, 5.2, "no, and of Italy."),
    ],
)
def test_a_backchannel_a_cough_a_request_and_a_late_interruption_are_no_cut_offs(says):
    stage = cut(says)

    assert stage.conversation.state.paces.of("") == 1.0
    assert stage.store.paces == {}


def test_after_a_typed_line_nobody_was_cut_off():
    stage = Stage(Says(1.5, 2.5, "and of Italy.")).at(1.0, e.Typed("what is the capital of France."))
    stage.llm.prefill_seconds = 2.0

    stage.run(12.0)

    assert "user: and of Italy." in stage.said()
    assert stage.conversation.state.paces.of("") == 1.0


def test_what_was_learned_before_the_start_is_known():
    class Known(app.Forgetful):
        def paces(self):
            return [("Anna", 1.3)]

    stage = Stage()
    engines = Engines(stage.asr, stage.endpoint, None, stage.llm, stage.tts)
    parts = app.Parts(engines, stage.ears, Known(), Settings())

    conversation = app.converse(parts, stage.simulation, stage.mouth, stage.sound, stage.clock, ())

    assert conversation.state.paces.of("Anna") == 1.3
