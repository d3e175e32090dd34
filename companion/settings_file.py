"""The settings file: `settings.toml` in the home folder, read whole, checked, changed one key at a time.

Only what differs from the defaults stands in it; comments a person wrote there stay.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import MutableMapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_type_hints

from companion.errors import SettingsError
from companion.settings import Settings

FILE = "settings.toml"


def load(home: Path) -> Settings:
    """The settings of a home folder; the defaults where the file says nothing. Raises `SettingsError`."""
    path = home / FILE
    return from_table(_read(path)[1], str(path))


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """The file's text and the table that it is in TOML, both empty where there is none. Raises
    `SettingsError`."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        return "", {}
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML ({error}): mend or remove it.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read ({error}): mend or remove it.") from error


def from_table(table: dict[str, Any], where: str = "the settings") -> Settings:
    """Settings from a table of sections; every value is checked against its declaration."""
    sections = {}
    known = {f.name: f for f in fields(Settings)}
    for name, values in table.items():
        if name not in known or not isinstance(values, dict):
            raise SettingsError(f"{where}: there is no section [{name}]: remove it.")
        kind = _section(name)
        sections[name] = kind(
            **{key: _checked(f"{name}.{key}", value, where) for key, value in values.items()}
        )
    return Settings(**sections)


def _checked(key: str, value: Any, where: str) -> Any:
    try:
        declared(key)
    except SettingsError as error:
        raise SettingsError(f"{where}: there is no setting {key}: remove it.") from error
    try:
        return check(key, value)
    except SettingsError as error:
        raise SettingsError(f"{where}: {error} `companion settings reset {key}` removes it.") from error


def check(key: str, value: Any) -> Any:
    """The value as the setting's own type; raises `SettingsError` when the setting can't have it."""
    declaration, kind = declared(key)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise SettingsError(f"{key} must be {_kind_name(kind)}, not {value!r}.")
    low, high = declaration.metadata["low"], declaration.metadata["high"]
    unit = f" {declaration.metadata['unit']}" if declaration.metadata["unit"] else ""
    if kind in (int, float) and not (low is None or low <= value) | (value != value):
        raise SettingsError(f"{key} must be at least {low:g}{unit}, not {value:g}.")
    if kind in (int, float) and (value != value or (high is not None and value > high)):
        raise SettingsError(f"{key} must be at most {high:g}{unit}, not {value:g}.")
    choices = declaration.metadata["choices"]
    if choices and value not in choices:
        raise SettingsError(f"{key} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def declared(key: str) -> tuple[Field[Any], type]:
    """The declaration and the type of a setting named `section.name`."""
    section, _, name = key.partition(".")
    if section in {f.name for f in fields(Settings)}:
        kind = _section(section)
        for declaration in fields(kind):
            if declaration.name == name:
                return declaration, get_type_hints(kind)[name]
    raise SettingsError(f"There is no setting {key!r}: `companion settings` lists them.")


def keys() -> list[str]:
    """Every setting there is, as `section.name`, in order."""
    return [f"{s.name}.{f.name}" for s in fields(Settings) for f in fields(_section(s.name))]


def get(settings: Settings, key: str) -> Any:
    """The value of a setting."""
    declared(key)
    section, _, name = key.partition(".")
    return getattr(getattr(settings, section), name)


def parse(key: str, text: str) -> Any:
    """The value that `text`, as typed on a command line, means for a setting."""
    _, kind = declared(key)
    try:
        value: Any = kind(text) if kind in (int, float) else text
    except ValueError as error:
        raise SettingsError(f"{key} must be {_kind_name(kind)}, not {text!r}.") from error
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise SettingsError(f"{key} must be true or false, not {text!r}.")
        value = text.lower() == "true"
    return check(key, value)


def change(home: Path, key: str, value: Any) -> None:
    """Write one setting to the file, atomically; the rest of it stays as it is."""
    import tomlkit

    value = check(key, value)
    path = home / FILE
    text, before = _read(path)
    section, _, name = key.partition(".")
    if isinstance(before.get(section), dict):
        before[section].pop(name, None)  # it may be what is wrong
    from_table(before, str(path))  # a file that is broken elsewhere is not written over
    document = tomlkit.parse(text)
    table = document.setdefault(section, tomlkit.table())
    if name not in table:
        declaration, _ = declared(key)
        table.add(tomlkit.comment(declaration.metadata["about"]))
    table[name] = value
    _write(path, tomlkit.dumps(document))


def reset(home: Path, key: str) -> Any:
    """Take one setting out of the file, with the comment that `change` wrote, so that its default counts,
    also where later versions have another; returns that. What stood there may have been impossible."""
    import tomlkit

    declaration, _ = declared(key)
    section, _, name = key.partition(".")
    document = tomlkit.parse(_read(home / FILE)[0])
    table = document.get(section)
    if isinstance(table, MutableMapping) and name in table:
        del table[name]
        about = f"# {declaration.metadata['about']}"
        lines = tomlkit.dumps(document).splitlines(keepends=True)
        _write(home / FILE, "".join(line for line in lines if line.strip() != about))
    return declaration.default


def _write(path: Path, text: str) -> None:
    """Replace the file in one step; what can't be written whole leaves the old one and nothing beside it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with open(draft, "w", encoding="utf-8", opener=_private) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written ({error.strerror or type(error).__name__}) and stays as it was: "
            "free some space or check its rights."
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _section(name: str) -> type:
    kind: type = get_type_hints(Settings)[name]
    return kind


def _kind_name(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}[kind]
