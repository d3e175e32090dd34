"""`companion archive`: files and folders are read, listed, searched and removed."""

import contextlib
import json
import os
import signal

import pytest
from specimens import SENTENCE, all_of_them

from companion.cli import run
from companion.commands import archiving
from companion.home import held, open_home
from companion.memory import automatic
from companion.memory.archive import file_reading
from companion.memory.opening import open_store


@pytest.fixture
def folder(tmp_path):
    """A folder with a good file and one that can't be read."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "harbour.txt").write_text(SENTENCE)
    (tmp_path / "papers" / "boat.png").write_bytes(b"\x89PNG and so on")
    return tmp_path / "papers"


def test_what_is_added_is_listed_found_and_removed(companion, small_home, folder):
    added = companion("archive", "add", folder)
    listed = json.loads(companion("archive", "list", "--json").stdout)
    found = json.loads(companion("archive", "search", "Who met Jonas?", "-k", "1", "--json").stdout)
    removed = companion("archive", "remove", "1", "--yes")

    assert added.returncode == 0, added.stderr
    assert "1 file read" in added.stdout
    assert (
        f"1 file couldn't be read, or not all of it:\n  {folder / 'boat.png'}: It is a picture"
        in added.stderr
    )
    (source,) = listed["sources"]
    assert (source["path"], source["watched"], source["chunks"]) == (str(folder), True, 1)
    assert [trouble["path"] for trouble in source["troubles"]] == [str(folder / "boat.png")]
    (hit,) = found["hits"]
    assert (hit["text"], hit["cited"]) == (SENTENCE, "in harbour.txt, line 1")
    assert hit["source"] == {"kind": "document", "place": f"{folder / 'harbour.txt'}, line 1"}
    assert removed.returncode == 0, removed.stderr
    assert "Nothing was added yet" in companion("archive", "list").stdout
    with contextlib.closing(open_store(small_home).database) as database:
        assert not automatic.due(database)
        assert database.read("SELECT 1 FROM chunks") == []


def test_the_same_again_reads_nothing_and_a_folder_may_be_read_once(companion, folder):
    companion("archive", "add", folder)

    again = companion("archive", "add", folder, "--once")

    assert again.returncode == 0, again.stderr
    assert "0 files read, 2 as before" in again.stdout
    assert "read once" in companion("archive", "list").stdout


def test_where_nothing_can_be_read_it_fails_with_a_sentence_a_file(companion, folder, tmp_path):
    (folder / "harbour.txt").unlink()

    done = companion("archive", "add", folder, tmp_path / "nowhere")

    assert done.returncode == 1
    assert "It is a picture" in done.stderr
    assert "There is no file or folder" in done.stderr
    assert "Nothing could be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("add", "."), ("remove", "1", "--yes")])
def test_beside_a_running_companion_nothing_is_changed(companion, small_home, arguments):
    with held(open_home(str(small_home)), "talk"):
        done = companion("archive", *arguments)

    assert done.returncode == 1
    assert "`companion talk`" in done.stderr


def test_beside_a_running_companion_it_may_be_searched(companion, small_home, folder):
    companion("archive", "add", folder)
    with held(open_home(str(small_home)), "talk"):
        found = companion("archive", "search", "harbour")

    assert found.returncode == 0, found.stderr
    assert SENTENCE in found.stdout
    assert "In harbour.txt, line 1:" in found.stdout


def test_searching_with_another_model_drops_no_vectors(companion, small_home, folder):
    companion("archive", "add", folder)
    with contextlib.closing(open_store(small_home).database) as database:
        database.write("UPDATE marks SET value = 'another' WHERE name = 'vectors of'")
        vectors = database.read("SELECT * FROM chunk_vectors")
    assert len(vectors) == 1

    found = companion("archive", "search", "harbour", "--json")

    assert found.returncode == 0, found.stderr
    (hit,) = json.loads(found.stdout)["hits"]
    assert (hit["text"], hit["cited"], hit["score"]) == (SENTENCE, "in harbour.txt, line 1", 1.0)
    with contextlib.closing(open_store(small_home).database) as database:
        assert database.read("SELECT * FROM chunk_vectors") == vectors
        assert database.read("SELECT value FROM marks WHERE name = 'vectors of'") == [("another",)]


def test_removing_asks_only_where_somebody_can_answer(companion, folder):
    companion("archive", "add", folder)

    asked = companion("archive", "remove", "1", text="")
    missing = companion("archive", "remove", "9", "--yes")

    assert (asked.returncode, missing.returncode) == (1, 1)
    assert "--yes" in asked.stderr
    assert "There is no source 9" in missing.stderr


def test_ctrl_c_pauses_and_the_same_command_goes_on(small_home, tmp_path, monkeypatch, capsys):
    (tmp_path / "papers").mkdir()
    for name, data in all_of_them().items():
        (tmp_path / "papers" / name).write_bytes(data)
    command = ["--home", str(small_home), "archive", "add", str(tmp_path / "papers")]
    monkeypatch.setattr(file_reading, "TOGETHER", 1)

    first = iter([signal.SIGINT])

    @contextlib.contextmanager
    def interrupting(what):
        yield lambda done, total: [os.kill(os.getpid(), number) for number in first]

    with monkeypatch.context() as patched:
        patched.setattr(archiving, "bar", interrupting)
        assert run(command) == 1
    assert archiving.PAUSED in capsys.readouterr().err

    assert run(command) == 0
    with contextlib.closing(open_store(small_home).database) as database:
        found = database.read(
            "SELECT DISTINCT document FROM chunks_fts JOIN chunks ON chunks.id = chunks_fts.rowid"
            " WHERE chunks_fts MATCH 'harbour'"
        )
        assert len(found) == len(all_of_them())
        assert database.read("SELECT 1 FROM chunks WHERE id NOT IN (SELECT chunk FROM chunk_vectors)") == []
