"""What is asked of memory, and when."""

import threading

import pytest
from scripted import ScriptedMemory, ScriptedModel, Spent, Stage

from companion.dialogue import events as e
from companion.dialogue.events import Answered, Ask
from companion.dialogue.prompt import Record, Turn
from companion.engines import Cancelled
from companion.errors import StoreError
from companion.runtime.remembrance import ASKED, Remembrance, note_for

NEVER = threading.Event()
SAID = Record(tuple(Turn("user", number, f"turn {number}") for number in range(1, 10)))


def model(rate=100.0):
    return ScriptedModel(Spent(), prefill_rate=rate)


class Notes:
    """Has a note for whatever it is asked."""

    def __init__(self, note="Amy is her sister"):
        self.note, self.asked = note, []

    def __call__(self, words, tokens, before, cancel, *, partial):
        self.asked.append((words, tokens, before, partial))
        return self.note


def test_memory_is_shown_the_last_turns_and_told_how_much_can_be_read():
    notes = Notes()

    assert (
        note_for(notes, model(), "what does she eat?", 0.8, SAID, NEVER, partial=True) == "Amy is her sister"
    )

    ((words, tokens, before, partial),) = notes.asked
    assert (words, tokens, partial) == ("what does she eat?", 80, True)
    assert before == SAID.turns[-6:]


@pytest.mark.parametrize(("words", "rate"), [("and then", 100.0), ("she eats nothing else.", 20.0)])
def test_too_few_words_and_too_slow_a_model_ask_for_nothing(words, rate):
    notes = Notes()

    assert note_for(notes, model(rate), words, 0.8, SAID, NEVER) is None
    assert notes.asked == []


@pytest.mark.parametrize("rate", [0.0, 5.0, 20.0])
def test_a_question_has_room_for_a_note_however_slow_the_model(rate):
    """Or before its rate is known."""
    notes = Notes()

    assert note_for(notes, model(rate), "what does she eat?", 0.25, SAID, NEVER) == "Amy is her sister"
    assert [tokens for _, tokens, *_ in notes.asked] == [ASKED]


def test_a_note_that_is_too_long_is_as_good_as_none():
    assert note_for(Notes("word " * 400), model(), "what does she eat?", 0.8, SAID, NEVER) == ""


def asked(memory, wish, record=SAID):
    return list(Remembrance(memory, lambda: None).ask(wish, record)(NEVER))


def test_a_turn_is_asked_about_once():
    memory = ScriptedMemory({Ask.KEEP: Answered("I will.")})
    remembrance = Remembrance(memory, lambda: None)

    (first,) = remembrance.ask(e.AskMemory(1, 9, Ask.KEEP, "that"), SAID)(NEVER)
    (again,) = remembrance.ask(e.AskMemory(2, 9, Ask.KEEP, "that"), SAID)(NEVER)

    assert (first, again) == (e.MemoryAnswered(1, "I will."), e.MemoryAnswered(2, "I will."))
    assert len(memory.asked_for) == 1


def test_what_was_erased_is_told_before_it_is_answered():
    gone = frozenset({("user", 3)})

    (changed,) = asked(ScriptedMemory({Ask.YES: Answered("Gone.", erased=gone)}), e.AskMemory(1, 9, Ask.YES))

    assert changed == e.RecordChanged(gone, (), e.MemoryAnswered(1, "Gone."))


def test_a_yes_changes_what_the_model_may_know_even_if_no_turn_of_the_record_is_gone():
    (changed,) = asked(ScriptedMemory({Ask.YES: Answered("Gone.")}), e.AskMemory(1, 9, Ask.YES))

    assert isinstance(changed, e.RecordChanged)


def test_what_is_kept_while_turns_are_being_erased_is_deleted_again():
    deleted = []
    memory = ScriptedMemory({Ask.YES: Answered("Gone.", erased=frozenset({("user", 1)}))})
    jobs = Stage(memory=memory, forget_kept=lambda: deleted.append("kept")).conversation._jobs
    record = Record((Turn("user", -2, "Jonas is ill."), Turn("companion", -1, "Oh no.")))

    (changed,) = jobs.memory.ask(e.AskMemory(1, 1, Ask.YES), record)(NEVER)
    list(jobs.keep(record)(NEVER))  # the program ends: nobody hears of what was erased any more

    assert deleted == ["kept", "kept"]
    list(jobs.memory.let_go(jobs.roll_back(record), changed.answer)(NEVER))
    list(jobs.keep(record)(NEVER))
    assert len(deleted) == 3


def test_where_memory_fails_whoever_waits_is_told():
    why = "The store can't be read: check the disk."
    memory = ScriptedMemory({Ask.FORGET: StoreError(why)})

    assert asked(memory, e.AskMemory(7, 9, Ask.FORGET)) == [e.EngineFailed("memory", 7, why)]


def test_without_a_memory_the_model_answers():
    jobs = Stage().conversation._jobs

    (answer,) = jobs.memory.ask(e.AskMemory(1, 1, Ask.ABOUT, "Amy"), Record())(NEVER)

    assert answer == e.MemoryAnswered(1, passes=True)


def test_partial_words_that_bring_nothing_to_mind_are_asked_again_with_more_of_them():
    class Later(Notes):
        def __call__(self, words, tokens, before, cancel, *, partial):
            super().__call__(words, tokens, before, cancel, partial=partial)
            return "it is on level 3" if "parked" in words else ""

    jobs = Stage(recall=(notes := Later())).conversation._jobs
    jobs._engines.llm.prefill_rate = 100.0

    assert list(jobs.foresee("do you remember", Record(), 1)(NEVER)) == []
    assert list(jobs.foresee("do you remember where I parked", Record(), 1)(NEVER)) == [
        e.Recalled(1, "it is on level 3")
    ]
    told = list(jobs.reply(1, "do you remember where I parked?", Record(), 1)(NEVER))
    assert e.Recalled(1, "it is on level 3") in told
    assert len(notes.asked) == 2


def test_an_answer_that_only_the_past_can_give_waits_for_a_note_on_a_slow_machine():
    jobs = Stage(recall=(notes := Notes())).conversation._jobs
    jobs._engines.llm.prefill_rate = 60.0

    list(jobs.reply(1, "that means a lot to me.", Record(), 1)(NEVER))
    assert notes.asked == []
    list(jobs.reply(2, "what's my sister's name?", Record(), 2)(NEVER))

    assert [words for words, *_ in notes.asked] == ["what's my sister's name?"]


ABOUT_AMY = {"Amy": "Amy has two cats", "job": "Amy starts her new job in March"}


class ByWord(Notes):
    """The note of the last of its words that is said."""

    def __call__(self, words, tokens, before, cancel, *, partial):
        super().__call__(words, tokens, before, cancel, partial=partial)
        return next((note for word, note in reversed(ABOUT_AMY.items()) if word in words), "")


def foreseen_and_answered(jobs, *parts):
    """The last note that stands before the words, which came in those parts."""
    for part in parts[:-1]:
        list(jobs.foresee(part, Record(), 1)(NEVER))
    told = list(jobs.reply(1, parts[-1], Record(), 1)(NEVER))
    return jobs._engines.llm.prompts[-1][-1].content, told


def test_what_later_words_recall_takes_the_place_of_what_the_first_did():
    jobs = Stage(recall=ByWord()).conversation._jobs
    jobs._engines.llm.prefill_rate = 75.0

    prompt, told = foreseen_and_answered(
        jobs, "My sister Amy", "My sister Amy, when did she", "My sister Amy, when did she start her new job?"
    )

    assert prompt == "(Amy starts her new job in March)\nMy sister Amy, when did she start her new job?"
    assert e.Recalled(1, "Amy starts her new job in March") in told


def test_an_ordinary_answer_does_not_wait_for_another_note_on_a_slow_machine():
    parts = "My sister Amy", "My sister Amy is happy with the new job and all that comes with it."
    slow = Stage(recall=ByWord()).conversation._jobs
    slow._engines.llm.prefill_rate = 75.0
    fast = Stage(recall=ByWord()).conversation._jobs
    fast._engines.llm.prefill_rate = 400.0

    assert foreseen_and_answered(slow, *parts)[0].startswith("(Amy has two cats)")
    assert foreseen_and_answered(fast, *parts)[0].startswith("(Amy starts her new job")


def test_memory_is_not_asked_again_until_the_words_say_more():
    jobs = Stage(recall=(notes := ByWord())).conversation._jobs
    jobs._engines.llm.prefill_rate = 400.0

    foreseen_and_answered(jobs, "My sister Amy", "My sister Amy she is", "My sister Amy, she is there again.")

    assert len(notes.asked) == 1


def test_another_note_for_words_that_are_committed_replaces_the_first_in_the_record():
    record = Record((Turn("user", 1, "Amy, when did she start?", recalled="two cats"),))

    assert record.with_recalled("in March").turns[0].recalled == "in March"
    assert record.with_recalled("").turns[0].recalled == "two cats"


def test_thinking_that_fails_is_told_once_and_not_at_each_silence():
    tried = []

    def full(cancel):
        tried.append(cancel)
        raise StoreError("The disk is full: free some space.")

    jobs = Stage().conversation._jobs
    jobs._think = full
    with pytest.raises(StoreError, match="The disk is full"):
        list(jobs.think()(NEVER))

    assert list(jobs.think()(NEVER)) == []
    assert len(tried) == 1


def test_thinking_that_was_withdrawn_is_taken_up_again():
    def withdrawn(cancel):
        raise Cancelled

    jobs = Stage().conversation._jobs
    jobs._think = withdrawn

    for _ in range(2):
        with pytest.raises(Cancelled):
            list(jobs.think()(NEVER))
