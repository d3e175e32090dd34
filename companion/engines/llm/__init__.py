"""LLM: what to answer, token by token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from companion.engines import Cancel

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the prompt. `content` is data: no text in it can become a role of the chat template."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen; `temperature` 0 takes the likeliest. `seed` None: another each time.
    `never`: what isn't written, where it is a token of its own. `grammar`: what the reply must be, in GBNF
    from its rule "root" on; "" for anything."""

    temperature: float
    top_p: float
    min_p: float
    repeat_penalty: float
    seed: int | None = None
    never: tuple[str, ...] = ()
    grammar: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Speeds measured on this machine so far, in tokens per second; 0.0 where nothing was measured yet."""

    prefill: float
    decode: float


class PromptTooLong(Exception):
    """The prompt doesn't fit the context: leave out its oldest turns and ask again; nothing is wrong.

    `tokens`: how long the prompt is. `room`: how many tokens it may have.
    """

    def __init__(self, tokens: int, room: int) -> None:
        super().__init__(f"The prompt takes {tokens} tokens and the context has room for {room}.")
        self.tokens = tokens
        self.room = room


class LanguageModel(Protocol):
    """A chat model with one conversation in its KV cache. Raises `Cancelled`, `EngineError`, and
    `PromptTooLong` where `count(messages)` exceeds `context_tokens` (for `generate`: leaves no room).

    The prompt is given whole each time; what it shares with the last one is not evaluated again.
    """

    context_tokens: int
    """How many tokens the context holds."""

    def prefill(self, messages: Sequence[Message], cancel: Cancel, *, open_ended: bool = False) -> int:
        """Evaluate the prompt into the cache without answering; returns how many tokens were new.

        `open_ended`: the last message is still being said, so nothing that closes it is evaluated.
        """
        ...

    def generate(
        self,
        messages: Sequence[Message],
        cancel: Cancel,
        *,
        sampling: Sampling,
        max_tokens: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield the reply to the last message in pieces of whole characters, up to a stop string. Where the
        last message is the assistant's own, it was cut off there, and goes on."""
        ...

    def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the prompt with these messages takes."""
        ...

    def thin(self, messages: Sequence[Message], cancel: Cancel) -> int:
        """Make the cache hold the prompt of `messages`, a conversation whose oldest turns were left out,
        by removing their positions and shifting the rest; returns how many tokens were evaluated anew."""
        ...

    def keep(self, messages: Sequence[Message], cancel: Cancel) -> bool:
        """Keep what is evaluated of the conversation `messages`, and nothing else, for the next start, where
        there is a place for it; whether anything was written. Evaluates nothing."""
        ...

    def rates(self) -> Rates:
        """The speeds measured so far."""
        ...
