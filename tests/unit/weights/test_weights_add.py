"""Adding one's own models: from this disk, from a hub, a voice by its name."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_server import COMMIT, Hub, serving
from weights_index import noise

from companion.errors import WeightsError
from companion.weights import added, hub, presence
from companion.weights.add import add
from companion.weights.fetch import fetch
from companion.weights.presence import State

GGUF = b"GGUF" + noise(2, 24_000_000)
VOICE = "en/en_GB/semaine/medium/en_GB-semaine-medium.onnx"
REPOS = {
    "own/talker-GGUF": {
        "talker-Q4_K_M.gguf": GGUF,
        "talker-Q8_0.gguf": b"GGUF more",
        "README.md": b"# Talker",
    },
    "own/one": {"sub/Only One.gguf": b"GGUF one"},
    "own/several": {"a.gguf": b"GGUF a", "b.gguf": b"GGUF b"},
    "own/split": {"big-00001-of-00002.gguf": b"GGUF 1", "big-00002-of-00002.gguf": b"GGUF 2"},
    "own/whisper": {
        "model.bin": b"weights",
        "config.json": b"{}",
        "vocabulary.txt": b"a b",
        "README.md": b"#",
    },
    "own/cat": {"cat.jpg": b"a picture"},
    "rhasspy/piper-voices": {
        VOICE: b"onnx",
        f"{VOICE}.json": b'{"audio": {}}',
        "en/en_US/kristin/medium/en_US-kristin-medium.onnx": b"another voice",
        "en/en_US/kristin/medium/en_US-kristin-medium.onnx.json": b"{}",
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[Hub]:
    with serving(REPOS) as running:
        yield running


@pytest.fixture
def local_hub(server: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    server.lie, server.break_after = {}, None
    server.requests.clear()
    server.ranges.clear()
    return server


def test_a_model_of_the_hub_is_fetched_pinned_and_registered(local_hub: Hub, models: Path) -> None:
    looked_at: list[bytes] = []

    def check(path: Path) -> None:
        looked_at.append(path.read_bytes()[:4])

    model = add("hf:own/talker-GGUF", models, added.load(models), check=check)

    assert (model.role, model.name, model.licence) == ("llm", "talker-q4_k_m", "mit")
    assert looked_at == [b"GGUF"]
    assert (models / model.name / "model.gguf").read_bytes() == GGUF
    known = added.load(models).get(model.name)
    assert known == model
    assert known.pinned
    assert known.sources[0].revision == COMMIT
    assert presence.look(known, models) is State.THERE


def test_a_download_that_broke_off_goes_on_where_it_stopped(local_hub: Hub, models: Path) -> None:
    local_hub.break_after = 15_000_000

    add("hf:own/talker-GGUF", models, added.load(models))

    assert (models / "talker-q4_k_m" / "model.gguf").read_bytes() == GGUF
    assert len(local_hub.ranges) == 1
    assert int(local_hub.ranges[0].removeprefix("bytes=").rstrip("-").split("-")[0]) > 0


def test_bytes_that_differ_from_the_hubs_own_hash_are_refused(local_hub: Hub, models: Path) -> None:
    local_hub.lie["sub/Only One.gguf"] = b"GGUF 0ne"

    with pytest.raises(WeightsError, match="wrong hash"):
        add("hf:own/one", models, added.load(models))
    assert list(models.rglob("*.gguf")) == []

    local_hub.lie.clear()
    assert add("hf:own/one", models, added.load(models)).name == "only-one"


def test_a_pinned_model_is_held_to_its_pin(
    local_hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = add("hf:own/one", models, added.load(models))
    (models / model.name / "model.gguf").unlink()
    changed = {**REPOS["own/one"], "sub/Only One.gguf": b"GGUF two"}
    monkeypatch.setitem(local_hub.repos, "own/one", changed)

    with pytest.raises(WeightsError, match="wrong hash"):
        fetch(added.load(models).get(model.name), models)


def test_a_gguf_the_engine_refuses_is_not_kept(local_hub: Hub, models: Path) -> None:
    def check(path: Path) -> None:
        raise WeightsError(f"{path.name} has a broken header: get it again.")

    with pytest.raises(WeightsError, match="broken header"):
        add("hf:own/one", models, added.load(models), check=check)
    assert list(models.rglob("*.gguf")) == []
    assert not (models / "added.toml").exists()


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        ("hf:own/several", r"several models \(a\.gguf, b\.gguf\): name one"),
        ("hf:own/several:c.gguf", r"no file c\.gguf"),
        ("hf:own/split:big-00001-of-00002.gguf", "several pieces"),
        ("hf:own/cat", "no GGUF file"),
        ("hf:own/cat:cat.jpg", "neither a GGUF file nor"),
        ("hf:own/nothing", "no repository"),
        ("hf:own/../x", "no "),
        ("piper:amy", "no name of a Piper voice"),
        ("piper:en_GB-nobody-medium", "has no file"),
        ("/nowhere/model.gguf", "There is no"),
    ],
)
def test_what_cannot_be_added_is_refused_in_a_sentence(
    local_hub: Hub, models: Path, uri: str, what: str
) -> None:
    with pytest.raises(WeightsError, match=what) as caught:
        add(uri, models, added.load(models))
    assert "\n" not in str(caught.value)
    assert len(added.load(models).models) == len(added.load(models / "none").models)


def test_a_named_file_of_several_is_taken(local_hub: Hub, models: Path) -> None:
    model = add("hf:own/several:b.gguf", models, added.load(models))

    assert (models / model.name / "model.gguf").read_bytes() == b"GGUF b"


def test_a_whisper_of_the_hub_brings_its_vocabulary(local_hub: Hub, models: Path) -> None:
    model = add("hf:own/whisper", models, added.load(models))

    assert model.role == "asr"
    assert sorted(path.name for path in (models / "whisper").iterdir()) == [
        "config.json",
        "model.bin",
        "vocabulary.txt",
    ]


def test_a_voice_is_found_by_its_name(local_hub: Hub, models: Path) -> None:
    model = add("piper:en_GB-semaine-medium", models, added.load(models))

    assert (model.role, model.name, model.languages) == ("tts", "piper-en_GB-semaine-medium", ("en",))
    assert (models / model.name / "en_GB-semaine-medium.onnx.json").read_bytes() == b'{"audio": {}}'


def test_a_voice_the_catalogue_knows_is_held_to_the_catalogue(local_hub: Hub, models: Path) -> None:
    with pytest.raises(WeightsError, match=r"wrong hash or length"):
        add("piper:en_US-kristin-medium", models, added.load(models))


def test_a_hub_out_of_reach_is_one_sentence(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")

    with pytest.raises(WeightsError, match=r"http://127\.0\.0\.1:9 could not be reached") as caught:
        hub.listing("own/one", "main")
    assert "\n" not in str(caught.value)


def test_nothing_is_asked_of_the_hub_but_what_was_wanted(local_hub: Hub, models: Path) -> None:
    add("hf:own/one", models, added.load(models))

    assert {path.split("/")[-1] for path in local_hub.requests if "api" not in path} == {"Only%20One.gguf"}
    assert all("own/one" in path for path in local_hub.requests)


def test_a_file_of_this_disk_is_added_and_survives_its_original(models: Path, tmp_path: Path) -> None:
    original = tmp_path / "My Model.Q4.gguf"
    original.write_bytes(b"GGUF mine")

    model = add(str(original), models, added.load(models))
    original.unlink()

    assert (model.role, model.name) == ("llm", "my-model.q4")
    assert (models / "my-model.q4" / "model.gguf").read_bytes() == b"GGUF mine"
    assert presence.look(added.load(models).get("my-model.q4"), models) is State.THERE


def test_a_gguf_of_this_disk_is_looked_at_first(models: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF bad")

    def check(path: Path) -> None:
        raise WeightsError("Its chat template can't be rendered.")

    with pytest.raises(WeightsError, match="chat template"):
        add(str(tmp_path / "bad.gguf"), models, added.load(models), check=check)
    assert not (models / "bad").exists()


def test_a_folder_with_whisper_and_a_voice_are_known_by_their_files(models: Path, tmp_path: Path) -> None:
    whisper = tmp_path / "Whisper Mine"
    whisper.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json", "notes.txt"):
        (whisper / name).write_text(name)
    voice = tmp_path / "de_DE-me-medium.onnx"
    voice.write_bytes(b"onnx")
    Path(f"{voice}.json").write_text(json.dumps({}))

    one = add(str(whisper), models, added.load(models))
    two = add(str(voice), models, added.load(models))

    assert (one.role, one.name) == ("asr", "whisper-mine")
    assert not (models / one.name / "notes.txt").exists()
    assert (two.role, two.name, two.languages) == ("tts", "piper-de_DE-me-medium", ("de",))
    assert {model.name for model in added.load(models) if model.added} == {one.name, two.name}


@pytest.mark.parametrize("name", ["voice.onnx", "text.txt", "empty.gguf"])
def test_half_a_voice_other_files_and_empty_ones_are_refused(models: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"" if name.startswith("empty") else b"x")

    with pytest.raises(WeightsError, match=name.split(".")[0]):
        add(str(tmp_path / name), models, added.load(models))


def test_a_model_called_like_the_users_catalogue_is_a_model_like_any_other(
    models: Path, tmp_path: Path
) -> None:
    (tmp_path / "added.gguf").write_bytes(b"GGUF mine")

    for _ in range(2):
        add(str(tmp_path / "added.gguf"), models, added.load(models))

    assert presence.look(added.load(models).get("added"), models) is State.THERE


@pytest.mark.parametrize("name", ["added.toml", "catalog.toml"])
def test_a_model_called_like_a_file_of_the_folder_is_refused(models: Path, tmp_path: Path, name: str) -> None:
    (models / "catalog.toml").write_text("")
    (tmp_path / f"{name}.gguf").write_bytes(b"GGUF mine")

    with pytest.raises(WeightsError, match=f"{name} is the name of a file of Companion's own"):
        add(str(tmp_path / f"{name}.gguf"), models, added.load(models))
    assert not (models / name).is_dir()


def test_a_full_disk_while_a_model_is_registered_is_one_sentence(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.gguf").write_bytes(b"GGUF mine")

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("companion.weights.disk.write_whole", full)
    with pytest.raises(WeightsError, match="is full: make room"):
        add(str(tmp_path / "mine.gguf"), models, added.load(models))


def test_a_process_killed_while_it_adds_leaves_no_lock(models: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.gguf").write_bytes(b"GGUF mine")
    killed = f"""
import os, signal
from pathlib import Path
from companion.weights import added
from companion.weights.add import add

added._table = lambda model: os.kill(os.getpid(), signal.SIGKILL)
add({str(tmp_path / "mine.gguf")!r}, Path({str(models)!r}), added.load(Path({str(models)!r})))
"""
    finished = subprocess.run([sys.executable, "-c", killed], timeout=60)
    assert finished.returncode == -signal.SIGKILL

    add(str(tmp_path / "mine.gguf"), models, added.load(models))

    assert presence.look(added.load(models).get("mine"), models) is State.THERE


def test_a_name_that_is_taken_is_refused(models: Path, tmp_path: Path) -> None:
    (tmp_path / "smollm2-135m.gguf").write_bytes(b"GGUF other")

    with pytest.raises(WeightsError, match="already another model called smollm2-135m"):
        add(str(tmp_path / "smollm2-135m.gguf"), models, added.load(models))
