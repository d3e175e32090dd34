"""The load under which the sound is measured."""

import click.testing
import pytest

from companion.bench import audio
from companion.commands.bench import command
from companion.settings_file import change


@pytest.fixture
def home(tmp_path):
    """A home with models of its own choice."""
    change(tmp_path, "weights.llm", "smollm2-135m")
    change(tmp_path, "weights.asr", "whisper-tiny.en")
    return tmp_path


def test_the_load_is_the_chosen_models(home, monkeypatch):
    monkeypatch.setattr(audio, "run", lambda seconds, asr, llm: {"models": [asr.name, llm.name]})

    printed = click.testing.CliRunner().invoke(command, ["audio"], obj=str(home), catch_exceptions=False)

    assert '"whisper-tiny.en",\n    "smollm2-135m"' in printed.output


def test_the_load_works_until_it_is_ended_and_names_its_models(weights_dir):
    with audio._engines(weights_dir / "whisper-tiny.en", weights_dir / "smollm2-135m") as busy:
        names = busy.names

    assert names == "whisper-tiny.en, smollm2-135m"
    assert busy.rates().keys() == {"transcriptions_per_s", "tokens_per_s"}
