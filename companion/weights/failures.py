"""The failures this room tells apart: where another source would not help, and where it had no say."""

from companion.errors import WeightsError


class NoRoom(WeightsError):
    """The disk is full; another source would not help."""


class Unreachable(WeightsError):
    """A source could not be reached, so nothing is known of what it has."""
