"""Requests that are done at once by code, without the model, in whatever words people make them.

A turn is a request only if all of it is: what is said beside it is politeness, address, thanks or an excuse.
"Stop talking, please" is one; "I can't stop thinking about her" is none, nor is "Stop. What's the time?":
there her voice has stopped by then, and the question is the turn.

What she has just asked counts: "Quiet." answers "How was the house?", and "Quiet, please." doesn't.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from itertools import pairwise

from companion.dialogue.grammar import expression, lines
from companion.dialogue.sayings import BASES, BESIDE, FOLDED, RULES, SAYINGS
from companion.dialogue.words import bare


class Request(Enum):
    """What is asked for."""

    STOP = "be silent"
    NEVER_MIND = "never mind"
    REPEAT = "say it again"
    GO_ON = "go on"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    MUTE = "mute"
    WAIT = "wait"
    """Time to think: the turn goes on, however long the silence."""


class _Certain(Enum):
    """Which lines of the rules count."""

    ANY = ("", "~", "~when", "~word")
    NO_ANSWER = ("", "~when", "~word")
    """She asked something: not those that may answer it."""
    NO_TIME = ("", "~word")
    """She asked for a time, or it must be beyond doubt."""
    NO_WORD = ("", "~when")
    """She asked for a word, or for one of two."""


MOST = 16
"""Words that a request has at most, with all politeness: the rules take longer for more."""

MOST_REASON = 6
"""Words of a reason that is given with a request, at most."""

_EXPLAINED = frozenset(
    {Request.REPEAT, Request.SLOWER, Request.FASTER, Request.LOUDER, Request.QUIETER, Request.MUTE}
)

_OF_US = r"i|i'm|you|you're|it|it's|that|that's|my|we|we're|there's|there|because"
_REASONS = re.compile(rf"(?:{_OF_US}) (?!want|need|would)")
_OTHERS = re.compile(rf"(?:{_OF_US}|the|people|every(?:one|body)(?:'s)?|some(?:one|body)(?:'s)?) (?!want)")
"""How a reason begins: it is said of somebody. "Tell me a joke" is none. "Hurry up, the bus is coming" isn't
meant for her, but "Quieter, the baby is asleep" is."""

_ALONE = frozenset({Request.MUTE, Request.WAIT})
"""What she does alone: "can we go to sleep?" and "let's wait" ask for something else."""

_BEFORE = f"(?:{expression(lines(RULES['before']), RULES)})*"
_BEHIND = f"(?:{expression(lines(RULES['behind']), RULES)})*"
_FILLER = re.compile(_BEFORE + _BEHIND + r"(?:\? )?")
_PIECES = re.compile(r"(?<=[.!?,;…—])\s+|\s+—\s+")
_TWICE = re.compile(r"(?<!\S)(\S+(?: \S+){0,3})(?: \1)+(?!\S)")
_TAG = "huh ? "
"""What asks for nothing behind a sentence: "It's cold, huh?"."""

_WHEN = re.compile(r"\b(?:how (?:long|much|many|soon|often|far|old)|when|what time|since)\b")
_WORD = re.compile(r"\b(?:or|sa(?:y|ys|id)|which|word|sign|sound|called|spelled|opposite)\b")
_MIND = re.compile(
    r"(?<!\S)(?:(?:(?:would|do) you mind|(?:how|what) about)(?: you)?( not)? (\w+)ing|"
    r"(?:i'd (?:\w+ )?it|it would be \w+) if you (\w+)ed)(?!\S)"
)
"""Frames whose verb has an ending: "would you mind (not) stopping", "I'd like it if you stopped"."""


def _pattern(certain: _Certain) -> re.Pattern[str]:
    """One expression for all requests, with a group for each."""
    groups = {r: f"(?P<{r.name}>{expression(_cores(r, certain), RULES)})" for r in Request}
    alone, others = (
        "|".join(groups[r] for r in Request if (r in _ALONE) is by_herself) for by_herself in (True, False)
    )
    ask, we = (expression(lines(RULES[rule]), RULES) for rule in ("ask", "we"))
    return re.compile(rf"{_BEFORE}(?:{ask})*(?:(?:{we})?(?:{others})|{alone}){_BEHIND}(?:\? )?")


def _cores(request: Request, certain: _Certain) -> list[str]:
    marked = [_MARKED.fullmatch(line) for line in lines(SAYINGS[request.name])]
    return [line["core"] for line in marked if line and line["mark"] in certain.value]


_MARKED = re.compile(r"(?P<mark>(?:~(?:when\b|word\b)?)?) *(?P<core>.+)")
_PATTERNS = {certain: _pattern(certain) for certain in _Certain}
_EXCUSES = {
    Request[name]: re.compile(f"{_BEFORE}{expression(lines(rule), RULES)}{_BEHIND}")
    for name, rule in BESIDE.items()
}
_FOLDS = [(re.compile(rf"(?<!\S)(?:{said})(?!\S)"), plain) for said, plain in FOLDED.items()]


def understand(text: str, asked: str = "") -> Request | None:
    """The request that all of `text` is, None if it is something else or more than that.

    `asked`: the question that she has just asked, if she has.
    """
    words = _plain(text)
    if not words:
        return None
    certain = _certain(text, asked)
    request = _of(words, certain) or _pieced(text, certain)
    # Where she has just asked, she had nothing more to say: "Go on." is an answer.
    return None if asked and request is Request.GO_ON else request


def _pieced(text: str, certain: _Certain) -> Request | None:
    """The request of a text that says more than one thing, if the others are no more than excuses for it."""
    pieces = [piece for piece in map(_plain, _PIECES.split(text)) if piece]
    found = [None if at and piece == _TAG else _of(piece, certain) for at, piece in enumerate(pieces)]
    requests = {request for request in found if request is not None}
    beside = [piece for piece, request in zip(pieces, found, strict=True) if request is None]
    if not requests or not all(_filler(piece) or _reason(piece, requests) for piece in beside):
        return None
    last = [request for request in found if request is not None][-1]
    return last if last is Request.GO_ON else min(requests, key=_ORDER)  # "Stop. Go on.": she was asked back


_ORDER: Callable[[Request], int] = tuple(Request).index


def holds_floor(text: str, asked: str = "") -> bool:
    """Whether the turn ends with a wish for time: "her name is, um, give me a second"."""
    if understand(text, asked) is Request.WAIT:
        return True
    pieces = [part for part in _PIECES.split(text.strip()) if bare(part)]
    tails = [" ".join(pieces[-count:]) for count in (1, 2)] if pieces else []
    return any(_of(_plain(tail), _certain(tail, asked or "?")) is Request.WAIT for tail in tails)


def asks_for_time(text: str) -> bool:
    """Whether the turn is a wish for time beyond doubt, and nothing else: it wants no answer, ever."""
    words = _plain(text)
    parts = [part for part in map(_plain, _PIECES.split(text)) if part]
    certain = _certain(text, "how long?")
    return any(
        all(_filler(part) or _of(part, certain) is Request.WAIT for part in whole)
        and not all(map(_filler, whole))
        for whole in ([words], parts)
    )


def _certain(text: str, asked: str) -> _Certain:
    """What counts behind her question: everything, where the words are surely meant for her."""
    said = bare(text)
    if not asked or {"please", "companion"} & set(said) or any(a == b for a, b in pairwise(said)):
        return _Certain.ANY
    if _WORD.search(asked.casefold()):
        return _Certain.NO_WORD
    return _Certain.NO_TIME if _WHEN.search(asked.casefold()) else _Certain.NO_ANSWER


def _reason(piece: str, requests: set[Request]) -> bool:
    """Whether a piece only says why: "I can't keep up, slow down a bit." Only beside what is done to her
    voice or ears, for "Stop, I want to talk about something else" wants an answer; beside others excuses."""
    if any(request in _EXCUSES and _EXCUSES[request].fullmatch(piece) for request in requests):
        return True
    begins = _REASONS if Request.FASTER in requests else _OTHERS
    short = len(piece.split()) <= MOST_REASON and "?" not in piece
    return requests <= _EXPLAINED and short and begins.match(piece) is not None


def _plain(text: str) -> str:
    """The words of `text` with a space behind each, in the one form that the rules know, and its "?"."""
    words = " ".join(bare(text))
    for said, plain in _FOLDS:
        words = said.sub(plain, words)
    words = _TWICE.sub(r"\1", _MIND.sub(_imperative, words))
    if not words:
        return ""
    return f"{words} ? " if text.rstrip("\"'”’) ").endswith("?") else f"{words} "


def _imperative(mind: re.Match[str]) -> str:
    stem = mind[2] or mind[3]
    verb = BASES.get(stem, stem)
    return f"don't {verb}" if mind[1] else f"please {verb}"


def _of(words: str, certain: _Certain) -> Request | None:
    if len(words.split()) > MOST:
        return None
    found = _PATTERNS[certain].fullmatch(words)
    return Request[found.lastgroup] if found and found.lastgroup else None


def _filler(words: str) -> bool:
    return len(words.split()) <= MOST and _FILLER.fullmatch(words) is not None
