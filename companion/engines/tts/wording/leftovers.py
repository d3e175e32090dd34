"""What no other rule knows: words, numbers and signs in one, said part by part."""

from __future__ import annotations

import re

from companion.engines.tts.wording.acronyms import letters_said
from companion.engines.tts.wording.language import Language
from companion.engines.tts.wording.numerals import number_at_start, say, say_digits_or_cardinal

PART = re.compile(r"\^[23](?!\d)|[^\W\d_]+(?:['’-][^\W\d_]+)*'?|\d+(?:[.,]\d+)*|\.{2,}|.", re.DOTALL)
POWERS = {"^2": "squared", "^3": "cubed"}

RESTS = frozenset(",;—–|…")
"""Signs that are a rest inside a word ("either—or")."""


def parts_said(core: str, tongue: Language) -> str:
    """Every letter, number and known sign of `core` in words; signs without a name are left out.

    "," for what is only a dash or another rest.
    """
    parts = PART.findall(core)
    said: list[str] = []
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else ""
        after = parts[place + 1] if place + 1 < len(parts) else ""
        word = _part_said(part, before, after, tongue)
        if word[:1] == "," and said:
            said[-1] += ","
        elif word and word != ",":
            said.append(word)
    if not said and any(part[0] in RESTS or part in ("-", "--") for part in parts):
        return ","
    return " ".join(said)


def _part_said(part: str, before: str, after: str, tongue: Language) -> str:
    if part[0].isalpha():
        if tongue.code == "en" and part == "A" and after[:1].isdigit():
            return "eigh"
        return tongue.signs.get(part) or letters_said(part, tongue)
    if part in POWERS:
        return tongue.words[POWERS[part]] if before else ""
    if part[0].isdigit():
        return _number_said(part, before, tongue)
    return _sign_said(part, before, after, tongue)


def _number_said(part: str, before: str, tongue: Language) -> str:
    found = number_at_start(part, tongue)
    if found and not found[1]:
        return say(found[0], tongue)
    return " ".join(say_digits_or_cardinal(group, tongue) for group in re.findall(r"\d+", part))


def _sign_said(sign: str, before: str, after: str, tongue: Language) -> str:
    numbers = before[-1:].isdigit() and after[:1].isdigit()
    if sign == "–" and before[-1:].isalnum() and after[:1].isalnum():
        return tongue.words["to"]
    if sign[0] in RESTS or sign.startswith(".."):
        return ","
    if sign == "/":
        return _slash_said(before, after, tongue)
    if sign == "-":
        return tongue.words["minus"] if (not before and after[:1].isdigit()) else ""
    if sign == "*":
        return tongue.words["times"] if numbers else ""
    if sign == "^":
        return tongue.words["to the power of"] if before and after else ""
    if sign in ".:":
        return tongue.words["dot"] if sign == "." and before[-1:].isalnum() and after[:1].isalnum() else ""
    if sign == "+" and not after and not before:
        return tongue.words["plus"]
    if sign in ("<", ">") and not numbers:
        return ""
    return tongue.signs.get(sign, "")


def _slash_said(before: str, after: str, tongue: Language) -> str:
    if before[-1:].isdigit() and after[:1].isdigit():
        return tongue.words["slash"]
    words = (before.lower(), after.lower())
    if not all(word.isalpha() for word in words) or before.isupper() or after.isupper():
        return ""
    joined = (tongue.words["and"], tongue.words["or"])
    return "" if any(word in joined for word in words) else tongue.words["or"]
