"""`companion hear`: what it tells of, and how it ends."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from companion import app
from companion.audio import recordings
from companion.commands import hear
from companion.dialogue import events as e
from companion.dialogue.state import State

WHY = "The model failed: see `companion doctor`."
ANSWERED = (e.CommitUserTurn(1, 1, "hello."), e.CommitCompanionTurn(1, "Hi.", interrupted=False))
FAILED = (e.CommitUserTurn(2, 2, "and now?"), e.EngineFailed("llm", 2, WHY), e.Tell(WHY))


@pytest.fixture
def heard(tmp_path, monkeypatch):
    """`companion hear` on a recording in which something happens."""

    def run(happens, *options):
        recording = tmp_path / "recording.wav"
        recordings.write(recording, np.ones(16_000, np.int16), 16_000)

        def played(parts, audio, ledger):
            for what in happens:
                ledger.happened(what, 1.0, State())
            return []

        parts = SimpleNamespace(settings=None, close=lambda: None)
        monkeypatch.setattr(app, "load_parts", lambda *_: parts)
        monkeypatch.setattr(hear, "_at_once", played)
        return CliRunner().invoke(hear.command, [str(recording), *options], obj=str(tmp_path / "home"))

    return run


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_turn_that_a_failed_engine_left_without_an_answer_is_told_and_fails(heard, options):
    done = heard((*ANSWERED, *FAILED), *options)

    assert done.exit_code == 1
    assert done.stderr.strip() == WHY
    assert "hello." in done.stdout


def test_an_utterance_that_could_not_be_made_out_fails(heard):
    assert heard((*ANSWERED, e.EngineFailed("asr", 2, WHY), e.Tell(WHY))).exit_code == 1


def test_json_stays_json_where_something_is_told(heard):
    done = heard((*ANSWERED, e.Tell("The pace of her voice is 0.90.")), "--json")

    assert done.exit_code == 0
    assert json.loads(done.stdout)["reply"] == "Hi."
    assert done.stderr.strip() == "The pace of her voice is 0.90."


def test_a_judge_that_fails_is_told_and_fails_nothing(heard):
    done = heard((*ANSWERED, e.EngineFailed("endpoint", 1, WHY), e.Tell(WHY)))

    assert (done.exit_code, done.stderr.strip()) == (0, WHY)
