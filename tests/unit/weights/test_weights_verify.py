"""Verifying: every byte counts, and what is wrong is fetched again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from weights_index import Index

from companion.errors import WeightsError
from companion.weights import presence
from companion.weights.fetch import fetch
from companion.weights.presence import State
from companion.weights.verify import Verdict, demand_good, present, verify


@pytest.fixture
def fetched(index: Index, without_pip: Index, models: Path) -> Path:
    fetch(index.model(), models)
    return models / "tiny"


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


def test_good_files_are_found_good(index: Index, models: Path, fetched: Path) -> None:
    findings = verify(index.model(), models)

    assert [finding.verdict for finding in findings] == [Verdict.GOOD, Verdict.GOOD]
    demand_good(findings)


@pytest.mark.parametrize("place", [0, 123_456, -1])
def test_one_flipped_byte_is_found_and_the_next_fetch_mends_it(
    index: Index, models: Path, fetched: Path, place: int
) -> None:
    flip(fetched / "model.bin", place)

    findings = verify(index.model(), models)

    assert [finding.verdict for finding in findings] == [Verdict.WRONG_HASH, Verdict.GOOD]
    with pytest.raises(WeightsError, match="run `companion weights fetch tiny`"):
        demand_good(findings)
    assert fetch(index.model(), models) is True
    assert index.is_whole(models)


def test_a_byte_flipped_behind_the_records_back_is_found_too(
    index: Index, models: Path, fetched: Path
) -> None:
    # Given a file whose length and time of change are what the record says
    file = fetched / "model.bin"
    before = file.stat()
    flip(file, 77)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert fetch(index.model(), models) is False

    findings = verify(index.model(), models)

    assert findings[0].verdict is Verdict.WRONG_HASH
    assert fetch(index.model(), models) is True
    assert index.is_whole(models)


def test_a_cut_and_a_missing_file_are_told_apart(index: Index, models: Path, fetched: Path) -> None:
    file = fetched / "model.bin"
    file.write_bytes(index.weights[:-1])
    (fetched / "words.json").unlink()

    assert [each.verdict for each in verify(index.model(), models)] == [Verdict.WRONG_SIZE, Verdict.MISSING]
    assert presence.look(index.model(), models) is State.WRONG_SIZE


def test_only_models_that_are_there_are_worth_verifying(index: Index, models: Path, fetched: Path) -> None:
    assert present([index.model()], models) == [index.model()]
    assert present([index.model()], models / "elsewhere") == []
