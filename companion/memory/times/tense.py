"""Whether a sentence tells of what was or of what will be, as far as its verb beside an expression says."""

from __future__ import annotations

from collections.abc import Sequence

from companion.memory.times.tokens import Token

_PAST_TEXT = """
    was were wasn't weren't did didn't had hadn't went got saw met told said came took made gave bought ate
    drank felt found thought left lost won wrote ran sat spoke spent sent slept woke wore began broke
    brought built caught chose drove fell flew forgot grew heard held kept knew learnt lent paid rang rode
    rose sang sold shot stood stole swam taught threw understood became dreamt meant hung fought dug drew
    blew bit sank shook struck tore wept lay born used couldn't
"""
_PAST = frozenset(_PAST_TEXT.split())
_PARTICIPLES_TEXT = """
    been gone done seen met told said come taken made given bought eaten drunk felt found thought left lost
    won written run sat spoken spent sent slept woken worn begun broken brought built caught chosen driven
    fallen flown forgotten grown heard held kept known learnt lent paid rung ridden risen sung sold shot
    stood stolen swum taught thrown understood become dreamt meant hung fought had got gotten read put cut
    quit
"""
_PARTICIPLES = frozenset(_PARTICIPLES_TEXT.split())
_EITHER = frozenset(("read", "put", "cut", "quit", "hit", "let", "set", "hurt", "cost", "shut"))
_SUBJECTS = frozenset(("i", "you", "he", "she", "we", "they", "it"))
_AHEAD_TEXT = """
    will 'll won't shall should must can could can't may might would gonna am is are 'm 're isn't aren't
"""
_AHEAD = frozenset(_AHEAD_TEXT.split())
_HAVE = frozenset(("have", "has", "'ve", "haven't", "hasn't", "having"))
_GET = frozenset(("get", "gets", "getting", "be", "being", "to"))
_NOT_PAST_TEXT = """
    need feed bed red wed speed indeed hundred sacred naked weed seed bleed breed shed sled embed kid ted
    fred ned exceed proceed succeed greed deed alfred mohammed ahmed
"""
_NOT_PAST = frozenset(_NOT_PAST_TEXT.split())
_ADVERBS_TEXT = """
    not just already never ever also really still only probably always definitely all both n't you i we they
    he she it finally actually almost
"""
_ADVERBS = frozenset(_ADVERBS_TEXT.split())
_ENDS = frozenset(
    ("because", "and", "but", "that", "when", "while", "if", "where", "which", "who", "COMMA", "STOP")
)
_WISHES = frozenset(("want", "wants", "hope", "hopes", "plan", "plans", "let's"))
_MOVED = frozenset(
    ("planned", "scheduled", "booked", "set", "moved", "postponed", "delayed", "arranged", "fixed", "due")
)


_HAS_OR_IS = frozenset(("it", "he", "she", "that", "what", "there", "here", "who", "when", "where"))
_LEADS = frozenset(("on", "in", "at", "for", "over", "last", "this", "the"))

_REACH = 30
"""How many words off a verb may stand; what has no stops (a list, a log) would be searched end to end for
each time in it."""


def _is_past(word: str) -> bool:
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and word not in _NOT_PAST)


def _participle(line: Sequence[Token], at: int) -> bool:
    """Whether the verb behind `at`, adverbs and subjects aside, is a participle."""
    for token in line[at + 1 : at + 4]:
        if token.kind in _PARTICIPLES or _is_past(token.kind):
            return True
        if token.kind not in _ADVERBS:
            return False
    return False


def _helped(line: Sequence[Token], at: int) -> bool | None:
    """What a verb before `at` makes of the participle there: "will be finished", "have finished"."""
    for token in reversed(line[max(0, at - 4) : at]):
        if token.kind in _HAVE:
            return False
        if token.kind in _AHEAD or token.kind in _GET:
            return True
        if token.kind not in _ADVERBS:
            return None
    return None


def _marker(line: Sequence[Token], at: int) -> bool | None:
    """What the word at `at` says: True ahead, False past, None nothing."""
    word = line[at].kind
    if word in _HAVE or word == "'d":
        return None if word != "'d" and _did(line, at) else not _participle(line, at)
    if word == "'s":
        return _is_verb(line, at)
    if word in ("am", "is", "are", "'m", "'re", "isn't", "aren't"):
        return True
    if word in _AHEAD:
        return None if (word in ("can", "could", "would") and _asks(line, at)) else True
    if word in _WISHES:
        return None if _did(line, at) else True
    if word in _EITHER:
        return False if at and line[at - 1].kind in _SUBJECTS else None
    if _is_past(word):
        helped = _helped(line, at)
        return False if helped is None else helped
    return None


def _did(line: Sequence[Token], at: int) -> bool:
    """ "What did I want", "who did I have dinner with": "did" tells it, not the verb at `at`."""
    return any(token.kind in ("did", "didn't") for token in line[max(0, at - 4) : at])


def _is_verb(line: Sequence[Token], at: int) -> bool | None:
    """ "'s" for "has" tells of the past, for "is" of what will be; behind a name and before a thing it is
    neither."""
    if _participle(line, at):
        return False
    following = line[at + 1].kind if at + 1 < len(line) else ""
    known = at > 0 and line[at - 1].kind in (
        "it",
        "he",
        "she",
        "that",
        "what",
        "there",
        "here",
        "who",
        "when",
        "where",
    )
    doing = following.endswith("ing") and not line[at - 1].kind.isupper()
    return True if known or doing or following in ("the", "a", "my", "our", "at") else None


def _asks(line: Sequence[Token], at: int) -> bool:
    """ "Can you remind me": a request, which tells nothing of when."""
    return at + 1 < len(line) and line[at + 1].kind == "you"


def _clause(line: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    """Where the clause around the words `start` to `end` begins and ends, as far as anybody would look."""
    first, last = max(0, start - _REACH), min(len(line) - 1, end + _REACH)
    while start > first and line[start - 1].kind not in _ENDS:
        start -= 1
    while end < last and line[end + 1].kind not in _ENDS:
        end += 1
    return start, end


def _within(line: Sequence[Token], start: int, end: int, first: int, last: int) -> bool | None:
    """What the nearest verb of a clause says, the one before the expression sooner than the one behind it."""
    before = (m for at in range(first - 1, start - 1, -1) if (m := _marker(line, at)) is not None)
    behind = (m for at in range(last + 1, end + 1) if (m := _marker(line, at)) is not None)
    subject = first == 0 or line[first - 1].kind not in (
        "on",
        "in",
        "at",
        "for",
        "over",
        "last",
        "this",
        "the",
    )
    beside = _marker(line, last + 1) if subject and last + 1 <= end else None
    return beside if beside is not None else next(before, next(behind, None))


def _set_for(line: Sequence[Token], first: int) -> bool:
    """ "I booked it for", "it was moved to": the doing is past, the day isn't."""
    lead = line[first - 1].kind if first else ""
    return lead == "for" or (lead == "to" and first > 1 and line[first - 2].kind in _MOVED)


def tense(line: Sequence[Token], first: int, last: int) -> bool | None:
    """Whether what is said of the expression in the words `first` to `last` lies ahead (True) or has been
    (False); None where no verb tells. `line`: all words of the text, nothing folded.

    Asked is the expression's own clause, then the one behind it, then the one before it, in the same
    sentence.
    """
    start, end = _clause(line, first, last)
    told = _within(line, start, end, first, last)
    if told is False and _set_for(line, first) and line[start].kind != "what":
        return True
    if told is not None:
        return told
    if end + 1 < len(line) and line[end + 1].kind != "STOP":
        after = _clause(line, end + 2, end + 1)
        told = _within(line, end + 2, after[1], end + 2, end + 1)
    if told is None and start and line[start - 1].kind != "STOP":
        before = _clause(line, start - 1, start - 2)
        told = _within(line, before[0], start - 2, start - 1, start - 2)
    return told
