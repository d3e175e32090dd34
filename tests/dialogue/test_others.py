"""Voices that aren't answered: a television and guests beside the person she listens to, in virtual time."""

from dataclasses import replace

import numpy as np
import pytest
from scripted import LEVEL, PATIENCE, Says, Stage

from companion.dialogue import events as e
from companion.dialogue.answer import KEEPING
from companion.dialogue.draft import Clause, Draft
from companion.dialogue.floor import step
from companion.dialogue.state import Floor, Others, State
from companion.engines.speaker.voices import KnownVoices, Voice, like, threshold
from companion.errors import EngineError
from companion.runtime import listener as listening
from companion.runtime.listener import Listener

ANNA, SCREEN, HERS, NEARLY, LIKE = 0, 1, 2, 3, 4
STORY = "once upon a time there was a very small dog who lived alone by the sea and sang all day"


class Levels:
    """Each utterance of the script is a voice of its own: its level says whose."""

    def __init__(self, voices):
        self.voices = voices

    def vector(self, sound):
        loud = sound[np.abs(sound) > LEVEL / 2]
        if len(loud) < 3200:
            return None
        number = round(float(np.median(loud)) / LEVEL) - 1
        return axis(self.voices[number] if number < len(self.voices) else HERS)


def axis(index):
    vector = np.zeros(256, np.float32)
    vector[index] = 1.0
    near = {NEARLY: threshold(2.0) + 0.06, LIKE: like(0.3) + 0.02}.get(index)
    if near:  # surely Anna's, but not out of the blue; a word like Anna's
        vector[[ANNA, index]] = near, np.sqrt(1 - near**2)
    return vector


def room(*said, answer="known"):
    """A conversation in which Anna is known; `said`: (voice, start, end, text)."""
    known = KnownVoices((Voice("Anna", axis(ANNA), axis(ANNA), 3),))
    listener = Listener(Levels([who for who, *_ in said]), known, answer == "known", False)
    script = [Says(start, end, text) for _, start, end, text in said]
    stage = Stage(*script, listener=listener, patience=replace(PATIENCE, only_known=answer == "known"))
    stage.asr.seconds = 0.05
    stage.llm.reply = lambda messages: STORY if "story" in messages[-1].content else "It is five."
    return stage


def turns(stage):
    return [what.text for _, what in stage.seen.of(e.CommitUserTurn)]


def spoken_at(stage):
    return [at for at, _ in stage.seen.of(e.Play)]


# --- the floor


def test_a_television_takes_nobodys_floor_and_nothing_of_it_is_kept():
    stage = room((SCREEN, 1.0, 30.0, "and now the weather."))

    stage.run(3.0)
    assert stage.conversation.state.floor is Floor.IDLE
    stage.run(35.0)

    assert turns(stage) == []
    assert stage.llm.prompts == []
    assert stage.asr.asked == 0, "what others say isn't even written down"


def test_the_end_of_turn_model_hears_only_what_is_meant_for_her(monkeypatch):
    stage = room(
        (SCREEN, 1.0, 2.5, "the news."), (ANNA, 5.0, 7.0, "what is the time?"), (SCREEN, 7.12, 9.0, "")
    )
    asked = []
    ask = type(stage.endpoint).probability

    def probability(judge, audio):
        asked.append(set(np.round(audio / LEVEL).astype(int)))
        return ask(judge, audio)

    monkeypatch.setattr(type(stage.endpoint), "probability", probability)

    stage.run(15.0)

    assert asked
    assert all(levels == {0, 2} for levels in asked)


@pytest.mark.parametrize(
    "screen",
    [
        [(3.2, 40.0)],
        [(start, start + 1.8) for start in np.arange(3.2, 40.0, 2.1)],
        [(start, start + 0.9) for start in np.arange(3.2, 40.0, 1.1)],
    ],
)
def test_a_sentence_is_answered_while_a_television_goes_on(screen):
    said = [(SCREEN, float(a), float(b), "and now the weather.") for a, b in screen]
    stage = room((ANNA, 1.0, 3.0, "what is the time?"), *said)

    stage.run(12.0)

    assert turns(stage) == ["what is the time?"]
    assert spoken_at(stage)[0] < 7.0
    assert stage.seen.of(e.StopPlaying) == []


def test_a_sentence_over_a_television_that_never_pauses_is_answered():
    stage = room((SCREEN, 1.0, 8.0, ""), (ANNA, 8.0, 10.5, "what is the time?"), (SCREEN, 10.5, 40.0, ""))

    stage.run(20.0)

    assert turns(stage) == ["what is the time?"]
    assert spoken_at(stage)[0] < 15.0


def test_who_goes_on_after_a_pause_in_which_the_television_spoke_is_not_cut_off():
    stage = room(
        (ANNA, 1.0, 3.0, "what I wanted to know is"),
        (SCREEN, 3.15, 4.4, "the weather"),
        (ANNA, 4.6, 6.0, "the time."),
    )

    stage.run(15.0)

    assert turns(stage) == ["what I wanted to know is the time."]


def test_what_the_television_says_behind_a_sentence_is_no_part_of_it():
    stage = room((ANNA, 1.0, 3.0, "what is the time?"), (SCREEN, 3.12, 4.6, "the weather."))

    stage.run(12.0)

    assert turns(stage) == ["what is the time?"]


def test_a_look_comes_to_an_end_where_no_voice_can_be_told(monkeypatch):
    stage = room((ANNA, 1.0, 3.0, "what is the time?"))

    def failing(listener, sound):
        raise ValueError

    monkeypatch.setattr(Listener, "look", failing)

    stage.run(8.0)

    looks = [what for _, what in stage.seen.of(e.Overheard)]
    assert len(looks) == len(stage.seen.of(e.Overhear)) > 0
    assert not any(look.text or look.sure for look in looks)
    assert stage.conversation.state.floor is Floor.IDLE


# --- in the pause


def answered_at(*screen, **options):
    """When the answer to a sentence sounds, with a television in the pause behind it."""
    said = [(SCREEN, start, end, "and now the weather.") for start, end in screen]
    stage = room((ANNA, 1.0, 3.0, "what is the time?"), *said, **options).run(12.0)
    assert turns(stage) == ["what is the time?"]
    return stage, spoken_at(stage)[0]


@pytest.mark.parametrize("screen", [[(3.15, 3.7)], [(3.15, 9.0)], [(3.15, 3.75), (3.85, 4.4), (4.5, 9.0)]])
def test_a_television_in_the_pause_revokes_nothing_and_delays_the_answer_by_a_look_at_its_voice(screen):
    _, quiet = answered_at()
    stage, at = answered_at(*screen)

    drafts = {what.draft for _, what in stage.seen.of(e.Transcribe)}
    assert not [what for _, what in stage.seen.of(e.Revoke) if what.draft in drafts]
    assert at - quiet < 0.8


def test_who_goes_on_in_the_pause_is_not_cut_off_where_only_known_voices_are_answered():
    stage = room((ANNA, 1.0, 3.0, "what is the time?"), (ANNA, 3.2, 4.5, "in Berlin, I mean."))

    stage.run(12.0)

    assert turns(stage) == ["what is the time? in Berlin, I mean."]


def test_who_goes_on_before_a_television_does_is_answered_with_all_of_it():
    stage = room(
        (ANNA, 1.0, 3.0, "what is the time?"), (ANNA, 3.2, 4.6, "in Berlin, I mean."), (SCREEN, 4.6, 12.0, "")
    )
    stage.asr.seconds = 0.02

    stage.run(14.0)

    assert turns(stage) == ["what is the time? in Berlin, I mean."]
    assert spoken_at(stage)[0] < 8.0


@pytest.mark.parametrize("answer", ["known", "everyone"])
def test_the_speech_of_others_teaches_nobody_how_long_the_users_pauses_are(answer):
    stage = room(
        (ANNA, 1.0, 3.0, "what I wanted to know is"), (SCREEN, 3.9, 5.6, "the weather"), answer=answer
    )

    stage.run(7.0)

    assert stage.conversation.state.paces.known == ()


def test_what_a_guest_says_soon_after_a_turn_is_none_of_its_rest():
    paused, begun = Draft(1, 3.0), State(floor=Floor.PAUSE, broke_in="Anna")
    state = replace(begun, draft=paused, drafts=1)

    def learned(who, sure):
        after, _ = step(state, e.Heard(1, "and about a cat", who, sure), 3.2, PATIENCE)
        return after.paces.known

    assert learned("Anna", 0.9)
    assert learned("", 0.1)
    assert not learned("", 0.9)
    assert not learned("Tom", 0.9)


def known_step(state, *happened):
    """The state and the commands after what happened: (event, time)."""
    commands = []
    for event, now in happened:
        state, more = step(state, event, now, replace(PATIENCE, only_known=True))
        commands += more
    return state, commands


PAUSED = State(floor=Floor.PAUSE, draft=Draft(1, 3.0, text="what is the time?"), drafts=1)


def look(voice, text="what is the time?", **more):
    return e.Overheard(text, text, 0.05, sound=1, voice=voice, **more)


def test_a_sound_in_the_pause_holds_the_turn_until_its_voice_is_known():
    rising = ((e.SpeechRose(), 3.2), (e.SpeechStarted(3.2), 3.3))
    state, commands = known_step(PAUSED, *rising, (e.SpeechSustained(3.2), 3.8))
    assert state.floor is Floor.RESUMING
    assert e.SetTimer(e.Timer.LOOK, pytest.approx(3.8)) in commands

    state, commands = known_step(state, (e.TimerFired(e.Timer.LOOK), 3.8))
    assert commands[0] == e.Overhear(1, urgent=True)

    untold, _ = known_step(state, (look(e.Voice.OPEN), 3.9))
    assert untold.floor is Floor.RESUMING
    theirs, commands = known_step(untold, (look(e.Voice.OTHER, since=0.7), 4.1))
    assert (theirs.floor, theirs.others) == (Floor.PAUSE, Others.SPEAK)
    assert not [command for command in commands if isinstance(command, e.Revoke)]
    hers, _ = known_step(state, (look(e.Voice.ANSWERED, "what is the time? in"), 3.9))
    assert hers.floor is Floor.USER


def test_little_of_a_voice_beside_others_is_theirs_and_is_not_even_looked_at():
    state = replace(PAUSED, others=Others.SPOKE)
    rising = ((e.SpeechRose(), 3.2), (e.SpeechStarted(3.2), 3.3), (e.SpeechDipped(3.5), 3.55))

    state, commands = known_step(state, *rising, (e.SpeechPaused(3.5), 3.6))

    assert (state.floor, state.others) == (Floor.PAUSE, Others.SPOKE)
    assert not [command for command in commands if isinstance(command, e.Overhear | e.Revoke)]


def test_a_look_that_comes_behind_what_was_typed_takes_no_floor():
    rising = ((e.SpeechRose(), 3.2), (e.SpeechStarted(3.2), 3.3), (e.TimerFired(e.Timer.LOOK), 3.8))
    state, _ = known_step(replace(PAUSED, others=Others.SPOKE), *rising, (e.Typed("stop"), 3.9))

    state, commands = known_step(state, (look(e.Voice.OTHER, "and here is the news"), 4.0))

    assert (state.floor, commands) == (Floor.IDLE, [])


def test_a_voice_that_nobody_can_tell_holds_nobody_up_for_ever():
    rising = ((e.SpeechRose(), 3.2), (e.SpeechStarted(3.2), 3.3), (e.TimerFired(e.Timer.LOOK), 3.8))
    state, _ = known_step(PAUSED, *rising, (look(e.Voice.OPEN), 5.3))
    assert state.floor is Floor.USER

    slow, _ = known_step(PAUSED, *rising, (e.TimerFired(e.Timer.LOOK), 4.8))
    assert slow.floor is Floor.USER, "no look came back"


# --- over her voice


def telling(*said, **options):
    return room((ANNA, 1.0, 2.0, "tell me a story."), *said, **options)


@pytest.mark.parametrize("answer", ["known", "everyone"])
def test_a_television_over_her_voice_does_not_stop_her_and_she_comes_back_up(answer):
    stage = telling((SCREEN, 4.0, 8.0, "and here is the news, come in today"), answer=answer)

    stage.run(15.0)

    assert stage.seen.of(e.StopPlaying) == []
    down, up = stage.sound.ducks[:2]
    assert (down[1], up[1]) == (-12.0, 0.0)
    assert up[0] < 6.0
    assert turns(stage) == ["tell me a story."]


@pytest.mark.parametrize("answer", ["known", "everyone"])
def test_who_is_known_stops_her_with_any_words_even_over_the_television(answer):
    stage = telling((SCREEN, 4.0, 5.5, ""), (ANNA, 5.5, 7.5, "no, something about a cat."), answer=answer)

    stage.run(15.0)

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert 5.5 < stopped < 7.8
    assert turns(stage)[-1] == "no, something about a cat."


def test_a_guest_stops_her_with_a_request_where_everybody_is_answered():
    stage = telling((SCREEN, 4.0, 5.2, "stop talking, please."), answer="everyone")

    stage.run(10.0)

    assert len(stage.seen.of(e.StopPlaying)) == 1
    assert turns(stage)[-1] == "stop talking, please."


def test_a_request_too_short_to_tell_who_made_it_stops_her_and_a_strangers_long_one_does_not():
    short = telling((SCREEN, 4.0, 4.45, "stop.")).run(10.0)
    long = telling((SCREEN, 4.0, 5.6, "")).run(10.0)

    assert len(short.seen.of(e.StopPlaying)) == 1
    assert long.seen.of(e.StopPlaying) == []


def test_a_late_look_does_not_let_a_stranger_stop_her():
    stage = telling((SCREEN, 4.0, 8.0, "and here is the news"))
    stage.run(3.9)
    stage.asr.seconds = 1.0

    stage.run(10.0)

    assert stage.seen.of(e.StopPlaying) == []


def test_an_answer_about_to_sound_is_not_held_up_by_a_television():
    stage = telling((SCREEN, 2.9, 12.0, "and here is the news"))
    stage.llm.prefill_seconds = 2.5

    stage.run(12.0)

    assert stage.seen.of(e.YieldTurn) == []
    assert spoken_at(stage)[0] < 6.5


def test_a_television_puts_off_the_keeping_to_its_next_pause_only():
    screen = [(SCREEN, float(a), float(a) + 4.0, "and now the weather.") for a in np.arange(8.0, 60.0, 7.0)]
    stage = room((ANNA, 1.0, 2.0, "what is the time?"), *screen)

    stage.run(60.0)

    (kept, _), finished = stage.seen.of(e.Keep)[0], stage.seen.of(e.CommitCompanionTurn)[0][0]
    assert finished + KEEPING <= kept + 0.1 <= finished + KEEPING + 8.0


@pytest.mark.parametrize(("answer", "since"), [("known", 2.15), ("everyone", 2.9)])
def test_who_speaks_over_a_television_that_has_gone_on_since_before_her_answer_stops_her(answer, since):
    stage = telling(
        (SCREEN, since, 6.0, "and here is the news"),
        (ANNA, 6.0, 7.6, "no, something about a cat."),
        (SCREEN, 7.6, 20.0, "and here is the news"),
        answer=answer,
    )
    stage.llm.prefill_seconds = 2.5

    stage.run(25.0)

    ((stopped, _),) = stage.seen.of(e.StopPlaying)
    assert 6.0 < stopped < 8.6
    assert "no, something about a cat." in turns(stage)[-1]


def test_doubtful_words_over_a_television_that_ends_while_an_answer_is_made_count():
    state = replace(ANSWERING, others=Others.SPEAK)
    state, commands = known_step(state, (e.SpeechPaused(6.0), 6.1))
    assert e.Overhear(5, urgent=True) in commands
    words = replace(look(e.Voice.ANSWERED, "no something about a cat"), sure=False, sound=5)

    state, _ = known_step(state, (words, 6.3))

    assert state.floor is Floor.PAUSE


def test_a_television_that_ends_while_an_answer_is_made_delays_it_by_a_look():
    stage = telling((SCREEN, 2.15, 4.0, "and here is the news"))
    stage.llm.prefill_seconds = 2.5

    stage.run(12.0)

    assert stage.seen.of(e.YieldTurn) == []
    assert turns(stage) == ["tell me a story."]
    assert 4.0 < spoken_at(stage)[0] < 6.0


def test_a_guest_who_still_speaks_when_she_has_finished_is_answered_where_everybody_is():
    stage = telling((SCREEN, 6.0, 12.0, "what is the time?"), answer="everyone")

    stage.run(20.0)

    assert turns(stage)[-1] == "what is the time?"


ANSWERING = State(
    floor=Floor.ANSWERING, turn=1, turns=1, stored=True, sounds=4, drafts=1, draft=Draft(1, 3.0, text="hello")
)  # fmt: skip
SPEAKING = State(
    floor=Floor.OVERLAP, others=Others.SPEAK, turn=1, turns=1, stored=True, sounds=4, drafts=1, onset=5.0,
    draft=Draft(1, 3.0, text="hello", clauses=(Clause("Hello.", 1.0),), written=1, issued=1),
)  # fmt: skip


@pytest.mark.parametrize("role", ["tts", "llm"])
@pytest.mark.parametrize("others", [Others.SPEAK, Others.SPOKE])
def test_an_engine_that_fails_when_others_talk_over_her_ends_her_turn_and_nothing_else(role, others):
    draft = replace(
        SPEAKING.draft, clauses=(Clause("Hello.", 1.0, played=True), Clause("There.", None)), written=None
    )
    state = replace(SPEAKING, draft=draft, others=others)

    state, commands = known_step(state, (e.EngineFailed(role, 1, "It failed: try again."), 7.0))

    assert state.floor is Floor.IDLE
    assert e.CommitCompanionTurn(1, "Hello.", interrupted=False) in commands


def test_words_over_a_television_that_ends_with_them_belong_to_the_turn():
    stage = room(
        (ANNA, 1.0, 2.0, "tell me a story about"),
        (SCREEN, 2.15, 2.9, "the news"),
        (ANNA, 2.9, 3.85, "a dog."),
    )

    stage.run(14.0)

    (turn,) = turns(stage)
    assert turn.endswith("a dog.")


def test_a_turn_isnt_over_while_it_is_told_who_spoke_last_in_its_pause():
    draft = Draft(1, 3.0, text="tell me a story.", ending=0.8, verdict=0.98)
    paused = State(floor=Floor.PAUSE, others=Others.SPEAK, drafts=1, sounds=1, draft=draft)
    silent, commands = known_step(paused, (e.SpeechPaused(3.3), 3.4), (e.TimerFired(e.Timer.TURN_END), 3.4))
    assert e.Overhear(1, urgent=True) in commands
    assert silent.floor is Floor.PAUSE

    theirs, _ = known_step(silent, (look(e.Voice.OTHER), 3.5))
    hers, commands = known_step(silent, (look(e.Voice.ANSWERED), 3.5))

    assert theirs.floor is Floor.ANSWERING
    assert (hers.floor, hers.draft.end) == (Floor.PAUSE, 3.3)
    assert e.Transcribe(2, 3.3) in commands


def test_a_television_that_pauses_as_she_ends_is_not_looked_at_in_the_silence():
    state, commands = known_step(SPEAKING, (e.SpeechPaused(6.0), 6.1))
    assert e.Overhear(4, urgent=True) in commands, "a look belongs to its sound"

    state, commands = known_step(state, (e.ClausePlayed(1, 0), 6.15), (look(e.Voice.OTHER), 6.3))

    assert (state.floor, state.others) == (Floor.IDLE, Others.SILENT)
    assert not [c for c in commands if isinstance(c, e.SetTimer) and c.timer is e.Timer.OTHERS]


def test_a_television_that_goes_on_as_she_ends_is_looked_at_again():
    state, commands = known_step(SPEAKING, (e.ClausePlayed(1, 0), 6.15))

    assert (state.floor, state.others) == (Floor.IDLE, Others.SPEAK)
    assert [c for c in commands if isinstance(c, e.SetTimer) and c.timer is e.Timer.OTHERS]


def test_whoever_speaks_when_she_gives_up_is_not_taken_for_others():
    state, _ = known_step(SPEAKING, (e.TimerFired(e.Timer.ANSWER), 6.1))
    assert (state.floor, state.others) == (Floor.USER, Others.SILENT)


def test_an_answer_in_a_strangers_voice_is_no_request_to_be_carried_out():
    asking = room((ANNA, 1.0, 2.5, "hello."), (SCREEN, 30.0, 30.35, "quiet."))
    asking.llm.reply = lambda messages: "How was the house?"
    telling = room((ANNA, 1.0, 2.5, "hello."), (SCREEN, 30.0, 30.35, "quiet."))

    assert turns(asking.run(36.0)) == ["hello."]
    assert turns(telling.run(36.0)) == ["hello.", "quiet."]


# --- words too short to tell a voice by


def test_a_word_right_behind_a_long_answer_is_theirs_whom_she_answers_if_it_sounds_like_them():
    story = (ANNA, 1.0, 3.0, "tell me a story.")
    alone = room(story)
    alone.run(20.0)
    (over, _), *_ = alone.seen.of(e.CommitCompanionTurn)
    assert over > 8.0, "by then Anna has been silent for long"

    for voice, late, answered in ((LIKE, 0.5, True), (LIKE, 20.0, False), (SCREEN, 0.5, False)):
        stage = room(story, (voice, over + late, over + late + 0.35, "thanks."))
        stage.run(over + 25.0)

        assert turns(stage) == ["tell me a story.", *(["thanks."] if answered else [])]


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ([(ANNA, 3.3, 6.0, "afraid of the dog.")], ["I was very much afraid of the dog."]),
        ([(ANNA, 4.8, 7.0, "afraid of the dog.")], ["I was very much afraid of the dog."]),
        ([(ANNA, 6.0, 8.0, "afraid of the dog.")], ["afraid of the dog."]),
        ([(SCREEN, 3.3, 6.0, "and now the weather.")], []),
        ([], []),
    ],
)
def test_a_beginning_that_may_be_hers_counts_if_what_follows_shows_it(monkeypatch, then, said):
    monkeypatch.setattr(listening, "OUT_OF_THE_BLUE", ((-2.0, 1.0), (-1.0, 1.0)))  # the stage has no noise
    stage = room((NEARLY, 1.0, 3.0, "I was very much"), *then)

    stage.run(20.0)

    assert turns(stage) == said
    assert bool(spoken_at(stage)) is bool(said)


def doubted(**more):
    """The pause behind words that may be nobody's; an answer to them was drafted ahead."""
    draft = Draft(1, 3.0, guess="forget my voice.", clauses=(Clause("Very well."),))
    state = State(floor=Floor.PAUSE, draft=draft, drafts=1, **more)
    return known_step(state, (e.Heard(1, "forget my voice.", "Anna", 0.3, doubted=True), 3.2))


def test_nothing_is_made_of_words_that_may_be_nobodys():
    state, commands = doubted()

    assert e.Revoke(1, successor=2) in commands
    assert not [c for c in commands if isinstance(c, e.Reply | e.JudgeWords | e.Judge)]
    state, commands = known_step(state, (e.TimerFired(e.Timer.TURN_BOUND), 5.5))
    assert state.floor is Floor.IDLE
    assert e.DropSound() in commands


@pytest.mark.parametrize(
    "event",
    [
        e.MuteChanged(True),
        e.StopAsked(),
        e.Typed("hello."),
        e.EngineFailed("llm", 2, "The model failed."),
        e.TimerFired(e.Timer.LONGEST),
        e.TimerFired(e.Timer.TURN_BOUND),
        e.TurnJudged(2, 0.99),
    ],
)
@pytest.mark.parametrize("unanswered", [0, 1])
def test_whatever_happens_words_that_may_be_nobodys_are_neither_kept_nor_carried_out(event, unanswered):
    state, _ = doubted(turn=unanswered, turns=unanswered, unanswered=unanswered, stored=True)
    _, commands = known_step(state, (event, 3.4), (e.TimerFired(e.Timer.TURN_BOUND), 6.0))

    kept = [c.text for c in commands if isinstance(c, e.CommitUserTurn)]
    assert kept == (["hello."] if isinstance(event, e.Typed) else [])
    assert not [c for c in commands if isinstance(c, e.ForgetVoice)]


def test_an_answer_that_was_put_off_for_words_that_may_be_nobodys_is_given_without_them():
    state, _ = doubted(turn=1, turns=1, unanswered=1, stored=True)

    state, commands = known_step(state, (e.TimerFired(e.Timer.TURN_BOUND), 5.5))

    assert (state.floor, state.draft.clauses) == (Floor.ANSWERING, ())
    assert e.Reply(2, "") in commands


def test_words_that_may_be_nobodys_teach_nobody_how_long_pauses_are():
    before = State(broke_in="Anna")
    state, _ = doubted(broke_in="Anna")

    assert state.paces == before.paces


def test_a_turn_as_long_as_one_may_be_is_not_kept_where_it_may_be_nobodys():
    state = State(floor=Floor.USER, draft=Draft(1, 3.0, cut=True), drafts=1)

    after, commands = known_step(state, (e.Heard(1, "and so on", "Anna", 0.3, doubted=True), 3.2))

    assert (after.draft, commands) == (None, [e.DropSound(1)])


@pytest.mark.parametrize(("heard", "end"), [("forget my voice.", 3.0), ("forget my voice. please.", 4.4)])
def test_a_noise_behind_words_that_may_be_nobodys_is_no_more_of_the_sentence(heard, end):
    state, _ = doubted(sounds=0)

    state, _ = known_step(
        state,
        (e.SpeechStarted(3.9), 4.0),
        (e.SpeechPaused(4.4), 4.5),
        (e.Overheard(heard, "", 0.1, sound=1, voice=e.Voice.OPEN), 4.6),
    )

    assert (state.floor, state.draft.end) == (Floor.PAUSE, end)


def test_she_does_not_hum_at_words_that_may_be_nobodys():
    state, _ = doubted(began=-20.0)
    patience = replace(PATIENCE, only_known=True, backchannels=True)

    _, commands = step(state, e.TurnJudged(2, 0.05), 3.4, patience)

    assert not [c for c in commands if isinstance(c, e.Cue)]


def test_a_short_answer_to_an_apology_is_theirs_whom_she_answers():
    stage = room((ANNA, 1.0, 2.5, "good morning to you."))
    stage.llm.failing = EngineError("The model failed.")
    stage.run(12.0)
    ((begun, samples, rate),) = stage.sound.played
    over = begun + len(samples) / rate

    answered = room((ANNA, 1.0, 2.5, "good morning to you."), (LIKE, over + 0.5, over + 0.85, "what now?"))
    answered.llm.failing = EngineError("The model failed.")
    answered.run(over + 10.0)

    assert turns(answered) == ["good morning to you.", "what now?"]
