"""A conversation as tokens: the template's pieces with special tokens, the words without, both remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from jinja2 import TemplateError

from companion.engines.llm import Message
from companion.engines.llm.template import ChatTemplate, Fixed, Words
from companion.engines.llm.tokens import Vocabulary
from companion.errors import EngineError

_MOST = 1000
"""Texts whose tokens are remembered, of each kind."""


class PromptTokens:
    """Lays prompts out as tokens.

    What the model generated is never tokenized again: a later message of hers that repeats the generated
    text, whole or cut short by an interruption, gets the very tokens that are in the KV cache.
    """

    def __init__(self, vocabulary: Vocabulary, template: ChatTemplate) -> None:
        self._vocabulary = vocabulary
        self._template = template
        self._fixed: dict[str, list[int]] = {}
        self._words: OrderedDict[str, list[int]] = OrderedDict()
        self._said: OrderedDict[str, list[int]] = OrderedDict()
        self._cut_short: OrderedDict[str, list[int]] = OrderedDict()

    def of(self, messages: Sequence[Message], *, answer: bool = True, open_ended: bool = False) -> list[int]:
        """The tokens of a prompt; see `ChatTemplate.lay_out`. Raises `EngineError` where the template
        refuses these messages."""
        if not messages:
            return []
        try:
            pieces = self._template.lay_out(messages, answer=answer, open_ended=open_ended)
        except TemplateError as error:
            raise EngineError(
                f"The model's chat template refuses this conversation ({error}); choose another model."
            ) from error
        tokens: list[int] = []
        for piece in pieces:
            tokens += self._of_fixed(piece) if isinstance(piece, Fixed) else self._of_words(piece)
        opening = self._vocabulary.opening
        return tokens if opening is None or tokens[:1] == [opening] else [opening, *tokens]

    def remember(self, tokens: Sequence[int]) -> None:
        """Keep what the model just said."""
        text = b"".join(map(self._vocabulary.piece, tokens)).decode("utf-8", "replace").strip()
        if text:
            self._said[text] = list(tokens)
            self._said.move_to_end(text)
            _forget_oldest(self._said)

    def hers(self, messages: Sequence[Message]) -> dict[str, list[int]]:
        """The tokens of each text of hers in a prompt, for `take_up` in another process."""
        pieces = self._template.lay_out(messages, answer=False) if messages else []
        return {
            piece.text: self._of_words(piece)
            for piece in pieces
            if isinstance(piece, Words) and piece.role == "assistant"
        }

    def take_up(self, hers: Mapping[str, list[int]]) -> None:
        """Lay texts of hers out as those tokens from now on."""
        self._cut_short.update(hers)
        _forget_oldest(self._cut_short)

    def said(self, messages: Sequence[Message]) -> list[int]:
        """Tokens of what she said in the messages' last replies, for the repeat penalty."""
        hers = [message for message in messages if message.role == "assistant"][-4:]
        return [token for message in hers for token in self._of_words(Words("assistant", message.content))]

    def _of_fixed(self, piece: Fixed) -> list[int]:
        if piece.text not in self._fixed:
            if len(self._fixed) >= _MOST:
                self._fixed.clear()
            self._fixed[piece.text] = self._vocabulary.of_template(piece.text)
        return self._fixed[piece.text]

    def _of_words(self, piece: Words) -> list[int]:
        """A text's tokens, the same each time it is asked for: a prompt must not change behind the cache."""
        hers = piece.role == "assistant"
        if hers and (said := self._said.get(piece.text.strip())) is not None:
            return said
        known = self._cut_short if hers else self._words
        if piece.text not in known:
            generated = self._generated(piece.text) if hers else None
            known[piece.text] = self._vocabulary.of_words(piece.text) if generated is None else generated
            _forget_oldest(known)
        known.move_to_end(piece.text)
        return known[piece.text]

    def _generated(self, text: str) -> list[int] | None:
        """The original tokens of a text that something she said began with; None if nothing did."""
        wanted = text.strip()
        whole = next((said for said in reversed(self._said) if wanted and said.startswith(wanted)), None)
        if whole is None:
            return None
        data = wanted.encode("utf-8", "replace")
        kept = length = 0
        spoken = b""
        for count, token in enumerate(self._said[whole], start=1):
            spoken = (spoken + self._vocabulary.piece(token)).lstrip()
            if not data.startswith(spoken):
                break
            if not _inside_character(data, len(spoken)):
                kept, length = count, len(spoken)
        rest = data[length:].decode("utf-8", "replace")
        return self._said[whole][:kept] + self._vocabulary.of_words(rest)


def _inside_character(data: bytes, at: int) -> bool:
    """Whether cutting UTF-8 there would cut a character in two."""
    return at < len(data) and data[at] & 0xC0 == 0x80


def _forget_oldest(known: OrderedDict[str, list[int]]) -> None:
    while len(known) > _MOST:
        known.popitem(last=False)
