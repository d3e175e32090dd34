"""Addresses on the net: URLs, e-mail addresses, handles, hashtags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.engines.tts.wording.language import Language, word_set
from companion.engines.tts.wording.leftovers import parts_said
from companion.engines.tts.wording.tokens import Reading, Token

SCHEME = re.compile(r"(?:https?|ftp|file|mailto)://?", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+", re.IGNORECASE)
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PATH = re.compile(r"(?:~|\.{1,2})?(?:/[\w.-]+)+")
ENDINGS = word_set(
    """
    com org net io ai dev app gov edu mil info biz co me tv eu uk us ca au nz ie de at ch fr be nl es it pt
    pl se no dk fi ru jp cn in br mx xyz tech blog shop online site
    """
)
MORE_PARTS = 2
"""How many steps of a path are read; a long one says nothing to the ear."""


def address(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "https://www.example.com/a?b=c" -> "example dot com slash a"; the rest of a long one is left out."""
    core = tokens[at].core
    scheme = SCHEME.match(core)
    shown = core[scheme.end() :] if scheme else core
    host, slash, path = shown.partition("/")
    host = host.partition("?")[0].partition("#")[0].partition(":")[0][:255]
    if not HOST.fullmatch(host):
        return Reading(1, parts_said(host, tongue)) if scheme and host else None
    if not scheme and not host.lower().startswith("www.") and not _known(host, bool(slash)):
        return None
    said = _dotted(host[4:] if host.lower().startswith("www.") else host, tongue)
    for step in _steps(path):
        said += f" {tongue.words['slash']} {parts_said(step, tongue)}"
    return Reading(1, said)


def _known(host: str, with_path: bool) -> bool:
    ending = host.rpartition(".")[2]
    ascii_letters = host.replace(".", "").replace("-", "")
    return (
        ending in ENDINGS
        and not ascii_letters.isdigit()
        and (with_path or host == host.lower() or len(ending) > 2)
    )


def _steps(path: str) -> list[str]:
    steps = [step for step in re.split(r"[?#]", path)[0].split("/") if step]
    short = len(steps) <= MORE_PARTS and all(re.fullmatch(r"[A-Za-z-]{1,20}", step) for step in steps)
    return steps if short else []


def _dotted(host: str, tongue: Language) -> str:
    return f" {tongue.words['dot']} ".join(parts_said(part, tongue) for part in host.split(".") if part)


def path(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "/usr/bin" -> "slash usr slash bin", "~/notes.txt" -> "notes dot txt"."""
    core = tokens[at].core
    if len(core) > 200 or not PATH.fullmatch(core):
        return None
    steps = (_dotted(step, tongue) for step in core.lstrip("~.").split("/")[1:])
    return Reading(1, " ".join(f"{tongue.words['slash']} {step}" for step in steps))


def email(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "jo.doe@example.org" -> "jo dot doe at example dot org"."""
    core = tokens[at].core.removeprefix("mailto:")
    if len(core) > 254 or not EMAIL.fullmatch(core):
        return None
    local, _, host = core.partition("@")
    marks = {".": "dot", "_": "underscore", "-": "dash", "+": "plus", "%": "percent"}
    said = "".join(f" {tongue.words[marks[c]]} " if c in marks else c for c in local)
    spoken = " ".join(parts_said(part, tongue) for part in said.split())
    return Reading(1, f"{spoken} {tongue.words['at']} {_dotted(host, tongue)}")


def handle(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "@jo" -> "at jo", "#5" -> "number five", "#MondayMood" -> "hashtag Monday Mood"."""
    core = tokens[at].core
    if len(core) < 2 or len(core) > 80 or core[0] not in "@#":
        return None
    rest = core[1:]
    if core[0] == "@":
        return Reading(1, f"{tongue.words['at']} {parts_said(rest, tongue)}")
    if rest.isdigit():
        return Reading(1, f"{tongue.words['number']} {parts_said(rest, tongue)}")
    if not rest[0].isalpha():
        return None
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=[a-zäöüéñ])(?=[A-ZÄÖÜÉÑ])|(?<=\d)(?=[^\W\d_])", " ", rest)
    return Reading(
        1, f"{tongue.words['hashtag']} {' '.join(parts_said(part, tongue) for part in apart.split())}"
    )
