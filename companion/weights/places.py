"""Where model files and the catalogue lie: in the checkout, else in the user's data folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def checkout() -> Path | None:
    """The root of the source checkout this program runs from; None where it is installed."""
    root = Path(__file__).resolve().parents[2]
    inside = (root / "pyproject.toml").is_file() and (root / "models" / "catalog.toml").is_file()
    return root if inside else None


def models_folder() -> Path:
    """The folder with a folder for each model; it may not exist yet.

    COMPANION_MODELS where it is set, else `models` of the checkout, else the user's data folder. Never the
    home of a companion: weights are shared by all of them, and no part of what is private.
    """
    if chosen := os.environ.get("COMPANION_MODELS"):
        return Path(chosen).expanduser().absolute()
    if root := checkout():
        return root / "models"
    return platformdirs.user_data_path("companion", appauthor=False) / "models"


def catalogue_file() -> Path:
    """The catalogue that came with the program: the checkout's, else the copy inside the package."""
    if root := checkout():
        return root / "models" / "catalog.toml"
    return Path(__file__).with_name("catalog.toml")
