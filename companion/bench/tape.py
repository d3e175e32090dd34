"""The tape of the measuring room: three tracks on one clock, and what can be read off them."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.errors import AudioError

RATE = 48_000
"""Sample rate of the tape, hertz."""

_FRAME_BYTES = 6
_CHANNELS = "--channel-map=front-left,front-right,rear-center"


@dataclass(frozen=True, slots=True)
class Tape:
    """float32[n] tracks in -1..1 at `rate` hertz: `air` is what the microphone hears, `speaker` what the
    program plays, `user` the user alone. `start`: the clock's time (`time.monotonic`) of the first
    sample, which is late by the recorder's own latency, at most 20 ms."""

    rate: int
    air: NDArray[np.float32]
    speaker: NDArray[np.float32]
    user: NDArray[np.float32]
    start: float

    def between(self, begin: float, end: float) -> Tape:
        """The part of the tape from `begin` to `end`, both in the clock's time (`time.monotonic`)."""
        a, b = (max(0, int((at - self.start) * self.rate)) for at in (begin, end))
        start = self.start + a / self.rate
        return Tape(self.rate, self.air[a:b], self.speaker[a:b], self.user[a:b], start)

    def spans(
        self,
        track: NDArray[np.float32],
        *,
        threshold: float = 0.004,
        min_gap: float = 0.25,
        min_length: float = 0.0,
    ) -> list[tuple[float, float]]:
        """(start, end), seconds on the tape, of each stretch of sound louder than `threshold` (RMS of 1 ms);
        stretches closer than `min_gap` seconds are one, and those under `min_length` seconds are none."""
        hop = self.rate // 1000
        power = np.mean(track[: len(track) // hop * hop].reshape(-1, hop) ** 2, axis=1)
        loud = np.flatnonzero(np.sqrt(power) > threshold) / 1000
        if not len(loud):
            return []
        breaks = np.flatnonzero(np.diff(loud) > min_gap)
        starts, ends = loud[np.r_[0, breaks + 1]], loud[np.r_[breaks, len(loud) - 1]] + 0.001
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        return [(start, end) for start, end in pairs if end - start >= min_length]


class Recorder:
    """Records the room's tape until it is stopped."""

    def __init__(self, env: Mapping[str, str]) -> None:
        options = [
            f"--rate={RATE}",
            "--channels=3",
            "--format=s16le",
            "--latency-msec=10",
            "--raw",
            _CHANNELS,
        ]
        self._process = subprocess.Popen(
            ["parec", "--device=tape.monitor", *options],
            env=env,
            stdout=subprocess.PIPE,
            bufsize=0,
            stderr=subprocess.DEVNULL,
        )
        self._pieces: list[bytes] = []
        self._start = float("inf")
        self._running = threading.Event()
        self._thread = threading.Thread(target=self._record, daemon=True)
        self._thread.start()
        if not self._running.wait(5):
            raise AudioError("The tape doesn't run: parec gives no sound.")

    def stop(self) -> Tape:
        """Stop recording; the tape."""
        self._process.terminate()
        self._thread.join(5)
        self._process.wait(5)
        raw = np.frombuffer(b"".join(self._pieces), np.int16)
        tracks = raw[: len(raw) // 3 * 3].reshape(-1, 3).T.astype(np.float32) / 32768
        return Tape(RATE, tracks[0].copy(), tracks[1].copy(), tracks[2].copy(), self._start)

    def _record(self) -> None:
        """Read until the end; the piece that came with the least delay dates the first sample."""
        assert self._process.stdout is not None
        count = 0
        while piece := self._process.stdout.read(65536):
            self._pieces.append(piece)
            count += len(piece)
            self._start = min(self._start, time.monotonic() - count / _FRAME_BYTES / RATE)
            self._running.set()
