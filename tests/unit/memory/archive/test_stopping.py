"""Whoever removes comes before whoever reads, however many remove."""

import threading

import pytest

from companion.memory.archive.stopping import Order, Stop, Stopped

WAIT = 60


def test_it_is_set_until_the_last_of_several_has_come_to_its_turn():
    order, inside, go_on = Order(), threading.Semaphore(0), threading.Semaphore(0)
    came, both = [], threading.Barrier(3)

    def remove():
        both.wait(WAIT)
        with order.first():
            came.append(order.is_set())
            inside.release()
            assert go_on.acquire(timeout=WAIT)

    threads = [threading.Thread(target=remove) for _ in range(2)]
    with order.patiently():
        assert not order.is_set()
        for thread in threads:
            thread.start()
        both.wait(WAIT)
        while order._waiting < 2:
            pass
    for _ in threads:
        assert inside.acquire(timeout=WAIT)
        go_on.release()
    for thread in threads:
        thread.join(WAIT)

    assert came == [True, False]


def test_looking_raises_where_any_of_several_is_set():
    wanted = threading.Event()
    stop = Stop(None, wanted)
    stop.look()

    wanted.set()
    with pytest.raises(Stopped):
        stop.look()
