"""Time is an argument: the clock the runtime reads, real or virtual."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in seconds since some fixed moment; never goes back."""

    def now(self) -> float:
        """The time, seconds."""
        ...


class RealClock:
    """`time.monotonic`, the clock the audio devices stamp their sound with."""

    def now(self) -> float:
        """The time, seconds."""
        return time.monotonic()
