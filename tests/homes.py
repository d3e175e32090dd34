"""What a program has left in its home."""

from pathlib import Path

from companion.memory.opening import open_beside
from companion.memory.store import Store


def store_of(home: Path) -> Store:
    """The store of a home that a program has used, beside it or after it."""
    return Store(open_beside(home))
