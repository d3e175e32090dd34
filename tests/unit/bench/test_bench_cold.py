"""Which recordings the first answer is measured with, and what is made of the gaps."""

import numpy as np
import pytest

from companion.audio.recordings import write
from companion.bench.cold import chosen, summary
from companion.bench.tape import RATE, Tape
from companion.bench.turns import answered
from companion.errors import AudioError


def start(*gaps):
    return {"gaps_s": list(gaps), "ready_s": 4.0, "rates": "prefill 50 tok/s"}


def test_the_tenth_turn_has_the_words_of_the_first(tmp_path):
    files = []
    for seconds in (3.0, 0.5, *(2.0 + 0.1 * n for n in range(12))):
        files.append(tmp_path / f"{len(files)}.wav")
        write(files[-1], np.zeros(round(seconds * 16_000), np.int16), 16_000)

    ten = chosen(files)

    assert len(ten) == 10
    assert ten[0] == ten[9] == tmp_path / "10.wav"
    assert len(set(ten)) == 9
    with pytest.raises(AudioError, match="9 recordings"):
        chosen(files[:8])


def test_the_medians_of_first_and_tenth_are_compared_and_what_was_not_answered_is_left_out():
    measured = summary([start(1.2, 9.0, 1.0), start(1.8, 9.0, 1.5), start(None, 9.0, 1.0)])

    assert measured["first_s"] == [1.2, 1.8, None]
    assert (measured["median_first_s"], measured["median_tenth_s"], measured["ratio"]) == (1.5, 1.0, 1.5)
    assert measured["ready_s"] == [4.0, 4.0, 4.0]
    assert summary([start(None, None)])["ratio"] is None


def test_the_gap_is_from_the_end_of_the_users_speech_to_her_first_speech():
    user, speaker = np.zeros(RATE * 5, np.float32), np.zeros(RATE * 5, np.float32)
    user[RATE : 2 * RATE] = 0.1
    speaker[round(2.3 * RATE) : round(2.4 * RATE)] = 0.1  # two notes, no speech
    speaker[3 * RATE : 4 * RATE] = 0.1

    found = answered(Tape(RATE, user, speaker, user, 0.0))

    assert (found.gap, found.cut_off) == (pytest.approx(1.0, abs=0.01), False)
    assert answered(Tape(RATE, user, np.zeros_like(user), user, 0.0)).gap is None
