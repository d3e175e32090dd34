"""A simulated sound device under a virtual clock: real rings, resamplers and positions, made-up devices."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from companion.audio import Captured, Side, SoundStatus
from companion.audio.callbacks import Player, Recorder
from companion.audio.capture import Capture
from companion.audio.playout import Playout
from companion.audio.shared import Mark, StreamMemory

BLOCK = 0.01
IN_DELAY, OUT_DELAY = 0.02, 0.04


class SimulatedSound:
    """A `Sound` whose devices run fast by so many ppm; `hear(second)` gives what the microphone hears (float
    samples for an array of moments). Time passes in `advance` and in `read`."""

    def __init__(
        self,
        hear: Callable[[NDArray[np.float64]], NDArray[np.float64]] = np.zeros_like,
        *,
        in_rate: int = 48_000,
        out_rate: int = 44_100,
        in_ppm: float = 0.0,
        out_ppm: float = 0.0,
        jitter: float = 0.0,
    ) -> None:
        self.now = 1000.0
        self.hear, self.in_rate, self.out_rate = hear, in_rate, out_rate
        self._in_speed, self._out_speed = in_rate * (1 + in_ppm * 1e-6), out_rate * (1 + out_ppm * 1e-6)
        self._random, self._jitter = np.random.default_rng(1), jitter
        self.capture = Capture(StreamMemory(in_rate * 4), lambda: self.now)
        self.playout = Playout(StreamMemory(out_rate * 4), lambda: self.now, self.advance)
        self._recorder = Recorder(self.capture.memory, 1, lambda: None)
        self._player = Player(self.playout.memory, 1, out_rate)
        self.speaker: list[NDArray[np.int16]] = []
        self.standing = {"input": False, "output": False}
        self._muted, self._open = False, False
        self._next_in = self._next_out = self.now
        self._zero = self.now
        self._tended = self.now

    def start(self) -> None:
        self._open = True
        self.capture.opened(self.in_rate, 0, 0)
        self.playout.opened(self.out_rate, 0)

    def close(self) -> None:
        self._open = False
        self.capture.closed()
        self.playout.closed()

    def advance(self, seconds: float) -> None:
        """Let time pass; the devices handle their blocks when these are due, a little late with `jitter`."""
        end = self.now + seconds
        while self._open and min(self._next_in, self._next_out) <= end:
            if self._next_in <= self._next_out:
                self.now = max(self.now, self._next_in)
                self._record()
                self._next_in += round(self.in_rate * BLOCK) / self._in_speed
            else:
                self.now = max(self.now, self._next_out)
                self._play()
                self._next_out += round(self.out_rate * BLOCK) / self._out_speed
            if self.now - self._tended > 0.1:
                self._tended = self.now
                self.capture.measure()
                self.playout.tend()
        self.now = max(self.now, end)

    def _late(self) -> float:
        return float(self._random.exponential(self._jitter)) if self._jitter else 0.0

    def _record(self) -> None:
        if self._muted or self.standing["input"]:
            return
        frames, due = round(self.in_rate * BLOCK), self._next_in
        heard = self.hear(due - IN_DELAY + np.arange(frames) / self._in_speed)
        data = (np.clip(heard, -1, 1) * 32767).astype(np.int16).tobytes()
        now = self.now + self._late()
        self._recorder(data, frames, now, due - IN_DELAY + (now - self.now), False)

    def _play(self) -> None:
        if self.standing["output"]:
            return
        frames = round(self.out_rate * BLOCK)
        data = bytearray(frames * 2)
        now = self.now + self._late()
        self._player(data, frames, now, self._next_out + OUT_DELAY + (now - self.now), False)
        self.speaker.append(np.frombuffer(bytes(data), np.int16))

    def read(self, timeout: float) -> Captured | None:
        deadline = self.now + timeout
        while (captured := self.capture.read(0.0)) is None and self.now < deadline:
            self.advance(min(BLOCK, max(deadline - self.now, 1e-6)))
        return captured

    def mute(self, muted: bool) -> None:
        if muted and not self._muted:
            self.capture.closed()
            self.capture.forget()
        elif self._muted and not muted:
            marks = self.capture.memory.marks
            self.capture.opened(self.in_rate, int(marks[Mark.BLOCKS]), int(marks[Mark.WRITTEN]))
        self._muted = muted

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        return self.playout.play(samples, rate)

    def duck(self, gain_db: float) -> None:
        self.playout.duck(gain_db)

    def stop(self) -> float:
        return self.playout.stop()

    def heard(self) -> float:
        return self.playout.heard()

    def status(self) -> SoundStatus:
        clocks = (self.capture.device_clock, self.playout.device_clock)
        fast = [clock.ppm() if clock is not None else None for clock in clocks]
        drift = None if fast[0] is None or fast[1] is None else fast[1] - fast[0]
        side = Side.CLOSED if self._muted or not self._open else Side.OPEN
        other = Side.OPEN if self._open else Side.CLOSED
        return SoundStatus(side, other, "simulated", "simulated", 0, self.capture.dropped, 0, drift, None)

    def in_air(self) -> NDArray[np.int16]:
        """All that the loudspeaker was given so far, silence included: int16[n] at `out_rate`."""
        return np.concatenate(self.speaker) if self.speaker else np.zeros(0, np.int16)
