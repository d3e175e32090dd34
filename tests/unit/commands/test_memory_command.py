"""`companion memory`: search, list, show, edit, forget, take along, erase everything."""

import datetime
import io
import json
import os
import subprocess
import sys

import pytest

from companion import cli
from companion.engines.asr import Transcription, Word
from companion.home import held, open_home
from companion.memory import automatic
from companion.memory.indexing import Indexing
from companion.memory.opening import open_store
from companion.memory.patterns import propose
from companion.memory.people import People
from companion.memory.proposals import Notebook, Said
from companion.memory.store import Store
from companion.settings_file import change

SAID = (
    "My sister is called Amy.",
    "The baby is due in March.",
    "The baby is due in April.",
    "I'm allergic to peanuts.",
)
NOW = datetime.datetime.now().astimezone()


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch):
    """No test puts anything into the keyring of whoever runs it."""
    monkeypatch.setattr("companion.memory.keyrings.system_ring", lambda: None)


@pytest.fixture
def home(tmp_path):
    """A home in which those things were said, an hour apart, the last one an hour ago."""
    home = open_home(str(tmp_path / "home"))
    opened = open_store(home)
    store, notebook = Store(opened.database), Notebook(opened.database)
    for number, text in enumerate(SAID, 1):
        at = (NOW - datetime.timedelta(hours=len(SAID) + 1 - number)).isoformat()
        turn = store.add_user_turn(number, text, session="s", said_at=at)
        notebook.take(Said(text, at, turn=turn), propose(text), "pattern")
        notebook.people.mentioned(turn, text)
    store.session = "s"
    heard = Transcription(SAID[3], "en", 1.0, 0.0, -0.2, (Word("I'm", 0.0, 0.2, 0.9),))
    store.review_user_turn(4, heard, "I'm allergic to peanut.")
    store.close()
    return home


@pytest.fixture
def memory(home, capsys):
    """Run `companion memory`; gives its exit code, what it printed, and what it said on stderr."""

    def run(*arguments):
        code = cli.run(["--home", str(home), "memory", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def typed(monkeypatch):
    """Somebody sits at a terminal and types a line."""

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    return lambda line: monkeypatch.setattr(sys, "stdin", Terminal(f"{line}\n"))


def test_search_prints_what_others_rely_on(memory):
    code, out, _ = memory("search", "peanuts", "-k", 1, "--json")

    (hit,) = json.loads(out)["hits"]
    assert code == 0
    assert hit.pop("score") > 0
    assert datetime.datetime.fromisoformat(hit.pop("when")) < NOW
    assert hit == {"id": "t4", "text": SAID[3], "source": {"kind": "turn", "place": "said by you"}}


def test_search_finds_what_is_meant_once_there_are_vectors(memory, home):
    from companion.app import Loader
    from companion.engines.embed.bge import BgeEmbedder
    from companion.memory.recall import Recall
    from companion.settings import Settings

    opened = open_store(home)
    indexing: Indexing = Recall(opened.database, BgeEmbedder(Loader(Settings()).folder("embed"))).indexing
    indexing.work(lambda: True)
    opened.database.close()

    code, out, err = memory("search", "food that makes me ill", "-k", "1")

    assert code == 0
    assert "allergic to peanuts" in out
    assert err == ""


def test_search_works_by_words_where_the_model_is_not_there_and_says_so(memory, home):
    change(home, "weights.embed", "a-model-that-there-is-not")

    code, out, err = memory("search", "peanuts")

    assert code == 0
    assert out.startswith("t4  ")
    assert err.count("Found by words alone") == 1
    assert "Nothing of that" in memory("search", "zebra")[1]


def test_what_was_said_is_listed_page_by_page(memory):
    first = json.loads(memory("list", "--turns", "-k", 3, "--json")[1])["turns"]
    code, out, _ = memory("list", "--turns", "--before", f"t{first[-1]['id']}")

    assert [turn["text"] for turn in first] == list(SAID[:0:-1])
    assert code == 0
    assert out.endswith("you: My sister is called Amy.\n")
    assert memory("list", "--turns", "--before", "t1")[1] == "There are no more turns.\n"


def test_facts_and_people_are_listed(memory):
    facts = json.loads(memory("list", "--json")[1])["facts"]
    people = json.loads(memory("list", "--people", "--json")[1])["people"]

    assert "The baby is due in April" in [fact["statement"] for fact in facts]
    assert [(one["name"], one["relation"]) for one in people] == [("Amy", "sister"), ("you", "you")]
    assert memory("list", "--people")[1].startswith(f"p{people[0]['id']}  Amy  (sister; last mentioned ")
    assert "you're allergic to peanuts  (health)" in memory("list")[1]


def test_a_fact_is_shown_with_its_source_and_its_past(memory):
    facts = json.loads(memory("list", "--json")[1])["facts"]
    (april,) = [fact["id"] for fact in facts if "April" in fact["statement"]]

    code, out, _ = memory("show", f"f{april}")
    table = json.loads(memory("show", f"f{april}", "--json")[1])

    assert code == 0
    assert out.index("March") < out.index("April") < out.index("said by you")
    assert table["sources"][0]["entry"] == "t3"
    assert [fact["statement"][-5:] for fact in table["timeline"]] == ["March", "April"]


def test_a_turn_is_shown_with_what_was_answered(memory):
    code, out, _ = memory("show", 4)

    assert code == 0
    assert "answered as: I'm allergic to peanut." in out
    assert "you're allergic to peanuts" in out
    assert json.loads(memory("show", "t4", "--json")[1])["hearing"]["words"][0]["confidence"] == 0.9


@pytest.mark.parametrize(
    ("name", "said"), [("t99", "no turn 99"), ("f99", "no fact 99"), ("x", "names nothing")]
)
def test_what_is_not_there_is_one_sentence(memory, name, said):
    code, _, err = memory("show", name)

    assert code == 1
    assert said in err


def test_a_fact_is_edited(memory, home):
    fact = next(f for f in json.loads(memory("list", "--json")[1])["facts"] if f["kind"] == "health")

    number = json.loads(memory("edit", f"f{fact['id']}", "you're allergic", "to hazelnuts", "--json")[1])[
        "id"
    ]

    assert "you're allergic to hazelnuts" in memory("show", number)[1]
    assert "succeeded" in memory("show", f"f{fact['id']}")[1]


def test_a_misheard_turn_is_corrected_in_the_copies_too(memory, home):
    code, out, _ = memory("edit", "t4", "I'm allergic to hazelnuts.")

    assert (code, out) == (0, "t4 says so now.\n")
    assert "hazelnuts. (corrected)" in memory("show", "t4")[1]
    assert len(automatic.taken(home)) == 1
    assert memory("edit", "p1", "Anne")[0] == 1


def test_a_turn_is_forgotten_with_what_came_of_it_and_the_kept_conversation(memory, home):
    (home / "conversation-1.kv").write_bytes(b"peanuts")

    code, out, err = memory("forget", "t4", "--yes", "--json")

    assert code == 0
    assert json.loads(out)["turns"] == ["t4"]
    assert "This would erase 1 turn and 1 fact:" in err
    assert "peanuts" not in memory("list", "--turns")[1]
    assert len(automatic.taken(home)) == 1
    assert not list(home.glob("conversation*"))


def test_what_goes_is_asked_about(memory, typed):
    typed("n")
    code, _, err = memory("forget", "--about", "the baby")
    assert code == 1
    assert "due in March" in err
    assert "Nothing was erased." in err

    typed("y")
    code, out, _ = memory("forget", "--about", "the baby")
    assert (code, out) == (0, "It is erased.\n")
    assert "baby" not in memory("list", "--turns")[1]


def test_nobody_is_asked_where_there_is_no_terminal(memory):
    code, _, err = memory("forget", "t4")

    assert code == 1
    assert "--yes" in err
    assert "peanuts" in memory("list", "--turns")[1]


def test_what_was_said_since_a_time_is_forgotten(memory):
    code, out, _ = memory("forget", "--since", "150 minutes ago", "--yes", "--json")

    assert code == 0
    assert json.loads(out)["turns"] == ["t3", "t4"]
    assert memory("forget", "--since", "5 minutes ago")[1] == "There is nothing of that to forget.\n"


@pytest.mark.parametrize("arguments", [(), ("t1", "--about", "Amy"), ("--about", "Amy", "--since", "today")])
def test_one_thing_is_forgotten_at_a_time(memory, arguments):
    assert memory("forget", *arguments)[0] == 2


def test_all_of_it_is_taken_along_and_brought_back_the_same(memory, tmp_path, capsys):
    file, again = tmp_path / "her.json", tmp_path / "again.json"
    assert memory("export", file)[0] == 0

    elsewhere = ["--home", str(tmp_path / "elsewhere"), "memory"]
    assert cli.run([*elsewhere, "import", str(file)]) == 0
    assert cli.run([*elsewhere, "export", str(again)]) == 0

    assert again.read_bytes() == file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert memory("import", file)[0] == 1
    assert memory("import", file, "--replace")[0] == 0
    capsys.readouterr()


def test_it_is_written_to_be_read_where_the_file_is_markdown(memory, tmp_path):
    assert memory("export", tmp_path / "her.md")[0] == 0
    assert "My sister is called Amy." in (tmp_path / "her.md").read_text()
    assert memory("export", tmp_path / "her.docx")[0] == 2


def test_figures(memory):
    table = json.loads(memory("stats", "--json")[1])
    code, out, _ = memory("stats")

    assert table["turns"] == 4
    assert table["tallies"]["kept.pattern"] >= 4
    assert code == 0
    assert "4 turns and 0 passages are found by words alone yet" in out
    assert "kept.pattern" in out


def test_what_reads_works_beside_her_and_what_changes_says_who_holds_the_home(memory, home):
    with held(home, "talk"):
        read = [memory(*words)[0] for words in (("list",), ("show", "t1"), ("stats",), ("search", "baby"))]
        code, _, err = memory("forget", "t1", "--yes")
        erased = memory("erase-everything", "--yes")

    assert read == [0, 0, 0, 0]
    assert code == 1
    assert "`companion talk`" in err
    assert erased[0] == 1


@pytest.mark.parametrize(
    "words", [("list",), ("forget", "t1", "--yes"), ("edit", "f1", "x"), ("erase-everything",)]
)
def test_where_nothing_was_said_yet_that_is_told_and_nothing_made(tmp_path, capsys, words):
    code = cli.run(["--home", str(tmp_path / "none"), "memory", *words])

    assert code == 1
    assert "othing" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_everything_is_erased_once_the_word_is_typed(memory, home, typed):
    typed("yes")
    code, _, err = memory("erase-everything")
    assert code == 1
    assert "This erases her" in err
    assert home.exists()

    (home / "poem.txt").write_text("Mine.")
    typed("erase")
    code, out, err = memory("erase-everything")
    assert (code, out) == (0, "Everything is erased.\n")
    assert f"{home / 'poem.txt'} isn't Companion's" in err
    assert [path.name for path in home.iterdir()] == ["poem.txt"]


def test_everything_is_not_erased_where_nobody_can_be_asked(memory, home):
    assert memory("erase-everything")[0] == 1
    assert (home / "store.db").exists()


def test_nothing_of_a_user_is_left_on_the_machine(memory, tmp_path):
    """The user's whole folder, as programs find it: data, settings, state, caches."""
    memory("export", tmp_path / "her.json")
    user = tmp_path / "user"
    user.mkdir()
    folders = {f"XDG_{name}_HOME": str(user / name) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "COMPANION_"))}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    environment = {**kept, **folders, **keyring, "HOME": str(user), "TMPDIR": str(user)}

    def companion(*arguments):
        command = [sys.executable, "-m", "companion", *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        return done.stdout

    companion("settings", "set", "turns.mode", "push-to-talk")
    companion("memory", "import", tmp_path / "her.json")
    companion("memory", "forget", "t1", "--yes")
    companion("memory", "search", "baby")
    assert len([path for path in user.rglob("*") if path.is_file()]) >= 4

    companion("memory", "erase-everything", "--yes")

    assert [path for path in user.rglob("*") if path.is_file()] == []
    assert not (user / "DATA" / "companion" / "home").exists()


def test_what_a_terminal_would_obey_is_not_printed(memory, home):
    opened = open_store(home)
    Store(opened.database).add_user_turn(9, "peanuts \x1b[2Jand\x07 jam")
    People(opened.database).find_or_make("Eve\x1b]0;")
    opened.database.close()

    for words in (("list", "--turns"), ("list", "--people"), ("search", "jam"), ("show", "5")):
        out = memory(*words)[1]
        assert "\x1b" not in out
        assert "\x07" not in out
