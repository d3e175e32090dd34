"""A stream that stands still, and one whose machine gets no time."""

from __future__ import annotations

import pytest

from companion.audio.stillness import AGAIN, FIRST_WAIT, MOST, STILL, Stillness


class Watched:
    """A stream that is looked at every tenth of a second of a clock of its own."""

    def __init__(self) -> None:
        self.now, self.blocks, self.stillness = 100.0, 7, Stillness()
        self.stillness.opened(self.now, self.blocks)

    def passes(self, seconds: float, *, flowing: bool, flows: bool = True) -> list[float]:
        """The moments, from now on, at which it was found to stand still; it is opened anew each time."""
        began, found = self.now, []
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            self.blocks += 10 * flowing
            if self.stillness.look(self.now, self.blocks, flows):
                found.append(round(self.now - began, 1))
                self.stillness.opened(self.now, self.blocks)
        return found


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_stream_that_flows_is_left_alone(watched: Watched) -> None:
    assert watched.passes(60, flowing=True) == []


def test_a_stream_that_stands_still_is_noticed_within_half_a_second(watched: Watched) -> None:
    watched.passes(5, flowing=True)
    assert STILL < watched.passes(0.5, flowing=False)[0] <= 0.5


def test_a_stream_that_has_never_flowed_gets_time_to_begin(watched: Watched) -> None:
    assert watched.passes(FIRST_WAIT - 0.2, flowing=False, flows=False) == []
    assert watched.passes(0.5, flowing=False, flows=False) != []


def test_a_machine_that_slept_is_not_held_against_the_stream(watched: Watched) -> None:
    watched.passes(5, flowing=True)
    watched.now += 3600.0
    assert not watched.stillness.look(watched.now, watched.blocks, True)
    assert watched.passes(0.3, flowing=False) != []


def test_a_frozen_stream_is_noticed_even_where_every_look_is_late(watched: Watched) -> None:
    looks = []
    for _ in range(3):
        watched.now += 2.0
        looks.append(watched.stillness.look(watched.now, watched.blocks, True))
    assert looks[0] is False
    assert looks[1] is True


def test_a_stream_that_stands_still_again_and_again_gets_more_time(watched: Watched) -> None:
    found = watched.passes(6, flowing=False)
    waits = [round(b - a, 1) for a, b in zip([0.0, *found], found, strict=False)]
    assert waits[:2] == pytest.approx([STILL + 0.1, 2 * STILL + 0.1], abs=0.11)
    assert waits[-1] == pytest.approx(MOST + 0.1, abs=0.11)


def test_after_a_good_minute_it_is_noticed_at_once_again(watched: Watched) -> None:
    watched.passes(6, flowing=False)
    watched.passes(AGAIN + 1, flowing=True)
    assert watched.passes(0.5, flowing=False) != []
