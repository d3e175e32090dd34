"""What comes from a process that has read something hostile is looked at before it is believed."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.memory.archive import frames
from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble

ITEMS: list[Item] = [
    Passage("text", "page 1", "2021-05-03", "Amy", "title", "Jonas", "thread"),
    Trouble("It is damaged.", "mail 3"),
    Progress(7),
    Done("pdf", 1, 1, whole=False),
]


@pytest.mark.parametrize("item", ITEMS)
def test_items_arrive_as_they_were(item: Item) -> None:
    pipe = io.BytesIO()
    frames.write(pipe, [frames.packed(item)])
    pipe.seek(0)

    [value] = frames.read(pipe)

    assert frames.unpacked(value) == item
    assert frames.read(pipe) is None


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=8), max_leaves=10
    )
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(frames.BrokenFrame):
        frames.unpacked(["p", value] if isinstance(value, list) else value)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", 1 << 31) + b"x",
        b"\0",
        struct.pack(">I", 3) + b"{{{",
        struct.pack(">I", 90_000) + b"[" * 90_000,
    ],
)
def test_a_message_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(frames.BrokenFrame):
        frames.read(io.BytesIO(data))
