"""HTML: its visible text, a passage a paragraph under its heading; no scripts, no styles, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from companion.memory.archive.decoding import blocks
from companion.memory.archive.document import Document
from companion.memory.archive.limits import Limits
from companion.memory.archive.passages import Passage, Read, Unreadable, titled

_SLICE = 1 << 16
"""Characters given to the parser at a time: it looks through an unfinished tag again with each."""


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_BLOCKS = _tags(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table"
    " tbody tfoot thead tr ul"
)
_UNSEEN = _tags("script style template noscript iframe object svg math head select textarea button")
_VOID = _tags("area base br col embed hr img input link meta source track wbr")
_HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
_QUOTED = _tags("gmail_quote gmail_extra yahoo_quoted moz-cite-prefix protonmail_quote")
_ANSWERED = _tags("divRplyFwdMsg appendonsend")
"""Outlook's marks: everything behind them is the mail that is answered."""


def read(document: Document) -> Read:
    """Yield the paragraphs of a page."""
    page = Page()
    yield from _passages(page, blocks(document.stream, document.limits, lines=False), document.limits)


def _passages(page: Page, texts: Iterator[str], limits: Limits) -> Iterator[Passage]:
    for count, text in enumerate(paragraphs(page, texts, limits), 1):
        title = titled(page.title, page.heading)
        yield Passage(text, f"paragraph {count}", page.when, page.author, title)


def paragraphs(page: Page, texts: Iterator[str], limits: Limits) -> Iterator[str]:
    """Yield the paragraphs of a page whose source comes in `texts`. Raises Unreadable at an endless tag."""
    for text in texts:
        for start in range(0, len(text), _SLICE):
            page.feed(text[start : start + _SLICE])
            if len(page.rawdata) > limits.line:
                raise Unreadable("It is damaged: one of its tags has no end.")
            yield from page.taken()
    page.close()
    page.end_paragraph()
    yield from page.taken()


def as_text(source: str, limits: Limits, quotes: bool) -> str:
    """Return the visible text of an HTML mail, with the mails it answers only where `quotes`."""
    return "\n\n".join(paragraphs(Page(quotes), iter([source]), limits))


class Page(HTMLParser):
    """Collects paragraphs as tags come; builds no tree, so no depth can hurt it."""

    def __init__(self, quotes: bool = True) -> None:
        super().__init__(convert_charrefs=True)
        self.title = self.heading = self.when = self.author = ""
        self._quotes = quotes
        self._words: list[str] = []
        self._ready: list[str] = []
        self._unseen = ""
        self._unseen_depth = 0
        self._in_heading = self._in_title = self._over = False

    def taken(self) -> list[str]:
        """Return the paragraphs that have ended since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens: a paragraph ends, a heading begins, or something unseen does."""
        if tag == "meta":
            self._described(dict(attrs))
        if tag == "title":
            self._in_title = True
        elif self._unseen:
            self._unseen_depth += tag == self._unseen
        elif tag not in _VOID and self._hides(tag, dict(attrs)):
            self._unseen, self._unseen_depth = tag, 1
        else:
            self._seen(tag)

    def _seen(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_paragraph()
            self._in_heading = tag in _HEADINGS
        if tag == "br":
            self._words.append("\n")
        elif tag in ("td", "th"):
            self._words.append(" | " if self._words else "")
        elif tag == "li":
            self._words.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag == "title":
            self._in_title = False
        elif self._unseen:
            self._unseen_depth -= tag == self._unseen
            if not self._unseen_depth or (self._unseen == "head" and tag == "html"):
                self._unseen = ""
        elif tag in _BLOCKS:
            self.end_paragraph()
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._in_title:
            self.title = " ".join(f"{self.title} {data}"[:2000].split())
        elif not self._unseen and not self._over:
            self._words.append(" ".join(f"_{data}_".split())[1:-1])

    def end_paragraph(self) -> None:
        """What has been collected is a paragraph, or a heading."""
        text = "\n".join(" ".join(line.split()) for line in "".join(self._words).split("\n")).strip()
        self._words.clear()
        if text and self._in_heading:
            self.heading = " ".join(text.split())
        if text.strip("-| \n"):
            self._ready.append(text)

    def _hides(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """Whether what is in this tag isn't to be read; notes where the answered mail begins."""
        if tag in _UNSEEN:
            return tag != "head" or not self.heading
        if (
            "hidden" in attributes
            or "display:none" in (attributes.get("style") or "").replace(" ", "").lower()
        ):
            return True
        if self._quotes:
            return False
        self._over = self._over or attributes.get("id") in _ANSWERED
        return tag == "blockquote" or bool(_QUOTED & set((attributes.get("class") or "").split()))

    def _described(self, attributes: dict[str, str | None]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        value = attributes.get("content") or ""
        if name == "author":
            self.author = value
        elif name in ("date", "article:published_time", "dc.date") and value[:4].isdigit():
            self.when = value
