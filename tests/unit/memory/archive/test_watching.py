"""A watched folder is read while she runs, and never while somebody speaks."""

import os
import queue
import threading

import pytest
from specimens import SENTENCE

from companion.memory.archive import file_reading
from companion.memory.archive import watching as module
from companion.memory.archive.sources import Archive
from companion.memory.archive.watching import Watching
from companion.memory.database import Database

WAIT = 60


@pytest.fixture
def database(tmp_path):
    return Database(tmp_path / "store.db")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "papers").mkdir()
    return tmp_path / "papers"


class Seen:
    """What a watching tells, to be waited for."""

    def __init__(self):
        self.scans, self.troubles = queue.Queue(), queue.Queue()

    def watching(self, archive, busy=lambda: False, **more):
        return Watching(
            archive,
            busy,
            lambda number, scanned: self.scans.put(scanned),
            self.troubles.put,
            every=0.01,
            **more,
        )


@pytest.fixture
def seen():
    return Seen()


@pytest.fixture
def begun():
    """Starts a watching that ends with the test."""
    all_of_them = []

    def begin(watching):
        all_of_them.append(watching)
        watching.start()
        return watching

    yield begin
    for watching in all_of_them:
        watching.stop()


def test_a_file_is_read_soon_after_it_is_there_and_gone_soon_after_it_isn_t(database, folder, seen, begun):
    archive = Archive(database)
    (folder / "old.txt").write_text(SENTENCE)
    archive.add(folder, watched=True)
    begun(seen.watching(archive, settled=0.0))
    assert seen.scans.get(timeout=WAIT).read == 1

    (folder / "new.txt").write_text("The boats are back.")
    assert seen.scans.get(timeout=WAIT).read == 1
    assert len(database.read("SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH 'boats'")) == 1

    (folder / "new.txt").unlink()
    assert seen.scans.get(timeout=WAIT).gone == 1
    assert database.read("SELECT 1 FROM chunks_fts WHERE chunks_fts MATCH 'boats'") == []


def test_what_was_added_once_is_left_alone(database, folder, tmp_path, seen, begun):
    archive = Archive(database)
    archive.add(folder, watched=False)
    (folder / "new.txt").write_text(SENTENCE)
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched" / "note.txt").write_text("The boats are back.")
    archive.add(tmp_path / "watched", watched=True)

    begun(seen.watching(archive, settled=0.0))

    assert seen.scans.get(timeout=WAIT).read == 1
    assert [row[0] for row in database.read("SELECT text FROM chunks")] == ["The boats are back."]


def test_nothing_is_read_while_somebody_speaks(database, folder, seen, begun, monkeypatch):
    monkeypatch.setattr(module, "REST", 0.01)
    archive = Archive(database)
    archive.add(folder, watched=True)
    (folder / "new.txt").write_text(SENTENCE)
    asked, speaking = threading.Semaphore(0), threading.Event()
    speaking.set()

    def busy():
        asked.release()
        return speaking.is_set()

    begun(seen.watching(archive, busy, settled=0.0))
    for _ in range(5):
        assert asked.acquire(timeout=WAIT)
    assert database.read("SELECT 1 FROM documents") == []

    speaking.clear()
    assert seen.scans.get(timeout=WAIT).read == 1


def test_it_ends_at_once_while_work_is_held(database, folder, seen, begun):
    archive = Archive(database)
    archive.add(folder, watched=True)
    (folder / "new.txt").write_text(SENTENCE)
    asked = threading.Event()

    def busy():
        asked.set()
        return True

    watching = begun(seen.watching(archive, busy, settled=0.0))
    assert asked.wait(WAIT)
    watching.stop()

    assert seen.troubles.empty()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("archive-")]


def test_a_file_that_is_being_written_is_read_when_that_is_over(database, folder, seen, begun):
    archive = Archive(database)
    archive.add(folder, watched=True)
    (folder / "half.txt").write_text("Amy met")
    (folder / "whole.txt").write_text(SENTENCE)
    os.utime(folder / "whole.txt", (1_600_000_000, 1_600_000_000))
    begun(seen.watching(archive, settled=3600.0))
    assert seen.scans.get(timeout=WAIT).waiting == 1

    (folder / "half.txt").write_text("Amy met the boats.")
    os.utime(folder / "half.txt", (1_600_000_000, 1_600_000_000))

    assert seen.scans.get(timeout=WAIT).read == 1
    assert [row[0] for row in database.read("SELECT text FROM chunks ORDER BY id DESC")] == [
        "Amy met the boats.",
        SENTENCE,
    ]


def test_a_source_that_is_removed_meanwhile_stops_nothing(database, folder, tmp_path, seen, begun):
    archive = Archive(database)
    (folder / "note.txt").write_text(SENTENCE)
    first = archive.add(folder, watched=True)
    begun(seen.watching(archive, settled=0.0))
    assert seen.scans.get(timeout=WAIT).read == 1

    archive.remove(first)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "note.txt").write_text(SENTENCE)
    archive.add(tmp_path / "more", watched=True)

    assert seen.scans.get(timeout=WAIT).read == 1
    assert seen.troubles.empty()


class Held:
    """Holds work up the so manyth time that it is asked whether somebody speaks."""

    def __init__(self, moment):
        self._left = moment
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        self._left -= 1
        if self._left <= 0:
            self.reached.set()
            self.go_on.wait(WAIT)
        return False


def watcher():
    """The thread that watches."""
    return next(thread for thread in threading.enumerate() if thread.name == "archive-watching")


@pytest.mark.parametrize("moment", [1, 2, 3, 4, 6, 9])
def test_a_thread_that_outlives_stop_writes_nothing_any_more(
    database, folder, seen, begun, monkeypatch, moment
):
    monkeypatch.setattr(module, "LONGEST", 0.0)
    monkeypatch.setattr(file_reading, "TOGETHER", 2)
    archive, held = Archive(database), Held(moment)
    archive.add(folder, watched=True)
    for number in range(9):
        (folder / f"{number}.txt").write_text(f"{SENTENCE} {'word ' * 900}")
    watching = begun(seen.watching(archive, held, settled=0.0))
    assert held.reached.wait(WAIT)
    thread, writes = watcher(), []

    watching.stop()
    real = database.transaction
    monkeypatch.setattr(database, "transaction", lambda: (writes.append(1), real())[1])
    held.go_on.set()
    thread.join(WAIT)

    assert not thread.is_alive()
    assert writes == []
    assert seen.troubles.empty()


def test_a_store_that_is_closed_behind_it_is_no_trouble(database, folder, seen, begun, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 0.0)
    archive, held = Archive(database), Held(1)
    archive.add(folder, watched=True)
    watching = begun(seen.watching(archive, held, settled=0.0))
    assert held.reached.wait(WAIT)
    thread = watcher()

    watching.stop()
    database.close()
    held.go_on.set()
    thread.join(WAIT)

    assert not thread.is_alive()
    assert seen.troubles.empty()


def test_starting_again_doesn_t_revive_a_thread_that_outlived_stop(
    database, folder, seen, begun, monkeypatch
):
    archive, held = Archive(database), Held(1)
    archive.add(folder, watched=True)
    watching = begun(seen.watching(archive, held, settled=0.0))
    assert held.reached.wait(WAIT)
    thread = watcher()
    with monkeypatch.context() as patched:
        patched.setattr(module, "LONGEST", 0.0)
        watching.stop()

    watching.start()
    held.go_on.set()
    thread.join(WAIT)

    assert not thread.is_alive()


def test_a_removal_doesn_t_wait_until_nobody_speaks(database, folder, seen, begun):
    archive = Archive(database)
    source = archive.add(folder, watched=True)
    (folder / "new.txt").write_text(SENTENCE)
    quiet, scanning = iter((False, False)), threading.Event()

    def busy():
        speaking = next(quiet, True)
        if speaking:
            scanning.set()
        return speaking

    begun(seen.watching(archive, busy, settled=0.0))
    assert scanning.wait(WAIT)
    removal = threading.Thread(target=archive.remove, args=(source,), daemon=True)
    removal.start()
    removal.join(WAIT / 4)

    assert not removal.is_alive()
    assert archive.list() == []


def test_a_store_that_fails_is_told_in_a_sentence(database, folder, seen, begun):
    archive = Archive(database)
    archive.add(folder, watched=True)
    database.close()

    begun(seen.watching(archive))

    assert "can't be" in seen.troubles.get(timeout=WAIT)
