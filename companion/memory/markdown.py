"""All that is known, written to be read: Markdown, by person, by day and by document."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator
from typing import TextIO

import apsw

from companion.memory.database import Database

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def write_markdown(database: Database, out: TextIO) -> None:
    """Write it as of this moment, whatever is added meanwhile. Raises `StoreError`."""
    with database.snapshot() as db:
        out.write("# What she remembers\n")
        for title, lines in (
            ("People", _people(db)),
            ("Facts", _facts(db)),
            ("Summaries", _summaries(db)),
            ("Archive", _archive(db)),
            ("Conversation", _conversation(db)),
        ):
            first = next(lines, None)
            out.write(f"\n## {title}\n\n" + ("Nothing.\n" if first is None else ""))
            for line in itertools.chain([first] if first is not None else [], lines):
                out.write(f"{line}\n")


def plain(text: object) -> str:
    """A text on one line that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def _people(db: apsw.Connection) -> Iterator[str]:
    for who, name, relation, birthday in db.execute(
        "SELECT id, name, relation, birthday FROM people ORDER BY name"
    ):
        names = [
            str(row[0]) for row in db.execute("SELECT name FROM names WHERE person=? ORDER BY id", (who,))
        ]
        also = ", ".join(plain(other) for other in names if other != name)
        last = db.execute(
            "SELECT max(said_at) FROM mentions JOIN turns ON turns.id = turn WHERE person=?", (who,)
        ).fetchall()[0][0]
        details = (
            plain(relation),
            f"also {also}" if also else "",
            f"birthday {plain(birthday)}" if birthday else "",
            f"last mentioned {str(last)[:10]}" if last else "",
        )
        yield f"- **{plain(name)}**" + "".join(f"; {detail}" for detail in details if detail)


def _facts(db: apsw.Connection) -> Iterator[str]:
    rows = db.execute(
        "SELECT facts.id, coalesce(people.name, subject), statement, kind, valid_from, valid_until,"
        " certainty, noted_at, successor FROM facts LEFT JOIN people ON people.id = person"
        " ORDER BY 2, facts.id"
    )
    for about, group in itertools.groupby(rows, key=lambda row: row[1]):
        yield f"### {plain(about)}\n"
        for fact, _, statement, kind, since, until, certainty, noted, successor in group:
            details = (
                str(kind),
                f"from {plain(since)}" if since else "",
                f"until {plain(until)}" if until else "",
                f"certainty {certainty:.2f}",
                f"noted {str(noted)[:10]}",
                _succeeded(db, successor),
            )
            yield f"- {plain(statement)} ({'; '.join(detail for detail in details if detail)})"
            yield from _evidence(db, fact)
        yield ""


def _succeeded(db: apsw.Connection, successor: object) -> str:
    rows = db.execute("SELECT statement FROM facts WHERE id=?", (successor,)).fetchall()
    return f"since then: {plain(rows[0][0])}" if rows else ""


def _evidence(db: apsw.Connection, fact: object) -> Iterator[str]:
    rows = db.execute(
        "SELECT quote, side, said_at, documents.path, place FROM evidence LEFT JOIN turns ON turns.id = turn"
        " LEFT JOIN chunks ON chunks.id = chunk LEFT JOIN documents ON documents.id = document"
        " WHERE fact=? ORDER BY evidence.rowid",
        (fact,),
    )
    for quote, side, said_at, path, place in rows:
        where = (
            f"{plain(path)}, {plain(place)}" if side is None else f"{str(said_at)[:10]}, {_speaker(side, '')}"
        )
        yield f'  - {where}: "{plain(quote)}"'


def _summaries(db: apsw.Connection) -> Iterator[str]:
    for made_at, text in db.execute("SELECT made_at, text FROM summaries ORDER BY id"):
        yield f"- {str(made_at)[:10]}: {plain(text)}"


def _archive(db: apsw.Connection) -> Iterator[str]:
    rows = db.execute(
        "SELECT documents.path, kind, trouble, count(chunks.id) FROM documents LEFT JOIN chunks"
        " ON document = documents.id GROUP BY documents.id ORDER BY documents.path"
    )
    for path, kind, trouble, chunks in rows:
        read = plain(trouble) if trouble else f"{chunks} passage{'' if chunks == 1 else 's'}"
        yield f"- {plain(path)} ({plain(kind)}{', ' if kind else ''}{read})"


def _conversation(db: apsw.Connection) -> Iterator[str]:
    day = ""
    for said_at, side, who, text, interrupted in db.execute(
        "SELECT said_at, side, who, text, interrupted FROM turns ORDER BY id"
    ):
        moment = datetime.datetime.fromisoformat(str(said_at))
        if (today := f"{moment:%A, %d %B %Y}") != day:
            yield f"{chr(10) if day else ''}### {today}\n"
            day = today
        broken = " (interrupted)" if interrupted else ""
        yield f"- {moment:%H:%M} **{_speaker(side, who)}**: {plain(text)}{broken}"


def _speaker(side: object, who: object) -> str:
    return "she" if side == "companion" else plain(who) or "you"
