"""One mail: who wrote to whom and when, what they wrote themselves, and what they attached."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice
from typing import Any

from companion.memory.archive.decoding import Decoder
from companion.memory.archive.document import UNREAD, Document, items
from companion.memory.archive.passages import Done, Passage, Progress, Read, Trouble, Unreadable, note
from companion.memory.archive.quoting import own_words
from companion.memory.archive.readers.webpage import as_text

_LONG_HEADER = 20_000
"""Characters of a header that are looked at: about 400 addressees."""

_ID = re.compile(r"<([^<>\s]{1,300})>")
_PARSER = BytesParser(policy=policy.compat32)
_MOST_PARTS = 1000
_PASSED_OVER = frozenset(UNREAD) - {"locked"}
"""Attachments that are named and no trouble: nobody expects her to read a picture."""


def read(document: Document) -> Read:
    """Yield the text of a mail and of what is attached to it."""
    data = document.stream.read(document.limits.document + 1)
    yield from mail(data[: document.limits.document], document, "mail")
    if len(data) > document.limits.document:
        raise Unreadable("It is larger than a mail may be.")


def mail(data: bytes, document: Document, otherwise: str) -> Read:
    """Yield what is in a mail's bytes; `document` is the file it came in, `otherwise` its place if it has no
    id."""
    message = _PARSER.parsebytes(data)
    about = described(message, otherwise)
    parts = list(islice(_leaves(message), _MOST_PARTS + 1))
    texts, attached = _parts(parts[:_MOST_PARTS], document)
    names = [name for name, _ in attached if name]
    body = "\n\n".join([*texts, f"Attached: {', '.join(names)}"] if names else texts)
    if about.title or body:
        yield replace(about, text=body or about.title)
    for name, part in attached:
        yield from _attachment(part, name, about, document)
    if len(parts) > _MOST_PARTS:
        raise Unreadable(f"It has more than {_MOST_PARTS:,} parts.")


def described(message: Message, otherwise: str = "mail") -> Passage:
    """Return a passage without text that says who wrote a mail, to whom, when and on what."""
    own = _ids(message, "message-id")
    before = _ids(message, "references") or _ids(message, "in-reply-to")
    return Passage(
        text="",
        place=f"mail <{own[0]}>" if own else otherwise,
        when=_when(message),
        author=people(message, "from"),
        title=header(message, "subject"),
        to=", ".join(filter(None, (people(message, "to"), people(message, "cc")))),
        thread=(before or own or [""])[0],
    )


def header(message: Message, name: str) -> str:
    """Return a header's text, decoded; "" where there is none."""
    raw = str(message.get(name, ""))[:_LONG_HEADER]
    if "=?" not in raw:
        return note(_mended(raw))
    try:
        parts = decode_header(raw)
    except (HeaderParseError, ValueError):
        return note(raw)
    return note("".join(_decoded(part, charset) for part, charset in parts))


def _mended(raw: str) -> str:
    """A header's eight-bit letters, which the parser hands on as surrogates."""
    return raw if raw.isascii() else Decoder()(raw.encode("utf-8", "surrogateescape"))


def _decoded(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "utf-8")
    except (LookupError, UnicodeError):
        return Decoder()(part)


def people(message: Message, name: str) -> str:
    """Return the names in an address header, the address where there is no name: "Amy, theo@example.org"."""
    raw = _mended(str(message.get(name, ""))[:_LONG_HEADER])
    try:
        found = getaddresses([raw])
    except (RecursionError, ValueError, IndexError):  # no addresses, but thousands of brackets
        return note(raw)
    decoded = message.__class__()
    names = []
    for shown, address in found[:100]:
        decoded[name] = shown
        names.append(header(decoded, name) or address)
        del decoded[name]
    return note(", ".join(filter(None, names)))


def _ids(message: Message, name: str) -> list[str]:
    return _ID.findall(str(message.get(name, ""))[:_LONG_HEADER])


def _when(message: Message) -> str:
    try:
        when: datetime | None = parsedate_to_datetime(str(message.get("date", ""))[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        when = None
    return when.isoformat(timespec="minutes") if when else ""


def _parts(parts: list[Message], document: Document) -> tuple[list[str], list[tuple[str, Message]]]:
    """The texts of a mail, and (name, part) of what is attached."""
    texts: list[str] = []
    attached: list[tuple[str, Message]] = []
    for part in parts:
        kind = part.get_content_type()
        name = _name(part)
        inline = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if inline and not name:
            texts.append(_own(part, kind, document))
        elif not kind.startswith("multipart/"):
            attached.append((name or ("mail.eml" if kind == "message/rfc822" else ""), part))
    return [text for text in texts if text], attached


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, of alternatives the plainest that has text. Mails in it aren't
    opened."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        inner: Any = part.get_payload() if part.get_content_maintype() == "multipart" else None
        if isinstance(inner, list):
            chosen = _alternative(inner) if part.get_content_subtype() == "alternative" else inner
            waiting.extend(reversed(chosen))
        else:
            yield part


def _alternative(parts: list[Message]) -> list[Message]:
    for part in parts:
        if part.get_content_type() == "text/plain" and str(part.get_payload()).strip():
            return [part]
    return parts[-1:]


def _own(part: Message, kind: str, document: Document) -> str:
    """What the sender wrote in a part, without what it quotes."""
    text = _decoded(_payload(part), part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    if kind != "text/html":
        return own_words(text)
    shown = as_text(text, document.limits, quotes=False) or as_text(text, document.limits, quotes=True)
    return own_words(shown)


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str:
    raw = part.get_filename()
    if not raw:
        return ""
    named = Message()
    named["name"] = raw.replace("\r", " ").replace("\n", " ")
    return header(named, "name").replace("\\", "/").rpartition("/")[2]


def _attachment(part: Message, name: str, about: Passage, document: Document) -> Read:
    """What an attachment holds, by its own reader. One of no kind that is read is only named, in the mail."""
    place = f"attachment {name.replace(',', ' ')}" if name else "attachment"  # the next comma ends the name
    if document.depth >= document.limits.inner:
        yield Trouble("It lies too deep in other mails, so it wasn't read.", f"{about.place}, {place}")
        return
    inner = part.get_payload(0) if part.is_multipart() else None
    data = inner.as_bytes() if isinstance(inner, Message) else _payload(part)
    within = Document(io.BytesIO(data), name, document.limits, document.depth + 1)
    yield from attached(within, about, place)


def attached(within: Document, about: Passage, place: str) -> Iterator[Passage | Trouble | Progress]:
    """Yield what an attachment holds, with whose mail it came in. What isn't read is no trouble here."""
    said: list[Trouble] = []
    for item in items(within):
        if isinstance(item, Passage):
            yield replace(
                item,
                place=f"{about.place}, {place}, {item.place}",
                when=item.when or about.when,
                author=item.author or about.author,
                title=item.title or about.title,
                to=item.to or about.to,
                thread=about.thread,
            )
        elif isinstance(item, Trouble):
            said.append(
                replace(item, place=f"{about.place}, {place}" + (f", {item.place}" if item.place else ""))
            )
        elif isinstance(item, Done) and item.kind not in _PASSED_OVER:
            yield from said
