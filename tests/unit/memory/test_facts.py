"""Facts: each with its evidence; a newer one succeeds an older one and overwrites nothing."""

from pathlib import Path

import pytest

from companion.errors import StoreError
from companion.memory.database import Database
from companion.memory.facts import Evidence, Facts, Filters


@pytest.fixture
def database():
    """A store in which four turns were said."""
    database = Database(Path(":memory:"))
    for number, text in enumerate(
        (
            "The baby is due in March.",
            "I live in Leeds.",
            "It's April now, the baby.",
            "I live in Leeds, yes.",
        ),
        1,
    ):
        database.write(
            "INSERT INTO turns (id, session, side, number, text, said_at) VALUES (?, 's', 'user', ?, ?, ?)",
            (number, number, text, f"2026-01-0{number}T10:00:00+00:00"),
        )
    return database


def noted(facts, statement, turn, *, subject="you", kind="event", how="pattern", **more):
    when = f"2026-01-0{turn}T10:00:00+00:00"
    return facts.note(
        subject, statement, kind, Evidence(statement, turn=turn), how=how, noted_at=when, **more
    )


def test_a_newer_fact_succeeds_the_older_one_and_both_stay_with_their_dates(database):
    facts = Facts(database)
    march = noted(facts, "the baby is due in March", 1, slot="when baby", kind="plan",
                  valid_from="2026-03-01", valid_until="2026-03-31")  # fmt: skip
    april = noted(facts, "the baby is due in April", 3, slot="when baby", kind="plan",
                  valid_from="2026-04-01", valid_until="2026-04-30")  # fmt: skip

    assert [fact.statement for fact in facts.of("you")] == ["the baby is due in April"]
    assert [(f.id, f.valid_from, f.successor) for f in facts.history(march)] == [
        (march, "2026-03-01", april),
        (april, "2026-04-01", None),
    ]


def test_what_a_newer_fact_ends_without_days_of_its_own_ends_on_the_day_it_was_said(database):
    facts = Facts(database)
    leeds = noted(facts, "you live in Leeds", 2, slot="home", kind="place")
    noted(facts, "you live in York", 4, slot="home", kind="place")

    assert facts.get(leeds).valid_until == "2026-01-04"


def test_what_was_said_earlier_and_comes_later_takes_its_place_behind(database):
    """Reflection may come to an older turn after a newer one."""
    facts = Facts(database)
    york = noted(facts, "you live in York", 4, slot="home", kind="place")
    leeds = noted(facts, "you live in Leeds", 2, slot="home", kind="place")

    assert facts.get(leeds).successor == york
    assert facts.get(york).successor is None


def test_the_same_again_adds_evidence_and_certainty_and_no_second_fact(database):
    facts = Facts(database)
    once = noted(facts, "you live in Leeds", 2, certainty=0.8)
    sure = facts.get(once).certainty

    again = noted(facts, "You live in leeds", 4, certainty=0.8)

    assert again == once
    assert [evidence.turn for evidence in facts.evidence_of(once)] == [2, 4]
    assert facts.get(once).certainty > sure
    noted(facts, "you live in Leeds", 4)
    assert len(facts.evidence_of(once)) == 2, "a turn is evidence once"


def test_an_edited_fact_is_a_new_one_on_the_same_evidence(database):
    facts = Facts(database)
    old = noted(facts, "you live in Leeds", 2)

    new = facts.edit(old, "you live in Leeds, in the north", "2026-02-01T00:00:00+00:00")

    assert facts.get(old).successor == new
    edited = facts.get(new)
    assert (edited.how, edited.certainty, edited.evidence[0].turn) == ("edited", 1.0, 2)


def test_forgetting_a_fact_leaves_what_it_had_succeeded_as_if_it_had_never_been(database):
    facts = Facts(database)
    leeds = noted(facts, "you live in Leeds", 2, slot="home", kind="place")
    before = facts.get(leeds)
    york = noted(facts, "you live in York", 4, slot="home", kind="place")

    facts.forget(york)

    assert facts.get(leeds) == before
    with pytest.raises(StoreError, match="no fact"):
        facts.get(york)
    assert database.read("SELECT count(*) FROM evidence") == [(1,)]


def test_forgetting_the_middle_of_a_history_joins_its_ends(database):
    facts = Facts(database)
    first, middle, last = (
        noted(facts, f"you live in {town}", turn, slot="home", kind="place")
        for town, turn in (("Leeds", 1), ("York", 2), ("Hull", 4))
    )

    facts.forget(middle)

    assert facts.get(first).successor == last
    assert facts.get(first).valid_until == "2026-01-04"


def test_turns_that_are_erased_take_their_facts_along_and_name_the_turns_to_think_about_again(database):
    facts = Facts(database)
    both = noted(facts, "you live in Leeds", 2)
    noted(facts, "you live in Leeds", 4)
    kept = noted(facts, "the baby is due in March", 1)
    database.write("INSERT INTO reflected VALUES (4)")

    assert facts.let_go([2]) == [4]

    assert [fact.id for fact in facts.page(filters=Filters(current=False))] == [kept]
    assert both != kept
    assert database.read("SELECT * FROM reflected") == []


def test_what_the_person_asked_to_keep_outlives_one_of_its_turns(database):
    facts = Facts(database)
    asked = noted(facts, "your locker code is 4512", 1, how="asked")
    noted(facts, "your locker code is 4512", 2, how="asked")

    facts.let_go([1])

    assert [evidence.turn for evidence in facts.get(asked).evidence] == [1, 2]
    facts.let_go([1, 2])
    assert facts.page() == []


def test_a_list_comes_in_pages_and_by_subject_and_kind(database):
    facts = Facts(database)
    numbers = [noted(facts, f"you like number {n}", 1, kind="preference") for n in range(5)]
    amy = noted(facts, "Amy works at a bank", 2, subject="Amy", kind="work")

    first = facts.page(most=3)
    rest = facts.page(after=first[-1].id, most=10)

    assert [f.id for f in first + rest] == [amy, *reversed(numbers)]
    assert [f.id for f in facts.page(filters=Filters(subject="amy"))] == [amy]
    assert [f.id for f in facts.page(filters=Filters(kind="work"))] == [amy]
    assert len(facts.page(filters=Filters(kind="preference"))) == 5


def test_a_search_finds_what_is_being_typed_and_what_was_edited(database):
    facts = Facts(database)
    leeds = noted(facts, "I live in Leeds.", 2)
    edited = facts.edit(leeds, "You live in Harrogate", "2026-02-01T00:00:00+00:00")

    assert [f.id for f in facts.search("live in lee")] == [edited, leeds]
    assert [f.id for f in facts.search("harro")] == [edited]
    assert facts.search("") == []
    assert facts.search('"; --') == []


def test_among_many_a_page_begins_where_the_last_one_ended_and_a_search_has_an_end(database):
    facts = Facts(database)
    with database.transaction() as db:
        for number in range(5, 20_005):
            db.execute(
                "INSERT INTO turns (id, session, side, number, text, said_at)"
                " VALUES (?, 's', 'user', ?, 'I like tea', '2026-01-01T00:00:00+00:00')",
                (number, number),
            )
            db.execute(
                "INSERT INTO facts (id, subject, statement, kind, certainty, how, noted_at)"
                " VALUES (?, 'you', 'you like tea', 'preference', 0.8, 'pattern', ?)",
                (number, "2026-01-01T00:00:00+00:00"),
            )
            db.execute("INSERT INTO evidence VALUES (?, ?, NULL, 'I like tea')", (number, number))

    assert [fact.id for fact in facts.page(after=10_000, most=2)] == [9_999, 9_998]
    assert len(facts.search("tea", most=20)) == 20
