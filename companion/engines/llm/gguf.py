"""What a GGUF file says about itself, read from its header without loading the model.

The layout is ggml's docs/gguf.md, versions 2 and 3, little-endian. A file from somewhere is not trusted:
every length is checked against a bound and against the file before anything is read.
"""

from __future__ import annotations

import math
import os
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from jinja2 import TemplateError

from companion.engines.llm import Message
from companion.engines.llm.template import ChatTemplate
from companion.errors import WeightsError, reason

_MOST_KEYS, _MOST_TENSORS, _LONGEST_TEXT, _LONGEST_ARRAY = 10_000, 200_000, 4 << 20, 4 << 20
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_TEXT, _ARRAY = 8, 9
_KEPT_ARRAYS = {"tokenizer.ggml.tokens"}

TENSOR_TYPES: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
    42: ("Q2_0", 64, 18),
}
"""A tensor's type: its name, weights in a block, bytes of a block (ggml's own table, compared by a test)."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What the header says. Lengths in tokens, sizes in bytes; 0 or "" where the file doesn't say."""

    architecture: str
    name: str
    size_label: str
    quantization: str
    """The type most of its weights have, for example "Q4_K"."""
    parameters: int
    context_length: int
    vocabulary: int
    chat_template: str
    bos: str
    eos: str
    layer_bytes: tuple[int, ...]
    """Bytes of weights in each layer."""
    other_bytes: int
    """Bytes of weights in no layer: embedding and output."""
    cache_bytes_a_token: int
    """Bytes of KV cache a token takes in each layer (16-bit keys and values)."""


class _Broken(Exception):
    """The header can't be what it claims to be; its text says why."""


def inspect(path: Path) -> ModelFile:
    """Read the header of a GGUF file (a few milliseconds to 0.2 s).

    Raises `WeightsError` where there is no such file, it is no GGUF file, or it ends before its weights do.
    """
    try:
        with path.open("rb") as file:
            return _Reader(file).model()
    except FileNotFoundError as error:
        raise WeightsError(
            f"There is no model file {path}; fetch it with: companion weights fetch"
        ) from error
    except OSError as error:
        raise WeightsError(f"The model file {path} can't be read: {error.strerror or error}.") from error
    except (_Broken, struct.error) as error:
        raise WeightsError(
            f"The model file {path.name} is broken ({error}); fetch it again with: companion weights fetch"
        ) from error


def check(path: Path) -> None:
    """Refuse a GGUF file that can't be used for talking.

    Raises `WeightsError` with one sentence: the header is broken, the file is cut short, or its chat template
    is missing or can't be rendered in the sandbox.
    """
    info = inspect(path)
    if not info.vocabulary or not info.layer_bytes:
        raise WeightsError(f"{path.name} holds no language model; choose an instruction-tuned GGUF file.")
    if not info.chat_template:
        raise WeightsError(
            f"{path.name} has no chat template, so it can't hold a conversation; choose an "
            "instruction-tuned (“instruct” or “chat”) model."
        )
    try:
        template = ChatTemplate(info.chat_template, bos=info.bos, eos=info.eos)
        talk = (Message("system", "s"), Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
        template.lay_out(talk, answer=True)
    except TemplateError as error:
        raise WeightsError(
            f"The chat template of {path.name} can't be used ({reason(error, 120)}); "
            "choose another model file."
        ) from error


class _Reader:
    """Reads a header front to back, with bounds."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._values: dict[str, Any] = {}
        self._lengths: dict[str, int] = {}

    def model(self) -> ModelFile:
        if self._take(4) != b"GGUF":
            raise _Broken("it doesn't begin like a GGUF file")
        version = self._number("I")
        if version not in (2, 3):
            raise _Broken(f"it has GGUF version {version}, not 2 or 3")
        tensors, keys = self._number("Q"), self._number("Q")
        if tensors > _MOST_TENSORS or keys > _MOST_KEYS:
            raise _Broken("its header claims impossible numbers")
        for _ in range(keys):
            key = self._text()
            self._values[key] = self._value(self._number("I"), key)
        return self._described(*self._weights(tensors))

    def _take(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise _Broken("it ends inside its header")
        return data

    def _number(self, code: str) -> Any:
        return struct.unpack("<" + code, self._take(struct.calcsize("<" + code)))[0]

    def _bytes(self) -> bytes:
        length = self._number("Q")
        if length > _LONGEST_TEXT:
            raise _Broken("its header holds a text of impossible length")
        return self._take(length)

    def _text(self) -> str:
        return self._bytes().decode("utf-8", "replace")

    def _value(self, kind: int, key: str) -> Any:
        if kind == _TEXT:
            return self._text()
        if kind == _ARRAY:
            return self._array(key)
        if kind not in _SCALARS:
            raise _Broken(f"its header holds a value of unknown kind {kind}")
        return self._number(_SCALARS[kind])

    def _array(self, key: str) -> list[bytes]:
        """Texts where the key's are wanted, else an empty list; the length is kept for all."""
        kind, length = self._number("I"), self._number("Q")
        if length > _LONGEST_ARRAY:
            raise _Broken("its header holds a list of impossible length")
        self._lengths[key] = length
        if kind in _SCALARS:
            self._take(length * struct.calcsize("<" + _SCALARS[kind]))
            return []
        if kind != _TEXT:
            raise _Broken(f"its header holds a list of unknown kind {kind}")
        texts = [self._bytes() for _ in range(length)]
        return texts if key in _KEPT_ARRAYS else []

    def _weights(self, count: int) -> tuple[dict[str, int], Counter[str], int]:
        """Bytes of each tensor, weights of each type, and all weights; checks that the file holds them."""
        sizes: dict[str, int] = {}
        types: Counter[str] = Counter()
        end = 0
        for _ in range(count):
            name, dimensions = self._text(), self._number("I")
            if dimensions > 8:
                raise _Broken("its header holds a tensor of impossible shape")
            weights = math.prod(self._number("Q") for _ in range(dimensions))
            kind, offset = self._number("I"), self._number("Q")
            title, block, bytes_a_block = TENSOR_TYPES.get(kind, (f"type {kind}", 1 << 62, 0))
            sizes[name] = weights // block * bytes_a_block
            types[title] += weights
            end = max(end, offset + sizes[name])
        alignment = self._values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20:
            raise _Broken("its header claims an impossible alignment")
        start = -(-self._file.tell() // alignment) * alignment
        if start + end > self._size:
            raise _Broken(f"it is cut short: {self._size:,} bytes of {start + end:,}")
        return sizes, types, sum(types.values())

    def _described(self, sizes: dict[str, int], types: Counter[str], parameters: int) -> ModelFile:
        architecture = str(self._values.get("general.architecture", ""))
        own: Callable[[str], int] = lambda key: self._whole(f"{architecture}.{key}")  # noqa: E731
        layers: defaultdict[int, int] = defaultdict(int)
        for name, size in sizes.items():
            prefix, _, rest = name.partition(".")
            number = rest.partition(".")[0]
            if prefix == "blk" and number.isdecimal() and int(number) < 10_000:
                layers[int(number)] += size
        heads = max(own("attention.head_count"), 1)
        head = own("attention.key_length") or own("embedding_length") // heads
        tokens: list[bytes] = self._values.get("tokenizer.ggml.tokens") or []
        return ModelFile(
            architecture=architecture,
            name=str(self._values.get("general.name", "")),
            size_label=str(self._values.get("general.size_label", "")),
            quantization=types.most_common(1)[0][0] if types else "",
            parameters=parameters,
            context_length=own("context_length"),
            vocabulary=self._lengths.get("tokenizer.ggml.tokens", 0),
            chat_template=str(self._values.get("tokenizer.chat_template", "")),
            bos=self._token(tokens, "tokenizer.ggml.bos_token_id"),
            eos=self._token(tokens, "tokenizer.ggml.eos_token_id"),
            layer_bytes=tuple(layers[number] for number in sorted(layers)),
            other_bytes=sum(sizes.values()) - sum(layers.values()),
            cache_bytes_a_token=(own("attention.head_count_kv") or heads) * head * 2 * 2,
        )

    def _whole(self, key: str) -> int:
        value = self._values.get(key, 0)
        return value if isinstance(value, int) and value >= 0 else 0

    def _token(self, tokens: list[bytes], key: str) -> str:
        index = self._whole(key) if key in self._values else -1
        return tokens[index].decode("utf-8", "replace") if 0 <= index < len(tokens) else ""
