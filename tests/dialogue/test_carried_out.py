"""Requests in conversations, in virtual time: what she goes on with, what she repeats, who is answered."""

from dataclasses import replace

import pytest
from scripted import PATIENCE, Says, Stage

from companion.dialogue import events as e
from companion.dialogue.carried_out import ADJUSTED
from companion.dialogue.prompt import Line, Record, Turn, lines
from companion.dialogue.requests import Request
from companion.dialogue.state import Floor
from companion.dialogue.user_turn import HELD

ASK = Says(1.0, 2.0, "tell me a story.")
STORY = (
    "Once upon a time there was a very small dog. He lived alone by the sea. One day he found a boat and "
    "went out to look for the moon. It took him a hundred days. Then he came home and told nobody."
)


def slow_story(*says, until=60.0):
    """She tells a story that is written so slowly that it is never at its end when she is interrupted. Where
    she is asked to go on, the model writes what follows the words that the prompt ends with."""
    stage = Stage(ASK, *says)

    def reply(messages):
        last = messages[-1]
        return STORY.partition(last.content)[2] if last.role == "assistant" else STORY

    stage.llm.reply = reply
    stage.llm.token_seconds = 0.25
    stage.asr.seconds = 0.05
    return stage.run(until)


def spoken(stage):
    return [line.removeprefix("companion: ") for line in stage.said() if line.startswith("companion")]


# --- go on


@pytest.mark.parametrize("stopped", [5.2, 6.1, 7.0, 8.3])
def test_go_on_goes_on_where_the_model_was_cut_off_to_the_word(stopped):
    stage = slow_story(Says(stopped, stopped + 0.8, "stop."), Says(14.0, 14.6, "go on."))

    said = spoken(stage)

    assert len(stage.seen.of(e.Continue)) == 1
    assert said[0].endswith(" —")
    assert f"{said[0].removesuffix(' —')} {said[1]}" == STORY


def test_who_has_stopped_her_and_wants_her_louder_does_not_want_the_rest():
    stage = slow_story(Says(6.1, 6.9, "stop."), Says(14.0, 14.8, "louder, please."))

    assert spoken(stage)[1:] == [ADJUSTED[Request.LOUDER]]


def test_the_model_is_told_where_it_was_cut_off():
    stage = slow_story(Says(6.1, 6.9, "stop."), Says(14.0, 14.6, "go on."))

    *before, mine = stage.llm.prompts[-1]

    assert mine.role == "assistant"
    assert mine.content.startswith(spoken(stage)[0].removesuffix(" —"))
    assert STORY.startswith(mine.content)
    assert before[-1].content == "tell me a story."


def test_a_story_that_was_interrupted_twice_is_told_to_its_end():
    stage = slow_story(
        Says(5.0, 5.8, "stop."),
        Says(8.0, 8.6, "go on."),
        Says(13.0, 13.8, "stop."),
        Says(18.0, 18.6, "go on."),
    )

    said = [text.removesuffix(" —") for text in spoken(stage)]

    assert len(said) == 3
    assert " ".join(said) == STORY


def test_slower_in_the_middle_of_a_story_that_is_not_written_yet_goes_on_with_all_of_it():
    stage = slow_story(Says(5.2, 6.0, "slower, please."))

    said = spoken(stage)

    assert f"{said[0].removesuffix(' —')} {said[1]}" == STORY
    assert ADJUSTED not in said


def test_never_mind_ends_it_for_good():
    stage = slow_story(Says(5.2, 6.0, "never mind."), Says(10.0, 10.6, "go on."))

    assert stage.seen.of(e.Continue) == []
    assert stage.llm.prompts[-1][-1].content.endswith("go on.")


# --- what was heard


def test_what_is_repeated_is_what_was_heard_and_she_can_still_go_on():
    stage = slow_story(
        Says(6.1, 6.9, "stop."), Says(12.0, 12.8, "what did you say?"), Says(22.0, 22.6, "go on."), until=80.0
    )

    first, again, rest = (text.removesuffix(" —") for text in spoken(stage))

    assert again == first
    assert f"{first} {rest}" == STORY


def test_a_question_that_was_never_heard_was_not_asked():
    stage = Stage(ASK, Says(4.4, 5.2, "no no, wait."))
    stage.llm.reply = lambda messages: (
        "I know a lovely one about a small dog by the sea. Do you want to hear it?"
    )
    stage.asr.seconds = 0.05

    stage.run(6.5)

    assert stage.conversation.state.question == ""
    assert "hear it?" in stage.conversation.state.rest


def asked(question, *says, until=20.0):
    stage = Stage(ASK, *says)
    stage.llm.reply = lambda messages: question if "story" in messages[-1].content else "I see."
    stage.asr.seconds = 0.05
    return stage.run(until)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Have you eaten?", "not yet."),
        ("How was the house?", "quiet."),
        ("Did you sleep?", "enough."),
        ("How long will it take?", "one minute."),
        ("How was the concert?", "too loud."),
        ("Will you take it?", "I'm thinking about it."),
    ],
)
def test_an_answer_to_her_question_is_answered(question, answer):
    stage = asked(question, Says(6.0, 6.8, answer))

    assert stage.said()[-2:] == [f"user: {answer}", "companion: I see."]


@pytest.mark.parametrize("text", ["quiet!", "enough.", "stop"])
def test_over_her_voice_a_word_stops_her_though_she_has_asked_something(text):
    question = "Do you like dogs? I know a lovely story about a very small dog who lived alone by the sea."
    stage = asked(question, Says(4.6, 5.4, text))

    assert stage.seen.of(e.StopPlaying)[0][0] < 5.4
    assert stage.said()[-1] == f"user: {text}"
    assert stage.conversation.state.floor is Floor.IDLE


# --- typed


@pytest.mark.parametrize("text", ["go on", "slower"])
def test_what_is_typed_while_she_speaks_goes_on_from_the_word_that_was_heard(text):
    stage = Stage(ASK)
    stage.llm.reply = lambda messages: STORY
    stage.at(6.0, e.Typed(text)).run(60.0)

    said = spoken(stage)

    assert f"{said[0].removesuffix(' —')} {said[1]}" == STORY


@pytest.mark.parametrize("text", ["go on", "what about a cat?"])
def test_what_is_typed_while_she_speaks_is_not_waited_for_for_ever(text):
    stage = Stage(ASK)
    stage.llm.reply = lambda messages: STORY
    stage.at(6.0, e.Typed(text)).run(6.1)

    assert stage.conversation.state.floor in (Floor.ANSWERING, Floor.COMPANION)
    assert e.Timer.ANSWER in stage.conversation.timers


def test_repeat_that_typed_while_she_speaks_repeats_what_was_heard():
    stage = Stage(ASK)
    stage.llm.reply = lambda messages: STORY
    stage.at(6.0, e.Typed("repeat that")).run(60.0)

    first, again = spoken(stage)

    assert again == first.removesuffix(" —")


# --- nobody is left unanswered


def test_what_was_said_before_a_wish_for_time_is_answered_when_nothing_follows():
    stage = Stage(Says(1.0, 2.0, "her name is, give me a second.")).run(2.0 + HELD + 5.0)

    ((committed, _),) = stage.seen.of(e.CommitUserTurn)
    assert committed == pytest.approx(2.0 + HELD, abs=0.1)
    assert len(spoken(stage)) == 1


def test_what_may_be_a_wish_for_time_or_not_is_answered_in_the_end():
    stage = Stage(Says(1.0, 2.0, "I'm thinking.")).run(2.0 + HELD + 5.0)

    assert len(spoken(stage)) == 1


def test_a_wish_for_time_beyond_doubt_is_granted_for_as_long_as_the_setting_says():
    stage = Stage(Says(1.0, 2.0, "give me a minute."), patience=replace(PATIENCE, hold=120.0))

    stage.run(100.0)

    assert stage.conversation.state.floor is Floor.PAUSE


def test_with_the_key_what_was_said_before_a_wish_for_time_is_answered_at_once():
    stage = Stage(
        Says(1.0, 2.0, "her name is, give me a second."), patience=replace(PATIENCE, hands_free=False)
    )
    stage.at(0.9, e.PushStarted()).at(2.1, e.PushEnded()).run(8.0)

    assert len(spoken(stage)) == 1


# --- what the model is shown


def test_a_reply_that_is_taken_up_ends_the_prompt_and_what_came_behind_it_is_left_out():
    turns = (
        Turn("user", 1, "Hello."),
        Turn("companion", 1, "Hello, how", interrupted=True),
        Turn("user", 2, "Tell me a story."),
        Turn("companion", 2, "Once upon", interrupted=True),
        Turn("user", 3, "Stop."),
        Turn("user", 4, "Go on."),
    )

    assert lines(Record(turns).taken_up(2, "a time"))[-2:] == [
        Line("user", "Tell me a story."),
        Line("assistant", "Once upon a time"),
    ]
    assert lines(Record(turns[4:]).taken_up(2, "a time"))[-2:] == [  # thinned, or nothing was heard of it
        Line("user", "Stop.\nGo on."),
        Line("assistant", "a time"),
    ]
