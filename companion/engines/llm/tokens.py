"""A model's vocabulary: text to tokens and back."""

from __future__ import annotations

import ctypes
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from companion.engines import Cancelled
from companion.engines.llm.native import llama
from companion.errors import EngineError

_SENTENCEPIECE = 1
"""llama_vocab_type: this kind may put a space before every text it is given."""


class Vocabulary:
    """The tokens of a loaded model. Raises `Cancelled` once it is closed, before the model is freed."""

    def __init__(self, model: Any) -> None:
        self._api = llama()
        if not model:
            raise EngineError("The model could not be loaded: run `companion weights verify`.")
        self._lock = threading.Lock()
        self._vocab = self._api.llama_model_get_vocab(model)
        self.size: int = self._api.llama_vocab_n_tokens(self._vocab)
        """How many tokens there are."""
        bos: int = self._api.llama_vocab_bos(self._vocab)
        eos: int = self._api.llama_vocab_eos(self._vocab)
        self.bos_text = self._name(bos)
        self.eos_text = self._name(eos)
        self.opening: int | None = bos if self._api.llama_vocab_get_add_bos(self._vocab) else None
        """The token every prompt starts with, for models that want one."""
        self._anchor: list[int] = []
        self._anchor = self._find_anchor()

    def close(self) -> None:
        """Wait for a call under way; let none start after it."""
        with self._lock:
            self._vocab = None

    def of_template(self, text: str) -> list[int]:
        """Tokens of a template's own text; names of special tokens become those tokens."""
        return self._tokenize(text, special=True)

    def of_words(self, text: str) -> list[int]:
        """Tokens of somebody's words: whatever they say, none of them is a control token."""
        tokens = self._tokenize(text, special=False)
        if not any(self.is_mark(token) for token in tokens):
            return tokens
        return self._broken_up(text, tokens)

    def grammar(self, source: str) -> Any:
        """llama.cpp's sampler that lets only through what a grammar in GBNF allows; who adds it to a chain
        frees it with that. Raises `EngineError` where the grammar can't be read."""
        with self._open() as vocab:
            sampler = self._api.llama_sampler_init_grammar(vocab, source.encode(), b"root")
        if not sampler:
            raise EngineError("The model's grammar can't be read: this is a fault of Companion's.")
        return sampler

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for, maybe only part of a character; empty for control tokens."""
        with self._open() as vocab:
            buffer = ctypes.create_string_buffer(64)
            size = self._api.llama_token_to_piece(vocab, token, buffer, len(buffer), 0, False)
            if size < 0:
                buffer = ctypes.create_string_buffer(-size)
                size = self._api.llama_token_to_piece(vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(size, 0)]

    def ends_reply(self, token: int) -> bool:
        """True for the tokens a reply ends with, and for control tokens: after one it isn't her turn."""
        with self._open() as vocab:
            return bool(
                self._api.llama_vocab_is_eog(vocab, token) or self._api.llama_vocab_is_control(vocab, token)
            )

    def is_mark(self, token: int) -> bool:
        """True for a token that stands for something outside the words: a role, an end, a tool call."""
        with self._open() as vocab:
            attributes = self._api.llama_vocab_get_attr(vocab, token)
        if attributes & self._api.LLAMA_TOKEN_ATTR_CONTROL:
            return True
        # Some vocabularies also define runs of white space or single letters this way: words like any other.
        defined = attributes & self._api.LLAMA_TOKEN_ATTR_USER_DEFINED
        return bool(defined and len(self._name(token).replace("\u2581", " ").strip()) > 1)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """The vocabulary's pointer, safe from being freed while the body runs."""
        with self._lock:
            if self._vocab is None:
                raise Cancelled
            yield self._vocab

    def _name(self, token: int) -> str:
        if token < 0:
            return ""
        with self._open() as vocab:
            name = self._api.llama_vocab_get_text(vocab, token)
            return name.decode("utf-8", "replace") if name else ""

    def _tokenize(self, text: str, *, special: bool) -> list[int]:
        """llama_tokenize, without the space that SentencePiece would put before a text."""
        if not text:
            return []
        data = text.encode("utf-8", "replace")
        if not self._anchor:
            return self._raw(data, special)
        tokens = self._raw(b"\n" + data, special)
        anchored = tokens[: len(self._anchor)] == self._anchor
        return tokens[len(self._anchor) :] if anchored else self._raw(data, special)

    def _raw(self, data: bytes, special: bool) -> list[int]:
        with self._open() as vocab:
            room = len(data) + 8
            buffer = (self._api.llama_token * room)()
            count = self._api.llama_tokenize(vocab, data, len(data), buffer, room, False, special)
            if count < 0:
                buffer = (self._api.llama_token * -count)()
                count = self._api.llama_tokenize(vocab, data, len(data), buffer, -count, False, special)
            return list(buffer[:count])

    def _find_anchor(self) -> list[int]:
        """The tokens of a line break in front of a text, where the tokenizer puts a space before texts."""
        if self._api.llama_vocab_type(self._vocab) != _SENTENCEPIECE:
            return []
        first = self._raw(b"a", False)
        return self._raw(b"\n", False) if first and self.piece(first[0]).startswith(b" ") else []

    def _broken_up(self, text: str, tokens: list[int]) -> list[int]:
        """Tokenize words that name a mark with a cut inside each such name, so that it stays mere letters.

        llama.cpp leaves control tokens alone in plain text but not those a file calls "user defined", and
        some files call their roles that.
        """
        names = {self._name(token) for token in tokens if self.is_mark(token)}
        cuts = {0, len(text)}
        for name in names:
            at = text.find(name)
            while at >= 0 and len(name) > 1:
                cuts.add(at + 1)
                at = text.find(name, at + 1)
        broken: list[int] = []
        for start, stop in itertools.pairwise(sorted(cuts)):
            part = self._tokenize(text[start:stop], special=False)
            if any(self.is_mark(token) for token in part):  # a name that only the cutting brought about
                part = [
                    token for letter in text[start:stop] for token in self._tokenize(letter, special=False)
                ]
            broken += part
        return broken
