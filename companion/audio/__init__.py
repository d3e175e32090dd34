"""Sound in and out: devices, streams, rings, resampling, recordings.

Inside the program sound is 16 kHz mono float32 in frames of 10 ms. A `Sound` is a microphone and a
loudspeaker with that face: the machine's own (`device`), a recording (`wav`), or a simulated one in tests.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Sample rate of the sound inside the program, hertz."""

FRAME = 160
"""Samples in a frame: 10 ms at `RATE`."""


class Side(Enum):
    """What one side (microphone or loudspeaker) is doing."""

    CLOSED = "closed"
    OPEN = "open"
    LOST = "lost"
    """Its device vanished, stands still or can't be opened; it is looked for again by itself."""


@dataclass(frozen=True, slots=True)
class Captured:
    """Frames the microphone heard: float32[n, FRAME] in -1..1, n >= 1.

    `at` is the clock's time (seconds, `time.monotonic`) at which the last sample of the last frame was in
    the air.
    `gap` is how many seconds of sound were lost right before the first frame (0.0: none).
    """

    frames: NDArray[np.float32]
    at: float
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class SoundStatus:
    """Counters since the start. `drift_ppm`: how much faster the output's clock runs than the input's,
    parts per million (None: not known yet). `offset_s`: delay from queueing a sound on an idle loudspeaker
    to its way through the microphone's side, as far as the streams tell it."""

    input: Side
    output: Side
    input_name: str
    output_name: str
    xruns: int
    dropped_frames: int
    reopened: int
    drift_ppm: float | None
    offset_s: float | None
    trouble: str = ""
    """One sentence for the person while a side is LOST, else empty."""


class Sound(Protocol):
    """A microphone and a loudspeaker. All methods may be called from any one thread at a time; none blocks
    for longer than it says."""

    def start(self) -> None:
        """Open both sides. Raises `AudioError` where a microphone or a loudspeaker is missing or busy."""
        ...

    def close(self) -> None:
        """Close both sides; idempotent."""
        ...

    def read(self, timeout: float) -> Captured | None:
        """What was heard since the last read, as soon as there is a whole frame; None after `timeout` seconds
        without one. At the end of a recording raises EOFError."""
        ...

    def mute(self, muted: bool) -> None:
        """Close the input, so that not one sample is read, or open it again. The output goes on."""
        ...

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        """Queue sound (mono, `rate` hertz) behind what is queued; returns its start as a position: seconds of
        queued sound since the start of the device. Never blocks."""
        ...

    def duck(self, gain_db: float) -> None:
        """Make what plays from now on softer by that (dB, 0 or less; 0: as it is), within 20 ms, without a
        click. It stays so until it is told otherwise."""
        ...

    def stop(self) -> float:
        """Fall silent within 20 ms (faded, no click) and drop what is queued; returns the position reached.
        The next `play` starts at that position."""
        ...

    def heard(self) -> float:
        """The position that has left the loudspeaker, seconds, true within 50 ms; silence between sounds
        doesn't count, so it reaches the end of what was queued and stays there."""
        ...

    def status(self) -> SoundStatus:
        """What the device is doing, and its counters."""
        ...
