"""What is found again of what was said and read: the real model, a real store."""

import datetime
import threading

import pytest

from companion.engines.embed.bge import BgeEmbedder
from companion.memory.forgetting import Forgetting
from companion.memory.notes import CLEAR
from companion.memory.recall import Recall
from companion.memory.store import Store

NOW = datetime.date(2026, 11, 28)


@pytest.fixture(scope="module")
def embedder(weights_dir):
    return BgeEmbedder(weights_dir / "bge-small-en")


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store.db")
    yield store
    store.close()


def said(store, *turns, day="2026-11-12"):
    """Turns of the user's and hers, one after the other."""
    for number, text in enumerate(turns, 1):
        side = store.add_user_turn if number % 2 else store.add_companion_turn
        extra = {} if number % 2 else {"interrupted": False}
        side(number, text, session=day, said_at=f"{day}T10:{number:02}:00+01:00", **extra)


def recall_of(store, embedder):
    recall = Recall(store.database, embedder)
    recall.refresh()
    assert recall.indexing.work(lambda: True)
    return recall


TALK = (
    "My sister Amy is coming to visit on Friday.", "That's lovely!",
    "I parked the car on level three, by the lift.", "Level three, got it.",
    "The dentist said I need a crown.", "Ouch.",
    "We had soup for lunch.", "What kind?",
    "I can't stand the noise next door.", "That sounds tiring.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Who is coming at the end of the week?", "My sister Amy"),
        ("Where did I leave my car?", "I parked the car"),
        ("What did they say about my teeth?", "The dentist said"),
        ("What do I hate about where I live?", "I can't stand the noise"),
    ],
)
def test_a_question_in_other_words_finds_what_tells_it(store, embedder, asked, told):
    said(store, *TALK)

    first = recall_of(store, embedder).search(asked, 3, NOW)

    assert any(hit.text.startswith(told) for hit in first), [hit.text for hit in first]


def test_what_tells_it_is_clear_and_what_does_not_is_not(store, embedder):
    said(store, *TALK)
    recall = recall_of(store, embedder)

    assert recall.search("Where did I park the car?", 1, NOW)[0].near >= CLEAR
    assert all(hit.near < CLEAR for hit in recall.search("What is the capital of Mongolia?", 5, NOW))


def test_the_time_that_a_question_names_counts(store, embedder):
    said(store, "I went swimming in the lake.", day="2026-06-03")
    said(store, "I went swimming in the pool.", day="2026-11-20")
    recall = recall_of(store, embedder)

    assert recall.search("Where did I go swimming in June?", 1, NOW)[0].when.startswith("2026-06")
    assert recall.search("Where did I go swimming last week?", 1, NOW)[0].when.startswith("2026-11")


def test_a_turn_without_vectors_is_found_by_its_words(store, embedder):
    said(store, *TALK)
    recall = Recall(store.database, embedder)

    hit = recall.search("Where did I park the car?", 1, NOW)[0]
    assert hit.text.startswith("I parked")
    assert hit.near >= CLEAR


def test_a_passage_of_the_archive_is_found_with_its_place(store, embedder):
    with store.database.transaction() as db:
        db.execute("INSERT INTO sources VALUES (1, '/notes', 0, '2026-01-01T00:00:00+00:00')")
        db.execute(
            "INSERT INTO documents (id, source, path, bytes, changed_at)"
            " VALUES (1, 1, '/notes/house.md', 9, 0)"
        )
        db.execute(
            "INSERT INTO chunks (document, number, place, text) VALUES"
            " (1, 1, 'line 12', 'The boiler was serviced in March and needs a new valve.'),"
            " (1, 2, 'line 80', 'Tulips like sun.')"
        )
    said(store, *TALK)

    hit = recall_of(store, embedder).search("What is wrong with the boiler?", 1, NOW)[0]

    assert (hit.kind, hit.place) == ("document", "/notes/house.md, line 12")
    assert hit.text.startswith("The boiler")


def test_a_mail_is_found_by_its_day_though_it_has_no_word_of_the_question(store, embedder):
    with store.database.transaction() as db:
        db.execute("INSERT INTO sources VALUES (1, '/mail', 0, '2026-01-01T00:00:00+00:00')")
        db.execute(
            "INSERT INTO documents (id, source, path, bytes, changed_at) VALUES (1, 1, '/mail/a.eml', 9, 0)"
        )
        for day, text in (("03", "The tuner comes at ten."), ("17", "The plumber comes at nine.")):
            db.execute(
                "INSERT INTO chunks (document, number, author, recipient, dated, text)"
                " VALUES (1, 1, 'Theo', 'Amy', ?, ?)",
                (f"2026-05-{day}T10:00:00+02:00", text),
            )

    hit = recall_of(store, embedder).search("What did I write to Amy on 3 May?", 1, NOW)[0]

    assert hit.text == "The tuner comes at ten."
    assert hit.near >= CLEAR


def test_a_changed_turn_is_found_by_its_new_words_only(store, embedder):
    said(store, *TALK)
    recall = recall_of(store, embedder)
    number = recall.search("Where did I park the car?", 1, NOW)[0].id

    Forgetting(store.database).correct(number, "I parked the car by the church.")
    recall.indexing.work(lambda: True)

    hit = recall.search("Where did I park the car?", 1, NOW)[0]
    assert (hit.id, hit.text) == (number, "I parked the car by the church.")
    assert all("lift" not in one.text for one in recall.search("lift", 10, NOW))


def test_vectors_of_another_model_are_made_anew(store, embedder):
    said(store, *TALK)
    recall_of(store, embedder)
    store.database.write("UPDATE marks SET value = 'another' WHERE name = 'vectors of'")

    recall = Recall(store.database, embedder)

    assert recall.indexing.waiting()[0] == len(TALK)


def test_an_empty_store_has_nothing(store, embedder):
    recall = recall_of(store, embedder)

    assert recall.search("Where did I park the car?", 5, NOW) == []
    assert recall.search("", 5, NOW) == []


def test_indexing_stops_when_it_is_told_to_and_goes_on_later(store, embedder):
    said(store, *TALK)
    recall = Recall(store.database, embedder)

    assert not recall.indexing.work(lambda: False)
    assert recall.indexing.waiting()[0] == len(TALK)
    assert recall.indexing.work(lambda: True)
    assert recall.indexing.waiting() == (0, 0)


def test_what_is_done_of_a_few_passages_when_it_is_to_stop_is_written(store, embedder):
    said(store, *TALK)
    recall = Recall(store.database, embedder)
    asked = iter((True, True))

    assert recall.indexing.step(lambda: next(asked, False))

    assert recall.indexing.waiting()[0] == len(TALK) - 2


def test_nothing_is_held_while_a_passage_is_read_only_while_it_is_written(store, embedder):
    said(store, *TALK[:2])
    recall = Recall(store.database, embedder)
    held, writing = [], threading.Lock()

    def go_on():
        held.append(writing.locked())
        return True

    assert recall.indexing.work(go_on, writing)
    assert set(held) == {False}
    said(store, *TALK[2:4], day="2026-11-13")
    with writing, pytest.raises(TimeoutError):
        recall.indexing.work(lambda: True, Impatient(writing))


class Impatient:
    """A lock that isn't waited for."""

    def __init__(self, lock):
        self.lock = lock

    def __enter__(self):
        if not self.lock.acquire(blocking=False):
            raise TimeoutError

    def __exit__(self, *_):
        self.lock.release()
