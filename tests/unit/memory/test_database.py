"""The file itself: encrypted, seen as it was at one moment, marked while in use."""

import apsw
import pytest

from companion.errors import StoreError
from companion.memory.copies import copy, damage
from companion.memory.database import IN_USE, Database

KEY = bytes(range(32))
NOTE = "INSERT INTO tallies VALUES (?, 1)"


def tallies(db):
    return [row[0] for row in db.execute("SELECT what FROM tallies ORDER BY what")]


def test_what_is_written_with_a_key_is_read_with_it_and_stands_nowhere_in_the_file(tmp_path):
    database = Database(tmp_path / "store.db", KEY)
    database.write(NOTE, ("a secret of Amy's",))

    files = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    database.close()

    assert b"Amy" not in files + (tmp_path / "store.db").read_bytes()
    assert b"tallies" not in files
    assert Database(tmp_path / "store.db", KEY).read("SELECT what FROM tallies") == [("a secret of Amy's",)]


def test_another_key_opens_nothing_and_changes_nothing(tmp_path):
    Database(tmp_path / "store.db", KEY).close()
    before = (tmp_path / "store.db").read_bytes()

    with pytest.raises(StoreError, match="not a database"):
        Database(tmp_path / "store.db", bytes(32))

    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize("key", [None, KEY])
def test_a_snapshot_sees_nothing_of_what_is_written_meanwhile(tmp_path, key):
    database = Database(tmp_path / "store.db", key)
    database.write(NOTE, ("before",))

    with database.snapshot() as db:
        database.write(NOTE, ("meanwhile",))
        seen = tallies(db)

    assert seen == ["before"]
    assert database.read("SELECT count(*) FROM tallies") == [(2,)]


def test_a_checkpoint_says_that_it_must_wait_for_who_reads(tmp_path):
    database = Database(tmp_path / "store.db", KEY)
    with database.snapshot():
        database.write(NOTE, ("meanwhile",))
        waits = not database.checkpoint()

    assert waits
    assert database.checkpoint()
    assert (tmp_path / "store.db-wal").stat().st_size == 0


def test_a_file_is_marked_while_it_is_in_use(tmp_path):
    database = Database(tmp_path / "store.db", KEY)
    database.begin_use()
    beside = Database(tmp_path / "store.db", KEY)

    assert beside.read("SELECT name FROM marks") == [(IN_USE,)]
    database.close()
    assert beside.read("SELECT name FROM marks") == []
    database.close()


def test_before_an_older_file_is_brought_forward_a_copy_can_be_taken(tmp_path, recordings):
    (tmp_path / "store.db").write_bytes((recordings / "store_v3.db").read_bytes())
    seen = []

    def before(db, version):
        copy(db, tmp_path / "before.db", None)
        seen.append(version)

    Database(tmp_path / "store.db", before=before).close()
    Database(tmp_path / "store.db", before=before).close()
    Database(tmp_path / "fresh.db", before=before).close()

    assert seen == [3]
    db = apsw.Connection(str(tmp_path / "before.db"))
    assert db.execute("PRAGMA user_version").fetchall() == [(3,)]
    assert db.execute("SELECT count(*) FROM turns").fetchall() == [(5,)]


def test_a_copy_taken_while_the_store_is_written_in_is_whole(tmp_path):
    database = Database(tmp_path / "store.db", KEY)
    for number in range(20):
        database.write(NOTE, (f"{number} {'x' * 1_000}",))
    written = []

    def write(done, total):
        database.write(NOTE, (f"meanwhile {done}",))
        written.append(done)

    with database.snapshot() as source:
        copy(source, tmp_path / "copy.db", bytes(32), write)

    assert written
    assert damage(tmp_path / "copy.db", bytes(32)) == ""
    copied = Database(tmp_path / "copy.db", bytes(32)).read("SELECT what FROM tallies")
    assert len(copied) == 20
    assert {path.name for path in tmp_path.iterdir() if path.name.startswith(".")} == set()


def test_a_copy_that_is_stopped_leaves_nothing_and_the_old_one(tmp_path):
    database = Database(tmp_path / "store.db", KEY)
    with database.snapshot() as source:
        copy(source, tmp_path / "copy.db", KEY)
    before = (tmp_path / "copy.db").read_bytes()

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.snapshot() as source:
        copy(source, tmp_path / "copy.db", KEY, stop)

    database.close()
    assert (tmp_path / "copy.db").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "store.db"]
