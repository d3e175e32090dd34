"""What comes out of a file is made fit before anything is done with it."""

from __future__ import annotations

import json

import pytest

from companion.memory.archive.bounds import LONGEST, bounded, moment
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Passage, Unreadable, fit, note


def test_lone_surrogates_and_controls_go() -> None:
    hostile = Passage(json.loads('"a\\ud800b\\u0000c\\u202e"'), "page\n1", author="A\tB", when="soon")

    assert list(bounded(iter([hostile]), Limits())) == [Passage("abc", "page 1", author="A B")]


def test_a_long_passage_comes_in_pieces_and_an_empty_one_not_at_all() -> None:
    found = list(bounded(iter([Passage("x" * (LONGEST + 5), "a"), Passage(" \n", "b")]), Limits()))

    assert [len(passage.text) for passage in found] == [LONGEST, 5]


def test_there_is_an_end_to_what_a_file_may_give() -> None:
    for limits in (Limits(passages=2), Limits(characters=9)):
        found = bounded(iter([Passage("four", "a")] * 3), limits)
        assert len([next(found), next(found)]) == 2
        with pytest.raises(Unreadable):
            next(found)


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("2024-05-03", "2024-05-03"),
        ("2024-05-03 10:00", "2024-05-03T10:00"),
        ("2024-05-03T10:00:00Z", "2024-05-03T10:00:00Z"),
        ("2024-05-03T10:00:00.000+02:00 or so", "2024-05-03T10:00:00.000+02:00"),
        ("2024-13-03", ""),
        ("2010", ""),
        ("May 3", ""),
    ],
)
def test_only_a_day_or_moment_is_a_date(said: str, when: str) -> None:
    assert moment(said) == when


def test_fit_keeps_everything_that_people_write() -> None:
    for text in ("Grüße 😀 日本語\n\tשלום", "plain", ""):
        assert fit(text) == text
    assert note("a\n b\t" + "x" * 9000) == ("a b " + "x" * 9000)[:500]
