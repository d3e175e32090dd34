"""She can't vanish: one file brings her back, and a failed one harms nothing."""

import datetime
import os

import pytest
from killed import killed_at, moments, steps_of

from companion.errors import StoreError
from companion.memory import automatic, keys, sealing, staging
from companion.memory import backup as backups
from companion.memory.backup import backup
from companion.memory.copies import damage
from companion.memory.database import STORE, Database, snapshot
from companion.memory.opening import open_store, phrase_told
from companion.memory.restore import is_sealed, restore, restore_copy
from companion.memory.staging import carried

pytestmark = pytest.mark.usefixtures("cheap")

KILLS = int(os.environ.get("COMPANION_KILLS", "50"))
NOW = datetime.datetime(2026, 11, 12, 10, 0, tzinfo=datetime.UTC)


@pytest.fixture
def home(tmp_path, said):
    """A home in which something was said, with settings and what else may lie there."""
    folder = said(tmp_path / "home", "My sister is called Amy.", "She comes on Friday.")
    (folder / "settings.toml").write_text("[tts]\npace = 1.1\n")
    (folder / "letters").mkdir()
    (folder / "letters" / "to Amy.txt").write_text("Dear Amy")
    for name in (
        "running.lock",
        "companion.log",
        "companion.log.1",
        "conversation-1.kv",
        "conversation-1.kv.json",
    ):
        (folder / name).write_text("of this machine, or made again")
    (folder / "models").mkdir()
    (folder / "models" / "big.gguf").write_text("weights")
    return folder


@pytest.fixture
def file(tmp_path):
    return tmp_path / "her.backup"


def key_of(home):
    return keys.find(home, keys.usual())[0]


def backed_up(home, file, passphrase="open sesame"):
    backup(home, file, passphrase, key_of(home))
    return file


def new_home(tmp_path, name="new"):
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_a_backup_brings_back_what_was_said_and_the_homes_files_and_nothing_of_the_machine(
    tmp_path, home, file, heard
):
    backed_up(home, file)
    new = new_home(tmp_path)

    back = restore(new, file, "open sesame")

    assert back.aside is None
    assert heard(new) == ["My sister is called Amy.", "She comes on Friday."]
    assert carried(new) == ["letters/to Amy.txt", "settings.toml"]
    assert {path.name for path in new.iterdir()} == {"letters", "settings.toml", STORE, keys.FILE}
    assert (new / "settings.toml").read_text() == "[tts]\npace = 1.1\n"


def test_what_is_restored_has_a_key_of_its_own_whose_words_are_told(tmp_path, home, file):
    opened = open_store(home)
    phrase_told(opened.database)
    opened.database.close()
    backed_up(home, file)
    new = new_home(tmp_path)
    told = restore(new, file, "open sesame").told

    opened = open_store(new)

    assert key_of(new) != key_of(home)
    assert keys.key_of(opened.recovery) == key_of(new)
    assert str(new / keys.FILE) in told


def test_nothing_in_a_backup_can_be_read_and_it_is_for_its_owner_alone(home, file):
    backed_up(home, file)
    content = file.read_bytes()

    assert b"Amy" not in content.replace(b"\x00", b"")
    assert b"settings" not in content
    assert key_of(home) not in content
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_of_one_moment_while_she_talks(tmp_path, home, file, heard):
    database = Database(home / STORE, key_of(home))
    added = []

    def talk(done, total):
        added.append(done)
        database.write(
            "INSERT INTO turns (session, side, number, text, said_at)"
            " VALUES ('t', 'user', ?, 'Meanwhile.', '')",
            (len(added),),
        )

    backup(home, file, "open sesame", key_of(home), talk)
    database.close()
    new = new_home(tmp_path)
    restore(new, file, "open sesame")

    assert added
    assert heard(new) == ["My sister is called Amy.", "She comes on Friday."]


def test_progress_is_told_and_ends_at_all_of_it(home, file):
    told = []
    backup(home, file, "open sesame", key_of(home), lambda done, total: told.append(done / total))

    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("when", [1, 5])
def test_a_backup_that_is_stopped_leaves_the_old_one_and_nothing_beside_it(home, file, heard, when):
    backed_up(home, file)
    before, calls = file.read_bytes(), []

    def stop(done, total):
        calls.append(done)
        if len(calls) == when:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(home, file, "open sesame", key_of(home), stop)

    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["her.backup", "home"]


def test_a_backup_where_nothing_can_be_written_is_one_sentence(home, tmp_path):
    with pytest.raises(StoreError, match="can't be written"):
        backed_up(home, tmp_path / "no such folder" / "her.backup")


def test_a_backup_without_a_passphrase_isnt_made(home, file):
    with pytest.raises(StoreError, match="needs a passphrase"):
        backed_up(home, file, "")


def refused(new, file, match, passphrase="open sesame"):
    before = sorted(new.rglob("*"))
    with pytest.raises(StoreError, match=match):
        restore(new, file, passphrase)
    assert sorted(new.rglob("*")) == before


def test_another_passphrase_opens_nothing(tmp_path, home, file):
    refused(new_home(tmp_path), backed_up(home, file), "doesn't open with this passphrase", "open barley")


def test_a_file_that_is_no_backup_is_refused(tmp_path, file):
    file.write_bytes(b"PK\x03\x04" * 100)
    assert not is_sealed(file)
    refused(new_home(tmp_path), file, "is no backup of Companion's")


def test_a_backup_of_a_newer_companion_is_refused(tmp_path, home, file, monkeypatch):
    new = new_home(tmp_path)
    with monkeypatch.context() as later:
        later.setattr(sealing, "VERSION", 2)
        backed_up(home, file)
    refused(new, file, "made by a newer Companion")

    with monkeypatch.context() as later:
        later.setattr(backups, "VERSION", 2)
        backed_up(home, file)
    refused(new, file, "made by a newer Companion")


def test_a_backup_that_is_cut_off_or_altered_anywhere_is_refused(tmp_path, home, file, monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 4096)  # so that there are many chunks
    monkeypatch.setattr("companion.memory.restore.CHUNK", 4096)
    backed_up(home, file)
    whole, new = file.read_bytes(), new_home(tmp_path)
    size = 4096 + sealing.TAG
    places = [0, 16, 17, 20, 40, 68, len(whole) // 2, len(whole) - 1]
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1
        file.write_bytes(altered)
        refused(new, file, "is damaged or cut off|no backup|newer|passphrase")
    for length in (0, 10, 40, 68, 68 + size, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        refused(new, file, "is damaged or cut off|no backup")
    one, two = whole[68 : 68 + size], whole[68 + size : 68 + 2 * size]
    for wrong in (whole[:68] + two + one + whole[68 + 2 * size :], whole[:68] + one + one + two, whole + one):
        file.write_bytes(wrong)
        refused(new, file, "is damaged or cut off")


def test_a_header_that_asks_for_all_memory_is_refused(tmp_path, home, file):
    whole = bytearray(backed_up(home, file).read_bytes())
    whole[17] = 60
    file.write_bytes(whole)
    refused(new_home(tmp_path), file, "is damaged or cut off")


@pytest.mark.parametrize(
    "name", ["../escaped", "/tmp/escaped", "a/../../escaped", "store.key", "c:\\escaped", ""]
)
def test_a_backup_that_would_write_elsewhere_is_refused(tmp_path, home, file, monkeypatch, name):
    (home / "escape.txt").write_text("x")
    real = backups._add

    def elsewhere(tar, path, called, advance):
        return real(tar, path, f"home/{name}" if "escape" in called else called, advance)

    monkeypatch.setattr(backups, "_add", elsewhere)
    backed_up(home, file)

    refused(new_home(tmp_path), file, "isn't a backup as Companion makes them")
    assert not (tmp_path / "escaped").exists()


def test_a_home_with_a_store_is_refused_or_set_aside_whole(tmp_path, home, file, said, heard):
    backed_up(home, file)
    new = said(tmp_path / "new", "I am another.")
    with pytest.raises(StoreError, match="holds a store already: with --replace"):
        restore(new, file, "open sesame")

    aside = restore(new, file, "open sesame", replace=True).aside

    assert heard(new) == ["My sister is called Amy.", "She comes on Friday."]
    assert aside.parent == new
    assert heard(aside) == ["I am another."]


def test_an_automatic_copy_brings_back_that_day_with_the_rest_as_it_is(home, heard, said):
    opened = open_store(home)
    copy = automatic.take(home, opened.database, NOW)
    opened.database.close()
    said(home, "Something later.")

    aside = restore_copy(home, copy, replace=True).aside

    assert heard(home) == ["My sister is called Amy.", "She comes on Friday."]
    assert heard(aside) == ["My sister is called Amy.", "She comes on Friday.", "Something later."]
    assert (home / "settings.toml").read_text() == "[tts]\npace = 1.1\n"


def test_a_damaged_automatic_copy_is_refused(home, heard):
    opened = open_store(home)
    copy = automatic.take(home, opened.database, NOW)
    opened.database.close()
    copy.write_bytes(copy.read_bytes()[:8192])

    with pytest.raises(StoreError, match="is no copy of the store in"):
        restore_copy(home, copy, replace=True)
    assert heard(home) == ["My sister is called Amy.", "She comes on Friday."]


def test_a_copy_is_taken_once_a_day_and_so_many_are_kept(home):
    database = Database(home / STORE, key_of(home))
    for day in range(10):
        now = NOW + datetime.timedelta(days=day)
        fresh = automatic.rotate(home, database, now)
        os.utime(fresh, (now.timestamp(), now.timestamp()))
        assert automatic.rotate(home, database, now + datetime.timedelta(hours=3)) is None

    copies = automatic.taken(home)
    assert len(copies) == 7
    assert copies[0].name.startswith("2026-11-21T")
    assert all(damage(path, key_of(home)) == "" for path in copies)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in copies)


def forget(home):
    """Erase what was said of Amy, as forgetting does: in the store, then in the copies."""
    opened = open_store(home)
    with opened.database.transaction() as db:
        db.execute("DELETE FROM turns WHERE text LIKE '%Amy%'")
        automatic.intend(db)
    automatic.renew(home, opened.database, NOW)
    opened.database.close()


def in_copies(home):
    """Every text in every copy."""
    texts = []
    for path in automatic.taken(home):
        with snapshot(path, key_of(home)) as db:
            texts += [text for (text,) in db.execute("SELECT text FROM turns")]
    return texts


def test_forgetting_reaches_the_copies(home):
    opened = open_store(home)
    for hour in range(3):
        automatic.take(home, opened.database, NOW + datetime.timedelta(hours=hour))
    opened.database.close()
    (home / automatic.FOLDER / ".half.db.new").write_bytes(b"half a copy")

    forget(home)

    assert in_copies(home) == ["She comes on Friday."]
    assert len(list((home / automatic.FOLDER).iterdir())) == 1


def copied(home):
    opened = open_store(home)
    for hour in range(3):
        automatic.take(home, opened.database, NOW + datetime.timedelta(hours=hour))
    opened.database.close()


def test_kill_9_while_something_is_forgotten_leaves_it_in_no_copy_and_always_one(tmp_path, said, heard):
    def talked(name):
        folder = said(tmp_path / name, "My sister is called Amy.", "She comes on Friday.")
        copied(folder)
        return folder

    first = talked("first")
    for moment in moments(steps_of(lambda: forget(first)), KILLS):
        home = talked(str(moment))
        killed_at(moment, lambda home=home: forget(home))

        texts = heard(home)
        assert texts[-1] == "She comes on Friday."
        assert automatic.taken(home)
        if len(texts) == 1:  # the erasure was committed
            assert in_copies(home) == ["She comes on Friday."]


def test_kill_9_while_a_backup_is_written_leaves_a_backup_that_restores(tmp_path, home, file, said, heard):
    backed_up(home, file)
    said(home, "And later this.")
    old = file.read_bytes()
    work = lambda: backed_up(home, file)  # noqa: E731 - it is short
    whole = ["My sister is called Amy.", "She comes on Friday.", "And later this."]

    for moment in moments(steps_of(work), KILLS):
        file.write_bytes(old)
        killed_at(moment, work)

        new = new_home(tmp_path, f"new-{moment}")
        restore(new, file, "open sesame")
        assert heard(new) in (whole[:2], whole)
        assert heard(home) == whole
    backed_up(home, file)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_kill_9_while_she_is_brought_back_leaves_the_old_or_the_new_whole(tmp_path, home, file, said, heard):
    backed_up(home, file)
    old, new = ["I am another."], ["My sister is called Amy.", "She comes on Friday."]

    def another(name):
        folder = said(tmp_path / name, *old)
        (folder / "settings.toml").write_text("[asr]\n")
        return folder

    first = another("first")
    seen = set()
    for moment in moments(steps_of(lambda: restore(first, file, "open sesame", replace=True)), KILLS):
        place = another(str(moment))
        killed_at(moment, lambda place=place: restore(place, file, "open sesame", replace=True))

        texts = heard(place)
        settings = (place / "settings.toml").read_text()
        assert (texts, settings) in ((old, "[asr]\n"), (new, "[tts]\npace = 1.1\n"))
        if texts == new:
            (aside,) = place.glob(f"{staging.ASIDE}-*")
            assert heard(aside) == old
        seen.add(len(texts))
    assert seen == {1, 2}
