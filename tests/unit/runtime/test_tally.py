"""Drafts are counted by what became of them."""

from scripted import Says, Stage

from companion.runtime.tally import Tally


def counted(*says, **changes):
    stage, tally = Stage(*says), Tally()
    stage.conversation._watchers = (*stage.conversation._watchers, tally)
    for name, value in changes.items():
        setattr(stage.llm, name, value)
    stage.run(12.0)
    return tally


def test_a_turn_whose_answer_was_held_in_time_counts_as_ready():
    quick = counted(Says(1.0, 2.0, "good morning."), prefill_seconds=0.01, token_seconds=0.001)
    slow = counted(Says(1.0, 2.0, "good morning."), prefill_seconds=1.0)

    assert (quick.answered, slow.answered) == (1, 1)
    assert slow.ready == 0
    assert quick.ready <= 1


def test_a_draft_for_a_turn_that_went_on_was_for_nothing():
    tally = counted(Says(1.0, 2.0, "my sister is called"), Says(3.2, 4.0, "Amy."))

    assert tally.begun == 2
    assert tally.wasted == 1
    assert tally.wasted_s > 0
    assert tally.partials >= 1
    assert "begun 2  wasted 1" in tally.sentence()
