"""How commands are ended."""

import os
import signal
import subprocess
import sys

import pytest

from companion.commands.ending import Terminated, ending_gently, undisturbed

ENDS = [signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_that_ends_the_command_is_told_from_ctrl_c(number):
    with pytest.raises(Terminated), ending_gently():
        os.kill(os.getpid(), number)

    assert signal.getsignal(number) is signal.SIG_DFL


def test_ctrl_c_in_an_extension_module_that_runs_python_code_ends_with_the_commands_own_exit_code():
    # what CPython does with a plain KeyboardInterrupt here ends in -SIGINT; importing can come to the same
    program = """
import ctypes, os, signal, sys
from companion.commands.ending import ending_gently
nested = ctypes.pythonapi.PyRun_String
nested.restype, nested.argtypes = ctypes.py_object, [ctypes.c_char_p, ctypes.c_int] + [ctypes.py_object] * 2
try:
    with ending_gently():
        names = {"os": os, "signal": signal}
        nested(b"os.kill(os.getpid(), signal.SIGINT)", 257, names, names)
except KeyboardInterrupt:
    sys.exit(7)
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == 7


def ended_twice():
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_just_after_the_system_ended_it_does_not_make_less_of_it():
    with pytest.raises(Terminated), ending_gently():
        ended_twice()


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
