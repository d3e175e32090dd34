"""Her own words come back through the microphone: they neither stop her nor are they anybody's turn."""

import pytest
from scripted import ASK, STORY, Says, Stage, telling

from companion.dialogue import events as e
from companion.dialogue.own_words import are_hers
from companion.dialogue.state import Floor


def spoken(reply=STORY):
    """From when to when she says it."""
    seen = telling(reply=reply).seen
    return seen.of(e.PlaybackBegun)[0][0], seen.of(e.CommitCompanionTurn)[0][0]


def at_word(word, reply=STORY):
    """When she says that word: the scripted voice takes about as long for each."""
    first, last = spoken(reply)
    words = reply.split()
    return first + (last - first) * words.index(word) / len(words)


# --- words


@pytest.mark.parametrize(
    "heard", ["A very small dog.", "there was very small", "smell dog who", "there wa", "lived"]
)
def test_a_piece_of_what_she_says_is_hers(heard):
    assert are_hers(heard, STORY)


@pytest.mark.parametrize(
    "heard",
    [
        "",
        "no",
        "was",
        "a big white cat",
        "no, wait, a small",
        "there wasn't a small dog",
        "but a very small dog",
    ],
)
def test_other_words_are_not_though_hers_are_among_them(heard):
    assert not are_hers(heard, STORY)


def test_what_goes_on_for_long_is_hers_until_somebody_comes_in():
    assert are_hers(f"{STORY} and {STORY}", f"well, {STORY}, and {STORY} with her")
    assert not are_hers(f"{STORY} I have to go now", f"{STORY}, and {STORY}")


# --- an echo


@pytest.mark.parametrize("heard", ["upon a time.", "upon at time there", "time there was"])
@pytest.mark.parametrize("late", [0.0, 0.3])
def test_her_own_words_do_not_stop_her_and_are_no_turn(heard, late):
    start = at_word(heard.split()[0]) + late

    stage = telling(Says(start, start + 0.8, heard))

    assert stage.seen.of(e.StopPlaying) == []
    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]


def test_an_echo_of_all_she_says_does_not_stop_her():
    start, end = spoken()

    words, each = STORY.split(), (end - start) / len(STORY.split())
    echo = [Says(start + 0.1 + i * each, start + 0.1 + (i + 1) * each, word) for i, word in enumerate(words)]

    stage = telling(*echo)

    assert stage.seen.of(e.StopPlaying) == []
    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


def test_an_echo_that_outlasts_her_is_no_turn():
    end = spoken()[1]

    stage = telling(Says(end - 0.5, end + 0.3, "by the sea."))

    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


@pytest.mark.parametrize("noise", [(0.42, 0.52), (0.42, 0.82), (0.45, 1.45)])
def test_an_echo_that_outlasts_her_is_no_turn_where_a_noise_follows(noise):
    end = spoken()[1]

    stage = telling(Says(end - 0.5, end + 0.3, "by the sea."), Says(end + noise[0], end + noise[1]))

    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


@pytest.mark.parametrize("seconds", [0.6, 0.9])
def test_an_echo_that_outlasts_her_is_no_turn_where_a_noise_follows_and_hearing_is_slow(seconds):
    end = spoken()[1]
    stage = Stage(ASK, Says(end - 0.5, end + 0.3, "by the sea."), Says(end + 0.45, end + 1.45))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.simulation.at(end - 0.6, lambda: setattr(stage.asr, "seconds", seconds))

    stage.run(20.0)

    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


def test_what_is_said_behind_an_echo_that_outlasts_her_is_a_turn_of_its_own():
    end = spoken()[1]

    stage = telling(
        Says(end - 0.5, end + 0.3, "by the sea."), Says(end + 0.45, end + 1.5, "what was she called?")
    )

    assert "user: what was she called?" in stage.said()


def test_an_echo_that_is_noticed_when_she_has_ended_is_no_turn():
    end = spoken()[1]

    stage = telling(Says(end - 0.08, end + 0.3, "the sea."))

    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


def test_an_echo_that_stops_her_before_it_was_looked_at_is_no_turn():
    start = at_word("upon")
    stage = Stage(ASK, Says(start, start + 0.9, "upon a time"))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.simulation.at(start - 0.1, lambda: setattr(stage.asr, "seconds", 1.0))

    stage.run(15.0)

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert "go on" in stage.seen.of(e.Tell)[-1][1].why
    assert [said for said in stage.said() if said.startswith("user")] == ["user: tell me a story."]


# --- somebody who uses her words


@pytest.mark.parametrize("heard", ["really, by the sea?", "by the sea?", "alone by the sea?"])
def test_who_repeats_her_last_words_and_ends_behind_her_is_heard(heard):
    end = spoken()[1]

    stage = telling(Says(end - 0.3, end + 1.0, heard))

    assert f"user: {heard}" in stage.said()


def test_words_that_she_said_before_are_the_users():
    start = at_word("small")

    stage = telling(Says(start, start + 0.8, "once upon a time?"))

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert "user: once upon a time?" in stage.said()


def test_who_repeats_her_when_she_has_ended_is_heard():
    end = spoken()[1]

    stage = telling(Says(end + 0.1, end + 1.1, "alone by the sea."))

    assert "user: alone by the sea." in stage.said()


def test_who_interrupts_with_a_word_of_hers_and_goes_on_is_heard():
    start = at_word("upon")

    stage = telling(Says(start, start + 2.0, "upon a bed, tell me about a cat."))

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert "user: upon a bed, tell me about a cat." in stage.said()


@pytest.mark.parametrize("answer", ["tea.", "coffee.", "coffee, please.", "tea or coffee?"])
@pytest.mark.parametrize("late", [-1.0, -0.5, 0.1])
def test_words_of_her_question_answer_it(answer, late):
    question = "would you rather like tea or coffee?"
    start = spoken(question)[1] + late
    stage = Stage(ASK, Says(start, start + 0.5, answer))
    stage.llm.reply = lambda messages: question if "story" in messages[-1].content else "here it is."
    stage.asr.seconds = 0.05

    stage.run(15.0)

    assert f"user: {answer}" in stage.said()


def test_a_request_in_the_words_that_she_says_is_done():
    reply = f"you can stop talking, {STORY}"
    start = at_word("stop", reply)

    stage = telling(Says(start, start + 0.8, "stop talking."), reply=reply)

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert stage.said()[-1] == "user: stop talking."
