"""What a listener says without wanting the floor: "mhm", "yeah", a laugh.

The words are those that listeners of the Switchboard and AMI corpora use as backchannels (Jurafsky et al.
1997, "backchannel" and "assessment"), and how Whisper spells their sounds; with the commonest of the other
languages that it writes down the same way.
"""

from __future__ import annotations

import re

from companion.dialogue.words import bare

_WORDS_TEXT = """
    yeah yep yup yes yea right okay ok k alright sure true exactly totally absolutely definitely indeed
    really wow oh ah aha ooh aww aw huh uh um hm cool nice great good fine perfect lovely awesome sweet
    gosh god wonderful interesting amazing funny
    ja genau ach stimmt klar d'accord oui ouais voilà sí claro vale ya
"""
_WORDS = frozenset(_WORDS_TEXT.split())

_PHRASES_TEXT = """
    i see | i know | got it | makes sense | that makes sense | that's right | that's true | that's great
    that's nice | that's good | that's cool | that's funny | that's interesting | i understand | fair enough
    no way | oh my god | oh my gosh | oh my | my god | you're right | is that so | oh no | good point
    oh well | i guess so | i think so | i agree | of course | ach so | bien sûr
"""
_PHRASES = frozenset(phrase.strip() for phrase in _PHRASES_TEXT.replace("\n", "|").split("|")) - {""}
_SOUND = re.compile(
    r"m+h+m*|h+m+|m+|(?:m+-)?h?m+-h+m+|u+h+-h+u+h*|u+h+u+h+|mm-?hm+|mhm|uh-?huh|ah?a+h*|oh+|u+m+|e+r+m*|"
    r"(?:h[aeio]h?){2,}h?|a?(?:ha)+h?|(?:he)+h?|[mnh]+|[mnha](?:-[mnha]){2,}|tsk|pf+t?|ugh|phew|whoa"
)
"""Sounds as Whisper writes them: "Mm-hmm.", "Mhm", "MHN", "Uh-huh", "Hahaha"."""

_NOTED = re.compile(r"[*(\[][^*)\]]*[*)\]]")
"""What Whisper notes of a sound that is no word: "(laughs)", "*coughs*", "[LAUGHTER]"."""

MOST = 4
"""Words that a backchannel has at most."""


def is_backchannel(text: str) -> bool:
    """Whether all of `text` is a backchannel, a sound or nothing at all."""
    said = bare(_NOTED.sub(" ", text))
    if len(said) > MOST + 2:
        return all(_SOUND.fullmatch(word) for word in said)
    return _all(said)


def may_become_backchannel(text: str) -> bool:
    """Whether `text` is a backchannel as far as it has been heard: "I", of "I see"."""
    said = bare(_NOTED.sub(" ", text))
    starts = (len(said) - length for length in range(1, min(len(said), MOST) + 1))
    return is_backchannel(text) or any(
        _all(said[:start]) and _begins_phrase(" ".join(said[start:])) for start in starts
    )


def _begins_phrase(words: str) -> bool:
    return any(phrase.startswith(f"{words} ") for phrase in _PHRASES)


def _all(said: list[str]) -> bool:
    if not said:
        return True
    if (said[0] in _WORDS or _SOUND.fullmatch(said[0])) and _all(said[1:]):
        return True
    return any(
        " ".join(said[:length]) in _PHRASES and _all(said[length:]) for length in range(2, len(said) + 1)
    )
