"""When a turn is over: the table, and what moves it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import PATIENCE, Says, Stage

from companion.dialogue import endpointing
from companion.dialogue import events as e
from companion.dialogue.endpointing import (
    ASKED,
    ENOUGH,
    OPEN,
    REQUEST,
    SHORT,
    SURE,
    TABLE,
    Evidence,
    confidence,
    wait,
)
from companion.dialogue.openness import Words
from companion.errors import EngineError

SHARE = st.floats(0.0, 1.0)


def test_the_table_rises_as_the_evidence_falls():
    assert all(more[0] > less[0] and more[1] <= less[1] for more, less in pairwise(TABLE))
    assert SURE[1] <= TABLE[0][1]
    assert TABLE[-1][1] <= OPEN


def test_voice_and_words_that_agree_end_a_turn_soon_and_either_alone_does_not():
    assert wait(Evidence(Words.WHOLE, 0.8, 0.98)) == SURE[1]
    assert wait(Evidence(Words.WHOLE, 0.01, 0.98)) > 1.0
    assert wait(Evidence(Words.WHOLE, 0.8, 0.05)) > 1.0


def test_a_yes_is_a_whole_turn_whatever_it_sounds_like():
    assert wait(Evidence(Words.SHORT, None, 0.01)) == SHORT
    assert wait(Evidence(Words.REQUEST, None, 0.01)) == REQUEST


def test_a_word_that_asks_for_another_is_waited_for_whatever_it_sounds_like():
    assert wait(Evidence(Words.OPEN, 0.9, 0.99)) == OPEN


def test_a_small_word_before_a_full_stop_is_judged_as_a_sentence_is():
    assert wait(Evidence(Words.DOUBTFUL, 0.8, 0.98)) == wait(Evidence(Words.WHOLE, 0.8, 0.98))
    assert wait(Evidence(Words.DOUBTFUL, 0.01, 0.05)) == TABLE[-1][1]


def test_after_her_question_and_for_a_slow_speaker_there_is_more_patience():
    usual = wait(Evidence(Words.WHOLE, 0.8, 0.98))
    assert wait(Evidence(Words.WHOLE, 0.8, 0.98, asked=True)) == usual * ASKED
    assert wait(Evidence(Words.WHOLE, 0.8, 0.98, pace=1.3)) == pytest.approx(usual * 1.3)


def test_who_asks_for_time_has_it():
    assert wait(Evidence(Words.HELD, 0.9, 0.99)) == float("inf")


@given(SHARE | st.none(), SHARE | st.none(), SHARE)
def test_more_evidence_never_makes_her_wait_longer(ending, verdict, better):
    evidence = Evidence(Words.WHOLE, ending, verdict)
    raised = Evidence(Words.WHOLE, ending, max(verdict or 0.0, better))
    assert confidence(raised) >= confidence(evidence)
    assert wait(raised) <= wait(evidence)


def test_somebody_who_pauses_long_is_waited_for_longer():
    stage = Stage(Says(1.0, 2.0, "my sister is called"), Says(4.0, 5.0, "Amy."))
    stage.endpoint.probabilities = [0.1, 0.98]

    stage.run(10.0)

    assert stage.conversation.state.paces.of("") > 1.0


def test_the_end_of_turn_model_is_asked_once_even_in_doubt():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."))
    stage.endpoint.probabilities = [0.3]

    stage.run(8.0)

    assert len(stage.seen.of(e.Judge)) == len(stage.seen.of(e.CommitUserTurn)) == 1


def test_a_whole_sentence_is_not_waited_for_as_long_as_half_of_one_whatever_it_sounds_like():
    whole, half = (wait(Evidence(Words.WHOLE, ending, 0.02)) for ending in (0.3, 0.1))
    assert whole == ENOUGH[1] < half


@pytest.mark.parametrize("words", [Words.WHOLE, Words.QUESTION])
def test_what_sounds_ended_and_was_written_down_as_a_sentence_is_not_waited_for_as_half_of_one(words):
    assert wait(Evidence(words, 0.02, 0.95)) == ENOUGH[1]
    assert wait(Evidence(words, 0.02, 0.5)) > ENOUGH[1]
    assert wait(Evidence(Words.UNMARKED, 0.02, 0.95)) > ENOUGH[1]


def test_a_turn_is_over_in_the_end_however_doubtful():
    stage = Stage(Says(1.0, 2.0, "and then"))
    stage.endpoint.probabilities = [0.0]

    stage.run(12.0)

    ((committed, _),) = stage.seen.of(e.CommitUserTurn)
    assert committed - 2.0 < min(PATIENCE.wait_most, endpointing.OPEN) + 0.2


def test_a_failing_end_of_turn_model_leaves_it_to_patience():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."))
    stage.endpoint.failing = EngineError("The end-of-turn model failed: try again.")

    stage.run(12.0)

    assert len(stage.seen.of(e.CommitUserTurn)) == 1
