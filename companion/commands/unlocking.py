"""What a command says and asks about the key of the store, and about the passphrases of backups."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.errors import StoreError

if TYPE_CHECKING:
    from companion.memory.keys import Keeping
    from companion.memory.opening import Opened
    from companion.memory.store import Store

VARIABLE = "COMPANION_PASSPHRASE"
"""The environment variable that holds a passphrase where nobody can be asked."""


def keeping(home: Path) -> Keeping:
    """How the settings of a home want its key kept; a passphrase is asked here."""
    from companion.memory.keys import usual
    from companion.settings_file import load

    typed: list[str] = []  # who has just chosen one isn't asked for it again

    def ask(anew: bool) -> str:
        if anew or not typed:
            typed[:] = [passphrase("The store's passphrase", anew)]
        return typed[0]

    return usual(load(home).memory.key, ask)


def passphrase(what: str, anew: bool) -> str:
    """A passphrase: COMPANION_PASSPHRASE, or typed in the terminal, a new one twice. Raises `StoreError`
    where there is neither."""
    given = os.environ.get(VARIABLE, "")
    if given:
        return given
    if not terminal():
        raise StoreError(f"{what} is needed: run this in a terminal, or set {VARIABLE}.")
    typed: str = click.prompt(what, hide_input=True, confirmation_prompt=anew, err=True)
    return typed


def terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def tell(opened: Opened, *, terminal: bool = True) -> None:
    """Say what the person is to know of the store that was opened; the recovery phrase, once. `terminal`:
    that only where it goes to one, and into no log."""
    from companion.memory.opening import PHRASE, phrase_told

    for sentence in opened.told:
        click.echo(sentence, err=True)
    if opened.recovery and terminal and not (sys.stderr is not None and sys.stderr.isatty()):
        click.echo("24 words that open the store, should its key be lost, are shown in a terminal.", err=True)
    elif opened.recovery:
        words = opened.recovery.split()
        lines = ["  ".join(words[start : start + 6]) for start in range(0, len(words), 6)]
        click.echo("\n".join(["", PHRASE, "", *(f"    {line}" for line in lines), ""]), err=True)
        phrase_told(opened.database)


def unlocked(home: Path) -> Store:
    """The store of a home that this process holds, opened or made; the person is told what there is to know
    of it. Raises `StoreError`."""
    from companion.memory.opening import open_store
    from companion.memory.store import Store

    opened = open_store(home, keeping(home))
    tell(opened)
    store = Store(opened.database)
    store.look = opened.look
    return store
