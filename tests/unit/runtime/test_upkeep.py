"""Copies are kept beside the conversation: nobody waits for them, and what fails is told."""

import datetime
import threading

import pytest

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.database import snapshot
from companion.memory.forgetting import Forgetting
from companion.memory.opening import open_store
from companion.memory.store import Store
from companion.runtime.upkeep import Upkeep

NOW = datetime.datetime(2026, 11, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _no_system_keyring(monkeypatch):
    monkeypatch.setattr("companion.memory.keyrings.system_ring", lambda: None)


@pytest.fixture
def store(tmp_path):
    store = Store(open_store(tmp_path).database)
    store.add_user_turn(1, "My sister is called Amy.")
    store.add_user_turn(2, "She comes on Friday.")
    yield store
    store.close()


def in_copies(home, key):
    """The texts of every copy."""
    texts = []
    for path in automatic.taken(home):
        with snapshot(path, key) as db:
            texts += [text for (text,) in db.execute("SELECT text FROM turns ORDER BY id")]
    return texts


def forget(store, *turns):
    forgetting = Forgetting(store.database)
    forgetting.erase(forgetting.of(turns))


class Gate:
    """Lets a copy that is being made go on when it is opened."""

    def __init__(self, monkeypatch):
        self.reached, self.opened, self.copies = threading.Event(), threading.Event(), 0
        self.take = automatic.take
        monkeypatch.setattr(automatic, "take", self)

    def __call__(self, home, database, now, advance):
        self.copies += 1

        def gated(done, total):
            self.reached.set()
            assert self.opened.wait(10)
            advance(done, total)

        advance(0, 1)
        return self.take(home, database, now, gated)


def test_a_copy_of_the_day_is_taken_while_nobody_waits(tmp_path, store, monkeypatch):
    gate = Gate(monkeypatch)
    upkeep = Upkeep(tmp_path, store.database, keep=7)

    upkeep.begin()
    assert gate.reached.wait(10)
    store.add_user_turn(3, "And what I say meanwhile is kept.")
    gate.opened.set()
    join(upkeep)

    assert in_copies(tmp_path, store.database.key) == ["My sister is called Amy.", "She comes on Friday."]


def test_what_was_erased_is_in_no_copy_though_nobody_waited_for_that(tmp_path, store):
    automatic.take(tmp_path, store.database, NOW)
    upkeep = Upkeep(tmp_path, store.database, keep=7)

    forget(store, 1)
    upkeep.renew()
    upkeep.close()

    assert in_copies(tmp_path, store.database.key) == ["She comes on Friday."]
    assert not automatic.due(store.database)


def test_what_is_erased_while_a_copy_is_made_ends_it_and_is_in_none(tmp_path, store, monkeypatch):
    gate = Gate(monkeypatch)
    upkeep = Upkeep(tmp_path, store.database, keep=7)
    upkeep.begin()
    assert gate.reached.wait(10)

    erasing = threading.Thread(target=forget, args=(store, 1))
    erasing.start()  # it can't empty the log as long as the copy is being made
    gate.opened.set()
    erasing.join()
    upkeep.renew()
    upkeep.close()

    assert in_copies(tmp_path, store.database.key) == ["She comes on Friday."]
    log = tmp_path / "store.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    assert not automatic.due(store.database)


def test_what_is_erased_while_copies_are_renewed_stays_to_be_done(tmp_path, store):
    forget(store, 1)

    automatic.renew(tmp_path, store.database, NOW, lambda done, total: forget(store, 2))

    assert automatic.due(store.database)


def test_a_copy_that_fails_is_told_by_the_next_beginning_and_once(tmp_path, store, monkeypatch):
    def full(*_):
        raise StoreError("The disk is full: free some space.")

    monkeypatch.setattr(automatic, "take", full)
    upkeep = Upkeep(tmp_path, store.database, keep=7)
    upkeep.begin()
    join(upkeep)

    with pytest.raises(StoreError, match="The disk is full"):
        upkeep.begin()
    upkeep.close()


def test_copies_that_cannot_be_renewed_are_told_at_the_end_and_the_next_start_tries_again(
    tmp_path, store, monkeypatch
):
    def full(*_):
        raise StoreError("The disk is full: free some space.")

    automatic.take(tmp_path, store.database, NOW)
    forget(store, 1)
    with monkeypatch.context() as disk:
        disk.setattr(automatic, "take", full)
        upkeep = Upkeep(tmp_path, store.database, keep=7)
        upkeep.renew()
        with pytest.raises(StoreError, match=r"may still hold what you had erased.*The disk is full"):
            upkeep.close()
        store.close()
        opened = open_store(tmp_path)  # it is told, and she starts all the same
        assert any("may still hold what you had erased" in sentence for sentence in opened.told)
        opened.database.close()

    opened = open_store(tmp_path)
    opened.database.close()
    assert in_copies(tmp_path, opened.database.key) == ["She comes on Friday."]


def test_damage_that_is_found_is_told(tmp_path, store):
    upkeep = Upkeep(tmp_path, store.database, keep=0, look=lambda: "The store is damaged.")

    upkeep.begin()
    join(upkeep)

    with pytest.raises(StoreError, match="is damaged"):
        upkeep.close()


def test_a_copy_of_the_day_ends_when_she_does(tmp_path, store, monkeypatch):
    gate = Gate(monkeypatch)
    upkeep = Upkeep(tmp_path, store.database, keep=7)
    upkeep.begin()
    assert gate.reached.wait(10)

    upkeep._closing.set()
    gate.opened.set()
    upkeep.close()

    assert automatic.taken(tmp_path) == []


def join(upkeep):
    """Wait for what is under way."""
    thread = upkeep._thread
    if thread is not None:
        thread.join(10)
