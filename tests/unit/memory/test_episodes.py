"""Episodes: conversations told apart by pauses; a summary says what their turns say."""

import datetime
from pathlib import Path

import pytest

from companion.memory.database import Database
from companion.memory.episodes import Episodes, borne_out, from_facts
from companion.memory.patterns import propose
from companion.memory.proposals import Notebook, Said

MORNING = datetime.datetime(2026, 5, 13, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def database():
    return Database(Path(":memory:"))


def say(database, *turns):
    """Turns of (minutes since the morning, side, text)."""
    for number, (minutes, side, text) in enumerate(turns, 1):
        database.write(
            "INSERT INTO turns (session, side, number, text, said_at) VALUES ('s', ?, ?, ?, ?)",
            (side, number, text, (MORNING + datetime.timedelta(minutes=minutes)).isoformat()),
        )


def after(minutes):
    return MORNING + datetime.timedelta(minutes=minutes)


def test_a_pause_of_half_an_hour_ends_an_episode(database):
    say(database, (0, "user", "one"), (20, "companion", "two"), (45, "user", "three"), (80, "user", "four"))
    episodes = Episodes(database)

    first = episodes.next(after(81))
    episodes.keep(first, "Numbers.", after(81))

    assert [line.text for line in first.lines] == ["one", "two", "three"]
    assert episodes.next(after(100)) is None, "the second one may go on"
    assert [line.text for line in episodes.next(after(111)).lines] == ["four"]


def test_a_turn_finds_the_summary_of_its_episode(database):
    say(database, (0, "user", "one"), (1, "user", "two"))
    episodes = Episodes(database)
    episodes.keep(episodes.next(after(60)), "Numbers.", after(60))

    found = episodes.of_turn(2)

    assert (found.text, found.first, found.last) == ("Numbers.", 1, 2)


def test_a_summary_goes_with_any_of_its_turns(database):
    say(database, (0, "user", "one"), (1, "user", "two"))
    episodes = Episodes(database)
    episodes.keep(episodes.next(after(60)), "Numbers.", after(60))

    episodes.let_go([2])

    assert episodes.of_turn(1).text == ""
    assert episodes.next(after(60)) is None


def test_a_sentence_that_the_turns_do_not_bear_out_is_left_out(database):
    say(
        database,
        (0, "user", "I lost my job at the bank in Leeds."),
        (1, "companion", "You will find a better one in Paris."),
    )
    episode = Episodes(database).next(after(60))

    kept = borne_out(
        "The user lost a job at the bank. She found one in Paris. There were 3 of them.", episode
    )

    assert kept == ["The user lost a job at the bank."]


def test_without_a_model_the_summary_is_what_was_noted(database):
    say(database, (0, "user", "I lost my job at the bank."), (1, "user", "How are you?"))
    notebook = Notebook(database)
    said = Said("I lost my job at the bank.", MORNING.isoformat(), turn=1)
    notebook.take(said, propose(said.text), "pattern")

    episode = Episodes(database).next(after(60))

    assert from_facts(episode, notebook.facts) == "You lost your job at the bank."
