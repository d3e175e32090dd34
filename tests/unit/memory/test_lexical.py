"""Full text: which words of a question are looked for, and what they find."""

import pytest

from companion.memory import lexical
from companion.memory.lexical import Lexicon
from companion.memory.store import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store.db")
    yield store
    store.close()


def lexicon(store):
    return Lexicon(store.database, "turns_fts", "turn_words")


def test_words_that_say_nothing_are_left_out(store):
    assert lexicon(store).terms("What did I tell you about Amy's new dentist?") == ["amy", "new", "dentist"]


def test_the_names_of_speakers_can_be_left_out(store):
    assert lexicon(store).terms("When did Caroline research it?", without=["Caroline"]) == ["research"]


def test_a_word_is_found_in_any_form_and_accents_do_not_matter(store):
    number = store.add_user_turn(1, "I opened a café for dancing.")
    store.add_user_turn(2, "The weather was fine.")
    words = lexicon(store)

    assert [row for row, _ in words.match(words.terms("cafes open dance"), 2, 10)] == [number]


def test_rare_words_are_taken_first_and_common_ones_left_out_where_too_many_rows_match(store, monkeypatch):
    monkeypatch.setattr(lexical, "RANKED", 30)
    for number in range(120):
        store.add_user_turn(number, "the garden is green" if number % 3 else "a red tulip in the garden")
    rare = store.add_user_turn(500, "the garden has a heron")
    words = lexicon(store)

    found = words.match(["garden", "heron"], 121, 10)

    assert [row for row, _ in found] == [rare]


def test_a_single_common_word_finds_the_newest(store, monkeypatch):
    monkeypatch.setattr(lexical, "RANKED", 10)
    for number in range(200):
        store.add_user_turn(number, f"garden {number}")
    words = lexicon(store)

    found = [row for row, _ in words.match(["garden"], 200, 50)]

    assert found
    assert min(found) > 180


def test_nothing_is_found_for_words_that_nobody_said(store):
    store.add_user_turn(1, "Good morning.")
    words = lexicon(store)

    assert words.match(words.terms("heron"), 1, 10) == []
    assert words.match([], 1, 10) == []


@pytest.mark.parametrize(
    "said", ['"', "NEAR(", "a AND OR NOT", "x*", "^", "-", "'; DROP TABLE turns; --", "ﬁ"]
)
def test_no_word_is_taken_for_a_command(store, said):
    store.add_user_turn(1, "Good morning.")
    words = lexicon(store)

    assert words.match(words.terms(said), 1, 10) == []
    assert len(store.turns()) == 1
