"""The short version of the soak: what must stay flat stays flat."""

import numpy as np
import pytest
import soxr

from companion.audio.recordings import read
from companion.bench.soak import run

pytestmark = pytest.mark.room


def test_a_short_soak_leaks_nothing_and_answers_no_noise(voice):
    sentences = [
        np.asarray(soxr.resample(read(voice(text)), 16_000, 48_000), np.float32)
        for text in ("Good morning. How are you today?", "I read a good book last night.")
    ]

    result = run(sentences, 0.6, lambda words: None)

    assert result["answered"] == result["spoken"] >= 2
    assert result["noise_turns"] == 0
    assert result["exit_code"] == 0
    assert result["threads"]["last"] <= result["threads"]["first"] + 1
