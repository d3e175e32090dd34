"""Loads Whisper through faster-whisper, on the device that is there, and says why it isn't a better one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# CTranslate2's OpenMP threads would otherwise spin between calls and take the cores from the other engines;
# libgomp reads this once, when the import below loads it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from companion.engines import Cancel, Cancelled, Never
from companion.errors import EngineError, SettingsError, WeightsError
from companion.settings import AsrSettings

FILES = ("model.bin", "config.json", "tokenizer.json")
"""What a model folder must hold; without tokenizer.json faster-whisper would try to download one."""

CPU_TYPE = "int8"
"""Arithmetic on the CPU. Whisper base on 3 s of speech, 2 cores: int8 0.16 s, float32 0.25 s, same words."""

FETCH = "run companion weights verify, then companion weights fetch asr"


class CancellableWhisper(WhisperModel):  # type: ignore[misc]  # faster-whisper has no types
    """faster-whisper's model, looking at `cancel` before each call into native code.

    The longest such call, a beam search over a full window, takes about half a second on 2 cores.
    """

    cancel: Cancel = Never()

    def look(self) -> None:
        """Raise `Cancelled` if the request under way was withdrawn."""
        if self.cancel.is_set():
            raise Cancelled

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Encode features float32[mels, frames], after a look at `cancel`."""
        self.look()
        return super().encode(features)

    def generate_with_fallback(self, *arguments: Any, **named: Any) -> Any:
        """Decode a window as faster-whisper does, after a look at `cancel`."""
        self.look()
        return super().generate_with_fallback(*arguments, **named)

    def find_alignment(self, *arguments: Any, **named: Any) -> Any:
        """Find word times as faster-whisper does, after a look at `cancel`."""
        self.look()
        return super().find_alignment(*arguments, **named)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to run, the device it is on ("cpu" or "cuda") and a sentence about why."""

    whisper: CancellableWhisper
    device: str
    note: str


def load(folder: Path, settings: AsrSettings) -> Loaded:
    """Load the CTranslate2 Whisper model in `folder` and run it once, so that what is missing shows now.

    Raises `WeightsError` for a folder that holds no working model, `EngineError` where `settings.device` asks
    for CUDA and there is none, `SettingsError` for a language the model doesn't understand.
    """
    _check_files(folder)
    device, note = _device(settings.device)
    if device == "cuda":
        try:
            loaded = Loaded(_open(folder, "cuda", settings.threads), "cuda", note)
        except WeightsError as error:
            # A GPU without its libraries (cuBLAS, cuDNN) or its memory looks like this too; the CPU tells.
            if settings.device == "cuda":
                raise EngineError(
                    f"Whisper can't run on the GPU ({error.__cause__}); set asr.device to auto or cpu."
                ) from error
            why = f"Whisper runs on the CPU, because it can't run on the GPU ({error.__cause__})."
            loaded = Loaded(_open(folder, "cpu", settings.threads), "cpu", why)
    else:
        loaded = Loaded(_open(folder, "cpu", settings.threads), "cpu", note)
    _check_language(loaded.whisper, folder, settings.language)
    return loaded


def _check_files(folder: Path) -> None:
    """Raise `WeightsError` unless `folder` holds the files of a model."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise WeightsError(f"The speech recogniser in {folder} lacks {', '.join(missing)}; {FETCH}.")


def _device(wanted: str) -> tuple[str, str]:
    """The device for the setting `wanted`, and a sentence about it; raises `EngineError` for none there."""
    if wanted == "cpu":
        return "cpu", "Whisper runs on the CPU, because asr.device says so."
    try:
        found = ctranslate2.get_cuda_device_count()
        why = "CTranslate2 finds no CUDA device on this machine"
    except (RuntimeError, ValueError) as error:
        found, why = 0, f"CTranslate2 can't ask for CUDA devices ({error})"
    if found:
        return "cuda", "Whisper runs on the GPU through CUDA."
    if wanted == "cuda":
        raise EngineError(f"Whisper can't run on the GPU: {why}; set asr.device to auto or cpu.")
    return "cpu", f"Whisper runs on the CPU, because {why}."


def _open(folder: Path, device: str, threads: int) -> CancellableWhisper:
    """Load the model and try it on some silence; raises `WeightsError` with the library's error as cause."""
    compute_type = CPU_TYPE if device == "cpu" else "float16"
    try:
        if compute_type not in ctranslate2.get_supported_compute_types(device):
            compute_type = "default"
        whisper = CancellableWhisper(
            str(folder), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        _match_mels(whisper)
        _try_out(whisper)
    except Exception as error:
        raise WeightsError(f"The speech recogniser in {folder} can't be loaded; {FETCH}.") from error
    return whisper


def _match_mels(whisper: CancellableWhisper) -> None:
    """Use as many mel bands as the model wants, also where its folder has no preprocessor_config.json."""
    mels = whisper.model.n_mels
    if whisper.feature_extractor.mel_filters.shape[0] != mels:
        whisper.feature_extractor = FeatureExtractor(**{**whisper.feat_kwargs, "feature_size": mels})


def _try_out(whisper: CancellableWhisper) -> None:
    """Recognise half a second of silence: warms the caches, and fails where a GPU library is missing."""
    encoded = whisper.encode(np.zeros((whisper.model.n_mels, 50), np.float32))
    start = whisper.hf_tokenizer.token_to_id("<|startoftranscript|>")
    if start is None:
        raise ValueError("the tokenizer is not Whisper's")
    whisper.model.generate(encoded, [[start]], beam_size=1, max_length=4)


def _check_language(whisper: CancellableWhisper, folder: Path, language: str) -> None:
    """Raise `SettingsError` for a language that the model doesn't understand."""
    if not language or language in whisper.supported_languages:
        return
    if not whisper.model.is_multilingual:
        raise SettingsError(
            f"The speech recogniser {folder.name} understands English only, not '{language}'; "
            "set asr.language to en, or choose another with companion weights use asr NAME."
        )
    raise SettingsError(
        f"Whisper knows no language '{language}'; set asr.language to a code such as en or de."
    )
