"""Whole conversations in virtual time: what is said, when, and what stands in the record afterwards."""

import threading
from dataclasses import replace

import pytest
from scripted import PATIENCE, Says, ScriptedWords, Stage

from companion.dialogue import events as e
from companion.dialogue.answer import QUIET, SOON
from companion.dialogue.draft import Clause, Draft
from companion.dialogue.endpointing import OPEN
from companion.dialogue.floor import step
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.state import Floor, State
from companion.dialogue.user_turn import THINKING
from companion.engines import Cancelled
from companion.engines.asr import Transcription
from companion.errors import EngineError, StoreError


def test_a_complete_turn_is_answered_aloud_and_both_turns_are_stored():
    stage = Stage(Says(1.0, 2.0, "good morning.")).run(8.0)

    assert stage.said() == ["user: good morning.", "companion: You said good morning."]
    assert stage.conversation.state.floor is Floor.IDLE
    (timeline,) = stage.seen.timelines
    assert timeline.spans()["voice_to_voice"] == pytest.approx(0.85, abs=0.15)


def test_the_turn_is_on_disk_before_its_answer_sounds():
    stage = Stage(Says(1.0, 2.0, "good morning.")).run(8.0)

    (stored, _), (played, _) = stage.seen.of(e.Stored)[0], stage.seen.of(e.Play)[0]
    assert stored <= played


def test_a_pause_to_think_does_not_end_an_open_turn_and_leaves_no_trace():
    stage = Stage(Says(1.0, 2.0, "my sister is called"), Says(3.2, 4.0, "Amy."))
    stage.endpoint.probabilities = [0.1, 0.9]

    stage.run(10.0)

    assert stage.said() == ["user: my sister is called Amy.", "companion: You said my sister is called Amy."]
    assert len(stage.seen.of(e.CommitUserTurn)) == 1
    first, second = (what.draft for _, what in stage.seen.of(e.Transcribe))
    assert ("revoked", first) in [("revoked", what.draft) for _, what in stage.seen.of(e.Revoke)]
    assert all(what.draft == second for _, what in stage.seen.of(e.Play))


def test_a_noise_in_the_pause_changes_nothing_of_it():
    quiet = Stage(Says(1.0, 2.0, "and then I")).run(10.0)
    noisy = Stage(Says(1.0, 2.0, "and then I"), Says(2.5, 2.75), Says(3.2, 3.5), Says(4.1, 4.3)).run(10.0)

    (ends, _), (still, _) = (stage.seen.of(e.CommitUserTurn)[0] for stage in (quiet, noisy))
    assert still == pytest.approx(max(ends, 4.7), abs=0.15)
    assert noisy.said() == quiet.said()
    assert len(noisy.llm.prompts) == len(quiet.llm.prompts) == 1
    assert noisy.seen.of(e.Revoke) == []
    assert noisy.conversation.state.paces.of("") == 1.0


def test_a_knock_before_the_end_of_the_wait_delays_nothing_that_was_drafted():
    stage = Stage(Says(1.0, 2.0, "and then I"), Says(3.0, 3.2))

    stage.run(10.0)

    (committed, _) = stage.seen.of(e.CommitUserTurn)[0]
    assert committed == pytest.approx(2.0 + OPEN, abs=0.1)
    (timeline,) = stage.seen.timelines
    assert timeline.spans()["wait"] == pytest.approx(OPEN, abs=0.1)


@pytest.mark.parametrize("length", [0.4, 2.0])
def test_words_after_a_pause_revoke_its_draft_and_nothing_is_committed_meanwhile(length):
    stage = Stage(Says(1.0, 2.0, "call my brother."), Says(2.26, 2.26 + length, "no, my mother."))
    stage.endpoint.probabilities = [0.9, 0.9]
    stage.asr.seconds = 0.1

    stage.run(12.0)

    assert stage.said()[0] == "user: call my brother. no, my mother."
    assert len(stage.seen.of(e.CommitUserTurn)) == 1
    assert stage.seen.of(e.Revoke)[0][0] < 2.26 + 0.85
    (timeline,) = stage.seen.timelines
    assert timeline.marks[0][0] == "speech_end"
    assert dict(timeline.marks)["speech_end"] == pytest.approx(2.26 + length, abs=0.05)


def test_a_sound_too_short_for_speech_holds_the_end_of_a_turn_only_while_it_lasts():
    stage = Stage(Says(1.0, 2.0, "call my brother."), Says(2.29, 2.36))
    stage.asr.seconds = 0.1

    stage.run(8.0)

    ((committed, _),) = stage.seen.of(e.CommitUserTurn)
    assert 2.36 < committed < 2.43
    assert [at for at, what in stage.seen.of(e.Overhear) if at > 2.2] == []


def test_a_noise_goes_back_to_an_end_that_has_come_meanwhile():
    stage = Stage(Says(1.0, 2.0, "good morning."), Says(2.3, 2.7))
    stage.asr.seconds = 0.1

    stage.run(8.0)

    (committed, _) = stage.seen.of(e.CommitUserTurn)[0]
    assert 2.7 < committed < 3.0
    assert stage.said() == ["user: good morning.", "companion: You said good morning."]


def test_a_look_without_words_does_not_end_the_turn_while_another_sound_begins():
    draft = Draft(1, 1.0, "hello.", verdict=0.98, ending=0.9)
    state = State(floor=Floor.PAUSE, draft=draft, drafts=1)
    for event, now in ((e.SpeechStarted(1.2), 1.3), (e.SpeechPaused(1.5), 1.6), (e.SpeechRose(), 1.7)):
        state, _ = step(state, event, now, PATIENCE)

    rising, commands = step(state, e.Overheard("hello.", "hello.", 0.1, sound=1), 1.72, PATIENCE)
    fallen, then = step(rising, e.SpeechFell(), 1.75, PATIENCE)

    assert (rising.floor, commands) == (Floor.RESUMING, [])
    assert fallen.floor is Floor.ANSWERING
    assert e.CommitUserTurn(1, 1, "hello.") in then


def test_a_sound_whose_words_never_come_is_made_out_anew():
    paused = State(floor=Floor.PAUSE, draft=Draft(1, 1.0, "hello."), drafts=1)

    state, _ = step(paused, e.SpeechStarted(1.3), 1.4, PATIENCE)
    state, commands = step(state, e.SpeechPaused(1.6), 1.7, PATIENCE)
    assert e.Overhear(1, urgent=True) in commands
    state, commands = step(state, e.TimerFired(e.Timer.LOOK), 2.7, PATIENCE)

    assert state.floor is Floor.PAUSE
    assert e.Transcribe(2, 1.6) in commands


def test_mute_while_a_sound_breaks_the_pause_still_lets_what_was_said_be_answered():
    stage = Stage(Says(1.0, 2.0, "and then I"), Says(2.6, 3.5)).at(2.8, e.MuteChanged(True))

    stage.run(8.0)

    assert stage.said()[0] == "user: and then I"
    assert stage.conversation.state.floor is Floor.IDLE


def test_an_open_turn_ends_at_last_after_a_long_silence():
    stage = Stage(Says(1.0, 2.0, "well I"))
    stage.endpoint.probabilities = [0.05]

    stage.run(10.0)

    (committed, _) = stage.seen.of(e.CommitUserTurn)[0]
    assert committed == pytest.approx(2.0 + OPEN, abs=0.1)


def test_a_noise_without_words_is_no_turn():
    stage = Stage(Says(1.0, 1.6)).run(6.0)

    assert stage.said() == []
    assert stage.llm.prompts == []
    assert stage.conversation.state.floor is Floor.IDLE


def test_speech_over_her_voice_stops_her_and_the_record_has_only_what_was_heard():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(5.0, 6.0, "stop please."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"

    stage.run(5.95)
    stopped = stage.seen.of(e.StopPlaying)

    assert stopped[0][0] == pytest.approx(5.6, abs=0.1)
    assert stage.store.rows[1][2].endswith(" —")
    heard = stage.store.rows[1][2].removesuffix(" —")
    assert "once upon a time there was a very small dog who lived alone".startswith(heard)
    assert 2 <= len(heard.split()) <= 9


def test_what_was_not_heard_is_not_in_the_next_prompt():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(5.0, 6.0, "another one."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"

    stage.run(12.0)

    prompt = stage.llm.prompts[-1]
    assert [m.role for m in prompt] == ["system", "user", "assistant", "user"]
    assert prompt[2].content.endswith(" —")
    assert "alone" not in prompt[2].content


def test_a_short_sound_over_her_voice_does_not_stop_her():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(5.0, 5.12))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"

    stage.run(15.0)

    assert stage.said()[-1] == "companion: once upon a time there was a very small dog who lived alone"
    assert stage.seen.of(e.StopPlaying) == []


def test_words_after_the_commit_but_before_the_answer_take_the_answer_back():
    stage = Stage(Says(1.0, 2.0, "what is the capital of France."), Says(2.6, 3.4, "and of Italy."))
    stage.llm.prefill_seconds = 1.5

    stage.run(12.0)

    assert stage.said()[:2] == ["user: what is the capital of France.", "user: and of Italy."]
    assert stage.llm.prompts[-1][-1].content == "what is the capital of France.\nand of Italy."
    assert len(stage.seen.of(e.YieldTurn)) == 1
    assert [what.draft for _, what in stage.seen.of(e.PlaybackBegun)] == [stage.conversation.state.drafts]


def test_a_cough_before_the_answer_does_not_lose_it():
    stage = Stage(Says(1.0, 2.0, "what is the capital of France."), Says(2.6, 3.4))
    stage.llm.prefill_seconds = 1.5

    stage.run(12.0)

    assert stage.said() == [
        "user: what is the capital of France.",
        "companion: You said what is the capital of France.",
    ]


def test_mute_while_she_speaks_closes_the_microphone_and_she_goes_on():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(5.0, 6.0, "stop."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"
    stage.at(4.0, e.MuteChanged(True))

    stage.run(15.0)

    assert stage.said()[-1].endswith("lived alone")
    assert stage.seen.of(e.CloseMicrophone)
    assert stage.sound.read(0.0) is None


def test_mute_while_the_user_speaks_drops_what_was_not_committed():
    stage = Stage(Says(1.0, 3.0, "a secret.")).at(2.0, e.MuteChanged(True)).at(5.0, e.MuteChanged(False))

    stage.run(9.0)

    assert stage.said() == []
    assert stage.conversation.state.floor is Floor.IDLE


def test_push_to_talk_ends_the_turn_on_release_and_keeps_the_pre_roll():
    patience = PATIENCE.__class__(**{**_fields(PATIENCE), "hands_free": False})
    stage = Stage(Says(0.9, 2.0, "hello there."), Says(6.0, 7.0, "not for her."), patience=patience)
    stage.at(1.0, e.PushStarted()).at(2.1, e.PushEnded())

    stage.run(10.0)

    assert stage.said() == ["user: hello there.", "companion: You said hello there."]
    assert stage.seen.of(e.CommitUserTurn)[0][0] == pytest.approx(2.4, abs=0.05)


def test_a_typed_turn_is_answered_without_waiting_and_interrupts_her():
    stage = Stage(Says(1.0, 2.0, "tell me a story."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"
    stage.at(4.5, e.Typed("what about you"))

    stage.run(14.0)

    assert stage.said()[1].endswith(" —")
    assert "user: what about you" in stage.said()
    assert stage.llm.prompts[-1][-1].content == "what about you"


def test_a_turn_longer_than_allowed_is_written_down_and_yielded():
    patience = PATIENCE.__class__(**{**_fields(PATIENCE), "longest": 10.0})
    stage = Stage(Says(1.0, 11.3, "a long story."), Says(11.3, 14.0, "its end."), patience=patience)

    stage.run(20.0)

    assert stage.said()[0] == "user: a long story."
    assert stage.said()[1].endswith("its end.")
    assert [what.turn for _, what in stage.seen.of(e.YieldTurn)] == [1]


def test_a_failing_model_yields_the_turn_with_a_sentence():
    stage = Stage(Says(1.0, 2.0, "hello."))
    stage.llm.failing = EngineError("The model ran out of memory: choose a smaller one.")

    stage.run(6.0)

    assert stage.said() == ["user: hello."]
    assert [what.why for _, what in stage.seen.of(e.Tell)] == [
        "The model ran out of memory: choose a smaller one."
    ]
    assert len(stage.seen.of(e.YieldTurn)) == 1
    assert stage.conversation.state.floor is Floor.IDLE


def test_a_failing_recogniser_lets_go_of_the_floor_with_a_sentence():
    stage = Stage(Says(1.0, 2.0, "hello."))
    stage.asr.failing = EngineError("The recogniser failed: try again.")

    stage.run(6.0)

    assert [what.why for _, what in stage.seen.of(e.Tell)] == ["The recogniser failed: try again."]
    assert stage.conversation.state.floor is Floor.IDLE


def test_a_number_heard_otherwise_the_second_time_reaches_the_next_prompt():
    stage = Stage(Says(1.0, 2.0, "I am fifty."), Says(8.0, 9.0, "how old am I."))
    stage.asr.record = lambda text: text.replace("fifty", "fifteen")

    stage.run(14.0)

    assert stage.store.reviews[0] == (1, "I am fifty.", "I am fifteen.")
    assert stage.llm.prompts[-1][1].content == "I am fifteen."


def test_a_full_context_is_thinned_while_nobody_waits():
    script = [Says(1.0 + 8 * i, 2.0 + 8 * i, f"{'word ' * 12}number {i}.") for i in range(6)]
    stage = Stage(*script)
    stage.llm.context_tokens = 240

    stage.run(52.0)

    assert len(stage.said()) == 12
    assert stage.seen.of(e.Thinned)
    assert all(stage.llm.count(prompt) <= 240 - 100 for prompt in stage.llm.prompts)
    assert "number 5" in stage.llm.prompts[-1][-1].content


def test_a_long_turn_is_not_heard_again_from_its_start_at_every_pause():
    script = [Says(1.0 + 7 * i, 7.0 + 7 * i, f"part{i}.") for i in range(6)]
    stage = Stage(*script)
    stage.endpoint.probabilities = [0.1] * 5 + [0.9]
    stage.run(55.0)

    assert stage.said()[0] == "user: part0. part1. part2. part3. part4. part5."
    assert max(stage.asr.lengths[:-1]) < 13.0  # the last is the record


def test_words_spoken_while_she_answers_are_answered_after_the_barge_in():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(5.0, 6.0, "what time is it."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived alone"

    stage.run(14.0)

    assert stage.said()[2] == "user: what time is it."
    assert len(stage.said()) == 4


def test_more_unanswered_talk_than_the_context_holds_does_not_silence_her():
    stage = Stage()
    stage.llm.context_tokens = 240
    stage.llm.reply = lambda messages: "Yes."
    stage.llm.failing = EngineError("The model is busy: try again.")
    for i in range(8):
        stage.at(1.0 + i, e.Typed("word " * 30))
    stage.run(10.0)
    stage.llm.failing = None

    stage.at(11.0, e.Typed("Are you there?")).run(16.0)

    assert stage.said()[-1].startswith("companion: ")
    assert stage.llm.count(stage.llm.prompts[-1]) <= 240 - 100


def test_a_single_turn_longer_than_the_context_is_answered_by_its_end():
    stage = Stage()
    stage.llm.context_tokens = 240
    stage.llm.reply = lambda messages: "Yes."

    stage.at(1.0, e.Typed("word " * 1000 + "and what is my name?")).run(5.0)

    assert stage.said()[-1].startswith("companion: ")
    assert stage.llm.prompts[-1][-1].content.endswith("what is my name?")


def test_pauses_do_not_make_a_turn_longer_than_it_may_be():
    patience = PATIENCE.__class__(**{**_fields(PATIENCE), "longest": 10.0})
    script = [Says(1.0 + 2.4 * i, 3.0 + 2.4 * i, f"part{i}.") for i in range(8)]
    stage = Stage(*script, patience=patience)
    stage.endpoint.probabilities = [0.1]

    stage.run(30.0)

    assert len([line for line in stage.said() if line.startswith("user: ")]) >= 2


def test_a_turn_that_can_not_be_stored_is_yielded_at_once_with_one_sentence():
    stage = Stage(Says(1.0, 2.0, "hello."))

    def full(number, text, who, sure):
        raise StoreError("The disk is full: free some space.")

    stage.store.add_user_turn = full
    stage.run(6.0)

    assert [what.why for _, what in stage.seen.of(e.Tell)] == ["The disk is full: free some space."]
    assert stage.seen.of(e.Play) == []
    assert stage.conversation.state.floor is Floor.IDLE


def test_the_pre_roll_never_reaches_back_into_a_committed_turn():
    stage = Stage(Says(1.0, 2.0, "call my brother."), Says(2.75, 3.5, "no, my mother."))
    stage.ears._pre_roll = 16_000 * 3 // 2

    stage.run(10.0)

    users = [line for line in stage.said() if line.startswith("user: ")]
    assert users == ["user: call my brother.", "user: no, my mother."]


def test_mute_after_a_sentence_still_lets_it_be_answered():
    stage = Stage(Says(1.0, 2.0, "good night.")).at(2.56, e.MuteChanged(True))

    stage.run(8.0)

    assert stage.said() == ["user: good night.", "companion: You said good night."]


def test_mute_while_the_words_are_still_being_made_out_does_not_lose_them():
    stage = Stage(Says(1.0, 2.0, "good night.")).at(2.3, e.MuteChanged(True))
    stage.asr.seconds = 1.0

    stage.run(8.0)

    assert stage.said() == ["user: good night.", "companion: You said good night."]
    assert stage.sound.read(0.0) is None


def test_speech_after_an_unmute_does_not_take_the_words_before_the_mute():
    stage = Stage(Says(1.0, 2.0, "good night."), Says(3.0, 4.0, "sleep well."))
    stage.asr.seconds = 1.5
    stage.at(2.3, e.MuteChanged(True)).at(2.4, e.MuteChanged(False))

    stage.run(12.0)

    assert stage.said()[0] == "user: good night."


def test_mute_after_a_noise_ends_in_quiet():
    stage = Stage(Says(1.0, 2.0)).at(2.3, e.MuteChanged(True))
    stage.asr.seconds = 1.0

    stage.run(8.0)

    assert stage.said() == []
    assert stage.conversation.state.floor is Floor.IDLE


def test_a_typed_line_does_not_delete_what_was_just_said():
    stage = Stage(Says(1.0, 2.0, "call me sam.")).at(2.56, e.Typed("what is my name?"))

    stage.run(8.0)

    assert stage.said()[:2] == ["user: call me sam.", "user: what is my name?"]
    assert [what.turn for _, what in stage.seen.of(e.YieldTurn)] == [1]


def test_a_noise_puts_the_second_hearing_off_and_not_away():
    stage = Stage(Says(1.0, 2.0, "tell me more."), Says(4.0, 4.5))

    def slow(audio, cancel, *, prompt=""):
        stage.spent.seconds += 3.0
        if cancel.is_set():
            raise Cancelled
        return Transcription("tell me more.", "en", 1.0, 0.0, -0.1)

    stage.asr.thorough = slow
    stage.run(30.0)

    assert [what.turn for _, what in stage.seen.of(e.Reviewed)] == [1]


def test_in_a_context_hardly_longer_than_the_persona_the_words_are_still_whole():
    stage = Stage(Says(1.0, 2.0, "good morning, how did you sleep?"))
    stage.llm.context_tokens = stage.conversation._jobs._context.fixed + 60

    stage.run(8.0)

    assert stage.llm.prompts[-1][-1].content == "good morning, how did you sleep?"


def test_a_reply_asked_for_while_the_cache_is_cut_is_written_for_what_was_left(monkeypatch):
    stage = Stage()
    stage.llm.context_tokens = 400
    jobs, record = stage.conversation._jobs, Record()
    for number in range(1, 12):
        record = record.with_turn(Turn("user", number, "one two three four five six seven eight"))
        record = record.with_turn(Turn("companion", number, "nine ten eleven twelve thirteen fourteen"))
    cuts = []

    def thin(model, messages, cancel):
        cuts.append(len(messages))
        if len(cuts) == 1:
            raise Cancelled
        return 0

    monkeypatch.setattr(type(stage.llm), "thin", thin)
    never = threading.Event()
    with pytest.raises(Cancelled):
        list(jobs.settle(record)(never))
    list(jobs.reply(1, "and now?", record)(never))

    (prompt,) = stage.llm.prompts
    assert len(cuts) == 2
    assert cuts[1] == len(prompt) == cuts[0] + 1
    assert [type(event) for event in jobs.settle(record)(never)] == [e.Thinned]
    assert len(cuts) == 2, "what is cut out once stays cut out"


@pytest.mark.parametrize(
    ("reply", "why"), [("", "No answer came to mind"), ("*** ", "nothing that can be said aloud")]
)
def test_an_answer_without_any_sound_is_told_and_not_swallowed(monkeypatch, reply, why):
    stage = Stage(Says(1.0, 2.0, "good night."))
    stage.llm.reply = lambda messages: reply
    monkeypatch.setattr(type(stage.tts), "synthesize", lambda *_: iter(()))

    stage.run(8.0)

    ((_, told),) = stage.seen.of(e.Tell)
    assert why in told.why
    assert stage.said() == ["user: good night."]
    assert stage.conversation.state.floor is Floor.IDLE


def test_asked_for_silence_in_the_pause_she_does_not_answer():
    stage = Stage(Says(1.0, 2.0, "never mind.")).at(2.56, e.StopAsked())

    stage.run(8.0)

    assert stage.said() == ["user: never mind."]
    assert len(stage.seen.of(e.YieldTurn)) == 1


def test_a_review_that_fails_is_told_once_and_not_tried_again():
    stage = Stage(Says(1.0, 2.0, "one."), Says(8.0, 9.0, "two."), Says(15.0, 16.0, "three."))

    def failing(audio, cancel, *, prompt=""):
        raise EngineError("Out of memory: choose a smaller model.")

    stage.asr.thorough = failing
    stage.run(22.0)

    assert len(stage.seen.of(e.Tell)) == 3
    assert stage.conversation._to_review == []


def _fields(patience):
    return {name: getattr(patience, name) for name in patience.__dataclass_fields__}


def test_an_answer_that_is_slow_is_announced_by_a_sign_and_a_quick_one_is_not():
    slow, quick = (Stage(Says(1.0, 2.0, "good morning to you all.")) for _ in range(2))
    slow.llm.prefill_seconds = 3.0

    slow.run(8.0)
    quick.run(8.0)

    ((at, _),) = slow.seen.of(e.Cue)
    assert at == pytest.approx(3.5, abs=0.05)
    assert slow.said()[-1].startswith("companion: ")
    assert quick.seen.of(e.Cue) == []


def test_an_answer_that_is_held_when_a_long_wait_ends_is_not_announced():
    stage = Stage(Says(1.0, 2.0, "my sister is called and"))

    stage.run(10.0)

    (committed, _), (played, _) = stage.seen.of(e.CommitUserTurn)[0], stage.seen.of(e.Play)[0]
    assert committed > 2.0 + THINKING
    assert played == pytest.approx(committed, abs=0.05)
    assert stage.seen.of(e.Cue) == []


def test_an_answer_that_surely_takes_long_is_announced_before_it_has():
    stage = Stage(Says(1.0, 2.0, "yes."))
    stage.llm.prefill_seconds, stage.llm.prefill_rate, stage.llm.token_seconds = 3.0, 2.0, 0.05

    stage.run(10.0)

    ((at, _),) = stage.seen.of(e.Cue)
    (committed, _) = stage.seen.of(e.CommitUserTurn)[0]
    assert committed + QUIET == pytest.approx(at, abs=0.01)
    assert at < 2.0 + THINKING


def test_an_answer_that_is_expected_at_once_is_not_announced():
    state = State(
        floor=Floor.ANSWERING, draft=Draft(1, 1.0, "hello."), turn=1, turns=1, drafts=1, stored=True
    )
    due = e.TimerFired(e.Timer.THINKING)

    state, _ = step(state, e.ReplyForeseen(1, 1.7), 1.0, PATIENCE)
    _, early = step(state, due, 2.5, PATIENCE)
    _, late = step(state, due, 3.0, PATIENCE)

    assert early == [e.SetTimer(e.Timer.THINKING, 2.7 + SOON)]
    assert late == [e.Cue("thinking")]


def test_an_answer_that_only_waits_for_the_disk_is_not_announced():
    draft = Draft(1, 1.0, "hello.", clauses=(Clause("Good morning.", 1.0),))
    state = State(floor=Floor.ANSWERING, draft=draft, turn=1, turns=1, drafts=1)

    assert step(state, e.TimerFired(e.Timer.THINKING), 5.0, PATIENCE) == (state, [])


def test_after_a_cough_a_slow_answer_is_still_announced():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."), Says(2.9, 3.2))
    stage.llm.prefill_seconds = 4.0

    stage.run(10.0)

    ((at, _),) = stage.seen.of(e.Cue)
    assert at == pytest.approx(4.0, abs=0.3)


def test_a_cough_behind_the_sign_does_not_make_it_sound_again():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."), Says(4.4, 4.7))
    stage.llm.prefill_seconds = 6.0

    stage.run(12.0)

    ((at, _),) = stage.seen.of(e.Cue)
    assert at < 4.4
    assert stage.said()[-1].startswith("companion: ")


def test_when_the_model_fails_she_says_so_in_her_own_voice_and_goes_on():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."), Says(9.0, 10.0, "are you there now?"))
    stage.llm.failing = EngineError("The model failed: try again.")
    stage.run(6.0)
    spoken = len(stage.sound.played)
    stage.llm.failing = None
    stage.run(16.0)

    assert [what.name for _, what in stage.seen.of(e.Cue)] == ["sorry"]
    assert spoken == 1
    assert stage.said()[-1].startswith("companion: You said")


def test_an_answer_that_never_comes_is_regretted_aloud():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."))
    stage.llm.prefill_seconds = 100.0

    stage.run(40.0)

    assert [what.name for _, what in stage.seen.of(e.Cue)] == ["thinking", "sorry"]
    assert len(stage.seen.of(e.YieldTurn)) == 1


def test_words_that_can_not_be_made_out_in_time_are_regretted_aloud():
    stage = Stage(Says(1.0, 2.0, "good morning to you all.")).run(1.5)
    stage.asr.seconds = 200.0

    stage.run(60.0)

    assert [what.name for _, what in stage.seen.of(e.Cue)] == ["thinking", "sorry"]


def test_it_is_told_once_that_words_take_long_to_make_out_and_not_again_for_their_answer():
    state = State(floor=Floor.PUSHED)
    state, commands = step(state, e.PushEnded(), 2.0, PATIENCE)
    assert e.SetTimer(e.Timer.THINKING, 2.0 + THINKING) in commands

    state, told = step(state, e.TimerFired(e.Timer.THINKING), 3.5, PATIENCE)
    state, _ = step(state, e.Heard(1, "good morning to you all."), 8.0, PATIENCE)
    _, again = step(state, e.TimerFired(e.Timer.THINKING), 8.4, PATIENCE)

    assert (told, state.floor, again) == ([e.Cue("thinking")], Floor.ANSWERING, [])


def test_a_sign_for_a_sound_that_was_no_turn_is_not_the_next_turns():
    pushed = State(floor=Floor.PUSHED)
    state, _ = step(pushed, e.PushEnded(), 2.0, PATIENCE)
    state, _ = step(state, e.TimerFired(e.Timer.THINKING), 3.5, PATIENCE)
    state, _ = step(state, e.Heard(1, ""), 4.0, PATIENCE)
    assert state.floor is Floor.IDLE

    state, _ = step(state, e.PushStarted(), 5.0, PATIENCE)
    state, _ = step(state, e.PushEnded(), 6.0, PATIENCE)

    assert step(state, e.TimerFired(e.Timer.THINKING), 7.5, PATIENCE)[1] == [e.Cue("thinking")]


def test_an_apology_stops_for_whoever_speaks_and_not_for_a_cough():
    stage = Stage(Says(1.0, 2.0, "good morning to you."), Says(3.5, 3.8), Says(5.0, 6.5, "what was that?"))
    stage.llm.failing = EngineError("The model failed.")

    stage.run(4.9)
    assert stage.mouth.cueing
    stage.run(5.9)

    assert not stage.mouth.cueing
    ((begun, samples, rate),) = stage.sound.played
    assert begun < 3.5
    assert len(samples) / rate < 4.0


@pytest.mark.parametrize("patience", [{"hands_free": False}, {"only_known": True}])
def test_an_apology_goes_on_over_those_who_are_not_answered(patience):
    stage = Stage(patience=replace(PATIENCE, **patience))
    stage.at(1.0, e.Typed("good morning to you."))
    stage.llm.failing = EngineError("The model failed.")
    stage.at(3.0, e.SpeechSustained(2.4))

    stage.run(4.0)

    assert stage.mouth.cueing


def test_an_apology_stops_when_asked_to():
    stage = Stage(Says(1.0, 2.0, "good morning to you."))
    stage.llm.failing = EngineError("The model failed.")
    stage.run(4.0)
    assert stage.mouth.cueing

    stage.at(4.5, e.StopAsked()).run(4.6)

    assert not stage.mouth.cueing


def test_an_answer_that_says_nothing_is_regretted_aloud():
    stage = Stage(Says(1.0, 2.0, "good morning to you all."))
    stage.llm.reply = lambda messages: ""

    stage.run(10.0)

    assert [what.name for _, what in stage.seen.of(e.Cue)] == ["sorry"]


def test_after_a_pause_in_which_a_look_came_back_there_are_looks_again():
    stage = Stage(Says(1.0, 1.9, "well"), Says(2.3, 6.0, "that is what I wanted to say."))
    stage.endpoint.probabilities = [0.01, 0.98]
    stage.asr.seconds = 0.2

    stage.run(9.0)

    looks = [at for at, _ in stage.seen.of(e.Overhear) if 2.3 < at < 6.0]
    assert len(looks) >= 3


def test_the_verdict_on_words_that_were_drafted_ahead_is_kept_for_the_pause():
    for floor in (Floor.USER, Floor.PUSHED):
        speaking = State(floor=floor, draft=Draft(1, 0.0, guess="What a lovely day."))

        after, commands = step(speaking, e.WordsJudged(1, 0.9), 2.0, PATIENCE)

        assert (after.draft.ending, commands) == (0.9, [])


@pytest.mark.parametrize("error", [EngineError("The words can't be judged."), ValueError("broken")])
def test_a_turn_is_answered_without_the_verdict_on_its_words_and_that_is_told(monkeypatch, error):
    def fails(judge, text, cancel):
        raise error

    monkeypatch.setattr(ScriptedWords, "ending", fails)

    stage = Stage(Says(1.0, 2.0, "good morning.")).run(8.0)

    assert stage.said() == ["user: good morning.", "companion: You said good morning."]
    assert len(stage.seen.of(e.Tell)) == 1
