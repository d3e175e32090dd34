"""CSV: a passage a row, "column: value" a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, islice

from companion.memory.archive.decoding import lines
from companion.memory.archive.document import Document
from companion.memory.archive.passages import Passage, Read, Unreadable

_SEPARATORS = ",;\t|"
_MOST_COLUMNS = 500


def read(document: Document) -> Read:
    """Yield the rows of a table. Raises Unreadable at a field that is too long, behind the rows before it."""
    csv.field_size_limit(document.limits.line)
    source = lines(document.stream, document.limits)
    first = list(islice(source, 20))
    rows = csv.reader((f"{line}\n" for line in chain(first, source)), delimiter=_separator(first))
    try:
        yield from _passages(rows)
    except csv.Error as error:
        raise Unreadable("One of its fields is too long to be text.") from error


def _passages(rows: Iterator[list[str]]) -> Iterator[Passage]:
    names: list[str] = []
    given = False
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row[:_MOST_COLUMNS]]
        if number == 1 and _is_header(cells):
            names = cells
        elif any(cells):
            given = True
            yield Passage("\n".join(_named(cells, names)), f"row {number}")
    if names and not given:
        yield Passage(", ".join(names), "row 1")


def _named(cells: list[str], names: list[str]) -> Iterator[str]:
    if not names:
        yield " | ".join(filter(None, cells))
    for name, cell in zip(names, cells, strict=False):
        if cell:
            yield f"{name}: {cell}" if name else cell
    yield from filter(None, cells[len(names) :] if names else ())


def _separator(first: list[str]) -> str:
    """The character that stands most evenly in the first lines."""
    counts = {mark: [line.count(mark) for line in first if line] for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (min(counts[mark], default=0), sum(counts[mark])))


def _is_header(cells: list[str]) -> bool:
    """Whether a first row names the columns: words, all different, no number or date among them."""
    named = [cell for cell in cells if cell]
    return len(cells) > 1 and len(set(named)) == len(cells) and not any(cell[0].isdigit() for cell in named)
