"""One engine has the processor for itself for a moment, and no longer."""

import threading
import time

from companion.engines import Never
from companion.runtime.headroom import LONGEST_REST, Headroom, Unhurried


def test_who_asks_while_nobody_needs_it_goes_on_at_once():
    room, cancel = Headroom(), threading.Event()
    with room.needed():
        pass

    room.given(cancel)

    assert not cancel.is_set()


def test_it_is_given_as_soon_as_it_is_needed_no_more():
    room, order = Headroom(), []
    inside, leave = threading.Event(), threading.Event()

    def needs():
        with room.needed():
            inside.set()
            leave.wait(5)
            order.append("needed")

    def waits():
        room.given(Never())
        order.append("given")

    first = threading.Thread(target=needs)
    first.start()
    assert inside.wait(5)
    second = threading.Thread(target=waits)
    second.start()
    leave.set()
    first.join()
    second.join()

    assert order == ["needed", "given"]


def test_a_cancelled_one_does_not_wait_and_nobody_waits_for_ever():
    room, cancel = Headroom(), threading.Event()
    cancel.set()
    with room.needed():
        room.given(cancel)
        before = time.monotonic()
        room.given(Never())
        assert time.monotonic() - before >= LONGEST_REST


def test_work_that_nobody_waits_for_gives_way_and_says_why_it_stopped():
    room, cancel = Headroom(), threading.Event()
    quiet, disturbed, withdrawn = (Unhurried(cancel, room) for _ in range(3))

    assert not quiet.is_set()
    with room.needed():
        assert disturbed.is_set()
    assert disturbed.gave_way
    cancel.set()
    assert withdrawn.is_set()
    assert not withdrawn.gave_way
