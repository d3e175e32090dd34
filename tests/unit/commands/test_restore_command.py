"""`companion restore`: she is back, or nothing was touched."""

import datetime
import re

import pytest
from click.testing import CliRunner

from companion.commands import restore, unlocking
from companion.errors import HomeError, StoreError
from companion.home import held
from companion.memory import automatic, keys, sealing
from companion.memory.backup import backup
from companion.memory.opening import open_store

SAID = "INSERT INTO turns (session, side, number, text, said_at) VALUES ('s', 'user', 1, ?, '')"


@pytest.fixture(autouse=True)
def _quick_and_without_a_keyring(monkeypatch):
    monkeypatch.setattr("companion.memory.keyrings.system_ring", lambda: None)
    monkeypatch.setattr(sealing, "COST", sealing.Cost(log2_n=4))


def said(folder, text):
    folder.mkdir()
    opened = open_store(folder)
    opened.database.write(SAID, (text,))
    opened.database.close()
    return folder


def heard(folder):
    opened = open_store(folder)
    try:
        return [text for (text,) in opened.database.read("SELECT text FROM turns")]
    finally:
        opened.database.close()


@pytest.fixture
def home(tmp_path):
    return said(tmp_path / "home", "My sister is Amy.")


@pytest.fixture
def file(home, tmp_path):
    backup(home, tmp_path / "her.backup", "open sesame", keys.find(home, keys.usual())[0])
    return tmp_path / "her.backup"


def restored(home, *arguments, passphrase="open sesame", typed=None):
    env = {"COMPANION_PASSPHRASE": passphrase}
    return CliRunner().invoke(restore.command, [*map(str, arguments)], obj=str(home), env=env, input=typed)


def test_she_is_back_and_the_new_words_are_told(file, tmp_path):
    done = restored(tmp_path / "new", file)

    assert done.exit_code == 0, done.output
    assert "She is back in" in done.stdout
    words = keys.phrase(keys.find(tmp_path / "new", keys.usual())[0]).split()
    assert "  ".join(words[:6]) in done.stderr
    assert str(tmp_path / "new" / "store.key") in done.stderr
    assert heard(tmp_path / "new") == ["My sister is Amy."]


def test_a_home_with_a_store_is_refused_before_a_passphrase_is_asked_and_replaced_when_told(file, tmp_path):
    new = said(tmp_path / "new", "I am another.")

    refused = restored(new, file, passphrase="")
    assert "--replace" in str(refused.exception)
    assert heard(new) == ["I am another."]

    done = restored(new, file, "--replace")
    (aside,) = new.glob("before-restore-*")
    assert str(aside) in done.stdout
    assert (heard(new), heard(aside)) == (["My sister is Amy."], ["I am another."])


def test_an_automatic_copy_needs_no_passphrase(home):
    opened = open_store(home)
    copy = automatic.take(home, opened.database, datetime.datetime.now().astimezone())
    opened.database.write(SAID.replace("1", "2"), ("Something later.",))
    opened.database.close()

    done = restored(home, copy, "--replace", passphrase="")

    assert done.exit_code == 0, done.output
    assert heard(home) == ["My sister is Amy."]


def test_the_way_back_that_is_named_when_a_store_is_damaged_is_one(home):
    opened = open_store(home)
    automatic.take(home, opened.database, datetime.datetime.now().astimezone())
    opened.database.close()
    whole = (home / "store.db").read_bytes()
    (home / "store.db").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError) as damaged:
        open_store(home)

    (named,) = re.findall("`companion restore (.*?)`", str(damaged.value))
    done = restored(home, *named.split())

    assert done.exit_code == 0, done.output
    assert heard(home) == ["My sister is Amy."]


def test_another_passphrase_is_said_and_nothing_is_touched(file, tmp_path):
    done = restored(tmp_path / "new", file, passphrase="open barley")

    assert isinstance(done.exception, StoreError)
    assert "doesn't open with this passphrase" in str(done.exception)
    assert not (tmp_path / "new" / "store.db").exists()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_words_put_a_lost_key_back(home, monkeypatch, terminal):
    words = keys.phrase(keys.find(home, keys.usual())[0])
    (home / "store.key").unlink()
    monkeypatch.setattr(unlocking, "terminal", lambda: terminal)

    done = restored(home, "--phrase", typed=f"{words}\n")

    assert done.exit_code == 0, done.output
    assert "The key of the store is back." in done.stdout
    assert heard(home) == ["My sister is Amy."]


def test_a_home_that_somebody_holds_is_left_alone(file, home):
    with held(home, "talk"):
        done = restored(home, file, "--replace")

    assert isinstance(done.exception, HomeError)


def test_a_file_that_isnt_there_is_one_sentence(tmp_path):
    done = restored(tmp_path / "new", tmp_path / "nothing.backup")

    assert isinstance(done.exception, StoreError)
    assert "can't be read" in str(done.exception)


@pytest.mark.parametrize("arguments", [(), ("file", "--phrase")])
def test_it_is_a_file_or_the_phrase(tmp_path, arguments):
    assert restored(tmp_path / "new", *arguments).exit_code == 2
