"""What of a record fits in the model's context."""

import pytest
from scripted import ScriptedModel, Spent

from companion.dialogue.prompt import Record, Turn
from companion.runtime.context import SPARE, Context


@pytest.fixture
def context():
    return Context(ScriptedModel(Spent(), context_tokens=300), "You are she.", (), max_tokens=100)


def conversation(exchanges):
    turns = []
    for number in range(1, exchanges + 1):
        turns += [Turn("user", number, "one two three"), Turn("companion", number, "four five six")]
    return Record(tuple(turns))  # 14 tokens an exchange


def test_a_record_that_fits_stays_the_very_same(context):
    record = conversation(5)

    assert context.fitting(record) is record
    assert context.latest(record, 1000) is record


def test_of_a_longer_one_the_newest_turns_stay_and_leave_room_for_more(context):
    room = 300 - 100 - SPARE - context.fixed
    record = conversation(20)

    shorter = context.fitting(record)

    assert shorter.turns == record.turns[-len(shorter.turns) :]
    assert room * 0.4 < context.count(shorter) - context.fixed <= room * 0.5
    assert context.count(context.answerable(record)) <= context.fixed + room


def test_the_latest_turns_take_no_more_than_they_may(context):
    assert len(context.latest(conversation(20), 30).turns) == 4
    assert context.latest(conversation(20), 30).turns[-1].number == 20


def test_a_long_record_is_counted_only_a_few_times(monkeypatch, context):
    counted = []
    count = context.count
    monkeypatch.setattr(context, "count", lambda record: counted.append(record) or count(record))

    context.fitting(conversation(500))

    assert len(counted) < 15
