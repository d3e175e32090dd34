"""`companion backup`: one file, and what stands in its way is one sentence."""

import shutil

import pytest
from click.testing import CliRunner

from companion.commands import backup, unlocking
from companion.errors import HomeError, StoreError
from companion.home import held
from companion.memory import sealing
from companion.memory.opening import open_store
from companion.memory.restore import restore

SAID = (
    "INSERT INTO turns (session, side, number, text, said_at)"
    " VALUES ('s', 'user', 1, 'My sister is Amy.', '')"
)


@pytest.fixture(autouse=True)
def _quick_and_without_a_keyring(monkeypatch):
    monkeypatch.setattr("companion.memory.keyrings.system_ring", lambda: None)
    monkeypatch.setattr(sealing, "COST", sealing.Cost(log2_n=4))


@pytest.fixture
def home(tmp_path):
    """A home in which something was said."""
    folder = tmp_path / "home"
    folder.mkdir()
    opened = open_store(folder)
    opened.database.write(SAID)
    opened.database.close()
    return folder


def backed_up(home, file, passphrase="open sesame", typed=None):
    env = {"COMPANION_PASSPHRASE": passphrase}
    return CliRunner().invoke(backup.command, [str(file)], obj=str(home), env=env, input=typed)


def brought_back(file, folder):
    folder.mkdir()
    restore(folder, file, "open sesame")
    opened = open_store(folder)
    try:
        return opened.database.read("SELECT text FROM turns ORDER BY id")
    finally:
        opened.database.close()


def test_a_backup_is_written_while_she_talks_and_says_how_it_is_brought_back(home, tmp_path):
    with held(home, "talk"):
        opened = open_store(home)
        done = backed_up(home, tmp_path / "her.backup")
        opened.database.close()

    assert done.exit_code == 0, done.output
    assert f"`companion restore {tmp_path / 'her.backup'}`" in done.output
    assert brought_back(tmp_path / "her.backup", tmp_path / "new") == [("My sister is Amy.",)]


def test_the_passphrase_is_asked_twice_in_a_terminal_and_not_shown(home, tmp_path, monkeypatch):
    monkeypatch.setattr(unlocking, "terminal", lambda: True)

    done = backed_up(
        home, tmp_path / "her.backup", "", "open sesame\nopen barley\nopen sesame\nopen sesame\n"
    )

    assert done.exit_code == 0, done.output
    assert "sesame" not in done.output
    assert brought_back(tmp_path / "her.backup", tmp_path / "new") == [("My sister is Amy.",)]


def test_where_nobody_can_be_asked_the_passphrase_is_missed(home, tmp_path):
    done = backed_up(home, tmp_path / "her.backup", "")

    assert isinstance(done.exception, StoreError)
    assert "set COMPANION_PASSPHRASE" in str(done.exception)
    assert not (tmp_path / "her.backup").exists()


def test_the_store_of_an_early_version_is_encrypted_first_and_that_is_told(tmp_path, recordings):
    home = tmp_path / "old"
    home.mkdir()
    shutil.copy(recordings / "store_v1.db", home / "store.db")

    done = backed_up(home, tmp_path / "her.backup")

    assert done.exit_code == 0, done.output
    assert "encrypted now" in done.stderr
    assert "24 words" in done.stderr
    assert len(brought_back(tmp_path / "her.backup", tmp_path / "new")) == 4


def test_the_store_of_an_early_version_that_is_in_use_is_left_to_who_uses_it(tmp_path, recordings):
    home = tmp_path / "old"
    home.mkdir()
    shutil.copy(recordings / "store_v1.db", home / "store.db")
    with held(home, "talk"):
        done = backed_up(home, tmp_path / "her.backup")

    assert isinstance(done.exception, HomeError)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("home/her.backup", "would be lost with it"),
        ("", "is a folder"),
        ("nowhere/her.backup", "can't be written"),
    ],
)
def test_a_place_that_is_no_place_for_a_backup_is_said(home, tmp_path, name, said):
    done = backed_up(home, tmp_path / name)

    assert isinstance(done.exception, StoreError)
    assert said in str(done.exception)


def test_where_nothing_is_remembered_there_is_nothing_to_back_up(tmp_path):
    done = backed_up(tmp_path / "fresh", tmp_path / "her.backup")

    assert "Nothing is remembered" in str(done.exception)
    assert list(tmp_path.iterdir()) == []
