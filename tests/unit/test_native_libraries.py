"""Every native library lives in one process with every other, whichever is imported first."""

import subprocess
import sys

import pytest

LIBRARIES = (
    "numpy", "soxr", "soundfile", "sounddevice", "apsw", "onnxruntime", "ctranslate2", "faster_whisper",
    "llama_cpp", "piper", "livekit.rtc",
)  # fmt: skip
USED = """
import numpy as np, llama_cpp, onnxruntime, soxr
from livekit import rtc
llama_cpp.llama_backend_init()
frame = rtc.AudioFrame(bytearray(320), 16000, 1, 160)
rtc.AudioProcessingModule(echo_cancellation=True).process_stream(frame)
soxr.resample(np.zeros(480, np.float32), 48000, 16000)
onnxruntime.SessionOptions()
print("alive")
"""


@pytest.mark.parametrize("order", [LIBRARIES, LIBRARIES[::-1]], ids=["forwards", "backwards"])
def test_they_load_and_work_together(order):
    code = "\n".join(f"import {library}" for library in order) + USED

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)

    assert done.stdout == "alive\n", done.stderr[-2000:]
    assert done.returncode == 0
