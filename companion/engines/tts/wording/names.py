"""Short forms ("Dr.", "e.g.", "No. 5") and the Roman numerals of names ("Henry VIII", "World War II")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from companion.engines.tts.wording.language import Language, word_set
from companion.engines.tts.wording.numerals import cardinal, ordinal
from companion.engines.tts.wording.tokens import Reading, Token

NEVER_LAST = word_set(
    """
    vs v e.g i.e eg ie cf approx avg z.b d.h bzw vgl inkl p.ex cf ex p.ej
    """
)
"""Short forms no sentence ends with, so what follows them with a capital is a name."""

ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
VALUES = {"I": 1, "V": 5, "X": 10}

RULERS = word_set(
    """
    henry louis elizabeth charles george edward william james richard john paul pius benedict gregory leo
    alexander nicholas peter catherine frederick philip ferdinand francis napoleon wilhelm otto ramses
    rameses ramesses xerxes darius cleopatra ptolemy mary margaret victoria boniface clement innocent urban
    heinrich ludwig friedrich karl elisabeth katharina françois henri charles élisabeth felipe carlos
    alfonso isabel fernando juan juana
    """
)
"""First names whose Roman numeral is an ordinal."""

COUNTED = word_set(
    """
    war part chapter volume type phase act scene section article level stage class grade book appendix bowl
    mark fantasy windows vol model tier schedule rocky group round title weltkrieg teil kapitel band guerre
    partie chapitre tome guerra parte capítulo tomo
    """
)
"""Words whose Roman numeral is a plain number, even a lone I, V or X."""


def roman(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """A Roman numeral behind a name; never the pronoun "I" nor a letter by itself."""
    core = tokens[at].core.removesuffix("'s")
    if not core or len(core) > 6 or not ROMAN.fullmatch(core) or at == 0 or not tokens[at - 1].open_end:
        return None
    before = tokens[at - 1].core
    if not before[:1].isupper() or before.isupper():
        return None
    value = _roman_value(core)
    ending = "'s" if tokens[at].core.endswith("'s") else ""
    last = at + 1 >= len(tokens) or tokens[at].trail != ""
    if before.lower() in RULERS and (len(core) > 1 or last):
        return Reading(1, _ruler(value, tongue) + ending)
    if before.lower() in COUNTED or len(core) > 1:
        return Reading(1, cardinal(value, tongue.code) + ending)
    return None


def _ruler(value: int, tongue: Language) -> str:
    if tongue.code == "en":
        return f"the {ordinal(value, 'en')}"
    if tongue.code == "de":
        return f"der {ordinal(value, 'de')}"
    if value == 1:
        return {"fr": "premier", "es": "primero"}.get(tongue.code, ordinal(1, tongue.code))
    return ordinal(value, "es") if tongue.code == "es" and value <= 10 else cardinal(value, tongue.code)


def _roman_value(numeral: str) -> int:
    values = [VALUES[letter] for letter in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def abbreviation(tokens: Sequence[Token], at: int, tongue: Language) -> Reading | None:
    """A short form of the language's tables, by what stands around it."""
    token = tokens[at]
    short = token.core.lower()
    if not short or len(short) > 12:
        return None
    table = tongue.abbreviations
    following = tokens[at + 1] if at + 1 < len(tokens) and not token.breaks else None
    dotted = token.trail[:1] == "."
    if (
        following is not None
        and token.trail == "."
        and (pair := f"{short}.{following.core.lower()}") in table.anywhere
    ):
        return Reading(2, table.anywhere[pair], took_dot=following.trail[:1] == "." and at + 2 < len(tokens))
    named = following is not None and following.core[:1].isupper() and token.trail in ("", ".")
    if short in table.titles and named and token.core[:1].isupper() and _titles(short, tokens, at, dotted):
        return Reading(1, table.titles[short], took_dot=dotted)
    counted = following is not None and following.core[:1].isdigit()
    if (
        short in table.before_numbers
        and counted
        and (dotted or short[-1] in "°º" or short in ("nr", "vol", "fig"))
    ):
        return Reading(1, table.before_numbers[short], took_dot=True)
    if dotted and short in table.dotted and (following is None or short not in ("min", "max")):
        return Reading(
            1, table.dotted[short], took_dot=following is not None and not _ends(token, following, tongue)
        )
    if short in table.anywhere and (short.lower() == token.core or len(short) > 1):
        return Reading(
            1,
            table.anywhere[short],
            took_dot=dotted and following is not None and not _ends(token, following, tongue),
        )
    return None


def _titles(short: str, tokens: Sequence[Token], at: int, dotted: bool) -> bool:
    """True when a title comes before a name here: "St. Paul", but not "Main St. Paul waited."."""
    bare = short in ("dr", "mr", "mrs", "ms", "prof")
    street = (
        short in ("st", "dr") and at > 0 and tokens[at - 1].core[:1].isupper() and tokens[at - 1].open_end
    )
    return (bare or dotted) and not (street and at > 1)


def _ends(token: Token, following: Token, tongue: Language) -> bool:
    """True when the full stop of a short form is also the sentence's."""
    if token.core.lower() in NEVER_LAST or (tongue.code == "de" and len(token.trail) == 1):
        # German nouns have capitals too, so a capital says nothing there.
        return False
    return following.core[:1].isupper() or (len(token.trail) > 1 and token.trail[1:2] in "?!")
