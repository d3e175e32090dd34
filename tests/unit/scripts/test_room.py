"""The tests' own sound server and screen: they are there, and gone when the script is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from shell import LIBRARY

OPEN = f"""
set -u
. "{LIBRARY}/say.sh"
. "{LIBRARY}/room.sh"
trap close_room EXIT
trap 'exit 143' TERM
open_room
echo "$ROOM"
echo "$ROOM_PROCESSES"
"""


def opened(body: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["bash", "-c", OPEN + body],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def running(process: str) -> bool:
    return Path(f"/proc/{process}").exists()


def test_there_are_a_microphone_a_loudspeaker_and_a_screen() -> None:
    with opened(
        'pactl get-default-source; pactl get-default-sink; xauth -f "$XAUTHORITY" list "$DISPLAY"'
    ) as room:
        out, err = room.communicate(timeout=60)
    assert room.returncode == 0, err
    _, _, source, sink, cookie = out.splitlines()
    assert (source, sink) == ("mic", "speaker")
    assert "MIT-MAGIC-COOKIE-1" in cookie


@pytest.mark.parametrize(("how", "code"), [("ends", 0), ("is ended", 143)])
def test_nothing_is_left_when_the_script(how: str, code: int) -> None:
    with opened("read -r line") as room:
        assert room.stdout is not None
        folder, processes = room.stdout.readline().strip(), room.stdout.readline().split()
        assert Path(folder).is_dir()
        assert all(running(process) for process in processes)
        if how == "is ended":
            room.terminate()
        room.communicate("\n", timeout=60)
    assert room.returncode == code
    assert not Path(folder).exists()
    assert not any(running(process) for process in processes)
