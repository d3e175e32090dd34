"""`companion weights`: list, fetch, add, verify and choose model files."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from companion.errors import WeightsError
from companion.settings import WeightsSettings
from companion.weights import added, choice, presence
from companion.weights.catalog import ROLES, Catalogue, Model, PypiSource
from companion.weights.places import models_folder


def _names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    words = [*ROLES, *(model.name for model in added.load())]
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
NAMES = click.argument("names", nargs=-1, metavar="[ROLE|NAME]...", shell_complete=_names)


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """The model files: which there are, which are here, which suit this machine.

    Without a word behind it: the list.

    Example: companion weights fetch llm
    """
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, as_json)


@command.command("list")
@as_json
@click.pass_obj
def list_(home: str | None, as_json: bool) -> None:
    """Every model known, whether it is here, whether it fits this machine, and how fast it would be.

    Speeds are estimates from the model's size and this machine's memory speed.

    Example: companion weights list --json
    """
    _list(home, as_json)


def _list(home: str | None, as_json: bool) -> None:
    from companion.weights import fit

    folder, machine = models_folder(), fit.machine()
    catalogue = added.load(folder)
    chosen, wrong = _chosen_as_far_as_can_be(catalogue, home)
    rows = [
        {
            "role": model.role,
            "name": model.name,
            "title": model.title,
            "licence": model.licence,
            "size": model.size,
            "languages": list(model.languages),
            "ram": model.ram,
            "state": presence.look(model, folder).value,
            "chosen": model.name in chosen,
            "fits": fit.fits(model, machine),
            "speed": fit.speed(model, machine),
            "pinned": model.pinned,
            "hub_only": not any(isinstance(source, PypiSource) for source in model.sources),
            "about": model.about,
        }
        for model in catalogue
    ]
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "machine": asdict(machine), "models": rows}, indent=2))
        return
    _print_table(rows)
    gpu = f", GPU {machine.gpu / 1e9:.0f} GB" if machine.gpu else ""
    here = f"{machine.ram / 1e9:.0f} GB of memory, {machine.cores} cores{gpu}"
    click.echo(
        f"\n* what this machine uses ({here}).\n"
        "Speeds are estimates from sizes and memory speed. What comes from the hub was not fetched for this\n"
        f"catalogue: its hash is pinned at its first fetch. Models lie in {folder}."
    )
    for sentence in wrong:
        click.echo(sentence, err=True)


def _print_table(rows: list[dict[str, Any]]) -> None:
    head = ("", "name", "role", "size", "here", "fits", "speed (estimated)", "from", "licence")
    lines = [
        (
            "*" if row["chosen"] else "",
            row["name"],
            row["role"],
            f"{row['size'] / 1e9:.2f} GB" if row["size"] >= 1e9 else f"{row['size'] / 1e6:.0f} MB",
            {"there": "yes", "missing": "no"}.get(row["state"], row["state"]),
            "yes" if row["fits"] else "no",
            row["speed"].removeprefix("about "),
            "hub" if row["hub_only"] else "pypi",
            row["licence"],
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    for line in [head, *lines]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _settings(home: str | None) -> WeightsSettings:
    from companion.home import place
    from companion.settings_file import load

    return load(place(home)).weights


def _chosen_as_far_as_can_be(catalogue: Catalogue, home: str | None) -> tuple[set[str], list[str]]:
    """The names of the models chosen, and a sentence for each setting that names none: a list that says which
    there are must not fail over a name that isn't."""
    chosen: set[str] = set()
    wrong: list[str] = []
    settings = _settings(home)
    for role in choice.SPOKEN:
        try:
            chosen.add(choice.choose(catalogue, role, getattr(settings, role)).name)
        except WeightsError as error:
            wrong.append(f"The setting weights.{role}: {error}")
    return chosen, wrong


def _wanted(catalogue: Catalogue, names: tuple[str, ...], tests: bool, home: str | None) -> list[Model]:
    """The models to fetch, smallest first: what is quick is there soon, and peak disk use stays low."""
    settings = _settings(home)
    models = [
        choice.choose(catalogue, name, getattr(settings, name, "")) if name in ROLES else catalogue.get(name)
        for name in names or choice.SPOKEN
    ]
    if tests:
        models += [model for model in catalogue if model.tests]
    return sorted(dict.fromkeys(models), key=lambda model: model.size)


def _check(path: Path) -> None:
    """What the LLM engine says about a GGUF file."""
    from companion.engines.llm.gguf import check

    check(path)


@command.command()
@NAMES
@click.option("--tests", is_flag=True, help="Also what the tests need.")
@click.pass_obj
def fetch(home: str | None, names: tuple[str, ...], tests: bool) -> None:
    """Fetch models: those named, or those this machine uses. What is already here is left alone.

    Example: companion weights fetch llm piper-en_US-kristin-medium
    """
    from companion.weights.fetch import fetch as fetch_model
    from companion.weights.progress import shown

    folder = models_folder()
    models = _wanted(added.load(folder), names, tests, home)
    with shown() as progress:
        for model in models:
            fetch_model(model, folder, progress, check=_check)


@command.command()
@click.argument("uri")
@click.pass_obj
def add(home: str | None, uri: str) -> None:
    """Add a model of one's own: a path, hf:owner/name[:file], or piper:VOICE.

    A path is a GGUF file, a folder with Whisper in CTranslate2's format, or a Piper voice (.onnx, its .json
    beside it). The hash is pinned when it is added.

    Example: companion weights add piper:en_US-amy-medium
    """
    from companion.weights.add import add as add_model
    from companion.weights.progress import shown

    folder = models_folder()
    with shown() as progress:
        model = add_model(uri, folder, added.load(folder), progress, check=_check)
    click.echo(f"{model.name} is here; `companion weights use {model.role} {model.name}` chooses it.")


@command.command()
@NAMES
@as_json
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Read every byte of the models that are here, or of those named, and compare it with the catalogue.

    Example: companion weights verify whisper-base
    """
    from companion.weights import verify as verification
    from companion.weights.progress import shown

    folder = models_folder()
    catalogue = added.load(folder)
    named = [model for name in names for model in (catalogue.of(name) or [catalogue.get(name)])]
    models = named or verification.present(catalogue, folder)
    with shown() as progress:
        findings = [finding for model in models for finding in verification.verify(model, folder, progress)]
    if as_json:
        rows = [{"model": each.model, "file": each.file, "verdict": each.verdict.value} for each in findings]
        click.echo(json.dumps({"folder": str(folder), "files": rows}, indent=2))
    verification.demand_good(findings)


@command.command()
@click.argument("role", type=click.Choice([field.name for field in fields(WeightsSettings)]))
@click.argument("name", shell_complete=_names)
@click.pass_obj
def use(home: str | None, role: str, name: str) -> None:
    """Choose which model plays a role from the next start on; `default` chooses by this machine again.

    Example: companion weights use tts piper-en_US-kristin-medium
    """
    from companion.home import open_home
    from companion.settings_file import change

    folder = models_folder()
    catalogue = added.load(folder)
    wanted = "" if name == "default" else name
    model = choice.choose(catalogue, role, wanted)
    change(open_home(home), f"weights.{role}", wanted)
    try:
        presence.locate(model, folder)
    except WeightsError as error:
        click.echo(f"{role} is {model.name} from now on. {error}")
        return
    click.echo(f"{role} is {model.name} from the next start on.")
