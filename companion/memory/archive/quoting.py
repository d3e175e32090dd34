"""What of a mail its sender wrote: without the mails that are quoted in it, and without the signature."""

from __future__ import annotations

import re

_LONG = 300
"""Characters of the longest line that can say who wrote what follows."""

_WROTE = re.compile(
    r"(?i)\b(wrote|writes|schrieb|a écrit|écrit|escribió|escreveu|ha scritto|schreef|skrev|kirjoitti"
    r"|napisał\(?a?\)?)\b.{0,80}:\s*$"
)
_BEGINS = re.compile(r"(?i)\s*(on|am|le|el|il|em|op|den|w dniu)\s")
_ORIGINAL = re.compile(
    r"(?i)^\s*-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|mensagem original|oorspronkelijk bericht)\s*-{2,}\s*$"
)
_OUTLOOK = re.compile(r"(?i)^\s*\**(from|von|de|da|van|från|fra)\s?:\**\s.*@")
_SENT = re.compile(
    r"(?i)^\s*\**(sent|date|gesendet|datum|envoyé|enviado|fecha|inviato|data|verzonden|skickat)\s?:"
)


def own_words(text: str) -> str:
    """Return the lines of a mail that aren't quoted.

    A quoted line begins with ">"; the line above that says who wrote it goes too, also where it is broken in
    two. Behind "Original Message" or Outlook's header everything is quoted; behind "-- " stands a signature.
    A mail that is nothing but a quotation is kept whole: it was sent for what it quotes."""
    kept: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.rstrip("\r") == "-- " or _ORIGINAL.match(line) or _is_header(lines, number):
            break
        if line.lstrip().startswith(">"):
            _drop_attribution(kept)
        else:
            kept.append(line)
    _drop_attribution(kept)
    own = "\n".join(kept).strip()
    return own or text.strip()


def _is_header(lines: list[str], number: int) -> bool:
    if len(lines[number]) > _LONG or not _OUTLOOK.match(lines[number]):
        return False
    return any(_SENT.match(line[:_LONG]) for line in lines[number + 1 : number + 3])


def _drop_attribution(kept: list[str]) -> None:
    """Take "On Monday Amy wrote:" from the end of `kept`."""
    while kept and not kept[-1].strip():
        kept.pop()
    for count in (2, 1):
        said = kept[-count:]
        if len(said) == count and _is_attribution(said):
            del kept[-count:]
            return


def _is_attribution(lines: list[str]) -> bool:
    said = " ".join(lines)
    if len(said) > _LONG or not _WROTE.search(said):
        return False
    return bool(_BEGINS.match(said)) or (len(lines) == 1 and "@" in said)
