"""Tells a stream that stands still from one whose machine is out of breath."""

from __future__ import annotations

STILL = 0.3
"""A stream whose block count hasn't moved for so long (seconds) stands still; with a tick, under 0.5 s."""

FIRST_WAIT = 3.0
"""Patience with a stream that has never flowed, seconds: Bluetooth takes its time, and a device that was
suspended goes on with the stream it has."""

LATE = 0.25
"""Seconds that count at most between two looks: beyond them the machine itself stood still (asleep, or every
core taken), which says nothing about the stream."""

AGAIN = 60.0
"""Seconds within which a stream that stands still again gets twice the patience, up to `MOST`: opening it
anew didn't help, so it is likely the sound server that gets no time, and loses more of it that way."""

MOST = 1.2
"""Longest patience with a stream that has flowed, seconds."""


class Stillness:
    """Watches the block count of one stream, over all its openings. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._blocks, self._moved = 0, 0.0
        self._looked = 0.0
        self._patience = STILL
        self._stood = float("-inf")

    def opened(self, now: float, blocks: int) -> None:
        """The stream was opened, with that block count."""
        self._blocks, self._moved, self._looked = blocks, now, now

    def look(self, now: float, blocks: int, flows: bool) -> bool:
        """Whether the stream stands still. `flows`: it has handled blocks since it was opened."""
        self._moved += max(0.0, now - self._looked - LATE)
        self._looked = now
        if blocks != self._blocks:
            self._blocks, self._moved = blocks, now
        if now - self._stood > AGAIN:
            self._patience = STILL
        if now - self._moved <= (self._patience if flows else FIRST_WAIT):
            return False
        self._stood = now
        self._patience = min(2 * self._patience, MOST)
        return True
