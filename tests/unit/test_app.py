"""A start goes on where the last one ended: with the store's record, and the cache that was kept."""

from dataclasses import replace

import pytest

from companion import app
from companion.dialogue.prompt import Record, Turn
from companion.engines import Never
from companion.engines.llm.llama import Llama
from companion.memory.store import Store
from companion.runtime.context import Context
from companion.settings import LlmSettings, MemorySettings, Settings

NEVER = Never()
LLM = LlmSettings(context=1024, threads=2)
SAID = ("My sister is called Amy.", "That is a lovely name.")


class Start:
    """One start of the program in a home."""

    def __init__(self, weights_dir, home, hours):
        settings = replace(Settings(), llm=LLM, memory=MemorySettings(continue_within=hours))
        self.store = Store(home / "store.db")
        self.llm = Llama(weights_dir / "smollm2-135m", LLM)
        talk = app.manner(settings)
        self.context = Context(self.llm, talk.persona, talk.examples, talk.max_tokens)
        self.record = app.resume(self.llm, self.store, settings, home, NEVER)
        self.new = self.llm.prefill(self.context.messages(self.record), NEVER)

    def talk(self, *turns, kept=True):
        """Let these be said, by both in turn; and kept, unless the program is killed before."""
        for number, text in enumerate(turns, len(self.record.turns)):
            if number % 2 == 0:
                self.store.add_user_turn(number, text)
            else:
                self.store.add_companion_turn(number, text, interrupted=False)
            self.record = self.record.with_turn(Turn(("user", "companion")[number % 2], number, text))
        self.llm.prefill(self.context.messages(self.record), NEVER)
        if kept:
            assert self.llm.keep(self.context.messages(self.record), NEVER)

    def close(self):
        self.llm.close()
        self.store.close()


@pytest.fixture
def start(weights_dir, tmp_path):
    """Starts the program; ends the start before, as one home has one program."""
    starts = []

    def begin(hours=12.0):
        if starts:
            starts[-1].close()
        starts.append(Start(weights_dir, tmp_path, hours))
        return starts[-1]

    yield begin
    starts[-1].close()


def texts(record):
    return [turn.text for turn in record.turns]


def test_the_second_start_goes_on_and_has_hardly_anything_to_evaluate(start):
    start().talk(*SAID)

    second = start()

    assert texts(second.record) == list(SAID)
    assert second.new <= 1


def test_after_a_kill_only_the_turns_that_were_not_kept_are_evaluated(start):
    first = start()
    first.talk(*SAID)
    before = first.context.count(first.record)
    first.talk("She lives in Paris.", "What does she do there?", kept=False)
    after = first.context.count(first.record)

    second = start()

    assert len(second.record.turns) == 4
    assert second.new <= after - before + 2


def test_a_start_after_a_long_time_begins_anew(start):
    first = start()
    first.talk(*SAID)
    first.store.database.write("UPDATE turns SET said_at=?", ("2026-01-01T08:00:00+01:00",))

    second = start()

    assert second.record == Record()
    assert second.new <= 1


def test_who_wants_each_start_to_begin_anew_leaves_no_conversation_behind(start, tmp_path):
    start().talk(*SAID)

    second = start(hours=0.0)

    assert second.record == Record()
    assert not list(tmp_path.glob("conversation-*"))


def test_where_nothing_was_kept_the_first_answer_does_not_wait_for_a_long_past(start):
    first = start()
    first.talk(*(f"This is sentence number {number} of a long talk." for number in range(40)), kept=False)

    second = start()

    assert 4 < len(second.record.turns) < 40
    assert texts(second.record)[-1] == "This is sentence number 39 of a long talk."
    assert second.new <= app.ANEW
