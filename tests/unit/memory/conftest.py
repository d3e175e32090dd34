"""Homes with a store, and a keyring that is a table."""

import pytest

from companion.memory import keys, sealing
from companion.memory.opening import open_store


class Ring:
    """A keyring as the library's are, whose content can be looked at."""

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def ring():
    return Ring()


@pytest.fixture(autouse=True)
def _no_system_keyring(monkeypatch):
    """No test puts anything into the keyring of whoever runs it."""
    monkeypatch.setattr("companion.memory.keyrings.system_ring", lambda: None)


@pytest.fixture
def cheap(monkeypatch):
    """Passphrases that are quick to try, for tests that try many."""
    monkeypatch.setattr(sealing, "COST", sealing.Cost(log2_n=4))


@pytest.fixture
def keeping(ring):
    """Keys are kept in a keyring, the passphrase is "open sesame"."""

    def by(where="auto", passphrase="open sesame", rings=lambda: ring):
        return keys.Keeping(where, lambda anew: passphrase, rings)

    return by


@pytest.fixture
def said():
    """Say something in a home's store, and close it again."""

    def say(home, *texts):
        home.mkdir(exist_ok=True)
        opened = open_store(home)
        for text in texts:
            (number,) = opened.database.read("SELECT count(*) FROM turns")[0]
            opened.database.write(
                "INSERT INTO turns (session, side, number, text, said_at)"
                " VALUES ('s', 'user', ?, ?, '2026-11-12T10:00:00+01:00')",
                (number, text),
            )
        opened.database.close()
        return home

    return say


@pytest.fixture
def heard():
    """What was said in a home, as the next start finds it."""

    def hear(home):
        opened = open_store(home)
        try:
            return [text for (text,) in opened.database.read("SELECT text FROM turns ORDER BY id")]
        finally:
            opened.database.close()

    return hear
