"""Work that kill -9 ends at a chosen step, in a process of its own."""

import os
import signal
import sys
import traceback
from collections.abc import Callable


def steps_of(work: Callable[[], object]) -> int:
    """How many steps a piece of work has: calls of a function, Python's or a library's, and returns."""
    out, into = os.pipe()
    with os.fdopen(out) as told, os.fdopen(into, "w") as telling:
        if not (child := os.fork()):
            _alone(work, lambda steps: telling.write(str(steps)) and telling.flush(), at=0)
        telling.close()
        assert _ended(child) == 0
        return int(told.read())


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do a piece of work until its `step`-th step, and kill -9 it there; False where it was done before."""
    if not (child := os.fork()):
        _alone(work, lambda steps: None, at=step)
    status = _ended(child)
    assert status in (0, -signal.SIGKILL)
    return status != 0


def moments(steps: int, number: int) -> list[int]:
    """So many steps, evenly over the work."""
    return sorted({1 + each * (steps - 1) // (number - 1) for each in range(number)})


def _alone(work: Callable[[], object], done: Callable[[int], object], at: int) -> None:
    """In the child: do it and end, one way or the other."""
    steps, code = 0, 1

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal steps
        steps += 1
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        sys.setprofile(count)
        work()
        sys.setprofile(None)
        done(steps)
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)  # nothing of the parent's is closed twice


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
