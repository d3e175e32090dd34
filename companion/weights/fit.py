"""Which models suit this machine: what fits its memory, and roughly how fast it will be."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from companion.weights.catalog import Model

RESERVE = 1_500_000_000
"""Memory (bytes) left to the system, the other engines and the window beside the language model (830 MB of
the latter were measured, all engines in one process with a small LLM)."""

GPU_BANDWIDTH = 300e9
"""Bytes per second assumed of a GPU (it tells its memory's size, not its speed): a middling card's."""

SHARE = 0.7
"""Share of the memory's plain reading speed at which a quantized model is decoded on a CPU. This project
measured 14 to 25 tokens/s of a 1.12 GB model on two machines of 2 cores; this module measures 30 GB/s on
their like."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What counts for speed: memory in bytes (`gpu` 0: none found), `bandwidth` in bytes per second."""

    ram: int
    cores: int
    gpu: int
    bandwidth: float


def machine() -> Machine:
    """Look at this machine; takes about a tenth of a second, most of it reading memory."""
    import psutil

    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    ram = int(psutil.virtual_memory().total)
    return Machine(ram=ram, cores=cores, gpu=_gpu_memory(ram), bandwidth=_bandwidth(min(cores, 8)))


def _gpu_memory(ram: int) -> int:
    """Bytes a GPU offers: a GeForce or the like says it itself, a Mac's shares the machine's memory."""
    if sys.platform == "darwin":
        return int(ram * 0.7)
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    question = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, timeout=5, check=True).stdout
        return max(int(line) for line in answer.splitlines()) << 20
    except (OSError, ValueError, subprocess.SubprocessError):
        # A driver that doesn't answer can't compute either: plan for the CPU.
        return 0


def _bandwidth(threads: int) -> float:
    """Bytes per second this machine reads from memory with so many threads: the best of three passes."""
    import numpy as np

    blocks = [np.ones(8 << 20, dtype=np.float64) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(3):
            began = time.perf_counter()
            list(pool.map(np.max, blocks))
            best = max(best, sum(block.nbytes for block in blocks) / (time.perf_counter() - began))
    return best


def fits(model: Model, machine: Machine) -> bool:
    """Whether the model and everything beside it go into memory, or the model into the GPU's."""
    return model.ram + RESERVE <= machine.ram or (model.role == "llm" and model.ram <= machine.gpu)


def speed(model: Model, machine: Machine) -> str:
    """How fast the model will be here, in words; an estimate, "" where there is nothing to estimate.

    An LLM reads all its weights for each token, so tokens per second are bandwidth over size. Whisper and
    Piper are scaled from measurements on 2 cores: Whisper base (145 MB) 0.25 s for an utterance of 3 s, Piper
    medium (63 MB) a real-time factor of 0.055.
    """
    scale = 2 / min(max(machine.cores, 1), 8)
    if model.role == "llm":
        rate = machine.bandwidth * SHARE
        if machine.gpu >= model.ram and sys.platform != "darwin":
            rate = GPU_BANDWIDTH
        return f"about {_round(rate / model.size)} tokens/s"
    if model.role == "asr":
        return f"about {_round(0.25 * scale * model.size / 150e6)} s an utterance"
    if model.role == "tts":
        return f"about {_round(1 / (0.055 * scale * model.size / 63e6))} times real time"
    return ""


def _round(value: float) -> str:
    """Two figures at most: more would pretend."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
