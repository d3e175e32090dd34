"""`companion memory`: what she remembers, to be searched, seen, corrected, taken along and erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from companion.commands.memory_erasure import erase_everything, forget
from companion.errors import StoreError


@click.group()
def command() -> None:
    """What she remembers: see it, correct it, take it along, erase it.

    Entries have names: t12 is turn 12, f3 fact 3, c7 passage 7 of the archive, p4 person 4; a bare number is
    a turn's. What only reads works while she talks, too.

    Example: companion memory search the dentist
    """


command.add_command(forget)
command.add_command(erase_everything)


@command.command()
@click.argument("query", nargs=-1, required=True)
@click.option("-k", "most", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def search(home: str | None, query: tuple[str, ...], most: int, as_json: bool) -> None:
    """What was said and read that fits QUERY, best first: by its words and by what it means.

    Example: companion memory search "what did I say about the dentist?" -k 3
    """
    from companion.commands.memory_opened import beside, now
    from companion.commands.memory_shown import echo_json, found_json, found_line

    with beside(home, meaning=True) as remembered:
        found = remembered.search(" ".join(query), most, now())
    if as_json:
        echo_json({"hits": [found_json(each) for each in found]})
        return
    for each in found:
        click.echo(found_line(each))
    if not found:
        click.echo("Nothing of that is remembered.")


@command.command("list")
@click.option("--facts", "what", flag_value="facts", default=True, help="What is known (the default).")
@click.option("--turns", "what", flag_value="turns", help="What was said.")
@click.option("--people", "what", flag_value="people", help="Who is known.")
@click.option("-k", "most", default=50, show_default=True, type=click.IntRange(1, 10_000), help="How many.")
@click.option("--before", metavar="ID", help="Go on behind this entry, the last of the list before.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_(home: str | None, what: str, most: int, before: str | None, as_json: bool) -> None:
    """Facts, turns or people, the newest first.

    Example: companion memory list --turns --before t120
    """
    from companion.commands.memory_opened import beside
    from companion.commands.memory_shown import echo_json, fact_line, person_line, row_json, turn_line
    from companion.memory.remembered_values import entry

    with beside(home) as remembered:
        start = entry(before).number if before else None
        rows: Sequence[Any]  # facts, turns or people
        if what == "people":
            last = remembered.person(start) if start else None
            rows = remembered.people((last.last, last.id) if last else None, most)
        else:
            rows = remembered.turns(start, most) if what == "turns" else remembered.facts(start, most)
    if as_json:
        echo_json({what: [row_json(each) for each in rows]})
        return
    line: Any = {"facts": fact_line, "turns": turn_line, "people": person_line}[what]
    for each in rows:
        click.echo(line(each))
    if not rows:
        click.echo(f"There are no {'more ' if before else ''}{what}.")


@command.command()
@click.argument("name", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(home: str | None, name: str, as_json: bool) -> None:
    """One entry: a fact with where it comes from and what it succeeded, a turn with how it was heard.

    Example: companion memory show f3
    """
    from companion.commands.memory_opened import beside
    from companion.commands.memory_shown import echo_json, entry_shown
    from companion.memory.remembered_values import entry

    with beside(home) as remembered:
        lines, table = entry_shown(remembered, entry(name))
    if as_json:
        echo_json(table)
    else:
        click.echo("\n".join(lines))


@command.command()
@click.argument("name", metavar="ID")
@click.argument("text", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def edit(home: str | None, name: str, text: tuple[str, ...], as_json: bool) -> None:
    """Put TEXT in the place of a fact, which stays as what was known before; or of what was misheard in a
    turn, which doesn't.

    Example: companion memory edit f3 "The baby is due in April."
    """
    from companion.commands.memory_erasure import reach_copies
    from companion.commands.memory_opened import held, now
    from companion.commands.memory_shown import echo_json
    from companion.memory.remembered_values import Entry, entry

    one = entry(name)
    if one.sort not in ("fact", "turn"):
        raise StoreError(f"{one} can't be edited: facts (f3) and turns (t12) can.")
    with held(home) as (folder, remembered):
        if one.sort == "fact":
            one = Entry("fact", remembered.edit_fact(one.number, " ".join(text), now()))
        else:
            remembered.correct_turn(one.number, " ".join(text))
            reach_copies(folder, remembered)
    if as_json:
        echo_json({"id": str(one)})
    else:
        click.echo(f"{one} says so now.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(home: str | None, file: Path) -> None:
    """All that is known, in FILE: as JSON that `import` reads, or as Markdown to be read (FILE.md).

    Example: companion memory export her.json
    """
    from companion.commands.memory_opened import beside
    from companion.memory.export import export as write
    from companion.memory.export import write_json
    from companion.memory.markdown import write_markdown

    writers = {".json": write_json, ".md": write_markdown, ".markdown": write_markdown}
    writer = writers.get(file.suffix.lower())
    if writer is None:
        raise click.UsageError(f"{file} should end in .json or .md, which says how it is written.")
    with beside(home) as remembered:
        write(remembered.database, file, writer)
    click.echo(f"All of it is in {file}, unencrypted: whoever can read the file can read it.")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Replace what is remembered now.")
@click.pass_obj
def import_(home: str | None, file: Path, replace: bool) -> None:
    """All that `export` wrote to FILE.json, into a home where nothing is remembered yet.

    Example: companion --home ~/elsewhere memory import her.json
    """
    from companion import app
    from companion.commands.memory_opened import held
    from companion.memory.importing import import_json

    with held(home, anew=True) as (folder, remembered):
        try:
            with open(file, encoding="utf-8") as opened:
                rows = import_json(remembered.database, opened, str(file), replace)
        except OSError as error:
            raise StoreError(f"{file} can't be read ({error.strerror}): look at its rights.") from error
        app.forget(folder)
    click.echo(f"{rows} rows of {file} are remembered now.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def stats(home: str | None, as_json: bool) -> None:
    """How much is remembered, and how many facts were proposed, kept and dropped, and why.

    Example: companion memory stats --json
    """
    from companion.commands.memory_opened import beside
    from companion.commands.memory_shown import echo_json, stats_lines

    with beside(home) as remembered:
        figures = remembered.stats()
    if as_json:
        echo_json(asdict(figures))
    else:
        click.echo("\n".join(stats_lines(figures)))
