"""Everything that Companion made goes from a home, and nothing else."""

import datetime

import pytest

from companion.home import held, open_home, start_log
from companion.memory import automatic, erasing, keys
from companion.memory.opening import open_store
from companion.memory.restore import restore_copy
from companion.memory.store import Store
from companion.settings_file import change


@pytest.fixture
def home(tmp_path, keeping):
    """A home as a year leaves it: a store in use, copies, one set aside, settings, logs, caches, drafts."""
    home = open_home(str(tmp_path / "home"))
    opened = open_store(home, keeping())
    Store(opened.database).add_user_turn(1, "A secret.")
    copy = automatic.take(home, opened.database, datetime.datetime.now().astimezone())
    opened.database.close()
    restore_copy(home, copy, keeping(), replace=True)
    change(home, "turns.mode", "push-to-talk")
    start_log(home)
    for name in (
        "prompt-1.kv",
        "conversation-1.kv.json",
        ".store.db.new",
        ".settings.toml.12.new",
        "companion.log.1",
    ):
        (home / name).write_text("A secret.")
    (home / "backups").mkdir(exist_ok=True)
    (home / "backups" / ".2026.db.new").write_text("A secret.")
    return home


def test_nothing_is_left_of_a_home_that_was_erased(home, keeping, ring):
    with held(home, "memory"):
        erased = erasing.erase(home, keeping())
    erasing.leave(home)

    assert erased == erasing.Erased((), ())
    assert not home.exists()
    assert ring.kept == {}


def test_what_companion_did_not_make_stays_and_is_named(home, keeping):
    (aside,) = home.glob("before-restore-*")
    mine = [
        home / "poem.txt",
        home / "letters" / "store.db",
        aside / "poem.txt",
        home / "backups" / "mine.zip",
    ]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("Mine.")

    erased = erasing.erase(home, keeping())
    erasing.leave(home)

    assert {path for path in home.rglob("*") if path.is_file()} == set(mine)
    assert set(erased.left) == {home / "poem.txt", home / "letters", aside, home / "backups"}


def test_files_are_overwritten_before_they_go(home, keeping, tmp_path):
    second = tmp_path / "second name"
    second.hardlink_to(home / "settings.toml")
    size = second.stat().st_size

    erasing.erase(home, keeping())

    assert second.read_bytes() == bytes(size)


def test_a_keyring_that_does_not_answer_keeps_nothing_else_and_is_told(home, keeping, ring, monkeypatch):
    def locked(service, name):
        raise RuntimeError("locked")

    monkeypatch.setattr(ring, "delete_password", locked)

    erased = erasing.erase(home, keeping())
    erasing.leave(home)

    assert not home.exists()
    assert all("delete it there" in trouble for trouble in erased.troubles)
    assert len(erased.troubles) == len(ring.kept) > 0


def test_a_damaged_key_file_goes_with_the_rest(home, keeping):
    (home / keys.FILE).write_text("{")

    erased = erasing.erase(home, keeping())
    erasing.leave(home)

    assert erased.left == ()
    assert not home.exists()


def test_the_key_goes_first(home):
    assert erasing.made(home)[0].name == keys.FILE


def test_a_home_that_was_set_aside_is_known_as_long_as_it_holds_a_store(home, keeping):
    (aside,) = erasing.set_aside(home)
    assert (aside.parent, aside.name[:15]) == (home, "before-restore-")

    erasing.erase(aside, keeping())

    assert erasing.set_aside(home) == []
