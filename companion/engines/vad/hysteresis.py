"""From probabilities of speech to the edges of utterances: where speech began and where it ended. Pure.

Four phases, and one window of sound moves at most one step:

    QUIET  --p >= start-->  RISING  --min_speech long-->  SPEAKING  --p < stop-->  FALLING
      ^                       |                              ^                       |  |
      +-------p < stop--------+                              +------p >= start-------+  |
      +--------------------------------min_silence long---------------------------------+
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from companion.engines.vad import WINDOW
from companion.settings import VadSettings

WINDOW_S = WINDOW / 16_000
"""Length of a window, seconds."""


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began: `at` is the stream time (seconds) of its first window, which is before it was noticed."""

    at: float


@dataclass(frozen=True, slots=True)
class Paused:
    """Speech ended: `at` is the stream time (seconds) of the end of its last window, not of the noticing."""

    at: float


Edge = Started | Paused


class Phase(Enum):
    """What the sound is taken for."""

    QUIET = "quiet"
    RISING = "rising"
    """Perhaps speech, too short yet to be believed."""
    SPEAKING = "speaking"
    FALLING = "falling"
    """Perhaps silence, too short yet to be believed."""


class Hysteresis:
    """Turns probabilities, one a window of 32 ms, into edges.

    `Started` and `Paused` take turns, and their times never go back. Stream time is the number of windows
    fed since the start or the last `reset`, times 32 ms.
    """

    def __init__(self, settings: VadSettings) -> None:
        """Use the thresholds (0..1) and durations (seconds) of `settings`.

        A `stop` above `start` would make every window an edge, so the lower of the two is used.
        """
        self._start = settings.start
        self._stop = min(settings.stop, settings.start)
        self._min_speech = settings.min_speech
        self._min_silence = settings.min_silence
        self.reset()

    def reset(self) -> None:
        """Begin a new stream, in silence, at time 0."""
        self._phase = Phase.QUIET
        self._windows = 0
        self._since = 0.0

    @property
    def phase(self) -> Phase:
        """What the last window left the sound to be taken for."""
        return self._phase

    @property
    def speaking(self) -> bool:
        """True between `Started` and `Paused`."""
        return self._phase in (Phase.SPEAKING, Phase.FALLING)

    @property
    def rising(self) -> bool:
        """True while the sound is perhaps speech, too short yet to be believed."""
        return self._phase is Phase.RISING

    @property
    def voiced(self) -> bool:
        """True while the sound is speech, without the silence that may be its end."""
        return self._phase is Phase.SPEAKING

    @property
    def now(self) -> float:
        """Stream time at the end of the last window, seconds."""
        return self._windows * WINDOW_S

    def feed(self, probability: float) -> Edge | None:
        """Take the next window's probability of speech (0..1); returns the edge it makes sure of, if any."""
        began = self.now
        self._windows += 1
        if self._phase is Phase.QUIET and probability >= self._start:
            self._phase, self._since = Phase.RISING, began
        elif self._phase is Phase.RISING and probability < self._stop:
            self._phase = Phase.QUIET
        elif self._phase is Phase.SPEAKING and probability < self._stop:
            self._phase, self._since = Phase.FALLING, began
        elif self._phase is Phase.FALLING and probability >= self._start:
            self._phase = Phase.SPEAKING
        return self._settle()

    def _settle(self) -> Edge | None:
        """Believe a rise or a fall that has lasted long enough."""
        lasted = self.now - self._since
        if self._phase is Phase.RISING and lasted >= self._min_speech:
            self._phase = Phase.SPEAKING
            return Started(self._since)
        if self._phase is Phase.FALLING and lasted >= self._min_silence:
            self._phase = Phase.QUIET
            return Paused(self._since)
        return None
