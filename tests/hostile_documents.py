"""Hostile XML, zips and PDFs: entity bombs, zip bombs, loops of pages, locks, and paths that lead outside."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from collections.abc import Iterator

from specimens import docx_entries, epub_entries, odt_entries, pdf, pdf_of, zipped

Files = Iterator[tuple[str, bytes]]
"""(name, bytes) of files."""

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
STEAL = '<!DOCTYPE x [<!ENTITY stolen SYSTEM "file:///etc/passwd">]>'
BLOWUP = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'


def xml() -> Files:
    for trap, doctype in (("laughs", LAUGHS), ("steal", STEAL), ("blowup", BLOWUP)):
        said = "&i;" if trap == "laughs" else "&stolen;" if trap == "steal" else "&a;" * 5000
        yield f"{trap}.xml", f"{doctype}<x>{said}</x>".encode()
        yield f"{trap}.docx", zipped(_with("word/document.xml", docx_entries(w_p(said)), doctype))
        yield (
            f"{trap}.odt",
            zipped(_with("content.xml", odt_entries(f"<text:p>{said}</text:p>"), doctype), True),
        )
        entries = epub_entries(f"<p>{said}</p>")
        yield f"{trap} chapter.epub", zipped(_with("book/one.xhtml", entries, doctype), True)
        yield f"{trap} package.epub", zipped(_with("book/book.opf", epub_entries(spine=said), doctype), True)
    yield "deep.docx", zipped(docx_entries("<w:x>" * 200_000 + "</w:x>" * 200_000))
    yield "deep paragraphs.docx", zipped(docx_entries("<w:p>" * 5000 + "</w:p>" * 5000))
    yield "deep.odt", zipped(odt_entries("<text:span>" * 100_000 + "</text:span>" * 100_000), True)
    yield "spaces.odt", zipped(odt_entries("<text:p>a<text:s text:c='999999999'/>b</text:p>"), True)
    yield "no number.odt", zipped(odt_entries("<text:p>a<text:s text:c='x'/>b</text:p>"), True)
    yield (
        "bogus encoding.docx",
        zipped(_with("word/document.xml", docx_entries(), "<?xml version='1.0' encoding='bogus'?>")),
    )
    yield "picture.svg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"


def _with(name: str, entries: dict[str, bytes | str], before: str) -> dict[str, bytes | str]:
    return {**entries, name: before + str(entries[name])}


def w_p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def zips() -> Files:
    bomb = docx_entries(w_p(" " * 300_000_000))
    yield "bomb.docx", (packed := zipped(bomb))
    yield (
        "bomb that lies.docx",
        packed.replace(struct.pack("<I", len(str(bomb["word/document.xml"]))), struct.pack("<I", 900)),
    )
    yield "small bomb.odt", zipped(odt_entries("<text:p>" + "a" * 30_000_000 + "</text:p>"), True)
    yield "chapters.epub", zipped(epub_entries("<p>" + "a" * 30_000_000 + "</p>"), True)
    yield "bomb.zip", zipped({"x": bytes(20_000_000)})
    nested = zipped({"letter.docx": zipped(docx_entries())})
    for _ in range(30):
        nested = zipped({"inner.zip": nested})
    yield "nested.zip", nested
    yield "nested.docx", zipped({"word/document.xml": nested})
    yield "crowd.docx", zipped({**docx_entries(), **{f"x{n}": b"" for n in range(12_000)}})
    path = {"../../etc/passwd": "root", "/etc/passwd": "root", "C:\\x": "x", "..\\..\\x": "x"}
    yield "paths.docx", zipped({**docx_entries(), **path})
    yield "paths.epub", zipped({**epub_entries(), **path}, True).replace(b"one.xhtml", b"../../etc"[:9])
    away = epub_entries()
    away["book/book.opf"] = str(away["book/book.opf"]).replace("one.xhtml", "../../../../etc/passwd")
    yield "outside.epub", zipped(away, True)
    for name, old, new in (
        ("locked", b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
        ("unknown method", b"\x00\x00\x08\x00", b"\x00\x00\x63\x00"),
        ("wrong sums", b"<", b"<"),
    ):
        yield f"{name}.docx", zipped(docx_entries()).replace(old, new)
    yield "no document.docx", zipped({"[Content_Types].xml": "<Types/>"})
    yield "no content.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}, True)
    locked = {**odt_entries(), "META-INF/manifest.xml": "<m><encryption-data/></m>"}
    yield "locked.odt", zipped(locked, True)
    yield "junk before.docx", b"junk" * 100 + zipped(docx_entries())
    yield "no spine.epub", zipped(epub_entries(spine=""), True)
    yield (
        "lost chapters.epub",
        zipped(epub_entries(spine="<itemref idref='a'/>" * 3 + "<itemref idref='z'/>"), True),
    )
    yield "no container.epub", zipped({"mimetype": "application/epub+zip"}, True)
    yield (
        "sold.epub",
        zipped({**epub_entries(), "META-INF/encryption.xml": "<e URI='book/one.xhtml'/>"}, True),
    )
    yield "only the end.docx", b"PK\x05\x06" + bytes(18)


def pdfs() -> Files:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    yield "loop.pdf", pdf_of([catalog, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])
    yield (
        "loop of two.pdf",
        pdf_of(
            [
                catalog,
                b"<< /Type /Pages /Kids [3 0 R] /Count 9 >>",
                b"<< /Type /Pages /Kids [2 0 R] /Count 9 >>",
            ]
        ),
    )
    yield "many pages.pdf", pdf_of([catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", page])
    yield "negative.pdf", pdf_of([catalog, b"<< /Type /Pages /Kids [3 0 R] /Count -5 >>", page])
    yield (
        "same page.pdf",
        pdf_of([catalog, b"<< /Type /Pages /Kids [" + b"3 0 R " * 50_000 + b"] /Count 50000 >>", page]),
    )
    yield "no pages.pdf", pdf_of([b"<< /Type /Catalog >>"])
    yield "no objects.pdf", b"%PDF-1.7\n"
    yield "large size.pdf", pdf().replace(b"/Size 8", b"/Size 2147483647")
    yield "xref loop.pdf", pdf(trailer=b"/Prev 9 ").replace(b"/Prev 9", b"/Prev 600")
    yield "deep arrays.pdf", pdf(extra=b"20 0 obj\n" + b"[" * 200_000 + b"\nendobj\n")
    yield "deep maps.pdf", pdf_of([b"<< /A " * 100_000])
    yield "drawn in itself.pdf", _recursive_pdf()
    yield "flate bomb.pdf", _flate_bomb()
    yield "launch.pdf", pdf().replace(b"/Catalog", b"/Catalog /OpenAction << /S /Launch /F (/bin/sh) >>")
    yield (
        "script.pdf",
        pdf().replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (while(1);) >>"),
    )
    yield "wrong places.pdf", pdf().replace(b"00000 n", b"99999 n")
    yield "length of itself.pdf", pdf().replace(b"/Length 66", b"/Length 5 0 R")
    yield "locked.pdf", _locked_pdf(b"secret")
    yield "locked without a word.pdf", _locked_pdf(b"")
    yield "noise.pdf", b"%PDF-1.4\n" + random.Random(1).randbytes(100_000)
    yield "pictures only.pdf", pdf_of([catalog, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page])


def _recursive_pdf() -> bytes:
    itself = b" /Resources << /XObject << /X 4 0 R >> >>"
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9]" + itself + b" /Length 5 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]" + itself + b" /Contents 5 0 R >>"
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            form + b"\nstream\n/X Do\nendstream",
            b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        ]
    )


def _flate_bomb() -> bytes:
    data = zlib.compress(b"BT (a) Tj ET " * 8_000_000, 9)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    stream = f"<< /Filter /FlateDecode /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
    return pdf_of(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream]
    )


def _locked_pdf(password: bytes) -> bytes:
    """A PDF under the standard's first way of locking (PDF 1.7, 7.6.3: RC4, 40 bits), all but its strings."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    owner = _rc4(hashlib.md5((b"owner" + pad)[:32]).digest()[:5], (password + pad)[:32])
    key = hashlib.md5((password + pad)[:32] + owner + struct.pack("<i", -4) + b"0123456789abcdef").digest()[
        :5
    ]
    user = _rc4(key, pad)
    locked = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
        owner.hex().encode(),
        user.hex().encode(),
    )
    return pdf(trailer=b"/Encrypt " + locked + b" /ID [(0123456789abcdef) (0123456789abcdef)] ")


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
