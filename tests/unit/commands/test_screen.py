"""A conversation in a terminal."""

import os
import subprocess
import sys

from companion.commands.screen import Screen
from companion.dialogue import events as e
from companion.dialogue.state import State

TALKS = """
import sys
from companion.commands.screen import Screen
from companion.dialogue import events as e
from companion.dialogue.state import State
screen = Screen()
screen.happened(e.CommitUserTurn(1, 1, "Good morning."), 0.0, State())
screen.note("Goodbye.")
screen.close()
sys.exit(10 + screen.unread)
"""


def test_who_said_what(capsys):
    screen = Screen()
    screen.happened(e.CommitUserTurn(1, 1, "Good morning."), 0.0, State())
    screen.happened(e.CommitCompanionTurn(1, "Good", interrupted=True), 1.0, State())
    screen.trouble("")
    screen.close()

    printed = capsys.readouterr()
    assert printed.out == "you: Good morning.\nshe: Good —\n"
    assert printed.err == "The sound is back.\n"


def test_a_terminal_that_is_closed_is_nobody_who_reads():
    mine, theirs = os.openpty()
    talk = subprocess.Popen(
        [sys.executable, "-c", f"input()\n{TALKS}"],
        stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    os.close(mine)

    talk.communicate(b"\n")

    assert talk.returncode == 11
