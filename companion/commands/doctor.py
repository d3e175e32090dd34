"""`companion doctor`: is everything there that she needs, and does it work?"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from companion.errors import AudioError, CompanionError, HomeError, SettingsError
from companion.settings import Settings

ROOM = 200 * 2**20
"""Bytes of free disk below which there is something to do."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is well, what was found, and what to do if it isn't."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--quick", is_flag=True, help="Don't load the models and don't open the microphone.")
@click.pass_obj
def command(home: str | None, as_json: bool, quick: bool) -> int:
    """Check everything: home, settings, models, microphone, loudspeaker, and what runs where.

    Example: companion doctor
    """
    from companion import app

    app.prepare()
    checks = []
    for check in _checks(home, quick):
        checks.append(check)
        if not as_json:
            _show(check)
    if as_json:
        click.echo(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    return 0 if all(check.ok for check in checks) else 1


def _show(check: Check) -> None:
    mark = click.style("ok  ", fg="green") if check.ok else click.style("FIX ", fg="red", bold=True)
    click.echo(f"{mark} {check.name}: {check.detail}")
    if check.fix and not check.ok:
        click.echo(f"     {check.fix}")


def _checks(home: str | None, quick: bool) -> Iterator[Check]:
    yield Check("python", True, f"{sys.version.split()[0]} on {sys.platform}")
    yield from _home(home)
    yield _try("memory", lambda: _memory(home))
    yield from _weights(home)
    if not quick:
        yield from _engines(home)
    yield from _sound(home, quick)


def _try(name: str, look: Callable[[], str], fix: str = "") -> Check:
    """A check that passes when `look` returns what it found, and fails with the sentence it raises, or with
    what the system refuses."""
    try:
        return Check(name, True, look())
    except CompanionError as error:
        return Check(name, False, str(error), fix)
    except OSError as error:
        return Check(name, False, _refused(error), fix)


def _refused(error: OSError) -> str:
    where = f"{error.filename} can't be read" if error.filename else "The system refused it"
    return f"{where} ({error.strerror or error}): check its rights and the disk."


def _home(home: str | None) -> Iterator[Check]:
    from companion.home import open_home, place
    from companion.settings_file import load

    folder = place(home)
    yield _try("home", lambda: str(open_home(home)), "Choose another folder with --home.")
    yield _try("settings", lambda: "as declared" if load(folder) else "", "Mend or remove settings.toml.")
    yield _try("disk", lambda: _free(folder), "Free some space.")


def _memory(home: str | None) -> str:
    """What is in the store, where its key is, and when it was last copied. Raises `StoreError`."""
    import contextlib
    import datetime

    from companion.commands.unlocking import keeping
    from companion.home import place
    from companion.memory import automatic, keys
    from companion.memory.database import STORE
    from companion.memory.opening import open_beside

    folder = place(home)
    if not (folder / STORE).exists():
        return "nothing is remembered yet"
    with contextlib.closing(open_beside(folder, keeping(folder))) as database:
        turns, facts, chunks = (
            database.read(f"SELECT count(*) FROM {table}")[0][0] for table in ("turns", "facts", "chunks")
        )
    copies = automatic.taken(folder)
    copied = datetime.date.fromtimestamp(copies[0].stat().st_mtime).isoformat() if copies else "never"
    return (
        f"{turns} turns, {facts} facts, {chunks} passages of the archive; "
        f"the key is in {keys.where(folder)}; last copied: {copied}"
    )


def _free(folder: Path) -> str:
    """How much room there is; raises `HomeError` where there is too little."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free"
    if free <= ROOM:
        raise HomeError(f"{found}.")
    return found


def _settings(home: str | None) -> Settings:
    """The settings, or the defaults where the file is broken, so that the other checks go on."""
    from companion import app

    try:
        return app.settings_of(home)
    except SettingsError:
        return Settings()


def _weights(home: str | None) -> Iterator[Check]:
    from companion import app

    loader = app.Loader(_settings(home))
    for role in app.NEEDED:
        yield _try(f"weights {role}", lambda role=role: loader.folder(role).name)  # type: ignore[misc]


def _engines(home: str | None) -> Iterator[Check]:
    """Load each engine and say where it runs."""
    from companion import app
    from companion.commands.aside import Aside

    loader = app.Loader(_settings(home))
    aside = Aside()

    def llm(cancel: object) -> str:
        model = loader.llm()
        where = f"{getattr(model, 'name', '')}: {getattr(model, 'placement', '')}"
        getattr(model, "close", lambda: None)()
        return where

    yield _try("llm", lambda: aside.do(llm), "companion weights verify")
    yield _try("asr", lambda: getattr(loader.asr(), "device_note", ""), "companion weights verify")
    yield _try("tts", lambda: f"{loader.tts().rate} Hz", "companion weights verify")
    yield _try("endpoint", lambda: "loaded" if loader.endpoint() else "", "companion weights verify")


def _sound(home: str | None, quick: bool) -> Iterator[Check]:
    """The devices, and how loud it is in front of the microphone."""
    from companion.audio.devices import devices, find, input_level

    audio = _settings(home).audio
    try:
        found = devices()
    except (CompanionError, OSError) as error:
        why = _refused(error) if isinstance(error, OSError) else str(error)
        yield Check("sound", False, why, "`companion chat` and `companion hear FILE` work without.")
        return
    for device in found:
        default = ", the system's default" if device.default else ""
        yield Check(device.kind, True, f"{device.name} ({device.rate} Hz{default})")
    for kind, wanted in (("input", audio.input), ("output", audio.output)):
        side = "microphone" if kind == "input" else "loudspeaker"
        yield _try(side, lambda k=kind, w=wanted: find(k, w).name, "Plug one in, or name it in the settings.")  # type: ignore[misc]
    if not quick:
        yield _try("level", lambda: _level(input_level(audio.input)), "Check the microphone's own switch.")


def _level(level: float) -> str:
    """The meter of a level. Raises `AudioError` for digital silence: air is never as quiet as that, though a
    microphone that takes noise away can be."""
    from companion.audio.devices import SILENCE_DB

    if level <= SILENCE_DB:
        raise AudioError(
            "The microphone gives nothing but digital silence: see that it isn't muted (its own switch, the "
            "system's sound settings), that programs may use it (the system's privacy settings), and that it "
            "is the right one (setting audio.input). If it takes noise away, speak while the doctor listens."
        )
    return _meter(level)


def _meter(level: float) -> str:
    """A level in dBFS as a bar of 30 marks from -60 dB on."""
    marks = max(0, min(30, round((level + 60) / 2)))
    return f"[{'#' * marks}{'.' * (30 - marks)}] {level:.0f} dB"
