"""Hundreds of damaged and hostile files, each read or reported, none of which harms anything else."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import hostile
import pytest
import specimens
from specimens import SENTENCE

from companion.memory.archive.chunks import LARGEST, chunks
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Done, Item, Passage, Trouble
from companion.memory.archive.reading import Reading
from companion.memory.archive.walk import File, walk

FAMILIES = (
    "cut",
    "flipped",
    "misnamed",
    "empty",
    "texts",
    "json",
    "html",
    "xml",
    "zips",
    "pdfs",
    "mails",
    "others",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    assert len(hostile.write(folder)) > 350
    return folder


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    with Reading(Limits(seconds=2.0, waiting=60.0, memory=512 << 20)) as reading:
        yield reading


def _read_or_reported(found: list[Item], path: Path) -> None:
    *before, last = found
    passages = [item for item in before if isinstance(item, Passage)]
    of_the_file = [item for item in before if isinstance(item, Trouble) and not item.place]
    assert isinstance(last, Done), path
    assert len(of_the_file) == 1 or (passages and not of_the_file), path
    assert all(
        item.why.endswith(".") and "\n" not in item.why for item in before if isinstance(item, Trouble)
    ), path
    assert all(len(chunk.text) <= LARGEST for chunk in chunks(passages)), path
    assert "root:x:" not in "".join(passage.text for passage in passages), path


@pytest.mark.parametrize("family", [*FAMILIES, "holes", "no_files"])
def test_each_is_read_or_reported_and_the_next_one_read(family: str, folder: Path, reading: Reading) -> None:
    good = folder / "good.docx"
    good.write_bytes(specimens.all_of_them()["letter.docx"])

    found = list(walk(folder / family))

    for file in found:
        if isinstance(file, File):
            _read_or_reported(list(reading.read(file.path)), file.path)
            assert any(isinstance(item, Passage) and item.text == SENTENCE for item in reading.read(good)), (
                file.path
            )
    assert len(found) > 10


def test_the_calendars_that_icalendar_tests_itself_with(reading: Reading) -> None:
    found = find_spec("icalendar")
    assert found is not None
    assert found.origin is not None

    calendars = sorted((Path(found.origin).parent / "tests").rglob("*.ics"))

    for path in calendars:
        _read_or_reported(list(reading.read(path)), path)
    assert len(calendars) > 100
