"""Adds models the catalogue doesn't have: from this disk, the Hugging Face hub, or a Piper voice by name."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from companion.errors import WeightsError
from companion.weights import added, disk, hub, presence
from companion.weights.catalog import Catalogue, File, HubSource, Model
from companion.weights.fetch import Check, fetch
from companion.weights.locks import locked
from companion.weights.progress import Progress, Quiet

VOICES = "rhasspy/piper-voices"
"""The repository on the hub that holds Piper's own voices."""

_VOICE = re.compile(r"(?P<family>[a-z]{2,3})_(?P<region>[A-Z]{2})-(?P<speaker>[^-/]+)-(?P<quality>[a-z_]+)")
_WHISPER = ("model.bin", "config.json")
_WHISPER_MORE = ("tokenizer.json", "vocabulary.json", "vocabulary.txt", "preprocessor_config.json")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a folder or repository offers; `files` are pairs of a name in the model and where it lies."""

    role: str
    name: str
    files: tuple[tuple[str, str], ...]
    languages: tuple[str, ...] = ()


def add(
    uri: str,
    folder: Path,
    catalogue: Catalogue,
    progress: Progress | None = None,
    *,
    check: Check | None = None,
) -> Model:
    """Bring a model into `folder` and into the user's catalogue, its hashes pinned; returns its entry.

    `uri`: a path (a GGUF file, a folder with Whisper in CTranslate2's format, a Piper .onnx with its .json
    beside it), `hf:owner/name[:file]`, or `piper:en_US-amy-medium`. `check` looks at a GGUF before it is
    taken. Raises `WeightsError`.
    """
    try:
        return _add(uri, folder, catalogue, progress or Quiet(), check)
    except OSError as error:
        raise disk.sentence(error, folder) from error


def _add(uri: str, folder: Path, catalogue: Catalogue, progress: Progress, check: Check | None) -> Model:
    scheme, _, rest = uri.partition(":")
    if scheme == "piper":
        return _from_hub(_voice(rest), hub.listing(VOICES, "main"), folder, catalogue, progress, check)
    if scheme == "hf":
        repo, _, wanted = rest.partition(":")
        listing = hub.listing(repo, "main")
        found = _pick(list(listing.files), repo.rpartition("/")[2], wanted, f"The repository {repo}")
        return _from_hub(found, listing, folder, catalogue, progress, check)
    return _from_disk(Path(uri).expanduser(), folder, catalogue, progress, check)


def _voice(name: str) -> _Found:
    match = _VOICE.fullmatch(name)
    if match is None:
        raise WeightsError(f"{name!r} is no name of a Piper voice: they look like en_US-amy-medium.")
    family, region = match["family"], match["region"]
    stem = f"{family}/{family}_{region}/{match['speaker']}/{match['quality']}/{name}.onnx"
    files = ((f"{name}.onnx", stem), (f"{name}.onnx.json", f"{stem}.json"))
    return _Found("tts", f"piper-{name}", files, (family,))


def _pick(paths: Sequence[str], label: str, wanted: str, whose: str) -> _Found:
    """What to take of the files of a repository or folder (paths with "/"), or only of the file `wanted`."""
    if wanted:
        if wanted not in paths:
            raise WeightsError(f"{whose} has no file {wanted}: check the name.")
        return _single(paths, wanted, whose)
    if all(name in paths for name in _WHISPER):
        names = [*_WHISPER, *(name for name in _WHISPER_MORE if name in paths)]
        return _Found("asr", _slug(label), tuple((name, name) for name in names))
    models = [path for path in paths if path.endswith((".gguf", ".onnx"))]
    medium = [path for path in models if "q4_k_m" in path.lower()]
    for few in (models, medium):
        if len(few) == 1:
            return _single(paths, few[0], whose)
    if models:
        some = ", ".join(models[:6])
        raise WeightsError(f"{whose} holds several models ({some}): name one behind a colon.")
    raise WeightsError(f"{whose} holds no GGUF file, no Whisper in CTranslate2's format and no Piper voice.")


def _single(paths: Sequence[str], path: str, whose: str) -> _Found:
    name = PurePosixPath(path).name
    if re.search(r"-\d{5}-of-\d{5}\.gguf$", path):
        raise WeightsError(f"{whose} has {name} in several pieces: look for the same model in one file.")
    if path.endswith(".gguf"):
        return _Found("llm", _slug(name.removesuffix(".gguf")), (("model.gguf", path),))
    if path.endswith(".onnx"):
        if f"{path}.json" not in paths:
            raise WeightsError(f"{name} has no {name}.json beside it: a Piper voice needs both.")
        stem = name.removesuffix(".onnx")
        voice = _VOICE.fullmatch(stem)
        languages = (voice["family"],) if voice else ()
        return _Found(
            "tts",
            f"piper-{stem if voice else _slug(stem)}",
            ((name, path), (f"{name}.json", f"{path}.json")),
            languages,
        )
    raise WeightsError(f"{name} is neither a GGUF file nor a Piper voice (.onnx): those can be added.")


def _slug(name: str) -> str:
    slug = re.sub(r"[^\w.+-]+", "-", name, flags=re.ASCII).strip("-._+").lower()
    if not slug:
        raise WeightsError(f"{name!r} gives no name for a model: rename it first.")
    return slug[:90]


def _entry(found: _Found, licence: str, title: str) -> Model:
    return Model(
        role=found.role,
        name=found.name,
        title=title,
        licence=licence,
        languages=found.languages,
        size=1,
        ram=1,
        files=tuple(File(name) for name, _ in found.files),
        added=True,
    )


def _measured(model: Model, files: tuple[File, ...]) -> Model:
    """The entry with its pins, and the memory it needs, estimated as in the catalogue."""
    size = sum(file.bytes or 0 for file in files)
    return replace(model, files=files, size=size, ram=int(size * 1.15) + 500_000_000)


def _from_hub(
    found: _Found,
    listing: hub.Listing,
    folder: Path,
    catalogue: Catalogue,
    progress: Progress,
    check: Check | None,
) -> Model:
    _demand_free(found.name, folder)
    if known := _known(found.name, listing.repo, catalogue):
        fetch(known, folder, progress, check=check)
        return added.with_pins(known, folder)
    if lost := [where for _, where in found.files if where not in listing.files]:
        raise WeightsError(f"The repository {listing.repo} has no file {lost[0]}: check the name.")
    source = HubSource(listing.repo, listing.commit, found.files)
    size = sum(listing.files[where].bytes or 0 for _, where in found.files)
    entry = _entry(found, listing.licence or "see the repository", f"{found.name} ({listing.repo})")
    model = replace(entry, sources=(source,), size=size)
    fetch(model, folder, progress, check=check)
    pinned = _measured(model, added.with_pins(model, folder).files)
    added.register(folder, pinned)
    return pinned


def _demand_free(name: str, folder: Path) -> None:
    """Refuse a name that a file of the models folder has: the model's own folder couldn't stand there."""
    if name == added.FILE or (folder / name).is_file():
        raise WeightsError(f"{name} is the name of a file of Companion's own: rename the file and add that.")


def _known(name: str, repo: str, catalogue: Catalogue) -> Model | None:
    """The catalogue's own entry of that name and repository. Raises where the name is another model's."""
    for model in catalogue:
        if model.name != name:
            continue
        if any(isinstance(source, HubSource) and source.repo == repo for source in model.sources):
            return model
        raise WeightsError(f"There is already another model called {name}: rename the file and add that.")
    return None


def _from_disk(
    path: Path, folder: Path, catalogue: Catalogue, progress: Progress, check: Check | None
) -> Model:
    if not path.exists():
        raise WeightsError(f"There is no {path}: give a path, hf:owner/name or piper:VOICE.")
    home = path if path.is_dir() else path.parent
    paths = [each.name for each in home.iterdir() if each.is_file()]
    found = _pick(paths, path.resolve().name, "" if path.is_dir() else path.name, f"The folder {home}")
    _demand_free(found.name, folder)
    if empty := [where for _, where in found.files if not (home / where).stat().st_size]:
        raise WeightsError(f"{home / empty[0]} is empty: get it again from where it came from.")
    if any(model.name == found.name and model.sources for model in catalogue):
        raise WeightsError(
            f"There is already another model called {found.name}: rename the file and add that."
        )
    if found.role == "llm" and check:
        check(home / found.files[0][1])
    progress.begin(found.name, sum((home / where).stat().st_size for _, where in found.files))
    with locked(folder, found.name):
        files = tuple(
            _take(home / where, folder / found.name / name, progress) for name, where in found.files
        )
        model = _measured(_entry(found, "as its publisher says", f"{found.name} (from this computer)"), files)
        presence.remember(model, folder, {file.path: file.sha256 or "" for file in files})
        added.register(folder, model)
    progress.end("added")
    return model


def _take(source: Path, target: Path, progress: Progress) -> File:
    """Link a file into the models folder, or copy it where a link can't be; returns its pins."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        try:
            os.link(source.resolve(), draft)
        except OSError:
            # Another disk, or a file system without links.
            with source.open("rb") as original, disk.private(draft, fresh=True) as copy:
                shutil.copyfileobj(original, copy, disk.CHUNK)
                disk.settle(copy)
        sha256 = disk.digest(draft, progress.advance)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return File(target.name, sha256, target.stat().st_size)
