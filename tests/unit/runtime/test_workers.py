"""Workers run jobs in order, withdraw what is cancelled, and outlive what engines raise."""

import queue
import threading

import pytest

from companion.dialogue import events as e
from companion.engines import Cancelled
from companion.errors import EngineError
from companion.runtime.workers import Workers


def working(*roles: str):
    events: queue.Queue = queue.Queue()
    workers = Workers(roles, events.put)
    workers.begin()
    return workers, events


def test_the_events_of_jobs_come_in_the_order_of_the_jobs():
    workers, events = working("llm")
    for draft in (1, 2):
        workers.start("llm", f"draft {draft}", lambda cancel, d=draft: iter([e.ReplyBegun(d)]))

    assert [events.get(timeout=5), events.get(timeout=5)] == [e.ReplyBegun(1), e.ReplyBegun(2)]
    workers.close()


def test_a_cancelled_job_says_nothing_more():
    workers, events = working("llm")
    begun, go_on = threading.Event(), threading.Event()

    def job(cancel):
        yield e.ReplyBegun(1)
        begun.set()
        go_on.wait(5)
        yield e.ClauseWritten(1, 0, "too late")

    workers.start("llm", "draft 1", job)
    assert begun.wait(5)
    workers.cancel("draft 1")
    go_on.set()
    workers.start("llm", "draft 2", lambda cancel: iter([e.ReplyBegun(2)]))

    assert [events.get(timeout=5), events.get(timeout=5)] == [e.ReplyBegun(1), e.ReplyBegun(2)]
    workers.close()


def test_a_job_that_waits_is_never_begun_once_cancelled():
    workers, _ = working("tts")
    hold = threading.Event()
    ran = []

    def first(cancel):
        hold.wait(5)
        return iter(())

    workers.start("tts", "draft 1", first)
    workers.start("tts", "draft 2", lambda cancel: iter([ran.append(2)]))
    workers.cancel("draft 2")
    hold.set()
    workers.close()

    assert ran == []


def test_an_engines_error_becomes_its_sentence():
    workers, events = working("asr")

    def job(cancel):
        raise EngineError("Out of memory: choose a smaller model.")
        yield

    workers.start("asr", "draft 3", job)

    assert events.get(timeout=5) == e.EngineFailed("asr", 3, "Out of memory: choose a smaller model.")
    workers.close()


def test_any_other_error_is_told_too_and_the_worker_lives_on():
    workers, events = working("asr")

    def job(cancel):
        raise ZeroDivisionError("what the user said must not get into the log")
        yield

    workers.start("asr", "draft 3", job)
    assert events.get(timeout=5).draft == 3
    workers.start("asr", "draft 4", lambda cancel: iter([e.Heard(4, "hello")]))

    assert events.get(timeout=5) == e.Heard(4, "hello")
    assert workers.alive()
    workers.close()


def test_the_log_has_no_word_of_what_was_said(caplog):
    workers, events = working("asr")
    said = "my secret"

    def job(cancel):
        raise ZeroDivisionError(said)
        yield

    workers.start("asr", "draft 3", job)
    events.get(timeout=5)
    workers.close()

    assert "ZeroDivisionError" in caplog.text
    assert "my secret" not in caplog.text


@pytest.mark.parametrize("lasting", ["store", "keep"])
def test_closing_withdraws_everything_but_what_is_to_be_stored_or_kept(lasting):
    workers, events = working("llm", "store")
    stored = threading.Event()

    def endless(cancel):
        while not cancel.is_set():
            yield e.ReplyBegun(1)
        raise Cancelled

    def store(cancel):
        stored.set()
        yield e.Stored(1)

    workers.start("llm", "draft 1", endless)
    assert events.get(timeout=5) == e.ReplyBegun(1)
    workers.start("llm", lasting, store)
    workers.close()

    assert stored.is_set()
    assert not workers.alive()


def test_a_role_on_the_thread_of_another_takes_its_place_in_that_row():
    events: queue.Queue = queue.Queue()
    workers = Workers(("llm", "words"), events.put, {"words": "llm"})
    workers.begin()
    threads = []

    def job(event):
        def run(cancel):
            threads.append(threading.current_thread().name)
            yield event

        return run

    def fails(cancel):
        raise EngineError("The words can't be judged.")
        yield

    workers.start("words", "draft 1", job(e.WordsJudged(1, 0.5)))
    workers.start("llm", "draft 1", job(e.ReplyBegun(1)))
    workers.start("words", "draft 1", fails)

    assert [events.get(timeout=5) for _ in range(3)] == [
        e.WordsJudged(1, 0.5),
        e.ReplyBegun(1),
        e.EngineFailed("words", 1, "The words can't be judged."),
    ]
    assert threads == ["llm", "llm"]
    workers.close()
