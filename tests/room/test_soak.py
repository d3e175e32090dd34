"""The short version of the soak: what must stay flat stays flat, and the report says how flat it is."""

import re

import numpy as np
import pytest
import soxr

from companion.audio.recordings import read
from companion.bench.soak import run
from companion.settings import Settings

GROWTH = 0.25
"""Bound of the memory's growth over a few turns; the long soak measures how little it really is."""

ONE_CORE = 0.9
"""Share of a core that a companion at rest stays under: a single thread that spins takes all of one."""

pytestmark = pytest.mark.room


def test_a_short_soak_leaks_nothing_and_answers_no_noise(voice):
    sentences = [
        np.asarray(soxr.resample(read(voice(text)), 16_000, 48_000), np.float32)
        for text in ("Good morning. How are you today?", "I read a good book last night.")
    ]

    result = run(sentences, Settings(), 0.6, lambda words: None)

    assert result["answered"] == result["spoken"] >= 2
    assert result["noise_turns"] == 0
    assert result["exit_code"] == 0
    assert 0 < result["threads"]["last"] <= result["threads"]["first"] + 1
    assert result["rss_mb"]["last"] >= result["rss_mb"]["steady"] * 0.5 > 0, "all its processes were weighed"
    assert result["rss_growth"] < GROWTH
    assert 0 <= result["idle_cpu"] < ONE_CORE
    counters = dict(re.findall(r"(xruns|dropped|reopened) (\d+)", result["sound"]))
    assert set(counters) == {"xruns", "dropped", "reopened"}, result["sound"]
