"""A notation for what people say, and regular expressions made of it.

    speak [<a_bit>] (slower | more slowly) {please}

Words stand as they are (a word may hold marks of regular expressions, "hm+"); [...] may be left out,
(... | ...) is one of several, {...} comes any number of times, <...> is another rule. A rule has one
alternative a line, or several with | between; a line that is indented further goes on with the one before.
What is matched is words in lower case with one space behind each, and "?" as a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<[\w-]+>|[\[\](){}|]|[^\s\[\](){}|<>]+")

_MARKS = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "{": "(?:", "}": ")*", "|": "|"}


def lines(rule: str) -> list[str]:
    """The alternatives of a rule."""
    found: list[str] = []
    indent: int | None = None
    for line in filter(str.strip, rule.splitlines()):
        depth = len(line) - len(line.lstrip())
        indent = depth if indent is None else indent
        if depth > indent:
            found[-1] += " " + line.strip()
        else:
            found.append(line.strip())
    return found


def expression(alternatives: list[str], rules: Mapping[str, str]) -> str:
    """A regular expression for one of the alternatives. Raises `KeyError` for a rule that isn't there."""
    return "(?:" + "|".join(_expression(line, rules) for line in alternatives) + ")"


def _expression(line: str, rules: Mapping[str, str]) -> str:
    return "".join(
        expression(lines(rules[token[1:-1]]), rules)
        if token.startswith("<")
        else _MARKS.get(token) or f"{token} "
        for token in _TOKEN.findall(line)
    )
