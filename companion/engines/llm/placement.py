"""What of a model runs where: which devices there are, and how many of its layers the GPU's memory holds."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from companion.engines.llm.gguf import ModelFile
from companion.engines.llm.native import ggml, llama

RESERVE = 768 << 20
"""Bytes of GPU memory left alone: llama.cpp's compute buffers (a few hundred MB for these contexts) and the
screen's own use."""

_GPU, _INTEGRATED_GPU = 1, 2
"""ggml_backend_dev_type of devices that layers can be put on."""


@dataclass(frozen=True, slots=True)
class Device:
    """A GPU as ggml sees it; `free` and `total` in bytes of memory."""

    name: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Placement:
    """How many layers go on the GPU (0: none; one more than the model has: the output too), and why."""

    layers: int
    reason: str


def devices() -> tuple[Device, ...]:
    """The GPUs this build of llama.cpp can use; empty for a CPU build or where there is none."""
    if not llama().llama_supports_gpu_offload():
        return ()
    registry, base = ggml("ggml"), ggml("ggml-base")
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    base.ggml_backend_dev_type.argtypes = base.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    base.ggml_backend_dev_description.restype = ctypes.c_char_p
    sizes = ctypes.POINTER(ctypes.c_size_t)
    base.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, sizes, sizes]
    base.ggml_backend_dev_memory.restype = None
    found = []
    for index in range(registry.ggml_backend_dev_count()):
        device = registry.ggml_backend_dev_get(index)
        if base.ggml_backend_dev_type(device) in (_GPU, _INTEGRATED_GPU):
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            base.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            name = base.ggml_backend_dev_description(device).decode("utf-8", "replace")
            found.append(Device(name, free.value, total.value))
    return tuple(found)


def place(
    wanted: int, model: ModelFile, gpus: tuple[Device, ...], *, supported: bool, context_tokens: int
) -> Placement:
    """Decide how many layers to put on the GPU.

    `wanted`: the setting; -1 means as many as fit. `supported`: whether the build can use a GPU at all.
    """
    count = len(model.layer_bytes)
    if wanted == 0:
        return Placement(0, "the setting llm.gpu_layers says so")
    if not supported:
        return Placement(0, "this build of llama.cpp has no GPU support")
    if not gpus:
        return Placement(0, "no GPU was found")
    if wanted > 0:
        return Placement(min(wanted, count + 1), "the setting llm.gpu_layers says so")
    free = sum(gpu.free for gpu in gpus) - RESERVE * len(gpus)
    cache = model.cache_bytes_a_token * context_tokens
    if sum(model.layer_bytes) + cache * count + model.other_bytes <= free:
        return Placement(count + 1, "all of the model fits the GPU's memory")
    layers = 0
    for size in reversed(model.layer_bytes):  # llama.cpp puts the last layers on the GPU
        free -= size + cache
        if free < 0:
            break
        layers += 1
    return Placement(layers, f"the GPU's memory holds {layers} of {count} layers")


def fewer(layers: int) -> int:
    """How many layers to try when that many could not be loaded: a half, at last none."""
    return layers // 2
