"""What a parser that has been led astray can do: nothing but read its file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ATTEMPTS = {
    "a socket": "import socket; socket.socket()",
    "a name": "import socket; socket.getaddrinfo('localhost', 80)",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a fork": "import os; os.fork()",
    "another file": "open('/etc/passwd')",
    "writing": "open('allowed', 'w')",
    "removing": "import os; os.remove('allowed')",
    "making a folder": "import os; os.mkdir('x')",
}


def _tried(code: str, folder: Path) -> str:
    confined = (
        "from companion.memory.archive.confinement import Confinement\n"
        f"confinement = Confinement(1 << 30)\nconfinement.file = {str(folder / 'allowed')!r}\n{code}"
    )
    ran = subprocess.run(
        [sys.executable, "-c", confined], cwd=folder, capture_output=True, text=True, check=False
    )
    return ran.stderr.strip().splitlines()[-1] if ran.stderr else ""


@pytest.mark.parametrize("what", ATTEMPTS)
def test_it_cant_have(what: str, tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("x")

    assert _tried(ATTEMPTS[what], tmp_path) == "PermissionError: not while a file is read"
    assert (tmp_path / "allowed").read_text() == "x"


def test_it_can_read_its_file_and_pythons_own(tmp_path: Path) -> None:
    (tmp_path / "allowed").write_text("x")

    code = "import html, zoneinfo; zoneinfo.ZoneInfo('Europe/Berlin')"
    assert _tried(f"{code}; open({str(tmp_path / 'allowed')!r})", tmp_path) == ""
