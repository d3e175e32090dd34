"""Which model files are there: a quick look at lengths, and a record of what was verified by its hash."""

from __future__ import annotations

import json
import os
from enum import Enum
from pathlib import Path

from companion.errors import WeightsError
from companion.weights import disk
from companion.weights.catalog import File, Model
from companion.weights.places import models_folder


class State(Enum):
    """What a look at a model's folder shows; only `verify` reads every byte."""

    THERE = "there"
    MISSING = "missing"
    WRONG_SIZE = "wrong size"


def look(model: Model, folder: Path) -> State:
    """Compare lengths only, which takes no time. Without pins a model is missing: nobody vouches for it."""
    states = [look_at(file, folder / model.name) for file in model.files]
    if State.WRONG_SIZE in states:
        return State.WRONG_SIZE
    return State.MISSING if State.MISSING in states else State.THERE


def look_at(file: File, home: Path) -> State:
    """The same for one file of the model whose folder is `home`."""
    try:
        length = (home / file.path).stat().st_size
    except OSError:
        return State.MISSING
    if file.bytes is None:
        return State.MISSING
    return State.THERE if length == file.bytes else State.WRONG_SIZE


def locate(model: Model, folder: Path | None = None) -> Path:
    """The folder with a model's files. Raises `WeightsError` when one is missing or has the wrong length."""
    folder = folder or models_folder()
    state = look(model, folder)
    if state is State.THERE:
        return folder / model.name
    command = f"run `companion weights fetch {model.name}`"
    if not model.sources:
        command = "add it again with `companion weights add`"
    if state is State.WRONG_SIZE:
        raise WeightsError(f"The model {model.name} is damaged (a file of it has the wrong size): {command}.")
    raise WeightsError(f"The model {model.name} is missing: {command}.")


def _record(model: Model, folder: Path) -> Path:
    return folder / ".verified" / f"{model.name}.json"


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def verified(model: Model, folder: Path) -> dict[str, str]:
    """Files whose hash was once read from the disk and which haven't been touched since: path to SHA-256."""
    try:
        record = json.loads(_record(model, folder).read_text(encoding="utf-8"))
        rows = [(path, sha256, stamp) for path, (sha256, stamp) in record.items()]
    except (OSError, ValueError, AttributeError, TypeError):
        # No record, or one that can't be understood: the files are hashed again, which is always right.
        return {}
    found = {}
    for path, sha256, stamp in rows:
        try:
            if _stamp(folder / model.name / path) == stamp:
                found[path] = sha256
        except OSError:
            continue
    return found


def remember(model: Model, folder: Path, hashes: dict[str, str]) -> None:
    """Record that these files (path to SHA-256) were verified just now."""
    rows = {**verified(model, folder), **hashes}
    content = {path: [sha256, _stamp(folder / model.name / path)] for path, sha256 in sorted(rows.items())}
    record = _record(model, folder)
    record.parent.mkdir(parents=True, exist_ok=True)
    disk.write_whole(record, json.dumps(content, indent=1).encode())


def forget(model: Model, folder: Path) -> None:
    """Drop the record, so that the next fetch reads every byte."""
    _record(model, folder).unlink(missing_ok=True)


def needed(model: Model, folder: Path, counter: disk.Counter | None = None) -> list[File]:
    """The files that must be fetched. What lies there unrecorded is hashed first; what is wrong is removed.

    What lies where a file without pins belongs is left alone until a fetched one takes its place.
    """
    known = verified(model, folder)
    fresh: dict[str, str] = {}
    missing = []
    for file in model.files:
        path = folder / model.name / file.path
        if file.sha256 and known.get(file.path) == file.sha256:
            continue
        if look_at(file, folder / model.name) is State.THERE and disk.digest(path, counter) == file.sha256:
            fresh[file.path] = file.sha256 or ""
            continue
        if file.sha256 and os.path.lexists(path):
            # Neither its length nor its hash is right: its bytes are of no use, and their room is needed.
            path.unlink()
        missing.append(file)
    if fresh:
        remember(model, folder, fresh)
    return missing
