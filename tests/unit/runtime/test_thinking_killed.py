"""A kill -9 while she thinks, or erases, leaves the store whole: what was committed is there, what was erased
is not, and the next start takes up what is left to do."""

import datetime
import os

import pytest
from killed import killed_at, moments, steps_of

from companion.engines import Never
from companion.memory.facts import Facts
from companion.memory.forgetting import Forgetting
from companion.memory.store import Store
from companion.runtime.reflection import Reflection

KILLS = int(os.environ.get("COMPANION_KILLS", "25"))

SAID = (
    "My sister Amy is coming to visit on Friday.", "I started a new job at the library.",
    "Jonas is my brother and he lives in Leeds.", "I'm allergic to peanuts.",
    "My baby is due in March.", "My baby is due in April.",
)  # fmt: skip


@pytest.fixture
def filled(tmp_path):
    """A store in which that was said, in a file of its own each time."""

    def fill(name, *, thought=False):
        path = tmp_path / f"{name}.db"
        store = Store(path)
        for number, text in enumerate(SAID, 1):
            store.add_user_turn(number, text, said_at=f"2026-11-12T10:{number:02}:00+01:00")
        if thought:
            think(store)
        store.close()
        return path

    return fill


def think(store):
    reflection = Reflection(store.database)
    while reflection.patterns(Never()):
        pass


def think_alone(path):
    store = Store(path)
    think(store)
    store.close()


def forget_alone(path):
    store = Store(path)
    forgetting = Forgetting(store.database)
    forgetting.erase(forgetting.about("Jonas", datetime.date(2026, 11, 28)))
    store.close()


def sound(store):
    assert store.database.read("PRAGMA integrity_check") == [("ok",)]
    assert store.database.read("PRAGMA foreign_key_check") == []


def facts(store):
    return sorted((fact.statement, fact.valid_until) for fact in Facts(store.database).page(most=100))


def test_kill_9_while_she_thinks_loses_no_turn_and_the_next_start_knows_the_same(filled):
    whole = Store(filled("whole", thought=True))
    steps = steps_of(lambda: think_alone(filled("counted")))
    killed = 0
    for step in moments(steps, KILLS):
        path = filled(f"killed-{step}")
        killed += killed_at(step, lambda path=path: think_alone(path))

        store = Store(path)
        sound(store)
        assert tuple(turn.text for turn in store.turns()) == SAID
        think(store)
        assert facts(store) == facts(whole)
        store.close()
    assert killed >= KILLS // 2
    whole.close()


def test_kill_9_while_she_erases_leaves_all_of_it_or_none(filled):
    steps = steps_of(lambda: forget_alone(filled("counted", thought=True)))
    seen = set()
    for step in moments(steps, KILLS):
        path = filled(f"killed-{step}", thought=True)
        killed_at(step, lambda path=path: forget_alone(path))

        store = Store(path)
        sound(store)
        told = [turn.text for turn in store.turns() if "Jonas" in turn.text]
        known = [fact for fact in Facts(store.database).page(most=100) if "Jonas" in fact.statement]
        assert bool(told) == bool(known)
        seen.add(bool(told))
        assert len(store.turns()) == len(SAID) - (not told)
        store.close()
    assert seen == {True, False}
