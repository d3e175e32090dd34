"""Work aside is given back, and withdrawn when nobody waits for it any more."""

import threading
from contextlib import closing

import pytest

from companion.commands.aside import Aside
from companion.errors import EngineError


def test_results_and_failures_come_back():
    aside = Aside()

    assert aside.do(lambda cancel: 7) == 7
    assert list(aside.each(lambda cancel: iter("abc"))) == ["a", "b", "c"]
    with pytest.raises(KeyError):
        aside.do(lambda cancel: {}["x"])


def test_what_fails_on_the_way_gives_what_it_had():
    def half(cancel):
        yield "a"
        raise ValueError

    pieces = Aside().each(half)

    assert next(pieces) == "a"
    with pytest.raises(ValueError):
        next(pieces)


def test_it_works_in_no_thread_that_signals_interrupt():
    assert Aside().do(lambda cancel: threading.current_thread()) is not threading.main_thread()


def test_what_nobody_waits_for_is_withdrawn_and_over():
    withdrawn = threading.Event()

    def endless(cancel):
        while not cancel.is_set():
            yield "a"
        withdrawn.set()

    with closing(Aside().each(endless)) as pieces:
        assert next(pieces) == "a"

    assert withdrawn.is_set()


def test_what_is_put_off_is_done_in_the_quiet_and_not_before():
    done = threading.Event()
    aside = Aside()

    with aside.after(60.0, lambda cancel: done.set()):
        pass
    assert not done.is_set()

    with aside.after(0.0, lambda cancel: done.set()):
        assert done.wait(10)


def test_what_fails_in_the_quiet_is_told():
    begun = threading.Event()

    def fail(cancel):
        begun.set()
        raise EngineError("It failed: try again.")

    with pytest.raises(EngineError), Aside().after(0.0, fail):
        assert begun.wait(10)
