"""Finds the language of a voice by its code; one without tables of its own still has its numbers."""

from __future__ import annotations

from functools import lru_cache

from companion.engines.tts.wording.english import BRITISH, ENGLISH
from companion.engines.tts.wording.french import FRENCH
from companion.engines.tts.wording.german import GERMAN
from companion.engines.tts.wording.language import Abbreviations, Language, word_set
from companion.engines.tts.wording.numerals import cardinal
from companion.engines.tts.wording.spanish import SPANISH

KNOWN = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}

POINT_LANGUAGES = word_set(
    """
    zh cmn yue ja ko th he hi bn ms sw
    """
)
"""Languages whose decimal mark is a point; in the others it is a comma (Unicode CLDR)."""


@lru_cache(maxsize=64)
def language_of(code: str) -> Language:
    """The language of a code as voices have it: "en-us", "en_GB", "de", "es-419"."""
    parts = code.lower().replace("_", "-").split("-")
    if parts[0] == "en" and parts[1:2] and parts[1] != "us":
        return BRITISH
    return KNOWN.get(parts[0]) or _numbers_only(parts[0])


def _numbers_only(code: str) -> Language:
    """A language of which nothing is known but what num2words knows; signs aren't said in it."""
    point = code in POINT_LANGUAGES
    return Language(
        code=code,
        decimal="." if point else ",",
        thousands="," if point else ".",
        words=dict.fromkeys(ENGLISH.words, ""),
        signs={},
        currencies={},
        units={},
        months=(),
        month_names={},
        abbreviations=Abbreviations({}, {}, {}, {}),
        magnitudes={},
        say_date=lambda day, month, year, day_first: " ".join(
            cardinal(int(part), code) for part in (day, str(month), year) if part
        ),
        say_time=lambda hour, minute: (
            f"{cardinal(hour, code)} {cardinal(minute, code) if minute else ''}".strip()
        ),
    )
