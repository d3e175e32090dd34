"""Rules that fold words into one: patterns over the kinds of words, tried as one regular expression.

A pattern is a regular expression whose letters are kinds: `the? WEEKDAY before last`, `(?<=in|since) MONTH`.
Every kind is a single character of the text that is searched, so looking behind is as cheap as ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from companion.memory.times.days import Reading
from companion.memory.times.tokens import WORDS, Token

Found = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Rule:
    """What `pattern` matches becomes one word of the kind `kind`; its value is what `make` finds in the
    words, and where that is None nothing is folded."""

    kind: str
    pattern: str
    make: Callable[[Found], Any]


def when(pattern: str, make: Callable[[Found], Reading | None]) -> Rule:
    """A rule for a time: its value is the `Reading`."""
    return Rule("WHEN", pattern, make)


_CODES: dict[str, str] = {}
_UNKNOWN = "\ue000"


def _code(kind: str) -> str:
    return _CODES.setdefault(kind, chr(0xE001 + len(_CODES)))


for _kind, _ in WORDS.values():
    _code(_kind)

_NAME = re.compile(r"'?[a-z]+|[A-Z]+")
_ONE_OF = re.compile("\\([\ue000-\uf8ff](?:\\|[\ue000-\uf8ff])*\\)")
_LOOK_AT_ONE_OF = re.compile("\\((\\?<?[=!])([\ue000-\uf8ff](?:\\|[\ue000-\uf8ff])*)\\)")


def _compiled(pattern: str) -> str:
    """The pattern with a character for every kind; its groups don't capture."""
    dense = _NAME.sub(lambda name: _code(name[0]), pattern).replace(" ", "")
    dense = _ONE_OF.sub(lambda kinds: f"[{kinds[0][1:-1].replace('|', '')}]", dense)
    dense = _LOOK_AT_ONE_OF.sub(lambda kinds: f"({kinds[1]}[{kinds[2].replace('|', '')}])", dense)
    return re.sub(r"\((?!\?)", "(?:", dense)


class Rules:
    """Rules that are tried together, the first before the later ones, from the left to the right."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        choices = "|".join(f"({_compiled(rule.pattern)})" for rule in rules)
        self._pattern = re.compile(f"(?!{_UNKNOWN})(?:{choices})")

    def fold(self, line: list[Token]) -> list[Token]:
        """The words with what the rules match folded."""
        kinds = "".join([_CODES.get(token.kind, _UNKNOWN) for token in line])
        out: list[Token] = []
        at = 0
        while match := self._pattern.search(kinds, at):
            rule = self._rules[(match.lastindex or 1) - 1]
            found = line[match.start() : match.end()]
            value = rule.make(found)
            out += line[at : match.start()]
            if value is None:
                out += found[:1]
                at = match.start() + 1
            else:
                a, b = found[0], found[-1]
                out.append(Token(rule.kind, value, a.start, b.end, a.first, b.last))
                at = match.end()
        return out + line[at:]


def first(found: Found, *kinds: str) -> Any:
    """The value of the first word of one of these kinds."""
    return next(token.value for token in found if token.kind in kinds)


def has(found: Found, *kinds: str) -> bool:
    return any(token.kind in kinds for token in found)
