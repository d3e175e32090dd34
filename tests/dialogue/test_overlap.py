"""Sounds in her turn: what stops her, what doesn't, and what is done at once by code; in virtual time."""

from dataclasses import replace

import pytest
from scripted import ASK, PATIENCE, RATE, STORY, Says, Stage, telling

from companion.dialogue import events as e
from companion.dialogue.backchannels import may_become_backchannel
from companion.dialogue.carried_out import ADJUSTED, NOTHING_SAID
from companion.dialogue.draft import Clause, Draft
from companion.dialogue.floor import step
from companion.dialogue.overlap import LOOK
from companion.dialogue.state import Floor, State
from companion.engines.asr import Transcription
from companion.errors import EngineError
from companion.runtime.listener import Listener

# --- ducking


def test_her_voice_ducks_as_soon_as_speech_is_noticed_and_comes_back_up():
    stage = telling(Says(5.0, 5.3, "mhm."))

    down, up = stage.sound.ducks
    assert down == (pytest.approx(5.03, abs=0.02), -12.0)
    assert up[1] == 0.0
    assert 5.3 < up[0] < 6.0


def test_after_a_barge_in_she_is_as_loud_as_before():
    stage = telling(Says(5.0, 6.5, "no, something about a cat."))

    assert [gain for _, gain in stage.sound.ducks] == [-12.0, 0.0]


def test_a_sound_at_the_end_of_her_answer_does_not_make_the_next_one_soft():
    stage = Stage(ASK, Says(12.0, 13.0, "another one."))
    stage.llm.reply = lambda messages: "once upon a time"
    stage.at(3.9, e.SpeechRose())

    stage.run(20.0)

    assert len([line for line in stage.said() if line.startswith("companion")]) == 2
    assert [gain for _, gain in stage.sound.ducks] == [-12.0, 0.0]


def test_muted_in_the_middle_of_a_sound_she_speaks_up_again():
    stage = Stage(ASK)
    stage.llm.reply = lambda messages: STORY
    stage.at(5.0, e.SpeechRose()).at(5.01, e.MuteChanged(True))

    stage.run(15.0)

    assert [gain for _, gain in stage.sound.ducks] == [-12.0, 0.0]
    assert stage.sound.ducks[-1][0] == pytest.approx(5.01, abs=0.01)


def test_a_sound_that_follows_one_that_was_none_of_an_interruption_keeps_her_soft():
    overlap = replace(speaking(Floor.OVERLAP), over_at=4.0)

    rising, _ = step(overlap, e.SpeechRose(), 4.2, PATIENCE)
    passed, commands = step(rising, e.Overheard("mhm.", "mhm.", 0.1), 4.25, PATIENCE)

    assert passed.floor is Floor.COMPANION
    assert not [c for c in commands if isinstance(c, e.Duck)]
    assert step(passed, e.SpeechFell(), 4.3, PATIENCE)[1] == [e.Duck(False)]


def speaking(floor):
    draft = Draft(1, 1.0, "hello.", clauses=(Clause("One two.", 1.0), Clause("three.", 1.0)), issued=1)
    return State(floor=floor, draft=draft, turn=1, turns=1, drafts=1, stored=True)


def test_a_sound_that_is_over_when_she_gives_up_her_answer_is_a_pause_and_no_open_turn():
    waiting = replace(speaking(Floor.CONTESTED), draft=Draft(1, 1.0, "hello."), over_at=3.0, onset=2.0)

    for event in (e.TimerFired(e.Timer.ANSWER), e.EngineFailed("llm", 1, "It failed: try again.")):
        after, commands = step(waiting, event, 40.0, PATIENCE)

        assert after.floor is Floor.PAUSE
        assert e.Transcribe(2, 3.0) in commands


# --- what it was


@pytest.mark.parametrize("text", ["", "mhm.", "yeah, right.", "(laughs)"])
def test_a_backchannel_or_a_cough_does_not_stop_her_and_is_no_turn(text):
    stage = telling(Says(5.0, 5.5, text))

    assert stage.seen.of(e.StopPlaying) == []
    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]
    assert stage.conversation.state.floor is Floor.IDLE


def test_the_first_words_of_an_interruption_stop_her():
    stage = telling(Says(5.0, 7.0, "no, something about a cat."))

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert stopped == pytest.approx(5.13 + LOOK + 0.05, abs=0.06)
    assert "user: no, something about a cat." in stage.said()


def test_an_interruption_does_not_wait_for_the_second_hearing_of_the_turn_before():
    stage = Stage(ASK, Says(4.0, 6.0, "no, something about a cat."))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.asr.thorough = slow(stage, 3.0)

    stage.run(15.0)

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert stopped == pytest.approx(4.13 + LOOK + 0.05, abs=0.06)


def slow(stage, seconds, text="tell me a story."):
    """The second hearing takes so long, and can't be stopped."""

    def thorough(audio, cancel, *, prompt=""):
        stage.spent.seconds += seconds
        return Transcription(text, "en", 1.0, 0.0, -0.1)

    return thorough


def test_what_the_second_hearing_corrects_reaches_the_next_prompt_though_the_user_answers_at_once():
    stage = Stage(Says(1.0, 2.0, "I am fifty."), Says(4.0, 5.5, "so how old am I?"))
    stage.llm.reply = lambda messages: "I see."
    stage.asr.seconds = 0.05
    stage.asr.thorough = slow(stage, 1.9, "I am fifteen.")

    stage.run(12.0)

    assert stage.seen.of(e.Reviewed)[0][0] > 5.0
    assert stage.llm.prompts[-1][1].content == "I am fifteen."


def test_of_an_answer_that_was_stopped_before_its_first_word_nothing_is_kept():
    stage = Stage(ASK)
    stage.llm.reply = lambda messages: STORY
    stage.run(2.0)
    while not stage.seen.of(e.PlaybackBegun):
        stage.run(stage.clock.now() + 0.01)
    stage.at(stage.clock.now(), e.StopAsked()).run(12.0)

    assert [what.heard for _, what in stage.seen.of(e.PlaybackStopped)] == [""]
    assert stage.said() == ["user: tell me a story."]
    assert stage.conversation.state.rest
    assert STORY.startswith(stage.conversation.state.rest)


def test_a_sound_that_lasts_stops_her_even_when_no_look_comes_back():
    stage = Stage(ASK, Says(5.0, 7.0, "no, something about a cat."))
    stage.llm.reply = lambda messages: STORY
    stage.run(4.9)
    stage.asr.seconds = 3.0

    stage.run(6.0)

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert stopped == pytest.approx(5.62, abs=0.06)


def test_a_yes_at_the_end_of_her_question_answers_it():
    question = "do you want to hear another one?"
    stage = Stage(ASK, Says(3.9, 4.3, "yes."))
    stage.llm.reply = lambda messages: question if "yes" not in messages[-1].content else "here it is."
    stage.asr.seconds = 0.05

    stage.run(10.0)

    assert "user: yes." in stage.said()


def test_a_mhm_before_the_answer_sounds_does_not_take_it_back():
    stage = Stage(ASK, Says(2.7, 3.1, "mhm."))
    stage.llm.prefill_seconds = 2.5
    stage.asr.seconds = 0.05

    stage.run(10.0)

    assert stage.said() == ["user: tell me a story.", "companion: You said tell me a story."]
    assert stage.seen.of(e.YieldTurn) == []


@pytest.mark.parametrize("error", [ValueError("broken"), EngineError("The recogniser failed: try again.")])
@pytest.mark.parametrize("reply", [STORY, "once upon a time there was"])
def test_a_look_that_fails_keeps_nobody_waiting(monkeypatch, error, reply):
    stage = Stage(ASK, Says(4.0, 4.3, "mhm."), Says(9.0, 11.5, "and now, tell me another one."))
    stage.llm.reply = lambda messages: reply
    stage.asr.seconds = 0.05
    stage.run(3.9)
    monkeypatch.setattr(stage.asr, "glimpse", failing(error))
    stage.run(9.5)
    loud = [gain for _, gain in stage.sound.ducks][-1]
    monkeypatch.undo()
    stage.run(20.0)

    assert loud == 0.0
    assert "user: and now, tell me another one." in stage.said()
    assert [what for at, what in stage.seen.of(e.Overheard) if at > 10.0 and what.text]
    assert len(stage.seen.of(e.Tell)) == isinstance(error, ValueError)


def failing(error):
    def fails(*_, **__):
        raise error

    return fails


def test_a_voice_that_can_not_be_told_ends_the_look_at_it():
    listener = Listener(encoder=None, known=(), only_known=True, learn=False)
    stage = Stage(Says(1.0, 4.0, "tell me a story, please."), listener=listener)
    stage.asr.seconds = 0.05

    stage.run(3.9)

    assert len(stage.seen.of(e.Overheard)) >= 3
    assert stage.conversation.state.overhearing == 0


def test_words_of_a_sound_before_do_not_decide_about_the_next_one():
    stage = Stage(Says(1.0, 1.9, "well, what I"), Says(2.9, 3.3, "mhm."))
    stage.asr.seconds = 1.8
    stage.llm.prefill_seconds = 4.0
    stage.at(2.05, e.Typed("tell me a story."))
    stage.run(2.8)
    stage.asr.seconds = 0.05

    stage.run(12.0)

    assert next(what.sound for at, what in stage.seen.of(e.Overheard) if at > 3.0) == 1
    assert stage.seen.of(e.YieldTurn) == []
    assert stage.said()[-1] == "companion: You said tell me a story."


# --- requests that code carries out


def prompts(stage):
    return [messages[-1].content for messages in stage.llm.prompts]


def test_stop_is_done_without_the_model_and_written_down():
    stage = telling(Says(5.0, 6.0, "stop, please."))

    assert "stop, please." not in " ".join(prompts(stage))
    assert stage.said()[-1] == "user: stop, please."
    assert stage.conversation.state.floor is Floor.IDLE


def test_go_on_continues_from_the_very_word():
    stage = telling(Says(5.0, 6.0, "stop."), Says(8.0, 8.6, "go on."), until=20.0)

    said = [line.removeprefix("companion: ") for line in stage.said() if line.startswith("companion")]
    assert len(said) == 2
    assert f"{said[0].removesuffix(' —')} {said[1]}" == STORY
    assert "go on." not in prompts(stage)


def test_go_on_with_nothing_left_is_for_the_model():
    stage = telling(Says(9.0, 9.6, "go on."), until=20.0)

    assert prompts(stage)[-1] == "go on."


def test_what_did_you_say_repeats_all_of_it():
    stage = telling(Says(9.0, 9.8, "what did you say?"), until=20.0)

    assert stage.said()[-1] == f"companion: {STORY}"
    assert len(stage.llm.prompts) == 1


def test_repeat_before_anything_was_said():
    stage = Stage(Says(1.0, 2.0, "repeat that.")).run(8.0)

    assert stage.said() == ["user: repeat that.", f"companion: {NOTHING_SAID}"]


def test_slower_in_the_middle_goes_on_slower():
    stage = telling(Says(5.0, 5.8, "slower, please."), until=20.0)

    said = [line.removeprefix("companion: ") for line in stage.said() if line.startswith("companion")]
    assert stage.tts.manner["pace"] == pytest.approx(1 / 1.2)
    assert f"{said[0].removesuffix(' —')} {said[1]}" == STORY
    assert any("tts.pace 0.83" in what.why for _, what in stage.seen.of(e.Tell))


def test_louder_with_nothing_to_go_on_with_asks_whether_it_is_right():
    stage = telling(Says(9.0, 9.8, "a bit louder."), until=20.0)

    assert stage.tts.manner["volume"] == pytest.approx(1.5)
    assert list(ADJUSTED.values())[2] in stage.said()[-1]


def test_mute_yourself_closes_the_microphone_and_says_so():
    stage = telling(Says(9.0, 9.8, "mute yourself."), until=14.0)

    assert stage.conversation.state.muted
    assert stage.sound.read(0.0) is None
    assert any("microphone" in what.why for _, what in stage.seen.of(e.Tell))


def test_a_typed_request_is_carried_out_as_well():
    stage = telling(until=9.0).at(9.5, e.Typed("repeat that")).run(20.0)

    assert stage.said()[-1] == f"companion: {STORY}"


def test_give_me_a_second_holds_the_floor_until_the_user_speaks_again():
    stage = Stage(Says(1.0, 2.0, "her name is, give me a second."), Says(20.0, 21.0, "Amy."))

    stage.run(19.0)
    waiting = stage.conversation.state.floor
    stage.run(30.0)

    assert waiting is Floor.PAUSE
    assert stage.said()[0] == "user: her name is, give me a second. Amy."
    assert len([line for line in stage.said() if line.startswith("user")]) == 1


def test_who_asked_for_time_and_says_no_more_is_not_answered():
    stage = Stage(Says(1.0, 2.0, "let me think."), patience=replace(PATIENCE, hold=20.0)).run(30.0)

    assert stage.said() == ["user: let me think."]
    assert stage.conversation.state.floor is Floor.IDLE
    assert len(stage.seen.of(e.YieldTurn)) == 1


def test_a_wish_for_time_keeps_whose_it_was():
    draft = Draft(1, 1.0, "let me think.", who="Anna", sure=0.9, verdict=0.5)
    waiting = State(floor=Floor.PAUSE, draft=draft, drafts=1)

    _, commands = step(waiting, e.TimerFired(e.Timer.TURN_BOUND), 301.0, PATIENCE)

    assert e.CommitUserTurn(1, 1, "let me think.", "Anna", 0.9) in commands


def test_with_the_key_a_request_is_carried_out_on_release():
    stage = Stage(Says(1.0, 2.0, "never mind."), patience=replace(PATIENCE, hands_free=False))
    stage.at(0.9, e.PushStarted()).at(2.1, e.PushEnded())

    stage.run(8.0)

    assert stage.said() == ["user: never mind."]
    assert stage.llm.prompts == []


def test_a_sound_too_short_for_speech_only_softens_her_for_a_moment():
    stage = telling(Says(5.0, 5.05, ""))

    (_, down), (back, up) = stage.sound.ducks
    assert (down, up) == (-12.0, 0.0)
    assert back < 5.2
    assert [at for at, _ in stage.seen.of(e.Overheard) if at > 4.9] == []


def heard_as(stage, *texts):
    """Every look at the next sound hears another of the texts, then the last."""
    left = list(texts)

    def quick(audio, cancel, *, prompt=""):
        stage.asr.spent.seconds += 0.05
        return Transcription(left.pop(0) if len(left) > 1 else left[0], "en", len(audio) / RATE, 0.0, -0.2)

    stage.asr.quick = quick


def test_half_a_word_at_the_end_of_a_look_does_not_stop_her():
    stage = Stage(ASK, Says(5.0, 5.55, "oh wow."))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.run(4.9)
    heard_as(stage, "Oh, why?", "Oh, wow.")

    stage.run(15.0)

    assert stage.seen.of(e.StopPlaying) == []


def test_the_first_word_of_a_backchannel_does_not_stop_her():
    stage = Stage(ASK, Says(5.0, 5.9, "I see."))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05

    stage.run(15.0)

    assert stage.seen.of(e.StopPlaying) == []


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("I", True),
        ("That's", True),
        ("Yeah, that", True),
        ("Yeah, what", False),
        ("Oh my", True),
        ("I like", False),
        ("", True),
    ],
)
def test_what_may_become_a_backchannel(text, may):
    assert may_become_backchannel(text) is may


def test_go_on_over_her_voice_encourages_her():
    stage = telling(Says(5.0, 5.6, "go on."))

    assert stage.said() == ["user: tell me a story.", f"companion: {STORY}"]


def test_a_single_stop_is_enough():
    stage = telling(Says(5.0, 7.0, "stop"))

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert stopped < 5.5


@pytest.mark.parametrize(
    ("seconds", "sure", "stops"), [(0.6, True, True), (0.6, False, False), (1.0, False, True)]
)
def test_doubtful_words_of_a_short_sound_do_not_stop_her(seconds, sure, stops):
    state = State(floor=Floor.COMPANION, draft=Draft(1, 0.5, "hi", clauses=(Clause("Once.", 1.0),)), turn=1)
    state, _ = step(state, e.SpeechStarted(5.0), 5.1, PATIENCE)
    state, commands = step(state, e.SpeechPaused(5.0 + seconds), 5.1 + seconds, PATIENCE)
    assert e.Overhear(1, urgent=True, over=seconds < 0.9) in commands

    state, commands = step(state, e.Overheard("in them", "", 0.1, sure=sure, sound=1), 6.5, PATIENCE)

    assert any(isinstance(command, e.StopPlaying) for command in commands) is stops
    assert (state.floor is Floor.COMPANION) is not stops


def test_a_second_look_at_a_sound_that_goes_on_does_not_hold_up_the_next():
    state = State(floor=Floor.COMPANION, draft=Draft(1, 0.5, "hi", clauses=(Clause("Once.", 1.0),)), turn=1)
    for event, now in ((e.SpeechStarted(5.0), 5.1), (e.SpeechPaused(5.4), 5.5)):
        state, _ = step(state, event, now, PATIENCE)

    state, commands = step(state, e.SpeechStarted(5.6), 5.7, PATIENCE)
    _, looks = step(state, e.TimerFired(e.Timer.LOOK), 5.8, PATIENCE)

    assert e.DropLook() in commands
    assert looks == [e.Overhear(1, urgent=True)]


def test_a_request_that_is_heard_doubtfully_stops_her_once_it_is_heard_again():
    state = State(floor=Floor.COMPANION, draft=Draft(1, 0.5, "hi", clauses=(Clause("Once.", 1.0),)), turn=1)
    state, _ = step(state, e.SpeechStarted(5.0), 5.1, PATIENCE)

    state, once = step(state, e.Overheard("enough", "", 0.1, sure=False, sound=1), 5.4, PATIENCE)
    state, again = step(state, e.Overheard("Enough.", "Enough.", 0.1, sure=False, sound=1), 5.55, PATIENCE)

    assert not any(isinstance(command, e.StopPlaying) for command in once)
    assert any(isinstance(command, e.StopPlaying) for command in again)


def doubtful(stage, monkeypatch, *, second, seconds=0.3):
    """From now on looks hear words without certainty; a thorough one takes so long, and is as sure as
    `second` (nats)."""
    hear = stage.asr.quick

    def glimpse(audio, cancel, *, prompt=""):
        heard = hear(audio, cancel)
        return Transcription(heard.text, "en", heard.seconds, 0.0, -1.1, doubt="low probability")

    def quick(audio, cancel, *, prompt=""):
        stage.spent.seconds += seconds
        return replace(hear(audio, cancel), logprob=second)

    monkeypatch.setattr(stage.asr, "glimpse", glimpse)
    monkeypatch.setattr(stage.asr, "quick", quick)


@pytest.mark.parametrize(("second", "stops"), [(-0.3, 1), (-1.2, 0)])
def test_a_short_doubtful_sound_stops_her_once_a_thorough_look_makes_it_clear(monkeypatch, second, stops):
    stage = Stage(ASK, Says(5.0, 5.25, "amy called."))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.run(4.9)
    doubtful(stage, monkeypatch, second=second)

    stage.run(7.0)

    assert len(stage.seen.of(e.StopPlaying)) == stops


def test_the_thorough_look_at_the_beginning_of_a_sound_that_goes_on_is_withdrawn(monkeypatch):
    stage = Stage(ASK, Says(5.0, 5.25, "amy"), Says(5.5, 7.5, "called me today."))
    stage.llm.reply = lambda messages: STORY
    stage.asr.seconds = 0.05
    stage.run(4.9)
    doubtful(stage, monkeypatch, second=-0.3, seconds=0.5)

    stage.run(8.0)

    assert [look for _, look in stage.seen.of(e.Overhear) if look.over]
    assert not [look for _, look in stage.seen.of(e.Overheard) if look.over]
    assert len(stage.seen.of(e.StopPlaying)) == 1
