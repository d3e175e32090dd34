"""Messages between the program and the process that reads files: a length, then JSON.

What comes from the reading process is as little to be trusted as the file it has read: it is bounded, and
every field is looked at."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

from companion.memory.archive.passages import Done, Item, Passage, Progress, Trouble

LARGEST = 4 << 20
"""Bytes of a message. The longest passage, each character escaped, is 1.2 MB."""

_LENGTH = struct.Struct(">I")


class BrokenFrame(ValueError):
    """What came is no message."""


def write(stream: BinaryIO, message: Any) -> None:
    """Send a message. Raises OSError where nobody reads any more."""
    data = json.dumps(message).encode("ascii")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read(stream: BinaryIO) -> Any:
    """Return the next message, None at the end. Raises BrokenFrame for one that is too large or no JSON."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else LARGEST + 1
    if size > LARGEST:
        raise BrokenFrame("too large a message")
    data = stream.read(size)
    if len(data) < size:
        return None  # the process was killed while it wrote
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("no JSON") from error


def packed(item: Item) -> list[Any]:
    """Return an item as JSON can carry it."""
    if isinstance(item, Passage):
        return ["p", item.text, item.place, item.when, item.author, item.title, item.to, item.thread]
    if isinstance(item, Trouble):
        return ["t", item.why, item.place]
    if isinstance(item, Progress):
        return ["g", item.done]
    return ["d", item.kind, item.passages, item.troubles, item.whole]


def unpacked(value: Any) -> Item:
    """Return the item that `packed` packed. Raises BrokenFrame for anything else."""
    if not isinstance(value, list) or not value:
        raise BrokenFrame("no item")
    match value:
        case ["p", *texts] if len(texts) == 7 and _are(texts, str):
            return Passage(*texts)
        case ["t", str(why), str(place)]:
            return Trouble(why, place)
        case ["g", int(done)]:
            return Progress(done)
        case ["d", str(kind), int(passages), int(troubles), bool(whole)]:
            return Done(kind, passages, troubles, whole)
    raise BrokenFrame("no item")


def _are(values: list[Any], kind: type) -> bool:
    return all(isinstance(value, kind) for value in values)
