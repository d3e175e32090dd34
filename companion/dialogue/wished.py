"""What no notation says of a wish's own words: whether they state something, name somebody, put something
right. `MARKS` has a claim for every mark that a line of `memory_sayings` may begin with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from companion.dialogue.memory_sayings import FOLDED
from companion.dialogue.words import places


@dataclass(frozen=True, slots=True)
class Said:
    """A text: its words in the one form that the rules know, and where each stands."""

    text: str
    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Said:
        """The words of `text`."""
        found = places(text)
        words = tuple(FOLDED.get(word, word) for word, _, _ in found)
        return cls(text, words, tuple((start, end) for _, start, end in found))

    @property
    def line(self) -> str:
        """What the patterns match: a space behind each word, and "?" as a word of its own at the end."""
        return "".join(f"{word} " for word in self.words) + ("? " if self.asks else "")

    @property
    def asks(self) -> bool:
        """Whether it ends as a question does."""
        return self.text.rstrip("\"'”’) ").endswith("?")

    def between(self, start: int, end: int) -> str:
        """What stands in the text for that stretch of `line`, with the marks within, none around."""
        first, last = self.line[:start].count(" "), self.line[:end].count(" ") - 1
        return self.text[self.places[first][0] : self.places[last][1]]

    def mark_before(self, start: int) -> str:
        """The marks between the word at `start` of `line` and the one before it."""
        at = self.line[:start].count(" ")
        return self.text[self.places[at - 1][1] : self.places[at][0]] if 0 < at < len(self.places) else ""


@dataclass(frozen=True, slots=True)
class Found:
    """A text that a line fits: `about` and `instead` are the person's own words in it (as `Said.line` has
    them, "" where there are none), `mark` is what stands before `about` in the text. `before` is the
    politeness in front, `asked` what she had asked."""

    said: Said
    before: re.Match[str]
    about: str
    instead: str
    mark: str
    about_text: str
    instead_text: str
    asked: str

    @property
    def polite(self) -> bool:
        """Whether a question is a way to ask for it: "could you remember that ...?"."""
        words = " ".join(self.said.words)
        asks = words.endswith(("will you", "would you", "could you", "can you"))
        may = words.startswith(("can we", "could we", "may we", "can this", "could this", "would you mind"))
        return bool(self.before["ask"]) or "please" in self.said.words or asks or may

    @property
    def denies(self) -> bool:
        """Whether it begins as one who puts something right: "no, ..."."""
        return not _DENIALS.isdisjoint(self.before["before"].split())

    @property
    def names(self) -> bool:
        """Whether it says a name, a date or a number."""
        return bool(_proper(self.about_text) or _proper(self.instead_text))

    @property
    def stops(self) -> bool:
        """Whether a mark stands before what it is about."""
        return re.search(r"[,.;:!—–-]", self.mark) is not None

    @property
    def first(self) -> str:
        """The first word of what it is about."""
        return self.about.partition(" ")[0]

    def at_most(self, about: int, instead: int) -> bool:
        """Whether they have so many words, at most, and nothing is said within what it is put in place of."""
        torn = re.search(r"[,.;:]\s", self.instead_text)
        return self.about.count(" ") <= about and self.instead.count(" ") <= instead and not torn


_DENIALS = frozenset({"no", "nope", "nah", "actually", "sorry", "wait", "pardon"})

_COMMON_TEXT = """
    I I'm I've I'd I'll It's It She He They That's Not The We You My His Her She's He's They're A An In On At
    Its There There's
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def _proper(text: str) -> list[str]:
    """The words of `text` with a capital that isn't a common word's, and those with digits."""
    words = re.findall(r"[\w'’-]+", text)
    numbers = [word for word in words if word.casefold() in _NUMBERS]
    return numbers + [
        word for word in words if word not in _COMMON and (word[0].isupper() or word[0].isdigit())
    ]


_NUMBERS_TEXT = """
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred
"""
_NUMBERS = frozenset(_NUMBERS_TEXT.split())

VERB = re.compile(
    r"(?<!\S)(?:is|are|was|were|am|be|been|has|have|had|will|would|can|could|can't|won't|isn't|aren't|wasn't|"
    r"weren't|doesn't|don't|didn't|does|do|did|must|should|may|might|needs?|wants?|likes?|loves?|hates?|lives?|"
    r"works?|goes|gets?|got|starts?|ends?|means?|comes?|takes?|eats?|drinks?|prefers?|keeps?|became|went|saw|"
    r"go|come|leave|bought|left|met|lost|sold|broke|quit|owes?|plays?|wears?|speaks?|sings?|"
    r"\w+'(?:s|re|m|ll|ve|d)|\w+n't|\w{3,}ed) "
)
"""A word that nearly always is the verb of a statement."""

_SUBJECTS_TEXT = """
    i she he they we it my his her our their its it's she's he's they're i'm i've we're there's actually the
"""
_SUBJECTS = frozenset(_SUBJECTS_TEXT.split())

_STARTS_TEXT = """
    you there your the a an this these those someone everyone nobody everything no on in at from since until
    tomorrow today next when if after before every all most both some mum mom dad grandma grandpa uncle aunt
    i'd i'll you're monday tuesday wednesday thursday friday saturday sunday tonight
"""
_STARTS = _SUBJECTS | frozenset(_STARTS_TEXT.split())
"""How a statement begins."""

_POINTERS = frozenset(
    {"it's", "that's", "that", "this", "it", "wrong", "you've", "incorrect", "he'd", "she'd"}
)
"""How what is said of something begins that no name does."""

_REMINISCED_TEXT = """
    time times day days night guy man woman girl boy one ones song film movie trip place thing story book week
    summer winter year party restaurant moment evening morning weekend holiday concert game joke
"""
_REMINISCED = frozenset(_REMINISCED_TEXT.split())
"""What "that" points at: "remember that night in Rome"."""

_NO_CLAIM_TEXT = """
    to when how who what why where whether if me him us them not never about that
"""
_NO_CLAIM = frozenset(_NO_CLAIM_TEXT.split())

_NOT_HERS_TEXT = """
    question questions rest idea past whole story point joke details time manners voice rain weather email
    emails e-mail e-mails file files photo photos picture pictures app apps alarm keys
"""
_NOT_HERS = frozenset(_NOT_HERS_TEXT.split())
_PRONOUNS = frozenset({"him", "her", "them", "me", "us", "you", "it", "this", "that", "about"})


_SHARED = re.compile(r"(?:the|that|those|our) (?:\S+ ){1,4}(?:we|i|you) \S+ $")
"""Something of a past that both know: "the old house we saw"."""


def _has_verb(found: Found) -> bool:
    return VERB.search(found.about) is not None


def _statement(found: Found) -> bool:
    """ "Remember that she moved" states something, "remember that night in Rome" doesn't."""
    if found.first in _REMINISCED or found.first in _NO_CLAIM - {"if", "when"} or found.about.count(" ") < 2:
        return False
    starts = found.first in _STARTS or found.first.endswith("s") or found.about_text[0].isupper()
    return starts or _has_verb(found)


def _claim(found: Found) -> bool:
    """ "Remember my code is 4512" claims something, "remember my birthday" doesn't."""
    claims = found.first not in _NO_CLAIM and found.about.count(" ") > 1 and _has_verb(found)
    return claims and not _SHARED.match(found.about)


def _hers(found: Found) -> bool:
    """ "Forget about him" is advice, and a voice is forgotten elsewhere."""
    words = found.about.split()
    points = words[0] in _PRONOUNS and (len(words) == 1 or words[0] not in ("this", "that"))
    return not points and "voice" not in words[-1] and words[:2] != ["the", "voice"]


def _theirs(found: Found) -> bool:
    """ "Forget my address" is hers to do, "delete my photos" isn't."""
    words = found.about.split()
    return _NOT_HERS.isdisjoint(words) and words[-1] not in ("is", "was")


def _word(found: Found) -> bool:
    """It says no more than was said: "no, I said that I'd come" tells something."""
    words = found.about.split()
    points = words[0] in ("the", "another", "any") and words[-1] in ("one", "ones", "other", "others", "same")
    plain = found.first not in ("that", "it", "so", "this", "what", "to", "something", "nothing", "it's")
    return plain and not points and found.at_most(6, 6)


def _apart(found: Found) -> bool:
    """ "Not Thomas, Jonas": two names, not one."""
    told = not {"but", "said", "meant"}.isdisjoint(found.said.words)
    return found.instead not in ("right ", "true ", "correct ") and (found.stops or told)


def _contrasts(found: Found) -> bool:
    """ "It's Saturday, not Friday" sets one against the other, "it's certainly not Friday" doesn't."""
    words = found.about_text.split()
    apart = re.search(r"[,;.–—-]\s*(?:and )?not\s+" + re.escape(found.instead_text), found.said.text, re.I)
    return bool(found.instead) and (apart is not None or bool(words and _proper(words[-1])))


MARKS: dict[str, Callable[[Found], bool]] = {
    "statement": _statement,
    "claim": _claim,
    "hers": _hers,
    "theirs": _theirs,
    "word": _word,
    "name": lambda found: found.first not in _STARTS | _POINTERS,
    "contrasts": _contrasts,
    "topic": lambda found: (
        re.fullmatch(r"(?:(?:to|with) )?(?:each other|together|you|me|properly|really) ", found.about) is None
    ),
    "names": lambda found: found.names,
    "denies": lambda found: found.denies,
    "corrects": lambda found: found.at_most(10, 5) and (found.denies or found.names),
    "contradicts": lambda found: (
        "no" in found.before["before"].split() and not found.asked and found.at_most(6, 0)
    ),
    "stops": lambda found: found.at_most(14, 6) and (found.stops or found.first in _SUBJECTS),
    "apart": _apart,
    "short": lambda found: found.at_most(12, 6),
    "brief": lambda found: found.at_most(8, 5),
    "few": lambda found: found.at_most(4, 3),
    "bare": lambda found: found.at_most(4, 0) and not re.search(r"[,;]", found.about_text),
    "proper": lambda found: (
        found.about_text[:1].isupper() and found.first not in _SUBJECTS and found.at_most(8, 0)
    ),
    "spells": lambda found: found.at_most(8, 3),
    "letters": lambda found: (
        re.fullmatch(r".*\bwith (an?|one|two|the) .*|(\w[-. ]){2,}\w? ?", found.about) is not None
    ),
    "erases": lambda found: "forget it " not in found.said.line,
}
"""What a mark claims of the text that a line fits."""
