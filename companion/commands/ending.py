"""How a command is ended before it is done: by Ctrl-C, by the system, or together with its terminal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENDS = ("SIGTERM", "SIGHUP")
"""Signals that end a command as Ctrl-C does: asked to end by the system, and the terminal closed."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C. A class of its own, because CPython notes a plain KeyboardInterrupt that passes through Python
    code run by an extension module (while one is imported, say), and at the end lets the process die of
    SIGINT, though it was caught (`unhandled_keyboard_interrupt` in pythonrun.c)."""


class Terminated(KeyboardInterrupt):
    """The system ends the command, or its terminal is gone. Ctrl-C may mean only what is going on at the
    moment; this means all of it."""


@contextmanager
def ending_gently() -> Iterator[None]:
    """What is half done is cleared away, and no process is left behind, however a command is ended. A signal
    that whoever started the command had it ignore (nohup) stays ignored."""

    ended = False

    def stop(number: int, frame: object) -> None:
        nonlocal ended
        ended = ended or number != signal.SIGINT  # a Ctrl-C behind it mustn't turn it into less
        raise Terminated if ended else Interrupted

    before = {}
    if threading.current_thread() is threading.main_thread():  # only the main thread may set handlers
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, *_ends())}
    untouched = (signal.SIG_DFL, signal.default_int_handler)
    mine = [number for number, handler in before.items() if handler in untouched]
    for number in mine:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: it was set by another than Python, who keeps it
                signal.signal(number, handler)


def undisturbed() -> None:
    """From here to the end of the command nothing interrupts it: closing takes a moment and must not be left
    half done. A terminal that is closed is told twice, by the system and by the shell."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, *_ends()):
            signal.signal(number, signal.SIG_IGN)


def _ends() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ENDS if hasattr(signal, name)]
