"""The key of a store is in one place, which is known, and can be had again."""

import json
import threading

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backends.null import Keyring as NoKeyring

from companion.errors import StoreError
from companion.memory import keyrings, keys
from companion.memory.keys import LostKey


def test_the_key_is_in_the_keyring_and_the_home_says_under_which_name(tmp_path, ring, keeping):
    key, told = keys.make(tmp_path, keeping())

    table = json.loads((tmp_path / "store.key").read_text())
    assert table["where"] == "keyring"
    assert ring.kept == {("companion", table["id"]): key.hex()}
    assert key.hex() not in (tmp_path / "store.key").read_text()
    assert told == ""


def test_a_home_that_was_moved_keeps_its_key(tmp_path, keeping):
    old = tmp_path / "old"
    old.mkdir()
    key, _ = keys.make(old, keeping())

    old.rename(tmp_path / "new")

    assert keys.find(tmp_path / "new", keeping()) == (key, "")


def test_where_there_is_no_keyring_the_key_is_in_a_file_for_its_owner_and_that_is_said(tmp_path, keeping):
    key, told = keys.make(tmp_path, keeping(rings=lambda: None))

    assert str(tmp_path / "store.key") in told
    assert "no keyring" in told
    assert (tmp_path / "store.key").stat().st_mode & 0o777 == 0o600
    assert keys.find(tmp_path, keeping(rings=lambda: None)) == (key, "")


def test_a_keyring_that_hangs_is_waited_for_so_long_and_holds_nothing_afterwards(
    tmp_path, ring, keeping, monkeypatch
):
    monkeypatch.setattr(keyrings, "PATIENCE", 0.01)
    asked, free, emptied = threading.Event(), threading.Event(), threading.Event()

    class Hanging:
        def set_password(self, *what):
            asked.set()
            free.wait()
            ring.set_password(*what)

        def delete_password(self, *what):
            ring.delete_password(*what)

        def get_password(self, *what):
            emptied.set()
            return ring.get_password(*what)

    key, told = keys.make(tmp_path, keeping(rings=Hanging))
    assert asked.wait(10)
    free.set()

    assert emptied.wait(10)
    assert ring.kept == {}
    assert json.loads((tmp_path / "store.key").read_text()) == {"where": "file", "key": key.hex()}
    assert "no keyring of the system answers" in told


def test_a_keyring_that_refuses_is_none(tmp_path, keeping):
    class Refusing:
        def set_password(self, *what):
            raise keyring.errors.KeyringLocked

    assert "no keyring" in keys.make(tmp_path, keeping(rings=Refusing))[1]


def test_a_keyring_that_gives_nothing_now_is_no_lost_key(tmp_path, keeping):
    class Locked:
        def get_password(self, *what):
            raise keyring.errors.KeyringLocked

    keys.make(tmp_path, keeping())

    with pytest.raises(StoreError, match="unlock it and start again") as caught:
        keys.find(tmp_path, keeping(rings=Locked))
    assert not isinstance(caught.value, LostKey)


def test_a_backend_that_keeps_nothing_is_no_keyring(monkeypatch):
    monkeypatch.undo()
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(NoKeyring())
        assert keyrings.system_ring() is None
    finally:
        keyring.set_keyring(before)


def test_a_passphrase_opens_what_it_closed_and_another_doesnt(tmp_path, keeping, cheap):
    key, _ = keys.make(tmp_path, keeping("passphrase"))

    assert keys.find(tmp_path, keeping("passphrase"))[0] == key
    assert key.hex() not in (tmp_path / "store.key").read_text()
    with pytest.raises(StoreError, match=r"isn't the passphrase.*restore --phrase"):
        keys.find(tmp_path, keeping("passphrase", "open barley"))


@pytest.mark.parametrize("typed", ["Zoe\u0308", "Zo\u00eb"])
def test_however_an_accent_is_typed_it_is_the_same_passphrase(tmp_path, keeping, cheap, typed):
    key, _ = keys.make(tmp_path, keeping("passphrase", "Zo\u00eb"))

    assert keys.find(tmp_path, keeping("passphrase", typed))[0] == key


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("auto", "file", "file"),
        ("auto", "passphrase", "passphrase"),
        ("file", "passphrase", "passphrase"),
        ("passphrase", "file", "file"),
        ("passphrase", "auto", "keyring"),
        ("file", "auto", "file"),
    ],
)
def test_the_key_goes_where_the_setting_says_and_stays_nowhere_else(
    tmp_path, ring, keeping, cheap, before, after, where
):
    key, _ = keys.make(tmp_path, keeping(before))

    assert keys.find(tmp_path, keeping(after))[0] == key

    assert json.loads((tmp_path / "store.key").read_text())["where"] == where
    assert len(ring.kept) == (where == "keyring")
    assert keys.find(tmp_path, keeping(after)) == (key, "")


def test_a_key_that_the_keyring_lost_is_said_with_what_that_means(tmp_path, ring, keeping):
    keys.make(tmp_path, keeping())
    ring.kept.clear()

    with pytest.raises(LostKey, match=r"nobody can read the store.*`companion restore --phrase`.*24 words"):
        keys.find(tmp_path, keeping())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"where": "nowhere"}',
        '{"where": "file"}',
        '{"where": "file", "key": "00"}',
        '{"where": "passphrase", "salt": "00", "sealed": "00", "log2_n": 60, "r": 8, "p": 1}',
    ],
)
def test_a_damaged_key_file_is_one_sentence(tmp_path, keeping, content):
    (tmp_path / "store.key").write_text(content)

    with pytest.raises(LostKey, match=r"store.key is damaged, and without"):
        keys.find(tmp_path, keeping())


def test_a_key_that_is_discarded_is_nowhere(tmp_path, ring, keeping):
    keys.make(tmp_path, keeping())

    keys.discard(tmp_path, keeping())

    assert ring.kept == {}
    assert list(tmp_path.iterdir()) == []


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_24_words_and_they_are_the_key(key):
    words = keys.phrase(key)

    assert len(words.split()) == 24
    assert keys.key_of(f"  {words.upper()}\n") == key


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("zoo " * 23, "has 24 words, not 23"),
        ("zoo " * 23 + "xyzzy", "'xyzzy' is no word"),
        ("zoo " * 24, "belong to no key"),
    ],
)
def test_words_that_are_no_recovery_phrase_are_said(words, said):
    with pytest.raises(StoreError, match=said):
        keys.key_of(words)
