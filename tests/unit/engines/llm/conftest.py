"""The engines that the tests of the language model share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.engines.llm.llama import Llama
from companion.settings import LlmSettings


@pytest.fixture(scope="session")
def small_settings() -> LlmSettings:
    return LlmSettings(context=1024, gpu_layers=0)


@pytest.fixture(scope="session")
def engine(weights_dir: Path, small_settings: LlmSettings) -> Iterator[Llama]:
    """An engine that all tests of the session use after one another, as a conversation does."""
    with Llama(weights_dir / "smollm2-135m", small_settings) as llama:
        yield llama


@pytest.fixture(scope="session")
def touchstone(weights_dir: Path, small_settings: LlmSettings) -> Iterator[Llama]:
    """A second engine, emptied before each use by `assert_same_reply`."""
    with Llama(weights_dir / "smollm2-135m", small_settings) as llama:
        yield llama
