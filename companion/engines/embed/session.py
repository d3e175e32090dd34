"""A transformer encoder through onnxruntime, with its tokenizer: what bge and the reranker have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.errors import EngineError, WeightsError


class Encoder:
    """Texts in, the model's first output out; one thread, no spinning."""

    def __init__(self, folder: Path, role: str, longest: int) -> None:
        """Load model.onnx and tokenizer.json of `folder`; texts are cut at `longest` tokens. Raises
        `WeightsError`."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(longest)
            self._tokenizer.no_padding()
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise WeightsError(
                f"The model in {folder} can't be loaded ({type(error).__name__}); "
                f"run companion weights verify, then companion weights fetch {role}."
            ) from error

    def tokens(self, texts: Sequence[str | tuple[str, str]]) -> list[Any]:
        """The tokens of each text, or pair of texts."""
        return list(self._tokenizer.encode_batch(list(texts)))

    def run(self, encoded: Sequence[Any]) -> NDArray[np.float32]:
        """The first output for texts of any lengths, padded behind to the longest. Raises `EngineError`."""
        longest = max(len(one.ids) for one in encoded)
        ids, mask, types = (np.zeros((len(encoded), longest), np.int64) for _ in range(3))
        for row, one in enumerate(encoded):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
            types[row, : len(one.ids)] = one.type_ids
        try:
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
            output: NDArray[np.float32] = self._session.run(None, given)[0]
        except Exception as error:
            raise EngineError(f"A text can't be embedded ({type(error).__name__}).") from error
        return output
