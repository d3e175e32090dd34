"""The store keeps every committed turn, whatever happens to the process."""

import datetime
import os
import signal
import subprocess
import sys
import textwrap

import apsw
import pytest

from companion.engines import Never
from companion.engines.asr import Transcription, Word
from companion.errors import StoreError
from companion.memory.database import unwritable
from companion.memory.facts import Facts
from companion.memory.forgetting import Forgetting
from companion.memory.store import Store
from companion.runtime.reflection import Reflection


def test_what_was_said_is_there_again_after_a_restart(tmp_path):
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "Good morning.")
    store.add_companion_turn(1, "Good", interrupted=True)
    store.close()

    turns = Store(tmp_path / "store.db").turns()

    assert [(t.side, t.text, t.interrupted) for t in turns] == [
        ("user", "Good morning.", 0),
        ("companion", "Good", 1),
    ]


def test_a_home_is_fresh_until_something_is_said(tmp_path):
    store = Store(tmp_path / "store.db")
    assert store.fresh()

    store.add_user_turn(1, "Good morning.")
    assert not store.fresh()


def test_the_file_is_for_its_owner_alone(tmp_path):
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "A secret.")

    modes = {f.name: f.stat().st_mode & 0o777 for f in tmp_path.iterdir()}

    assert set(modes.values()) == {0o600}, modes


def test_a_file_that_others_could_read_becomes_its_owners_before_anything_is_in_it(tmp_path):
    for name in ("store.db", "store.db-wal"):
        (tmp_path / name).touch(mode=0o644)

    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "A secret.")

    modes = {f.name: f.stat().st_mode & 0o777 for f in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_damage_inside_is_said_with_what_can_be_done(tmp_path):
    path = tmp_path / "store.db"
    store = Store(path)
    for number in range(200):
        store.add_user_turn(number, "many words " * 20)
    store.close()
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(bytes(whole))

    with pytest.raises(StoreError, match=r"it is damaged\): move it aside and keep it"):
        Store(path).turns()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (apsw.FullError(), "the disk is full): free some space, then say it again."),
        (apsw.CorruptError(), "it is damaged): move it aside and keep it"),
        (apsw.BusyError(), "another program is using it): end that one"),
        (apsw.IOError(), "the disk reports an error): check its rights and the disk"),
    ],
)
def test_what_cannot_be_written_is_said_with_what_can_be_done(tmp_path, error, said):
    assert said in str(unwritable(tmp_path / "store.db", error))


def test_the_second_hearing_becomes_the_record_and_keeps_what_was_answered(tmp_path):
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "I am fifty.")
    words = (Word("I", 0.0, 0.1, 0.9), Word("am", 0.1, 0.2, 0.9), Word("fifteen.", 0.2, 0.8, 0.7))

    store.review_user_turn(1, Transcription("I am fifteen.", "en", 1.0, 0.0, -0.2, words), "I am fifty.")

    (turn,) = store.turns()
    assert turn.text == "I am fifteen."
    store.close()
    db = apsw.Connection(str(tmp_path / "store.db"))
    assert db.execute("SELECT answered, json_array_length(words) FROM hearings").fetchall() == [
        ("I am fifty.", 3)
    ]


def test_a_second_hearing_of_nothing_leaves_the_turn_as_it_was(tmp_path):
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "Yes.")

    store.review_user_turn(1, Transcription("", "en", 1.0, 0.9, -2.0), "Yes.")

    assert store.turns()[0].text == "Yes."


@pytest.mark.parametrize("content", [b"this is not a database at all, it is a text" * 50, b"\x00" * 4096])
def test_a_file_that_is_no_store_is_refused_with_a_sentence_and_left_alone(tmp_path, content):
    path = tmp_path / "store.db"
    path.write_bytes(content)

    with pytest.raises(
        StoreError, match=r"can't be opened \(it is not a database\): move it aside and keep it"
    ):
        Store(path)

    assert path.read_bytes() == content


def test_a_store_of_a_newer_companion_is_left_alone(tmp_path):
    Store(tmp_path / "store.db").close()
    db = apsw.Connection(str(tmp_path / "store.db"))
    db.execute("PRAGMA user_version=99")
    db.close()

    with pytest.raises(StoreError, match="newer"):
        Store(tmp_path / "store.db")


def test_kill_9_at_any_moment_loses_no_turn_that_was_committed(tmp_path):
    """The writer reports each turn once it is committed; whatever it reported must be there afterwards."""
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from companion.memory.store import Store
        store = Store(Path(sys.argv[1]))
        for number in range(1, 100000):
            store.add_user_turn(number, f"turn {number}")
            print(number, flush=True)
    """)
    reported_in_all = 0
    for round_ in range(int(os.environ.get("COMPANION_KILLS", "5"))):
        path = tmp_path / "store.db"
        writer = subprocess.Popen(
            [sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        reported = 0
        for line in writer.stdout:
            reported = int(line)
            if reported >= 3 + 4 * round_ % 60:
                break
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.wait()
        reported_in_all += int(rest[-1]) if rest else reported

        texts = [t.text for t in Store(path).turns()]

        assert len(texts) >= reported_in_all
        assert texts[-1].startswith("turn ")
        reported_in_all = len(texts)


HOUR = datetime.timedelta(hours=1)


def test_the_turns_of_earlier_sessions_come_oldest_first_with_what_was_answered(tmp_path):
    first = Store(tmp_path / "store.db")
    first.add_user_turn(1, "I am fifty.")
    first.add_companion_turn(1, "Good for", interrupted=True)
    first.review_user_turn(1, Transcription("I am fifteen.", "en", 1.0, 0.0, -0.1), "I am fifty.")
    first.close()
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "This one is of now.")
    now = datetime.datetime.now().astimezone()

    turns = store.earlier(now - HOUR, most=10)

    assert [(t.side, t.text, t.answered, t.interrupted) for t in turns] == [
        ("user", "I am fifteen.", "I am fifty.", 0),
        ("companion", "Good for", "", 1),
    ]
    assert [t.side for t in store.earlier(now - HOUR, most=1)] == ["companion"]
    assert store.earlier(now + HOUR, most=10) == []


def test_how_old_a_turn_is_doesnt_depend_on_the_zone_it_was_said_in(tmp_path):
    path = tmp_path / "store.db"
    store = Store(path)
    store.add_user_turn(1, "Old.")
    store.add_user_turn(2, "Young.")
    said = ("2026-03-01T23:00:00+05:00", "2026-03-01T20:00:00+01:00")  # 18:00 and 19:00 in UTC
    for number, moment in enumerate(said, 1):
        store.database.write("UPDATE turns SET said_at=? WHERE number=?", (moment, number))
    store.close()

    turns = Store(path).earlier(datetime.datetime(2026, 3, 1, 18, 30, tzinfo=datetime.UTC), most=10)

    assert [t.text for t in turns] == ["Young."]


def test_how_long_whose_pauses_last_is_known_again_and_goes_with_the_voice(tmp_path):
    store = Store(tmp_path / "store.db")
    store.keep_voice("Anna", b"", b"", 3)
    store.keep_pace("", 1.1)
    store.keep_pace("Anna", 0.9)
    store.keep_pace("Anna", 1.2)
    store.keep_pace("Whose voice is forgotten by now", 1.2)
    store.close()

    again = Store(tmp_path / "store.db")
    assert again.paces() == [("", 1.1), ("Anna", 1.2)]
    again.forget_voice("Anna")
    assert again.paces() == [("", 1.1)]


def test_what_a_person_has_corrected_is_not_heard_otherwise_afterwards(tmp_path):
    store = Store(tmp_path / "store.db")
    number = store.add_user_turn(1, "I met Thomas.")
    Forgetting(store.database).correct(number, "I met Jonas.")

    store.review_user_turn(1, Transcription("I met Tomas.", "en", 1.0, 0.0, -0.1), "I met Thomas.")

    assert store.turns()[0].text == "I met Jonas."
    assert store.database.read("SELECT corrected FROM turns") == [(1,)]
    assert store.database.read("SELECT * FROM hearings") == []


def test_what_was_derived_from_a_first_hearing_goes_with_it_and_is_derived_anew(tmp_path):
    store = Store(tmp_path / "store.db")
    reflection = Reflection(store.database)
    store.add_user_turn(1, "My sister is called Annie.")
    while reflection.patterns(Never()):
        pass
    assert [fact.statement for fact in Facts(store.database).page()] == ["Your sister is called Annie"]

    heard = Transcription("My sister is called Amy.", "en", 1.0, 0.0, -0.1)
    store.review_user_turn(1, heard, "My sister is called Annie.")

    assert "Annie" not in str(
        store.database.read("SELECT name FROM people UNION SELECT statement FROM facts")
    )
    while reflection.patterns(Never()):
        pass
    (fact,) = Facts(store.database).page()
    assert fact.statement == "Your sister is called Amy"
    assert [each.quote for each in fact.evidence] == ["My sister is called Amy."]


def test_what_is_done_beside_the_store_ends_before_it_is_closed_and_its_failure_is_told(tmp_path):
    store = Store(tmp_path / "store.db")
    open_then = []

    def end():
        open_then.append(store.fresh())
        raise StoreError("The disk is full.")

    store.beside(end)

    with pytest.raises(StoreError, match="The disk is full"):
        store.close()
    store.close()
    assert open_then == [True]


def test_a_session_begins_with_its_first_turn(tmp_path):
    store = Store(tmp_path / "store.db")
    store.add_user_turn(1, "Of yesterday.", session="yesterday")
    assert store.begins() == 2

    store.add_user_turn(1, "Of today.")
    store.add_user_turn(2, "This, too.")
    assert store.begins() == 2
