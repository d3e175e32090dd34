"""Lines are printed where somebody reads them, and hold nobody up where nobody does."""

import os
import subprocess
import sys

from companion.commands.printer import Printer

LINES = """
from companion.commands.printer import Printer, last_flush
printer = Printer()
for number in range({count}):
    printer.put("x" * 1000)
printer.close({within})
last_flush()
raise SystemExit(10 + printer.unread)
"""


def printing(count: int, stdout, within: float = 60.0) -> subprocess.CompletedProcess[str]:
    """A program that prints so many lines; exits with 11 where nobody reads them any more, else with 10."""
    code = LINES.format(count=count, within=within)
    return subprocess.run([sys.executable, "-c", code], stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_lines_come_out_in_order_each_where_it_belongs(capsys):
    printer = Printer()
    for word in ("one", "two"):
        printer.put(word)
        printer.put(word.upper(), err=True)
    printer.close()

    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("one\ntwo\n", "ONE\nTWO\n")


def test_a_terminal_that_stands_still_holds_up_neither_the_lines_nor_the_end():
    reading, writing = os.pipe()
    try:
        finished = printing(500, writing, within=0.1)  # more than a pipe holds, and nobody reads it
    finally:
        os.close(reading)
        os.close(writing)

    assert (finished.returncode, finished.stderr) == (10, "")


def test_a_full_disk_loses_the_lines_and_nothing_else():
    with open("/dev/full", "w") as full:
        finished = printing(3, full)

    assert (finished.returncode, finished.stderr) == (10, "")


def test_a_closed_pipe_is_noticed():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        finished = printing(3, writing)
    finally:
        os.close(writing)

    assert (finished.returncode, finished.stderr) == (11, "")
