"""One output more for a voice file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engines.tts.onnx_outputs import with_durations


def test_the_default_voice_gets_the_lengths_of_its_phonemes(weights_dir: Path) -> None:
    model = (weights_dir / "piper-en_US-joe-medium" / "en_US-joe-medium.onnx").read_bytes()
    patched = with_durations(model)
    assert patched.startswith(model)
    assert patched[len(model) :].endswith(b"/Ceil_output_0")
    assert with_durations(patched) == patched


@given(st.binary(max_size=200))
def test_what_is_no_model_is_refused_or_left_alone(content: bytes) -> None:
    try:
        assert with_durations(content) == content
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, but never another exception


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no graph"):
        with_durations(b"")
