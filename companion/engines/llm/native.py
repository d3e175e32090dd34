"""llama.cpp's library: loaded when first used, silent, with its last complaints kept for error messages."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import os
import sys
from collections import deque
from typing import Any

_WARNING, _ERROR, _CONTINUED = 3, 4, 5
"""Log levels of ggml.h; CONTINUED goes on with the line before."""


class _Log:
    """Takes what llama.cpp would print on stderr, and keeps its last warnings and errors."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=12)
        self.callback: object = None
        self._loud = False

    def take(self, level: int, text: bytes, _data: object) -> None:
        """Called by llama.cpp, in whatever thread it works."""
        line = text.decode("utf-8", "replace").rstrip()
        if level == _CONTINUED:
            if self._loud and self.lines:
                self.lines[-1] += line
            return
        self._loud = level in (_WARNING, _ERROR) and bool(line)
        if self._loud:
            self.lines.append(line)


_log = _Log()


@functools.cache
def llama() -> Any:
    """The functions of llama.h, as llama-cpp-python declares them.

    The first call loads the library (about 0.2 s).
    """
    # libgomp reads this once, when it is loaded. Its threads spin while they wait for each other; where an
    # other process or engine has a core, one token then took 40-3000 ms instead of 10 (135M, 2 cores).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import llama_cpp.llama_cpp as library

    callback = library.llama_log_callback(_log.take)
    library.llama_log_set(callback, ctypes.c_void_p(0))
    _log.callback = callback  # llama.cpp calls it as long as the process lives
    library.llama_backend_init()
    return library


def complaint() -> str:
    """What llama.cpp complained about last, for the end of an error's sentence; empty if it didn't."""
    return f" ({_log.lines[-1]})" if _log.lines else ""


def forget_complaints() -> None:
    """Start anew, before work whose complaints are wanted."""
    _log.lines.clear()


@functools.cache
def strlen() -> Any | None:
    """The C library's strlen as a callback "may I go on?" that needs no interpreter lock, or None.

    Given a buffer of two bytes it returns 0 while the first is 0, and 1 once the first is set; so whoever
    writes that byte stops a computation that asks it.
    """
    try:
        if sys.platform == "win32":
            function = ctypes.cdll.msvcrt.strlen
        else:
            function = ctypes.CDLL(None).strlen
    except (OSError, AttributeError):
        return None
    return ctypes.cast(function, llama().ggml_abort_callback)


@functools.cache
def ggml(name: str) -> Any:
    """One of ggml's own libraries ("ggml", "ggml-base"), for what llama.h doesn't offer."""
    from llama_cpp._ctypes_extensions import load_shared_library
    from llama_cpp._ggml import libggml_base_path

    llama()
    return load_shared_library(name, libggml_base_path)
