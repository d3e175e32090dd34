"""What differs between the text that was answered and the text for the record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engines.asr.record import Difference, corrections, differences


def test_case_punctuation_and_spelling_of_numbers_are_no_difference() -> None:
    assert differences("I'd like a 12-ounce latte", "i'd like a Twelve ounce latte.") == ()


def test_a_changed_number_matters() -> None:
    found = differences("Wake me at fifteen past", "Wake me at fifty past.")

    assert found == (Difference("fifteen", "fifty", number=True, name=False),)
    assert found[0].matters


def test_a_changed_name_matters() -> None:
    (found,) = differences("I met Hannah there", "I met Anna there.")

    assert (found.quick, found.thorough, found.name) == ("Hannah", "Anna", True)


def test_a_name_in_two_parts_is_a_name() -> None:
    (found,) = differences("It was jean mary again.", "It was Jean-Marie again.")

    assert (found.thorough, found.name) == ("Marie", True)


def test_a_changed_verb_does_not_matter() -> None:
    (found,) = differences("We walked home. Then I slept", "We talked home. Then I slept")

    assert (found.quick, found.thorough, found.matters) == ("walked", "talked", False)


def test_the_start_of_a_sentence_makes_no_name() -> None:
    found = differences("Brew a latte. Make it hot", "Brew a latte! Bake it hot")

    assert [difference.matters for difference in found] == [False]


def test_words_added_and_left_out() -> None:
    found = differences("call her at nine", "please call her")

    assert [(d.quick, d.thorough, d.number) for d in found] == [("", "please", False), ("at nine", "", True)]


@pytest.mark.parametrize(
    ("quick", "thorough", "sentence"),
    [
        ("at nine", "at five", 'Heard more exactly: "five", not "nine".'),
        ("call her", "call her at 5", 'Heard more exactly: "at 5" was said too.'),
        ("ask Bob twice and go", "ask twice and go", 'Heard more exactly: "Bob" was not said.'),
        ("we walked", "we talked", ""),
        ("the same", "the same", ""),
    ],
)
def test_the_sentence_for_the_next_prompt(quick: str, thorough: str, sentence: str) -> None:
    assert corrections(quick, thorough) == sentence


@given(st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differences(text, text) == ()


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(quick: str, thorough: str) -> None:
    assert all(found.quick != found.thorough or found.quick == "" for found in differences(quick, thorough))
