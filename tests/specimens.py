"""Small files of every format that the archive reads, well made; each says where Amy met Jonas."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from email.message import EmailMessage

SENTENCE = "Amy met Jonas at the harbour in May."

BOOK = "\n\n".join(
    f"Chapter {n}\n\n{SENTENCE} {'It was warm and the boats came in. ' * 20}" for n in range(30)
)

MARKDOWN = f"""---
title: Our summer
date: 2024-05-03
author: Theodore
---
# The harbour

{SENTENCE} See [[Jonas Berg|Jonas]] and [the boats](https://example.org/boats).

```
# no heading [[kept]]
```

## Later

We went home.
"""

HTML = f"""<!DOCTYPE html><html><head><title>Our summer</title><meta name="author" content="Theodore">
<style>p {{ color: red }}</style></head><body><script>alert("no")</script><h1>The harbour</h1>
<p>{SENTENCE}</p><div style="display: none">hidden</div><ul><li>boats<li>gulls</ul>
<img src="https://example.org/seen.gif"><p>We went home.</p></body></html>"""


def pdf(
    pages: tuple[str, ...] = (SENTENCE, "We went home."), extra: bytes = b"", trailer: bytes = b""
) -> bytes:
    """A PDF of one line a page. `extra` are further objects, `trailer` further entries of the trailer."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        shown = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
            + f" /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n".encode() + shown + b"\nendstream")
    return pdf_of(objects, extra, trailer)


def pdf_of(objects: list[bytes], extra: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalogue."""
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    out += extra
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R ".encode() + trailer
    return out + f">>\nstartxref\n{start}\n%%EOF\n".encode()


def zipped(entries: dict[str, bytes | str], first_stored: bool = False) -> bytes:
    """A zip of these entries; `first_stored`: the first one isn't compressed, as ODT and EPUB want it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (name, data) in enumerate(entries.items()):
            stored = first_stored and number == 0
            packed.writestr(name, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_entries(body: str = "") -> dict[str, bytes | str]:
    """The entries of a DOCX with a heading, a paragraph and what `body` adds."""
    return {
        "[Content_Types].xml": "<Types/>",
        "docProps/core.xml": "<p xmlns:d='d'><d:creator>Theodore</d:creator>"
        "<d:modified>2024-05-03T10:00:00Z</d:modified></p>",
        "word/document.xml": f"<w:document {W}><w:body><w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr>"
        f"<w:r><w:t>The harbour</w:t></w:r></w:p><w:p><w:r><w:t>{SENTENCE[:10]}</w:t></w:r><w:del><w:r>"
        f"<w:delText>never</w:delText></w:r></w:del><w:r><w:t>{SENTENCE[10:]}</w:t></w:r></w:p>{body}"
        "</w:body></w:document>",
    }


ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def odt_entries(body: str = "") -> dict[str, bytes | str]:
    """The entries of an ODT with a heading, a paragraph and what `body` adds."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {ODF}><office:body><office:text><text:tracked-changes>"
        f"<text:p>never</text:p></text:tracked-changes><text:h>The harbour</text:h><text:p>{SENTENCE[:10]}"
        f"<text:span>{SENTENCE[10:20]}</text:span>{SENTENCE[20:]}</text:p>{body}"
        "</office:text></office:body></office:document-content>",
        "meta.xml": "<m xmlns:d='d'><d:creator>Theodore</d:creator><d:date>2024-05-03T10:00:00</d:date></m>",
    }


def epub_entries(chapter: str = "", spine: str = "<itemref idref='a'/>") -> dict[str, bytes | str]:
    """The entries of an EPUB with one chapter, to which `chapter` is added."""
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": "<c><rootfiles><rootfile full-path='book/book.opf'/></rootfiles></c>",
        "book/book.opf": "<package xmlns:d='d'><metadata><d:title>Our summer</d:title>"
        "<d:creator>Theodore</d:creator></metadata><manifest><item id='a' href='one.xhtml'/></manifest>"
        f"<spine>{spine}</spine></package>",
        "book/one.xhtml": f"<html><body><h1>The harbour</h1><p>{SENTENCE}</p>{chapter}</body></html>",
    }


RTF = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0 Times;}}{\*\generator x;}\f0 The harbour\par "
    + SENTENCE
    + r"\par Gr\'fc\'dfe\par}"
)


def mail(
    body: str = f"{SENTENCE}\n\nOn 2 May 2021 Jonas wrote:\n> When was it?\n", number: int = 1
) -> EmailMessage:
    """A mail to Jonas, which answers one of his."""
    message = EmailMessage()
    message["From"] = "Théodore <theo@example.org>"
    message["To"] = "Jonas Berg <jonas@example.org>"
    message["Subject"] = "The harbour – again"
    message["Date"] = "Mon, 03 May 2021 10:00:00 +0200"
    message["Message-ID"] = f"<{number}@example.org>"
    message["References"] = "<first@example.org>"
    message.set_content(body)
    return message


def mbox(count: int = 3) -> bytes:
    """An mbox of `count` mails, the last with an attachment."""
    out = b""
    for number in range(1, count + 1):
        message = mail(number=number)
        if number == count:
            message.add_attachment(pdf(), maintype="application", subtype="pdf", filename="plan.pdf")
        out += b"From theo@example.org Mon May  3 10:00:00 2021\n" + message.as_bytes() + b"\n"
    return out


ICS = f"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20210503T100000
DTEND;TZID=Europe/Berlin:20210503T110000
RRULE:FREQ=WEEKLY
SUMMARY:Harbour
LOCATION:Pier 3
ATTENDEE;CN=Jonas Berg:mailto:jonas@example.org
DESCRIPTION:{SENTENCE}
BEGIN:VALARM
DESCRIPTION:alarm
END:VALARM
END:VEVENT
BEGIN:VTODO
SUMMARY:Buy
  a boat
DUE;VALUE=DATE:20210601
END:VTODO
END:VCALENDAR
""".replace("\n", "\r\n")

VCF = f"""BEGIN:VCARD
VERSION:3.0
FN:Jonas Berg
N:Berg;Jonas;;;
item1.TEL;TYPE=CELL:+49 30 123456
BDAY:1990-05-03
NOTE:{SENTENCE}
PHOTO;ENCODING=b:{base64.b64encode(bytes(600)).decode()}
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Amy
EMAIL:amy@example.org
END:VCARD
"""

CSV = f'day;who;what\n2021-05-03;Amy;{SENTENCE}\n2021-05-04;Jonas;"went home;\nlate"\n'

JSON = json.dumps([{"what": SENTENCE, "tags": ["sea", "may"]}, {"what": "went home", "who": {"name": "Amy"}}])

WHATSAPP = f"""[03.05.21, 10:00:11] Amy: {SENTENCE}
and it was warm
\u200e[03.05.21, 10:01:00] Jonas: \u200eBild weggelassen
[13.05.21, 22:01:00] Jonas: I remember
"""

TELEGRAM = json.dumps(
    {
        "name": "Amy",
        "type": "personal_chat",
        "id": 7,
        "messages": [
            {"id": 1, "type": "service", "date": "2021-05-03T09:00:00", "text": "joined"},
            {
                "id": 2,
                "type": "message",
                "date": "2021-05-03T10:00:00",
                "from": "Amy",
                "from_id": "user1",
                "text": SENTENCE,
            },
            {
                "id": 3,
                "type": "message",
                "date": "2021-05-03T10:01:00",
                "from": "Theodore",
                "from_id": "user2",
                "text": ["I ", {"type": "bold", "text": "remember"}],
            },
        ],
    }
)


def _broken(text: str) -> str:
    """As Facebook writes it: a character a byte of UTF-8."""
    return text.encode("utf-8").decode("latin-1")


META = json.dumps(
    {
        "participants": [{"name": _broken("Amélie")}, {"name": "Theodore"}],
        "messages": [
            {"sender_name": "Theodore", "timestamp_ms": 1620036060000, "content": _broken("schön")},
            {"sender_name": _broken("Amélie"), "timestamp_ms": 1620036000000, "content": SENTENCE},
        ],
        "title": _broken("Amélie"),
    }
)


def _said(role: str, text: str, parent: str | None, when: float = 1620036000.0) -> dict[str, object]:
    message = {
        "author": {"role": role},
        "create_time": when,
        "content": {"content_type": "text", "parts": [text]},
    }
    return {"message": message, "parent": parent, "children": []}


CHATGPT = json.dumps(
    [
        {
            "title": "Harbours",
            "create_time": 1620036000.0,
            "mapping": {
                "root": {"message": None, "parent": None, "children": ["a"]},
                "a": _said("user", SENTENCE, "root"),
                "b": _said("assistant", "left behind", "a"),
                "c": _said("assistant", "How nice.", "a"),
            },
            "current_node": "c",
        }
    ]
)


def all_of_them() -> dict[str, bytes]:
    """A well-made file of each format, by name."""
    texts = {
        "book.txt": BOOK,
        "summer.md": MARKDOWN,
        "summer.html": HTML,
        "letter.rtf": RTF,
        "calendar.ics": ICS,
        "contacts.vcf": VCF,
        "days.csv": CSV,
        "days.json": JSON,
        "WhatsApp Chat with Amy.txt": WHATSAPP,
        "result.json": TELEGRAM,
        "message_1.json": META,
        "conversations.json": CHATGPT,
    }
    return {
        **{name: text.encode("utf-8") for name, text in texts.items()},
        "plan.pdf": pdf(),
        "letter.docx": zipped(docx_entries()),
        "letter.odt": zipped(odt_entries(), first_stored=True),
        "book.epub": zipped(epub_entries(), first_stored=True),
        "mail.eml": mail().as_bytes(),
        "inbox.mbox": mbox(),
    }
