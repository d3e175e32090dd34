"""Text for speech: what is written becomes words that can be said, each with the words it came from.

Numbers come from num2words: small, forty languages, no models. (inflect knows English only, NeMo's text
processing needs pynini and hundreds of megabytes, num2words2 is one person's fork of this year.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from companion.engines.tts.wording import addresses, amounts, dates, digit_strings, emoji, names
from companion.engines.tts.wording.language import Language, word_set
from companion.engines.tts.wording.languages import language_of
from companion.engines.tts.wording.leftovers import parts_said
from companion.engines.tts.wording.markup import visible_words
from companion.engines.tts.wording.tokens import Reading, Token, token_of


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text and what is said for it.

    `original`: one word, or several that are said as one ("12 Nov"). `spoken`: letters, apostrophes, hyphens,
    spaces and , . ? ! ; : only, or nothing ("*smiles*").
    """

    original: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Speakable:
    """A text for the voice. The spans' originals joined by spaces give it back, its whitespace normalised."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """What is said, as one line."""
        return " ".join(span.spoken for span in self.spans if span.spoken)


Rule = Callable[[Sequence[Token], int, Language], Reading | None]

RULES: tuple[Rule, ...] = (
    names.abbreviation,
    addresses.email,
    addresses.handle,
    addresses.path,
    dates.date,
    dates.time,
    digit_strings.telephone,
    digit_strings.grouped,
    digit_strings.dotted,
    digit_strings.slashed,
    digit_strings.size,
    addresses.address,
    amounts.amount,
    names.roman,
)
"""What is tried on each word, in this order; the first that knows it says how it is read."""

BETWEEN = {"-": "minus", "–": "to", "x": "times", "/": "divided by", ">": "more than", "<": "less than"}
"""What signs standing alone between two numbers are called, by the names of `Language.words`."""

LONGEST_WORD = 40
"""Letters in a row that are said as one word; longer rows are cut."""

LATIN = word_set(
    """
    en de fr es it pt nl sv da no nb pl cs sk sl hr ro hu fi et lv lt tr ca vi sw is cy ga eu sq id
    """
)
"""Languages whose voices read Latin, Greek and Cyrillic letters and name all others ("Chinese letter")."""

READABLE = ("LATIN", "GREEK", "CYRILLIC", "COMBINING", "MODIFIER")


def speakable(text: str, language: str) -> Speakable:
    """What a voice of `language` (a code such as "en-us" or "de") says for `text`. Never raises."""
    tongue = language_of(language)
    tokens = [token_of(word) for word in visible_words(text, tongue.code)]
    spoken = _Spoken()
    at = 0
    while at < len(tokens):
        reading = _read(tokens, at, tongue)
        behind = at + reading.tokens
        following = tokens[behind] if behind < len(tokens) else None
        said = _clean(reading.spoken, tongue)
        rest = _rest(tokens[behind - 1], reading.took_dot, following)
        if (said and _opens(tokens[at])) or reading.spoken == ",":
            spoken.pause(",")
        spoken.add(" ".join(token.original for token in tokens[at:behind]), said)
        if rest:
            spoken.pause(rest)
        at = behind
    if spoken.last < 0:
        return Speakable(tuple(_named_emoji(text, spoken.spans, tongue)))
    return Speakable(tuple(spoken.spans))


@dataclass(slots=True)
class _Spoken:
    """The spans so far, and which of them is the last that is said (-1: none)."""

    spans: list[Span] = field(default_factory=list)
    last: int = -1

    def add(self, original: str, said: str) -> None:
        if said:
            self.last = len(self.spans)
        self.spans.append(Span(original, said))

    def pause(self, mark: str) -> None:
        """Put a pause behind the last word said, unless it has one; a comma gives way to any other."""
        if self.last < 0:
            return
        span = self.spans[self.last]
        if span.spoken[-1].isalpha() or (mark != "," and span.spoken[-1] == ","):
            self.spans[self.last] = Span(span.original, span.spoken.rstrip(",") + mark)


def _read(tokens: Sequence[Token], at: int, tongue: Language) -> Reading:
    for rule in RULES if tokens[at].core else ():
        reading = rule(tokens, at, tongue)
        if reading is not None:
            return reading
    core = tokens[at].core
    if core == "A" and at and tokens[at - 1].open_end and tongue.code == "en":
        # The letter ("vitamin A"), which espeak-ng would take for the article.
        return Reading(1, "eigh")
    if core in BETWEEN and _between_numbers(tokens, at):
        sizes = core == "x" and not (tokens[at - 1].core + tokens[at + 1].core).isdigit()
        return Reading(1, tongue.words["by" if sizes else BETWEEN[core]])
    return Reading(1, parts_said(core, tongue))


def _between_numbers(tokens: Sequence[Token], at: int) -> bool:
    around = (tokens[at - 1].core[:1], tokens[at + 1].core[:1]) if 0 < at < len(tokens) - 1 else ("", "")
    return all(letter.isdigit() for letter in around)


def _rest(token: Token, took_dot: bool, following: Token | None) -> str:
    """The mark of the pause behind a word: one of , . ? ! or nothing."""
    trail = token.trail[1:] if took_dot else token.trail
    for mark in "?!":
        if mark in trail:
            return mark
    if "..." in trail:
        return "," if following and following.core[:1].islower() else "."
    if "." in trail:
        return "."
    if any(mark in trail for mark in ",;:"):
        return "," if not token.breaks else "."
    if token.breaks and following:
        return "."
    return "," if ")" in trail and following else ""


def _opens(token: Token) -> bool:
    return "(" in token.lead or "[" in token.lead


def _clean(said: str, tongue: Language) -> str:
    """Only what a voice may be given: letters, apostrophes, hyphens, spaces, rests; "" without a letter."""
    latin = tongue.code in LATIN
    kept = "".join(character if _allowed(character, latin) else " " for character in said)
    kept = re.sub(r"(?<![^\W_])['-]+|['-]+(?![^\W_])", " ", kept) if "'" in kept or "-" in kept else kept
    kept = re.sub(r" +(?=[,.?!;:])", "", " ".join(kept.split())).lstrip(",.?!;: ")
    if not any(character.isalpha() for character in kept):
        return ""
    return re.sub(rf"[^\W\d_]{{{LONGEST_WORD}}}(?=[^\W\d_])", r"\g<0> ", kept)


def _allowed(character: str, latin: bool) -> bool:
    if character.isascii():
        return character.isalpha() or character in " ',.?!;:-"
    kind = unicodedata.category(character)
    if kind[0] not in "LM":
        return False
    return not latin or unicodedata.name(character, "").startswith(READABLE)


def _named_emoji(text: str, spans: list[Span], tongue: Language) -> list[Span]:
    named = _clean(emoji.names(text, tongue.code), tongue)
    if not named or not spans:
        return spans
    return [Span(spans[0].original, named), *spans[1:]]
