"""Messages of a chat, put together to passages that can be understood: what was said within some hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.memory.archive.passages import Passage, Unreadable

TOGETHER = 900
"""Characters of a passage after which the next message begins another."""

APART = 6 * 3600.0
"""Seconds of quiet after which a message begins another conversation."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: who wrote it, the text, when (None where that isn't known), and its number or id."""

    author: str
    text: str
    when: datetime | None
    id: str


def passages(messages: Iterable[Message], chat: str) -> Iterator[Passage]:
    """Yield the messages of a chat, several a passage, a line each with who wrote it.

    Where `messages` raises Unreadable, what came before is given and the error raised again.
    """
    held: list[Message] = []
    try:
        for message in messages:
            if held and (_length(held) > TOGETHER or _apart(held[-1], message)):
                yield _passage(held, chat)
                held = []
            if message.text.strip():
                held.append(message)
    except Unreadable:
        if held:
            yield _passage(held, chat)
        raise
    if held:
        yield _passage(held, chat)


def _length(held: list[Message]) -> int:
    return sum(len(message.author) + len(message.text) + 3 for message in held)


def moment(seconds: object) -> datetime | None:
    """Return the moment of a Unix time in seconds, or None for what is none."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def written(when: datetime | None) -> str:
    """A moment as passages have it."""
    return when.isoformat(timespec="minutes") if when else ""


def _apart(before: Message, after: Message) -> bool:
    if before.when is None or after.when is None:
        return False
    if (before.when.tzinfo is None) != (after.when.tzinfo is None):
        return True
    return abs((after.when - before.when).total_seconds()) > APART


def _passage(held: list[Message], chat: str) -> Passage:
    authors = ", ".join(dict.fromkeys(message.author for message in held if message.author))
    text = "\n".join(
        f"{message.author}: {message.text}" if message.author else message.text for message in held
    )
    return Passage(text, f"message {held[0].id}", written(held[0].when), authors, chat, thread=chat)
