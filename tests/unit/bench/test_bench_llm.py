"""The measurement of the language model runs and prints what others rely on."""

import json
from pathlib import Path

from companion.bench.llm import LENGTHS, _latency, run
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
        assert 0 <= latency["median"] <= latency["worst"]
    reuse = result["reuse"]
    assert reuse["again"] == 0
    assert 0 < reuse["changed"] < reuse["prompt"] / 4


def test_work_that_ends_before_it_is_withdrawn_took_no_time_to_stop() -> None:
    assert _latency(lambda cancel: None, 60.0) == 0.0
