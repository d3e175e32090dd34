"""Emoji and emoticons: left out of speech, or named where the text is nothing else."""

from __future__ import annotations

import re
import unicodedata

EMOTICON = re.compile(
    r"[:;=][-'^o]?[()DPpOo3/|\\*\[\]]{1,4}|<3+|xD|XD|\^_*\^|-_+-|:'\(|¯\\_\(ツ\)_/¯|[oO]_[oO]"
)
EMOTICONS = {"<3": "❤", ":)": "🙂", ":-)": "🙂", ";)": "😉", ";-)": "😉", ":(": "🙁", ":-(": "🙁", ":D": "😀"}

NAMES = {
    "de": {"🙂": "Lächeln", "😉": "Zwinkern", "🙁": "trauriges Gesicht", "😀": "Grinsen", "❤": "Herz",
           "😂": "Freudentränen", "👍": "Daumen hoch", "😊": "Lächeln", "😢": "Träne", "😘": "Kuss"},
    "fr": {"🙂": "sourire", "😉": "clin d'œil", "🙁": "visage triste", "😀": "grand sourire", "❤": "cœur",
           "😂": "larmes de joie", "👍": "pouce levé", "😊": "sourire", "😢": "larme", "😘": "bisou"},
    "es": {"🙂": "sonrisa", "😉": "guiño", "🙁": "cara triste", "😀": "gran sonrisa", "❤": "corazón",
           "😂": "lágrimas de risa", "👍": "pulgar arriba", "😊": "sonrisa", "😢": "lágrima", "😘": "beso"},
    "en": {"🙂": "smile", "😉": "wink", "🙁": "sad face", "😀": "big smile", "❤": "heart",
           "😂": "tears of joy", "👍": "thumbs up", "😊": "smile", "😢": "tear", "😘": "kiss"},
}  # fmt: skip
"""What the commonest are called; English has Unicode's own names for the rest."""

MOST_NAMED = 3


def is_emoticon(word: str) -> bool:
    """True for ":-)" and its like."""
    return len(word) <= 12 and EMOTICON.fullmatch(word) is not None


def names(text: str, language: str) -> str:
    """What the emoji in `text` are called in `language` ("en"), the first `MOST_NAMED` of them; "" where
    there are none, or none that this language has a name for."""
    characters = [EMOTICONS[word] for word in text.split() if word in EMOTICONS]
    characters += [character for character in text if _is_emoji(character)]
    known = NAMES.get(language, {})
    found = [known.get(character) or _unicode_name(character, language) for character in characters]
    return ", ".join(list(dict.fromkeys(name for name in found if name))[:MOST_NAMED])


def _is_emoji(character: str) -> bool:
    return unicodedata.category(character) == "So" and character not in "°©®™" and ord(character) > 0x2000


def _unicode_name(character: str, language: str) -> str:
    if language != "en":
        return ""
    name = unicodedata.name(character, "").lower()
    return name if name.replace(" ", "").replace("-", "").isalpha() else ""
