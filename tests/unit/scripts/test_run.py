"""`scripts/run` from outside: its options, and the one sentence when something is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shell import clone_into, run_script, tools

NOT_ROOT = {"id": "echo 1000", "ldconfig": "exit 0", "apt-get": "exit 1", "apt-cache": "exit 0"}


def test_help_says_how_with_an_example() -> None:
    shown = run_script("--help")
    assert shown.returncode == 0
    assert "Example: scripts/run" in shown.stdout


@pytest.mark.parametrize("arguments", [["--nope"], ["--gpu"], ["--gpu", "voodoo"], ["--gpu=voodoo"]])
def test_wrong_usage_is_two_and_a_sentence(arguments: list[str]) -> None:
    refused = run_script(*arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith("companion: ")
    assert refused.stderr.count("\n") == 1


def set_up_with(
    folder: Path, programs: dict[str, str], python: str, *arguments: str
) -> tuple[int, str, list[str]]:
    """Set a clone up with only these programs; returns exit code, last line, and apt-get's arguments."""
    calls = folder / "apt-calls"
    ran = run_script(
        "--setup",
        *arguments,
        root=clone_into(folder),
        PATH=tools(folder / "bin", programs),
        COMPANION_CACHE=str(folder / "cache"),
        COMPANION_PYTHON=python,
        SYSTEM="Linux",
        CALLS=str(calls),
        CUDA_HOME="/nowhere",
        CUDA_PATH="/nowhere",
    )
    return (
        ran.returncode,
        ran.stderr.splitlines()[-1],
        calls.read_text().splitlines() if calls.exists() else [],
    )


def test_without_rights_the_one_command_is_printed(tmp_path: Path) -> None:
    code, sentence, _ = set_up_with(tmp_path, NOT_ROOT, sys.executable)
    assert code == 1
    assert (
        "this installs it: sudo apt-get update && sudo apt-get install -y --no-install-recommends" in sentence
    )
    for package in ("cmake", "g++", "libportaudio2", "libxcb-cursor0", "libegl1"):
        assert f" {package}" in sentence
    assert "python3" not in sentence


def test_without_a_python_the_command_installs_one(tmp_path: Path) -> None:
    code, sentence, _ = set_up_with(tmp_path, NOT_ROOT, "/nowhere/python3")
    assert code == 1
    assert "python3 python3-dev python3-venv" in sentence


def test_a_python_without_venv_gets_its_own_package(tmp_path: Path) -> None:
    lacking = tmp_path / "lacking"
    lacking.write_text("#!/bin/sh\nprintf '/usr/bin/python3.12\\t3.12\\tvenv,headers\\n'\n")
    lacking.chmod(0o755)
    _, sentence, _ = set_up_with(tmp_path, NOT_ROOT, str(lacking))
    assert "python3.12-dev python3.12-venv" in sentence


def test_a_system_without_apt_is_told_what_is_missing(tmp_path: Path) -> None:
    programs = {name: lines for name, lines in NOT_ROOT.items() if not name.startswith("apt")}
    code, sentence, _ = set_up_with(tmp_path, programs, sys.executable)
    assert code == 1
    assert sentence.startswith("companion: Missing (by their Debian names): cmake g++ ")


@pytest.mark.parametrize("rights", ["root", "sudo"])
def test_with_rights_what_is_missing_is_installed(tmp_path: Path, rights: str) -> None:
    programs = NOT_ROOT | {"apt-get": 'echo "$@" >>"$CALLS"'}
    if rights == "root":
        programs["id"] = "echo 0"
    else:
        programs["sudo"] = 'if [ "$1" = -n ]; then exit 0; fi; exec "$@"'
    code, sentence, calls = set_up_with(tmp_path, programs, "/nowhere/python3", "--yes")
    assert code == 1
    assert sentence.startswith("companion: There is no Python 3.11, 3.12 or 3.13 with venv and headers here")
    assert calls[0] == "update -q"
    assert "--no-install-recommends cmake g++" in calls[1]
    assert "python3-venv" in calls[1]


def test_an_answer_is_not_waited_for_where_nobody_can_answer(tmp_path: Path) -> None:
    programs = NOT_ROOT | {"sudo": 'echo sudo >>"$CALLS"'}
    code, sentence, calls = set_up_with(tmp_path, programs, sys.executable)
    assert code == 1
    assert "this installs it: sudo apt-get" in sentence
    assert calls == []


def test_cuda_without_its_compiler_is_a_sentence(tmp_path: Path) -> None:
    code, sentence, _ = set_up_with(tmp_path, NOT_ROOT, sys.executable, "--gpu", "cuda")
    assert code == 1
    assert "install it, or use --gpu none" in sentence
