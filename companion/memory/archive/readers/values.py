"""JSON of no kind that is known: a passage for each of its outer parts, "name: value" a line."""

from __future__ import annotations

from companion.memory.archive.document import Document
from companion.memory.archive.json_values import events, repaired, string
from companion.memory.archive.passages import Passage, Read

_LONG = 2000
"""Characters after which a part is given out though it goes on."""


def read(document: Document) -> Read:
    """Yield the parts of a JSON file."""
    held: list[str] = []
    number = depth = length = 0
    for prefix, event, value in events(document.stream, document.limits):
        depth += event in ("start_map", "start_array")
        if event in ("string", "number") and string(value):
            line = _line(prefix, repaired(string(value)))
            held.append(line)
            length += len(line)
        depth -= event in ("end_map", "end_array")
        if held and (length > _LONG or (event == "end_map" and depth <= 2) or depth == 0):
            number += 1
            yield Passage("\n".join(held), f"part {number}")
            held, length = [], 0
    if held:
        yield Passage("\n".join(held), f"part {number + 1}")


def _line(prefix: str, value: str) -> str:
    names = [name for name in prefix.split(".") if name and name != "item"]
    return f"{names[-1]}: {value}" if names else value
