"""Talk goes first: background work stops while someone waits, and goes on after."""

import threading
from collections.abc import Iterator

import pytest
from llm_touchstone import GREEDY, After, assert_same_reply, reply

from companion.engines import Cancel, Cancelled, Never
from companion.engines.llm import Message
from companion.engines.llm.llama import Llama
from companion.engines.llm.precedence import BackgroundLane, Precedence, TalkLane

QUESTION = [Message("user", "Say hello.")]
ESSAY = [Message("user", "Write a long essay about the sea and all that lives in it.")]


@pytest.fixture
def background(engine: Llama) -> Iterator[Llama]:
    with engine.background(512) as behind:
        yield behind


def test_background_work_has_a_context_of_its_own(engine: Llama, background: Llama) -> None:
    engine.prefill(QUESTION, Never())
    held = list(engine._cache.tokens)
    assert reply(background, ESSAY, 4)
    assert engine._cache.tokens == held
    assert background.context_tokens == 512


def test_background_and_talk_answer_alike(background: Llama, touchstone: Llama) -> None:
    assert_same_reply(background, touchstone, QUESTION, 6)


def test_background_work_rests_while_talk_is_at_work(engine: Llama, background: Llama) -> None:
    talk = engine.generate(QUESTION, Never(), sampling=GREEDY, max_tokens=10)
    next(talk)  # someone is being answered
    finished = threading.Event()

    def work() -> None:
        background.prefill(ESSAY, Never())
        finished.set()

    worker = threading.Thread(target=work)
    worker.start()
    rested = not finished.wait(0.3) and background._cache.tokens == []
    talk.close()
    worker.join(60)
    assert rested
    assert finished.is_set()
    assert background.prefill(ESSAY, Never()) == 0


def test_background_work_waiting_for_talk_can_be_withdrawn(engine: Llama, background: Llama) -> None:
    talk = engine.generate(QUESTION, Never(), sampling=GREEDY, max_tokens=10)
    next(talk)
    with pytest.raises(Cancelled):
        background.prefill(ESSAY, After(2))
    talk.close()


def test_no_step_is_begun_while_talk_is_at_work() -> None:
    precedence, runs = Precedence(), []
    with precedence.talk(), pytest.raises(Cancelled):
        BackgroundLane(precedence).step(runs.append, After(3))
    assert runs == []


def test_a_step_that_talk_stops_runs_again_after_it() -> None:
    precedence = Precedence()
    runs = []

    def step(cancel: Cancel) -> str:
        runs.append(cancel.is_set())
        if len(runs) == 1:
            with precedence.talk():  # talk begins, and the step sees it and stops
                assert cancel.is_set()
            raise Cancelled
        return "done"

    assert BackgroundLane(precedence).step(step, Never()) == "done"
    assert runs == [False, False]


def test_a_step_withdrawn_by_its_own_caller_does_not_run_again() -> None:
    runs = []

    def step(cancel: Cancel) -> None:
        runs.append(cancel.is_set())
        raise Cancelled

    with pytest.raises(Cancelled):
        BackgroundLane(Precedence()).step(step, Never())
    assert len(runs) == 1


def test_talk_is_over_when_its_last_request_is() -> None:
    precedence = Precedence()
    lane = TalkLane(precedence)
    with lane.work():
        with lane.work():
            assert precedence.talking
        assert precedence.talking
    assert not precedence.talking


def test_preempted_background_work_still_answers_truly(
    engine: Llama, background: Llama, touchstone: Llama
) -> None:
    outcome: list[str] = []

    def work() -> None:
        outcome.append(reply(background, ESSAY, 24))

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(6):
        reply(engine, QUESTION, 2)
    worker.join(120)
    assert outcome
    assert_same_reply(background, touchstone, ESSAY, 6)


def test_closing_the_talk_closes_its_background(weights_dir, small_settings) -> None:  # type: ignore[no-untyped-def]
    llama = Llama(weights_dir / "smollm2-135m", small_settings)
    behind = llama.background(256)
    llama.close()
    with pytest.raises(Cancelled):
        behind.prefill(QUESTION, Never())
