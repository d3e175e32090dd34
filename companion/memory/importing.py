"""What `export` wrote, read back into a store: all of it, or nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, TextIO

import apsw

from companion.errors import StoreError
from companion.memory.database import Database
from companion.memory.export import FORMAT, VERSION, Table, tables
from companion.memory.schema import MIGRATIONS

_PIECE = 1 << 20
"""Characters read at a time."""

_ROW_MOST = 1 << 28
"""Characters of one row: what is longer is no row."""


def import_json(database: Database, file: TextIO, name: str, replace: bool = False) -> int:
    """Read what `write_json` wrote; returns how many rows that was. `name` is what the file is called.

    Raises `StoreError`, and the store stays as it is, for a file that is foreign, damaged, cut off or of a
    newer version, and for a store in which something is known, unless that is to be replaced.
    """
    reader = _Reader(file)
    with database.transaction() as db:
        ours = {table.name: table for table in tables(db)}
        _demand_empty(db, ours, replace)
        try:
            db.execute("PRAGMA defer_foreign_keys=ON")
            _begin(reader, name)
            rows = sum(_fill(db, ours[table], reader) for table in _each(reader, "{", "}"))
            reader.demand("}")
            reader.demand("")
            if db.execute("PRAGMA foreign_key_check").fetchall():
                raise ValueError("a row hangs on one that isn't there")
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise _damaged(name) from error
        except (apsw.ConstraintError, apsw.MismatchError) as error:
            raise _damaged(name) from error
    return rows


def _damaged(name: str) -> StoreError:
    return StoreError(
        f"{name} is damaged, cut off, or no export of a store: nothing was changed; use another file."
    )


def _demand_empty(db: apsw.Connection, ours: dict[str, Table], replace: bool) -> None:
    """Empty the store, or raise `StoreError` if something is known in it that isn't to be replaced."""
    for table in ours.values():
        if replace or table.name == "marks":
            db.execute(f'DELETE FROM "{table.name}" WHERE {table.where}')
        elif db.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchall():
            raise StoreError(
                "There is something in this store already: import into a new home (--home DIR), or "
                "replace it with --replace."
            )


def _begin(reader: _Reader, name: str) -> None:
    """Read as far as the tables. Raises `StoreError` for what isn't an export, or a newer version's."""
    reader.demand("{")
    head: dict[str, object] = {"format": None, "version": VERSION, "schema": len(MIGRATIONS)}
    for expected in head:
        _name(reader, expected)
        head[expected] = reader.value()
        reader.demand(",")
    _name(reader, "tables")
    if head["format"] != FORMAT:
        raise ValueError("not an export")
    if int(str(head["version"])) > VERSION or int(str(head["schema"])) > len(MIGRATIONS):
        raise StoreError(f"{name} was written by a newer Companion: update this one.")


def _name(reader: _Reader, expected: str) -> None:
    if reader.value() != expected:
        raise ValueError("not an export")
    reader.demand(":")


def _each(reader: _Reader, begin: str, end: str) -> Iterator[Any]:
    """The values of a JSON list, or the keys of an object, whose values are for the caller to read."""
    reader.demand(begin)
    if reader.next() == end:
        reader.demand(end)
        return
    while True:
        yield reader.value()
        if reader.next() == end:
            reader.demand(end)
            return
        reader.demand(",")


def _fill(db: apsw.Connection, table: Table, reader: _Reader) -> int:
    """Read the rows of one table; how many."""
    reader.demand(":")
    rows = 0
    for rows, row in enumerate(_each(reader, "[", "]"), 1):  # noqa: B007 - it is counted
        if not isinstance(row, dict) or not row or not set(row) <= set(table.columns):
            raise ValueError("no row of this table")
        names = ", ".join(f'"{column}"' for column in row)
        places = ", ".join("?" * len(row))
        db.execute(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', tuple(map(_value, row.values()))
        )
    return rows


def _value(value: Any) -> Any:
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else value


class _Reader:
    """JSON read piece by piece: however long a list is, one value of it is in memory."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._text, self._at, self._over = file, "", 0, False
        self._decoder = json.JSONDecoder()

    def next(self) -> str:
        """The next character that isn't white space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\n\r":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def demand(self, character: str) -> None:
        """Read this character ("": the end). Raises `ValueError` for another."""
        if self.next() != character:
            raise ValueError(f"{character!r} is missing")
        self._at += len(character)

    def value(self) -> Any:
        """Read one value. Raises `ValueError` for what isn't one."""
        self.next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
                if end < len(self._text) or not self._more():  # a number may go on in the next piece
                    self._at = end
                    return value
            except json.JSONDecodeError:
                if len(self._text) - self._at > _ROW_MOST or not self._more():
                    raise

    def _more(self) -> bool:
        """Read on, as much again as is there; False at the end."""
        self._text = self._text[self._at :]
        self._at = 0
        piece = self._file.read(max(_PIECE, len(self._text)))
        self._text += piece
        return bool(piece)
