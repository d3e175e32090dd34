"""A moment as people type it."""

import datetime

import pytest

from companion.errors import StoreError
from companion.memory.moments import moment_of

NOW = datetime.datetime(2026, 11, 28, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("10 minutes ago", {"minutes": 10}),
        ("10 minutes", {"minutes": 10}),
        ("an hour ago", {"hours": 1}),
        ("the last hour", {"hours": 1}),
        ("half an hour ago", {"minutes": 30}),
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
