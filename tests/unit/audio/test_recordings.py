"""Recordings: any common file is read, others are refused with one sentence; files are written whole."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.audio import RATE
from companion.audio.recordings import blocks, read, write
from companion.errors import AudioError


def hum(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    sound = 0.3 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(sound[:, None], channels, axis=1)


def pitch(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE / len(sound))


def sentence(error: pytest.ExceptionInfo[AudioError], path: Path) -> None:
    text = str(error.value)
    assert str(path) in text
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("name", "rate", "channels", "subtype"),
    [
        ("a.wav", 16_000, 1, "PCM_16"),
        ("a.wav", 8_000, 1, "PCM_U8"),
        ("a.wav", 44_100, 2, "PCM_24"),
        ("a.wav", 96_000, 6, "FLOAT"),
        ("a.wav", 11_025, 1, "ULAW"),
        ("a.flac", 48_000, 2, "PCM_16"),
        ("a.ogg", 44_100, 1, "VORBIS"),
        ("a.mp3", 22_050, 1, "MPEG_LAYER_III"),
    ],
)
def test_reads(tmp_path: Path, name: str, rate: int, channels: int, subtype: str) -> None:
    path = tmp_path / name
    soundfile.write(path, hum(1.0, rate, channels), rate, subtype=subtype)
    sound = read(path)
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(RATE, abs=2400)
    assert np.abs(sound).max() == pytest.approx(0.3, abs=0.05)
    assert pitch(sound[2000:14000]) == pytest.approx(300, abs=2)


def test_a_long_recording_comes_in_small_blocks(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, hum(95.0, 8_000), 8_000, subtype="PCM_U8")
    sizes = [len(block) for block in blocks(path)]
    assert max(sizes) <= 11 * RATE
    assert sum(sizes) == 95 * RATE


@settings(max_examples=25, deadline=None)
@given(rate=st.integers(4_000, 96_000), length=st.integers(1, 5_000))
def test_length_is_kept(tmp_path_factory: pytest.TempPathFactory, rate: int, length: int) -> None:
    path = tmp_path_factory.getbasetemp() / "length.wav"
    write(path, np.zeros(length, np.int16), rate)
    assert abs(sum(len(block) for block in blocks(path)) - length * RATE / rate) <= 1


def _make(path: Path, kind: str) -> Path:
    """A file that is wrong in the way `kind` says."""
    if kind == "missing":
        return path
    if kind == "folder":
        path.mkdir()
        return path
    data = {"empty": b"", "text": b"This is a letter, not a recording.\n" * 40, "header": b"RIFF\x24\x00"}
    if kind in data:
        path.write_bytes(data[kind])
        return path
    samples = np.zeros(1000)
    samples[500] = {"nan": np.nan, "infinite": np.inf, "huge": 1e30}.get(kind, 0.1)
    soundfile.write(path, samples[: 0 if kind == "no samples" else 1000], 16_000, subtype="FLOAT")
    if kind == "cut off":
        path.write_bytes(path.read_bytes()[:-2000])
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", "doesn't exist"),
        ("folder", "folder"),
        ("empty", "empty"),
        ("text", "isn't a recording"),
        ("header", "isn't a recording"),
        ("no samples", "no sound"),
        ("nan", "damaged"),
        ("infinite", "damaged"),
        ("huge", "damaged"),
        ("cut off", "cut off"),
    ],
)
def test_refuses_with_one_sentence(tmp_path: Path, kind: str, says: str) -> None:
    path = _make(tmp_path / "bad.wav", kind)
    with pytest.raises(AudioError, match=says) as error:
        read(path)
    sentence(error, path)


def test_a_file_closed_to_us_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.wav"
    write(path, np.zeros(10, np.int16), RATE)
    real: Callable[..., object] = Path.open

    def refuse(self: Path, *args: object, **kwargs: object) -> object:
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)  # root may read everything, so the refusal is made up
    with pytest.raises(AudioError, match="permissions") as error:
        read(path)
    sentence(error, path)


def test_write_reads_back_and_belongs_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    samples = (hum(0.5, RATE)[:, 0] * 32767).astype(np.int16)
    write(path, samples, RATE)
    assert np.allclose(read(path), samples / 32768, atol=1e-3)
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["out.wav"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    write(path, np.ones(100, np.int16), RATE)
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(AudioError, match="disk is full") as error:
            write(path, np.zeros(200, np.int16), RATE)
    sentence(error, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["out.wav"]


def test_writing_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "out.wav"
    with pytest.raises(AudioError, match="folder") as error:
        write(path, np.zeros(10, np.int16), RATE)
    sentence(error, path)


def test_a_recording_from_a_pipe_may_not_know_its_length(tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    write(path, np.full(1600, 1000, np.int16), RATE)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"data") + 4
    raw[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    assert len(read(path)) == 1600


@pytest.mark.parametrize("name", ["a.flac", "a.mp3"])
def test_other_formats_cut_off(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    rng = np.random.default_rng(0)
    soundfile.write(path, rng.normal(0, 0.1, 48_000), RATE)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"cut off|can be read") as error:
        read(path)
    sentence(error, path)
