"""A written word taken apart: the marks around it, and its core in plain characters."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from companion.engines.tts.wording.emoji import is_emoticon
from companion.engines.tts.wording.markup import Visible

OPENING = frozenset("([{\"'`*_¿¡")
CLOSING = frozenset(")]}\"'`*_.,;:!?")

VULGAR = frozenset("½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞")
"""Fractions in one character: kept, because taking them apart joins them to the digits before them."""

KEPT = VULGAR | frozenset("°ªº´`¨")
PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "‛": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "‹": '"', "›": '"', "″": '"',
        "−": "-", "‐": "-", "‑": "-", "‒": "–", "―": "—", "…": "...",
        "²": "^2", "³": "^3", "™": "", "®": "", "©": "", "¦": "|", "\u00ad": "",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the text: `lead` + `core` + `trail` is what it shows, in plain characters; `original` what
    was written, markup and all. `breaks`: a line of its own (heading, list item) ends behind it."""

    original: str
    lead: str
    core: str
    trail: str
    breaks: bool = False

    @property
    def open_end(self) -> bool:
        """True when nothing separates it from the word after it."""
        return not self.trail and not self.breaks


@dataclass(frozen=True, slots=True)
class Reading:
    """What the first `tokens` tokens at hand are said as; `took_dot`: the full stop behind is theirs."""

    tokens: int
    spoken: str
    took_dot: bool = False


def token_of(word: Visible) -> Token:
    """The word taken apart."""
    shown = plain(word.shown)
    if is_emoticon(shown):
        return Token(word.original, "", "", "", word.breaks)
    start, end = 0, len(shown)
    while start < end and (shown[start] in OPENING or (shown[start] == "." and not _number_at(shown, start))):
        start += 1
    while end > start and shown[end - 1] in CLOSING:
        end -= 1
    return Token(word.original, shown[:start], shown[start:end], shown[end:], word.breaks)


def _number_at(shown: str, dot: int) -> bool:
    return shown[dot + 1 : dot + 2].isdigit()


def plain(text: str) -> str:
    """The text with one form of quotes and dashes, plain digits and letters, and no invisible characters."""
    if text.isascii():
        return text.replace("`", "'")
    folded = "".join(_plain_character(character) for character in text.translate(PLAIN))
    return unicodedata.normalize("NFC", folded).replace("\u2044", "/")


def _plain_character(character: str) -> str:
    if character.isascii() or character in KEPT:
        return character
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind in ("So", "Sk", "Cf", "Cc", "Co", "Cs", "Cn") and character not in "℃℉№℡":
        return ""
    return unicodedata.normalize("NFKC", character)
