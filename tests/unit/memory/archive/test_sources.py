"""What is added is found, follows its files, survives a kill at any moment, and goes when it is removed."""

import datetime
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading

import hostile
import pytest
from specimens import SENTENCE, all_of_them, mail, mbox

from companion.errors import StoreError
from companion.memory.archive import file_reading
from companion.memory.archive.sources import Archive
from companion.memory.copies import damage
from companion.memory.database import Database
from companion.memory.facts import Evidence, Facts
from companion.memory.people import People


@pytest.fixture
def folder(tmp_path):
    """A folder to add, beside the store."""
    (tmp_path / "papers").mkdir()
    return tmp_path / "papers"


@pytest.fixture
def database(tmp_path):
    """A store that isn't encrypted, so that its bytes can be looked at."""
    (tmp_path / "home").mkdir()
    return Database(tmp_path / "home" / "store.db")


@pytest.fixture
def archive(database):
    """The archive of that store."""
    return Archive(database)


@pytest.fixture
def step_by_step(monkeypatch):
    """Little is read ahead of what is written, and that is written file by file."""
    monkeypatch.setattr(file_reading, "TOGETHER", 5)
    monkeypatch.setattr(file_reading, "AHEAD", 1)


def found(database, words):
    """The paths, by their names, of documents that have these words."""
    rows = database.read(
        "SELECT DISTINCT path FROM chunks_fts JOIN chunks ON chunks.id = chunks_fts.rowid"
        " JOIN documents ON documents.id = document WHERE chunks_fts MATCH ?",
        (words,),
    )
    return {os.path.basename(row[0]) for row in rows}


def texts(database):
    """All chunks, in their order."""
    return database.read(
        "SELECT path, number, place, text FROM chunks JOIN documents ON documents.id = document"
        " ORDER BY path, number"
    )


def test_every_format_is_found_by_its_words(database, archive, folder):
    for name, data in all_of_them().items():
        (folder / name).write_bytes(data)

    scanned = archive.scan(archive.add(folder, watched=True))

    assert scanned.whole
    assert (scanned.read, scanned.troubled) == (len(all_of_them()), 0)
    assert found(database, "harbour") == set(all_of_them())


def test_only_what_has_changed_is_read_again(database, archive, folder):
    for name in ("same.txt", "new words.txt", "touched.txt", "gone.txt"):
        (folder / name).write_text(f"The {name} of yesterday.")
        os.utime(folder / name, (1_600_000_000, 1_600_000_000))
    source = archive.add(folder, watched=True)
    archive.scan(source)
    rows = dict(database.read("SELECT path, id FROM documents"))

    (folder / "new words.txt").write_text("The new words of todayish.")
    (folder / "touched.txt").touch()
    (folder / "gone.txt").unlink()
    (folder / "another.txt").write_text("Another of todayish.")
    scanned = archive.scan(source)

    assert (scanned.read, scanned.unchanged, scanned.gone) == (2, 2, 1)
    assert found(database, "todayish") == {"new words.txt", "another.txt"}
    assert found(database, "yesterday") == {"same.txt", "touched.txt"}
    after = dict(database.read("SELECT path, id FROM documents"))
    assert {path: after[path] for path in rows if path in after} == {
        path: number for path, number in rows.items() if "gone" not in path
    }


def test_a_change_that_leaves_size_and_time_as_they_were_is_seen_in_a_file_just_written(
    database, archive, folder
):
    note = folder / "note.txt"
    note.write_text("We met on Monday.")
    source = archive.add(folder, watched=True)
    archive.scan(source)
    before = note.stat()

    note.write_text("We met on Sunday.")
    os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))
    archive.scan(source)

    assert found(database, "sunday") == {"note.txt"}
    assert found(database, "monday") == set()


def test_a_mailbox_that_has_grown_keeps_the_rows_of_the_mails_that_it_had(database, archive, folder):
    box = folder / "inbox.mbox"
    box.write_bytes(mbox(40))
    source = archive.add(box, watched=False)
    archive.scan(source)
    before = set(database.read("SELECT id FROM chunks"))

    late = mail("The boats have left.", number=41)
    with box.open("ab") as file:
        file.write(b"From theo@example.org Mon May  3 10:00:00 2021\n" + late.as_bytes() + b"\n")
    archive.scan(source)

    after = set(database.read("SELECT id FROM chunks"))
    assert before < after
    assert len(after - before) == 1
    assert found(database, "boats left") == {"inbox.mbox"}


def test_a_mail_that_the_mail_program_renames_isn_t_read_again(database, archive, folder):
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir()
    (folder / "new" / "1.host").write_bytes(mail().as_bytes())
    source = archive.add(folder, watched=True)
    archive.scan(source)
    before = database.read("SELECT id, document FROM chunks")

    (folder / "new" / "1.host").rename(folder / "cur" / "1.host:2,S")
    scanned = archive.scan(source)

    assert (scanned.read, scanned.gone) == (0, 0)
    assert database.read("SELECT id, document FROM chunks") == before
    assert found(database, "harbour") == {"1.host:2,S"}


def test_the_old_text_is_found_until_the_new_one_is_there(database, archive, folder):
    book = folder / "book.txt"
    book.write_text("\n\n".join(f"Old chapter {n}. {'It rained. ' * 90}" for n in range(100)))
    source = archive.add(folder, watched=True)
    archive.scan(source)
    book.write_text("\n\n".join(f"New chapter {n}. {'It snowed. ' * 90}" for n in range(100)))
    seen = []

    def look():
        seen.append(bool(found(database, "rained") or found(database, "snowed")))

    archive.scan(source, hold=look)

    assert seen
    assert all(seen)
    assert found(database, "rained") == set()
    assert len(texts(database)) == 100


def test_damaged_and_hostile_files_are_told_one_by_one_and_stop_nothing(database, archive, folder):
    (folder / "good.txt").write_text(SENTENCE)
    for family in (hostile._cut, hostile._mails, hostile.zips):
        for name, data in family():
            (folder / f"{family.__name__}-{name}").write_bytes(data)
    (folder / "zz.txt").write_text(SENTENCE)
    (folder / "link.txt").symlink_to("/etc/hostname")

    source = archive.add(folder, watched=True)
    scanned = archive.scan(source)

    listed = archive.documents(source, most=10_000)
    assert scanned.whole
    assert len(listed) == len(list(folder.iterdir()))
    assert {"good.txt", "zz.txt"} <= found(database, "harbour")
    assert all(one.trouble or one.chunks for one in listed)
    told = {
        os.path.basename(one.path): one.trouble for one in archive.documents(source, 0, 10_000, troubled=True)
    }
    assert "link" in told["link.txt"]
    assert all(trouble.endswith((".", ")")) and "\n" not in trouble for trouble in told.values())
    assert archive.get(source).troubles == len(told)


def test_a_file_that_may_not_be_read_for_a_while_keeps_what_was_read(database, archive, folder):
    note = folder / "note.txt"
    note.write_text(SENTENCE)
    source = archive.add(folder, watched=True)
    archive.scan(source)

    note.unlink()
    note.symlink_to("somewhere else")
    archive.scan(source)

    assert found(database, "harbour") == {"note.txt"}
    assert "link" in archive.documents(source)[0].trouble


@pytest.mark.parametrize("vanishes", ["the folder", "all that is in it"])
def test_a_drive_that_isn_t_there_takes_nothing_with_it(database, archive, folder, vanishes):
    (folder / "note.txt").write_text(SENTENCE)
    source = archive.add(folder, watched=True)
    archive.scan(source)

    (folder / "note.txt").unlink()
    if vanishes == "the folder":
        folder.rmdir()
    scanned = archive.scan(source)

    assert scanned.gone == 0
    assert found(database, "harbour") == {"note.txt"}
    assert archive.documents(source, troubled=True)[0].path == str(folder)


def test_sources_don_t_overlap(database, archive, folder):
    (folder / "work").mkdir()
    (folder / "work" / "note.txt").write_text(SENTENCE)
    inner = archive.add(folder / "work", watched=True)
    archive.scan(inner)
    chunks = database.read("SELECT id FROM chunks")

    outer = archive.add(folder, watched=False)
    archive.scan(outer)

    assert [source.id for source in archive.list()] == [outer]
    assert database.read("SELECT id FROM chunks") == chunks
    assert archive.add(folder / "work", watched=False) == outer
    with pytest.raises(StoreError, match="was added once"):
        archive.add(folder / "work", watched=True)


def test_her_own_folder_is_no_part_of_what_is_read(database, archive, folder, tmp_path):
    (folder / "note.txt").write_text(SENTENCE)
    (tmp_path / "home" / "companion.log").write_text(SENTENCE)

    archive.scan(archive.add(tmp_path, watched=True))

    assert found(database, "harbour") == {"note.txt"}


def test_what_is_not_there_is_said(archive, tmp_path):
    with pytest.raises(StoreError, match="There is no file or folder"):
        archive.add(tmp_path / "nowhere", watched=True)
    with pytest.raises(StoreError, match="There is no source 7"):
        archive.scan(7)


def test_progress_is_told_in_bytes_and_a_scan_that_is_stopped_is_gone_on_with(
    archive, database, folder, step_by_step
):
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"{SENTENCE} {'word ' * 4000}")
    source = archive.add(folder, watched=True)
    told, stop = [], threading.Event()

    def progress(so_far):
        told.append(so_far)
        stop.set()

    scanned = archive.scan(source, progress=progress, cancel=stop)
    rest = archive.scan(source, progress=told.append)

    assert not scanned.whole
    assert rest.whole
    assert scanned.read + rest.read == 30
    assert rest.unchanged == scanned.read
    assert told[0].total == sum(path.stat().st_size for path in folder.iterdir())
    assert told[-1].done == told[-1].total


def test_a_chunk_is_cited_by_the_names_that_the_user_is_known_by(database, archive, folder):
    (folder / "mail.eml").write_bytes(mail().as_bytes())
    archive.scan(archive.add(folder, watched=True))
    ((chunk,),) = database.read("SELECT id FROM chunks")
    today = datetime.date(2021, 6, 1)
    assert archive.cite(chunk, archive.me(), today) == "in the mail from Théodore to Jonas Berg on 3 May"

    People(database).call(People(database).speaker().id, "Théodore")

    assert archive.cite(chunk, archive.me(), today) == "in your mail to Jonas Berg on 3 May"
    assert archive.cite(chunk + 1, archive.me(), today) == ""


def test_files_are_listed_page_by_page(archive, folder):
    for number in range(7):
        (folder / f"{number}.txt").write_text(SENTENCE)
    source = archive.add(folder, watched=True)
    archive.scan(source)

    first = archive.documents(source, most=5)
    second = archive.documents(source, after=first[-1].id, most=5)

    assert [os.path.basename(one.path) for one in first + second] == [f"{n}.txt" for n in range(7)]
    assert {(one.kind, one.chunks, one.trouble) for one in first} == {("text", 1, "")}


# ---- Removing


NOON = "2026-01-01T12:00:00+00:00"
SECRET = "Zanzibar quarrelled with Xanthippe over forty-two marmalades."
PARTS = (b"anziba", b"anthip", b"uarrel", b"armala")
"""Trigrams of it, put together, which are in its stems too."""


def bytes_of(database):
    """What is on disk."""
    at = database.path
    return b"".join(path.read_bytes() for path in sorted(at.parent.glob(f"{at.name}*")))


def filled(path, papers, secrets):
    """A store with papers, and with so many `secrets`, each of which has a vector and a fact."""
    database = Database(path)
    archive = Archive(database)
    archive.scan(archive.add(papers, watched=True))
    facts = Facts(database)
    turn = "INSERT INTO turns (session, side, number, text, said_at) VALUES ('s', 'user', 1, 'Hm.', 'now')"
    database.write(turn)
    source = None
    if secrets:
        folder = path.parent / "secrets"
        folder.mkdir()
        for number in range(secrets):
            (folder / f"{number}.txt").write_text(f"{SECRET} This is number {number}.")
        source = archive.add(folder, watched=True)
        archive.scan(source)
        for (chunk,) in database.read("SELECT id FROM chunks WHERE text LIKE 'Zanzibar%'"):
            database.write("INSERT INTO chunk_vectors VALUES (?, ?)", (chunk, b"\xa5\x5aVECTOR\xc3" * 40))
            statement, evidence = f"Xanthippe has marmalade {chunk}.", Evidence(SECRET, chunk=chunk)
            facts.note("Xanthippe", statement, "person", evidence, how="model", noted_at=NOON)
    return database, archive, source


@pytest.mark.parametrize("secrets", [1, 60], ids=["one by one", "all at once"])
def test_what_is_removed_leaves_no_byte_behind(tmp_path, folder, secrets):
    for number in range(500 if secrets == 1 else 20):
        (folder / f"{number}.txt").write_text(f"{SENTENCE} Paper {number}.")
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    database, archive, source = filled(tmp_path / "with" / "store.db", folder, secrets)
    never, *_ = filled(tmp_path / "without" / "store.db", folder, 0)
    held = bytes_of(database)
    assert all(part in held for part in (*PARTS, b"\xa5\x5aVECTOR"))

    archive.remove(source)

    left = bytes_of(database)
    assert [part for part in (*PARTS, b"\xa5\x5aVECTOR") if part in left] == []
    for what in (
        "SELECT path, digest FROM documents ORDER BY path",
        "SELECT text, place FROM chunks ORDER BY text",
        "SELECT term, doc, cnt FROM chunk_words ORDER BY term",
        "SELECT path FROM sources",
        "SELECT count(*) FROM facts",
        "SELECT count(*) FROM people",
        "SELECT count(*) FROM chunk_vectors",
    ):
        assert database.read(what) == never.read(what), what
    assert database.read("SELECT name FROM marks WHERE name NOT LIKE 'file.%'") == []
    database.write("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('integrity-check', 1)")


def test_a_fact_that_was_said_too_outlives_the_document(database, archive, folder):
    (folder / "note.txt").write_text(SENTENCE)
    source = archive.add(folder, watched=True)
    archive.scan(source)
    database.write(
        "INSERT INTO turns (session, side, number, text, said_at) VALUES ('s', 'user', 1, 'Jonas!', 'now')"
    )
    facts = Facts(database)
    ((chunk,),) = database.read("SELECT id FROM chunks")
    both = facts.note(
        "Amy", "Amy met Jonas.", "event", Evidence("met", chunk=chunk), how="model", noted_at=NOON
    )
    facts.note("Amy", "Amy met Jonas.", "event", Evidence("Jonas!", turn=1), how="model", noted_at=NOON)
    only = facts.note(
        "Amy", "It was May.", "event", Evidence("in May", chunk=chunk), how="model", noted_at=NOON
    )

    archive.remove(source)

    assert [evidence.turn for evidence in facts.get(both).evidence] == [1]
    with pytest.raises(StoreError, match=f"no fact {only}"):
        facts.get(only)


def test_whoever_holds_vectors_in_memory_is_told_what_is_gone(database, folder):
    gone = []
    archive = Archive(database, dropped=gone.extend)
    (folder / "note.txt").write_text(SENTENCE)
    source = archive.add(folder, watched=True)
    archive.scan(source)
    chunks = [row[0] for row in database.read("SELECT id FROM chunks")]

    archive.remove(source)

    assert gone == chunks


def test_a_removal_ends_the_reading_of_what_is_removed(database, archive, folder, step_by_step):
    for number in range(50):
        (folder / f"{number}.txt").write_text(f"{SENTENCE} {'word ' * 4000}")
    source = archive.add(folder, watched=True)
    removal = threading.Thread(target=archive.remove, args=(source,))

    def progress(so_far):
        if not removal.ident:
            removal.start()
            while not archive.removing:
                pass

    scanned = archive.scan(source, progress=progress)
    removal.join()

    assert not scanned.whole
    assert archive.list() == []
    assert texts(database) == []


# ---- Killed

PROGRAM = textwrap.dedent("""
    import os, signal, sys, threading
    from pathlib import Path
    from companion.memory.archive import file_reading
    from companion.memory.archive.sources import Archive
    from companion.memory.database import Database
    file_reading.TOGETHER = 20
    work, home, folder, left = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    lock = threading.Lock()
    def die(*_):
        global left
        with lock:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    archive = Archive(Database(home / "store.db"), dropped=die)
    archive._database.transaction = (lambda real: lambda: (die(), real())[1])(archive._database.transaction)
    archive.finish()
    if work == "scan":
        archive.scan(archive.add(folder, True), progress=die, hold=die)
    else:
        archive.remove(1)
    print("done")
""")


def run_killed(work, database, folder, moment):
    """Let a process work until it is killed at its so manyth moment; whether it came to its end before."""
    command = [sys.executable, "-c", PROGRAM, work, str(database.path.parent), str(folder), str(moment)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode == 0


KILLS = int(os.environ.get("COMPANION_KILLS", "20"))


def test_kill_9_at_any_moment_of_reading_loses_nothing_and_reads_nothing_twice(database, folder, tmp_path):
    for name in ("letters", "mails"):
        (folder / name).mkdir()
    for number in range(6):
        (folder / "letters" / f"{number}.txt").write_text(f"{SENTENCE} Letter {number}.\n\n" * 200)
    (folder / "mails" / "inbox.mbox").write_bytes(mbox(300))
    (tmp_path / "calm").mkdir()
    calm = Database(tmp_path / "calm" / "store.db")
    reference = Archive(calm)
    reference.scan(reference.add(folder, watched=True))
    moments = random.Random(5)
    whole, kills = {}, 0

    while kills < KILLS:
        if run_killed("scan", database, folder, moments.randint(1, 30)):
            database.write("DELETE FROM sources")  # from the start again
            whole = {}
            continue
        kills += 1
        assert damage(database.path, None) == ""
        now = dict(database.read("SELECT path, id FROM documents WHERE digest <> ''"))
        assert whole.items() <= now.items()  # what was whole stays as it was
        whole = now
        for path in whole:
            query = "SELECT count(*) FROM chunks JOIN documents ON documents.id = document WHERE path = ?"
            assert database.read(query, (path,)) == calm.read(query, (path,))
    archive = Archive(database)
    scanned = archive.scan(archive.add(folder, watched=True))

    assert scanned.unchanged == len(whole)
    assert texts(database) == texts(calm)
    database.write("INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize("moment", [0, 1, 2, 3, 5, 8])
def test_a_removal_that_was_killed_is_finished_at_the_next_start(database, archive, folder, moment):
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"{SECRET} Number {number}.")
    archive.scan(archive.add(folder, watched=True))

    run_killed("remove", database, folder, moment)
    again = Archive(database)
    again.finish()

    left = bytes_of(database)
    begun = moment > 0
    assert (again.list() == []) is begun
    assert (texts(database) == []) is begun
    assert any(part in left for part in PARTS) is not begun
