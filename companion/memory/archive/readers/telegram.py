"""Telegram's export (result.json), of one chat or of all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from companion.memory.archive.conversation import Message, moment, passages
from companion.memory.archive.document import Document
from companion.memory.archive.json_values import chosen, string
from companion.memory.archive.passages import Progress, Read

_NAMES = frozenset(("name", "chats.list.item.name", "left_chats.list.item.name"))
_MESSAGES = frozenset(
    ("messages.item", "chats.list.item.messages.item", "left_chats.list.item.messages.item")
)


def read(document: Document) -> Read:
    """Yield what was said in each chat."""
    for (_, chat), said in groupby(_messages(document), key=lambda message: message[:2]):
        yield from passages((message for *_, message in said), chat)
        yield Progress(document.stream.tell())


def _messages(document: Document) -> Iterator[tuple[int, str, Message]]:
    """(number of the chat, its name, a message)."""
    number, chat = 0, ""
    for prefix, value in chosen(document.stream, document.limits, _NAMES | _MESSAGES):
        if prefix in _NAMES:
            number, chat = number + 1, string(value)
        elif isinstance(value, dict) and (message := _message(value)):
            yield number, chat, message


def _message(value: dict[str, Any]) -> Message | None:
    if value.get("type") != "message":
        return None
    return Message(string(value.get("from")), _text(value.get("text")), _when(value), string(value.get("id")))


def _when(value: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(string(value.get("date")))  # as the person's clock showed it
    except ValueError:
        return moment(value.get("date_unixtime"))


def _text(text: object) -> str:
    """A message's text: a string, or a list of strings and of pieces with a style."""
    if isinstance(text, list):
        return "".join(string(part.get("text")) if isinstance(part, dict) else string(part) for part in text)
    return string(text)
