"""Files read in another process, which may hang, swell, lie or die."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import specimens
from specimens import SENTENCE

from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble
from companion.memory.archive.reading import Reading


@pytest.fixture
def reading() -> Iterator[Reading]:
    with Reading(Limits(seconds=1.0, waiting=1.5)) as reading:
        yield reading


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    return _write(tmp_path / "letter.docx", specimens.all_of_them()["letter.docx"])


class SecondThoughts:
    """Wants to stop when it is asked the second time."""

    def __init__(self) -> None:
        self._asked = 0

    def is_set(self) -> bool:
        self._asked += 1
        return self._asked > 1


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _mails(count: int) -> bytes:
    return (b"From a@b.c Mon May  3 10:00:00 2021\n" + specimens.mail().as_bytes() + b"\n") * count


def _child() -> psutil.Process:
    [child] = [
        process
        for process in psutil.Process().children()
        if "companion.memory.archive.child" in process.cmdline()
    ]
    return child


def _text(found: list[Item]) -> str:
    return "\n".join(item.text for item in found if isinstance(item, Passage))


def test_one_process_reads_file_after_file(reading: Reading, letter: Path, tmp_path: Path) -> None:
    assert SENTENCE in _text(list(reading.read(letter)))
    first = _child().pid
    assert SENTENCE in _text(list(reading.read(_write(tmp_path / "plan.pdf", specimens.pdf()))))

    assert _child().pid == first


def test_plain_text_needs_no_other_process(reading: Reading, tmp_path: Path) -> None:
    before = psutil.Process().children()
    for name in ("book.txt", "summer.md", "days.csv"):
        assert SENTENCE in _text(list(reading.read(_write(tmp_path / name, specimens.all_of_them()[name]))))

    assert psutil.Process().children() == before


def test_the_process_loads_nothing_heavy(reading: Reading, letter: Path, tmp_path: Path) -> None:
    for name, data in specimens.all_of_them().items():
        list(reading.read(_write(tmp_path / name, data)))

    maps = {Path(mapped.path).name for mapped in _child().memory_maps()}

    assert any("pdfium" in name for name in maps)
    assert not [
        name for name in maps if any(heavy in name for heavy in ("numpy", "onnx", "_ssl", "apsw", "llama"))
    ]
    assert not _child().net_connections()


def test_a_process_that_hangs_is_ended_and_the_next_file_read(
    reading: Reading, letter: Path, tmp_path: Path
) -> None:
    list(reading.read(letter))
    os.kill(_child().pid, signal.SIGSTOP)

    found = list(reading.read(letter))

    why = "It takes longer to read than it may."
    assert found == [Trouble(why, path=str(letter)), Done("", 0, 1, whole=False)]
    assert SENTENCE in _text(list(reading.read(letter)))


def test_a_parser_that_never_ends_is_ended(reading: Reading, letter: Path, tmp_path: Path) -> None:
    endless = _write(tmp_path / "open.html", b"<html>" + b"<a<" * 200_000)

    trouble, done = reading.read(endless)

    assert trouble == Trouble("It takes longer to read than it may.", path=str(endless))
    assert not done.whole
    assert SENTENCE in _text(list(reading.read(letter)))


def test_a_process_that_dies_keeps_what_it_gave(reading: Reading, letter: Path, tmp_path: Path) -> None:
    box = _write(tmp_path / "inbox.mbox", _mails(3000))

    found: list[Item] = []
    for item in reading.read(box):
        if not found:
            os.kill(_child().pid, signal.SIGKILL)
        found.append(item)

    assert isinstance(found[0], Passage)
    assert found[-2].why == "It crashed the program that reads it; what came before was kept."
    assert found[-1].passages < 3000
    assert SENTENCE in _text(list(reading.read(letter)))


def test_memory_has_a_limit(letter: Path, tmp_path: Path) -> None:
    large = _write(tmp_path / "large.rtf", b"{\\rtf1 " + b"harbour " * (8 << 20))

    with Reading(Limits(memory=120 << 20)) as reading:
        trouble, _ = reading.read(large)
        assert trouble.why == "It takes more memory to read than it may."
        assert SENTENCE in _text(list(reading.read(letter)))


def test_it_can_be_stopped_between_passages_and_while_it_waits(
    reading: Reading, letter: Path, tmp_path: Path
) -> None:
    stop = threading.Event()
    box = _write(tmp_path / "inbox.mbox", _mails(3000))
    found: list[Item] = []
    for item in reading.read(box, stop):
        found.append(item)
        stop.set()
    assert len(found) == 1

    list(reading.read(letter))
    os.kill(_child().pid, signal.SIGSTOP)
    assert list(reading.read(letter, SecondThoughts())) == []
    assert SENTENCE in _text(list(reading.read(letter)))


def test_leaving_a_file_halfway_harms_nothing(reading: Reading, letter: Path, tmp_path: Path) -> None:
    box = _write(tmp_path / "inbox.mbox", _mails(300))

    halfway = reading.read(box)
    next(halfway)
    halfway.close()

    assert SENTENCE in _text(list(reading.read(letter)))


def test_a_long_mbox_may_take_long_as_long_as_it_goes_on(tmp_path: Path) -> None:
    box = _write(tmp_path / "inbox.mbox", _mails(4000))

    with Reading(Limits(seconds=0.6)) as reading:  # all of it takes longer
        found = list(reading.read(box))

    assert found[-1].whole
    assert sum(isinstance(item, Progress) for item in found) == 4000


def test_what_is_no_file_is_said(reading: Reading, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    for path, word in (
        (tmp_path / "pipe.txt", "pipe"),
        (tmp_path, "folder"),
        (tmp_path / "gone", "any more"),
    ):
        trouble, done = reading.read(path)
        assert word in trouble.why
        assert done == Done("", 0, 1, whole=False)


def test_a_mail_in_a_maildir_needs_no_telling_name(reading: Reading, tmp_path: Path) -> None:
    mail = _write(tmp_path / "1.host:2,S", b"X-Odd: yes\n\n" + SENTENCE.encode())

    assert list(reading.read(mail, kind="mail"))[-1] == Done("mail", 1, 0, whole=True)
