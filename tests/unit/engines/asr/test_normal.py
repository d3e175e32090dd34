"""Words as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from companion.engines.asr.normal import bare, is_number, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'd like a 12-ounce latte, please!", "i'd like a 12 ounce latte please"),
        ("Twenty-five or twenty five?", "25 or 25"),
        ("two hundred and fifty, and three", "250 and 3"),
        ("2,000 is two thousand", "2000 is 2000"),
        ("one million two hundred thousand and six", "1200006"),
        ("nineteen eighty-four", "19 84"),
        ("five six seven zero", "5 6 7 0"),
        ("a hundred thousands", "a hundred thousands"),
        ("At 10:30, for $5.50 …", "at 10:30 for 5.50"),
        ("“Grüße” — sagt’s", "grüße sagt's"),
        ("", ""),
        ("... !?", ""),
    ],
)
def test_case_punctuation_and_spelling_of_numbers_do_not_count(text: str, expected: str) -> None:
    # Case folding makes ß of German ss; both sides of a comparison are folded alike.
    assert " ".join(words(text)) == expected.casefold()


@given(st.integers(0, 999_999_999_999))
def test_a_number_in_words_is_the_number_in_digits(number: int) -> None:
    assert words(num2words(number)) == [str(number)]


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = words(text)

    assert all(once)
    assert [bare(word) for word in once] == once


@pytest.mark.parametrize(("word", "claim"), [("12", True), ("10:30", True), ("third", True), ("ton", False)])
def test_what_says_a_number(word: str, claim: bool) -> None:
    assert is_number(word) is claim
