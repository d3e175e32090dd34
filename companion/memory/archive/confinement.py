"""What the process that reads files may do: read that file, and compute, within its memory and time.

Three fences, none of which is enough alone. The operating system's limits (POSIX): memory, and no file can be
written. Linux keeps the memory limit to the byte; macOS hardly, Windows has none: there, and for what native
libraries do, the program looks at the process from outside (`watch`). And an audit hook of the interpreter's:
no sockets, no other processes, nothing opened but the file in question and Python's own modules.
"""

from __future__ import annotations

import os
import signal
import sys
import zoneinfo
from pathlib import Path
from typing import Any

_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "os.chmod",
    "os.chown",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
    "shutil.",
    "ftplib.",
    "http.",
    "imaplib.",
    "smtplib.",
    "urllib.",
    "webbrowser.",
    "winreg.",
)
_PROGRAM = Path(__file__).resolve().parents[2]
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Confinement:
    """The fences around this process, and the one file that may be read just now. There is no way back."""

    def __init__(self, memory: int) -> None:
        """Put the fences up; `memory` in bytes."""
        self.file = ""
        roots = (*sys.path, *zoneinfo.TZPATH, str(_PROGRAM))
        self._roots = tuple(os.path.join(root, "") for root in roots if root)
        _be_modest()
        _limit_memory(memory)
        sys.addaudithook(self._judge)

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError("not while a file is read")
        if event == "open":
            path, _, flags = arguments
            if not self._may_open(path, flags or 0):
                raise PermissionError("not while a file is read")

    def _may_open(self, path: Any, flags: int) -> bool:
        if isinstance(path, int) or path is None:  # opened already
            return True
        name = os.fsdecode(path)
        return not flags & _WRITING and (name == self.file or name.startswith(self._roots))


def _be_modest() -> None:
    """Give way to everything else on the machine."""
    if sys.platform != "win32":  # there it is started with low priority
        os.nice(10)


def _limit_memory(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        if hard == resource.RLIM_INFINITY or most <= hard:
            try:
                resource.setrlimit(limit, (most, hard))
            except (ValueError, OSError):
                if sys.platform == "linux":  # macOS refuses some of them, and the program looks from outside
                    raise


def limit_time(seconds: float) -> None:
    """From now on, computing for so many seconds ends this process, even inside native code (POSIX)."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
