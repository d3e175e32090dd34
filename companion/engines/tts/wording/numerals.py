"""Numbers in words, by num2words (kept by Savoir-faire Linux, forty languages, no dependencies of weight).

What num2words can't do in a language is said in digits, and digits it has no words for in English: a number
is never left out, and never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from companion.engines.tts.wording.language import Language

LARGEST = 10**15
"""Numbers from here on are said digit by digit."""

REFUSALS = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What num2words raises where a language lacks a form: NotImplementedError (a RuntimeError) as it should,
RecursionError for the Spanish ordinals of large numbers, and most others somewhere."""

ENDLESS = {"am": 10**6}
"""From where on num2words searches without end for the words of a language (0.5.14, all of them tried)."""


@dataclass(frozen=True, slots=True)
class Number:
    """A written number in parts: sign ("", "-" or "+"), whole digits and digits of the fraction."""

    sign: str
    whole: str
    fraction: str

    @property
    def is_one(self) -> bool:
        """True for exactly 1."""
        return self.whole.lstrip("0") == "1" and not self.fraction

    @property
    def plain(self) -> bool:
        """True without sign and fraction."""
        return not self.sign and not self.fraction


@lru_cache(maxsize=16)
def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    group, point = re.escape(thousands), re.escape(decimal)
    other = r"\." if decimal == "," else r","
    return re.compile(
        rf"([+-]?)(?:(\d{{1,3}}(?:[{group}']\d{{3}})+(?!\d)|\d+)(?:{point}(\d+))?|(\d+){other}(\d{{1,2}})(?!\d)|{point}(\d+))"
    )


def number_at_start(text: str, tongue: Language) -> tuple[Number, str] | None:
    """The number `text` starts with, and what stands behind it; None where it starts with none."""
    match = _pattern(tongue.decimal, tongue.thousands).match(text)
    if match is None:
        return None
    sign, whole, fraction, other_whole, other_fraction, bare = match.groups()
    digits = re.sub(r"\D", "", whole or other_whole or "0")
    return Number(sign, digits, fraction or other_fraction or bare or ""), text[match.end() :]


def whole_number(text: str, tongue: Language) -> Number | None:
    """`text` as a number and nothing else."""
    found = number_at_start(text, tongue)
    return found[0] if found and not found[1] else None


def say(number: Number, tongue: Language) -> str:
    """The number in words."""
    sign = {"-": tongue.words["minus"], "+": tongue.words["plus"], "": ""}[number.sign]
    said = [sign, say_digits_or_cardinal(number.whole, tongue)]
    if number.fraction:
        said += [tongue.words["point"], digits(number.fraction, tongue)]
    return " ".join(part for part in said if part)


def say_digits_or_cardinal(whole: str, tongue: Language) -> str:
    """Digits as a number; one by one where they start with a zero ("007") or are too many."""
    if (len(whole) > 1 and whole[0] == "0") or int(whole[:16]) >= LARGEST:
        return digits(whole, tongue)
    return cardinal(int(whole), tongue.code)


def digits(written: str, tongue: Language) -> str:
    """Digits one by one."""
    return " ".join(cardinal(int(digit), tongue.code) for digit in written)


@lru_cache(maxsize=4096)
def cardinal(value: int, code: str) -> str:
    """5 -> "five"."""
    words = _in_words(value, code, "cardinal")
    if words is None:
        spelled = (
            _in_words(int(digit), code, "cardinal") or _in_words(int(digit), "en", "cardinal") or ""
            for digit in str(value)
        )
        return " ".join(spelled)
    return words


@lru_cache(maxsize=1024)
def ordinal(value: int, code: str) -> str:
    """5 -> "fifth"; the plain number where the language has no ordinals."""
    return _in_words(value, code, "ordinal") or cardinal(value, code)


@lru_cache(maxsize=1024)
def year(value: int, code: str) -> str:
    """1984 -> "nineteen eighty-four"."""
    return _in_words(value, code, "year") or cardinal(value, code)


def _in_words(value: int, code: str, kind: str) -> str | None:
    from num2words import num2words

    if value >= ENDLESS.get(code, LARGEST):
        return None
    try:
        words = str(num2words(value, lang=code, to=kind))
    except REFUSALS:
        return None
    words = re.sub(r"\s+", " ", words.replace(",", " ")).strip()
    if code == "en":
        # "two hundred and thirty-four" is heard as two numbers, 200 and 34, by Whisper and by Americans.
        words = words.replace(" and ", " ")
    return None if not words or any(letter.isdigit() for letter in words) else words
