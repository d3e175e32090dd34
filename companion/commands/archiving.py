"""How `companion archive add` reads: with a bar, to be paused by Ctrl-C, telling what couldn't be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.commands.aside import Aside
from companion.commands.backup import bar
from companion.errors import StoreError, WeightsError

if TYPE_CHECKING:
    from companion.engines import Cancel
    from companion.memory.archive.adding import Scanned
    from companion.memory.archive.sources import Archive
    from companion.memory.database import Database

SHOWN = 20
"""Troubles that are told one by one."""

PAUSED = "Paused: what is read is kept, and the same command goes on with the rest."
BY_WORDS = "It is searchable by words now; its meaning follows while she runs, or with the same command."

Troubles = list[tuple[str, str]]


def read(database: Database, paths: Sequence[Path], once: bool) -> None:
    """Read what is new or changed in the paths; folders are watched from then on, unless `once`.

    Raises `StoreError` where nothing could be read, and `click.exceptions.Exit` when it was paused."""
    from companion.memory.archive.sources import Archive

    archive = Archive(database)
    sources, wrong = _added(archive, paths, once)
    with contextlib.closing(Aside()) as aside:
        scanned = [_scan(archive, aside, source) for source in sources]
    for source in sources:
        wrong += troubles(archive, source)
    _tell(wrong)
    if wrong and not any(archive.get(source).documents for source in sources):
        raise StoreError("Nothing could be read: see above what is wrong with each, and add it again.")
    new, old = sum(one.read for one in scanned), sum(one.unchanged for one in scanned)
    gone = sum(one.gone for one in scanned)
    click.echo(f"{counted(new, 'file')} read, {old:,} as before" + (f", {gone:,} gone." if gone else "."))


def _added(archive: Archive, paths: Sequence[Path], once: bool) -> tuple[list[int], Troubles]:
    """The sources that the paths are, each once, and what is wrong with paths that are none."""
    sources: dict[int, None] = {}
    wrong: Troubles = []
    for path in paths:
        try:
            sources[archive.add(path, watched=not once and path.expanduser().is_dir())] = None
        except StoreError as error:
            wrong.append((str(path), str(error)))
    there = {
        source.id for source in archive.list()
    }  # one may have become part of another that came behind it
    return [source for source in sources if source in there], wrong


def _scan(archive: Archive, aside: Aside, source: int) -> Scanned:
    name = Path(archive.get(source).path).name
    with _pausing(), bar(f"Reading {name}") as advance:
        return aside.do(
            lambda cancel: archive.scan(
                source, progress=lambda so_far: advance(so_far.done, so_far.total), cancel=cancel
            )
        )


@contextlib.contextmanager
def _pausing() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(PAUSED, err=True)
        raise click.exceptions.Exit(1) from None


def troubles(archive: Archive, source: int) -> Troubles:
    """The files of a source that couldn't be read, or not all of them, each with why."""
    found: Troubles = []
    after = 0
    while page := archive.documents(source, after, 500, troubled=True):
        found += [(one.path, one.trouble) for one in page]
        after = page[-1].id
    return found


def _tell(wrong: Troubles) -> None:
    if not wrong:
        return
    count = len(wrong)
    click.echo(f"{counted(count, 'file')} couldn't be read, or not all of it:", err=True)
    for path, why in wrong[:SHOWN]:
        click.echo(f"  {plain(path)}: {plain(why)}", err=True)
    if count > SHOWN:
        click.echo(f"  and {count - SHOWN:,} more: `companion archive list --json` has them all.", err=True)


def embed(database: Database, home: str | None) -> None:
    """Give what was read its vectors; what is interrupted here goes on while she runs."""
    from companion import app
    from companion.memory.archive.sources import Archive
    from companion.memory.recall import Recall

    if not Archive(database).waiting():
        return
    app.prepare()
    try:
        embedder = app.Loader(app.settings_of(home)).embed()
    except WeightsError as error:
        click.echo(f"It is searchable by words now. By meaning it isn't yet: {error}", err=True)
        return
    indexing = Recall(database, embedder).indexing
    total = sum(indexing.waiting())
    done = 0
    with contextlib.closing(Aside()) as aside, bar("Learning what it means") as advance:

        def work(cancel: Cancel) -> bool:
            def go_on() -> bool:
                nonlocal done
                done += 1
                advance(min(done, total), total)
                return not cancel.is_set()

            return indexing.work(go_on)

        try:
            aside.do(work)
        except KeyboardInterrupt:
            click.echo(BY_WORDS, err=True)


def plain(text: str) -> str:
    """A text on one line, without what would steer a terminal: a file's name may hold anything."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))


def counted(count: int, what: str) -> str:
    """ "1 file", "2,000 files"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
