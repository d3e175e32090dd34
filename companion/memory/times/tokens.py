"""The words of a text, each with its kind, its value and its place; numbers said as words put together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from companion.memory.times.days import Period, day_of, one


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or what words were folded into. `kind` is the word itself in lower case, or a kind in capitals;
    `start` and `end` count characters, `first` and `last` the text's words, both included."""

    kind: str
    value: Any
    start: int
    end: int
    first: int
    last: int


_NUMBERS_TEXT = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS_TEXT = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
_WEEKDAYS_TEXT = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS_TEXT = "january february march april may june july august september october november december"
_UNITS_TEXT = "minute hour day week fortnight weekend month year decade"
_PARTS_TEXT = "morning afternoon evening night lunchtime noon midday midnight"
_THINGS_TEXT = """
    tree trees present presents gift gifts card cards cookies market markets song songs music movie movies
    film films lights decorations shopping egg eggs bunny costume costumes turkey pudding stocking carol
    carols jumper sweater resolution resolutions party parties dinner lunch island spirit coat coats dress
    clothes onion onions cleaning roll rolls school job jacket jackets boots tires tyres
"""
_TENS = {w: 10 * n for n, w in enumerate(_TENS_TEXT.split(), 2)}
_ORDINALS = {w: n for n, w in enumerate(_ORDINALS_TEXT.split(), 1)} | {"thirtieth": 30}
WEEKDAYS = _WEEKDAYS_TEXT.split()
MONTHS = _MONTHS_TEXT.split()
_NAMES_TOO = ("april", "june", "august")
_VERBS_TOO = ("may", "march")
_SHORT = {m[:3]: n for n, m in enumerate(MONTHS, 1) if m != "may"} | {"sept": 9}
_SHORT_DAYS = {d[:3]: n for n, d in enumerate(WEEKDAYS)} | {"tues": 1, "thur": 3, "thurs": 3}
_WORDS_TOO = ("sat", "sun", "wed")
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}

WORDS: dict[str, tuple[str, Any]] = {
    **{w: ("NUMBER", n) for n, w in enumerate(_NUMBERS_TEXT.split(), 1)},
    **{w: ("TENS", n) for w, n in _TENS.items()},
    **{f"{w[:-1]}ies": ("DECADE", 1900 + n) for w, n in _TENS.items()},
    **{w: ("ORDINAL", n) for w, n in _ORDINALS.items()},
    **{w: ("WEEKDAY", n) for n, w in enumerate(WEEKDAYS)},
    **{w + "s": ("WEEKDAYS", n) for n, w in enumerate(WEEKDAYS)},
    **{w: ("SHORTDAY", n) for w, n in _SHORT_DAYS.items() if w not in _WORDS_TOO},
    **{w: ("SHORTMONTH", n) for w, n in _SHORT.items()},
    **{w: ("MONTH", n) for n, w in enumerate(MONTHS, 1)},
    **{w: ("NAMEMONTH", MONTHS.index(w) + 1) for w in _NAMES_TOO},
    **{w: ("VERBMONTH", MONTHS.index(w) + 1) for w in _VERBS_TOO},
    **{w: ("SEASON", n) for w, n in _SEASONS.items()},
    "fall": ("FALL", 9),
    **dict.fromkeys(_THINGS_TEXT.split(), ("THING", None)),
    **{w: ("PART", w) for w in _PARTS_TEXT.split()},
    **{w + "s": ("PARTS", w) for w in _PARTS_TEXT.split()},
    **{w: (w, w) for w in _UNITS_TEXT.split()},
    **{w + "s": (w + "s", w) for w in _UNITS_TEXT.split()},
}
"""Kind and value by the word; every other word is its own kind."""

_CAPITAL = {"may": ("NAMEMONTH", 5), "march": ("NAMEMONTH", 3)} | {
    w: ("SHORTDAY", _SHORT_DAYS[w]) for w in _WORDS_TOO
}

_TOKEN = re.compile(
    r"(?P<iso>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?![0-9])"
    r"|(?P<dated>[0-9]{1,2}(?P<mark>[/.])[0-9]{1,2}(?P=mark)(?:[0-9]{4}|[0-9]{2}))(?![./]?[0-9])"
    r"|['’](?P<short>[0-9]{2})(?![0-9A-Za-z])"
    r"|(?P<ordinal>[0-9]{1,2})(?:st|nd|rd|th)(?!\w)"
    r"|(?P<decade>(?:[0-9]{2})?[2-9]0)['’]?s(?!\w)"
    r"|(?P<number>[0-9]{1,6})(?![\w%°]|[.,:/][0-9])"
    r"|(?P<other>[0-9][\w.,:/%°]*|o['’]clock)"
    r"|(?P<word>[^\W\d_]+(?:['’]t(?!\w))?|['’](?:s|re|ll|ve|d|m)(?!\w))"
    r"|(?P<comma>,)|(?P<stop>[.!?;:\n…]+)|(?P<dash>[-–—])"
)


def _year(two: int) -> int:
    """The year of two digits: up to 2049, from 1950."""
    return two + (2000 if two < 50 else 1900)


def _iso(text: str) -> Period | None:
    year, month, day = map(int, text.split("-"))
    return one(day_of(year, month, day))


def _dated(text: str) -> Period | None:
    """The date in figures, the day before the month unless that can't be; with a slash, both orders are in
    use."""
    a, b, year = (int(n) for n in re.split(r"[/.]", text))
    year = year if year > 99 else _year(year)
    slashed = "/" in text and a <= 12 and b <= 12 and a != b
    day = day_of(year, b, a) or ("/" in text and day_of(year, a, b)) or None
    return day and Period(day, day, exact=not slashed)


def _figures(kind: str, text: str) -> tuple[str, Any]:
    """Kind and value of what was written in figures."""
    if kind in ("iso", "dated"):
        return "DATED", _iso(text) if kind == "iso" else _dated(text)
    if kind == "short":
        return "YEAR", _year(int(text[1:]))
    if kind == "ordinal":
        return "ORDINAL", int(text[:-2])
    if kind == "decade":
        year = int(re.sub(r"\D", "", text))
        return "DECADE", year if year > 99 else 1900 + year
    number = int(text)
    return ("YEAR" if len(text) == 4 and 1800 <= number < 2200 else "NUMBER"), number


def _word(text: str) -> tuple[str, Any]:
    low = text.lower().replace("’", "'")
    if low in _CAPITAL and text[0].isupper():
        return _CAPITAL[low]
    return WORDS.get(low, (low, None))


def tokens(text: str) -> list[Token]:
    """The words, figures and stops of `text`; a single mark of another sort is passed over."""
    found = []
    for at, match in enumerate(_TOKEN.finditer(text)):
        group = match.lastgroup or ""
        if group == "word":
            kind, value = _word(match[0])
        elif group in ("comma", "stop", "dash", "other"):
            kind, value = group.upper(), None
        else:
            kind, value = _figures(group, match[0])
        found.append(Token(kind, value, match.start(), match.end(), at, at))
    return found


def _joined(a: Token, b: Token, kind: str, value: int) -> Token:
    return replace(a, kind=kind, value=value, end=b.end, last=b.last)


def _tens(line: list[Token]) -> list[Token]:
    """ "twenty-one" and "twenty first" as one."""
    out: list[Token] = []
    at = 0
    while at < len(line):
        token, at = line[at], at + 1
        if token.kind == "TENS":
            token = replace(token, kind="NUMBER")
            after = at + (at < len(line) and line[at].kind == "DASH")
            unit = line[after] if after < len(line) else token
            if unit.kind in ("NUMBER", "ORDINAL") and unit.value < 10 and unit.end - unit.start > 2:
                token, at = _joined(token, unit, unit.kind, token.value + unit.value), after + 1
        out.append(token)
    return out


def _large(a: Token, line: list[Token], at: int) -> tuple[Token, int]:
    """ "two thousand and four", "nineteen eighty", "a hundred": what begins with `a` and goes on at `at`."""
    following = [t.kind for t in line[at : at + 3]]
    if following[:1] == ["hundred"] and a.kind in ("NUMBER", "a"):
        return _joined(a, line[at], "NUMBER", 100 * (a.value or 1)), at + 1
    if following[:1] == ["thousand"] and a.kind == "NUMBER" and a.value == 2:
        last = at + (2 if following[1:2] == ["and"] else 1)
        if last < len(line) and line[last].kind == "NUMBER" and line[last].value < 100:
            return _joined(a, line[last], "YEAR", 2000 + line[last].value), last + 1
        return _joined(a, line[at], "YEAR", 2000), at + 1
    if following[:1] == ["NUMBER"] and a.kind == "NUMBER" and a.value in (18, 19, 20):
        b = line[at]
        if a.end - a.start > 2 and b.end - b.start > 2 and 10 <= b.value < 100:
            return _joined(a, b, "YEAR", 100 * a.value + b.value), at + 1
    return a, at


def with_numbers(line: list[Token]) -> list[Token]:
    """The words with numbers of several words put together."""
    if not any(t.kind in ("TENS", "hundred", "thousand") or t.value in (18, 19) for t in line):
        return line
    line, out, at = _tens(line), [], 0
    while at < len(line):
        token, at = _large(line[at], line, at + 1)
        out.append(token)
    return out
