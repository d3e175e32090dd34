"""A store opens with everything that was in it, or says in one sentence why not and what to do."""

import datetime
import os
import shutil
import signal

import apsw
import pytest
from killed import killed_at, moments, steps_of

from companion.errors import StoreError
from companion.memory import automatic, keys, soundness
from companion.memory.database import STORE, Database, connect
from companion.memory.encrypting import encrypt, is_plain
from companion.memory.opening import open_beside, open_store, phrase_told, recover
from companion.memory.schema import MIGRATIONS

V1 = ["Good morning, my sister Amy is coming on Friday.", "How lovely! Where", "I am fifteen.", "Are you?"]
V3 = [*V1, "This is Anna."]


@pytest.fixture
def old(tmp_path, recordings):
    """A home with an unencrypted store of an early version."""

    def home(version, name="old"):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(recordings / f"store_v{version}.db", folder / STORE)
        return folder

    return home


def everything(home):
    """All bytes of all files of a home."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_a_fresh_home_gets_an_encrypted_store_and_its_words_until_they_have_been_shown(tmp_path):
    opened = open_store(tmp_path)
    words = opened.recovery
    opened.database.close()
    again = open_store(tmp_path)
    phrase_told(again.database)
    again.database.close()
    third = open_store(tmp_path)

    assert keys.key_of(words) == opened.database.key
    assert again.recovery == words
    assert third.recovery == ""
    assert opened.told
    assert again.told == ()
    assert not is_plain(tmp_path / STORE)


@pytest.mark.parametrize(("version", "texts"), [(1, V1), (3, V3)])
def test_a_store_of_an_early_version_opens_with_everything_and_is_encrypted(old, heard, version, texts):
    home = old(version)

    opened = open_store(home)
    (hearing,) = opened.database.read("SELECT answered, json_array_length(words) FROM hearings")
    opened.database.close()

    assert heard(home) == texts
    assert hearing == ("I am fifty.", 3)
    assert "encrypted now" in " ".join(opened.told)
    assert b"my sister Amy is coming" not in everything(home)
    assert b"SQLite format" not in everything(home)


def test_what_an_early_version_knew_of_voices_is_still_known(old):
    opened = open_store(old(3))

    assert opened.database.read("SELECT name, length(enrolled), heard FROM voices") == [("Anna", 1024, 3)]
    assert opened.database.read("SELECT who, pace FROM paces ORDER BY who") == [("", 0.9), ("Anna", 1.2)]
    assert opened.database.read("SELECT who FROM turns WHERE number=3") == [("Anna",)]


def test_what_an_early_version_hadnt_yet_moved_out_of_its_log_comes_along(old, heard):
    home = old(3)

    def write_and_die():
        database = Database(home / STORE)
        database.write("UPDATE turns SET text='I am fifty-one.' WHERE text='I am fifteen.'")
        os.kill(os.getpid(), signal.SIGKILL)

    assert killed_at(10**9, write_and_die)
    assert (home / f"{STORE}-wal").stat().st_size

    assert "I am fifty-one." in heard(home)
    assert b"fifty-one" not in everything(home)


def test_before_an_encrypted_store_is_brought_forward_a_copy_of_it_is_kept(old):
    home = old(3)
    opened = open_store(home)
    opened.database.close()

    (copy,) = automatic.taken(home)

    assert copy.name == "before-v4.db"
    db = Database(copy, opened.database.key, before=lambda db, version: None)
    assert [text for (text,) in db.read("SELECT text FROM turns ORDER BY id")] == V3


def test_a_store_of_a_newer_version_is_left_alone_encrypted_or_not(old, tmp_path, said):
    plain, sealed = old(3), said(tmp_path / "sealed", "Hello.")
    with_key = keys.find(sealed, keys.usual())[0]
    for home, key in ((plain, None), (sealed, with_key)):
        db = connect(home / STORE, key)
        db.execute("PRAGMA user_version=99")
        db.close()
        before = (home / STORE).read_bytes()

        with pytest.raises(StoreError, match="newer Companion: update this one"):
            open_store(home)

        assert (home / STORE).read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path):
    db = apsw.Connection(str(tmp_path / STORE))
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    before = (tmp_path / STORE).read_bytes()

    with pytest.raises(StoreError, match="another program's database"):
        open_store(tmp_path)

    assert (tmp_path / STORE).read_bytes() == before


@pytest.mark.parametrize("content", [b"this is a text, and no database at all" * 200, b"\x00" * 8192])
def test_a_file_that_is_no_store_is_left_alone(tmp_path, content):
    (tmp_path / STORE).write_bytes(content)

    with pytest.raises(StoreError, match=r"it is not a database.*move it aside"):
        open_store(tmp_path)

    assert (tmp_path / STORE).read_bytes() == content


def test_a_folder_in_the_stores_place_is_left_alone(tmp_path):
    (tmp_path / STORE / "mine").mkdir(parents=True)

    with pytest.raises(StoreError, match="isn't a file: move it away"):
        open_store(tmp_path)

    assert (tmp_path / STORE / "mine").is_dir()


def test_a_store_that_was_emptied_is_said_and_one_that_was_never_begun_is_begun(tmp_path, said):
    home = said(tmp_path / "home", "Hello.")
    (home / STORE).write_bytes(b"")
    with pytest.raises(StoreError, match="is empty, which she never leaves it"):
        open_store(home)
    assert (home / STORE).read_bytes() == b""

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / STORE).write_bytes(b"")
    assert open_store(fresh).recovery


def test_a_lost_key_file_is_said_with_the_way_back_and_the_words_are_the_way_back(tmp_path, said, heard):
    home = said(tmp_path / "home", "Hello.")
    words = keys.phrase(keys.find(home, keys.usual())[0])
    (home / keys.FILE).unlink()

    with pytest.raises(StoreError, match=r"store.key is gone.*`companion restore --phrase`"):
        open_store(home)
    with pytest.raises(StoreError, match="don't open the store"):
        recover(home, keys.phrase(bytes(32)))
    assert not (home / keys.FILE).exists()
    recover(home, words)

    assert heard(home) == ["Hello."]


def test_the_words_are_the_way_back_from_a_damaged_key_file_too(tmp_path, said, heard):
    home = said(tmp_path / "home", "Hello.")
    words = keys.phrase(keys.find(home, keys.usual())[0])
    (home / keys.FILE).write_text("{")

    recover(home, words)

    assert heard(home) == ["Hello."]


def test_who_lost_the_key_for_good_can_begin_anew(tmp_path, said, ring, keeping):
    open_store(tmp_path, keeping()).database.close()
    ring.kept.clear()
    with pytest.raises(StoreError, match="move the store aside to begin anew"):
        open_store(tmp_path, keeping())

    (tmp_path / STORE).rename(tmp_path / "old.db")

    assert open_store(tmp_path, keeping()).recovery


def test_another_stores_key_is_said_and_nothing_is_changed(tmp_path, said):
    home, other = said(tmp_path / "home", "Hello."), said(tmp_path / "other")
    shutil.copy(other / keys.FILE, home / keys.FILE)
    before = (home / STORE).read_bytes()

    with pytest.raises(StoreError, match=r"it is damaged, or the key is another's.*restore FILE --replace"):
        open_store(home)

    assert (home / STORE).read_bytes() == before


def spoiled(home, key, how):
    """Damage a store of many pages, and take a good copy before."""
    database = Database(home / STORE, key)
    copy = automatic.take(home, database, datetime.datetime(2026, 11, 12, tzinfo=datetime.UTC))
    for number in range(300):
        database.write("INSERT INTO tallies VALUES (?, 1)", (f"{number} {'x' * 500}",))
    database.close()
    whole = bytearray((home / STORE).read_bytes())
    (home / STORE).write_bytes(how(whole))
    return copy


def test_a_store_that_wasnt_closed_is_looked_through_and_damage_names_the_newest_good_copy(tmp_path, said):
    home = said(tmp_path / "home", "Hello.")
    key = keys.find(home, keys.usual())[0]
    dying = Database(home / STORE, key)
    dying.begin_use()
    dying._marked = False  # as if it had been killed
    dying.close()

    def garbled(whole):
        whole[-40_000:-20_000] = bytes(20_000)
        return whole

    good = spoiled(home, key, garbled)
    bad = automatic.take(home, Database(good, key), datetime.datetime(2026, 11, 13, tzinfo=datetime.UTC))
    bad.write_bytes(bad.read_bytes()[:9000])

    with pytest.raises(StoreError, match=r"wasn't closed.*is damaged.*restore .*2026-11-12T\S+db --replace"):
        open_store(home)
    with pytest.raises(StoreError, match="is damaged"):
        open_store(home)  # and again, until something is done about it


def test_a_store_that_lost_its_end_is_said_though_it_was_closed(tmp_path, said):
    home = said(tmp_path / "home", "Hello.")
    spoiled(home, keys.find(home, keys.usual())[0], lambda whole: whole[: len(whole) // 2])

    with pytest.raises(StoreError, match=r"restore .*2026-11-12T"):
        open_store(home)


def test_a_large_store_that_wasnt_closed_is_looked_through_to_the_end_in_the_background(
    tmp_path, said, monkeypatch
):
    home = said(tmp_path / "home", "Hello.")
    monkeypatch.setattr(soundness, "LARGE", 1000)
    opened = open_store(home)
    assert opened.look is None
    opened.database._marked = False
    opened.database.close()

    opened = open_store(home)

    assert opened.look is not None
    assert opened.look() == ""


def test_who_reads_beside_needs_a_store_of_this_version_and_marks_nothing(tmp_path, said, old):
    home = said(tmp_path / "home", "Hello.")
    beside = open_beside(home)
    assert beside.read("SELECT text FROM turns") == [("Hello.",)]
    assert beside.read("SELECT count(*) FROM marks WHERE name='file.open'") == [(0,)]

    with pytest.raises(StoreError, match="Nothing is remembered"):
        open_beside(tmp_path / "nobody")
    with pytest.raises(StoreError, match="older version's"):
        open_beside(old(3))


KILLS = int(os.environ.get("COMPANION_KILLS", "50"))


def opened_and_closed(home):
    open_store(home).database.close()


def test_kill_9_while_a_store_is_made_never_leaves_one_that_doesnt_open(tmp_path):
    def home(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        return folder

    for moment in moments(steps_of(lambda: opened_and_closed(home("first"))), KILLS):
        fresh = home(moment)
        killed_at(moment, lambda fresh=fresh: opened_and_closed(fresh))

        opened = open_store(fresh)
        assert opened.recovery
        opened.database.close()


def test_kill_9_while_a_store_is_encrypted_and_brought_forward_loses_nothing(old, heard):
    for moment in moments(steps_of(lambda: opened_and_closed(old(1, "first"))), KILLS):
        home = old(1, str(moment))
        killed_at(moment, lambda home=home: opened_and_closed(home))

        assert heard(home) == V1
        assert b"my sister Amy is coming" not in everything(home)


def test_kill_9_while_an_encrypted_store_is_brought_forward_loses_nothing(old, heard):
    def encrypted(name):
        home = old(3, name)
        key, _ = keys.make(home, keys.usual())
        encrypt(home / STORE, key)
        return home

    first = encrypted("first")
    for moment in moments(steps_of(lambda: opened_and_closed(first)), KILLS):
        home = encrypted(str(moment))
        killed_at(moment, lambda home=home: opened_and_closed(home))

        assert heard(home) == V3
        assert open_beside(home).read("PRAGMA user_version") == [(len(MIGRATIONS),)]


def test_a_thing_half_done_that_lies_about_is_finished_not_lost(old, heard):
    """Killed between the two names of the unencrypted file, and where no file can have two."""
    home = old(3)
    os.link(home / STORE, home / f".{STORE}.plain")
    assert heard(home) == V3

    other = old(1, "other")
    (other / STORE).rename(other / f".{STORE}.plain")
    assert heard(other) == V1
    assert {path.name for path in other.iterdir()} == {STORE, keys.FILE, automatic.FOLDER}


def test_a_store_that_is_gone_is_not_begun_anew_where_there_are_copies_of_it(tmp_path):
    opened = open_store(tmp_path)
    copy = automatic.take(tmp_path, opened.database, datetime.datetime.now().astimezone())
    opened.database.close()
    (tmp_path / "store.db").unlink()

    for look in (open_store, open_beside):
        with pytest.raises(StoreError, match=r"companion restore .*\.db"):
            look(tmp_path)

    assert copy.exists()
    assert not (tmp_path / "store.db").exists()


def test_a_full_disk_is_said_and_no_way_back_that_would_lose_anything(tmp_path, monkeypatch):
    open_store(tmp_path).database.close()
    monkeypatch.setattr("companion.memory.soundness.ROOM", 1 << 60)
    monkeypatch.setattr(
        "companion.memory.soundness.unreadable", lambda path, key: "the disk reports an error"
    )

    with pytest.raises(StoreError, match="the disk is full, so free some space first"):
        open_store(tmp_path)


def test_what_a_full_disk_left_of_a_store_that_was_being_made_goes(tmp_path):
    for name in (".store.db.new", ".store.db.new-wal", ".store.db.new-shm"):
        (tmp_path / name).write_bytes(b"half" * 4096)

    opened = open_store(tmp_path)

    assert opened.database.read("PRAGMA integrity_check") == [("ok",)]
    opened.database.close()
    assert [path.name for path in tmp_path.glob(".store.db.new*")] == []
