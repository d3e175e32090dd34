"""People: found by what they are called, however it is spelt, and by who was spoken of last."""

from pathlib import Path

import pytest

from companion.memory.database import Database
from companion.memory.facts import Evidence, Facts
from companion.memory.people import People


@pytest.fixture
def database():
    return Database(Path(":memory:"))


@pytest.fixture
def people(database):
    return People(database)


def said(database, number, text):
    database.write(
        "INSERT INTO turns (id, session, side, number, text, said_at) VALUES (?, 's', 'user', ?, ?, ?)",
        (number, number, text, f"2026-01-0{number}T10:00:00+00:00"),
    )


def test_somebody_is_found_by_name_whatever_its_case_and_ending(people):
    amy = people.find_or_make("Amy", "sister")

    assert [people.find(name).id for name in ("amy", "Amy's", " AMY. ", "Amy’s")] == [amy.id] * 4
    assert people.find("Bob") is None


def test_somebody_is_found_by_nickname_and_by_relation(people):
    amy = people.find_or_make("Amy", "sister")
    people.call(amy.id, "Ames")

    assert people.find("Ames").id == amy.id
    assert people.find("my sister").id == amy.id
    people.find_or_make("Ruth", "sister")
    assert people.find("my sister") is None, "there are two now"


def test_a_relation_that_comes_later_is_kept(people):
    people.find_or_make("Amy")

    assert people.find_or_make("amy", "sister").relation == "sister"
    assert len(people.all()) == 1


def test_the_one_who_lives_here_is_a_person_too_and_gets_a_name(people):
    me = people.speaker()
    assert (me.name, people.find("I").id, people.speaker().id) == ("you", me.id, me.id)

    people.call(me.id, "Theo")

    assert people.speaker().name == "Theo"
    assert people.find("theo").id == me.id


def test_a_misheard_name_has_its_likeliest_bearers(people):
    for name in ("Jonas", "Joanna", "Peter"):
        people.find_or_make(name)

    assert people.like("Jonah")[0].name == "Jonas"
    assert people.like("Xi") == []


def test_a_mended_name_leaves_no_trace_of_the_misheard_one(database, people):
    said(database, 1, "Jonah is coming.")
    jonah = people.find_or_make("Jonah")
    facts = Facts(database)
    fact = facts.note(
        "Jonah", "Jonah is coming", "plan", Evidence("Jonah is coming", 1),
        how="pattern", noted_at="2026-01-01T10:00:00+00:00", person=jonah.id,
    )  # fmt: skip

    people.rename(jonah.id, "Jonas", mended=True)

    assert people.find("Jonah") is None
    assert (people.find("Jonas").id, facts.get(fact).subject) == (jonah.id, "Jonas")
    assert database.read("SELECT count(*) FROM names_fts WHERE names_fts MATCH 'Jonah'") == [(0,)]


def test_two_that_are_one_are_merged_with_all_they_have(database, people):
    said(database, 1, "Amy and Amelia")
    amy, amelia = people.find_or_make("Amy"), people.find_or_make("Amelia", "sister")
    people.mentioned(1, "Amy and Amelia")
    fact = Facts(database).note(
        "Amelia", "Amelia works at a bank", "work", Evidence("Amelia", 1),
        how="pattern", noted_at="2026-01-01T10:00:00+00:00", person=amelia.id,
    )  # fmt: skip

    people.merge(amy.id, amelia.id)

    (one,) = people.all()
    assert (one.name, one.relation, set(one.names)) == ("Amy", "sister", {"Amy", "Amelia"})
    assert Facts(database).get(fact).subject == "Amy"
    assert people.find("Amelia").id == amy.id


def test_renaming_to_somebody_known_makes_them_one(people):
    one, other = people.find_or_make("Tom"), people.find_or_make("Thomas")

    people.rename(one.id, "Thomas")

    assert [person.id for person in people.all()] == [one.id]
    assert people.find("Tom").id == one.id
    assert other.id != one.id


def test_who_is_spoken_of_is_noted_in_the_order_they_come(database, people):
    amy, jonas = people.find_or_make("Amy", "sister"), people.find_or_make("Jonas")
    said(database, 1, "Jonas called, and then my sister.")

    assert people.mentioned(1, "Jonas called, and then my sister.") == [jonas.id, amy.id]
    assert people.get(amy.id).last_mentioned.startswith("2026-01-01")


def test_a_word_is_no_name_where_names_have_capitals(people):
    may = people.find_or_make("May")

    assert people.named_in("It may rain. We may go.") == []
    assert [number for number, _ in people.named_in("is may coming tonight")] == [may.id]
    assert [number for number, _ in people.named_in("So May is coming?")] == [may.id]


def test_a_pronoun_is_whoever_was_spoken_of_last_and_can_be_it(database, people):
    amy, tom = people.find_or_make("Amy", "sister"), people.find_or_make("Tom", "brother")
    for number, text in enumerate(("Amy came.", "Tom came."), 1):
        said(database, number, text)
        people.mentioned(number, text)

    assert people.meant("he", 2).id == tom.id
    assert people.meant("her", 2).id == amy.id
    assert people.meant("they", 2).id == tom.id
    assert people.meant("he", 1) is None


def test_what_is_said_of_somebody_tells_she_from_he(database, people):
    kim = people.find_or_make("Kim")
    said(database, 1, "Kim lost her keys.")
    people.mentioned(1, "Kim lost her keys.")

    assert people.pronoun_of(people.get(kim.id)) == "she"
    assert people.meant("he", 1) is None
    assert people.meant("she", 1).id == kim.id
