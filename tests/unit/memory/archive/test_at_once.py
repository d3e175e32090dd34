"""A text that takes long, or isn't wanted any more, hangs nobody."""

import threading
from pathlib import Path

import pytest
from specimens import SENTENCE

from companion.memory.archive import at_once as module
from companion.memory.archive.at_once import at_once
from companion.memory.archive.limits import Limits
from companion.memory.archive.opened import opened
from companion.memory.archive.passages import Done, Trouble
from companion.memory.archive.reading import Reading

HOSTILE = {
    "headings.md": b"# a\n" * 50_000,
    "code.md": b"# a\n```\n" * 200_000,
    "blanks.md": (b"# " + b" " * 2000 + b"x" * 400 + b"\n") * 3000,
    "quotes.csv": b'"\n' * 3_500_000,
    "open.csv": b'a,"b\n' * 1_000_000,
    "rows.csv": b",\n" * 3_500_000,
    "latin.txt": b"\xe9\n" * 3_000_000,
}


class Tiresome:
    """A file that is not wanted any more when it was read four times."""

    def __init__(self, stream):
        self._stream, self.times = stream, 0

    def read(self, size):
        self.times += 1
        return self._stream.read(size)

    def is_set(self):
        return self.times > 3

    def seek(self, position):
        return self._stream.seek(position)


def begun(path: Path, cancel=None):
    """What comes of a file here, and what the reading returned."""
    found = []
    with opened(path) as stream:
        reading = at_once(stream, path, Limits(), cancel)
        while True:
            try:
                found.append(next(reading))
            except StopIteration as end:
                return found, end.value


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_takes_a_second_here_at_most(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])

    with opened(path) as stream:
        before = module.time.thread_time()
        list(at_once(stream, path, Limits(), None))
        took = module.time.thread_time() - before

    assert took < 1.0 + module.LONGEST


@pytest.mark.parametrize("name", ["long.txt", "long.md", "long.csv"])
def test_what_takes_longer_goes_on_elsewhere_and_gives_what_it_would_have_given(tmp_path, monkeypatch, name):
    path = tmp_path / name
    path.write_text("".join(f'# {SENTENCE}\n\n"{number}, {"word " * 40}"\n\n' for number in range(4000)))
    with Reading() as reading:
        monkeypatch.setattr(module, "LONGEST", 60.0)
        expected = list(reading.read(path))
        monkeypatch.setattr(module, "LONGEST", 0.01)
        some, left = begun(path)
        found = list(reading.read(path))

    assert 0 < len(some) == left < len(expected)
    assert found == expected
    assert isinstance(found[-1], Done)


def test_a_text_that_isn_t_wanted_any_more_is_left_though_nothing_comes_of_it(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b",\n" * 3_000_000)
    with opened(path) as stream:
        file = Tiresome(stream)
        assert list(at_once(file, path, Limits(), file)) == []
    assert file.times == 4

    stop = threading.Event()
    stop.set()
    with Reading() as reading:
        assert list(reading.read(path, stop)) == []
        assert reading._child is None


def test_the_time_in_which_what_came_is_used_isn_t_counted(tmp_path, monkeypatch):
    path = tmp_path / "notes.txt"
    path.write_text(f"{SENTENCE}\n\n" * 200)
    clock = [0.0]
    monkeypatch.setattr(module.time, "thread_time", lambda: clock[0])

    found = []
    with opened(path) as stream:
        for item in at_once(stream, path, Limits(), None):
            found.append(item)
            clock[0] += 10 * module.LONGEST

    assert len(found) > 5
    assert found[-1].whole


def test_a_trouble_names_its_file(tmp_path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"word " * 300_000)

    found, left = begun(path)

    assert left is None
    assert isinstance(found[-2], Trouble)
    assert found[-2].path == str(path)
