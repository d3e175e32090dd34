"""Compares the text that was answered with the text for the record: what differs, what matters. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from companion.engines.asr.normal import bare, is_number, sourced_words

_ENDS = (".", "!", "?", "…", ":", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of words that differs. `quick` and `thorough` are the stretches as written, "" for none.

    `number` and `name`: the difference changes a number, or a name (a word with a capital letter that no
    start of a sentence explains), so the next prompt should know.
    """

    quick: str
    thorough: str
    number: bool
    name: bool

    @property
    def matters(self) -> bool:
        """True for a changed number or name."""
        return self.number or self.name


def differences(quick: str, thorough: str) -> tuple[Difference, ...]:
    """What the two texts say differently, in order.

    Case, punctuation and the way a number is written ("twelve", "12") are no difference.
    """
    first, second = sourced_words(quick), sourced_words(thorough)
    names = _names(quick) | _names(thorough)
    matcher = SequenceMatcher(
        None, [word for word, _source in first], [word for word, _source in second], autojunk=False
    )
    return tuple(
        _difference(first[a:b], second[c:d], names)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )


def corrections(quick: str, thorough: str) -> str:
    """One sentence for the next prompt about changed numbers and names, or "" where none changed."""
    changed = [found for found in differences(quick, thorough) if found.matters]
    parts = [
        f'"{found.thorough}", not "{found.quick}"'
        if found.quick and found.thorough
        else (f'"{found.thorough}" was said too' if found.thorough else f'"{found.quick}" was not said')
        for found in changed
    ]
    return f"Heard more exactly: {'; '.join(parts)}." if parts else ""


def _difference(first: list[tuple[str, str]], second: list[tuple[str, str]], names: set[str]) -> Difference:
    """The difference between two stretches of words."""
    plain = [word for word, _source in (*first, *second)]
    return Difference(
        quick=_written(first),
        thorough=_written(second),
        number=any(is_number(word) for word in plain),
        name=any(word in names for word in plain),
    )


def _written(stretch: list[tuple[str, str]]) -> str:
    """A stretch of words as written, without the punctuation at its end."""
    return " ".join(source for _word, source in stretch).strip(" .,;:!?…\"'")


def _names(text: str) -> set[str]:
    """Words, in lower case, that have a capital letter inside a sentence; the English "I" is none."""
    found: set[str] = set()
    starts = True
    for word in text.split():
        plain = bare(word)
        inner = word.lstrip("\"'([{“‘«¿¡")
        if not starts and inner[:1].isupper() and plain.split("'")[0] != "i":
            found.update(part for part, _source in sourced_words(word))
        starts = word.rstrip("\"')]}”’»").endswith(_ENDS)
    return found
