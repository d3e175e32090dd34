"""The header of a model file: read with suspicion, refused with a sentence."""

import contextlib
import ctypes
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.engines.llm.gguf import TENSOR_TYPES, check, inspect
from companion.engines.llm.native import ggml
from companion.errors import WeightsError

TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def key(name: str, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def words(*values: str) -> bytes:
    return struct.pack("<IQ", 8, len(values)) + b"".join(map(text, values))


def tensor(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def write(path: Path, keys: list[bytes], tensors: list[bytes], data: int, version: int = 3) -> Path:
    """A GGUF file with these keys and tensors and `data` bytes of weights."""
    header = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(keys + tensors)
    path.write_bytes(header + bytes(-len(header) % 32 + data))
    return path


def model_keys(template: str | None = TEMPLATE) -> list[bytes]:
    """The keys of a little model that can hold a conversation."""
    keys = [
        key("general.architecture", 8, text("toy")),
        key("toy.context_length", 4, struct.pack("<I", 2048)),
        key("toy.embedding_length", 4, struct.pack("<I", 64)),
        key("toy.attention.head_count", 4, struct.pack("<I", 4)),
        key("toy.attention.head_count_kv", 4, struct.pack("<I", 2)),
        key("tokenizer.ggml.tokens", 9, words("<s>", "</s>", "a")),
        key("tokenizer.ggml.scores", 9, struct.pack("<IQ3f", 6, 3, 0, 0, 0)),
        key("tokenizer.ggml.bos_token_id", 4, struct.pack("<I", 0)),
        key("tokenizer.ggml.eos_token_id", 4, struct.pack("<I", 1)),
    ]
    return keys if template is None else [*keys, key("tokenizer.chat_template", 8, text(template))]


TENSORS = [
    tensor("token_embd.weight", (64, 3), 0, 0),
    tensor("blk.0.attn_q.weight", (64, 64), 2, 768),
    tensor("blk.1.attn_q.weight", (64, 64), 2, 768 + 2304),
]
DATA = 768 + 2 * 2304


def test_a_models_header_says_what_it_is(tmp_path: Path) -> None:
    model = inspect(write(tmp_path / "toy.gguf", model_keys(), TENSORS, DATA))
    assert (model.architecture, model.context_length, model.vocabulary) == ("toy", 2048, 3)
    assert (model.bos, model.eos) == ("<s>", "</s>")
    assert (model.layer_bytes, model.other_bytes) == ((2304, 2304), 768)
    assert model.parameters == 192 + 2 * 4096
    assert model.quantization == "Q4_0"
    assert model.cache_bytes_a_token == 2 * 16 * 2 * 2
    assert model.chat_template == TEMPLATE


@pytest.mark.parametrize("name", ["qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m"])
def test_real_models_pass_the_check(weights_dir: Path, name: str) -> None:
    path = weights_dir / name / "model.gguf"
    check(path)
    model = inspect(path)
    held = sum(model.layer_bytes) + model.other_bytes
    assert 0.9 * path.stat().st_size < held < path.stat().st_size
    assert model.eos == "<|im_end|>"


def test_the_sizes_of_tensor_types_are_ggmls_own() -> None:
    base = ggml("ggml-base")
    base.ggml_type_name.restype = ctypes.c_char_p
    base.ggml_blck_size.restype = ctypes.c_int64
    base.ggml_type_size.restype = ctypes.c_size_t
    for number, (name, block, size) in TENSOR_TYPES.items():
        assert base.ggml_type_name(number).decode().upper() == name
        assert (base.ggml_blck_size(number), base.ggml_type_size(number)) == (block, size)


def test_a_file_cut_short_is_refused(weights_dir: Path, tmp_path: Path) -> None:
    whole = weights_dir / "smollm2-135m" / "model.gguf"
    cut = tmp_path / "model.gguf"
    with whole.open("rb") as file:
        cut.write_bytes(file.read(4_000_000))
    with pytest.raises(WeightsError, match=r"is cut short: 4,000,000 bytes of 98,362,432.*weights fetch"):
        check(cut)


def test_a_file_short_by_one_byte_is_refused(tmp_path: Path) -> None:
    check(write(tmp_path / "toy.gguf", model_keys(), TENSORS, DATA))
    with pytest.raises(WeightsError, match="cut short"):
        check(write(tmp_path / "toy.gguf", model_keys(), TENSORS, DATA - 1))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends inside its header"),
        (b"GGUF", "ends inside its header"),
        (b"<!DOCTYPE html><html>not a model</html>", "doesn't begin like a GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "GGUF version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "impossible numbers"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "impossible numbers"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62), "text of impossible length"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key("a", 99, b""), "unknown kind 99"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key("a", 9, struct.pack("<IQ", 0, 2**62)),
            "impossible length",
        ),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key("a", 9, struct.pack("<IQ", 9, 1)),
            "list of unknown kind",
        ),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + text("t") + struct.pack("<I", 10**9), "impossible shape"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + key("general.alignment", 4, struct.pack("<I", 0)),
            "impossible alignment",
        ),
    ],
)
def test_a_broken_header_is_refused_with_its_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(WeightsError, match=reason):
        check(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 900), value=st.binary(min_size=1, max_size=8), cut=st.integers(0, 7000))
def test_a_damaged_header_never_does_worse_than_be_refused(
    tmp_path: Path, at: int, value: bytes, cut: int
) -> None:
    path = write(tmp_path / "toy.gguf", model_keys(), TENSORS, DATA)
    data = path.read_bytes()
    damaged = (data[:at] + value + data[at + len(value) :])[:cut]
    path.write_bytes(damaged)
    if cut < len(data):
        with pytest.raises(WeightsError, match=r"toy\.gguf"):
            check(path)
    else:
        with contextlib.suppress(WeightsError):  # what is damaged may be of no consequence
            check(path)


@pytest.mark.parametrize(
    ("keys", "tensors", "reason"),
    [
        (model_keys(None), TENSORS, "has no chat template"),
        (model_keys("{% for"), TENSORS, "chat template .* can't be used"),
        (model_keys("{{ ''.__class__.__mro__ }}"), TENSORS, "chat template .* can't be used"),
        (model_keys("the same whatever is said"), TENSORS, "leaves out"),
        (
            model_keys("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"),
            TENSORS,
            "runs too long",
        ),
        ([key("general.architecture", 8, text("whisper"))], TENSORS, "holds no language model"),
        (model_keys(), TENSORS[:1], "holds no language model"),
    ],
)
def test_a_model_that_can_not_talk_is_refused(
    tmp_path: Path, keys: list[bytes], tensors: list[bytes], reason: str
) -> None:
    with pytest.raises(WeightsError, match=reason):
        check(write(tmp_path / "toy.gguf", keys, tensors, DATA))


def test_no_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="weights fetch"):
        inspect(tmp_path / "model.gguf")


def test_a_folder_in_place_of_a_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="can't be read"):
        inspect(tmp_path)
