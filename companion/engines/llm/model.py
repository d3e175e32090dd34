"""A GGUF model in memory: its weights, its vocabulary, and where they were put."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from companion.engines.llm.gguf import ModelFile, inspect
from companion.engines.llm.native import complaint, forget_complaints, llama
from companion.engines.llm.placement import Placement, devices, fewer, place
from companion.engines.llm.template import ChatTemplate
from companion.engines.llm.threads import candidates, cores
from companion.engines.llm.tokens import Vocabulary
from companion.errors import EngineError, WeightsError
from companion.settings import LlmSettings


def find_model(path: Path) -> Path:
    """The GGUF file at `path`, or in the folder `path` (the first by name, so of a split model its first
    part). Raises `WeightsError` where there is none."""
    if path.is_dir():
        files = sorted(path.glob("*.gguf"))
        if not files:
            raise WeightsError(
                f"There is no model file (*.gguf) in {path}; fetch one with: companion weights fetch"
            )
        return files[0]
    return path


class Model:
    """The loaded weights, shared by every context made on them; freed when the last user lets go."""

    def __init__(self, path: Path, settings: LlmSettings) -> None:
        """Raises `WeightsError` (missing, broken, no usable chat template), `EngineError` (not loadable)."""
        self.path = find_model(path)
        self.info: ModelFile = inspect(self.path)
        self.settings = settings
        self._api = llama()
        wanted = min(settings.context, self.info.context_length or settings.context)
        self.context_tokens: int = max(wanted, 256)
        self.placement: Placement = place(
            settings.gpu_layers,
            self.info,
            gpus=devices(),
            supported=bool(self._api.llama_supports_gpu_offload()),
            context_tokens=self.context_tokens,
        )
        self.threads = settings.threads or candidates(cores())[0]
        """CPU threads that a new context begins with."""
        self.tuned: int | None = None
        """CPU threads that the first context found to be quickest, for those after it."""
        self._no_devices = (ctypes.c_void_p * 1)(None)
        self._users = 1
        self._lock = threading.Lock()
        self.pointer: Any = self._load()
        self.vocabulary = Vocabulary(self.pointer)
        self.template = self._template()

    def retain(self) -> Model:
        """One more user of the weights; each calls `release` once."""
        with self._lock:
            if self.pointer is None:
                raise EngineError("The language model was closed; start Companion again.")
            self._users += 1
        return self

    def release(self) -> None:
        """One user less; the last one frees the memory."""
        with self._lock:
            self._users -= 1
            if self._users == 0 and self.pointer is not None:
                self.vocabulary.close()
                self._api.llama_model_free(self.pointer)
                self.pointer = None

    @property
    def on_gpu(self) -> bool:
        """Whether all of the model is on a GPU."""
        return self.placement.layers > len(self.info.layer_bytes)

    def where(self) -> str:
        """A sentence for the doctor: what of the model runs where, and why."""
        count, threads = len(self.info.layer_bytes), self.tuned or self.threads
        cpu = f"CPU, {threads} thread{'' if threads == 1 else 's'}"
        if self.placement.layers == 0:
            return f"{cpu}: {self.placement.reason}."
        gpu = " and ".join(device.name for device in devices()) or "GPU"
        if self.on_gpu:
            return f"{gpu}, all {count} layers: {self.placement.reason}."
        part = f"{self.placement.layers} of {count} layers"
        return f"{gpu} with {part}, the rest on {cpu}: {self.placement.reason}."

    def _load(self) -> Any:
        """Load with the layers planned, else with fewer, at last on the CPU alone."""
        forget_complaints()
        while True:
            parameters = self._api.llama_model_default_params()
            parameters.n_gpu_layers = self.placement.layers
            if self.placement.layers == 0:
                # Else a GPU build sends batches to the GPU and back: 196 ms on an H200, 84 without.
                parameters.devices = ctypes.cast(self._no_devices, ctypes.c_void_p)
            pointer = self._api.llama_model_load_from_file(str(self.path).encode(), parameters)
            if pointer:
                return pointer
            if self.placement.layers == 0:
                raise EngineError(
                    f"The model {self.path.name} could not be loaded{complaint()}; there may be too little "
                    "memory, or this version of llama.cpp doesn't know its kind."
                )
            self.retreat()

    def retreat(self) -> None:
        """Plan fewer layers on the GPU, after that many did not load."""
        tried = self.placement.layers
        self.placement = Placement(fewer(tried), f"{tried} layers did not load on the GPU")

    def reload(self) -> None:
        """Load again as now planned: the weights fit the GPU, but a context on them didn't."""
        self.vocabulary.close()
        self._api.llama_model_free(self.pointer)
        self.pointer = self._load()
        self.vocabulary = Vocabulary(self.pointer)

    def _template(self) -> ChatTemplate:
        vocabulary = self.vocabulary
        try:
            return ChatTemplate(self.info.chat_template, bos=vocabulary.bos_text, eos=vocabulary.eos_text)
        except TemplateError as error:
            self.release()
            raise WeightsError(
                f"The chat template of {self.path.name} is missing or can't be used ({error}); choose "
                "another model file."
            ) from error
