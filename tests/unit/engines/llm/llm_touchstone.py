"""How the tests of the language model judge replies: against an engine with an empty cache."""

from collections.abc import Sequence

from companion.engines import Never
from companion.engines.llm import Message, Sampling
from companion.engines.llm.llama import Llama

GREEDY = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)
"""Always the likeliest token."""

TIE = 0.5
"""Logits this close are a tie: the same tokens evaluated in other batches differ by up to 0.3."""


class After:
    """A cancel token that is set from the `looks`-th look on."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def reply(llama: Llama, messages: Sequence[Message], count: int = 12, **options: object) -> str:
    """What the engine answers at temperature 0."""
    options = {"sampling": GREEDY, "max_tokens": count, **options}
    return "".join(llama.generate(messages, Never(), **options))  # type: ignore[arg-type]


def assert_same_reply(used: Llama, touchstone: Llama, messages: Sequence[Message], count: int = 12) -> None:
    """The used engine chooses what one with an empty cache chooses, token by token, ties excepted."""
    tokens = used._prompt.of(messages)
    used._cache.evaluate(tokens, Never(), answer=True)
    touchstone._cache._clear()
    touchstone._cache.evaluate(tokens, Never(), answer=True)
    for _ in range(count):
        chosen, fresh = used._cache._logits(), touchstone._cache._logits()
        likeliest = max(range(len(fresh)), key=fresh.__getitem__)
        here = max(range(len(chosen)), key=chosen.__getitem__)
        assert fresh[likeliest] - fresh[here] < TIE
        if used._model.vocabulary.ends_reply(likeliest):
            break
        used._cache.extend(likeliest, Never())
        touchstone._cache.extend(likeliest, Never())
    assert used._cache.tokens == touchstone._cache.tokens
