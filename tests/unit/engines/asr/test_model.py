"""Loading Whisper, and what is said when it can't be."""

import shutil
from pathlib import Path

import ctranslate2
import pytest

from companion.engines.asr.model import load
from companion.errors import EngineError, SettingsError, WeightsError
from companion.settings import AsrSettings


@pytest.fixture
def copied(weights_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "whisper-tiny.en"
    shutil.copytree(weights_dir / "whisper-tiny.en", folder)
    return folder


def test_a_sentence_says_why_it_is_not_on_the_gpu(weights_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)

    loaded = load(weights_dir / "whisper-tiny.en", AsrSettings())

    assert loaded.device == "cpu"
    assert loaded.note == (
        "Whisper runs on the CPU, because CTranslate2 finds no CUDA device on this machine."
    )


def test_a_gpu_that_does_not_work_falls_back_to_the_cpu(
    weights_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", _no_driver)

    loaded = load(weights_dir / "whisper-tiny.en", AsrSettings())

    assert loaded.device == "cpu"
    assert "can't run on the GPU (CUDA driver version is insufficient)" in loaded.note


def test_a_gpu_that_is_asked_for_must_be_there(weights_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)

    with pytest.raises(EngineError, match=r"finds no CUDA device.*asr\.device"):
        load(weights_dir / "whisper-tiny.en", AsrSettings(device="cuda"))


def test_a_gpu_that_is_asked_for_must_work(weights_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(ctranslate2, "get_supported_compute_types", _no_driver)

    with pytest.raises(EngineError, match="insufficient"):
        load(weights_dir / "whisper-tiny.en", AsrSettings(device="cuda"))


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()

    with pytest.raises(WeightsError, match=f"lacks {name}.*fetch asr"):
        load(copied, AsrSettings())


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "config.json"])
def test_a_truncated_file_is_one_sentence(copied: Path, name: str) -> None:
    whole = (copied / name).read_bytes()
    (copied / name).write_bytes(whole[: len(whole) // 2])

    with pytest.raises(WeightsError, match="can't be loaded; run companion weights"):
        load(copied, AsrSettings())


def test_an_english_model_says_so(weights_dir: Path) -> None:
    with pytest.raises(SettingsError, match="English only, not 'de'"):
        load(weights_dir / "whisper-tiny.en", AsrSettings(language="de"))


def test_a_language_that_is_none_is_named(weights_dir: Path) -> None:
    with pytest.raises(SettingsError, match="no language 'klingon'"):
        load(weights_dir / "whisper-base", AsrSettings(language="klingon"))


def _no_driver(device: str) -> set[str]:
    if device == "cuda":
        raise RuntimeError("CUDA driver version is insufficient")
    return {"int8", "float32"}
