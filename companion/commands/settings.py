"""`companion settings`: show and change settings."""

from __future__ import annotations

import json

import click


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show and change settings. Without a subcommand: show them all.

    Example: companion settings set tts.pace 1.1
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(home: str | None, as_json: bool = False) -> None:
    """Every setting with its value, unit and meaning.

    Example: companion settings show --json
    """
    from companion.app import settings_of
    from companion.settings_file import declared, get, keys

    settings = settings_of(home)
    if as_json:
        click.echo(json.dumps({key: get(settings, key) for key in keys()}, ensure_ascii=False))
        return
    for key in keys():
        declaration, _ = declared(key)
        about, unit = declaration.metadata["about"], declaration.metadata["unit"]
        value = get(settings, key)
        mark = "" if value == declaration.default else "  (changed)"
        shown = f"{value!r}" if isinstance(value, str) else f"{value:g}{' ' + unit if unit else ''}"
        click.echo(f"{key} = {shown}{mark}\n    {about}")


@command.command("get")
@click.argument("key")
@click.pass_obj
def get_one(home: str | None, key: str) -> None:
    """The value of one setting.

    Example: companion settings get turns.mode
    """
    from companion.app import settings_of
    from companion.settings_file import get

    click.echo(get(settings_of(home), key))


@command.command("set", context_settings={"ignore_unknown_options": True})  # a value may be below 0
@click.argument("key")
@click.argument("value")
@click.pass_obj
def set_one(home: str | None, key: str, value: str) -> None:
    """Change one setting; it counts from the next start on.

    Example: companion settings set audio.input "USB Headset"
    """
    from companion.home import open_home
    from companion.settings_file import change, parse

    parsed = parse(key, value)
    _demand_a_model(key, parsed)
    change(open_home(home), key, parsed)
    click.echo(f"{key} = {parsed}")


@command.command("reset")
@click.argument("key")
@click.pass_obj
def reset_one(home: str | None, key: str) -> None:
    """Give one setting its default again.

    Example: companion settings reset turns.patience
    """
    from companion.home import open_home
    from companion.settings_file import declared, reset

    declared(key)  # before a home is made for a key that there isn't
    click.echo(f"{key} = {reset(open_home(home), key)}")


def _demand_a_model(key: str, value: object) -> None:
    """A setting that names a model names one there is. Raises `WeightsError` that says which there are."""
    section, _, role = key.partition(".")
    if section != "weights" or not value:
        return
    from companion.weights import added, choice

    choice.choose(added.load(), role, str(value))
