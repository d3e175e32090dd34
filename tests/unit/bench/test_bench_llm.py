"""The measurement of the language model runs and prints what others rely on."""

import json
from collections.abc import Callable
from pathlib import Path

from companion.bench.llm import LENGTHS, _latencies, _latency, run
from companion.engines import Cancel, Cancelled
from companion.settings import LlmSettings


def test_the_figures_are_all_there(weights_dir: Path) -> None:
    result = json.loads(
        json.dumps(run(weights_dir / "smollm2-135m", LlmSettings(context=1024, gpu_layers=0)))
    )
    assert result["machine"]["cpu"]
    assert result["models"] == {"llm": "Smollm2 135M 8k Lc100K Mix1 Ep2 (Q4_1)"}
    assert result["placement"].startswith("CPU")
    assert result["load_s"] > 0
    assert set(result["rates"]) == {*(f"prefill_{length}" for length in LENGTHS), "decode"}
    assert all(rate > 0 for rate in result["rates"].values())
    for latency in result["cancel_ms"].values():
        assert set(latency) == {"median", "worst"}
    assert 0 <= result["cancel_ms"]["prefill"]["median"] <= result["cancel_ms"]["prefill"]["worst"]
    reuse = result["reuse"]
    assert reuse["again"] == 0
    assert 0 < reuse["changed"] < reuse["prompt"] / 4


def test_work_that_ends_before_it_is_withdrawn_says_nothing_about_stopping() -> None:
    assert _latency(lambda cancel, begin: begin(), 60.0) is None
    assert _latencies(lambda cancel, begin: None) == {"median": None, "worst": None}


def test_the_time_to_stop_counts_from_the_withdrawal() -> None:
    def work(cancel: Cancel, begin: Callable[[], None]) -> None:
        begin()
        while not cancel.is_set():
            pass
        raise Cancelled

    latency = _latency(work, 0.05)
    assert latency is not None
    assert latency >= 0
