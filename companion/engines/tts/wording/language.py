"""What a language needs to say written things: its words for marks, money, units and months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted thing: `one` dollar, two dollars (`many`); `feminine` where the word for 1 agrees with it."""

    one: str
    many: str
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Currency:
    """Money: its unit, and the hundredth of it (None where it has none)."""

    unit: Noun
    cent: Noun | None


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Short forms, in lower case and without a full stop at the end, and what they stand for.

    `titles` stand before a name, `before_numbers` before a number; `dotted` are short forms only with their
    full stop, `anywhere` with or without it.
    """

    titles: Mapping[str, str]
    before_numbers: Mapping[str, str]
    dotted: Mapping[str, str]
    anywhere: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `code`: ISO 639-1, also num2words' name of it.

    `decimal`, `thousands`: the marks in written numbers ("." and "," in English). `words`: what signs are
    called, by a name of ours ("minus", "percent", ...). `signs`: what a character is called where it stands
    alone or among letters. `months` from January on; `month_names`: every way a month is written, in lower
    case, with its number. `say_date(day, month, year, day_first)`, `say_time(hour, minute)` and
    `one(words, noun)`, which bends a number's words before a noun, give the words in order.
    """

    code: str
    decimal: str
    thousands: str
    words: Mapping[str, str]
    signs: Mapping[str, str]
    currencies: Mapping[str, Currency]
    units: Mapping[str, Noun]
    months: tuple[str, ...]
    month_names: Mapping[str, int]
    abbreviations: Abbreviations
    magnitudes: Mapping[str, str]
    say_date: Callable[[str, int, str, bool], str]
    say_time: Callable[[int, int], str]
    ordinal_marks: tuple[str, ...] = ()
    month_first: bool = False
    one: Callable[[str, Noun], str] = field(default=lambda words, noun: words)
    cents_joined_by: str = " "
    year_from: int = 0
    """From which number on a bare four-digit number is read as a year ("nineteen eighty-four"); 0: never."""


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for tables that are easier to read as one."""
    return frozenset(text.split())


def month_table(months: tuple[str, ...], *others: str) -> dict[str, int]:
    """Month names in lower case with their numbers; `others`: lines of twelve more names ("-" for none)."""
    table = {name.lower(): number for number, name in enumerate(months, 1)}
    for line in others:
        for number, name in enumerate(line.split(), 1):
            if name != "-":
                table[name] = number
    return table


def nouns(table: str, *, feminine: str = "") -> dict[str, Noun]:
    """Units from lines of "symbol, symbol: one, many" (`many` left out where it is the same)."""
    found: dict[str, Noun] = {}
    for line in table.strip().splitlines():
        symbols, _, names = line.partition(":")
        one, _, many = (part.strip() for part in names.partition(","))
        noun = Noun(one, many or one, one in feminine.split(", "))
        found |= {symbol.strip(): noun for symbol in symbols.split(",")}
    return found


def lines(table: str) -> dict[str, str]:
    """Words from lines of "written: said"; where "written" itself holds a colon, the last one counts."""
    pairs = (line.rpartition(":") for line in table.strip().splitlines())
    return {written.strip(): said.strip() for written, _, said in pairs}
