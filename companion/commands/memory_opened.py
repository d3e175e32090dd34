"""The memory of a home, opened for a command: to read in beside whoever holds it, or to change."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.errors import StoreError, WeightsError

if TYPE_CHECKING:
    from companion.memory.database import Database
    from companion.memory.recall import Recall
    from companion.memory.remembered import Remembered


@contextlib.contextmanager
def beside(home: str | None, meaning: bool = False) -> Iterator[Remembered]:
    """The memory to read in, whoever holds the home; with `meaning` it is searched by that, too."""
    from companion.commands.unlocking import keeping
    from companion.home import place
    from companion.memory.opening import open_beside
    from companion.memory.remembered import Remembered

    folder = place(home)
    database = open_beside(folder, keeping(folder))
    try:
        yield Remembered(database, recall_of(folder, database) if meaning else None)
    finally:
        database.close()


@contextlib.contextmanager
def held(home: str | None, anew: bool = False) -> Iterator[tuple[Path, Remembered]]:
    """The home and its memory to change, held for that; `anew`: made where there is none."""
    from companion.commands.unlocking import keeping, tell
    from companion.home import held as hold
    from companion.home import open_home, place
    from companion.memory.database import STORE
    from companion.memory.opening import open_store
    from companion.memory.remembered import Remembered

    if not anew and not (place(home) / STORE).exists():
        raise StoreError(f"Nothing is remembered in {place(home)} yet: talk with her first.")
    folder = open_home(home)
    with hold(folder, "memory"):
        opened = open_store(folder, keeping(folder))
        try:
            tell(opened)
            yield folder, Remembered(opened.database)
        finally:
            opened.database.close()


def now() -> datetime.datetime:
    """This moment, with this machine's zone."""
    return datetime.datetime.now().astimezone()


def recall_of(folder: Path, database: Database) -> Recall | None:
    """What finds by meaning; None, and that is said, where the model for it isn't there, or the store has
    another one's vectors, which only she herself makes anew."""
    from companion import app
    from companion.engines.embed.bge import BgeEmbedder
    from companion.memory.recall import Recall
    from companion.settings_file import load

    app.prepare()
    try:
        embedder = BgeEmbedder(app.Loader(load(folder)).folder("embed"))
    except WeightsError as error:
        click.echo(f"Found by words alone: {error}", err=True)
        return None
    kept = database.read("SELECT value FROM marks WHERE name = 'vectors of'")
    if kept != [(embedder.name,)]:
        return None
    recall = Recall(database, embedder)
    recall.refresh()
    return recall
