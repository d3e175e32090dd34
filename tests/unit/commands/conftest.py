"""Runs `companion` as a person would, with the small models where size doesn't matter."""

import subprocess
import sys

import pytest

from companion.settings_file import change


@pytest.fixture
def small_home(tmp_path):
    """A home that uses the small models."""
    home = tmp_path / "home"
    change(home, "weights.llm", "smollm2-135m")
    change(home, "weights.asr", "whisper-tiny.en")
    change(home, "llm.temperature", 0.0)
    change(home, "llm.max_tokens", 24)
    return home


@pytest.fixture
def companion(small_home):
    """Run a command; returns the finished process, its output as text."""

    def run(*arguments: object, text: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "companion", "--home", str(small_home), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, input=text, timeout=240)

    return run
