"""What was forgotten is as if it had never been said: in every table, and in every byte of the files."""

import datetime
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.engines.asr import Transcription, Word
from companion.engines.embed.bge import BgeEmbedder
from companion.errors import StoreError
from companion.memory import automatic, people_in_doubt
from companion.memory.database import Database
from companion.memory.facts import Evidence, Facts, Filters
from companion.memory.forgetting import Forgetting, Going
from companion.memory.people import People
from companion.memory.recall import Recall
from companion.memory.store import Store
from companion.runtime.reflection import Reflection

START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
NOW = datetime.date(2026, 11, 28)


def say(store, *texts):
    """Say texts, one an hour, each under the number that `said` gives it; "she: " is her answer."""
    for number, text in texts:
        at = (START + datetime.timedelta(hours=number)).isoformat()
        if text.startswith("she: "):
            store.add_companion_turn(number, text.removeprefix("she: "), False, session="s", said_at=at)
        else:
            store.add_user_turn(number, text, session="s", said_at=at)


def think(database):
    """Let her think about what was said until there is nothing left to think about."""
    reflection = Reflection(database, now=lambda: datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC))
    while reflection.step(threading.Event()):
        pass


def a_store(at, texts):
    """A store in which these texts were said and thought about."""
    store = Store(at)
    say(store, *texts)
    think(store.database)
    return store.database


def forget(database, numbers):
    """Forget the turns that were said under these numbers."""
    listed = ",".join(map(str, numbers))
    rows = database.read(f"SELECT id FROM turns WHERE number IN ({listed}) ORDER BY id")
    forgetting = Forgetting(database)
    forgetting.erase(forgetting.of([row[0] for row in rows]))


CONTENTS = {
    "turns": "SELECT session, side, number, text, said_at, interrupted, who, sure, corrected FROM turns",
    "hearings": "SELECT text, answered, words, no_speech, logprob FROM hearings JOIN turns ON id = turn",
    "people": "SELECT name, relation, birthday FROM people",
    "names": "SELECT p.name, n.name FROM names n JOIN people p ON p.id = person",
    "mentions": "SELECT name, number FROM mentions JOIN people p ON p.id = person"
    " JOIN turns t ON t.id = turn",
    "facts": "SELECT f.subject, p.name, f.statement, f.kind, f.slot, f.valid_from, f.valid_until,"
    " f.certainty, f.how, f.noted_at, s.statement FROM facts f LEFT JOIN facts s ON s.id = f.successor"
    " LEFT JOIN people p ON p.id = f.person",
    "evidence": "SELECT subject, statement, quote, number FROM evidence JOIN facts f ON f.id = fact"
    " LEFT JOIN turns t ON t.id = turn",
    "words": "SELECT term, doc, cnt FROM turn_words",
    "reflected": "SELECT number FROM reflected JOIN turns ON id = turn",
    "marks": "SELECT name FROM marks WHERE name NOT LIKE 'file.%'",
}
"""All that a store knows, but for ids, for when it was noted down, for how much was counted."""


def contents(database):
    return {name: sorted(map(repr, database.read(sql))) for name, sql in CONTENTS.items()}


def threes(database):
    """The trigrams of the names."""
    with database.transaction() as db:
        db.execute("CREATE VIRTUAL TABLE temp.threes USING fts5vocab(main, names_fts, 'row')")
        found = sorted(db.execute("SELECT term, doc FROM temp.threes").fetchall())
        db.execute("DROP TABLE temp.threes")
    return found


SAID = list(
    enumerate(
        [
            "My sister is called Amy.",
            "The baby is due in March.",
            "Amy is a nurse in Leeds.",
            "she: That sounds like a good job.",
            "My name is Theo.",
            "I live in Bristol.",
            "My brother is called Jonas.",
            "Jonas plays the cello.",
            "The baby is due in April.",
            "My brother Jonas has the flu.",
            "my sister is called amy.",
            "I'm allergic to peanuts.",
            "My sister called me yesterday.",
            "Amy's birthday is on the third of May.",
            "My favourite colour is green.",
            "Theo is my full name's short form.",
            "I have moved to Cardiff.",
            "I'm allergic to peanuts.",
            "My favourite colour is blue.",
            "My favourite colour is green.",
            "My boss is called Amy.",
            "she: Two people called Amy, then?",
            "My sister is called Ruth.",
            "My sister paints, and my friend Ben models for her.",
            "Ben is my cousin.",
            "Call me Teddy.",
        ]
    )
)


@pytest.mark.parametrize("gone", [(number,) for number, _ in SAID] + [(0, 10), (1, 8), (6, 9), (2, 12, 13)])
def test_a_store_that_forgot_is_like_one_that_never_held_it(gone):
    forgot = a_store(Database(":memory:"), SAID)
    never = a_store(Database(":memory:"), [each for each in SAID if each[0] not in gone])

    forget(forgot, gone)

    assert contents(forgot) == contents(never)
    assert threes(forgot) == threes(never)


@pytest.mark.parametrize(("limit", "at"), [("FEW", 0), ("FIRST", 1), ("FIRST", 2)])
@pytest.mark.parametrize("gone", [(0,), (4,), (6,), (9,), (10,), (0, 10), (2, 13), (20,)])
def test_it_is_so_for_many_people_too_and_for_those_of_whom_much_was_said(monkeypatch, limit, at, gone):
    monkeypatch.setattr(people_in_doubt, limit, at)
    forgot = a_store(Database(":memory:"), SAID)

    forget(forgot, gone)

    never = a_store(Database(":memory:"), [each for each in SAID if each[0] not in gone])
    assert contents(forgot) == contents(never)


STEP = st.tuples(st.sampled_from([text for _, text in SAID]), st.frozensets(st.integers(0, 7), max_size=3))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=1, max_size=8))
def test_whatever_is_said_and_forgotten_in_whatever_order_only_what_is_left_counts(steps):
    store = Store(Database(":memory:"))
    left = []

    for number, (text, gone) in enumerate(steps):
        say(store, (number, text))
        think(store.database)
        left = [each for each in [*left, (number, text)] if each[0] not in gone]
        forget(store.database, gone)

    assert contents(store.database) == contents(a_store(Database(":memory:"), left))


@pytest.fixture(scope="module")
def embedder(weights_dir):
    return BgeEmbedder(weights_dir / "bge-small-en")


SECRET = [
    (30, "My therapist is called Zyxwolf."),
    (31, "Zyxwolf prescribed quetiapine, since I hallucinated xylophones."),
    (32, "she: I'm glad that Zyxwolf is there for you."),
    (33, "Zyxwolf's birthday is on the third of May."),
]
TRACES = ("zyxwolf", "quetiapin", "hallucin", "xylophon", "therapist", "misheardly", "xwo", "zyx", "yxw")
"""Words of theirs, stems, trigrams of the name, and a word that was misheard."""


def told(store, embedder):
    """Say all of it, have a turn heard twice, think, and make vectors; the vectors of what is secret."""
    say(store, *SAID[:4], *SECRET, *SAID[4:])
    heard = Transcription(SECRET[1][1], "en", 1.0, 0.0, -0.2, (Word("Zyxwolf", 0.0, 0.5, 0.9),))
    store.session = "s"
    store.review_user_turn(31, heard, "Zyxwolf prescribed misheardly.")
    think(store.database)
    Recall(store.database, embedder).indexing.work(lambda: True)
    return [
        bytes(blob)
        for row in store.database.read(
            "SELECT vector, words FROM turn_vectors JOIN turns ON id = turn WHERE number BETWEEN 30 AND 33"
            " OR number = 4"
        )
        for blob in row
    ]


def test_no_byte_of_what_was_forgotten_is_left_in_a_file(tmp_path, embedder):
    store = Store(tmp_path / "store.db")
    vectors = told(store, embedder)
    now = datetime.datetime.now().astimezone()
    automatic.rotate(tmp_path, store.database, now)
    before = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).lower()

    forget(store.database, [number for number, _ in SECRET])
    automatic.renew(tmp_path, store.database, now)

    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(files) == 4  # the store, its two files beside it, and one copy
    for trace in TRACES:
        assert trace.encode() in before
        assert [name for name, content in files.items() if trace.encode() in content.lower()] == []
    for vector in vectors:
        assert [name for name, content in files.items() if vector in content] == []


def test_vectors_are_made_anew_as_if_what_was_forgotten_had_never_stood_before_a_turn(tmp_path, embedder):
    store, never = Store(tmp_path / "store.db"), Store(tmp_path / "never.db")
    told(store, embedder)
    say(never, *SAID)
    think(never.database)
    Recall(never.database, embedder).indexing.work(lambda: True)

    forget(store.database, [number for number, _ in SECRET])
    behind = store.database.read("SELECT number FROM turns WHERE id NOT IN (SELECT turn FROM turn_vectors)")
    Recall(store.database, embedder).indexing.work(lambda: True)

    assert behind == [(4,)]
    vectors = "SELECT number, vector, words FROM turn_vectors JOIN turns ON id = turn WHERE number <> 4"
    assert store.database.read(vectors) == never.database.read(vectors)
    assert contents(store.database) == contents(never.database)


def test_what_rests_on_a_forgotten_turn_and_on_another_rests_on_that_alone():
    database = a_store(
        Database(":memory:"), [(0, "I'm allergic to peanuts."), (1, "I'm allergic to peanuts.")]
    )

    forget(database, [0])

    (fact,) = Facts(database).page()
    assert [each.turn for each in fact.evidence] == [2]
    assert fact.noted_at == (START + datetime.timedelta(hours=1)).isoformat()


def test_what_a_forgotten_turn_had_ended_holds_again():
    database = a_store(Database(":memory:"), [(0, "I live in Bristol."), (1, "I have moved to Cardiff.")])

    forget(database, [1])

    assert [(fact.statement, fact.valid_until) for fact in Facts(database).page()] == [
        ("you live in Bristol", "")
    ]


def test_what_the_person_put_right_stays_right_when_a_turn_it_came_from_is_forgotten():
    database = a_store(
        Database(":memory:"), [(0, "The baby is due in March."), (1, "The baby is due in March.")]
    )
    (fact,) = Facts(database).page()
    Facts(database).edit(fact.id, "The baby is due in May.", "2026-04-01T09:00:00+02:00")

    forget(database, [0])

    assert [each.statement for each in Facts(database).page()] == ["The baby is due in May."]
    assert len(Facts(database).page(filters=Filters(current=False))) == 2


def test_a_fact_of_the_models_about_somebody_whose_name_is_forgotten_goes_and_is_thought_about_again():
    texts = [(0, "My sister is called Amy."), (1, "My sister loves to paint at night.")]
    database = a_store(Database(":memory:"), texts)
    amy = People(database).find("Amy")
    Facts(database).note(
        "Amy", "Amy loves to paint", "preference", Evidence("loves to paint", turn=2),
        how="model", noted_at=START.isoformat(), person=amy.id,
    )  # fmt: skip

    forget(database, [0])

    assert People(database).find("Amy") is None
    assert "Amy" not in str(contents(database))
    assert database.read("SELECT turn FROM reflected") == []


def test_somebody_whom_only_the_model_knows_is_known_as_long_as_a_turn_is_left_that_names_them():
    texts = [(0, "I went sailing with Orla."), (1, "It rained, but Orla didn't mind."), (2, "Orla laughed.")]
    database = a_store(Database(":memory:"), texts)
    people = People(database)
    for turn, statement in ((1, "Orla went sailing"), (2, "Orla doesn't mind rain")):
        Facts(database).note(
            "Orla", statement, "person", Evidence("Orla", turn=turn), how="model",
            noted_at=START.isoformat(), person=people.find_or_make("Orla").id,
        )  # fmt: skip
    people.mentioned(3, "Orla laughed.")

    forget(database, [0])
    assert [fact.statement for fact in Facts(database).page()] == ["Orla doesn't mind rain"]
    assert database.read("SELECT turn FROM mentions") == [(3,)]

    forget(database, [1])
    assert people.find("Orla") is None
    assert Facts(database).page() == []


def test_summaries_of_forgotten_turns_go_and_others_stay():
    database = a_store(Database(":memory:"), SAID[:2])
    assert len(database.read("SELECT id FROM summaries")) == 2

    forget(database, [0])

    assert [text for (text,) in database.read("SELECT text FROM summaries")] == ["The baby is due in March."]


def test_what_was_misheard_is_as_if_it_had_never_been_heard():
    database = a_store(
        Database(":memory:"), [(0, "My brother is called Jonah."), (1, "Jonah plays the cello.")]
    )

    Forgetting(database).correct(1, "My brother is called Jonas.")
    think(database)

    right = a_store(Database(":memory:"), [(0, "My brother is called Jonas."), (1, "Jonah plays the cello.")])
    right.write("UPDATE turns SET corrected = 1 WHERE number = 0")
    assert contents(database) == contents(right)


def test_a_fact_is_forgotten_without_the_turn_it_comes_from():
    database = a_store(Database(":memory:"), SAID[:3])
    (baby,) = Facts(database).search("baby")

    Forgetting(database).erase(Forgetting(database).fact(baby.id))

    assert Facts(database).search("baby") == []
    assert len(database.read("SELECT id FROM turns")) == 3


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Jonas", [6, 7, 9]),
        ("my brother", [6, 7, 9]),
        ("the baby", [1, 8]),
        ("what I told you about the cello", [7]),
        ("everything from yesterday", []),
        ("2 March 2026", list(range(15))),
        ("the baby on 2 March 2026", [1, 8]),
        ("the weather in Lisbon", []),
        ("everything", []),
    ],
)
def test_it_is_found_what_somebody_wants_to_be_forgotten(words, numbers):
    database = a_store(Database(":memory:"), [each for each in SAID if not each[1].startswith("she")])

    going = Forgetting(database).about(words, NOW)

    listed = ",".join(map(str, going.turns))
    found = database.read(f"SELECT number FROM turns WHERE id IN ({listed}) ORDER BY number")
    assert [number for (number,) in found] == [n for n in numbers if n != 3]


def test_her_answer_goes_with_what_it_answers():
    database = a_store(Database(":memory:"), SAID)

    going = Forgetting(database).about("nurse", NOW)

    assert going.quotes == ("Amy is a nurse in Leeds.",)
    assert len(going.turns) == 2


@pytest.mark.parametrize("zone", ["+01:00", "+14:00", "-10:00"])
def test_since_a_moment_means_that_moment_whatever_the_zone(zone):
    database = a_store(Database(":memory:"), SAID)
    since = (START + datetime.timedelta(hours=20)).astimezone(
        datetime.datetime.fromisoformat(f"2026-01-01T00:00{zone}").tzinfo
    )

    going = Forgetting(database).since(since.isoformat())

    assert len(going.turns) == 6
    assert going.last == (START + datetime.timedelta(hours=25)).isoformat()


def test_what_would_go_is_nothing_where_nothing_was_said():
    database = Database(":memory:")
    forgetting = Forgetting(database)

    assert not forgetting.about("Jonas", NOW)
    assert not forgetting.about("what I told you about me", NOW)
    assert not forgetting.between(datetime.date.min, datetime.date.max)
    with pytest.raises(StoreError, match="There is no fact 7"):
        forgetting.fact(7)
    forgetting.erase(Going())
    assert database.read("SELECT * FROM people") == []


# --- what a topic means


def numbers_of(database, going):
    listed = ",".join(map(str, going.turns))
    return [n for (n,) in database.read(f"SELECT number FROM turns WHERE id IN ({listed}) ORDER BY id")]


MINUTE = datetime.timedelta(minutes=1)
EVENING = datetime.datetime(2026, 11, 28, 20, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


def a_day(*said):
    """A store in which texts were said so many minutes before the evening; "she: " is her answer."""
    store = Store(Database(":memory:"))
    for number, (minutes, text) in enumerate(said):
        at = (EVENING - minutes * MINUTE).isoformat()
        if text.startswith("she: "):
            store.add_companion_turn(number, text.removeprefix("she: "), False, session="s", said_at=at)
        else:
            store.add_user_turn(number, text, session="s", said_at=at)
    think(store.database)
    return store.database


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("the last ten minutes", [5]),
        ("in the last hour", [4, 5]),
        ("the last hour and a half", [3, 4, 5]),
        ("from the last half hour", [5]),
        ("the last five minutes of our conversation", []),
        ("since lunch", [2, 3, 4, 5]),
        ("since six o'clock", [3, 4, 5]),
        ("this morning", [1]),
        ("last night", [0]),
        ("forty minutes ago", [4]),
        ("the tulips in the last hour", [5]),
        ("today", [1, 2, 3, 4, 5]),
    ],
)
def test_a_short_time_means_the_minute(words, numbers):
    database = a_day(
        (24 * 60, "I saw a film."),
        (10 * 60, "I overslept."),
        (8 * 60 - 30, "The soup was good."),
        (80, "I bought tulips."),
        (40, "I lost my purse."),
        (8, "The tulips are red."),
    )

    assert numbers_of(database, Forgetting(database).about(words, EVENING)) == numbers


def test_the_turn_that_asks_is_none_of_the_last_ten_minutes():
    database = a_day((8, "The tulips are red."), (0, "Forget the last ten minutes."))

    assert numbers_of(database, Forgetting(database).about("the last ten minutes", EVENING, but=[2])) == [0]
    assert not Forgetting(database).about("the last five minutes", EVENING, but=[2])


SURPRISE = [
    (600, "My sister is called Amy."),
    (590, "Amy is a nurse in Leeds."),
    (580, "I'm planning a surprise party for Amy."),
    (570, "The surprise party is at the lake."),
    (560, "My brother is called Mark."),
    (550, "Mark plays the cello."),
    (540, "I have a mark on my leg."),
    (530, "Mark gives a party as well."),
]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Amy's surprise party", [2, 3]),
        ("Amy's party", [2, 3]),
        ("my sister's party", [2, 3]),
        ("Amy", [0, 1, 2]),
        ("my sister Amy", [0, 1, 2]),
        ("the mark on my leg", [6]),
        ("the mark", [6, 4, 5, 7]),
        ("Mark", [4, 5, 7]),
        ("mark", [4, 5, 7]),
        ("my brother, please", [4, 5, 7]),
        ("Mark's cello", [5]),
        ("Amy and Mark", [0, 1, 2, 4, 5, 7]),
    ],
)
def test_a_name_means_all_of_somebody_only_where_it_is_all_of_the_topic(words, numbers):
    database = a_day(*SURPRISE)

    assert numbers_of(database, Forgetting(database).about(words, EVENING)) == sorted(numbers)


def test_who_is_named_in_what_nobody_has_thought_about_yet_is_found_too():
    database = a_day((600, "My brother is called Mark."), (590, "Good morning."))
    store = Store(database)
    for number, text in ((7, "Mark is ill."), (8, "There is a mark on the table.")):
        store.add_user_turn(number, text, session="s", said_at=EVENING.isoformat())

    assert numbers_of(database, Forgetting(database).about("Mark", EVENING)) == [0, 7]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Christmas", [1]),
        ("on Christmas", [0]),
        ("from Christmas", [0]),
        ("Friday's party", [3]),
        ("Friday", [2, 3]),
        ("on Friday", [4]),
        ("my birthday", [5]),
        ("yesterday's conversation", [4]),
        ("Easter", []),
        ("the garden on Friday", [4]),
    ],
)
def test_a_topic_that_is_also_a_time_is_looked_for_by_its_words_first(words, numbers):
    days = 24 * 60
    database = a_day(
        (338 * days, "The goose was burnt."),
        (200 * days, "I hate Christmas."),
        (5 * days, "On Friday I fly to Rome."),
        (4 * days, "The party is on Friday."),
        (1 * days, "The garden is white."),
        (20, "My birthday is in May."),
    )

    assert numbers_of(database, Forgetting(database).about(words, EVENING)) == numbers


# --- traces


def test_the_turn_that_put_a_forgotten_fact_right_goes_with_it_and_what_she_said_to_it():
    database = a_day(
        (60, "The baby is due in March."),
        (59, "she: How lovely."),
        (10, "That's wrong, it's April."),
        (9, "she: Thank you, I've put that right: The baby is due in April."),
        (5, "I like tea."),
    )
    facts = Facts(database)
    (march,) = facts.search("baby")
    april = facts.edit(march.id, "The baby is due in April.", (EVENING - 10 * MINUTE).isoformat())
    facts.rest_on(april, Evidence("it's April", turn=3))
    forgetting = Forgetting(database)

    going = forgetting.of([1, 2])
    forgetting.erase(going)

    assert going.turns == (1, 2, 3, 4)
    assert set(going.facts) == {march.id, april}
    assert "April" not in str(contents(database))


def test_what_was_said_on_before_she_answered_goes_too_and_her_answer():
    database = a_day(
        (60, "My father has cancer."),
        (59, "It is in his liver."),
        (58, "she: I'm sorry about his liver."),
        (57, "I bought milk."),
    )

    assert numbers_of(database, Forgetting(database).about("my father", EVENING)) == [0, 1, 2]


def test_what_was_said_on_is_not_what_speaks_of_it():
    database = a_day((60, "My father has cancer."), (59, "It is in his liver."), (58, "she: I'm sorry."))

    assert Forgetting(database).speaking_of("my father", EVENING) == (1,)
    assert Forgetting(database).speaking_of("my father", EVENING, but=[1]) == ()


def test_what_was_said_long_after_or_never_answered_is_no_part_of_it():
    database = a_day(
        (60, "My father has cancer."), (30, "I bought milk."), (29, "she: Good."), (5, "Cancer.")
    )

    assert numbers_of(database, Forgetting(database).about("cancer", EVENING)) == [0, 3]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("2026-10-01T10:00:00+01:00", "2026-11-01T10:00:00+01:00", "from 1 October to 1 November"),
        ("2026-10-01T10:00:00+01:00", "2026-10-01T11:00:00+01:00", "on 1 October"),
        ("2026-10-01T10:00:00+01:00", "2026-11-28T11:00:00+01:00", "from 1 October to today"),
        ("", "", ""),
    ],
)
def test_what_would_go_tells_when_it_was_said(first, last, told):
    assert Going(first=first, last=last).when(NOW) == told
