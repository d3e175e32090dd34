"""Time expressions mean the days that a person means by them."""

import csv
import datetime
import statistics
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.memory.times import Span, asked_about, said_when, say, spans

CASES = Path(__file__).parents[2] / "data" / "times.tsv"
WEDNESDAY = datetime.date(2026, 11, 25)
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2190, 12, 31))

WORDS = """
    a the last next this past coming other in on at by to from of for until since before after between and or
    around about early mid late end beginning ago back day days week weeks month months year years weekend
    fortnight couple few half two three 3 21st 31 2022 twenty first second third hundred thousand nineteen
    Friday Mondays May march June December Feb summer fall Christmas Easter New Year eve Thanksgiving Good
    today yesterday tomorrow morning night lately 80s nineties 2024-02-30 31/12/2025 999999 , . ? - I went
    will is was 's
"""


def means(span: Span, expected: str) -> bool:
    """Whether `span` is what a line of the table expects: a day, "from..to" with open ends, or "~day/most",
    which is a span of at most so many days around that day."""
    if expected.startswith("~"):
        day, most = expected[1:].split("/")
        holds = span.start <= datetime.date.fromisoformat(day) <= span.end
        return holds and (span.end - span.start).days <= int(most)
    start, several, end = expected.partition("..")
    first = datetime.date.fromisoformat(start) if start else datetime.date.min
    last = datetime.date.fromisoformat(end) if end else datetime.date.max
    return (span.start, span.end) == (first, last if several else first)


def cases() -> list[list[str]]:
    with CASES.open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("line", cases(), ids=lambda line: line[2])
def test_what_people_say_means_the_days_they_mean(line):
    how, said_at, text, expected = line
    day = datetime.date.fromisoformat(said_at)

    found = spans(text, day) if how == "said" else [span for span in [asked_about(text, day)] if span]

    wanted = [] if expected == "-" else expected.split(";")
    assert len(found) == len(wanted), found
    assert all(map(means, found, wanted)), found


def test_the_words_stand_in_the_text_where_the_span_says():
    text = "Well, on Friday night we'll eat out, and two weeks ago we did, too."

    assert [(s.words, s.at) for s in spans(text, WEDNESDAY)] == [("Friday night", 9), ("two weeks ago", 41)]


def test_only_bounds_that_the_words_name_are_exact():
    found = spans(
        "yesterday, last week, in May 2024, a few days ago, around Easter, early in June", WEDNESDAY
    )

    assert [s.exact for s in found] == [True, True, True, False, False, False]


def test_the_caller_may_know_better_than_the_tense():
    past, ahead = (spans("I was told: on Friday", WEDNESDAY, ahead=way)[0].start for way in (False, True))

    assert (past, ahead) == (datetime.date(2026, 11, 20), datetime.date(2026, 11, 27))


def test_what_there_is_no_day_for_is_no_time():
    assert spans("on the 31st of February, on 2023-02-29 and on 32 May", WEDNESDAY) == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-25", "today"),
        ("2026-11-24", "yesterday"),
        ("2026-11-26", "tomorrow"),
        ("2026-11-20", "last Friday"),
        ("2026-11-18", "last Wednesday"),
        ("2026-11-12", "on 12 November"),
        ("2024-05-03", "on 3 May 2024"),
        ("2026-11-27", "on Friday"),
        ("2026-12-02", "on 2 December"),
    ],
)
def test_a_day_is_said_as_people_say_it(day, words):
    assert say(datetime.date.fromisoformat(day), WEDNESDAY) == words


@given(DAYS, DAYS)
def test_a_day_that_is_said_is_understood_as_that_day(day, now):
    [span] = spans(say(day, now), now, ahead=day > now)

    assert (span.start, span.end) == (day, day)


@given(DAYS, st.integers(-40, 40))
def test_a_near_day_that_is_said_is_understood_as_that_day(now, distance):
    day = now + datetime.timedelta(distance)

    [span] = spans(say(day, now), now, ahead=day > now)

    assert (span.start, span.end) == (day, day)


def sound(text: str, found: list[Span]) -> bool:
    """Whether spans are what they promise: in order, apart, their words in the text, none that ends before it
    starts."""
    ends = [0, *(span.at + len(span.words) for span in found)]
    apart = all(end <= span.at for end, span in zip(ends, found, strict=False))
    there = all(span.words and text[span.at : span.at + len(span.words)] == span.words for span in found)
    return apart and there and all(span.start <= span.end for span in found)


ANY_DAY = st.one_of(DAYS, st.dates(), st.sampled_from([datetime.date.min, datetime.date.max]))


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join),
    ANY_DAY,
    st.sampled_from([None, True, False]),
)
def test_whatever_time_words_come_in_whatever_order_the_spans_are_sound(text, day, ahead):
    assert sound(text, spans(text, day, ahead=ahead))


@given(st.text(max_size=80), ANY_DAY)
def test_any_text_at_all_is_read(text, day):
    found = asked_about(text, day)

    assert sound(text, spans(text, day))
    assert found is None or sound(text, [found])


def test_a_sentence_takes_no_time_that_a_turn_would_notice():
    """Half a millisecond for thirty words on the machine this was written on; ten times that is a mistake."""
    sentence = "So yesterday I went to the market with Amy and on Friday we will go to see her mother, " * 2

    took = []
    for _ in range(50):
        began = time.perf_counter()
        spans(sentence, WEDNESDAY)
        took.append(time.perf_counter() - began)

    assert statistics.median(took) < 0.005


def test_a_long_text_without_stops_takes_no_longer_for_each_time_in_it():
    took = []
    for times in (200, 2000):
        text = "on Friday " * times
        began = time.perf_counter()
        assert len(spans(text, WEDNESDAY)) == times
        took.append(time.perf_counter() - began)

    assert took[1] < 30 * took[0]


def test_a_moment_is_of_the_day_that_it_was_where_somebody_spoke():
    assert said_when("2026-11-25T00:30:00+09:00") == datetime.date(2026, 11, 25)
    assert said_when("2026-11-25T23:30:00-08:00") == datetime.date(2026, 11, 25)


@pytest.fixture
def in_auckland(monkeypatch):
    with monkeypatch.context() as there:
        there.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_auckland")
def test_a_moment_in_utc_is_of_this_machines_day():
    assert said_when("2026-11-25T20:00:00Z") == datetime.date(2026, 11, 26)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        said_when("2026-11-25T20:00:00")
