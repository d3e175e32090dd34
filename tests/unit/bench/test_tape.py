"""What is read off the tape of the measuring room."""

import numpy as np
import pytest

from companion.bench.room import Room
from companion.bench.tape import RATE, Tape


def tape(track: np.ndarray) -> Tape:
    return Tape(RATE, track, track, track, 0.0)


def test_spans_merge_short_gaps_and_drop_short_sounds() -> None:
    track = np.zeros(RATE * 2, np.float32)
    for start, end in [(0.1, 0.2), (0.25, 0.3), (1.0, 1.004), (1.5, 1.7)]:
        track[int(start * RATE) : int(end * RATE)] = 0.1
    spans = tape(track).spans(track, min_gap=0.1, min_length=0.01)
    assert spans == [(pytest.approx(0.1), pytest.approx(0.3)), (pytest.approx(1.5), pytest.approx(1.7))]
    assert len(tape(track).spans(track, min_gap=0.01)) == 4
    assert tape(track).spans(np.zeros(RATE, np.float32)) == []


def test_the_user_is_on_the_air_and_not_on_the_speaker() -> None:
    with Room(noise_db=None) as room:
        room.start_tape()
        room.say(np.full(RATE // 2, 0.25, np.float32))
        recorded = room.stop_tape()
    ((start, end),) = recorded.spans(recorded.user)
    assert 0.49 < end - start < 0.8  # a busy machine leaves holes in it
    assert recorded.spans(recorded.air) == [(pytest.approx(start, abs=0.002), pytest.approx(end, abs=0.002))]
    assert not recorded.speaker.any()
