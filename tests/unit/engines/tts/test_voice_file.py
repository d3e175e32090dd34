"""Voices that can't be opened say why in one sentence."""

import json
import shutil
from pathlib import Path

import pytest

from companion.engines.tts.voice_file import open_voice
from companion.errors import WeightsError

NAME = "en_US-joe-medium.onnx"


@pytest.fixture
def voice(weights_dir: Path, tmp_path: Path) -> Path:
    """A folder with the default voice, whose files may be spoilt."""
    for file in (NAME, f"{NAME}.json"):
        shutil.copy(weights_dir / "piper-en_US-joe-medium" / file, tmp_path / file)
    return tmp_path


def test_an_empty_or_missing_folder(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(WeightsError, match="companion weights fetch tts"):
            open_voice(folder, 1)


def test_two_voices_in_one_folder(voice: Path) -> None:
    shutil.copy(voice / NAME, voice / "other.onnx")
    with pytest.raises(WeightsError, match="2 voices"):
        open_voice(voice, 1)


def test_a_truncated_voice(voice: Path) -> None:
    content = (voice / NAME).read_bytes()
    (voice / NAME).write_bytes(content[:1_000_000])
    with pytest.raises(WeightsError, match="companion weights fetch tts"):
        open_voice(voice, 1)


def test_a_file_that_is_no_voice(voice: Path) -> None:
    (voice / NAME).write_bytes(b"<html>not found</html>" * 50)
    with pytest.raises(WeightsError, match="companion weights fetch tts"):
        open_voice(voice, 1)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"audio": 3}', '{"num_symbols": 1, "num_speakers": 1}']
)
def test_a_broken_configuration(voice: Path, content: str) -> None:
    (voice / f"{NAME}.json").write_text(content)
    with pytest.raises(WeightsError, match=r"\.json"):
        open_voice(voice, 1)


def test_a_missing_configuration(voice: Path) -> None:
    (voice / f"{NAME}.json").unlink()
    with pytest.raises(WeightsError, match="missing"):
        open_voice(voice, 1)


def test_a_voice_that_would_download_its_phonemizer_is_refused(voice: Path) -> None:
    config = json.loads((voice / f"{NAME}.json").read_text())
    (voice / f"{NAME}.json").write_text(json.dumps(config | {"phoneme_type": "pinyin"}))
    with pytest.raises(WeightsError, match="pinyin"):
        open_voice(voice, 1)


def test_a_voice_whose_failure_says_nothing(voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(onnxruntime, "InferenceSession", fail)
    with pytest.raises(WeightsError, match=r"is broken \(RuntimeError\)"):
        open_voice(voice, 1)


def test_memory_is_not_planned_for_every_length_of_sentence(voice: Path) -> None:
    assert open_voice(voice, 1).session.get_session_options().enable_mem_pattern is False
