"""How a passage of the archive is cited aloud: "in your mail to Amy on 3 May"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

YOUR_OWN = "you"
"""Who the user is in the chats that ChatGPT exports."""

NAMED = 2
"""Names that are said; of more only the first, and how many others."""

_CHATS = ("whatsapp", "telegram", "meta", "chatgpt")
_MAILS = ("mail", "mbox")
_CALLED = {"pdf": "the PDF", "epub": "the book", "html": "the page"}
_ATTACHED = re.compile(r"(?:mail .*?), attachment(?: (?P<name>[^,]+))?(?:, (?P<place>.*))?$")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is known of a passage: its document's `kind` and `path`, where in it (`place`), and of the passage
    what `chunks.Chunk` says; `dated` is ISO 8601 or ""."""

    kind: str
    path: str
    place: str
    title: str
    author: str
    recipient: str
    dated: str


def cited(source: Cited, me: Collection[str], today: datetime.date) -> str:
    """Where a passage stands, in words; `me`: the names and addresses that the user goes by."""
    mine = frozenset(name.casefold() for name in (*me, YOUR_OWN))
    on = _on(source.dated, today)
    if source.kind in _MAILS:
        return _mail(source, mine, on)
    if source.kind in _CHATS:
        return f"in {_chat(source, mine)}{on}"
    if source.kind == "ics":
        return f"in your calendar, under {_quoted(source.title)}{on}" if source.title else "in your calendar"
    if source.kind == "vcf":
        return f"in your address book, under {source.title}" if source.title else "in your address book"
    return f"in {_document(source)}"


def _mail(source: Cited, mine: frozenset[str], on: str) -> str:
    mail = _whose_mail(source, mine) + on
    attached = _ATTACHED.match(source.place)
    if attached is None:
        return f"in {mail}"
    name, place = attached["name"] or "what", attached["place"]
    inside = f", {place}," if place else ","
    return f"in {name}{inside} attached to {mail}"


def _whose_mail(source: Cited, mine: frozenset[str]) -> str:
    to = _people(source.recipient, mine)
    if source.author.casefold() in mine:
        return f"your mail to {to}" if to else "your mail"
    whose = f"the mail from {source.author}" if source.author else "a mail"
    return f"{whose} to {to or 'you'}"


def _chat(source: Cited, mine: frozenset[str]) -> str:
    """A chat is called by the one it is with, where that is its name, or it has none; else by its name."""
    speakers, title = _names(source.author), source.title
    if source.kind == "chatgpt":
        return f"your chat with ChatGPT, {_quoted(title)}," if title else "your chat with ChatGPT"
    others = [name for name in speakers if name.casefold() not in mine]
    if title and title.casefold() in [name.casefold() for name in others]:
        return f"your chat with {title}"
    if title:
        return f"{'the' if speakers == others else 'your'} chat {_quoted(title)}"
    return f"your chat with {_people(', '.join(others), mine)}" if others else "a chat"


def _document(source: Cited) -> str:
    name = PurePath(source.path.replace("\\", "/")).name
    called = _CALLED.get(source.kind)
    document = f"{called} {_quoted(source.title)}" if called and source.title else name
    return f"{document}, {source.place}" if source.place else document


def _people(names: str, mine: frozenset[str]) -> str:
    """ "Amy", "you and Amy", "Amy and 3 others"; "" for nobody."""
    found = ["you" if name.casefold() in mine else name for name in _names(names)]
    found = sorted(dict.fromkeys(found), key=lambda name: name != "you")
    if len(found) <= NAMED:
        return " and ".join(found)
    return f"{found[0]} and {len(found) - 1} others"


def _names(joined: str) -> list[str]:
    return [name for name in (part.strip() for part in joined.split(", ")) if name]


def _on(dated: str, today: datetime.date) -> str:
    """ " on 3 May", with the year where that isn't this one; "" where no date is known."""
    try:
        moment = datetime.datetime.fromisoformat(dated)
    except ValueError:
        return ""
    day = moment.astimezone().date() if moment.tzinfo and not moment.utcoffset() else moment.date()
    return f" on {day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")


def _quoted(title: str) -> str:
    return f"'{title}'"
