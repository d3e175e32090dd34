"""Recordings: reads any common sound file as 16 kHz mono, and writes WAV files whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio import RATE
from companion.errors import AudioError

BLOCK_SECONDS = 10.0
"""Length of a block of `blocks`: about 2 MB at 48 kHz, whatever the length of the recording."""

LOUDEST = 4.0
"""Float recordings may go over full scale a little; beyond this (12 dB) the samples aren't sound."""

_UNKNOWN_LENGTH = 0x7FFF0000


def read(path: Path | str) -> NDArray[np.float32]:
    """The whole recording as float32[n], 16 kHz mono, -1..1. WAV, FLAC, OGG, MP3 and what else libsndfile
    reads, of any rate, width and channel count (channels are averaged).

    Raises `AudioError` with one sentence when it is missing, unreadable, no recording, empty or broken.
    """
    pieces = list(blocks(path))
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def blocks(path: Path | str) -> Iterator[NDArray[np.float32]]:
    """The recording as float32[n] blocks of about `BLOCK_SECONDS`, 16 kHz mono, so that an hour takes no more
    memory than a minute. Raises `AudioError` as `read` does, at the first block or where the file breaks."""
    import soundfile
    import soxr

    place = Path(path)
    _check_file(place)
    try:
        with place.open("rb") as file, soundfile.SoundFile(file) as sound:
            rate = sound.samplerate
            resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")
            yield from _resampled(place, sound, resampler, round(rate * BLOCK_SECONDS))
    except PermissionError as error:
        raise AudioError(f"{place} can't be read: its permissions don't allow it.") from error
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{place} isn't a recording that can be read: {_reason(error)}.") from error
    except OSError as error:
        raise AudioError(f"{place} can't be read: {error.strerror or error}.") from error


def write(path: Path | str, samples: NDArray[np.int16], rate: int) -> None:
    """Write mono int16[n] samples as a WAV file at `rate` hertz, whole or not at all (a temporary file
    beside it, then a rename), readable by its owner only. Raises `AudioError` when the disk is full or
    closed to us."""
    import soundfile

    place = Path(path)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}-", suffix=".part", dir=place.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            soundfile.write(file, samples, rate, subtype="PCM_16", format="WAV")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
        temporary = None
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(_cannot_write(place, error)) from error
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                temporary.unlink()


def _check_file(place: Path) -> None:
    try:
        if place.is_dir():
            raise AudioError(f"{place} is a folder: name the recording in it.")
        size = place.stat().st_size
    except FileNotFoundError as error:
        raise AudioError(f"{place} doesn't exist: check the name of the recording.") from error
    except OSError as error:
        raise AudioError(f"{place} can't be read: {error.strerror}.") from error
    if place.is_file() and size == 0:
        raise AudioError(f"{place} is empty: record it again.")


def _resampled(place: Path, sound: Any, resampler: Any, size: int) -> Iterator[NDArray[np.float32]]:
    """Decode, mix down and resample block by block. A file shorter than its header says is refused."""
    _check_length(place, sound.extra_info)
    promised, decoded = sound.frames, 0
    while len(block := sound.read(size, dtype="float32", always_2d=True)):
        decoded += len(block)
        mono = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)
        _check_samples(place, mono)
        heard = resampler.resample_chunk(np.ascontiguousarray(mono))
        if len(heard):
            yield np.clip(heard, -1.0, 1.0)
    if decoded == 0:
        raise AudioError(f"{place} holds no sound at all: record it again.")
    if promised - decoded > sound.samplerate // 2:
        raise AudioError(_cut_off(place))
    rest = resampler.resample_chunk(np.zeros(0, np.float32), last=True)
    if len(rest):
        yield np.clip(rest, -1.0, 1.0)


def _check_length(place: Path, log: str) -> None:
    """libsndfile reads a file shorter than its header says, and only its log tells. A program that wrote
    it into a pipe couldn't know the length and put the largest number there: that is no mistake."""
    for says, has in re.findall(r"(?:data|SSND) : (\d+) \(should be (\d+)\)", log):
        if int(has) < int(says) < _UNKNOWN_LENGTH:
            raise AudioError(_cut_off(place))


def _cut_off(place: Path) -> str:
    return f"{place} is cut off, its end is missing: copy or record it again."


def _check_samples(place: Path, mono: NDArray[np.float32]) -> None:
    peak = float(np.abs(mono).max())
    if not np.isfinite(peak):
        raise AudioError(f"{place} is damaged: some of its samples aren't numbers (NaN or infinite).")
    if peak > LOUDEST:
        raise AudioError(f"{place} is damaged: its samples are far outside -1..1 (peak {peak:.3g}).")


def _reason(error: Exception) -> str:
    text = str(getattr(error, "error_string", error)).strip().rstrip(".")
    return text[:1].lower() + text[1:] or "it is broken or cut off"


def _cannot_write(place: Path, error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return f"{place} can't be written, the disk is full: free some space or choose another place."
    if isinstance(error, FileNotFoundError):
        return f"{place} can't be written: the folder {place.parent} doesn't exist."
    reason = getattr(error, "strerror", None) or _reason(error)
    return f"{place} can't be written: {reason[:1].lower() + reason[1:]}."
