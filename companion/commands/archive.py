"""`companion archive`: what the person already has, read so that she knows it too."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from companion.commands.archiving import counted, embed, plain, read, troubles

if TYPE_CHECKING:
    from companion.memory.archive.sources import Source
    from companion.memory.database import Database
    from companion.memory.remembered_values import Passage


@click.group()
def command() -> None:
    """Mails, chats, notes and documents: read once, or watched, and found again in a conversation.

    She reads text, Markdown, HTML, PDF, DOCX, ODT, RTF, EPUB, mails (EML, mbox, Maildir), calendars,
    contacts, tables, JSON and the chats that WhatsApp, Telegram, Facebook, Instagram and ChatGPT export.

    Example: companion archive add ~/notes
    """


@command.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Read folders now and don't watch them.")
@click.pass_obj
def add(home: str | None, paths: tuple[Path, ...], once: bool) -> None:
    """Read files and folders. Folders are watched from then on while she runs.

    Ctrl-C pauses: what is read is kept, and the same command goes on with the rest. Of what was read before
    only what has changed is read again.

    Example: companion archive add ~/Mail letters.pdf --once
    """
    with _held(home, "archive add") as database:
        read(database, paths, once)
        embed(database, home)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every trouble.")
@click.pass_obj
def list_(home: str | None, as_json: bool) -> None:
    """What was added, how much was found in it, and what couldn't be read.

    Example: companion archive list
    """
    with _beside(home) as database:
        rows = [_row(database, source) for source in _sources(database)]
    if as_json:
        click.echo(json.dumps({"sources": rows}, indent=2, ensure_ascii=False))
        return
    for row in rows:
        watched = "watched" if row["watched"] else "read once"
        found = f"{counted(row['documents'], 'file')}, {counted(row['chunks'], 'passage')}"
        count = len(row["troubles"])
        wrong = f", {counted(count, 'trouble')}" if count else ""
        click.echo(f"{row['id']}  {plain(row['path'])}  ({watched}; {found}{wrong})")
    if not rows:
        click.echo("Nothing was added yet: `companion archive add PATH` reads a file or a folder.")


@command.command()
@click.argument("query")
@click.option("-k", "most", default=10, show_default=True, type=click.IntRange(1, 1000), help="Hits to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(home: str | None, query: str, most: int, as_json: bool) -> None:
    """The passages that say most about QUERY, best first, by their words and by their meaning.

    Example: companion archive search "when does the lease end" -k 3
    """
    with _beside(home) as database:
        hits = _hits(database, home, query, most)
    if as_json:
        click.echo(json.dumps({"hits": hits}, indent=2, ensure_ascii=False))
        return
    for hit in hits:
        cited = plain(hit["cited"])
        click.echo(f"{hit['id']}  {cited[:1].upper()}{cited[1:]}:\n    {plain(hit['text'])}\n")
    if not hits:
        click.echo("Nothing was found in the archive.")


@command.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def remove(home: str | None, number: int, yes: bool) -> None:
    """Remove a source and everything that came of it, from backups in the home, too. Its files stay.

    Example: companion archive remove 3
    """
    from companion.home import open_home
    from companion.memory import automatic
    from companion.memory.archive.sources import Archive

    with _held(home, "archive remove") as database:
        archive = Archive(database)
        source = archive.get(number)
        if not yes:
            _ask(source)
        archive.remove(number)
        automatic.renew(open_home(home), database, datetime.datetime.now().astimezone())
    click.echo(f"{plain(source.path)} is removed from the archive, with {counted(source.chunks, 'passage')}.")


def _ask(source: Source) -> None:
    from companion.commands.unlocking import terminal
    from companion.errors import StoreError

    if not terminal():
        raise StoreError(
            f"To remove {plain(source.path)} from the archive, say --yes: nobody can be asked here."
        )
    click.confirm(
        f"Remove {plain(source.path)} and {counted(source.chunks, 'passage')}?", abort=True, err=True
    )


@contextlib.contextmanager
def _held(home: str | None, command: str) -> Iterator[Database]:
    """The store of a home that no other process holds, to write in."""
    from companion.commands.unlocking import unlocked
    from companion.home import held, open_home
    from companion.memory.archive.sources import Archive

    folder = open_home(home)
    with held(folder, command), contextlib.closing(unlocked(folder)) as store:
        Archive(store.database).finish()
        yield store.database


@contextlib.contextmanager
def _beside(home: str | None) -> Iterator[Database]:
    """The store of a home that may be in use, to read in."""
    from companion.commands.unlocking import keeping
    from companion.home import place
    from companion.memory.opening import open_beside

    folder = place(home)
    with contextlib.closing(open_beside(folder, keeping(folder))) as database:
        yield database


def _sources(database: Database) -> list[Source]:
    from companion.memory.archive.sources import Archive

    return Archive(database).list()


def _row(database: Database, source: Source) -> dict[str, Any]:
    from companion.memory.archive.sources import Archive

    found = troubles(Archive(database), source.id)
    return asdict(source) | {"troubles": [{"path": path, "why": why} for path, why in found]}


def _hits(database: Database, home: str | None, query: str, most: int) -> list[dict[str, Any]]:
    """What is found, by meaning where the store's vectors are those of the model that is asked: another one's
    would be dropped, and here it is only read."""
    from companion.commands.memory_opened import recall_of
    from companion.home import place
    from companion.memory.archive.sources import Archive
    from companion.memory.remembered_values import where

    today = datetime.date.today()
    recall = recall_of(place(home), database)
    found: list[tuple[int, str, str, str, float]]
    if recall is None:
        found = [
            (one.id, one.text, one.when, where(one), score) for one, score in _words(database, query, most)
        ]
    else:
        hits = recall.search(query, most, today, kinds=frozenset({"document"}))
        found = [(hit.id, hit.text, hit.when, hit.place, hit.score) for hit in hits]
    archive = Archive(database)
    me = archive.me()
    return [
        {
            "id": f"c{number}",
            "text": text,
            "when": when,
            "source": {"kind": "document", "place": stands},
            "cited": archive.cite(number, me, today),
            "score": round(score, 4),
        }
        for number, text, when, stands, score in found
    ]


def _words(database: Database, query: str, most: int) -> Iterator[tuple[Passage, float]]:
    """What has the query's words, best first; the best counts 1."""
    from companion.memory.lexical import Lexicon
    from companion.memory.remembered_rows import passages_of, rows_in

    lexicon = Lexicon(database, "chunks_fts", "chunk_words")
    scores = dict(lexicon.match(lexicon.terms(query), rows_in(database, "chunks_fts"), most))
    best = max(scores.values(), default=1.0) or 1.0
    for passage in passages_of(database, list(scores)):
        yield passage, scores[passage.id] / best
