"""How commands are ended."""

import os
import signal

import pytest

from companion.commands.ending import Terminated, ending_gently, undisturbed

ENDS = [signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_that_ends_the_command_is_told_from_ctrl_c(number):
    with pytest.raises(Terminated), ending_gently():
        os.kill(os.getpid(), number)

    assert signal.getsignal(number) is signal.SIG_DFL


def test_nothing_disturbs_the_closing_and_afterwards_all_is_as_before():
    before = signal.getsignal(signal.SIGINT)
    with ending_gently():
        undisturbed()
        for number in (signal.SIGINT, *ENDS):
            os.kill(os.getpid(), number)

    assert signal.getsignal(signal.SIGINT) is before
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL


def test_what_nohup_ignores_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_gently():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
