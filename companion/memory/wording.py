"""What two texts have in common: where one stands in the other, which words, numbers and names they share."""

from __future__ import annotations

import re


def place(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text (start and end, characters), whatever the case, the spaces and the marks
    between its words; None where it doesn't."""
    words = _WORD.findall(quote)
    if not words:
        return None
    pattern = re.sub("['’]", "['’]", r"[\W_]+".join(map(re.escape, words)))
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return (found.start(), found.end()) if found else None


def backed(statement: str, text: str) -> float:
    """Which part of a statement's content words stands in a text, by their stems (0..1); 1.0 for one without
    content words."""
    wanted = content(statement)
    given = set(content(text))
    return sum(stem in given for stem in wanted) / len(wanted) if wanted else 1.0


def content(text: str) -> list[str]:
    """The stems of the words of a text that say something."""
    return [stem(word) for word in _WORD.findall(text.casefold()) if word not in _EMPTY]


def stem(word: str) -> str:
    """A word without the endings that English bends it by; not for show."""
    word = re.sub(r"['’]s?$", "", word.casefold())
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    word = word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl" else word
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def figures_and_names(statement: str, text: str) -> bool:
    """Whether every number and name of a statement stands in a text."""
    return numbers(statement) <= numbers(text) and names(statement) <= all_words(text)


def numbers(text: str) -> set[str]:
    """The numbers of a text, as digits."""
    return set(re.findall(r"\d+", text))


def names(text: str) -> set[str]:
    """The words with a capital but for the first, in lower case and without "'s"."""
    capitals = [word for word in _WORD.findall(text)[1:] if word[:1].isupper() and word != "I"]
    return {re.sub(r"['’]\w*$", "", word).casefold() for word in capitals}


def all_words(text: str) -> set[str]:
    """The words of a text in lower case, those with an "'s" also without it."""
    words = {word.casefold() for word in _WORD.findall(text)}
    return words | {re.sub(r"['’]\w*$", "", word) for word in words}


_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENDINGS = (
    "ations", "ation", "ingly", "ings", "ing", "edly", "ied", "ies", "ed", "ments", "ment", "ness", "ers",
    "er", "ors", "or", "ly", "es", "s", "e",
)  # fmt: skip
_EMPTY_TEXT = """
    a an the this that these those it its it's i i'm i've i'd i'll me my mine myself we we're we've us our
    ours you you're you've your yours yourself he he's him his she she's her hers they they're them their who
    whom whose which what when where why how am is are was were be been being do does did done doing have has
    had having will would shall should can could may might must 'll 're 've not no nor n't don't didn't
    doesn't isn't wasn't aren't and or but so if because as of at by for with about into through to from in
    on off out up down over under again then than too very just really also says said say told tells user
    speaker there here all any some such own same s t got get gets am 'cause cause since until while
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
