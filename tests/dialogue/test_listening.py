"""What she does while she listens: "mm-hm" in long turns, asking a stranger's name, and what memory gives."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from scripted import LEVEL, PATIENCE, Says, Stage

from companion.dialogue import events as e
from companion.dialogue.introductions import FORGOTTEN, MET, NOT_KNOWN, WHO, name_in, to_forget
from companion.dialogue.prompt import Record
from companion.engines.speaker.voices import KnownVoices, Voice
from companion.runtime.listener import Listener

LONG = (Says(1.0, 12.5, "so then I told him that"), Says(14.0, 15.0, "he was wrong."))


# --- backchannels of her own


def cues(stage):
    return [what.name for _, what in stage.seen.of(e.Cue)]


def long_turn(**change):
    stage = Stage(*LONG, patience=replace(PATIENCE, **change))
    stage.endpoint.probabilities = [0.05, 0.98]
    return stage.run(30.0)


def test_she_says_mm_hm_in_a_long_turn_and_it_is_no_turn():
    stage = long_turn(backchannels=True)

    assert cues(stage) == ["mm-hm"]
    assert stage.said()[0].endswith("he was wrong.")
    assert len(stage.said()) == 2


def test_she_says_none_unless_it_is_wanted():
    assert cues(long_turn()) == []


def test_she_says_none_in_a_short_turn_nor_where_the_turn_may_be_over():
    short = Stage(Says(1.0, 3.0, "so I told him that"), patience=replace(PATIENCE, backchannels=True))
    short.endpoint.probabilities = [0.05]
    over = Stage(Says(1.0, 13.0, "so I told him that."), patience=replace(PATIENCE, backchannels=True))

    assert cues(short.run(10.0)) == []
    assert "mm-hm" not in cues(over.run(20.0))


def test_she_says_none_in_a_short_turn_that_interrupts_her():
    stage = Stage(
        Says(1.0, 2.0, "tell me a story."), Says(20.0, 21.5, "well, what I"),
        patience=replace(PATIENCE, backchannels=True),
    )  # fmt: skip
    stage.llm.reply = lambda messages: "and then " * 40
    stage.endpoint.probabilities = [0.98, 0.05]

    stage.run(24.0)

    assert stage.seen.of(e.StopPlaying)
    assert cues(stage) == []


def test_she_does_not_say_it_twice_in_a_row():
    says = (*LONG, Says(17.0, 17.5, "and that"), Says(18.6, 19.0, "is that."))
    stage = Stage(*says, patience=replace(PATIENCE, backchannels=True, wait_most=4.0))
    stage.endpoint.probabilities = [0.05, 0.05, 0.05, 0.98]

    assert cues(stage.run(35.0)) == ["mm-hm"]


# --- who is it


class Levels:
    """Each utterance of the script is a voice of its own: its level says whose."""

    def __init__(self, voices):
        self.voices = voices

    def vector(self, sound):
        loud = sound[np.abs(sound) > LEVEL / 2]
        if len(loud) < 8000:
            return None
        vector = np.zeros(256, np.float32)
        number = round(float(np.median(loud)) / LEVEL) - 1
        vector[self.voices[number] if number < len(self.voices) else -1] = 1.0  # else it is hers
        return vector


def voice(name, index):
    vector = np.zeros(256, np.float32)
    vector[index] = 1.0
    return Voice(name, vector, vector, 3)


def asking(*says, voices, known=()):
    kept = []
    listener = Listener(Levels(voices), KnownVoices(known), False, False, True, kept.append)
    return Stage(*says, listener=listener), kept


def test_a_stranger_is_asked_once_and_known_by_the_name_from_then_on():
    stage, kept = asking(
        Says(1.0, 3.0, "what is the time?"),
        Says(16.0, 18.0, "I'm Anna."),
        Says(28.0, 30.0, "what is the time?"),
        voices=[1, 1, 1],
        known=(voice("Tom", 0),),
    )

    stage.run(40.0)

    said = [line.split(": ", 1)[1] for line in stage.said()]
    assert said[:3] == ["what is the time?", WHO, "I'm Anna."]
    assert said[3] == f"{MET.format(name='Anna')} You said I'm Anna. what is the time?."
    assert said[5].startswith("You said")
    assert [v.name for v in kept] == ["Anna"]
    assert [what.who for _, what in stage.seen.of(e.CommitUserTurn)] == ["", "", "Anna"]
    assert any("forget the voice of Anna" in what.why for _, what in stage.seen.of(e.Tell))


def test_who_is_known_is_not_asked():
    stage, _ = asking(Says(1.0, 3.0, "what is the time?"), voices=[0], known=(voice("Tom", 0),))

    assert stage.run(15.0).said()[1].startswith("companion: You said")


def test_a_stranger_who_does_not_say_is_answered_and_asked_no_more():
    stage, kept = asking(
        Says(1.0, 3.0, "what is the time?"),
        Says(16.0, 18.0, "why do you ask?"),
        Says(28.0, 30.0, "what is the time?"),
        voices=[1, 1, 1],
        known=(voice("Tom", 0),),
    )

    stage.run(40.0)

    assert [line for line in stage.said() if WHO in line] == [f"companion: {WHO}"]
    assert kept == []
    assert len(stage.llm.prompts) >= 2


def test_each_stranger_is_asked_and_known_by_their_own_name():
    stage, kept = asking(
        Says(1.0, 3.0, "what is the time?"), Says(16.0, 18.0, "I'm Anna."),
        Says(32.0, 34.0, "what is the time?"), Says(48.0, 50.0, "I'm Ben."),
        Says(64.0, 66.0, "thank you."),
        voices=[1, 1, 2, 2, 1], known=(voice("Tom", 0),),
    )  # fmt: skip

    stage.run(75.0)

    assert [v.name for v in kept] == ["Anna", "Ben"]
    assert [int(np.argmax(v.now)) for v in kept] == [1, 2]
    assert len([line for line in stage.said() if WHO in line]) == 2
    assert [what.who for _, what in stage.seen.of(e.CommitUserTurn)][-1] == "Anna"


def test_the_name_that_somebody_else_gives_is_theirs():
    stage, kept = asking(
        Says(1.0, 3.0, "what is the time?"), Says(16.0, 18.0, "I'm Ben."), Says(32.0, 34.0, "I'm Ben."),
        voices=[1, 2, 2], known=(voice("Tom", 0),),
    )  # fmt: skip

    stage.run(45.0)

    assert [(v.name, int(np.argmax(v.now))) for v in kept] == [("Ben", 2)]


def test_a_stranger_cannot_take_a_known_name():
    stage, kept = asking(
        Says(1.0, 3.0, "what is the time?"), Says(16.0, 18.0, "it's Tom."),
        voices=[1, 1], known=(voice("Tom", 0),),
    )  # fmt: skip

    stage.run(30.0)

    assert kept == []
    assert any("hasn't changed what she knows" in what.why for _, what in stage.seen.of(e.Tell))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna.", "Anna"),
        ("I'm Anna.", "Anna"),
        ("Oh, hi, my name is Anna Berg.", "Anna Berg"),
        ("It's Jean-Luc, her brother.", "Jean-Luc"),
        ("You can call me Bob.", "Bob"),
        ("Sorry. This is Maria speaking.", "Maria"),
        ("No.", ""),
        ("Why do you ask?", ""),
        ("I'm not telling you.", ""),
        ("I'm tired.", ""),
        ("Nobody you know.", ""),
        ("What's the weather in Paris?", ""),
        ("", ""),
    ],
)
def test_the_name_in_an_answer(text, name):
    assert name_in(text) == name


# --- forgetting a voice


def forgetting(text, who=0, known=("Tom", "Anna")):
    dropped = []
    voices = KnownVoices(tuple(voice(name, index) for index, name in enumerate(known)))
    listener = Listener(Levels([who]), voices, False, True, drop=dropped.append)
    stage = Stage(Says(1.0, 3.0, text), listener=listener)
    return stage, dropped


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("Forget my voice.", ["Tom"]),
        ("Please forget the voice of anna.", ["Anna"]),
        ("Can you delete Anna's voice, please?", ["Anna"]),
        ("Forget the voice of Ben.", []),
    ],
)
def test_she_forgets_a_voice_when_she_is_told_to_and_says_so(text, dropped):
    stage, forgotten = forgetting(text)

    stage.run(15.0)

    assert forgotten == dropped
    assert stage.said() == [f"user: {text}", f"companion: {FORGOTTEN if dropped else NOT_KNOWN}"]
    assert stage.llm.prompts == []


def test_a_typed_wish_to_be_forgotten_means_the_only_voice_there_is():
    stage, forgotten = forgetting("", known=("Tom",))
    stage.at(1.0, e.Typed("forget my voice"))

    stage.run(10.0)

    assert forgotten == ["Tom"]
    assert stage.said()[-1] == f"companion: {FORGOTTEN}"


@pytest.mark.parametrize(
    "text", ["Forget it.", "I can't forget her voice when she sang.", "Forget what I said."]
)
def test_what_is_said_of_forgetting_and_voices_is_no_wish_to_be_forgotten(text):
    assert to_forget(text) == ""


# --- recall


class Memory:
    """Gives a note, and keeps what it was asked."""

    def __init__(self, note="Amy is her sister"):
        self.note, self.asked = note, []

    def __call__(self, words, tokens, before, cancel, *, partial):
        self.asked.append((words, tokens))
        return self.note


def recalling(memory, *says, rate=100.0):
    stage = Stage(*says, recall=memory)
    stage.llm.prefill_rate = rate
    stage.asr.seconds = 0.05
    return stage.run(30.0)


def test_what_is_recalled_stands_before_the_words_and_stays_there():
    stage = recalling(
        Memory(), Says(1.0, 5.0, "what does Amy like to eat?"), Says(15.0, 18.0, "and where does she live?")
    )

    first, second = (prompt for prompt in stage.llm.prompts[:1] + stage.llm.prompts[-1:])
    assert first[-1].content == "(Amy is her sister)\nwhat does Amy like to eat?"
    assert second[: len(first)] == first


def test_what_was_recalled_by_a_job_that_was_withdrawn_is_in_the_record_all_the_same():
    jobs = Stage(recall=Memory()).conversation._jobs
    jobs._engines.llm.prefill_rate = 100.0
    never = threading.Event()
    withdrawn = jobs.foresee("what does Amy like", Record(), 1)(never)
    assert next(withdrawn) == e.Recalled(1, "Amy is her sister")

    told = list(jobs.reply(1, "what does Amy like to eat?", Record(), 1)(never))

    assert e.Recalled(1, "Amy is her sister") in told


def test_memory_is_asked_once_a_turn_for_what_can_be_read_in_time():
    memory = Memory()
    recalling(memory, Says(1.0, 5.0, "my sister Amy likes to eat cake."))

    ((words, tokens),) = memory.asked
    assert words.startswith("my sister Amy")
    assert tokens == 80


def test_a_machine_too_slow_for_a_note_is_not_given_any():
    memory = Memory()
    recalling(memory, Says(1.0, 5.0, "I think Amy likes cake."), rate=20.0)

    assert memory.asked == []


def test_a_note_that_is_too_long_is_left_out():
    stage = recalling(Memory("word " * 400), Says(1.0, 5.0, "what does Amy like to eat?"))

    assert stage.llm.prompts[-1][-1].content == "what does Amy like to eat?"


def test_what_noise_recalled_is_not_given_to_the_next_turn():
    memory = Memory()
    stage = recalling(
        memory, Says(1.0, 5.0, "my sister Amy likes to eat cake."), Says(15.0, 18.0, "hello again to you.")
    )

    assert len(memory.asked) == 2
    assert len({what.utterance for _, what in stage.seen.of(e.Recalled)}) == 2


def test_a_stranger_can_have_nobodys_voice_forgotten_by_calling_it_theirs():
    stage, forgotten = forgetting("Forget my voice.", who=5, known=("Tom",))

    stage.run(15.0)

    assert forgotten == []
    assert stage.said() == ["user: Forget my voice.", f"companion: {NOT_KNOWN}"]
