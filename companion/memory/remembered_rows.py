"""The store's rows as the values that pages show: turns, passages, people, figures."""

from __future__ import annotations

import json
from collections.abc import Sequence

from companion.memory import automatic
from companion.memory.database import Database, Row
from companion.memory.proposals import Notebook
from companion.memory.remembered_values import Passage, PersonShown, Stats, TurnShown

_TURN = "t.id, t.side, t.who, t.sure, t.text, t.said_at, t.interrupted, t.corrected"
_PEOPLE = (
    "SELECT id, name, relation, birthday, last FROM (SELECT p.id, p.name, p.relation, p.birthday,"
    " coalesce((SELECT max(turn) FROM mentions WHERE person = p.id), 0) AS last FROM people p)"
)


def turns_before(database: Database, before: int, most: int) -> list[TurnShown]:
    """The newest turns below a number, the newest first."""
    rows = database.read(
        f"SELECT {_TURN} FROM turns t WHERE t.id < ? ORDER BY t.id DESC LIMIT ?", (before, most)
    )
    return [TurnShown(*row) for row in rows]


def turns_of(database: Database, numbers: Sequence[int]) -> list[TurnShown]:
    """Those turns, in that order, without those that aren't there."""
    rows = database.read(
        f"SELECT {_TURN} FROM turns t WHERE t.id IN (SELECT value FROM json_each(?))", (json.dumps(numbers),)
    )
    there = {row[0]: TurnShown(*row) for row in rows}
    return [there[number] for number in numbers if number in there]


def passages_of(database: Database, numbers: Sequence[int]) -> list[Passage]:
    """Those passages of the archive, in that order, without those that aren't there."""
    rows = database.read(
        "SELECT c.id, d.path, c.place, c.title, c.author, c.dated, c.text FROM chunks c"
        " JOIN documents d ON d.id = c.document WHERE c.id IN (SELECT value FROM json_each(?))",
        (json.dumps(numbers),),
    )
    there = {row[0]: Passage(*row) for row in rows}
    return [there[number] for number in numbers if number in there]


def people_before(database: Database, before: tuple[int, int], most: int) -> list[PersonShown]:
    """People, who was spoken of last first, from behind one: the last turn that names them, and their
    number."""
    rows = database.read(
        f"{_PEOPLE} WHERE (last, id) < (?, ?) ORDER BY last DESC, id DESC LIMIT ?", (*before, most)
    )
    return [_person(database, row) for row in rows]


def person_of(database: Database, number: int) -> PersonShown | None:
    """Somebody, if there is one of that number."""
    rows = database.read(f"{_PEOPLE} WHERE id = ?", (number,))
    return _person(database, rows[0]) if rows else None


def _person(database: Database, row: Row) -> PersonShown:
    number, name, relation, birthday, last = row
    names = database.read("SELECT name FROM names WHERE person = ? ORDER BY id", (number,))
    when = database.read("SELECT said_at FROM turns WHERE id = ?", (last,))
    called = tuple(each for (each,) in names)
    return PersonShown(number, name, relation, birthday, called, last, when[0][0] if when else "")


def figures(database: Database) -> Stats:
    """How much is remembered."""
    turns, chunks = (rows_in(database, index) for index in ("turns_fts", "chunks_fts"))
    people, documents, summaries = database.read(_COUNTS)[0]
    kinds: dict[str, int] = dict(
        database.read("SELECT kind, count(*) FROM facts WHERE successor IS NULL GROUP BY kind ORDER BY kind")
    )
    succeeded = database.read("SELECT count(*) FROM facts WHERE successor IS NOT NULL")[0][0]
    without = database.read(
        "SELECT (SELECT count(*) FROM turn_vectors), (SELECT count(*) FROM chunk_vectors)"
    )[0]
    path = database.path
    disk = sum(file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists())
    copies = sum(copy.stat().st_size for copy in automatic.taken(path.parent))
    waiting = (max(0, turns - without[0]), max(0, chunks - without[1]))
    tallies = Notebook(database).tallies()
    return Stats(
        turns, people, chunks, documents, summaries, succeeded, waiting, disk, copies, kinds, tallies
    )


_COUNTS = (
    "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM documents),"
    " (SELECT count(*) FROM summaries WHERE text <> '')"
)


def rows_in(database: Database, index: str) -> int:
    """How many rows a full-text index has. It keeps that number itself, as the first varint of its averages
    record (sqlite.org/fts5.html, "the averages record"); to count a million rows takes 20 ms."""
    rows = database.read(f"SELECT block FROM {index}_data WHERE id = 1")
    number = 0
    for byte in rows[0][0] if rows else b"":
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return number
