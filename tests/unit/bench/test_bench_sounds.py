"""The sounds that the benches make, and how they count."""

import numpy as np
import pytest

from companion.bench.gpu_speed import _summary as simulated
from companion.bench.overlap import _summary, cough, door
from companion.bench.quiet import music
from companion.errors import AudioError


@pytest.mark.parametrize("make", [cough, door, lambda rng: music(rng, 48_000)])
def test_made_up_sounds_are_audible_finite_and_not_clipped(make):
    sound = make(np.random.default_rng(1))

    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.05 < np.abs(sound).max() <= 1.0


def test_what_stopped_her_is_counted_and_timed_where_it_was_seen():
    rows = [
        {"stopped": True, "noticed": True, "duck_s": 0.1, "stop_s": 0.5, "after_telling_s": 0.2},
        {"stopped": False, "noticed": True, "duck_s": None},
        {"stopped": False, "noticed": False, "duck_s": 0.3},
    ]

    summary = _summary(rows)

    assert (summary["of"], summary["stopped"], summary["noticed"]) == (3, 1, 2)
    assert summary["duck_s"] == {"n": 2, "p50": 0.2, "p95": 0.29}
    assert summary["stop_s"]["n"] == 1


def test_unanswered_recordings_count_but_have_no_gap():
    rows = [
        {"gap_s": 0.3, "cut_off": False, "overhead_ms": [1.0]},
        {"gap_s": None, "cut_off": True, "overhead_ms": []},
    ]

    summary = simulated(rows)

    assert (summary["of"], summary["answered"], summary["cut_offs"]) == (2, 1, 1)
    assert (summary["median_s"], summary["overhead_ms"]) == (0.3, 1.0)


def test_a_folder_without_recordings_is_told_in_a_sentence(tmp_path):
    from companion.bench.quiet import _noise, _people

    (tmp_path / "noise").mkdir()
    with pytest.raises(AudioError, match="no recordings of noise"):
        _noise(tmp_path, 1.0)
    with pytest.raises(AudioError, match="manifest"):
        _people(tmp_path, 1)
