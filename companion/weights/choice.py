"""Which model plays a role on this machine, and where its files are."""

from __future__ import annotations

from pathlib import Path

from companion.errors import WeightsError
from companion.weights import added, presence
from companion.weights.catalog import Catalogue, Model
from companion.weights.places import models_folder

SMALL_BELOW = 4 << 30
"""Memory (bytes) below which the small models are the default."""

SPOKEN = ("llm", "asr", "tts", "endpoint", "words", "speaker", "embed")
"""The roles whose default models a companion needs."""


def total_ram() -> int:
    """The machine's memory, bytes."""
    import psutil

    return int(psutil.virtual_memory().total)


def choose(catalogue: Catalogue, role: str, name: str = "", ram: int | None = None) -> Model:
    """The model for a role: the one named in the settings, else the default for a machine of `ram` bytes.

    Raises `WeightsError` for a name that isn't there or plays another role.
    """
    if name:
        return _named(catalogue, role, name)
    ram = total_ram() if ram is None else ram
    models = catalogue.of(role)
    if ram < SMALL_BELOW and (small := [model for model in models if model.small]):
        return small[0]
    if standard := [model for model in models if model.default]:
        return standard[0]
    raise WeightsError(f"No model for {role} is chosen: `companion weights use {role} NAME` chooses one.")


def _named(catalogue: Catalogue, role: str, name: str) -> Model:
    found = [model for model in catalogue if model.name == name]
    if found and found[0].role == role:
        return found[0]
    what = (
        f"{name} is a model for {found[0].role}, not for {role}"
        if found
        else f"There is no model called {name}"
    )
    names = ", ".join(model.name for model in catalogue.of(role))
    raise WeightsError(
        f"{what}: choose one of {names} (`companion weights use {role} NAME`), or let this machine decide "
        f"(`companion weights use {role} default`)."
    )


def locate(
    role: str,
    name: str = "",
    *,
    folder: Path | None = None,
    catalogue: Catalogue | None = None,
    ram: int | None = None,
) -> Path:
    """The folder with the files of the model for a role; `name` is what the settings say ("": the default).

    Compares lengths, not hashes, so it takes no time at a start. Raises `WeightsError` whose sentence says
    which command brings a missing model.
    """
    folder = folder or models_folder()
    return presence.locate(choose(catalogue or added.load(folder), role, name, ram), folder)
