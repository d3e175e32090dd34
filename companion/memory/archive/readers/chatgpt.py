"""ChatGPT's export (conversations.json): each conversation without the branches left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from companion.memory.archive.conversation import Message, moment, passages
from companion.memory.archive.document import Document
from companion.memory.archive.json_values import chosen, string
from companion.memory.archive.passages import Progress, Read

_WRITERS = {"user": "you", "assistant": "ChatGPT"}


def read(document: Document) -> Read:
    """Yield what was said in each conversation."""
    for _, conversation in chosen(document.stream, document.limits, frozenset(("item",))):
        if isinstance(conversation, dict):
            yield from passages(_messages(conversation), string(conversation.get("title")))
            yield Progress(document.stream.tell())


def _messages(conversation: dict[str, Any]) -> Iterator[Message]:
    for number, node in enumerate(_branch(conversation), 1):
        message = node.get("message")
        if isinstance(message, dict) and (read := _message(message, number)):
            yield read


def _branch(conversation: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes from the first to the current one; in the file's order where that isn't told."""
    mapping = conversation.get("mapping")
    nodes = (
        {name: node for name, node in mapping.items() if isinstance(node, dict)}
        if isinstance(mapping, dict)
        else {}
    )
    at, names = conversation.get("current_node"), dict[str, None]()
    while isinstance(at, str) and at in nodes and at not in names:
        names[at] = None
        at = nodes[at].get("parent")
    return [nodes[name] for name in reversed(names)] or list(nodes.values())


def _message(message: dict[str, Any], number: int) -> Message | None:
    author, content = message.get("author"), message.get("content")
    role = _WRITERS.get(string(author.get("role"))) if isinstance(author, dict) else None
    parts = content.get("parts") if isinstance(content, dict) else None
    if role is None or not isinstance(parts, list):
        return None
    text = "\n".join(part for part in parts if isinstance(part, str))
    return Message(role, text, moment(message.get("create_time")), str(number))
