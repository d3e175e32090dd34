"""Fixtures every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

from companion.app import rest_threads

rest_threads()  # before any native library is imported, as every command does

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how fast a busy machine is is no matter of the tests

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    """The folder with the fetched model files; the test set-up fetches all the tests need."""
    return REPOSITORY / "models"


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder with the recordings that come with the tests."""
    return REPOSITORY / "tests" / "data"
