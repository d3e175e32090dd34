"""Lines typed in a terminal that may be closed."""

import os
import subprocess
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


SHELL = """
import fcntl, os, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
python, theirs = [sys.executable, "-c", sys.argv[1]], subprocess.PIPE
job = subprocess.Popen(python, process_group=0, stdout=theirs, text=True)
print(job.stdout.readline(), end="", flush=True)
os.tcsetpgrp(0, job.pid)
print(job.stdout.read(), end="", flush=True)
"""

IN_THE_BACKGROUND = """
from companion.commands.typed import TypedLines
typed = TypedLines()
print(typed.next(1.0), typed.thread.is_alive(), flush=True)
print(typed.next(60), typed.hung_up, flush=True)
"""


def test_in_the_background_of_a_shell_it_goes_on_and_reads_once_the_terminal_is_its_own():
    mine, theirs = os.openpty()
    os.write(mine, b"Good morning.\n")
    command = [sys.executable, "-c", SHELL, IN_THE_BACKGROUND]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as shell:
        said, _ = shell.communicate(timeout=90)

    assert said == "None True\nGood morning.\n False\n"
    os.close(mine)
    os.close(theirs)


def test_a_pipe_may_end(monkeypatch):
    reading, writing = os.pipe()
    os.close(writing)
    with open(reading, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)

        assert not ended(TypedLines()).hung_up
