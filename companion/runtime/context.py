"""The model's context: how much of it a conversation may take, and what it is shown of a record."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from companion.dialogue.prompt import Line, Record, lines, thinned
from companion.engines.llm import LanguageModel, Message

SPARE = 16
"""Tokens of the context that neither a prompt nor a reply uses."""


class Context:
    """Lays the prompt of a record out, and thins records that don't fit."""

    def __init__(
        self, llm: LanguageModel, persona: str, examples: Sequence[tuple[str, str]], max_tokens: int
    ) -> None:
        """`max_tokens`: of a reply, at most."""
        self._llm, self._persona, self._examples, self._max_tokens = llm, persona, examples, max_tokens

    def messages(self, record: Record) -> list[Message]:
        """The prompt of a record."""
        return messages(lines(record, persona=self._persona, examples=self._examples))

    def unanswered(self, record: Record) -> list[Message]:
        """The prompt of a record up to the last of it that isn't hers: made to hold that, a cache holds no
        more, for there a reply would begin."""
        prompt = self.messages(record)
        while prompt[-1].role == "assistant":
            prompt.pop()
        return prompt

    def count(self, record: Record) -> int:
        """How many tokens that prompt takes."""
        return self._llm.count(self.messages(record))

    @functools.cached_property
    def fixed(self) -> int:
        """Tokens of the prompt before anything has been said."""
        return self.count(Record())

    @property
    def most(self) -> int:
        """Tokens of a reply at most: half of what the fixed prompt leaves belongs to what was said."""
        return max(1, min(self._max_tokens, (self._llm.context_tokens - self.fixed) // 2))

    def fitting(self, record: Record) -> Record:
        """The record as far as it leaves room in the context for some turns more."""
        return thinned(record, self.count, limit=self._share(0.75), target=self._share(0.5))

    def answerable(self, record: Record) -> Record:
        """The record as far as a reply to it fits behind it."""
        return thinned(record, self.count, limit=self._share(1.0), target=self._share(0.75))

    def latest(self, record: Record, tokens: int) -> Record:
        """The newest turns of the record, `tokens` at most."""
        return thinned(record, self.count, limit=self.fixed + tokens, target=self.fixed + tokens)

    def _share(self, part: float) -> int:
        """Tokens of a prompt whose record takes `part` (0..1) of the room there is for it."""
        room = self._llm.context_tokens - self.most - SPARE - self.fixed
        return self.fixed + int(room * part)


def messages(prompt: Sequence[Line]) -> list[Message]:
    """The heart's lines as the language model's messages."""
    return [Message(line.role, line.content) for line in prompt]
