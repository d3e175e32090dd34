"""Smart Turn v3.2 through onnxruntime: the probability that the speaker has finished."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.engines.endpoint.logmel import RATE, log_mel
from companion.errors import EngineError, WeightsError
from companion.settings import EndpointSettings

SECONDS = 8
"""How much of the turn the model sees: the last eight seconds (model card of smart-turn v3)."""

SAMPLES = SECONDS * RATE


def features(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the model is shown of a turn: float32[1, 80, 800].

    The last 8 s, with silence in front where the turn is shorter, brought to zero mean and unit variance
    (in that order: the model was trained so), as log-mel.
    """
    last = audio[-SAMPLES:].astype(np.float64)
    padded = np.concatenate([np.zeros(SAMPLES - last.size), last])
    normal = (padded - padded.mean()) / np.sqrt(padded.var() + 1e-7)
    return log_mel(normal)[None]


class SmartTurn:
    """A `TurnDetector`: about 40 ms of CPU a verdict on one thread (measured on a 2-core x86-64).

    Ask at the end of speech, with the silence heard so far behind it (200 ms is what it was trained on).
    """

    def __init__(self, folder: Path, settings: EndpointSettings) -> None:
        """Load the .onnx file in `folder`. Raises `WeightsError` when there is none or it can't be loaded."""
        import onnxruntime

        path = _model_in(folder)
        options = onnxruntime.SessionOptions()
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.intra_op_num_threads = settings.threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
            self._input = self._session.get_inputs()[0].name
            self.probability(np.zeros(0, np.float32))  # the first run takes 0.15 s, for which no turn waits
        except Exception as error:
            raise WeightsError(
                f"The end-of-turn model {path.name} in {folder} can't be loaded ({type(error).__name__}); "
                "run companion weights verify, then companion weights fetch endpoint."
            ) from error

    def probability(self, audio: NDArray[np.float32]) -> float:
        """Probability in 0..1 that the turn in `audio` (16 kHz mono, -1..1, with the silence behind) is over.

        Only the last 8 s are looked at. Raises `EngineError` when `audio` isn't one channel of numbers.
        """
        if audio.ndim != 1 or not np.isfinite(audio).all():
            raise EngineError(
                "The end-of-turn model takes one channel of sound, without values that aren't numbers."
            )
        (probability,) = self._session.run(None, {self._input: features(audio)})
        # The output is called logits but has been through the sigmoid already.
        return float(np.asarray(probability).reshape(-1)[0])


def _model_in(folder: Path) -> Path:
    """The model file in `folder`; raises `WeightsError` when there is none."""
    models = sorted(folder.glob("*.onnx")) if folder.is_dir() else []
    if not models:
        raise WeightsError(
            f"There is no end-of-turn model in {folder}; run companion weights fetch endpoint."
        )
    return models[0]
