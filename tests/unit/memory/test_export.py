"""All that is known goes out as JSON and comes back the same, and can be read by a person."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.errors import StoreError
from companion.memory.database import Database
from companion.memory.export import export, tables, write_json
from companion.memory.importing import import_json
from companion.memory.markdown import write_markdown

AT = "2026-11-12T10:30:00+01:00"


@pytest.fixture
def empty():
    """A store in which nothing is known; as many as are asked for."""

    def store(path=":memory:"):
        return Database(Path(path))

    return store


@pytest.fixture
def known(empty):
    """A store in which something of everything is known."""
    database = empty()
    with database.transaction() as db:
        for number, (side, text, interrupted) in enumerate(
            [("user", "My sister is called Amy.", 0), ("companion", "A fine *name*", 1)], 1
        ):
            db.execute(
                "INSERT INTO turns (session, side, number, text, said_at, interrupted, who, sure)"
                " VALUES ('s', ?, 1, ?, ?, ?, ?, 0.9)",
                (side, text, AT, interrupted, "Anna" if number == 1 else ""),
            )
        db.execute("INSERT INTO hearings VALUES (1, 'My sister is called Annie.', '[]', 0.1, -0.25)")
        db.execute("INSERT INTO voices VALUES ('Anna', ?, ?, 3)", (bytes(range(256)), b""))
        db.execute(
            "INSERT INTO people (id, name, relation, birthday) VALUES (7, 'Amy', 'sister', '1990-05-03')"
        )
        db.execute("INSERT INTO names (person, name) VALUES (7, 'Amy'), (7, 'Mimi')")
        db.execute("INSERT INTO mentions VALUES (7, 1)")
        for fact, statement, successor in (
            (2, "The baby is due in April.", None),
            (1, "It is due in March.", 2),
        ):
            db.execute(
                "INSERT INTO facts (id, subject, person, statement, kind, valid_from, certainty, how,"
                " noted_at, successor) VALUES (?, 'Amy', 7, ?, 'event', '2026-11-01', 0.8, 'model', ?, ?)",
                (fact, statement, AT, successor),
            )
        db.execute("INSERT INTO sources (id, path, added_at) VALUES (1, '/home/me/letters', ?)", (AT,))
        db.execute(
            "INSERT INTO documents (id, source, path, kind, bytes, changed_at)"
            " VALUES (1, 1, '/home/me/letters/amy.eml', 'mail', 10, 0.5)"
        )
        db.execute(
            "INSERT INTO chunks (id, document, number, place, text) VALUES (1, 1, 1, 'line 3', 'In April!')"
        )
        db.execute("INSERT INTO evidence (fact, turn, quote) VALUES (1, 1, 'called Amy')")
        db.execute("INSERT INTO evidence (fact, chunk, quote) VALUES (2, 1, 'April')")
        db.execute("INSERT INTO summaries (id, text, made_at) VALUES (1, 'About Amy.', ?)", (AT,))
        db.execute("INSERT INTO summarised VALUES (1, 1)")
        db.execute("INSERT INTO marks VALUES ('vectors', 'bge-small'), ('file.open', '1')")
    return database


def exported(database):
    out = io.StringIO()
    write_json(database, out)
    return out.getvalue()


def test_what_is_imported_is_exported_to_the_byte(known, empty):
    text, other = exported(known), empty()

    rows = import_json(other, io.StringIO(text), "export.json")

    assert exported(other) == text
    assert rows == sum(len(table) for table in json.loads(text)["tables"].values())


def test_every_table_is_in_it_and_nothing_of_the_file(known):
    table = json.loads(exported(known))

    with known.snapshot() as db:
        assert list(table["tables"]) == [each.name for each in tables(db)]
    assert {"turns", "facts", "evidence", "voices", "chunks"} <= set(table["tables"])
    assert not any("fts" in name for name in table["tables"])
    assert table["tables"]["marks"] == [{"name": "vectors", "value": "bge-small"}]


def test_what_is_imported_is_found_by_its_words(known, empty):
    other = empty()
    import_json(other, io.StringIO(exported(known)), "export.json")

    for sql in (
        "SELECT rowid FROM turns_fts WHERE turns_fts MATCH 'sister'",
        "SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH 'april'",
        "SELECT rowid FROM names_fts WHERE names_fts MATCH 'mim'",
    ):
        assert other.read(sql) == known.read(sql) != []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False), st.binary())
    )
)
def test_the_oddest_texts_numbers_and_bytes_come_back_the_same(empty, rows):
    one, other = empty(), empty()
    with one.transaction() as db:
        for number, (text, real, blob) in enumerate(rows):
            db.execute("INSERT INTO tallies VALUES (?, ?)", (f"{number}{text}", 2**63 - 1 - number))
            db.execute("INSERT INTO voices VALUES (?, ?, ?, 1)", (f"{number}{text}", blob, text.encode()))
            db.execute("INSERT INTO paces VALUES (?, ?)", (str(number), real))

    text = exported(one)
    import_json(other, io.StringIO(text), "export.json")

    assert exported(other) == text
    for table in ("tallies", "voices", "paces"):
        assert other.read(f"SELECT * FROM {table}") == one.read(f"SELECT * FROM {table}")


def test_how_the_json_is_laid_out_doesnt_matter(known, empty):
    text, other = exported(known), empty()

    import_json(other, io.StringIO(json.dumps(json.loads(text), indent=4)), "export.json")

    assert exported(other) == text


def test_a_long_export_is_read_piece_by_piece(known, empty, monkeypatch):
    monkeypatch.setattr("companion.memory.importing._PIECE", 7)
    text, other = exported(known), empty()

    import_json(other, io.StringIO(text), "export.json")

    assert exported(other) == text


def refused(database, text, match, replace=False):
    before = exported(database)
    with pytest.raises(StoreError, match=match):
        import_json(database, io.StringIO(text), "export.json", replace)
    assert exported(database) == before


HEAD = '{"format": "companion-memory", "version": 1, "schema": 1, "tables": '


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "a text",
        '{"format": "something else", "version": 1, "schema": 1, "tables": {}}',
        HEAD + '{"strange": []}}',
        HEAD + '{"tallies": [{"strange": 1}]}}',
        HEAD + '{"tallies": [3]}}',
        HEAD + '{"tallies": [{}]}}',
        HEAD + '{"tallies": [{"what": {"x": 1}}]}}',
        HEAD + '{"mentions": [{"person": 1, "turn": 1}]}}',
        HEAD + "{}} and more",
    ],
)
def test_what_is_no_export_is_refused_and_nothing_is_changed(empty, text):
    refused(empty(), text, "export.json is damaged, cut off, or no export")


def test_an_export_that_is_cut_off_anywhere_is_refused_and_nothing_is_changed(known, empty):
    text, database = exported(known), empty()
    for length in range(0, len(text) - 1, 97):
        refused(database, text[:length], "is damaged, cut off")


@pytest.mark.parametrize("newer", ['"version": 99', '"schema": 99'])
def test_an_export_of_a_newer_companion_is_refused(known, empty, newer):
    name = newer.split(":")[0]
    text = exported(known)
    (now,) = [part for part in text.split("tables")[0].replace("{", "").split(", ") if part.startswith(name)]

    refused(empty(), text.replace(now, newer, 1), "newer Companion: update this one")


def test_a_store_in_which_something_is_known_is_refused_or_replaced(known, empty):
    text, other = exported(known), empty()
    other.write("INSERT INTO tallies VALUES ('kept', 3)")
    refused(other, text, "something in this store already")
    refused(known, text[:-5], "damaged", replace=True)

    import_json(other, io.StringIO(text), "export.json", replace=True)

    assert exported(other) == text
    assert known.read("SELECT value FROM marks WHERE name='file.open'") == [("1",)]


def test_an_export_is_written_whole_or_not_at_all_for_its_owner_alone(known, tmp_path):
    file = tmp_path / "export.json"
    export(known, file, write_json)
    before = file.read_bytes()

    def half(database, out):
        out.write("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match=r"No space left.*free some space"):
        export(known, file, half)

    assert file.read_bytes() == before == exported(known).encode()
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_markdown_is_by_person_by_day_and_by_document_with_where_it_is_from(known):
    out = io.StringIO()
    write_markdown(known, out)
    text = out.getvalue()

    assert "- **Amy**; sister; also Mimi; birthday 1990-05-03; last mentioned 2026-11-12\n" in text
    assert "### Amy\n" in text
    assert (
        "It is due in March. (event; from 2026-11-01; certainty 0.80; noted 2026-11-12; since then: The"
        in text
    )
    assert '  - 2026-11-12, you: "called Amy"\n' in text
    assert '  - /home/me/letters/amy.eml, line 3: "April"\n' in text
    assert "- /home/me/letters/amy.eml (mail, 1 passage)\n" in text
    assert "### Thursday, 12 November 2026\n" in text
    assert "- 10:30 **Anna**: My sister is called Amy.\n" in text
    assert "- 10:30 **she**: A fine \\*name\\* (interrupted)\n" in text
    assert "- 2026-11-12: About Amy.\n" in text


def test_markdown_of_a_store_in_which_nothing_is_known_says_so(empty):
    out = io.StringIO()
    write_markdown(empty(), out)

    assert out.getvalue().count("Nothing.") == 5
