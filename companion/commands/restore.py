"""`companion restore`: brings her back from a backup, or the key of her store from its recovery phrase."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from companion.memory.keys import Keeping


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--replace", is_flag=True, help="Set the store that is there aside.")
@click.option("--phrase", is_flag=True, help="Put a lost key back from its 24 words.")
@click.pass_obj
def command(home: str | None, file: Path | None, replace: bool, phrase: bool) -> None:
    """Bring her back from FILE, which `companion backup` made, or which is an automatic copy in the home.

    The file is looked at first, all of it; what is damaged, foreign or of a newer version changes nothing.
    What --replace sets aside lies in the home under the day's date, whole.

    Example: companion restore /media/stick/her.backup
    """
    from companion.commands.unlocking import keeping
    from companion.home import held, open_home

    if (file is None) is not phrase:
        raise click.UsageError("Name a backup to restore, or say --phrase.")
    folder = open_home(home)
    how = keeping(folder)
    with held(folder, "restore"):
        if file is None:
            _key_back(folder, how)
        else:
            _her_back(folder, file, how, replace)
        _look(folder, how)


def _key_back(folder: Path, how: Keeping) -> None:
    from companion.memory.opening import recover

    told = recover(folder, _words(), how)
    click.echo("The key of the store is back.")
    if told:
        click.echo(told, err=True)


def _words() -> str:
    from companion.commands.unlocking import terminal

    if terminal():
        typed: str = click.prompt("The 24 words", err=True)
        return typed
    return sys.stdin.read() if sys.stdin is not None else ""


def _her_back(folder: Path, file: Path, how: Keeping, replace: bool) -> None:
    from companion.commands.backup import bar
    from companion.commands.unlocking import passphrase
    from companion.memory.restore import demand_free, is_sealed, restore, restore_copy

    sealed = is_sealed(file)
    demand_free(folder, replace)
    if sealed:
        words = passphrase("The passphrase of the backup", anew=False)
        with bar(f"Reading {file.name}") as advance:
            back = restore(folder, file, words, how, replace, advance)
    else:
        back = restore_copy(folder, file, how, replace)
    click.echo(f"She is back in {folder}.")
    if back.told:
        click.echo(back.told, err=True)
    if back.aside is not None:
        click.echo(f"What was there is set aside in {back.aside}: delete it when you need it no more.")


def _look(folder: Path, how: Keeping) -> None:
    """Open the store as every start does, and say what a start would say."""
    from companion.commands.unlocking import tell
    from companion.memory.opening import open_store

    opened = open_store(folder, how)
    try:
        tell(opened, terminal=False)
    finally:
        opened.database.close()
