"""How many threads the language model computes with."""

from companion.engines.llm.llama import Llama
from companion.engines.llm.threads import candidates, cores, quickest
from companion.settings import LlmSettings


def test_few_cores_leave_nothing_to_try():
    assert candidates(1) == (1,)
    assert candidates(2) == (2,)


def test_many_cores_are_tried_whole_and_in_part():
    assert candidates(8) == (8, 6, 4)
    assert candidates(64) == (16, 12, 8)


def test_the_quickest_count_is_chosen_and_of_equals_the_smaller():
    assert quickest((8, 6, 4), {8: 1.0, 6: 0.7, 4: 0.9}.__getitem__) == 6
    assert quickest((8, 6, 4), {8: 1.0, 6: 1.02, 4: 1.3}.__getitem__) == 6


def test_there_is_at_least_one_core():
    assert cores() >= 1


def test_a_model_left_to_the_machine_uses_the_count_that_was_quickest(weights_dir, monkeypatch):
    monkeypatch.setattr("companion.engines.llm.cache.cores", lambda: 4)
    monkeypatch.setattr("companion.engines.llm.cache.quickest", lambda counts, seconds: counts[-1])

    with Llama(weights_dir / "smollm2-135m", LlmSettings(context=256)) as model:
        assert model.placement.startswith("CPU, 2 threads")
        assert model._cache.threads == 2


def test_a_count_that_is_set_is_not_tried(weights_dir, monkeypatch):
    monkeypatch.setattr("companion.engines.llm.cache.cores", lambda: 8)

    with Llama(weights_dir / "smollm2-135m", LlmSettings(context=256, threads=1)) as model:
        assert model._cache.threads == 1
