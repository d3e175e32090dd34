"""Fixtures every test may use."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from companion.app import rest_threads

rest_threads()  # before any native library is imported, as every command does

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
"""No test puts anything into the keyring of whoever runs it, nor do the programs that it starts."""

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how fast a busy machine is is no matter of the tests

# A shell's "&" and nohup have what they start ignore these, and its children in turn.
for name, usual in (("SIGINT", signal.default_int_handler), ("SIGHUP", signal.SIG_DFL)):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def weights_dir() -> Path:
    """The folder with the fetched model files; the test set-up fetches all the tests need."""
    return REPOSITORY / "models"


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder with the recordings that come with the tests."""
    return REPOSITORY / "tests" / "data"
