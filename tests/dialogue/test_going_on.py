"""A conversation that goes on from an earlier start, and is kept for the next one."""

import datetime
import json
from contextlib import closing

import pytest
from scripted import Says, Stage

from companion.dialogue import events as e
from companion.dialogue.answer import KEEPING
from companion.dialogue.prompt import Record, Turn
from companion.engines import Never
from companion.engines.llm.kept import CONVERSATION, Kept
from companion.engines.llm.llama import Llama
from companion.errors import StoreError
from companion.memory.store import Store
from companion.runtime.context import Context
from companion.runtime.earlier import before
from companion.runtime.simulation import Simulation
from companion.settings import LlmSettings

BEFORE = Record(
    (
        Turn("user", -3, "my sister is called Amy."),
        Turn("companion", -2, "What a", interrupted=True),
        Turn("user", -1, "never mind."),
    )
)


def contents(prompt):
    """What a prompt has behind the persona."""
    return [message.content for message in prompt[1:]]


def test_the_first_answer_knows_what_was_said_before_and_nothing_is_stored_again():
    stage = Stage(Says(1.0, 2.0, "what is she called."), before=BEFORE).run(8.0)

    assert contents(stage.llm.prompts[0]) == [
        "my sister is called Amy.",
        "What a —",
        "never mind.\nwhat is she called.",
    ]
    assert [number for _, number, _ in stage.store.rows] == [1, 1]
    assert len(stage.said()) == 2


def test_it_is_evaluated_before_anybody_speaks():
    stage = Stage(before=BEFORE).run(0.5)

    assert contents(stage.llm.settled[0]) == ["my sister is called Amy.", "What a —", "never mind."]


def test_what_is_heard_again_changes_no_turn_of_an_earlier_start():
    stage = Stage(Says(1.0, 2.0, "I am fifty."), before=BEFORE)
    stage.asr.record = lambda text: text.replace("fifty", "fifteen")

    stage.run(10.0)

    assert stage.conversation.record.turns[:3] == BEFORE.turns
    assert stage.conversation.record.turns[3].text == "I am fifteen."


def test_too_long_a_past_is_thinned_at_the_start():
    past = Record(tuple(Turn("user", number, "word " * 20) for number in range(-20, 0)))
    stage = Stage(before=past)
    stage.llm.context_tokens = 300

    stage.run(1.0)

    assert stage.conversation.record.turns == past.turns[-len(stage.conversation.record.turns) :]
    assert len(stage.conversation.record.turns) < 20


def test_after_a_while_of_quiet_the_conversation_is_kept_once():
    stage = Stage(Says(1.0, 2.0, "good morning.")).run(60.0)

    (at, _), finished = stage.seen.of(e.Keep)[0], stage.seen.of(e.CommitCompanionTurn)[0][0]
    assert at == pytest.approx(finished + KEEPING, abs=0.1)
    assert [contents(kept) for kept in stage.llm.kept] == [["good morning.", "You said good morning."]]


def test_nothing_is_kept_while_somebody_speaks_or_waits():
    stage = Stage(Says(1.0, 2.0, "good morning."), Says(6.0, 30.0, "a long story."))

    stage.run(29.0)

    assert stage.seen.of(e.Keep) == []


def test_whoever_speaks_stops_the_keeping(monkeypatch):
    stage = Stage(Says(20.0, 21.0, "good morning."))
    withdrawn = []
    cancel = Simulation.cancel
    monkeypatch.setattr(
        Simulation, "cancel", lambda self, key: withdrawn.append((self.clock.time, key)) or cancel(self, key)
    )

    stage.run(25.0)

    (begun, _) = stage.seen.of(e.SpeechStarted)[0]
    assert (begun, "keep") in withdrawn


def test_what_is_foreseen_or_only_drafted_is_not_kept():
    stage = Stage(Says(1.0, 2.0, "good morning."), Says(6.0, 9.0, "my secret is a zebra"))
    stage.run(8.9)
    assert stage.seen.of(e.Foresee), "its words have reached the model"

    stage.conversation.end()

    assert contents(stage.llm.kept[-1]) == ["good morning.", "You said good morning."]


def test_a_turn_that_could_not_be_stored_is_not_kept():
    stage = Stage(Says(1.0, 2.0, "good morning."), Says(8.0, 9.0, "a full disk."))

    def refuse(number, text, who="", sure=0.0):
        raise StoreError("The disk is full: free some space.")

    stage.run(7.0)
    stage.store.add_user_turn = refuse
    stage.run(60.0)
    stage.conversation.end()

    assert {tuple(contents(kept)) for kept in stage.llm.kept} == {("good morning.", "You said good morning.")}


def test_the_end_waits_for_no_keeping_that_was_begun_in_the_quiet(monkeypatch):
    stage = Stage(Says(1.0, 2.0, "good morning.")).run(8.0)
    done = []
    monkeypatch.setattr(Simulation, "cancel", lambda self, key: done.append(f"cancel {key}"))
    monkeypatch.setattr(Simulation, "start", lambda self, role, key, job: done.append(f"start {key}"))

    stage.conversation.end()

    assert done == ["cancel settle", "cancel think", "cancel keep", "start keep"]


def test_a_start_in_which_nothing_is_said_keeps_nothing():
    stage = Stage(Says(1.0, 2.0)).run(60.0)
    stage.conversation.end()

    assert stage.llm.kept == []


# --- with a real model and a real store


def differ(answered, record):
    return answered.lower().rstrip(".") != record.lower().rstrip(".")


def start(weights_dir, home, *script, until):
    """One start of the program, up to its end: its stage, how many tokens of the past were new to the model,
    and what its files have of the conversation."""
    store = Store(home / "store.db")
    settings = LlmSettings(context=1024, threads=2, temperature=0.0)
    with closing(store), Llama(weights_dir / "smollm2-135m", settings) as llm:
        context = Context(llm, "You are the companion.", (), 100)
        since = datetime.datetime.now().astimezone() - datetime.timedelta(hours=1)
        record = context.fitting(before(store.earlier(since, most=100), differ))
        new = llm.restore(home, context.messages(Record()), context.messages(record), Never())
        stage = Stage(*script, before=record, llm=llm, store=store, matters=differ)
        stage.asr.record = str.capitalize  # what is heard again is written otherwise, which doesn't matter
        stage.run(until)
        stage.conversation.end()
        stage.run(until + 0.01)
        kept = Kept(home, CONVERSATION, llm._key(), None).read()
        spelt = b"".join(map(llm._model.vocabulary.piece, kept.tokens)).decode("utf-8", "replace")
        return stage, new, spelt + json.dumps(kept.hers)


def texts(stage):
    return [turn.text for turn in stage.conversation.record.turns]


def test_a_restart_goes_on_with_next_to_nothing_to_evaluate_and_without_what_was_only_drafted(
    weights_dir, tmp_path
):
    script = [
        Says(1.0, 2.0, "good morning."),
        Says(30.0, 31.0, "tell me a story about the sea."),
        Says(36.0, 37.5, "never mind the old story."),  # over her voice
        Says(70.0, 71.0, "my sister is called"),
        Says(72.2, 73.0, "Amy."),
        Says(110.0, 114.0, "I have a secret about a zebra"),  # and the program ends
    ]
    first, _, kept = start(weights_dir, tmp_path, *script, until=113.0)
    foreseen = [what.text for _, what in first.seen.of(e.Foresee)]

    second, new, kept_again = start(weights_dir, tmp_path, Says(1.0, 2.0, "and now?"), until=30.0)

    assert any("secret" in words for words in foreseen)
    assert "zebra" not in kept
    assert "secret" not in kept
    assert "my sister is called Amy." in kept
    assert texts(second)[: len(texts(first))] == texts(first)
    assert any(turn.interrupted for turn in second.conversation.record.turns)
    assert new <= 8
    assert "and now?" in kept_again
