"""What is wanted of her memory, in conversations in virtual time: kept, put right, read back and erased, and
what is said off the record."""

from dataclasses import replace

import pytest
from scripted import PATIENCE, Says, ScriptedMemory, Stage, off_record

from companion.dialogue import events as e
from companion.dialogue.draft import Clause, Draft
from companion.dialogue.events import Answered, Ask
from companion.dialogue.floor import step
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.recollection import (
    BACK,
    BACK_TOLD,
    NOTHING_CHANGED,
    NOTHING_KEPT,
    OFF,
    OFF_AND,
    OFF_TOLD,
    ON_ALREADY,
)
from companion.dialogue.state import Floor, State
from companion.errors import HomeError, StoreError
from companion.runtime.conversation import _Committed

FORGET = Says(1.0, 2.5, "forget what I said about Jonas.")
READ_BACK = Answered("On Monday you said that Jonas is ill. Shall I erase that?", confirm=True)
GONE = Answered("I've erased it.")


def remembering(*says, until=30.0, **answers):
    """A conversation with a memory that answers as is scripted for an ask."""
    memory = ScriptedMemory({Ask[name]: answer for name, answer in answers.items()})
    stage = Stage(*says, memory=memory)
    stage.asr.seconds = 0.05
    stage.run(until)
    return stage, memory


def told(stage):
    return [what.why for _, what in stage.seen.of(e.Tell)]


# --- memory is asked


def test_what_is_to_be_kept_is_asked_of_memory_and_its_words_are_hers():
    stage, memory = remembering(
        Says(1.0, 3.0, "remember that my locker code is 4512."), KEEP=Answered("I'll remember that.")
    )

    assert memory.asked_for == [(Ask.KEEP, "my locker code is 4512", "", 1)]
    assert stage.said() == [
        "user: remember that my locker code is 4512.",
        "companion: I'll remember that.",
    ]
    assert stage.llm.prompts == []


def test_the_turn_is_on_disk_and_in_the_record_before_memory_is_asked():
    rows = []

    class Looks(ScriptedMemory):
        def asked(self, *asked):
            rows.extend(stage.store.rows)
            return super().asked(*asked)

    memory = Looks()
    stage = Stage(Says(1.0, 2.0, "that's wrong, it's April."), memory=memory)
    stage.run(10.0)

    assert rows == [("user", 1, "that's wrong, it's April.")]
    assert memory.records[0].turns[-1] == Turn("user", 1, "that's wrong, it's April.")


def test_a_misheard_word_is_told_with_what_it_was_heard_as():
    _, memory = remembering(Says(1.0, 3.0, "I didn't say Thomas, I said Jonas."))

    assert memory.asked_for == [(Ask.MISHEARD, "Jonas", "Thomas", 1)]


def test_where_memory_has_nothing_to_say_the_model_answers_the_turn():
    stage, memory = remembering(Says(1.0, 3.0, "what do you know about quantum physics?"))

    assert [ask for ask, *_ in memory.asked_for] == [Ask.ABOUT]
    ((*_, last),) = stage.llm.prompts
    assert last.content == "what do you know about quantum physics?"
    assert stage.said()[1].startswith("companion: You said")


def test_what_comes_to_mind_is_shown_to_the_model_where_memory_passes():
    asked = []

    def recall(words, tokens, before, cancel, *, partial):
        asked.append((words, partial))
        return "" if partial else "12 Nov, you said: physics is fun"

    stage = Stage(Says(1.0, 3.0, "what do you know about quantum physics?"), recall=recall)
    stage.llm.prefill_rate = 100.0
    stage.run(15.0)

    assert asked[-1] == ("what do you know about quantum physics?", False)
    assert stage.llm.prompts[0][-1].content.startswith("(12 Nov, you said: physics is fun)\n")
    assert stage.conversation.record.turns[0].recalled == "12 Nov, you said: physics is fun"


@pytest.mark.parametrize("error", [StoreError("The store can't be read: check the disk."), ValueError("?")])
def test_where_memory_fails_she_says_so_and_goes_on(error):
    stage, _ = remembering(FORGET, Says(10.0, 11.0, "good morning."), FORGET=error)

    assert stage.seen.of(e.Cue)[0][1] == e.Cue("sorry")
    assert len(told(stage)) == 1
    assert "?" not in told(stage)[0]  # the message of what only a developer can mend is not shown
    assert stage.said()[-2] == "user: good morning."
    assert stage.said()[-1].endswith("good morning.")
    assert stage.conversation.state.floor is Floor.IDLE


def test_a_sound_that_turns_out_to_be_none_has_memory_asked_no_second_time():
    memory = ScriptedMemory({Ask.KEEP: Answered("I'll remember that.")})
    stage = Stage(Says(1.0, 2.5, "remember that I'm ill."), Says(3.3, 5.6), memory=memory)
    stage.asr.seconds = 0.05
    stage.tts.seconds = 1.0  # the noise comes before she speaks

    stage.run(20.0)

    assert stage.seen.of(e.YieldTurn) != []
    assert len(memory.asked_for) == 1
    assert stage.said() == ["user: remember that I'm ill.", "companion: I'll remember that."]


# --- what is erased is read back first


def test_nothing_is_erased_before_a_yes():
    stage, memory = remembering(FORGET, FORGET=READ_BACK, YES=GONE)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET]
    assert stage.said()[-1] == "companion: On Monday you said that Jonas is ill. Shall I erase that?"
    assert stage.conversation.state.confirming


@pytest.mark.parametrize(
    ("answer", "ask", "said"),
    [
        ("yes.", Ask.YES, "I've erased it."),
        ("yes please, do it.", Ask.YES, "I've erased it."),
        ("no.", Ask.NO, "Then I keep it."),
        ("wait.", Ask.NO, "Then I keep it."),
        ("never mind.", Ask.NO, "Then I keep it."),
    ],
)
def test_a_yes_or_no_answers_what_was_read_back(answer, ask, said):
    stage, memory = remembering(
        FORGET, Says(10.0, 10.6, answer), FORGET=READ_BACK, YES=GONE, NO=Answered("Then I keep it.")
    )

    assert [asked for asked, *_ in memory.asked_for] == [Ask.FORGET, ask]
    assert stage.said()[-1] == f"companion: {said}"
    assert not stage.conversation.state.confirming


def test_anything_else_is_an_ordinary_turn_and_a_yes_behind_it_is_none():
    stage, memory = remembering(
        FORGET, Says(10.0, 11.0, "what time is it?"), Says(17.0, 17.6, "yes."), FORGET=READ_BACK, YES=GONE
    )

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET]
    assert stage.llm.prompts[0][-1].content == "what time is it?"


def test_a_yes_over_the_end_of_her_question_counts():
    stage, memory = remembering(FORGET, Says(5.6, 6.2, "yes."), FORGET=READ_BACK, YES=GONE)

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.YES]


def test_a_yes_before_she_has_asked_is_only_listening():
    stage, memory = remembering(FORGET, Says(4.2, 4.6, "yes."), FORGET=READ_BACK, YES=GONE)

    assert stage.seen.of(e.StopPlaying) == []
    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET]
    assert stage.conversation.state.confirming


@pytest.mark.parametrize("word", ["no.", "don't.", "keep it."])
def test_a_no_stops_her_at_once_while_she_reads_back(word):
    stage, memory = remembering(
        FORGET, Says(4.2, 4.8, word), FORGET=READ_BACK, YES=GONE, NO=Answered("Then I keep it.")
    )

    assert stage.seen.of(e.StopPlaying)[0][0] < 4.6
    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.NO]


def test_interrupted_while_she_reads_back_nothing_is_erased():
    stage, memory = remembering(
        FORGET,
        Says(4.2, 5.4, "what about the weather?"),
        Says(12.0, 12.5, "yes."),
        FORGET=READ_BACK,
        YES=GONE,
    )

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET]
    assert stage.said()[1].endswith(" —")


def test_a_read_back_that_was_stopped_before_a_word_of_it_was_heard_asked_nothing():
    draft = Draft(
        1, 1.0, "forget that.", clauses=(Clause("Shall I?", 0.6),), written=1, issued=1, confirms=True
    )
    speaks = State(floor=Floor.COMPANION, draft=draft, drafts=1, turn=1, turns=1, stored=True)

    stopped, _ = step(speaks, e.PushStarted(), 2.0, PATIENCE)

    for heard, confirming in (("", False), ("Shall", True)):
        state, _ = step(stopped, e.PlaybackStopped(1, heard), 2.0, PATIENCE)
        assert state.confirming is confirming


def test_told_to_be_silent_she_waits_for_no_yes():
    stage = Stage(FORGET, Says(9.0, 9.5, "yes."), memory=(memory := ScriptedMemory({Ask.FORGET: READ_BACK})))
    stage.at(5.0, e.StopAsked()).run(15.0)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET]


def test_asked_what_she_said_she_says_it_again_and_waits_still():
    _, memory = remembering(
        FORGET, Says(10.0, 11.0, "what did you say?"), Says(20.0, 20.6, "yes."), FORGET=READ_BACK, YES=GONE
    )

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.YES]


def test_the_answer_typed_over_her_voice_counts_too():
    memory = ScriptedMemory({Ask.FORGET: READ_BACK, Ask.YES: GONE})
    Stage(FORGET, memory=memory).at(5.5, e.Typed("yes")).run(15.0)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.YES]


def test_with_the_key_a_yes_counts():
    memory = ScriptedMemory({Ask.FORGET: READ_BACK, Ask.YES: GONE})
    stage = Stage(
        FORGET, Says(10.0, 10.6, "yes."), memory=memory, patience=replace(PATIENCE, hands_free=False)
    )
    for moment, event in (
        (0.9, e.PushStarted()),
        (2.6, e.PushEnded()),
        (9.9, e.PushStarted()),
        (10.7, e.PushEnded()),
    ):
        stage.at(moment, event)

    stage.run(20.0)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.YES]
    assert stage.said()[-1] == "companion: I've erased it."


# --- what was erased is gone


ILL = Says(1.0, 2.0, "Jonas is ill.")


def erasing(**options):
    """What was said about Jonas is erased, with all that was said about erasing it."""
    memory = ScriptedMemory({Ask.FORGET: READ_BACK, Ask.YES: GONE}, erases="Jonas")
    says = (ILL, Says(8.0, 9.5, "forget what I said about Jonas."), Says(18.0, 18.5, "yes."))
    stage = Stage(*says, Says(25.0, 26.0, "and now?"), memory=memory, **options)
    stage.asr.seconds = 0.05
    return stage


def test_what_was_erased_is_in_no_prompt_and_no_record_any_more():
    stage = erasing()
    stage.llm.reply = lambda messages: "I see."
    stage.run(40.0)

    assert "Jonas" not in str(stage.conversation.record)
    assert "Jonas" not in str(stage.llm.prompts[-1])
    assert "Jonas" not in str(stage.llm.settled[-1])
    assert stage.said()[-3:] == ["companion: I've erased it.", "user: and now?", "companion: I see."]


def test_the_models_cache_and_what_is_kept_of_it_are_clean_before_she_says_so():
    forgotten = []
    stage = erasing(forget_kept=lambda: forgotten.append(len(stage.llm.settled)))

    stage.run(24.0)

    back = stage.llm.settled[forgotten[-1]]
    assert back[-1].role != "assistant"  # what ends so holds no more than it
    assert "Jonas" not in str(back)
    (said_at, _) = [entry for entry in stage.seen.of(e.MemoryAnswered)][-1]
    (changed_at, _) = stage.seen.of(e.RecordChanged)[0]
    assert changed_at <= said_at


def test_who_speaks_on_while_it_is_erased_finds_it_gone_all_the_same():
    class Slow(ScriptedMemory):
        def asked(self, ask, *rest):
            stage.spent.seconds += 3.0 if ask is Ask.YES else 0.0
            return super().asked(ask, *rest)

    memory = Slow({Ask.FORGET: READ_BACK, Ask.YES: GONE}, erases="Jonas")
    says = (ILL, Says(8.0, 9.5, "forget what I said about Jonas."), Says(18.0, 18.5, "yes."))
    stage = Stage(*says, Says(20.0, 21.5, "tell me a story."), Says(30.0, 31.0, "and now?"), memory=memory)
    stage.asr.seconds = 0.05

    stage.run(45.0)

    assert stage.seen.of(e.YieldTurn) != []
    assert "Jonas" not in str(stage.conversation.record)
    assert "Jonas" not in str(stage.llm.prompts[-1])
    assert "companion: I've erased it." not in stage.said()


def test_a_turn_that_was_erased_is_not_heard_once_more():
    stage = erasing()
    stage.run(40.0)

    assert [turn for turn, *_ in stage.store.reviews] == [1, 2, 4]  # the third was the yes


def test_a_kept_conversation_that_cannot_be_deleted_is_told():
    def refuse():
        raise HomeError("A kept conversation can't be deleted: check the folder's rights.")

    stage = erasing(forget_kept=refuse)
    stage.run(40.0)

    assert "A kept conversation can't be deleted: check the folder's rights." in told(stage)
    assert "companion: I've erased it." not in stage.said()


def test_a_turn_that_was_corrected_stands_so_in_the_next_prompt():
    memory = ScriptedMemory(
        {Ask.MISHEARD: Answered("Jonas, then.", corrected=(("user", 1, "Jonas is ill."),))}
    )
    stage = Stage(
        Says(1.0, 2.0, "Thomas is ill."),
        Says(8.0, 9.0, "no, I said Jonas."),
        Says(15.0, 16.0, "and now?"),
        memory=memory,
    )
    stage.llm.reply = lambda messages: "I see."

    stage.run(25.0)

    assert "Thomas" not in str(stage.llm.prompts[-1])
    assert "Jonas is ill." in str(stage.llm.prompts[-1])


# --- off the record

SECRET = "I took the money."


BACK_ON = Says(30.0, 31.0, "back on the record.")


def off_and_on(*between, back=BACK_ON, until=50.0, **options):
    stage = Stage(
        Says(1.0, 2.0, "good morning."), Says(8.0, 9.0, "off the record."), *between, back,
        Says(40.0, 41.0, "and now?"), **options,
    )  # fmt: skip
    stage.asr.seconds = 0.05
    return stage.run(until)


def test_off_the_record_nothing_of_either_side_reaches_the_store():
    stage = off_and_on(Says(18.0, 19.0, SECRET))

    assert stage.said() == [
        "user: good morning.",
        "companion: You said good morning.",
        "user: back on the record.",
        f"companion: {BACK}",
        "user: and now?",
        "companion: You said and now?.",
    ]
    assert len(off_record(stage)) == 4
    assert told(stage) == [OFF_TOLD, BACK_TOLD]


def test_off_the_record_she_answers_as_ever():
    stage = off_and_on(Says(18.0, 19.0, SECRET))

    assert stage.llm.prompts[1][-1].content == SECRET
    assert any(
        isinstance(what, e.CommitCompanionTurn) and what.text.startswith("You said I took")
        for _, what in stage.seen.log
    )


def test_back_on_the_record_neither_the_record_nor_the_models_cache_holds_any_of_it():
    stage = off_and_on(Says(18.0, 19.0, SECRET))

    assert all(turn.kept for turn in stage.conversation.record.turns)
    assert "money" not in str(stage.conversation.record)
    assert "money" not in str(stage.llm.prompts[-1])
    before = [prompt for prompt in stage.llm.settled if "money" in str(prompt)]
    after = stage.llm.settled[stage.llm.settled.index(before[-1]) + 1 :]
    assert [m.content for m in after[0]][-1] == "good morning."  # brought back before the stretch
    assert after[0][-1].role == "user"


def test_what_is_kept_for_the_next_start_ends_where_the_record_was_left():
    stage = off_and_on(Says(18.0, 19.0, SECRET), back=Says(34.0, 34.1), until=33.0)

    stage.conversation.end()
    stage.run(40.0)

    assert [m.content for m in stage.llm.kept[-1]][-2:] == ["good morning.", "You said good morning."]


def test_off_the_record_no_turn_is_heard_once_more_and_no_pace_is_learned():
    stage = off_and_on(Says(18.0, 19.0, "I took the"), Says(20.9, 21.6, "money."), until=29.0)

    assert [turn for turn, *_ in stage.store.reviews] == [1]
    assert stage.store.paces == {}
    assert stage.conversation.state.paces.known == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("remember that I'm ill.", NOTHING_KEPT),
        ("forget that.", NOTHING_KEPT),
        ("that's wrong, it's April.", NOTHING_CHANGED),
        ("no, I said Jonas.", NOTHING_CHANGED),
    ],
)
def test_off_the_record_memory_keeps_nothing_and_changes_nothing_and_she_says_so(text, said):
    memory = ScriptedMemory()
    stage = off_and_on(Says(18.0, 19.0, text), memory=memory, until=29.0)

    assert memory.asked_for == []
    spoken = [what.text for _, what in stage.seen.of(e.CommitCompanionTurn)]
    assert spoken[-1] == said


def test_off_the_record_what_was_said_on_it_is_forgotten_and_the_wish_is_kept_nowhere():
    memory = ScriptedMemory({Ask.FORGET: READ_BACK, Ask.YES: GONE}, erases="Jonas")
    stage = Stage(
        Says(1.0, 2.0, "Jonas is ill."),
        Says(8.0, 9.0, "off the record."),
        Says(18.0, 19.5, "forget what I said about Jonas."),
        Says(28.0, 28.5, "yes."),
        Says(38.0, 39.0, "back on the record."),
        Says(48.0, 49.0, "and now?"),
        memory=memory,
    )
    stage.asr.seconds = 0.05
    stage.run(60.0)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.FORGET, Ask.YES]
    assert "Jonas" not in str(stage.conversation.record)
    assert "Jonas" not in str(stage.llm.prompts[-1])
    texts = [text for side, _, text in stage.store.rows if side == "user"]
    assert texts == ["Jonas is ill.", "back on the record.", "and now?"]  # memory took the first away


def test_off_the_record_memory_may_be_read():
    memory = ScriptedMemory({Ask.ABOUT: Answered("She is your sister.")})
    stage = off_and_on(Says(18.0, 19.0, "what do you know about Amy?"), memory=memory, until=29.0)

    assert [ask for ask, *_ in memory.asked_for] == [Ask.ABOUT]
    assert "She is your sister." not in str(stage.store.rows)


def test_what_is_said_in_the_same_breath_is_off_the_record_and_answered():
    stage = Stage(Says(1.0, 3.0, "off the record, I took the money.")).run(20.0)

    assert stage.store.rows == []
    ((*_, last),) = stage.llm.prompts
    assert last.content == "off the record, I took the money."
    ((_, said),) = stage.seen.of(e.CommitCompanionTurn)
    assert said.text.startswith(f"{OFF_AND} You said")


def test_an_answer_that_is_interrupted_by_it_was_still_on_the_record():
    stage = Stage(Says(1.0, 2.0, "tell me a story."), Says(4.5, 5.5, "off the record."))
    stage.llm.reply = lambda messages: "once upon a time there was a very small dog who lived by the sea"
    stage.asr.seconds = 0.05
    stage.run(15.0)

    assert [side for side, *_ in stage.store.rows] == ["user", "companion"]
    assert stage.store.rows[1][2].endswith(" —")


def test_an_answer_that_is_interrupted_by_the_way_back_was_off_it():
    stage = off_and_on(
        Says(18.0, 19.0, "tell me a story."), back=Says(20.6, 21.6, "back on the record."), until=35.0
    )

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert [text for _, _, text in stage.store.rows[2:]] == ["back on the record.", BACK]
    assert "story" not in str(stage.conversation.record)


def test_typed_turns_are_off_the_record_as_well():
    stage = Stage()
    for moment, text in (
        (1.0, "Off the record."),
        (8.0, SECRET),
        (16.0, "Back on the record."),
        (24.0, "Hello."),
    ):
        stage.at(moment, e.Typed(text))
    stage.run(35.0)

    assert [text for side, _, text in stage.store.rows if side == "user"] == ["Back on the record.", "Hello."]
    assert "money" not in str(stage.llm.prompts[-1])


def test_with_the_key_it_is_off_the_record_as_well():
    stage = Stage(
        Says(1.0, 2.0, "off the record."),
        Says(9.0, 10.0, SECRET),
        patience=replace(PATIENCE, hands_free=False),
    )
    for down, up in ((0.9, 2.1), (8.9, 10.1)):
        stage.at(down, e.PushStarted()).at(up, e.PushEnded())
    stage.run(20.0)

    assert stage.store.rows == []
    assert len(off_record(stage)) == 4


def test_words_that_are_cut_off_by_typing_are_off_the_record_where_they_ask_for_it():
    stage = Stage(Says(1.0, 2.0, "this is off the record.")).at(2.2, e.Typed(SECRET))
    stage.asr.seconds = 0.05
    stage.run(12.0)

    assert len(stage.seen.of(e.YieldTurn)) == 1

    assert stage.store.rows == []


def test_what_was_not_said_yet_of_an_answer_is_gone_with_the_stretch():
    stage = off_and_on(Says(18.0, 19.0, SECRET), until=36.0)
    stage.at(36.0, e.Typed("what did you say?")).run(48.0)

    assert "money" not in str(stage.store.rows)


def paused(text, **state):
    """The floor at the end of a turn with these words."""
    draft = Draft(1, 1.0, text, over=True, final=True, stranger=True, sure=0.9)
    return State(floor=Floor.PAUSE, draft=draft, drafts=1, **state)


def test_back_on_the_record_the_heart_knows_nothing_of_it_any_more():
    secret = paused(
        "back on the record.", off_record=True, said=SECRET, rest=SECRET, unfinished=3, foreseen=SECRET
    )

    state, _ = step(secret, e.TimerFired(e.Timer.TURN_BOUND), 2.0, PATIENCE)

    assert not state.off_record
    assert "money" not in str(state)
    assert not state.interrupted


@pytest.mark.parametrize("off", [True, False])
def test_off_the_record_nobody_is_asked_who_it_is(off):
    state, commands = step(
        paused("good morning.", off_record=off), e.TimerFired(e.Timer.TURN_BOUND), 2.0, PATIENCE
    )

    assert (e.Asked() in commands) is not off
    assert (state.set_aside is None) is off


@pytest.mark.parametrize("off", [True, False])
def test_off_the_record_no_pace_is_learned_from_somebody_who_was_cut_off(off):
    first = Says(1.0, 2.0, "off the record." if off else "good morning.")
    stage = Stage(first, Says(12.0, 13.0, "I went home."), Says(14.2, 15.4, "and I slept for hours."))
    stage.asr.seconds = 0.05
    stage.run(30.0)

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert (stage.store.paces == {}) is off


def test_on_the_record_already_there_is_nothing_to_end():
    stage = Stage(Says(1.0, 2.0, "back on the record.")).run(10.0)

    assert stage.said()[-1] == f"companion: {ON_ALREADY}"
    assert stage.seen.of(e.BackOnRecord) == []


@pytest.mark.parametrize(("off", "said"), [(True, NOTHING_KEPT), (False, ON_ALREADY)])
def test_asked_whether_it_is_off_the_record_she_knows(off, said):
    asks = Says(8.0, 9.0, "are we off the record?")
    stage = Stage(*([Says(1.0, 2.0, "off the record.")] if off else []), asks).run(20.0)

    assert [what.text for _, what in stage.seen.of(e.CommitCompanionTurn)][-1] == said
    assert stage.llm.prompts == []


def test_asked_twice_it_is_told_once():
    stage = off_and_on(Says(18.0, 19.0, "off the record."), until=29.0)

    assert told(stage) == [OFF_TOLD]
    assert [what.text for _, what in stage.seen.of(e.CommitCompanionTurn)][-1] == OFF


# --- the record


def test_a_record_without_the_turns_that_were_erased_shows_no_note_either():
    record = Record(
        (
            Turn("user", 1, "Hello.", recalled="Jonas is ill"),
            Turn("companion", 1, "Hi."),
            Turn("user", 2, "Jonas is ill."),
            Turn("companion", 2, "Oh no."),
        )
    )

    changed = record.changed({("user", 2)}, [("companion", 2, "Oh.")])

    assert changed.turns == (
        Turn("user", 1, "Hello."),
        Turn("companion", 1, "Hi."),
        Turn("companion", 2, "Oh."),
    )
    assert record.shared_with(changed) == Record()
    assert record.shared_with(record) == record


def test_a_turn_that_was_corrected_is_not_heard_once_more_nor_put_back():
    stage = Stage(Says(1.0, 2.5, "Thomas is ill."))
    stage.run(12.0)
    talk = stage.conversation
    talk._to_review = [_Committed(1, "Thomas is ill.", talk._ears.so_far())]
    corrected = (("user", 1, "Jonas is ill."),)

    talk.handle(e.RecordChanged(frozenset(), corrected, e.MemoryAnswered(2, "Jonas, then.")))
    assert talk._to_review == []
    talk.handle(e.Reviewed(1, "Tomas is ill.", matters=True))  # it was on its way

    assert talk.record.turns[0].text == "Jonas is ill."
