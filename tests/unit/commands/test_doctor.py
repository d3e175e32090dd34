"""What the doctor says of what she may not look at."""

import errno
from pathlib import Path

import pytest

from companion.commands.doctor import _checks
from companion.memory.opening import open_store
from companion.memory.store import Store


@pytest.fixture
def forbidden(monkeypatch):
    """Makes the system refuse a look at a folder and all that is in it."""

    def forbid(folder: Path) -> None:
        look = Path.exists

        def exists(path: Path) -> bool:
            if path == folder or folder in path.parents:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path)

        monkeypatch.setattr(Path, "exists", exists)

    return forbid


def checked(home: Path) -> dict[str, tuple[bool, str]]:
    return {check.name: (check.ok, check.detail) for check in _checks(str(home), quick=True)}


def test_a_home_and_models_that_may_not_be_looked_at_are_sentences(tmp_path, monkeypatch, forbidden):
    monkeypatch.setenv("COMPANION_MODELS", str(tmp_path / "models"))
    forbidden(tmp_path)

    found = checked(tmp_path / "home")

    for name in ("disk", "weights llm"):
        ok, detail = found[name]
        assert not ok
        assert detail.endswith("can't be read (Permission denied): check its rights and the disk.")


def test_a_home_whose_name_is_too_long_is_a_sentence(tmp_path):
    found = checked(tmp_path / ("x" * 300))

    assert not found["home"][0]
    assert not found["disk"][0]


def test_the_free_space_is_told(tmp_path):
    assert checked(tmp_path / "home")["disk"][1].endswith("GiB free")


def test_of_a_fresh_home_nothing_is_remembered(tmp_path):
    assert checked(tmp_path)["memory"] == (True, "nothing is remembered yet")


def test_of_a_store_it_tells_what_is_in_it_and_where_its_key_is(tmp_path):
    opened = open_store(tmp_path)
    Store(opened.database).add_user_turn(1, "Good morning.")
    opened.database.close()

    ok, said = checked(tmp_path)["memory"]

    assert ok
    assert said.startswith(f"1 turns, 0 facts, 0 passages of the archive; the key is in the file {tmp_path}")


def test_a_store_that_cannot_be_read_is_a_sentence(tmp_path):
    opened = open_store(tmp_path)
    opened.database.close()
    (tmp_path / "store.db").write_bytes(b"no store" * 1000)

    ok, said = checked(tmp_path)["memory"]

    assert not ok
    assert said.startswith("The store")
