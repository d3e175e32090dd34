"""What somebody says of themselves or theirs, clause by clause, told from questions, ifs and comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from companion.memory.patterns_words import (
    ADVERBS,
    AUXILIARIES,
    COMMON,
    FEELINGS,
    HEALTH,
    LIGHT,
    NO_NAMES,
    PLACES,
    PREFERENCES,
    REACTIONS,
    SALIENT,
    SMALL_TALK,
    STATES,
    STRONG,
    WORK,
)
from companion.memory.people import RELATIONS


WORTH = 2
"""What a clause must weigh to be proposed; see `worth`."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a turn."""

    text: str
    is_question: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with its subject: "I" for the speaker, "my sister", or a name. `verb` in lower case; `future`:
    what is still to come; `sure` 0..1, lower for what is hedged."""

    subject: str
    text: str
    verb: str
    future: bool
    sure: float


def sentences(text: str) -> list[Sentence]:
    """The sentences of a turn; also in speech that has few marks."""
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0].strip(' -–—,\n\t"')
        if words:
            asks = "?" in match[0] or _ASKS.match(_LEAD.sub("", words)) is not None
            found.append(Sentence(words, asks))
    return found


def clauses(sentence: str, names: Collection[str] = ()) -> Iterator[Clause]:
    """The clauses of a sentence, no question, that state something of the speaker, of theirs, or of somebody
    by name (one of `names`, or plainly one), and that is likely to last."""
    for piece in _DASH.split(sentence):
        starts = list(_starts(piece, names))
        if not starts or starts[0][0] > 0:
            yield from _elided(piece, starts[0][0] if starts else len(piece))
        ends = [start[0] for start in starts[1:]] + [len(piece)]
        for (at, subject, body), end in zip(starts, ends, strict=False):
            if not _IF.search(piece[:at]):
                first = 0 if _WHEN_ALONE.fullmatch(piece[:at]) else at
                yield from _judged(subject, _trimmed(piece[first:end]), piece[body:end])


def _starts(sentence: str, names: Collection[str]) -> Iterator[tuple[int, str, int]]:
    """Where clauses begin: (place, subject, place of what follows the subject)."""
    for match in _SUBJECT.finditer(sentence):
        subject, before = match["subject"], sentence[: match.start("subject")]
        name = (match["name"] or "").casefold()
        if name and (before.strip() or not _is_name(match, sentence, names)):
            continue
        if not match["name"] and before.strip() and not _BORDER.search(before):
            continue
        if match["my"] and match["noun"].casefold().rstrip("s") not in RELATIONS | SALIENT:
            continue
        told = "I" if match["i"] or match["we"] else _whose(match)
        yield match.start("subject"), told, match.start("subject") + len(subject)


def _is_name(match: re.Match[str], sentence: str, names: Collection[str]) -> bool:
    """Whether a capital begins somebody's name: a known one's, or one who does what only people do."""
    name = match["name"]
    if name in names:
        return True
    return name.casefold() not in NO_NAMES and _PERSONS_DO.match(sentence, match.end("name")) is not None


def _whose(match: re.Match[str]) -> str:
    """ "my sister" where the clause is about a person of the speaker's; the speaker where it is a thing."""
    if match["name"]:
        return match["name"]
    return f"my {match['noun'].casefold()}" if match["noun"].casefold() in RELATIONS else "I"


def _judged(subject: str, text: str, body: str) -> Iterator[Clause]:
    """The clause, if it states what lasts."""
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(body)]
    bare = [word for word in words if word not in ADVERBS]
    auxiliary, verb, rest = _verb(bare)
    if not verb.isalpha() or _TO_YOU.search(body):
        return
    if subject == "I" and not _says_something(verb, rest):
        return
    if subject == "I" and not _lasting(auxiliary, verb, rest, body):
        return
    future = bool(_AHEAD.search(" ".join(bare))) or "wanna" in bare or "gonna" in bare
    weight = worth(text, verb, future)
    if weight >= WORTH:
        yield Clause(subject, text, verb, future, _sure(weight, text))


def worth(text: str, verb: str, future: bool) -> int:
    """How much speaks for a clause being remembered: a verb of what a life is made of, a time, somebody or
    something of one's own, and words that tell."""
    words = {word.casefold() for word in _WORD.findall(text)}
    singular = words | {word.rstrip("s") for word in words}
    weight = 2 * (verb in STRONG | STATES) + (verb in COMMON)
    weight += 2 * bool(_WHEN.search(text)) + future + 2 * (verb in ("a", "an"))
    weight += bool(singular & (WORK | HEALTH | PLACES | SALIENT | RELATIONS)) + bool(
        words & (PREFERENCES | FEELINGS)
    )
    weight += (len(_telling(text)) >= 3) + (len(_telling(text)) >= 5)
    all_of_us = bool(_OF_ALL.search(text))
    return weight - all_of_us * (3 if text.casefold().startswith("we") else 1) - 3 * bool(_VAGUE.search(text))


def _sure(weight: int, text: str) -> float:
    return (0.8 if weight > WORTH else 0.65) - (0.2 if _HEDGED.search(text) else 0.0)


def _elided(sentence: str, end: int) -> Iterator[Clause]:
    """A sentence that leaves "I" out: "Just lost my job.", "Been running a lot.", "Gonna open a studio."."""
    text = _trimmed(_LEAD.sub("", sentence[:end]))
    first = _ELIDED.match(text)
    if first is None or _TO_YOU.search(text) or _GERUND.search(text):
        yield from _about_own(text)
        return
    yield from _judged("I", text, text)


def _about_own(text: str) -> Iterator[Clause]:
    """A sentence about something else that says what it is to the speaker: "dancing is my passion"."""
    about = _OWN.search(text)
    own = (about is not None and about["noun"].casefold() in SALIENT) or _CHANGED.search(text) is not None
    own = (own and not _POINTING.match(text)) or _DREAM.search(text) is not None
    if own and not _TO_YOU.search(text) and len(_telling(text)) >= 3 and not _OF_ALL.search(text):
        yield Clause("I", text, "be", False, 0.6)


def _verb(words: list[str]) -> tuple[str, str, list[str]]:
    """(auxiliaries, main verb, what follows) of the words behind a subject."""
    at = 0
    while at < len(words) and (words[at] in AUXILIARIES or words[at] == "to" and at):
        at += 1
    auxiliary = " ".join(words[:at])
    if at < len(words):
        return auxiliary, words[at], words[at + 1 :]
    return (auxiliary, words[at - 1], []) if at else ("", "", [])


def _says_something(verb: str, rest: list[str]) -> bool:
    """Whether there is enough behind a verb to remember."""
    telling = [word for word in rest if word not in LIGHT and word not in _GLUE]
    needed = 1 if verb in STRONG | STATES or verb not in LIGHT else 2
    return len(telling) >= needed or verb in STATES


def _lasting(auxiliary: str, verb: str, rest: list[str], body: str) -> bool:
    """Whether what somebody says of themselves is more than a comment."""
    if auxiliary.startswith(("would", "'d", "could", "should", "might", "may", "can", "can't", "couldn't")):
        return _WISHED.search(body) is not None
    own = _OWN.search(body) is not None
    if verb in ("thinking", "looking"):
        return _WEIGHED.search(body) is not None
    if verb in ("a", "an", "the"):
        return auxiliary.split()[-1:] != [] and _IDENTITY.search(body) is not None
    if verb in REACTIONS:
        return own and bool(rest)
    return verb not in SMALL_TALK or (verb in ("get", "got") and _telling(" ".join(rest)) != [])


def _telling(text: str) -> list[str]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return [word for word in words if word not in LIGHT | ADVERBS | AUXILIARIES and word not in _GLUE]


def _trimmed(text: str) -> str:
    """A clause without what only leads on to the next."""
    return _TAIL.sub("", text.strip(" ,;:-–—")).strip(" ,;:-–—.!")


_WORD = re.compile(r"'(?:m|re|ve|ll|d|s)\b|[^\W_]+n['’]t\b|[^\W_]+(?:-[^\W_]+)*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.!?\n;]|\.(?=\w))+[.!?;\n]*")
_LEAD = re.compile(
    r"^(?:(?:oh|um|uh|well|hi|hello|hey(?: \w+)?|yeah|yep|yes|yup|sure|okay|ok|so|and|but|also|actually|anyway|wow|"
    r"thanks|thank you|no|nah|honestly|absolutely|definitely|totally|lol|haha|exactly|right)\b[,!. ]*)+",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:do|does|did|have|has|are|is|was|were|can|could|would|will|should|what|who|why|how|when|where|which)\s"
    r"(?:i|you|we|he|she|it|they|the|your|my|there|'s|'re|do|does|did|are|is|was)\b|"
    r"(?:what|how|who|where|when)['’]s\b",
    re.IGNORECASE,
)
_RELATION = "|".join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))
_SUBJECT = re.compile(
    r"(?P<subject>(?P<i>\bI)(?=['’ ])|(?P<we>\b[Ww]e)(?=['’ ])|"
    r"(?P<my>\b(?:[Mm]y|[Oo]ur) (?:\w+ )??(?P<noun>[\w-]+)(?: [A-Z][a-z]+)?)(?=['’]s | (?:and|is|are|was|were|has|"
    r"have|had|will|can|does|did|just|also|always|really|[a-z]+ed|[a-z]+s|got|went|came|lost|gave|made|took|"
    r"moved|works|lives|'s)\b)|"
    r"(?P<name>\b[A-Z][a-z]+)(?=['’]s (?:a|an|my|the|been|going|coming|got|getting|moving|having|birthday|"
    r"pregnant|engaged|married)\b| (?:is|was|has|had|will|got|works|lives|loves|likes|hates|moved|went|came|wants|lost|started|"
    r"bought|passed|broke|told)\b))"
)
_BORDER = re.compile(
    r"(?:[,;:()–—-]|\b(?:and|but|so|because|'?cause|since|when|while|after|before|though|although|that|then|"
    r"plus|also|yeah|well|or|cuz|cos|until|as|think|guess|know|hope|believe|say|said|now|today|yesterday|lately|"
    r"recently|actually|honestly|ago|week|weekend|month|year|night|day|morning|friday|saturday|sunday|monday|"
    r"tuesday|wednesday|thursday)[,]?)\s*$",
    re.IGNORECASE,
)
_IF = re.compile(
    r"\b(?:if|unless|whether|wish|hope|imagine|suppose|than)\b[^,;:–—]*$|\b(?:what|how|why)(?: \w+)?\s*$",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+[–—-]+\s+|\s?--\s?|\s?—\s?|(?<=[a-z])- (?=[a-z])")
_OF_ALL = re.compile(
    r"\b(?:each other|one another|we all|people|the world|life's|others|everyone|last (?:chatted|spoke|talked|met))\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:made|given|gave|helped|taught|inspired|motivated|saved|changed|brought|brings|helps|makes|gives|keeps|"
    r"kept) (?:me|my)\b",
    re.IGNORECASE,
)
_TO_YOU = re.compile(r"\b(?:you|your|yours|ya|u|you['’]\w+|yourself)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:my|our)\s(?:own\s|new\s|first\s|\w+\s)??(?P<noun>\w+)", re.IGNORECASE)
_AHEAD = re.compile(
    r"^(?:'ll|will)\b|\bgoing to\b|^(?:am |'m |'re |are )?(?:planning|hoping|looking|thinking|trying|aiming|"
    r"considering)\b|^(?:plan|want|hope|wanna|intend|aim|need)\b|^'d (?:love|like)\b"
)
_HEDGED = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|might|guess|think|not sure|kind of|sort of)\b", re.I
)
_WISHED = re.compile(
    r"(?:['’]d|would) (?:really |also |so )?(?:love|like) to (?!see|hear|know|help|come|join|check|try that|chat|"
    r"talk|support|learn more|take a look)\w+ |\bcan(?:['’]t|not| not)? (?:eat|drink|stand|sleep|play|speak|cook|"
    r"swim|drive|ride|sing|dance|draw|paint|afford|walk)\b|can['’]t wait to (?!see|hear|know|check|try|meet|read|"
    r"share)\w+ ",
    re.IGNORECASE,
)
_ELIDED = re.compile(
    r"(?:just |also |finally |recently |still |already |currently |never |not )*(?:been|gonna|wanna|planning|hoping|"
    r"thinking (?:of|about)|looking (?:for|to|into)|trying to|working|starting|started|lost|got|moved|quit|"
    r"bought|sold|opened|opening|joined|broke|passed|met|went|had|took|made|ran|read|won|found|learned|learning|"
    r"researching|studying|practicing|playing|training|living|moving|visiting|signed|finished|launched|hired|"
    r"can't wait to (?!see|hear)\w+ \w+)\b",
    re.IGNORECASE,
)
_GERUND = re.compile(r"^\w+ing\b.*\b(?:is|are|was|helps|makes|can|brings|gives|has|['’]s)\b", re.IGNORECASE)
_TAIL = re.compile(
    r"(?:[,\s–—-]+(?:and|but|so|because|'?cause|since|when|while|after|before|though|although|that|then|plus|also|"
    r"or|cuz|cos|until|as|which|yeah|well))+\s*$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this|every|each|past|coming) (?:\w+ )?(?:week|weekend|month|year|"
    r"night|summer|winter|spring|autumn|fall|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|"
    r"dec|morning|evening|day)\w*|ago|in (?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|\d{4})|since|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|for (?:\w+ )?(?:years|months|"
    r"weeks)|lately|recently|soon|\d+(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
_WHEN_ALONE = re.compile(
    r"(?:(?:on|in|this|last|next|the|past|first|a|an|few|couple|of|two|three|two|other|early|late|back|"
    r"yesterday|today|tonight|tomorrow|lately|recently|week|weekend|month|year|night|morning|summer|winter|spring|"
    r"autumn|fall|ago|days|weeks|months|years|mon|tues?|wed|thurs?|fri|sat|sun|\w+day|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|\d+)[\s,]+)+",
    re.IGNORECASE,
)
_WEIGHED = re.compile(r"\b(?:thinking (?:of|about) \w+ing|looking (?:for|into|to) \w)", re.IGNORECASE)
_IDENTITY = re.compile(
    r"\b(?:a|an|the) (?!bit|little|lot|sec|couple|mess|total|huge help)(?:\w+[- ])*?(?:fan|mom|mum|dad|mother|father|"
    r"parent|twin|student|\w+(?:er|or|ist|ian|ant))\b",
    re.IGNORECASE,
)
_PERSONS_DO = re.compile(
    r"(?:['’]s| is| was) (?:been |just )?(?:coming|going|moving|getting|having|visiting|pregnant|engaged|married|my|our)\b|"
    r" (?:works|lives|moved|got|lost|bought|told|wants|started|passed|loves|likes|hates|came|went|broke)\b"
)
_POINTING = re.compile(
    r"(?:it|they|this|that|these|those|their|here|there|which|seeing|reminds|\w+, (?:it|they|this|that))\b",
    re.IGNORECASE,
)
_DREAM = re.compile(r"\b(?:a|my|our) (?:\w+ )?(?:dream|goal|passion|hobby|ambition)\b", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?:(?:love|loved|like|liked) (?:the|this|that|these|those|how|it|them|when)|feel (?:it|that|like)|felt (?:like|that)|able to|it all|a lot of (?:things|stuff)|do my best|doing my best|"
    r"means? (?:a lot|so much|the world))\b",
    re.IGNORECASE,
)
_GLUE = frozenset(
    [
        "the", "a", "an", "to", "of", "for", "with", "at", "from", "by", "and", "or", "but", "as", "about", "me",
        "my", "our", "his", "her", "their", "its", "we", "they", "he", "she", "i", "us", "him", "who", "what",
        "which", "that's", "it's", "'s", "'m", "'re", "'ve", "'ll", "'d", "into", "over", "through",
    ]
)  # fmt: skip
