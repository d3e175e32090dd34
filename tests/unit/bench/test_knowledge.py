"""The measure of what is kept: a conversation, what a person marked in it, and how much of that is known."""

import json

import pytest

from companion.bench.knowledge import measure

TURNS = (
    ("D1:1", "Jon", "I lost my job at the bank last week. How are you?"),
    ("D1:2", "Gina", "Sorry to hear that! I'm going to open a shop in June."),
    ("D1:3", "Jon", "I have two dogs called Max and Bo."),
)
ROWS = (
    ("D1:1", "Jon", "work", "lose job bank", "2023-01-15", "2"),
    ("D1:2", "Gina, Jon", "plan", "open shop", "2023-06-01", "1"),
    ("D1:3", "Jon", "preference", "plays tennis weekly", "", "1"),
)


@pytest.fixture
def files(tmp_path):
    turns = [
        {"id": name, "session": 1, "when": "4:04 pm on 20 January, 2023", "speaker": who, "text": text}
        for name, who, text in TURNS
    ]
    (tmp_path / "turns.json").write_text(json.dumps({"turns": turns}))
    lines = ["\t".join(row) for row in (("turns", "subject", "kind", "key", "when", "weight"), *ROWS)]
    (tmp_path / "marks.tsv").write_text("\n".join(lines))
    return tmp_path / "turns.json", tmp_path / "marks.tsv"


def test_what_is_kept_is_compared_with_what_was_marked(files):
    found = measure(*files)

    assert (found["turns"], found["rows"], found["missed"]) == (3, 3, ["D1:3"])
    assert (found["recall"], found["recall_weighted"]) == (0.667, 0.75)
    assert 0.0 < found["precision"] < 1.0, "the dogs were not marked"
    assert found["tallies"]["kept.pattern"] == found["facts"]


def test_of_a_part_only_its_marks_count(files):
    found = measure(*files, most=1)

    assert (found["turns"], found["rows"], found["recall"], found["precision"]) == (1, 1, 1.0, 1.0)
