"""Digits that aren't an amount: telephone numbers, versions, addresses, fractions, scores, sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from companion.engines.tts.wording.amounts import amount, fraction, spelled
from companion.engines.tts.wording.language import Language
from companion.engines.tts.wording.numerals import cardinal, say, say_digits_or_cardinal, whole_number
from companion.engines.tts.wording.tokens import Reading, Token

PHONE = re.compile(r"\+?\(?\d{1,4}\)?(?:[-.]\d{2,4}){2,5}")
SHORT_PHONE = re.compile(r"\d{3}-\d{4}")
PHONE_PART = re.compile(r"[+]?\d{1,5}(?:[-.]\d{2,5}){0,3}")
DOTTED = re.compile(r"[vV]?(\d{1,4}(?:\.\d{1,4}){1,4})")
SLASHED = re.compile(r"(\d{1,3})/(\d{1,3})")
SIZE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)[x×](\d{1,5}(?:\.\d{1,3})?)(?:[x×](\d{1,5}))?")
HEIGHT = re.compile(r"(\d)'(\d{1,2})")
RATIO = re.compile(r"(\d{1,3}):(\d{1,3})")
SCIENTIFIC = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)[eE]([+-]?\d{1,3})")
CODE = re.compile(r"\d{1,8}(?:-\d{1,8}){3,7}")
SCALES = (10, 100)
"""Denominators of marks ("8/10"), which are out of something, not a fraction."""


def telephone(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "555-123-4567", "+1 555 123 4567", "020 7946 0958", "(555) 123-4567": digit by digit, in groups."""
    core = tokens[at].core
    if len(core) > 30:
        return None
    if (
        PHONE.fullmatch(core) and core.count(".") in (0, 2, 3) and _long_enough(core)
    ) or SHORT_PHONE.fullmatch(core):
        return Reading(1, _signed(core, tongue))
    if CODE.fullmatch(core):
        return Reading(1, spelled(core, tongue))
    if not PHONE_PART.fullmatch(core):
        return None
    last, groups = at, [core]
    while _goes_on(tokens, last) and len(groups) < 8 and PHONE_PART.fullmatch(tokens[last + 1].core):
        last += 1
        groups.append(tokens[last].core)
    marked = core[0] in "+0" or tokens[at].lead.endswith("(")
    enough = 7 <= sum(letter.isdigit() for group in groups for letter in group) <= 16
    if len(groups) < (2 if marked else 3) or not enough or _is_grouped_number(groups, tongue):
        return None
    return Reading(len(groups), ", ".join(_signed(group, tongue) for group in groups))


def _long_enough(core: str) -> bool:
    count = sum(letter.isdigit() for letter in core)
    groups = re.findall(r"\d+", core)
    return 7 <= count <= 16 and ("." not in core or all(len(group) >= 3 for group in groups))


def _signed(core: str, tongue: Language) -> str:
    return f"{tongue.words['plus']} {spelled(core, tongue)}" if core[0] == "+" else spelled(core, tongue)


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """True when nothing but a closing bracket separates a group of digits from the next word."""
    if at + 1 >= len(tokens) or tokens[at].breaks or tokens[at].trail not in ("", ")"):
        return False
    return tokens[at + 1].lead == ""


def _is_grouped_number(groups: Sequence[str], tongue: Language) -> bool:
    thin = " " in tongue.thousands
    return thin and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:])


def grouped(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "1 234 567" where the language writes thousands so."""
    if " " not in tongue.thousands or not re.fullmatch(r"[1-9]\d{0,2}", tokens[at].core):
        return None
    last = at
    while last + 1 < len(tokens) and tokens[last].open_end and re.fullmatch(r"\d{3}", tokens[last + 1].core):
        last += 1
    tail = tokens[last + 1] if last + 1 < len(tokens) and tokens[last].open_end else None
    if tail and not tail.lead and re.match(r"\d{3}(?!\d)", tail.core):
        last += 1
    if last == at or last - at > 4:
        return None
    joined = replace(tokens[last], core="".join(token.core for token in tokens[at : last + 1]))
    reading = amount([joined, *tokens[last + 1 : last + 2]], 0, tongue)
    return replace(reading, tokens=reading.tokens + last - at) if reading else None


def dotted(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "3.11.2" and "v1.2" as versions, "192.168.0.1" as an address."""
    core = tokens[at].core
    match = DOTTED.fullmatch(core) if len(core) <= 26 else None
    if match is None or (core.count(".") < 2 and core[0] not in "vV") or whole_number(core, tongue):
        return None
    parts = match.group(1).split(".")
    mark = tongue.words["dot"] if len(parts) > 3 else tongue.words["point"]
    said = f" {mark} ".join(say_digits_or_cardinal(part, tongue) for part in parts)
    return Reading(1, f"{tongue.words['version']} {said}" if core[0] in "vV" else said)


def slashed(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "3/4" as a fraction, "8/10" as a mark, "2 1/2" as both."""
    core = tokens[at].core
    if len(core) > 12:
        return None
    if core.isdigit() and len(core) < 4 and at + 1 < len(tokens) and tokens[at].open_end:
        part = SLASHED.fullmatch(tokens[at + 1].core)
        if part and 0 < int(part.group(1)) < int(part.group(2)) <= 16:
            said = fraction(int(part.group(1)), int(part.group(2)), tongue)
            return Reading(2, f"{cardinal(int(core), tongue.code)} {tongue.words['and']} {said}")
        return None
    match = SLASHED.fullmatch(core)
    if match is None:
        return None
    top, bottom = int(match.group(1)), int(match.group(2))
    if bottom in SCALES or top == bottom or bottom == 0:
        return Reading(
            1, f"{cardinal(top, tongue.code)} {tongue.words['out of']} {cardinal(bottom, tongue.code)}"
        )
    if top > bottom:
        return Reading(
            1, f"{cardinal(top, tongue.code)} {tongue.words['over']} {cardinal(bottom, tongue.code)}"
        )
    return Reading(1, fraction(top, bottom, tongue))


def size(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """ "1920x1080", "3×4", heights (5'10), ratios ("3:1"), and "5e-3"."""
    core = tokens[at].core
    if len(core) > 24:
        return None
    if match := SIZE.fullmatch(core):
        parts = [whole_number(part.replace(".", tongue.decimal), tongue) for part in match.groups() if part]
        return Reading(1, f" {tongue.words['by']} ".join(say(part, tongue) for part in parts if part))
    match = HEIGHT.fullmatch(core)
    if match and tongue.code == "en":
        return Reading(1, f"{cardinal(int(match.group(1)), 'en')} foot {cardinal(int(match.group(2)), 'en')}")
    return _ratio(core, tongue) or _scientific(core, tongue)


def _ratio(core: str, tongue: Language) -> Reading | None:
    """ "3:1" -> "three to one"."""
    match = RATIO.fullmatch(core)
    if match is None:
        return None
    first, second = (cardinal(int(part), tongue.code) for part in match.groups())
    return Reading(1, f"{first} {tongue.words['to']} {second}")


def _scientific(core: str, tongue: Language) -> Reading | None:
    """ "5e-3" -> "five times ten to the power of minus three"."""
    match = SCIENTIFIC.fullmatch(core)
    if match is None:
        return None
    number, power = (whole_number(part.replace(".", tongue.decimal), tongue) for part in match.groups())
    if number is None or power is None:
        return None
    raised = f"{cardinal(10, tongue.code)} {tongue.words['to the power of']} {say(power, tongue)}"
    return Reading(1, f"{say(number, tongue)} {tongue.words['times']} {raised}")
