"""What the words alone say about whether a turn is over."""

from __future__ import annotations

import re
from enum import Enum

from companion.dialogue.requests import holds_floor, understand
from companion.dialogue.words import bare


class Words(Enum):
    """How finished the words of a turn are."""

    HELD = "asks for time"
    REQUEST = "a request that code carries out"
    SHORT = "a short answer that is whole by itself"
    QUESTION = "a whole question"
    WHOLE = "a whole sentence"
    UNMARKED = "no mark at its end"
    DOUBTFUL = "a word that something mostly follows, and a full stop"
    OPEN = "a word that something must follow"


_OPEN_TEXT = """
    and or but because if which whose than as unless until although whether plus
    the a an my your its our their every each
    onto between during toward
    i'm you're he's she's it's we're they're there's that's what's
    you'd i'd we'd they'd i'll you'll we'll they'll
    very quite just even
    um uh er erm hmm hm mm
    mr mrs ms dr st
"""
_OPEN = frozenset(_OPEN_TEXT.split())
"""Words that no turn ends with, even where Whisper heard a full stop: conjunctions, articles, subjects with
their verb, fillers."""

_DOUBTFUL_TEXT = """
    so when that who where since though while like
    his her this these those some any no another
    of to in on at for with from by about into over under through without near
    is are was were am be been being called named
    will would can could should may might must shall do does did has have had don't doesn't didn't can't
    won't wouldn't couldn't shouldn't isn't aren't wasn't weren't
    i we they he she
    really too more most less only also not well
"""
_DOUBTFUL = frozenset(_DOUBTFUL_TEXT.split())
"""Words that hardly ever end a turn unless a sentence ends with them: "Yes, I am.", "Tell me about her.",
"Turn it on.", "I like it too.". Where Whisper heard a full stop, the judges of sound and words tell it from a
torn sentence; where it heard none, more is to come."""

_ALONE = frozenset({"so", "well", "i", "we", "they", "he", "she", "that", "when", "since", "though"})
"""Those of them that begin a sentence where they are all that was said."""

_ENDS_QUESTIONS_TEXT = """
    of to in on at for with from by about into over like is are was were am be do does did has have had will
    would can could should i we they he she this these those any no more less too not that called named being
"""
_ENDS_QUESTIONS = frozenset(_ENDS_QUESTIONS_TEXT.split())
"""Those of both that a question may end with: "What are you looking for?"."""

_SHORT_TEXT = """
    yes | no | yeah | yep | nope | nah | sure | okay | ok | thanks | thank you | please | maybe | hello | hi
    hey | good morning | good night | good evening | goodbye | bye | bye bye | of course | no thanks
    no thank you | yes please | not really | i think so | i don't know | i do | i don't | not yet | never
    always | exactly | absolutely | right | correct | fine | great | good | all right | alright | i guess
    probably | definitely | see you | see you later | me too | why | why not | how | what | who | where | when
    really | sorry
"""
_SHORT = frozenset(phrase.strip() for phrase in _SHORT_TEXT.replace("\n", "|").split("|")) - {""}

_NUMBER = re.compile(r"[\d.,:-]*\d")
_NUMBERS_TEXT = """
    zero oh one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty
    seventy eighty ninety hundred thousand double triple plus minus point
"""
_NUMBERS = frozenset(_NUMBERS_TEXT.split())


def openness(text: str, asked: str = "") -> Words:
    """What the words of a turn so far say; `asked`: what she had just asked. Whisper ends a whole sentence
    with a mark, and often a torn one too, so the last word counts before the mark."""
    text = text.strip()
    said = bare(text)
    if not said:
        return Words.OPEN
    if holds_floor(text, asked):
        return Words.HELD
    if " ".join(said) in _SHORT:
        return Words.SHORT
    if understand(text, asked) is not None:
        return Words.REQUEST
    question = text.endswith("?")
    last = said[-1]
    if text.endswith(("...", "…", ",", ";", ":", "-", "—")):
        return Words.OPEN
    marked = question or text.endswith((".", "!"))
    if question and last in _ENDS_QUESTIONS:
        return Words.QUESTION
    if last in _OPEN or (last in _DOUBTFUL and not marked) or (len(said) == 1 and last in _ALONE):
        return Words.OPEN
    if half_read(text) or half_spelled(text):
        return Words.OPEN
    if last in _DOUBTFUL:
        return Words.DOUBTFUL
    if question:
        return Words.QUESTION
    return Words.WHOLE if text.endswith((".", "!")) else Words.UNMARKED


def half_read(text: str) -> bool:
    """Whether the words break off within digits that are being read out: three or more numbers in a row,
    fewer than a telephone number's seven."""
    count = digits = 0
    for word in reversed(bare(text)):
        if not (word in _NUMBERS or _NUMBER.fullmatch(word)):
            break
        count += 1
        digits += sum(c.isdigit() for c in word) or 1
    return count >= 2 and 2 <= digits < 7


def half_spelled(text: str) -> bool:
    """Whether the words break off within letters that are being read out, or may: nobody knows how long the
    name is. "U.S.A." is a word."""
    letters = [word for word in bare(text)[-2:] if len(word) == 1 and word.isalpha()]
    return len(letters) == 2 or re.fullmatch(r".*\b\w(?:-\w)+\W*", text) is not None
