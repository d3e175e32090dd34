"""`companion talk` in a terminal that is closed."""

import contextlib
import os
import subprocess
import sys

import psutil
import pytest

pytestmark = pytest.mark.room

OWN = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.executable, sys.argv[1:])"
)
"""Makes stdin the terminal that tells a program when it is closed, and becomes the program."""


@contextlib.contextmanager
def killed(process):
    """Leaves nothing behind of a program that doesn't end by itself."""
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("told", [True, False], ids=["told by a signal", "not told"])
def test_a_terminal_that_is_closed_ends_the_conversation(room, home, told):
    talk = [sys.executable, "-m", "companion", "--home", str(home), "talk", "--timings"]
    mine, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", OWN, *talk] if told else talk,
        stdin=theirs, stdout=theirs, stderr=theirs, env=room.env, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    with killed(process):
        shown = b""
        while b"Listening" not in shown:
            shown += os.read(mine, 4096)
        family = psutil.Process(process.pid).children(recursive=True)
        assert family

        os.close(mine)

        assert process.wait(60) == 0
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
