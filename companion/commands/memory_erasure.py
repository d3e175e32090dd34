"""`companion memory forget` and `erase-everything`: it is shown what would go, and asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from companion.errors import HomeError, StoreError

if TYPE_CHECKING:
    from companion.memory.forgetting import Going
    from companion.memory.remembered import Remembered
    from companion.memory.remembered_values import About, Entry, Since

SHOWN = 5
"""Turns and facts that are shown of what would go."""

ERASE = "erase"
"""The word that is typed to erase everything."""


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@click.option("--about", metavar="WHO", help="Everything about somebody, something, or a day.")
@click.option("--since", metavar="T", help="Everything since 2026-11-20, yesterday, 10 minutes ago.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def forget(
    home: str | None, name: str | None, about: str | None, since: str | None, yes: bool, as_json: bool
) -> None:
    """Erase a turn and all that came of it, a fact, or everything about WHO or since T.

    What would go is shown first. It goes for good: from the store, from its copies, and from the
    conversation that is kept for the next start.

    Example: companion memory forget --about Jonas
    """
    from companion.commands.memory_opened import held, now
    from companion.commands.memory_shown import echo_json

    what = _what(name, about, since)
    with held(home) as (folder, remembered):
        going = remembered.preview(what, now())
        if going:
            _show(remembered, going)
            _demand_yes("Erase it?", yes)
            remembered.forget(going)
            reach_copies(folder, remembered)
    if as_json:
        echo_json(
            {"turns": [f"t{turn}" for turn in going.turns], "facts": [f"f{fact}" for fact in going.facts]}
        )
    else:
        click.echo("It is erased." if going else "There is nothing of that to forget.")


def _what(name: str | None, about: str | None, since: str | None) -> Entry | About | Since:
    from companion.commands.memory_opened import now
    from companion.memory.moments import moment_of
    from companion.memory.remembered_values import About, Since, entry

    if sum(each is not None for each in (name, about, since)) != 1:
        raise click.UsageError("Name an entry (t12, f3), or say --about WHO, or --since T.")
    if since is not None:
        return Since(moment_of(since, now()))
    return About(about) if about is not None else entry(name or "")


def _show(remembered: Remembered, going: Going) -> None:
    """Say on stderr what would go."""
    from companion.commands.memory_shown import fact_line, plain, turn_line

    turns, facts = len(going.turns), len(going.facts)
    click.echo(
        f"This would erase {turns} turn{'s' * (turns != 1)} and {facts} fact{'s' * (facts != 1)}:", err=True
    )
    lines = [turn_line(remembered.turn(number).turn) for number in going.turns[:SHOWN]]
    lines += [fact_line(remembered.fact(number).fact) for number in going.facts[:SHOWN]]
    click.echo("\n".join(f"  {plain(line)}" for line in lines), err=True)
    if max(turns, facts) > SHOWN:
        click.echo("  ...", err=True)
    if going.archived:
        click.echo(f"{going.archived} passages of the archive say it, too, and stay there.", err=True)


def _demand_yes(question: str, yes: bool) -> None:
    if yes:
        return
    _demand_terminal()
    if not click.confirm(question, err=True):
        raise StoreError("Nothing was erased.")


def _demand_terminal() -> None:
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError("Nothing was erased: say --yes to erase it where nobody can be asked.")


def reach_copies(folder: Path, remembered: Remembered) -> None:
    """Let what was erased go from the copies of the store and from the model's kept conversations."""
    from companion import app
    from companion.commands.memory_opened import now
    from companion.memory import automatic

    automatic.renew(folder, remembered.database, now())
    app.forget(folder)


@click.command("erase-everything")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def erase_everything(home: str | None, yes: bool) -> None:
    """Erase all of the home: what she remembers, its copies and key, settings and logs. Models stay.

    Backups that you made yourself, elsewhere, stay too: without them nothing brings her back.

    Example: companion memory erase-everything
    """
    from companion.home import held, place
    from companion.memory import erasing, keys

    folder = place(home)
    if not folder.is_dir():
        raise HomeError(f"There is no home in {folder}: nothing of you is there.")
    with held(folder, "memory"):
        _demand_word(folder, len(erasing.made(folder)), yes)
        erased = erasing.erase(folder, keys.usual())
    erasing.leave(folder)
    for path in erased.left:
        click.echo(f"{path} isn't Companion's, and stays.", err=True)
    if erased.troubles:
        raise HomeError(" ".join(erased.troubles))
    click.echo("Everything is erased.")


def _demand_word(folder: Path, files: int, yes: bool) -> None:
    if yes:
        return
    _demand_terminal()
    click.echo(
        f"This erases her from {folder}, for good: all that was said, all that she knows, the archive's "
        f"texts, the voices, the automatic copies, the key, the settings and the logs ({files} files). The "
        "models and your own documents stay.",
        err=True,
    )
    if (
        click.prompt(f'Type "{ERASE}" to do it', err=True, default="", show_default=False).strip().lower()
        != ERASE
    ):
        raise StoreError("Nothing was erased.")
