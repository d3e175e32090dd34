"""Facebook's and Instagram's export of a chat (message_1.json): newest first, its letters broken."""

from __future__ import annotations

from typing import Any

from companion.memory.archive.conversation import Message, moment, passages
from companion.memory.archive.document import Document
from companion.memory.archive.json_values import chosen, repaired, string
from companion.memory.archive.passages import Read, Unreadable

_MOST = 500_000
"""Messages of one file; the exports have 10,000 at most."""


def read(document: Document) -> Read:
    """Yield what was said, oldest first. What comes before damage is kept."""
    messages: list[Message] = []
    names: list[str] = []
    title, trouble = "", None
    try:
        for prefix, value in chosen(
            document.stream, document.limits, frozenset(("title", "messages.item", "participants.item"))
        ):
            if prefix == "title":
                title = repaired(string(value))
            elif isinstance(value, dict) and prefix == "participants.item":
                names.append(repaired(string(value.get("name"))))
            elif isinstance(value, dict) and len(messages) < _MOST:
                messages.append(_message(value, len(messages) + 1))
    except Unreadable as error:
        trouble = error
    yield from passages(reversed(messages), title or ", ".join(names))
    if trouble is not None:
        raise trouble


def _message(value: dict[str, Any], number: int) -> Message:
    milliseconds = value.get("timestamp_ms")
    when = moment(milliseconds / 1000) if isinstance(milliseconds, (int, float)) else None
    return Message(
        repaired(string(value.get("sender_name"))), repaired(string(value.get("content"))), when, str(number)
    )
