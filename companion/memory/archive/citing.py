"""How a passage of the archive is cited aloud: "in your mail to Amy on 3 May"."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

from companion.memory.archive.naming import filed, named, plain, quoted

NAMED = 2
"""Names that are said; of more only the first, and how many others."""

_CHATS = ("whatsapp", "telegram", "meta", "chatgpt")
_MAILS = ("mail", "mbox")
_CALLED = {"pdf": "the PDF", "epub": "the book", "html": "the page"}
_YOU = "you"
_PLACE = re.compile(r"[a-z]{0,20} ?\d{0,9}(?:(?: on)? line \d{1,9})?")
"""Places that are ours and hold nothing of the file's: "page 3", "message on line 12"."""

_CHAPTER = "chapter "
_MAIL_ID = re.compile(r"mail <[^<>]*>,? ?")
_ATTACHED = re.compile(r"(?:mail.*?), attachment(?: (?P<name>[^,]+))?(?:, (?P<place>.*))?$")


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
    """Where a passage stands, in words; `me`: the names and addresses that the user goes by.

    What others chose, a title or a sender's name, is in it as `naming` says, so that it can't go on in our
    voice or the user's."""
    mine = frozenset(name.casefold() for name in me)
    on = _on(source.dated, today)
    if source.kind in _MAILS:
        return _mail(source, mine, on)
    if source.kind in _CHATS:
        return f"in {_chat(source, mine)}{on}"
    title = plain(source.title)
    if source.kind == "ics":
        return f"in your calendar, under {quoted(title)}{on}" if title else "in your calendar"
    if source.kind == "vcf":
        return f"in your address book, under {named(title)}" if title else "in your address book"
    return f"in {_document(source)}"


def _mail(source: Cited, mine: frozenset[str], on: str) -> str:
    mail = _whose_mail(source, mine) + on
    attached = _ATTACHED.match(source.place)
    if attached is None:
        return f"in {mail}"
    name, place = filed(attached["name"] or "") or "what", _placed(attached["place"] or "")
    inside = f", {place}," if place else ","
    return f"in {name}{inside} attached to {mail}"


def _whose_mail(source: Cited, mine: frozenset[str]) -> str:
    to = _people(source.recipient, mine)
    if source.author.casefold() in mine:
        return f"your mail to {to}" if to else "your mail"
    author = named(source.author)
    whose = f"the mail from {author}" if author else "a mail"
    return f"{whose} to {to or 'you'}"


def _chat(source: Cited, mine: frozenset[str]) -> str:
    """A chat is called by the one it is with, where that is its name, or it has none; else by its name."""
    speakers, title = _names(source.author), plain(source.title)
    if source.kind == "chatgpt":
        return f"your chat with ChatGPT, {quoted(title)}," if title else "your chat with ChatGPT"
    others = [name for name in speakers if name.casefold() not in mine]
    if title and source.title.casefold() in [name.casefold() for name in others]:
        return f"your chat with {named(title)}"
    if title:
        return f"{'the' if speakers == others else 'your'} chat {quoted(title)}"
    return f"your chat with {_people(', '.join(others), mine)}" if others else "a chat"


def _document(source: Cited) -> str:
    called, title = _CALLED.get(source.kind), quoted(source.title)
    name = filed(PurePath(source.path.replace("\\", "/")).name) or "a file"
    document = f"{called} {title}" if called and title else name
    place = _placed(source.place)
    return f"{document}, {place}" if place else document


def _placed(place: str) -> str:
    """A place in a document: a line or page as it is, a chapter's own name between quotes."""
    if _PLACE.fullmatch(place):
        return place
    if place.startswith(_CHAPTER):
        return _CHAPTER + named(place.removeprefix(_CHAPTER))
    return quoted(_MAIL_ID.sub("", place))


def _people(names: str, mine: frozenset[str]) -> str:
    """ "Amy", "you and Amy", "Amy and 3 others"; "" for nobody."""
    found = [_YOU if name.casefold() in mine else named(name) for name in _names(names)]
    found = sorted(filter(None, dict.fromkeys(found)), key=lambda name: name != _YOU)
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
