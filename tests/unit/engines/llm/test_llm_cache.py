"""The KV cache: what it holds, what can be stopped, and how that is found out."""

import threading

import pytest

from companion.engines import Never
from companion.engines.llm import Message
from companion.engines.llm.abort import Abort
from companion.engines.llm.cache import CHUNK, CHUNK_WITHOUT_ABORT, KvCache, Speed, common_prefix
from companion.engines.llm.llama import Llama
from companion.engines.llm.native import complaint, llama, strlen
from companion.errors import EngineError


def test_calls_can_be_stopped_here_without_the_interpreter(engine: Llama) -> None:
    assert engine._cache._chunk == CHUNK
    assert engine._cache._stops(list(range(20, 28)))
    engine._cache._reconcile()


def test_where_calls_can_not_be_stopped_they_are_short(
    engine: Llama, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("companion.engines.llm.abort.strlen", lambda: None)
    cache = KvCache(engine._model, 256)
    assert cache._chunk == CHUNK_WITHOUT_ABORT
    assert cache.evaluate(list(range(20, 60)), Never(), answer=True) == 40
    cache.close()


def test_a_model_that_comes_out_wrong_after_rolling_back_is_noticed(
    engine: Llama, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful:
        """Keeps what it should have removed, as a recurrent state would."""

        def __getattr__(self, name: str) -> object:
            return getattr(llama(), name)

        def llama_memory_seq_rm(self, *_: object) -> bool:
            return False

    monkeypatch.setattr("companion.engines.llm.cache.llama", Forgetful)
    cache = KvCache(engine._model, 256)
    assert cache.evaluate([20, 21, 22], Never(), answer=True) == 3
    assert cache.evaluate([20, 21, 23], Never(), answer=True) == 3  # refused, so all of it again
    cache.close()


def test_what_a_cache_held_another_takes_up_and_goes_on_alike(engine: Llama) -> None:
    prompt, more = list(range(20, 60)), [70, 71]
    one, other = KvCache(engine._model, 256), KvCache(engine._model, 256)
    one.evaluate(prompt, Never(), answer=False)
    state = one.state()
    assert state is not None

    assert other.take_up(bytearray(state), prompt)

    assert other.evaluate([*prompt, *more], Never(), answer=True) == 2
    one.evaluate([*prompt, *more], Never(), answer=True)
    assert other._logits() == one._logits()
    one.close()
    other.close()


def test_a_cache_that_can_not_hold_what_it_is_given_is_empty(engine: Llama) -> None:
    cache = KvCache(engine._model, 256)
    assert cache.state() is None
    cache.evaluate([20, 21, 22], Never(), answer=False)
    state = bytearray(cache.state() or b"")

    assert not cache.take_up(state, [20, 21])  # other tokens than it is of
    assert cache.tokens == []
    assert cache.evaluate([20, 21, 22], Never(), answer=False) == 3
    cache.close()
    assert cache.state() is None
    assert not cache.take_up(state, [20, 21, 22])


def test_the_switch_is_thrown_while_a_computation_is_watched() -> None:
    switch, cancel = Abort(), threading.Event()
    asked = threading.Event()

    class Asking:
        def is_set(self) -> bool:
            asked.set()
            return cancel.is_set()

    ask = strlen()
    assert ask is not None
    with switch.watching(Asking()):
        assert asked.wait(10)
        assert not ask(switch._byte)
        cancel.set()
        while not ask(switch._byte):
            asked.wait(0.01)
    switch.reset()
    assert not ask(switch._byte)
    switch.close()
    switch.close()


def test_a_context_too_large_for_the_memory_is_one_sentence(
    engine: Llama, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __getattr__(self, name: str) -> object:
            return getattr(llama(), name)

        def llama_init_from_model(self, *_: object) -> None:
            return None

    monkeypatch.setattr("companion.engines.llm.cache.llama", Full)
    with pytest.raises(EngineError, match=r"too little memory for a context of 1024 tokens.*llm\.context"):
        engine.background(4096)
    monkeypatch.undo()
    assert engine.prefill([Message("user", "Hello?")], Never()) > 0


def test_what_llama_cpp_complains_about_is_kept(engine: Llama) -> None:
    from companion.engines.llm.native import _log, forget_complaints

    forget_complaints()
    assert complaint() == ""
    _log.take(4, b"failed to do it", None)
    _log.take(5, b" at all\n", None)
    _log.take(2, b"merely informing", None)
    _log.take(5, b" and informing", None)
    assert complaint() == " (failed to do it at all)"
    forget_complaints()


def test_an_older_speed_counts_less() -> None:
    speed = Speed(memory=100)
    assert speed.rate == 0.0
    speed.add(100, 10.0)
    assert speed.rate == 10.0
    for _ in range(10):
        speed.add(100, 1.0)
    assert 90 < speed.rate < 100


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [
        ([], [], 0),
        ([1], [], 0),
        ([1, 2], [1, 2], 2),
        ([1, 2, 3], [1, 2], 2),
        ([1, 2], [1, 3], 1),
        ([5], [6], 0),
    ],
)
def test_the_common_prefix(one: list[int], other: list[int], length: int) -> None:
    assert common_prefix(one, other) == length
