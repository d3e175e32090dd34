"""Cutting long sound at its quietest moments."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.engines.asr.windows import LONGEST, QUIET, RATE, SHORTEST, cut, quietest


def loud(seconds: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, round(seconds * RATE)).astype(np.float32)


def test_a_turn_that_fits_is_one_piece() -> None:
    audio = loud(27.9)

    pieces = list(cut([audio]))

    assert len(pieces) == 1
    assert np.array_equal(pieces[0], audio)


def test_a_longer_one_is_cut_in_its_pause() -> None:
    audio = loud(40.0)
    audio[20 * RATE : 20 * RATE + RATE // 2] = 0.0

    first, second = cut([audio])

    assert 20.0 < first.size / RATE < 20.5
    assert np.array_equal(np.concatenate([first, second]), audio)


def test_the_quietest_place_lies_between_its_bounds() -> None:
    audio = loud(10.0)
    audio[: 2 * RATE] = 0.0
    audio[5 * RATE : 6 * RATE] *= 0.01

    at = quietest(audio, 3 * RATE, 9 * RATE)

    assert 5 * RATE + QUIET // 2 <= at <= 6 * RATE - QUIET // 2


def test_an_hour_is_read_no_further_than_needed() -> None:
    taken = 0

    def hour():
        nonlocal taken
        for _ in range(360):
            taken += 1
            yield np.zeros(10 * RATE, np.float32)

    first = next(cut(hour()))

    assert first.size <= LONGEST
    assert taken == 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 40 * RATE), max_size=6), st.integers(0, 99))
def test_the_pieces_join_to_the_sound_and_fit_the_window(sizes: list[int], seed: int) -> None:
    blocks = [loud(size / RATE, seed) for size in sizes]

    pieces = list(cut(blocks))

    whole = np.concatenate([np.zeros(0, np.float32), *blocks])
    assert np.array_equal(np.concatenate([np.zeros(0, np.float32), *pieces]), whole)
    assert all(0 < piece.size <= LONGEST for piece in pieces)
    assert all(piece.size >= SHORTEST for piece in pieces[:-1])
