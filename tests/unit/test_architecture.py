"""The papers say what the code does."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from companion.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_diagrams_are_drawn_from_the_table_of_states_and_from_a_fresh_store():
    checked = subprocess.run([sys.executable, ROOT / "scripts" / "diagram", "--check"], capture_output=True)

    assert checked.returncode == 0, checked.stderr.decode()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name):
    command = cli.get_command(click.Context(cli), name)

    for each in [command, *getattr(command, "commands", {}).values()]:
        assert "Example" in each.help, each.name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name):
    assert f"companion {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_line_imports_nothing_heavy():
    heavy = "numpy onnxruntime faster_whisper llama_cpp piper huggingface_hub sounddevice apsw rich"
    code = f"import sys, companion.cli; sys.exit([m for m in '{heavy}'.split() if m in sys.modules] or 0)"

    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)

    assert imported.returncode == 0, imported.stderr
