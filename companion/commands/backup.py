"""`companion backup`: everything that makes her who she is with you, in one file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from companion.memory.keys import Keeping


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def command(home: str | None, file: Path) -> None:
    """Everything that makes her who she is with you, in one FILE under a passphrase; she may be talking.

    In it are what was said, what she knows, the archive's texts, the voices she knows, and the settings;
    models aren't. The passphrase is asked, or taken from COMPANION_PASSPHRASE; without it nobody can read
    the file.

    Example: companion backup /media/stick/her.backup
    """
    from companion.commands.unlocking import keeping, passphrase
    from companion.errors import StoreError
    from companion.home import place
    from companion.memory.backup import backup
    from companion.memory.opening import open_beside

    folder = place(home)
    if file.is_dir():
        raise StoreError(f"{file} is a folder: name the file that is to be written in it.")
    if folder.resolve() in file.resolve().parents:
        raise StoreError(f"A backup in {folder} would be lost with it: choose a place elsewhere.")
    how = keeping(folder)
    _bring_forward(folder, how)
    store = open_beside(folder, how)
    store.close()
    words = passphrase("A passphrase for the backup", anew=True)
    with bar(f"Writing {file.name}") as advance:
        backup(folder, file, words, store.key or b"", advance)
    click.echo(f"She is in {file}: `companion restore {file}` brings her back, here or elsewhere.")


def _bring_forward(folder: Path, how: Keeping) -> None:
    """Encrypt the store of an early version, which only who holds the home may do."""
    from companion.commands.unlocking import tell
    from companion.home import held
    from companion.memory.database import STORE
    from companion.memory.encrypting import is_plain
    from companion.memory.opening import open_store

    if (folder / STORE).is_file() and is_plain(folder / STORE):
        with held(folder, "backup"):
            opened = open_store(folder, how)
            try:
                tell(opened)
            finally:
                opened.database.close()


@contextlib.contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr; yields what is told how much of how much is done. Silent where nobody watches."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
