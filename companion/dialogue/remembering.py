"""What people ask of her memory, in whatever words: all of a turn, as with the requests of `requests`.

"Remember that my locker code is 4512" is one; "I remember that" and "remind me to call mum" are none, nor is
"He said that off the record". Whether memory has anything to do with it, memory says; where it hasn't, the
model answers as ever.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from companion.dialogue.events import Ask
from companion.dialogue.grammar import expression, lines
from companion.dialogue.memory_sayings import FILLER, NO, RULES, SAYINGS, YES
from companion.dialogue.requests import understand as requested
from companion.dialogue.sayings import RULES as POLITE
from companion.dialogue.wished import MARKS, VERB, Found, Said

MOST = 60
"""Words that a wish has at most: what is to be kept may be told at some length."""

WHAT_IS_RIGHT = "What is right, then?"
"""What she asks who says no more than that something is wrong."""

MOST_RIGHT = 16
"""Words of an answer to that at most."""

MOST_ANSWER = 10
"""Words of a yes or no at most."""

_LONGEST = 12
"""Words of politeness in front, at most."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, `about` what ("": what was just said), and, where something is put right, what it takes
    the place of ("": that isn't said)."""

    ask: Ask
    about: str = ""
    instead_of: str = ""


def understand(text: str, *, confirming: bool = False, asked: str = "") -> Wish | None:
    """The wish that all of `text` is, None if it is something else or more than that.

    `confirming`: she has read back what will be erased, and waits for a yes or no. `asked`: the question that
    she has just asked, if she has; "No, it's April." answers it, and says what is right behind
    `WHAT_IS_RIGHT`.
    """
    said = Said.of(text)
    if not said.words or len(said.words) > MOST:
        return None
    if confirming and (answer := _answer(said)) is not None:
        return Wish(answer)
    line, fronts = said.line, _fronts(said)
    for pattern, before in itertools.product(_PATTERNS, fronts):
        found = pattern.compiled.fullmatch(line, before.end())
        if found and (wish := pattern.wish(said, before, found, asked)):
            return _as_asked(wish, said, asked)
    return _asked_behind(said) or (_right(said, fronts) if asked.endswith(WHAT_IS_RIGHT) else None)


def yes_or_no(text: str) -> Ask | None:
    """Whether all of `text` says yes (`Ask.YES`) or no (`Ask.NO`) to what she has read back."""
    return _answer(Said.of(text))


# --- the patterns

_ALL = {**POLITE, **RULES}
_OWN = {
    "ABOUT": r"(?:[^\s?]+ )+?",
    "INSTEAD": r"(?:[^\s?]+ ){1,6}?",
    "MINE": r"(?:my|his|her|our|their|\S+'s) (?:[^\s?]+ ){1,5}?",
    "OURS": r"(?:my|our|me|mine|us) (?:[^\s?]+ ){0,6}?",
    "CLAIM": r"(?:she|he|they|we|i|my|his|her|our|their|the|you|\S+'s) (?:[^\s?]+ ){1,10}?",
    "ITS": expression(lines(RULES["it-is"]), _ALL) + r"(?:[^\s?]+ ){1,10}?",
    "AT": r"(?:in|on|at) (?:[^\s?]+ ){1,4}?",
    "WHEN": r"(?:in|on|at) ",
    "TIMED": r"\S+ (?:\S+ )?",
    "TIME": expression(lines(RULES["time"]), _ALL),
}
"""What stands for people's own words."""

_BEFORE = re.compile(
    f"(?P<before>(?:{expression([*lines(POLITE['before']), *lines(RULES['before-too'])], _ALL)}){{0,6}})"
    f"(?P<ask>(?:{expression(lines(POLITE['ask']), _ALL)}){{0,2}})"
)
_AFTER = f"(?:{expression(lines(RULES['after']), _ALL)}){{0,3}}"

_NO_QUESTIONS = frozenset({Ask.WRONG, Ask.MISHEARD})
_POLITE_QUESTIONS = frozenset({Ask.KEEP, Ask.FORGET, Ask.OFF_RECORD, Ask.ON_RECORD})


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line of the wordings: what it asks, and the marks that its words are held against."""

    ask: Ask
    marks: tuple[str, ...]
    about: str
    compiled: re.Pattern[str]

    @classmethod
    def of(cls, ask: Ask, line: str) -> _Pattern:
        marks, words = _parted(line)
        count = itertools.count(1)
        core = expression([words], _ALL)
        for name, meant in _OWN.items():
            group = "instead" if name in ("INSTEAD", "WHEN") else "about"
            made = (lambda _, meant=meant: meant) if name == "TIMED" else _named_group(group, meant, count)
            core = re.sub(rf"(?<!\w){name} ", made, core)
        everything = "everything" if "all" in marks else ""
        claims = tuple(mark for mark in marks if mark != "all")
        return cls(ask, claims, everything, re.compile(rf"{core}{_AFTER}(?:\? )?"))

    def wish(self, said: Said, before: re.Match[str], match: re.Match[str], asked: str) -> Wish | None:
        """The wish of a text that the line fits, if it is meant so."""
        spans = {"about": (0, 0), "instead": (0, 0)}
        for name, value in match.groupdict().items():
            if value:
                part = name.rstrip("0123456789")
                start, end = match.span(name)
                first = spans[part][0] if spans[part][1] else start
                spans[part] = (first, end)
        about, instead = (said.between(*span) if span[1] else "" for span in spans.values())
        found = Found(
            said, before, said.line[slice(*spans["about"])], said.line[slice(*spans["instead"])],
            said.mark_before(spans["about"][0]) if about else "", about, instead, asked,
        )  # fmt: skip
        if said.asks and (self.ask in _NO_QUESTIONS or (self.ask in _POLITE_QUESTIONS and not found.polite)):
            return None
        if self.ask is Ask.FORGET and about:
            about = said.between(_lead_of(said.line, spans["about"][0]), spans["about"][1])
        meant = all(MARKS[mark](found) for mark in self.marks if about or mark in _ALWAYS)
        return Wish(self.ask, self.about or about, instead) if meant else None


_ALWAYS = frozenset({"denies", "erases", "names"})
"""Marks that hold of a text where it is about nothing, too."""


_NAMED_TIME = re.compile(
    r"(?:from|in|on|at|during) (?=(?:the )?(?:\d|(?:sun|mon|tues|wednes|thurs|fri|satur)day |"
    r"(?:christmas|easter|halloween|new year)(?:'s)? |(?:january|february|march|april|may|june|july|august|"
    r"september|october|november|december|spring|summer|autumn|fall|winter) |(?:first|second|third|"
    r"(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf)th|\w+(?:eenth|ieth)|twenty|thirty) ))"
)
"""A time that may be spoken of, too: what stands before it says that it is when something was said."""


def _lead_of(line: str, start: int) -> int:
    """Where what a wish is about begins in `line`: with "on" where it is "on Friday", so that it isn't taken
    for something said about Friday."""
    before = line.rfind(" ", 0, max(0, start - 1)) + 1
    return before if _NAMED_TIME.match(line, before) else start


def _parted(line: str) -> tuple[list[str], str]:
    """The marks of a line, and its wording."""
    marks = re.match(r"(?:~\w+ )*", line)
    assert marks is not None
    return [mark[1:] for mark in marks[0].split()], line[marks.end() :]


def _named_group(name: str, meant: str, count: Iterator[int]) -> Callable[[re.Match[str]], str]:
    """What puts a group of its own in the place of a person's words: a name may stand in a pattern once."""
    return lambda _: f"(?P<{name}{next(count)}>{meant})"


_PATTERNS = [_Pattern.of(Ask[name], line) for name, rule in SAYINGS.items() for line in lines(rule)]


def _fronts(said: Said) -> list[re.Match[str]]:
    """Every way in which words at the front may be no more than politeness, the longest first."""
    line = said.line
    ends = [0, *(at + 1 for at, letter in enumerate(line) if letter == " ")][: _LONGEST + 1]
    found = (_BEFORE.fullmatch(line, 0, end) for end in reversed(ends) if end < len(line))
    return [before for before in found if before]


# --- what is told first, and then asked for

_AND = r"(?<=[.,;!?—–-])\s+(?:(?:so|and|but|please|just|now|okay)[ ,]+)*"
_OFF_BEHIND = re.compile(
    _AND + r"(?:(?:that|this|it|all of (?:that|this))(?:['’]s| is| was| stays) (?:all |strictly )?|"
    r"keep (?:that|this|it) )off the record(?:,? please|,? okay|,? all right|,? by the way)*[.!]*$",
    re.IGNORECASE,
)
_KEEP_BEHIND = re.compile(
    _AND + r"(?:(?:remember|note|make a (?:mental )?note of|keep a note of) (?:that|this|it)|"
    r"(?:don['’]t|do not|never) (?:you )?forget (?:that|this|it)|don['’]t (?:you )?forget|"
    r"(?:keep|bear) (?:that|this|it) in mind|(?:write|note|jot|put) (?:that|this|it) down|please remember)"
    r"(?: for me| for later)?(?:,? please|,? okay|,? will you)*[.!?]*$",
    re.IGNORECASE,
)


def _asked_behind(said: Said) -> Wish | None:
    """What is told first, and then asked for: "Jonas is allergic to nuts, remember that."."""
    for ask, pattern in ((Ask.OFF_RECORD, _OFF_BEHIND), (Ask.KEEP, _KEEP_BEHIND)):
        found = pattern.search(said.text)
        about = said.text[: found.start()].strip(" ,;—–-") if found else ""
        if about and (ask is Ask.OFF_RECORD or ("?" not in about and VERB.search(Said.of(about).line))):
            return Wish(ask, about.rstrip(".!"))
    return None


_EVASIONS = (
    r"(?:i|we) (?:don't|do not|didn't|can't|forgot|forget|wonder|guess|think so|have to|need to) .*",
    r"i'm (?:not sure|sorry|tired) .*|(?:let|tell) (?:me|us) .*|let's .*|(?:can|could|do|would) you .*",
    r"(?:what|what's|why|who|who's|how|where|when|which|don't|never|no idea|not sure|not now) (?:.* )?",
    r"(?:nothing|nobody|none|whatever|wait|hold|hang|stop|forget|skip|drop|something|thanks|thank|dunno) .*",
    r"good question .*|you(?:'re| are)? (?:right|know|tell|should|said) .*|it doesn't matter .*",
    r"(?:that's|that is) (?:right|wrong|all|not|it|a good) .*",
    r"(?:it's|it is) (?:fine|okay|nothing|not important|all right|no matter) .*",
    r"(?:(?:it's|it is|i meant|i mean|i said) )?(?:the|that|this|another) (?:\S+ )?(?:ones?|others?) ",
    r"(?:another|that|this|it|so|like) ",
    expression(lines(FILLER), _ALL) + "{1,4}",
)
"""What leaves it open what is right."""
_EVASION = re.compile("|".join(_EVASIONS))


def _as_asked(wish: Wish, said: Said, asked: str) -> Wish:
    """ "Not March, April." puts right what she has asked about, and no word that she misheard."""
    of_words = not {"said", "say", "meant", "misheard", "heard", "spelled"}.isdisjoint(said.words)
    if wish.ask is Ask.MISHEARD and wish.about and asked.endswith(WHAT_IS_RIGHT) and not of_words:
        return Wish(Ask.WRONG, wish.about, wish.instead_of)
    return wish


def _right(said: Said, fronts: list[re.Match[str]]) -> Wish | None:
    """What is right, where she has asked for that: "It's April.", "April."."""
    start = fronts[0].end()
    evades = any(_EVASION.fullmatch(said.line, front.end()) for front in fronts)
    open_still = evades or _answer(said) is not None
    if said.asks or open_still or len(said.words) > MOST_RIGHT or requested(said.text) is not None:
        return None
    return Wish(Ask.WRONG, said.between(start, len(said.line)))


# --- yes and no

_FILL = f"(?:{expression(lines(FILLER), _ALL)})"
_YES, _NO = (
    re.compile(rf"{_FILL}{{0,4}}(?:{core})(?:{core}|{_FILL}){{0,8}}")
    for core in (expression(lines(rule), _ALL) for rule in (YES, NO))
)


def _answer(said: Said) -> Ask | None:
    if said.asks or not 0 < len(said.words) <= MOST_ANSWER:
        return None
    if _NO.fullmatch(said.line):
        return Ask.NO
    return Ask.YES if _YES.fullmatch(said.line) else None
