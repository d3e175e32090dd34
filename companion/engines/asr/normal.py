"""Words as they are compared: without case and punctuation, with numbers as digits. Pure."""

from __future__ import annotations

import re
import unicodedata

_ONE_WORDS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = """
first second third fourth fifth sixth seventh eighth ninth tenth
eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth thousandth
"""
_ONES = {word: value for value, word in enumerate(_ONE_WORDS.split())}
_TEN = {word: 20 + 10 * index for index, word in enumerate(_TEN_WORDS.split())}
_ORDINAL = frozenset(_ORDINAL_WORDS.split())
_SCALE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SEPARATOR = re.compile(r"[\s\-‐‑–—/_]+")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def words(text: str) -> list[str]:
    """The words of `text` for comparing: lower case, no punctuation around them, English numbers as digits.

    "Twenty-five" and "25", "two thousand" and "2,000" come out the same.
    """
    return [word for word, _source in sourced_words(text)]


def sourced_words(text: str) -> list[tuple[str, str]]:
    """As `words`, each with the stretch of `text` it came from ("25" from "Twenty five")."""
    plain = []
    for source in _SEPARATOR.split(_GROUPED.sub("", text)):
        word = bare(source)
        if word:
            plain.append((word, source))
    return _fold(plain)


def bare(word: str) -> str:
    """A word in lower case without the punctuation around it; inner marks ("don't", "10:30") stay."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    start, end = 0, len(folded)
    while start < end and not folded[start].isalnum():
        start += 1
    while end > start and not (folded[end - 1].isalnum() or unicodedata.combining(folded[end - 1])):
        end -= 1
    return folded[start:end]


def is_number(word: str) -> bool:
    """True for a word, as `words` gives it, that says a number or a place in a row."""
    return any(letter.isdigit() for letter in word) or word in _ORDINAL


def _fold(plain: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join runs of English number words into one word of digits."""
    folded: list[tuple[str, str]] = []
    at = 0
    while at < len(plain):
        value, length = _number(plain, at)
        if length:
            folded.append((str(value), " ".join(source for _word, source in plain[at : at + length])))
        else:
            folded.append(plain[at])
        at += length or 1
    return folded


def _number(plain: list[tuple[str, str]], at: int) -> tuple[int, int]:
    """The number said from place `at` on, and how many words say it (0: none there)."""
    total = part = length = 0
    room = 100
    for place in range(at, len(plain)):
        word = plain[place][0]
        value = _ONES.get(word, _TEN.get(word))
        if value is not None and value < room and (value or not length):
            part, room = part + value, 10 if word in _TEN else 0
        elif word == "hundred" and 0 < part < 100:
            part, room = part * 100, 100
        elif word in _SCALE and part:
            total, part, room = total + part * _SCALE[word], 0, 100
        elif word == "and" and length and plain[place - 1][0] in _SCALE:
            continue
        else:
            break
        length = place - at + 1
    return total + part, length
