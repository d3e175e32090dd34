"""Reads bytes as the archive does, without another process."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from companion.memory.archive.document import Document, items
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Item, Passage, Trouble

ReadBytes = Callable[..., list[Item]]


@pytest.fixture
def read_bytes() -> ReadBytes:
    """Returns every item of a document with these bytes and this name."""

    def read(data: bytes | str, name: str, limits: Limits = Limits(), kind: str = "") -> list[Item]:  # noqa: B008
        stream = io.BytesIO(data if isinstance(data, bytes) else data.encode("utf-8"))
        return list(items(Document(stream, name, limits, kind=kind)))

    return read


@pytest.fixture
def passages_of(read_bytes: ReadBytes) -> Callable[..., list[Passage]]:
    """Returns the passages of a document that gives no trouble."""

    def read(data: bytes | str, name: str) -> list[Passage]:
        found = read_bytes(data, name)
        assert not [item for item in found if isinstance(item, Trouble)]
        return [item for item in found if isinstance(item, Passage)]

    return read
