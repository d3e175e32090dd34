"""Search as somebody types: the newest rows with all the words, the last one as far as it is there.

Full text alone is no good for it. For the first letters of a word it merges the rows of every word that
begins so ("th": 0.3 s among a million turns), and it knows words by their stems, so that "paintin" finds
nothing where "painting" was said. So the newest rows are read for the letters themselves; what isn't found
in `LOOKED_AT` of them begins few words, and those full text merges in some milliseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.memory.database import Database

LOOKED_AT = 100_000
"""Characters that are read for the letters: some 2 ms."""

STEM = 3
"""Letters of a word that its stem has at least, and half of it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed: words that are whole, and the beginning of one more ("": none)."""

    whole: tuple[str, ...]
    begun: str

    @classmethod
    def of(cls, text: str) -> Typed:
        """`text` as far as it is typed; a word is whole when something follows it."""
        words = re.findall(r"\w+", text)
        if not words or not (text[-1].isalnum() or text[-1] == "_"):
            return cls(tuple(words), "")
        return cls(tuple(words[:-1]), words[-1])

    def __bool__(self) -> bool:
        return bool(self.whole or self.begun)


class Typing:
    """Searches one table; `index` is its FTS5 table. Raises `StoreError`."""

    def __init__(self, database: Database, table: str, index: str, usual: int) -> None:
        """`usual`: characters of a row."""
        self._database, self._table, self._index = database, table, index
        self._looked_at = LOOKED_AT // usual

    def rows(self, text: str, before: int, most: int) -> list[int]:
        """The ids of the `most` newest rows below `before`, the newest first."""
        wanted = Typed.of(text)
        if not wanted:
            return []
        found = set(
            self._with(_all([*wanted.whole, *([wanted.begun] if wanted.begun else [])]), before, most)
        )
        if wanted.begun:
            found |= set(self._beginning(wanted, before, most))
        return sorted(found, reverse=True)[:most]

    def _with(self, match: str, before: int, most: int) -> list[int]:
        """The newest rows for a full-text query."""
        rows = self._database.read(
            f"SELECT rowid FROM {self._index} WHERE {self._index} MATCH ? AND rowid < ?"
            " ORDER BY rowid DESC LIMIT ?",
            (match, before, most),
        )
        return [row[0] for row in rows]

    def _beginning(self, wanted: Typed, before: int, most: int) -> list[int]:
        """The newest rows with a word that begins so."""
        begins = f"*[^a-z0-9]{wanted.begun.lower()}*"
        if wanted.whole:
            newest = f"SELECT rowid FROM {self._index} WHERE {self._index} MATCH ?3 AND rowid < ?1"
        else:
            newest = f"SELECT id AS rowid FROM {self._table} WHERE id < ?1 AND ?3 = ''"
        rows = self._database.read(
            f"SELECT t.id, ' ' || lower(t.text) GLOB ?2 FROM ({newest} ORDER BY rowid DESC LIMIT ?4) n"
            f" JOIN {self._table} t ON t.id = n.rowid",
            (before, begins, _all(wanted.whole), self._looked_at),
        )
        found = sorted((row[0] for row in rows if row[1]), reverse=True)[:most]
        if len(found) == most or len(rows) < self._looked_at:
            return found
        stem = wanted.begun[: max(STEM, (len(wanted.begun) + 1) // 2)]
        match = " ".join([*([_all(wanted.whole)] if wanted.whole else []), f'"{stem}" *'])
        rest = self._database.read(
            f"SELECT t.id FROM {self._index} f JOIN {self._table} t ON t.id = f.rowid"
            f" WHERE {self._index} MATCH ? AND f.rowid < ? AND ' ' || lower(t.text) GLOB ?"
            " ORDER BY f.rowid DESC LIMIT ?",
            (match, before, begins, most),
        )
        return [row[0] for row in rest]


def _all(words: tuple[str, ...] | list[str]) -> str:
    return " ".join(f'"{word}"' for word in words)
