"""Damaged, locked, endless, nested, misnamed and booby-trapped files of every format that the archive reads.

`write(folder)` makes them in seconds; what is large has holes instead of bytes, so the disk hardly notices.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import specimens
from hostile_documents import Files, pdfs, w_p, xml, zips
from specimens import SENTENCE, docx_entries, mail, pdf, zipped


def write(folder: Path) -> list[Path]:
    """Write all of them below `folder` and return their paths, the same ones each time."""
    paths: list[Path] = []
    for family in (
        _cut,
        _flipped,
        _misnamed,
        _empty,
        _texts,
        _json,
        _html,
        xml,
        zips,
        pdfs,
        _mails,
        _others,
    ):
        inside = folder / family.__name__.strip("_")
        inside.mkdir(parents=True)
        for name, data in family():
            (inside / name).write_bytes(data)
            paths.append(inside / name)
    return [*paths, *_with_holes(folder / "holes"), *_no_files(folder / "no_files")]


def _cut() -> Files:
    """Each format, broken off at four places."""
    for name, data in specimens.all_of_them().items():
        for share in (5, 40, 75, 97):
            yield f"{share}% of {name}", data[: len(data) * share // 100]


def _flipped() -> Files:
    """Each format, with bytes changed: some, many, and a stretch of nothing."""
    for seed, (name, data) in enumerate(specimens.all_of_them().items()):
        chance = random.Random(seed)
        for share in (200, 20):
            changed = bytearray(data)
            for _ in range(len(data) // share + 1):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            yield f"1 in {share} of {name}", bytes(changed)
        middle = len(data) // 2
        yield f"blank in {name}", data[:middle] + bytes(64) + data[middle + 64 :]


def _misnamed() -> Files:
    """Each format under another's name."""
    whole = specimens.all_of_them()
    for (name, data), other in zip(whole.items(), reversed(whole), strict=True):
        yield f"{name} as {other}", data


def _empty() -> Files:
    for name in specimens.all_of_them():
        yield f"empty {name}", b""


def _texts() -> Files:
    text = f"{SENTENCE} Grüße aus Lübeck.\n" * 20
    yield "no mark.txt", text.encode("utf-16-le")
    yield "no mark, big end.txt", text.encode("utf-16-be")
    yield "half a letter.txt", text.encode("utf-16") + b"\x41"
    yield "utf-32.txt", text.encode("utf-32")
    yield "western.txt", text.encode("cp1252")
    yield "mixed.txt", text.encode("utf-8") + text.encode("cp1252") + text.encode("utf-8")
    yield "japanese.txt", "港で会いました。\n".encode("shift_jis") * 200
    yield "surrogates.txt", b"Amy \xed\xa0\x80 met \xed\xbf\xbf Jonas\n" * 10
    yield "overlong.txt", b"Amy \xc0\xaf\xc0\xae met \xff\xfe Jonas\n" * 10
    yield "nuls.txt", (SENTENCE + "\n" * 3).encode() * 300 + b"\0" * 12 + SENTENCE.encode()
    yield "controls.txt", bytes(range(32)) * 100
    yield "only a mark.txt", b"\xef\xbb\xbf"
    yield "blank.txt", b" \n\t\r\n" * 10_000
    yield "returns.txt", text.replace("\n", "\r").encode()
    yield "one line.txt", b"harbour " * 800_000
    yield "one word.txt", b"h" * 500_000
    yield "no end of lines.txt", b"\n" * 1_000_000 + b"end"
    yield "brackets.md", b"[[" * 200_000
    yield "links.md", b"[a](" * 100_000
    yield "hashes.md", b"#" * 500_000
    yield "front.md", b"---\n" + b"title: x\n" * 50_000
    yield "no end of quotes.csv", b'a,b\n1,"' + b"x\n" * 10_000_000
    yield "wide.csv", b"," * 500_000 + b"\n" + b"1," * 250_000
    yield "nuls.csv", b"a,b\n1,\0\n2,3\n" * 10
    yield "odd quotes.csv", b'a,"b\n"1"2"3,4\n"' * 1000
    yield "no dates.txt", b"99/99/99, 99:99 - Amy: hi\n" * 100
    yield "endless name.txt", b"03/05/21, 10:00 - " + b"A" * 100_000 + b": hi\n03/05/21, 10:01 - x\n"


def _json() -> Files:
    yield "deep lists.json", b"[" * 200_000
    yield "deep maps.json", b'{"a":' * 200_000
    yield "deep and whole.json", b"[" * 50_000 + b"]" * 50_000
    yield "long number.json", b'[{"a": ' + b"9" * 1_000_000 + b"}]"
    yield "large exponent.json", b'[{"a": 1e999999999, "b": "x"}]'
    yield "not a number.json", b'[{"a": NaN}]'
    yield "endless string.json", b'[{"a": "' + b"x" * 5_000_000
    yield "surrogate.json", b'[{"a": "\\ud800 Amy \\udfff"}]'
    yield "bad escape.json", b'[{"a": "\\x41"}]'
    yield "garbage behind.json", b'[{"a": "Amy"}] }}}'
    yield "bare string.json", b'"Amy"'
    yield "nulls.json", b'[null, {"a": null}, true]'
    yield "letters in it.json", '[{"a": "é"}]'.encode("latin-1")
    yield (
        "message_2.json",
        b'{"participants": 1, "messages": [1, null, {"sender_name": 5, "timestamp_ms": "x"}]}',
    )
    yield (
        "late.json",
        b'{"messages": [{"sender_name": "A", "timestamp_ms": 1e300, "content": "hi"}], "title": 7}',
    )
    loop = b'{"title": "t", "mapping": {"a": {"parent": "b"}, "b": {"parent": "a"}}, "current_node": "a"}'
    yield "loop.json", b"[" + loop + b"]"
    yield "no nodes.json", b'[{"title": "t", "mapping": []}, 3, {"title": [], "mapping": {"a": 1}}]'
    yield (
        "odd telegram.json",
        b'{"name": 3, "messages": [{"from_id": {}, "type": "message", "text": [[], 3, {"text": []}]}]}',
    )


def _html() -> Files:
    yield "deep.html", b"<div>" * 300_000 + SENTENCE.encode()
    yield "deep tables.html", b"<table><tr><td>" * 100_000
    yield "deep hidden.html", b"<div hidden>" * 100_000
    yield "endless script.html", b"<html><script>" + b"x = 1;\n" * 300_000
    yield "endless comment.html", b"<html><!-- " + b"x " * 700_000
    yield "endless tag.html", b"<html><p " + b"a='1' " * 500_000
    yield "endless attribute.html", b"<html><p title='" + b"x" * 3_000_000
    yield "half marks.html", b"<html>" + b"<![" * 200_000
    yield "open tags.html", b"<html>" + b"<a<" * 200_000
    yield "entities.html", b"<html>" + b"&#x110000;&#0;&bogus;&amp" * 50_000
    yield "fetching.html", f'<html><link rel=stylesheet href="http://127.0.0.1:9/x"><p>{SENTENCE}'.encode()
    yield "title.html", b"<html><title>" + b"x " * 500_000
    yield "nuls.html", b"<html>\0<p>\0" + SENTENCE.encode()


def _mails() -> Files:
    head = b"From: amy@example.org\nTo: jonas@example.org\nSubject: harbour\nMIME-Version: 1.0\n"
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000))
    yield "deep parts.eml", head + deep + b"Content-Type: text/plain\n\n" + SENTENCE.encode()
    yield "many parts.eml", head + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nhi\n" * 20_000
    yield "no boundary.eml", head + b"Content-Type: multipart/mixed\n\n" + SENTENCE.encode()
    yield "other boundary.eml", head + b"Content-Type: multipart/mixed; boundary=a\n\n--b\n\nhi\n--b--\n"
    yield "bogus charset.eml", head + b"Content-Type: text/plain; charset=bogus\n\n" + SENTENCE.encode()
    yield "rot.eml", head + b"Content-Type: text/plain; charset=rot13\n\n" + SENTENCE.encode()
    yield "idna.eml", head + b"Content-Type: text/plain; charset=idna\n\n" + b"\xff" * 5000
    yield "bad base64.eml", head + b"Content-Transfer-Encoding: base64\n\n!!!!A" + b"=" * 1000
    yield "bogus transfer.eml", head + b"Content-Transfer-Encoding: x-bogus\n\n" + SENTENCE.encode()
    yield "uuencoded.eml", head + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n\xff\xff\nend\n"
    yield "no date.eml", head + b"Date: Thu, 99 Foo 99999 99:99:99 +9999\n\n" + SENTENCE.encode()
    yield (
        "encoded words.eml",
        b"Subject: " + b"=?utf-8?q?=FF?= =?bogus?b?A?= =?x?" * 3000 + b"\nFrom: a@b.c\n\nhi\n",
    )
    yield "many people.eml", b"To: " + b"a b <a@b.c>, " * 100_000 + b"\nFrom: a@b.c\n\nhi\n"
    yield "brackets.eml", b"To: " + b"<(" * 100_000 + b"\nFrom: " + b'"' * 9999 + b"\n\nhi\n"
    yield "raw letters.eml", "From: Amélie <a@b.c>\nSubject: Grüße\n\nhello\n".encode("latin-1")
    yield "only a head.eml", head
    yield "nuls.eml", head + b"X: \0\0\n\n\0\0" + SENTENCE.encode()
    yield (
        "fetching.eml",
        head
        + b"Content-Type: text/html\n\n<p>Hi<img src=http://127.0.0.1:9/x><iframe src=file:///etc/passwd>",
    )
    yield "all quoted.eml", head + b"\n" + b"> > > quoted\n" * 5000
    yield "wrote.eml", head + b"\n" + b"wrote: " * 200_000
    for name, data in _attachments():
        message = mail()
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        yield f"with {name[-100:].replace('/', '_')}.eml", message.as_bytes()
    inner = mail().as_bytes()
    for _ in range(40):
        inner = head + b"Content-Type: message/rfc822\n\n" + inner
    yield "mails in mails.eml", inner
    start = b"From a@b.c Mon May  3 10:00:00 2021\n"
    yield "starts only.mbox", start * 20_000
    yield "one damaged.mbox", specimens.mbox() + start + head + deep + b"\n" + specimens.mbox()
    yield "no blank lines.mbox", start + head + b"\n" + b"From here we went home\n" * 1000


def _attachments() -> Files:
    yield "../../../etc/passwd", b"root"
    yield "bomb.docx", zipped(docx_entries(w_p(" " * 30_000_000)))
    yield "cut.pdf", pdf()[:200]
    yield "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "x" * 3000 + ".txt", SENTENCE.encode()


def _others() -> Files:
    yield "deep.rtf", b"{\\rtf1 " + b"{" * 300_000 + SENTENCE.encode()
    yield "closing.rtf", b"{\\rtf1 " + b"}" * 300_000
    yield "bin.rtf", b"{\\rtf1 \\bin2147483647 " + SENTENCE.encode() + b"}"
    yield "letters.rtf", b"{\\rtf1 \\u99999999999? \\u-70000? \\'zz \\'ff " + SENTENCE.encode() + b"}"
    yield "words.rtf", b"{\\rtf1 " + b"\\" + b"a" * 1_000_000 + b"}"
    yield "picture.rtf", b"{\\rtf1 {\\pict " + b"ab" * 3_000_000 + b"}" + SENTENCE.encode() + b"}"
    yield "code page.rtf", b"{\\rtf1\\ansicpg99999 \\'e4 " + SENTENCE.encode() + b"}"
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Harbour\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    yield "endless.ics", event % b"DTSTART:20210503T100000Z\r\nRRULE:FREQ=SECONDLY;COUNT=999999999;BYSECOND=0"
    yield "bogus rule.ics", event % b"DTSTART:20210503\r\nRRULE:FREQ=NEVER;INTERVAL=-1"
    yield "bogus zone.ics", event % b"DTSTART;TZID=../../etc/passwd:20210503T100000"
    yield "bogus date.ics", event % b"DTSTART:99999999T999999"
    yield "many dates.ics", event % (b"RDATE:" + b"20210503," * 50_000)
    yield "long event.ics", event % (b"DESCRIPTION:" + b"x\r\n " * 500_000)
    yield "deep events.ics", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 5000 + b"END:VEVENT\r\n" * 5000
    yield "no names.ics", event % (b":\r\n;=:\r\n" * 1000)
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jonas\r\n%s\r\nEND:VCARD\r\n"
    yield "large photo.vcf", card % (b"PHOTO;ENCODING=b:" + b"QUJD" * 20 + b"\r\n QUJD" * 600_000)
    yield "photo on a line.vcf", card % (b"PHOTO;ENCODING=b:" + b"QUJD" * 1_000_000)
    yield "soft.vcf", card % (b"NOTE;ENCODING=QUOTED-PRINTABLE:" + b"=C3=\r\n" * 100_000)
    yield "many lines.vcf", card % (b"TEL:1\r\n" * 100_000)
    yield "no end.vcf", (card % b"TEL:1")[:-15]
    yield "odd lines.vcf", card % b'TEL\r\n;:;\r\nNOTE;X="a:b\r\nEMAIL;=:x'
    chance = random.Random(2)
    for number in range(4):
        yield f"noise {number}", chance.randbytes(50_000)
    for name, start in (
        ("picture.txt", b"\x89PNG\r\n\x1a\n"),
        ("photo.jpg", b"\xff\xd8\xff\xe0"),
        ("song.mp3", b"ID3"),
        ("program.txt", b"\x7fELF"),
        ("packed.tgz", b"\x1f\x8b"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("base.db", b"SQLite format 3\0"),
    ):
        yield name, start + chance.randbytes(5000)
    yield (
        "locked.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(5000),
    )


def _with_holes(folder: Path) -> Iterator[Path]:
    """Large files that take no room."""
    folder.mkdir()
    for name, start, size, end in (
        ("ten gigabytes.txt", b"a" * 100_000, 10 << 30, b""),
        ("nothing.txt", b"", 1 << 30, b""),
        ("long field.csv", b'a,b\n1,"' + b"x" * 70_000, 100 << 20, b'"\n'),
        ("long header.mbox", b"From a@b.c Mon May  3 10:00:00 2021\nSubject: ", 100 << 20, b"\n\nhi\n"),
        ("long header.eml", b"From: a@b.c\nSubject: " + b"x" * 20_000, 300 << 20, b"\n\nhi\n"),
        ("long line.html", b"<html><p>" + b"x" * 20_000, 100 << 20, b""),
        ("large.json", b'[{"a": "' + b"x" * 20_000, 100 << 20, b'"}]'),
        ("large.pdf", b"%PDF-1.4\n", 1 << 30, b"%%EOF"),
        ("large.docx", b"PK\x03\x04", 1 << 30, b"PK\x05\x06" + bytes(18)),
        ("large.rtf", b"{\\rtf1 " + b"x" * 20_000, 300 << 20, b"}"),
        ("large.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:" + b"x" * 20_000, 100 << 20, b""),
    ):
        with open(folder / name, "wb") as file:
            file.write(start)
            file.truncate(size)
            file.seek(0, os.SEEK_END)
            file.write(end)
        yield folder / name


def _no_files(folder: Path) -> Iterator[Path]:
    """Names that lead to no file, and files with odd names."""
    (folder / "folder.pdf").mkdir(parents=True)
    (folder / "folder.pdf" / "plan.pdf").write_bytes(pdf())
    yield folder / "folder.pdf"
    made: dict[str, Callable[[Path], object]] = {
        "pipe.txt": os.mkfifo,
        "loop.txt": lambda path: path.symlink_to(path.name),
        "loop": lambda path: path.symlink_to(".."),
        "outside.txt": lambda path: path.symlink_to("/etc/passwd"),
        "nowhere.txt": lambda path: path.symlink_to("gone"),
        "device.txt": lambda path: path.symlink_to("/dev/zero"),
        "socket": _socket,
        "line\nbreak.txt": lambda path: path.write_text(SENTENCE),
        "-rf.txt": lambda path: path.write_text(SENTENCE),
        "n" * 250 + ".txt": lambda path: path.write_text(SENTENCE),
        os.fsdecode(b"\xff\xfe.txt"): lambda path: path.write_text(SENTENCE),
        os.fsdecode(b"\xff\xfe.pdf"): lambda path: path.write_bytes(pdf()),
    }
    for name, make in made.items():
        make(folder / name)
        yield folder / name


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path is at most 100 bytes long
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)
