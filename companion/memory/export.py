"""All that is known, written as JSON that `importing` reads back to the same, a row at a time.

    {"format": "companion-memory", "version": 1, "schema": 4, "tables": {"turns": [{"id": 1, ...}, ...], ...}}

Every table is in it, whatever later versions add; what is derived from tables by the database itself (full
text) isn't. A blob is {"base64": "..."}. What is about the file alone stays in the file.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import apsw

from companion.errors import StoreError
from companion.memory.database import OF_THE_FILE, Database
from companion.memory.files import into_place, private

FORMAT, VERSION = "companion-memory", 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds what is known: its columns, and the SQL that names its rows and orders them."""

    name: str
    columns: tuple[str, ...]
    where: str
    order: str

    @property
    def rows(self) -> str:
        """The query of all its rows."""
        listed = ", ".join(f'"{column}"' for column in self.columns)
        return f'SELECT {listed} FROM "{self.name}" WHERE {self.where} ORDER BY {self.order}'


def tables(db: apsw.Connection) -> list[Table]:
    """Every table of a store that isn't made from others, by name."""
    listed = db.execute(
        "SELECT name, wr FROM pragma_table_list"
        " WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return [_table(db, str(name), bool(without_rowid)) for name, without_rowid in listed]


def _table(db: apsw.Connection, name: str, without_rowid: bool) -> Table:
    columns = db.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)).fetchall()
    keys = [f'"{column}"' for column, place in sorted(columns, key=lambda c: int(str(c[1]))) if place]
    where = f"name NOT LIKE '{OF_THE_FILE}'" if name == "marks" else "true"
    names = tuple(str(column) for column, _ in columns)
    return Table(name, names, where, ", ".join(keys) if without_rowid else "rowid")


def export(database: Database, file: Path, write: Callable[[Database, TextIO], None]) -> None:
    """Write a file for its owner alone, whole or not at all: `write` is `write_json` or
    `markdown.write_markdown`. Raises `StoreError`, and what was there before stays then."""
    draft = file.with_name(f".{file.name}.new")
    try:
        with open(draft, "w", encoding="utf-8", newline="\n", opener=private) as out:
            write(database, out)
            out.flush()
            os.fsync(out.fileno())
        into_place(draft, file)
    except OSError as error:
        raise StoreError(
            f"{file} can't be written ({error.strerror}): choose another place, or free some space."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def write_json(database: Database, out: TextIO) -> None:
    """Write all that is known at this moment, whatever is added meanwhile. Raises `StoreError`."""
    with database.snapshot() as db:
        schema = int(str(next(db.execute("PRAGMA user_version"))[0]))
        out.write(f'{{"format": "{FORMAT}", "version": {VERSION}, "schema": {schema}, "tables": {{')
        for number, table in enumerate(tables(db)):
            out.write(f"{',' if number else ''}\n{json.dumps(table.name)}: [")
            for place, row in enumerate(_objects(db, table)):
                out.write(f"{',' if place else ''}\n{row}")
            out.write("]")
        out.write("}}\n")


def _objects(db: apsw.Connection, table: Table) -> Iterator[str]:
    for row in db.execute(table.rows):
        yield json.dumps(dict(zip(table.columns, map(_plain, row), strict=True)), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value of a row as JSON has it."""
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
