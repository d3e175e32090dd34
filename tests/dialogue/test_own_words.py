"""Her own words come back through the microphone: they neither stop her nor are they anybody's turn."""

import pytest
from scripted import Says, Stage

from companion.dialogue import events as e
from companion.dialogue.own_words import are_hers
from companion.dialogue.state import Floor

STORY = "once upon a time there was a very small dog who lived alone by the sea"
ASK = Says(1.0, 2.0, "tell me a story.")


def telling(*says, reply=STORY, until=15.0):
    stage = Stage(ASK, *says)
    stage.llm.reply = lambda messages: reply
    stage.asr.seconds = 0.05
    return stage.run(until)


@pytest.mark.parametrize(
    "heard", ["A very small dog.", "there was very small", "small dock who lived", "lived"]
)
def test_a_piece_of_what_she_said_is_hers(heard):
    assert are_hers(heard, STORY)


@pytest.mark.parametrize(
    "heard",
    [
        "",
        "no",
        "was",
        "a very big cat",
        "no, wait, a small",
        "the sea was small",
        "tell me about the dog by the sea",
    ],
)
def test_other_words_are_not_though_hers_are_among_them(heard):
    assert not are_hers(heard, STORY)


def test_what_goes_on_for_long_is_hers_until_somebody_comes_in():
    assert are_hers(f"{STORY} and {STORY}", f"well, {STORY}, and {STORY} with her")
    assert not are_hers(f"{STORY} I have to go now", f"{STORY}, and {STORY}")


def test_what_she_said_long_ago_may_be_said_by_anybody():
    assert not are_hers("once upon a time", f"{STORY} {' '.join(map(str, range(30)))}")


@pytest.mark.parametrize("heard", ["upon a time.", "time there was", "upon at time there was a very small"])
@pytest.mark.parametrize("seconds", [0.5, 1.2, 2.5])
def test_her_own_words_do_not_stop_her_and_are_no_turn(heard, seconds):
    stage = telling(Says(4.5, 4.5 + seconds, heard))

    assert stage.seen.of(e.StopPlaying) == []
    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]


def test_her_last_words_are_no_turn_where_their_echo_outlasts_her():
    end = telling().seen.of(e.CommitCompanionTurn)[0][0]
    for start in (end - 0.5, end + 0.1):
        stage = telling(Says(start, start + 1.0, "alone by the sea."))

        assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
        assert stage.conversation.state.floor is Floor.IDLE


def test_who_repeats_her_after_a_while_is_heard():
    end = telling().seen.of(e.CommitCompanionTurn)[0][0]

    stage = telling(Says(end + 0.8, end + 1.8, "alone by the sea."))

    assert "user: alone by the sea." in stage.said()


def test_who_interrupts_with_a_word_of_hers_and_goes_on_is_heard():
    stage = telling(Says(4.5, 6.5, "a small dog, no, tell me about a cat."))

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert "user: a small dog, no, tell me about a cat." in stage.said()


@pytest.mark.parametrize("answer", ["tea.", "coffee.", "coffee, please."])
def test_a_word_of_her_question_answers_it(answer):
    question = "would you rather like tea or coffee?"
    end = telling(reply=question).seen.of(e.CommitCompanionTurn)[0][0]
    for start in (end - 0.3, end + 0.1):
        stage = Stage(ASK, Says(start, start + 0.5, answer))
        stage.llm.reply = lambda messages: question if "story" in messages[-1].content else "here it is."
        stage.asr.seconds = 0.05
        stage.run(15.0)

        assert f"user: {answer}" in stage.said()


def test_a_request_in_words_of_hers_is_done():
    stage = telling(Says(4.5, 5.5, "stop talking."), reply=f"you can say stop talking at any time, {STORY}")

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert stage.said()[-1] == "user: stop talking."


def test_a_key_makes_words_of_hers_the_users():
    stage = Stage(ASK, Says(4.6, 5.4, "upon a time."))
    stage.llm.reply = lambda messages: STORY
    stage.at(4.5, e.PushStarted()).at(5.5, e.PushEnded()).run(12.0)

    assert "user: upon a time." in stage.said()
