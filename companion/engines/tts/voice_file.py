"""Opens a Piper voice: its file, its configuration, and an onnxruntime session whose threads don't spin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.engines.tts.onnx_outputs import with_durations
from companion.errors import WeightsError, reason

if TYPE_CHECKING:
    from piper.voice import PiperVoice

SPOKEN_BY_ESPEAK = ("espeak", "text")
"""Phoneme types this program can speak; Piper's others need packages or downloads of their own."""

FETCH = "run `companion weights fetch tts`, or choose another voice with `companion weights use tts NAME`"


def open_voice(folder: Path, threads: int) -> PiperVoice:
    """The voice in `folder`, which holds one `*.onnx` and its `*.onnx.json`.

    Raises `WeightsError` where either is missing, broken, or of a kind that can't be spoken here.
    """
    model = voice_model(folder)
    config = _config(model)
    from piper.config import PiperConfig
    from piper.voice import PiperVoice

    try:
        parsed = PiperConfig.from_dict(config)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WeightsError(f"{model.name}.json doesn't describe a Piper voice ({error}): {FETCH}.") from error
    if parsed.phoneme_type.value not in SPOKEN_BY_ESPEAK:
        raise WeightsError(
            f"The voice {model.stem} needs a {parsed.phoneme_type.value} phonemizer, "
            "which Companion doesn't have: choose another voice with `companion weights use tts NAME`."
        )
    return PiperVoice(session=_session(model, threads), config=parsed, download_dir=folder)


def voice_model(folder: Path) -> Path:
    """The one `*.onnx` in `folder`. Raises `WeightsError` where there is none, or several."""
    models = sorted(folder.glob("*.onnx")) if folder.is_dir() else []
    if not models:
        raise WeightsError(f"There is no voice in {folder}: {FETCH}.")
    if len(models) > 1:
        raise WeightsError(f"There are {len(models)} voices in {folder}: keep one *.onnx in it.")
    return models[0]


def _config(model: Path) -> dict[str, Any]:
    path = model.with_name(model.name + ".json")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WeightsError(f"{path.name} is missing beside the voice in {model.parent}: {FETCH}.") from error
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} can't be read ({error}): {FETCH}.") from error
    if not isinstance(config, dict):
        raise WeightsError(f"{path.name} doesn't describe a Piper voice: {FETCH}.")
    return config


def _session(model: Path, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads would take the cores from the engines that work at the same time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    # It plans memory for each length of input it has seen, and no two sentences have the same: 43 MB after 40
    # sentences, and no faster. (Without the arena 100 MB more would go, but speech takes a third longer.)
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    try:
        content = with_durations(model.read_bytes())
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except (OSError, ValueError) as error:
        raise WeightsError(f"The voice {model} can't be read ({error}): {FETCH}.") from error
    except Exception as error:
        raise WeightsError(f"The voice {model} is broken ({reason(error)}): {FETCH}.") from error
