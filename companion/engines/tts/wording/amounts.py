"""Counted things: money, percentages, temperatures, units, multiples, ranges of them, and bare numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from companion.engines.tts.wording.language import Currency, Language, Noun, word_set
from companion.engines.tts.wording.languages import language_of
from companion.engines.tts.wording.numerals import (
    Number,
    cardinal,
    digits,
    number_at_start,
    ordinal,
    say,
    whole_number,
    year,
)
from companion.engines.tts.wording.tokens import VULGAR, Reading, Token

COMPARED = {"<": "less than", ">": "more than", "~": "about", "≈": "about", "≤": "at most", "≥": "at least"}
"""Signs in front of a number, by the names of `Language.words`."""

CURRENCY_SIGN = re.compile(r"([+-]?)(US\$|C\$|A\$|[$€£¥₹₩₽₿])(?=[\d.])")
RANGE = re.compile(r"(.{1,24}?)(?:-|–|—)([$€£¥]?\d.{0,24})")
POWERS = {"k": 3, "M": 6, "mn": 6, "bn": 9}
"""Sizes written right behind a number, in any language, as powers of ten."""

LONGEST = 64
"""Longest word these rules look at; longer ones are read part by part."""

SHORT_UNITS = word_set(
    """
    s t B W V K J l L mo mi ha cal px
    """
)
"""Units that are read as such only where nothing stands between them and their number."""


def amount(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """What the number at `at` counts, with the words behind it that belong to it."""
    core = tokens[at].core
    if not core or len(core) > LONGEST or not any(letter.isdigit() or letter in VULGAR for letter in core):
        return None
    if core[0] in COMPARED and len(core) > 1:
        inner = amount([replace(tokens[at], core=core[1:]), *tokens[at + 1 : at + 3]], 0, tongue)
        return inner and replace(inner, spoken=f"{tongue.words[COMPARED[core[0]]]} {inner.spoken}")
    reading = _amount(tokens, at, core, tongue)
    if reading and reading.tokens == 2 and tokens[at + 1].trail == "." and tokens[at + 1].core.isalpha():
        # "6 ft. tall": the full stop is the unit's where the sentence goes on.
        goes_on = at + 2 < len(tokens) and tokens[at + 2].core[:1].islower()
        return replace(reading, took_dot=goes_on)
    return reading


def _amount(tokens: Sequence[Token], at: int, core: str, tongue: Language) -> Reading | None:
    following = _next_core(tokens, at)
    if (sign := CURRENCY_SIGN.match(core)) is not None:
        return _money_in_front(core, sign, following, tongue)
    if core[-1] in VULGAR:
        return _vulgar(core, following, tongue)
    spread = _range(core, following, tongue)
    if spread is not None:
        return spread
    found = number_at_start(core, tongue)
    if found is None:
        return None
    number, rest = found
    return _counted(number, rest, following, tongue, tokens[at - 1].core.lower() if at else "")


def _next_core(tokens: Sequence[Token], at: int) -> str:
    if at + 1 < len(tokens) and tokens[at].open_end and not tokens[at + 1].lead:
        return tokens[at + 1].core
    return ""


def _counted(number: Number, rest: str, following: str, tongue: Language, before: str) -> Reading | None:
    if rest:
        return _with_rest(number, rest, following, tongue)
    if (currency := tongue.currencies.get(following)) is not None:
        return Reading(2, money(number, currency, tongue))
    if following in tongue.units and not (tongue.code == "en" and following in SHORT_UNITS):
        return Reading(2, counted(number, tongue.units[following], tongue))
    if (noun := _nouns_by_name(tongue.code).get(following)) is not None:
        return Reading(1, tongue.one(say(number, tongue), noun))
    return Reading(1, bare(number, before, tongue))


@lru_cache(maxsize=16)
def _nouns_by_name(code: str) -> dict[str, Noun]:
    """The counted things of a language by their own names, for numbers that bend before them ("1 Minute")."""
    tongue = language_of(code)
    known = [*tongue.units.values(), *(currency.unit for currency in tongue.currencies.values())]
    return {name: noun for noun in known for name in (noun.one, noun.many)}


def _with_rest(number: Number, rest: str, following: str, tongue: Language) -> Reading | None:
    """A number with something right behind it: "5km", "3rd", "1990s", "5k", "10x", "100+", "20°"."""
    if rest in ("°", "º") and following in ("C", "F"):
        degrees = tongue.units.get("°" + following)
        return Reading(2, counted(number, degrees, tongue) if degrees else say(number, tongue))
    if (currency := tongue.currencies.get(rest)) is not None:
        return Reading(1, money(number, currency, tongue))
    if rest in tongue.ordinal_marks and number.plain:
        return Reading(1, ordinal(int(number.whole[:15]), tongue.code))
    if tongue.code == "en" and rest in ("s", "'s") and (decade := _decade(number)):
        return Reading(1, decade)
    if rest in POWERS:
        return Reading(1, _large(number, rest, tongue))
    unit, per, other = rest.partition("/")
    if rest in tongue.units:
        return Reading(1, counted(number, tongue.units[rest], tongue))
    if per and unit in tongue.units and other.isalpha():
        named = tongue.units[other].one if other in tongue.units else other
        return Reading(1, f"{counted(number, tongue.units[unit], tongue)} {tongue.words['per']} {named}")
    if rest in ("x", "×"):
        return Reading(1, f"{say(number, tongue)} {tongue.words['times']}")
    if rest == "+":
        return Reading(1, f"{say(number, tongue)} {tongue.words['plus']}")
    return None


def _large(number: Number, size: str, tongue: Language) -> str:
    """ "2.5M": "two point five million" in English; elsewhere, where the word for the size bends with what
    stands before and behind it, the whole number: "dos millones quinientos mil"."""
    if tongue.code == "en":
        return f"{say(number, tongue)} {tongue.magnitudes[size]}"
    power = POWERS[size]
    whole = (number.whole + number.fraction[:power].ljust(power, "0")).lstrip("0") or "0"
    return say(Number(number.sign, whole, number.fraction[power:]), tongue)


def _decade(number: Number) -> str:
    """1990 -> "nineteen nineties", 60 -> "sixties"; "" for what is no decade."""
    if not number.plain or number.whole[-1] != "0" or len(number.whole) not in (2, 4):
        return ""
    said = year(int(number.whole), "en")
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def bare(number: Number, before: str, tongue: Language) -> str:
    """A number alone: a year where it looks like one, else as it is."""
    if number.plain and len(number.whole) == 4 and tongue.year_from:
        told = before in YEAR_WORDS
        value = int(number.whole)
        if (tongue.year_from if not told else 1100) <= value < 2100:
            return year(value, tongue.code)
    return say(number, tongue)


YEAR_WORDS = word_set(
    """
    in since by until till from of around circa year during before after im seit jahr
    """
)


def counted(number: Number, noun: Noun, tongue: Language) -> str:
    """ "five kilometers", "one kilometer"."""
    said = say(number, tongue)
    if number.is_one:
        return f"{tongue.one(said, noun)} {noun.one}"
    return f"{tongue.one(said, noun)} {noun.many}"


def money(number: Number, currency: Currency, tongue: Language) -> str:
    """ "five dollars and fifty cents"; "five point one two five dollars" where it isn't cents."""
    cents = int(number.fraction) if len(number.fraction) == 2 and currency.cent else 0
    if not cents and number.fraction.strip("0"):
        return counted(number, currency.unit, tongue)
    whole = Number(number.sign, number.whole, "")
    unit = counted(whole, currency.unit, tongue)
    if not cents or currency.cent is None:
        return unit
    small = Number(number.sign if int(number.whole) == 0 else "", str(cents), "")
    if int(number.whole) == 0:
        return counted(small, currency.cent, tongue)
    if tongue.cents_joined_by == " ":
        return f"{unit} {say(small, tongue)}"
    return f"{unit}{tongue.cents_joined_by}{counted(small, currency.cent, tongue)}"


def _money_in_front(core: str, match: re.Match[str], following: str, tongue: Language) -> Reading | None:
    currency = tongue.currencies.get(match.group(2))
    if currency is None:
        return None
    ranged = RANGE.fullmatch(core[match.end() :])
    if ranged:
        low, high = (whole_number(part.lstrip("$€£¥"), tongue) for part in ranged.groups())
        if low and high:
            return Reading(1, f"{say(low, tongue)} {tongue.words['to']} {money(high, currency, tongue)}")
    found = number_at_start(match.group(1) + core[match.end() :], tongue)
    if found is None:
        return None
    number, rest = found
    size, per, other = rest.partition("/")
    plus = f" {tongue.words['plus']}" if size.endswith("+") else ""
    size = size.removesuffix("+")
    each = tongue.units[other].one if other in tongue.units else other
    tail = plus + (f" {tongue.words['per']} {each}" if per and other.isalpha() else "")
    if (per and not other.isalpha()) or (size and size not in tongue.magnitudes):
        return None
    if size or following in tongue.magnitudes:
        magnitude = tongue.magnitudes[size or following]
        joined = f"{say(number, tongue)} {magnitude} {currency.unit.many}{tail}"
        return Reading(1 if size else 2, joined)
    return Reading(1, money(number, currency, tongue) + tail)


def _vulgar(core: str, following: str, tongue: Language) -> Reading | None:
    whole = core[:-1]
    if whole and not whole.isdigit():
        return None
    top, bottom = unicodedata.normalize("NFKC", core[-1]).split("\u2044")
    part = fraction(int(top), int(bottom), tongue)
    said = f"{cardinal(int(whole[:15]), tongue.code)} {tongue.words['and']} {part}" if whole else part
    if following in tongue.units and following not in SHORT_UNITS:
        return Reading(2, f"{said} {tongue.units[following].many}")
    return Reading(1, said)


def fraction(top: int, bottom: int, tongue: Language) -> str:
    """ "three quarters", "two thirds"; "three over seventeen" where there is no shorter way."""
    number = cardinal(top, tongue.code)
    if bottom in (2, 4) and tongue.code == "en":
        name = tongue.words["half" if bottom == 2 else "quarter"]
        if top == 1:
            return f"a {name}" if bottom == 2 else f"one {name}"
        return f"{number} {'halves' if bottom == 2 else name + 's'}"
    if bottom == 2 and top == 1 and tongue.words["half"]:
        return tongue.words["half"]
    if tongue.code == "en" and (bottom <= 20 or bottom in (32, 64)):
        return f"{number} {ordinal(bottom, 'en')}{'' if top == 1 else 's'}"
    if tongue.code == "de" and 2 < bottom <= 20:
        return f"{tongue.one(number, Noun('', ''))} {ordinal(bottom, 'de')}l"
    return f"{number} {tongue.words['over']} {cardinal(bottom, tongue.code)}"


def _range(core: str, following: str, tongue: Language) -> Reading | None:
    """ "5-10", "5–10 km", "2019-23", "10-20%"."""
    match = RANGE.fullmatch(core)
    if match is None:
        return None
    low, found = whole_number(match.group(1), tongue), number_at_start(match.group(2), tongue)
    if low is None or found is None:
        return None
    high, rest = found
    if high.sign or (len(low.whole) == 3 and len(high.whole) == 4 and low.plain and "-" in core):
        return None
    if low.plain and len(low.whole) == 4 and tongue.year_from <= int(low.whole) < 2100 and not rest:
        last = bare(high, "in", tongue) if len(high.whole) == 4 else say(high, tongue)
        return Reading(1, f"{bare(low, 'in', tongue)} {tongue.words['to']} {last}")
    end = _counted(high, rest, following, tongue, "")
    return Reading(end.tokens, f"{say(low, tongue)} {tongue.words['to']} {end.spoken}") if end else None


def spelled(written: str, tongue: Language) -> str:
    """Digits one by one, with a rest between groups."""
    return ", ".join(digits(group, tongue) for group in re.findall(r"\d+", written))
