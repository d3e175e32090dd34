"""What every command does when something goes wrong."""

import os
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest

from companion.cli import run


@pytest.fixture
def clumsy(monkeypatch):
    """Makes `companion doctor` fail with an error that nobody foresaw."""

    def fail_with(error: Exception) -> None:
        def command() -> None:
            raise error

        doctor = SimpleNamespace(command=click.command()(command))
        monkeypatch.setitem(sys.modules, "companion.commands.doctor", doctor)

    return fail_with


def companion(*arguments: str, encoding: str = "utf-8", stdout=subprocess.PIPE):
    """Run a command; its output is bytes."""
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "companion", *arguments]
    return subprocess.run(command, env=env, stdout=stdout, stderr=subprocess.PIPE)


def test_what_nobody_foresaw_is_one_sentence(clumsy, capsys):
    clumsy(KeyError("the\nlamp"))

    assert run(["doctor"]) == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("companion: Something went wrong in Companion itself (KeyError: 'the\\nlamp')")
    assert "COMPANION_DEBUG=1" in said


def test_its_traceback_can_be_had(clumsy, monkeypatch):
    clumsy(KeyError("lamp"))
    monkeypatch.setenv("COMPANION_DEBUG", "1")

    with pytest.raises(KeyError):
        run(["doctor"])


def test_a_full_disk_is_named(clumsy, capsys):
    clumsy(OSError(28, "No space left on device"))

    assert run(["doctor"]) == 1
    assert "free some" in capsys.readouterr().err


def test_output_that_can_not_be_written_is_said_in_a_sentence():
    with open("/dev/full", "w") as full:
        finished = companion("settings", "show", stdout=full)

    lines = finished.stderr.decode().splitlines()
    assert finished.returncode == 1
    assert len(lines) == 1
    assert "no space left" in lines[0]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_letters_that_the_terminal_lacks_end_nothing(encoding, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text('[audio]\ninput = "Mikrofon – Büro 東"\n', encoding="utf-8")

    finished = companion("--home", str(tmp_path), "settings", "show", encoding=encoding)

    assert (finished.returncode, finished.stderr) == (0, b"")
    assert b"Mikrofon" in finished.stdout


def test_a_log_that_nobody_keeps_is_not_printed():
    code = "import logging, companion; logging.getLogger('companion.audio').error('the microphone')"

    finished = subprocess.run([sys.executable, "-c", code], capture_output=True)

    assert finished.stderr == b""


def test_a_reader_who_has_had_enough_is_no_failure():
    reading, writing = os.pipe()
    os.close(reading)

    done = companion("settings", stdout=writing)

    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
