"""A moment as people type it."""

import datetime

import pytest

from companion.errors import StoreError
from companion.memory.moments import moment_of, stretch_in

NOW = datetime.datetime(2026, 11, 28, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("10 minutes ago", {"minutes": 10}),
        ("10 minutes", {"minutes": 10}),
        ("an hour ago", {"hours": 1}),
        ("the last hour", {"hours": 1}),
        ("half an hour ago", {"minutes": 30}),
        ("ten minutes ago", {"minutes": 10}),
        ("the last twenty-five minutes", {"minutes": 25}),
        ("a few minutes ago", {"minutes": 5}),
        ("1.5 h", {"minutes": 90}),
        ("90s", {"seconds": 90}),
    ],
)
def test_a_time_ago_is_counted_from_now(text, before):
    assert moment_of(text, NOW) == NOW - datetime.timedelta(**before)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", (2026, 11, 20)),
        ("yesterday", (2026, 11, 27)),
        ("Yesterday", (2026, 11, 27)),
        ("last Monday", (2026, 11, 23)),
        ("3 May", (2026, 5, 3)),
    ],
)
def test_a_day_is_its_beginning_here(text, day):
    assert moment_of(text, NOW) == datetime.datetime(*day).astimezone()


def test_a_moment_with_its_zone_is_that():
    moment = moment_of("2026-11-20T10:00:00+02:00", NOW)

    assert moment == datetime.datetime(2026, 11, 20, 8, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize("text", ["", "soonish", "ten of them", "-5 minutes"])
def test_what_is_no_time_is_said(text):
    with pytest.raises(StoreError, match="is no time that can be told"):
        moment_of(text, NOW)


def at(text):
    return datetime.datetime.fromisoformat(f"{text}+01:00")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("the last ten minutes", "2026-11-28T12:20", "2026-11-28T12:30"),
        ("what I said in the past hour and a half", "2026-11-28T11:00", "2026-11-28T12:30"),
        ("the last half hour", "2026-11-28T12:00", "2026-11-28T12:30"),
        ("the last quarter of an hour", "2026-11-28T12:15", "2026-11-28T12:30"),
        ("since an hour ago", "2026-11-28T11:30", "2026-11-28T12:30"),
        ("twenty minutes ago", "2026-11-28T12:00", "2026-11-28T12:20"),
        ("since lunch", "2026-11-28T12:00", "2026-11-28T12:30"),
        ("since dinner", "2026-11-27T18:00", "2026-11-28T12:30"),
        ("since 9", "2026-11-28T09:00", "2026-11-28T12:30"),
        ("since three o'clock", "2026-11-28T03:00", "2026-11-28T12:30"),
        ("since 11:45 pm", "2026-11-27T23:45", "2026-11-28T12:30"),
        ("this morning", "2026-11-28T00:00", "2026-11-28T12:00"),
        ("since this morning", "2026-11-28T00:00", "2026-11-28T12:30"),
        ("last night", "2026-11-27T18:00", "2026-11-28T05:00"),
        ("yesterday afternoon", "2026-11-27T12:00", "2026-11-27T18:00"),
    ],
)
def test_a_short_time_is_told_to_the_minute(text, start, end):
    found = stretch_in(text, NOW)

    assert (found.start, found.end) == (at(start), at(end))
    assert text[found.at :].startswith(found.words)


@pytest.mark.parametrize(
    "text", ["yesterday", "the last two days", "since Monday", "since March", "ten minutes", "a nice hour"]
)
def test_a_longer_time_and_a_length_are_none(text):
    assert stretch_in(text, NOW) is None
