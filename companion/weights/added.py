"""The user's own catalogue, added.toml: models added by hand, and hashes pinned at a first fetch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from companion.errors import WeightsError
from companion.weights import disk
from companion.weights.catalog import Catalogue, File, HubSource, Model, parse, read
from companion.weights.locks import locked
from companion.weights.places import catalogue_file, models_folder

FILE = "added.toml"

_LOCK = ".added"
"""A name no model can have: who adds a model holds that model's lock when this one is taken."""

_HEAD = """# Written by `companion weights`: models added by hand, and hashes pinned at first fetches.

"""


@dataclass(frozen=True, slots=True)
class Pin:
    """The length and hash a file had when it was first fetched, and the commit it came from."""

    model: str
    file: str
    sha256: str
    bytes: int
    revision: str


def load(folder: Path | None = None, shipped: Path | None = None) -> Catalogue:
    """The catalogue that came with the program, with the user's pins and models.

    A name that came with the program stays with the program's model. Raises `WeightsError`.
    """
    shipped = shipped or catalogue_file()
    own = (folder or models_folder()) / FILE
    document = read(own) if own.exists() else {}
    known = parse(read(shipped), shipped.name)
    names = {model.name for model in known}
    added = tuple(model for model in parse(document, str(own), added=True) if model.name not in names)
    pins = _pins(document, own)
    return Catalogue(tuple(_pinned(model, pins) for model in known + added))


def with_pins(model: Model, folder: Path) -> Model:
    """The model with the pins that its files have by now."""
    own = folder / FILE
    return _pinned(model, _pins(read(own), own)) if own.exists() else model


def _pins(document: Mapping[str, Any], own: Path) -> list[Pin]:
    try:
        return [Pin(**table) for table in document.get("pin", ())]
    except TypeError as error:
        raise WeightsError(
            f"{own} has a pin that can't be understood: correct it or delete the file."
        ) from error


def _pinned(model: Model, pins: list[Pin]) -> Model:
    mine = {pin.file: pin for pin in pins if pin.model == model.name}
    if model.pinned or not mine:
        return model
    files = tuple(_pin(file, mine.get(file.path)) for file in model.files)
    revision = next(iter(mine.values())).revision
    sources = tuple(
        replace(source, revision=revision) if isinstance(source, HubSource) else source
        for source in model.sources
    )
    size = sum(file.bytes or 0 for file in files) if all(file.bytes for file in files) else model.size
    return replace(model, files=files, sources=sources, size=size)


def _pin(file: File, pin: Pin | None) -> File:
    if pin is None or file.sha256:
        return file
    return File(file.path, pin.sha256, pin.bytes)


def pin(folder: Path, pins: list[Pin]) -> None:
    """Write down what the first fetch of a model found."""

    def change(document: dict[str, Any]) -> None:
        new = {(each.model, each.file) for each in pins}
        kept = [row for row in document.get("pin", []) if (row.get("model"), row.get("file")) not in new]
        document["pin"] = kept + [
            {"model": p.model, "file": p.file, "sha256": p.sha256, "bytes": p.bytes, "revision": p.revision}
            for p in pins
        ]

    _change(folder, change)


def register(folder: Path, model: Model) -> None:
    """Put a model into the user's catalogue, in place of one of the same name.

    Raises `WeightsError` when the catalogue couldn't be read with it in it.
    """
    parse({"model": [_table(model)]}, model.title, added=True)

    def change(document: dict[str, Any]) -> None:
        kept = [row for row in document.get("model", []) if row.get("name") != model.name]
        document["model"] = [*kept, _table(model)]

    _change(folder, change)


def _change(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    import tomlkit

    own = folder / FILE
    with locked(folder, _LOCK):
        document = read(own) if own.exists() else {}
        change(document)
        disk.write_whole(own, (_HEAD + tomlkit.dumps(document)).encode())


def _table(model: Model) -> dict[str, Any]:
    table: dict[str, Any] = {
        "role": model.role,
        "name": model.name,
        "title": model.title,
        "licence": model.licence,
        "languages": list(model.languages),
        "size": model.size,
        "ram": model.ram,
        "about": model.about,
        "file": [
            {"path": file.path}
            | ({"bytes": file.bytes} if file.bytes else {})
            | ({"sha256": file.sha256} if file.sha256 else {})
            for file in model.files
        ],
    }
    hubs = [source for source in model.sources if isinstance(source, HubSource)]
    if hubs:
        table["source"] = [
            {"type": "hf", "repo": hub.repo, "revision": hub.revision, "files": dict(hub.files)}
            for hub in hubs
        ]
    return table
