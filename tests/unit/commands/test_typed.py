"""Lines typed in a terminal that may be closed."""

import os
import sys

import pytest

from companion.commands.typed import TypedLines


@pytest.fixture
def terminal(monkeypatch):
    """The other end of a terminal that is this process's stdin."""
    mine, theirs = os.openpty()
    with open(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield mine


def ended(typed: TypedLines) -> TypedLines:
    """The same when its reading has come to an end."""
    typed.thread.join()
    return typed


def test_lines_come_as_they_are_typed_and_none_while_nothing_is(terminal):
    typed = TypedLines()
    os.write(terminal, b"Good morning.\n\n")

    assert [typed.next(60), typed.next(60), typed.next(0)] == ["Good morning.\n", "\n", None]
    os.close(terminal)
    ended(typed)


def test_a_closed_terminal_is_noticed(terminal):
    typed = TypedLines()
    os.close(terminal)

    assert ended(typed).hung_up


def test_ctrl_d_closes_no_terminal(terminal):
    typed = TypedLines()
    os.write(terminal, b"\x04")

    assert not ended(typed).hung_up
    os.close(terminal)


def test_a_pipe_may_end(monkeypatch):
    reading, writing = os.pipe()
    os.close(writing)
    with open(reading, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        assert not ended(TypedLines()).hung_up
