"""Silero v6 through onnxruntime: the probability of speech in 32 ms windows."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.engines.vad import WINDOW
from companion.errors import EngineError, WeightsError

CONTEXT = 64
"""Samples of the window before that the model takes in front of each window."""

STATE = (1, 1, 128)
"""Shape of the two recurrent states, h and c."""

FADE = np.float32(0.5 ** (WINDOW / 16_000 / 16.0))
"""What is left of the cell state c after a window: half of it after 16 s. Left alone it grows while nobody
speaks, and then speech is noticed late: by 0.26 s on average and up to 0.61 s after two minutes of a kitchen
(23 recordings), more than the pre-roll holds. Faded like this it is 0.03 s and 0.13 s, at the price of three
short false alarms in those two minutes. Half after 24 s is late as well; half after 1 s: seven alarms."""

MODEL = "silero_vad_v6.onnx"
"""File name of the model among faster-whisper's assets."""


def model_path() -> Path:
    """Where faster-whisper keeps the model; found without importing it, because that takes most of a second.

    Raises `WeightsError` when faster-whisper isn't installed or comes without the file.
    """
    found = importlib.util.find_spec("faster_whisper")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "assets" / MODEL
        if path.is_file():
            return path
    raise WeightsError(
        f"The speech detector's model {MODEL} is missing from the faster-whisper package; "
        "run scripts/run --setup to install it again."
    )


class SileroDetector:
    """A `SpeechDetector` on one thread: about 0.1 ms a window (measured on a 2-core x86-64).

    It keeps the model's recurrent state and the last 64 samples between windows, so windows must follow
    each other without gaps; after a gap, `reset`. Raises `WeightsError` when the model can't be loaded.
    """

    def __init__(self, model: Path | None = None) -> None:
        """Load the model from `model`, or from faster-whisper's assets."""
        import onnxruntime

        path = model or model_path()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise WeightsError(
                f"The speech detector's model {path} can't be loaded ({type(error).__name__}); "
                "run scripts/run --setup to install it again."
            ) from error
        self.reset()

    def reset(self) -> None:
        """Forget the sound so far: the next window starts a new stream."""
        self._h = np.zeros(STATE, np.float32)
        self._c = np.zeros(STATE, np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probability(self, window: NDArray[np.float32]) -> float:
        """Probability in 0..1 that `window` (float32[512], 16 kHz mono, -1..1) holds speech.

        Raises `EngineError` when the window has another length or values that aren't numbers.
        """
        if window.shape != (WINDOW,):
            raise EngineError(f"The speech detector takes windows of {WINDOW} samples, not {window.shape}.")
        return float(self.probabilities(window)[0])

    def probabilities(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """The probability of each window of `audio`: float32[n * 512] to float32[n].

        The stream goes on from the last window heard. Raises `EngineError` as `probability` does.
        """
        if audio.ndim != 1 or audio.size % WINDOW:
            raise EngineError(f"The speech detector takes whole windows of {WINDOW} samples.")
        if not np.isfinite(audio).all():
            # One such value would stay in the recurrent state and deafen the stream for good.
            raise EngineError("The sound holds values that are not numbers; check the microphone's driver.")
        windows = audio.astype(np.float32, copy=False).reshape(-1, WINDOW)
        return np.array([self._next(window) for window in windows], np.float32)

    def _next(self, window: NDArray[np.float32]) -> float:
        """Probability of the next window, one call to the model."""
        sound = np.concatenate([self._context, window])[None]
        probability, self._h, c = self._session.run(None, {"input": sound, "h": self._h, "c": self._c})
        self._c = c * FADE
        self._context = window[-CONTEXT:].copy()
        return float(np.asarray(probability).reshape(-1)[0])
