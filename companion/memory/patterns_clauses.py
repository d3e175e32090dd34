"""What somebody says of themselves or theirs, clause by clause, told from questions, ifs and comments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from companion.memory.patterns_shapes import (
    AHEAD,
    AND_I,
    ASKS,
    BEHIND_PLACES,
    BORDER,
    CHANGED,
    COUNTED,
    DASH,
    DEAR,
    DID,
    DOING,
    DREAM,
    ELIDED,
    GERUND,
    GLUE,
    HABIT,
    HAVING,
    HEDGED,
    IDENTITY,
    IF,
    LEAD,
    OCCASION,
    OF_ALL,
    OF_MINE,
    OPINION,
    OWN,
    PARTICIPLE,
    PERSONS_DO,
    POINTERS,
    POINTING,
    SENTENCE,
    SUBJECT,
    SUPPOSED,
    TAIL,
    TO_YOU,
    VAGUE,
    WEIGHED,
    WHEN,
    WHEN_ALONE,
    WISHED,
    WORD,
)
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
    SAYING,
    SMALL_TALK,
    STATES,
    STRONG,
    TURNS,
    WORK,
)
from companion.memory.people import RELATIONS

LOOK_BACK = 60
"""Characters before a clause that tell whether it is one: a sentence without marks may be of any length."""

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
    """The sentences of a turn, also in speech that has few marks; a question behind a dash is one."""
    found: list[Sentence] = []
    for match in SENTENCE.finditer(text):
        before, asked = match[0], ""
        if "?" in match[0] and (dashes := list(DASH.finditer(match[0]))):
            before, asked = match[0][: dashes[-1].start()], match[0][dashes[-1].end() :]
        for words in (before, asked):
            if bare := words.strip(' -–—,\n\t"'):
                asks = "?" in words or ASKS.match(LEAD.sub("", bare)) is not None
                found.append(Sentence(bare, asks))
    return found


def clauses(sentence: str, names: Collection[str] = ()) -> Iterator[Clause]:
    """The clauses of a sentence, no question, that state something of the speaker, of theirs, or of somebody
    by name (one of `names`, or plainly one), and that is likely to last."""
    for piece in DASH.split(sentence):
        starts = list(_starts(piece, names))
        if not starts or starts[0][0] > 0:
            yield from _elided(piece, starts[0][0] if starts else len(piece))
        ends = [start[0] for start in starts[1:]] + [len(piece)]
        for (at, subject, body), end in zip(starts, ends, strict=False):
            if not IF.search(_before(piece, at)):
                first = 0 if at <= LOOK_BACK and WHEN_ALONE.fullmatch(piece[:at]) else at
                yield from _judged(subject, _trimmed(piece[first:end]), piece[body:end])


def _starts(sentence: str, names: Collection[str]) -> Iterator[tuple[int, str, int]]:
    """Where clauses begin: (place, subject, place of what follows the subject)."""
    taken = 0
    for match in SUBJECT.finditer(sentence):
        if match.start() < taken:
            continue
        before = _before(sentence, match.start("subject"))
        if match["name"] and (before.strip() or not _is_name(match, sentence, names)):
            continue
        if not match["name"] and before.strip() and not BORDER.search(before):
            continue
        if match["my"] and match["noun"].casefold().rstrip("s") not in RELATIONS | SALIENT:
            continue
        both = AND_I.match(sentence, match.end("subject"))
        told = "I" if match["i"] or match["we"] or both else _whose(match)
        taken = both.end() if both else match.end("subject")
        yield match.start("subject"), told, taken


def _before(text: str, at: int) -> str:
    """What stands right before a place: as much of it as says whether a clause begins there."""
    return text[max(0, at - LOOK_BACK) : at]


def _is_name(match: re.Match[str], sentence: str, names: Collection[str]) -> bool:
    """Whether a capital begins somebody's name: a known one's, or one who does what only people do."""
    name = match["name"]
    if name in names:
        return True
    return name.casefold() not in NO_NAMES and PERSONS_DO.match(sentence, match.end("name")) is not None


def _whose(match: re.Match[str]) -> str:
    """ "my sister" where the clause is about a person of the speaker's; the speaker where it is a thing."""
    if own_name := match["name"] or match["called"] or match["pronoun"]:
        return own_name
    return f"my {match['noun'].casefold()}" if match["noun"].casefold() in RELATIONS else "I"


def _judged(subject: str, text: str, body: str) -> Iterator[Clause]:
    """The clause, if it states what lasts."""
    words = [word.casefold().replace("’", "'") for word in WORD.findall(body)]
    bare = [word for word in words if word not in ADVERBS]
    auxiliary, verb, rest = _verb(bare)
    if TO_YOU.search(body) or not (verb.isalpha() or (verb.isdigit() and auxiliary)):
        return
    if not (_says_something(verb, rest) if subject == "I" else _tells(verb, rest)):
        return
    if subject == "I" and not _lasting(auxiliary, verb, rest, body):
        return
    future = bool(AHEAD.search(" ".join(bare))) or "wanna" in bare or "gonna" in bare
    weight = worth(text, verb, future, subject != "I")
    if weight >= WORTH:
        yield Clause(subject, text, verb, future, _sure(weight, text))


def worth(text: str, verb: str, future: bool, about_another: bool = False) -> int:
    """How much speaks for a clause being remembered: a verb of what a life is made of, a time, somebody or
    something of one's own, and words that tell."""
    words = {word.casefold() for word in WORD.findall(text)}
    singular = words | {word.rstrip("s") for word in words}
    does = {verb, verb.removesuffix("s")}
    weight = 2 * bool(does & (STRONG | STATES)) + bool(does & COMMON) + about_another
    weight += 2 * bool(WHEN.search(text)) + future + 2 * (verb in ("a", "an"))
    weight += bool(singular & (WORK | HEALTH | PLACES | SALIENT | RELATIONS)) + bool(
        words & (PREFERENCES | FEELINGS)
    )
    weight += (len(_telling(text)) >= 3) + (len(_telling(text)) >= 5)
    weight += bool(words & STRONG - {verb}) and not OF_ALL.search(text)
    weight += bool(HABIT.search(text)) + 2 * bool(OPINION.search(text))
    all_of_us = bool(OF_ALL.search(text))
    return weight - all_of_us * (3 if text.casefold().startswith("we") else 1) - 3 * bool(VAGUE.search(text))


def _sure(weight: int, text: str) -> float:
    return (0.8 if weight > WORTH else 0.65) - (0.2 if HEDGED.search(text) else 0.0)


def _elided(sentence: str, end: int) -> Iterator[Clause]:
    """A sentence that leaves "I" out: "Just lost my job.", "Been running a lot.", "Gonna open a studio."."""
    text = _trimmed(LEAD.sub("", sentence[:end]))
    first = ELIDED.match(text)
    if first is None or TO_YOU.search(text) or GERUND.search(text):
        yield from _about_own(text)
        return
    yield from _judged("I", text, text)


def _about_own(text: str) -> Iterator[Clause]:
    """A sentence about something else that says what it is to the speaker: "dancing is my passion"."""
    own = _is_own(text) or CHANGED.search(text) is not None or DEAR.search(text) is not None
    dream = DREAM.search(text) is not None
    own = ((own or _is_dated(text)) and not POINTING.match(text)) or dream
    aside = TO_YOU.search(text) or SUPPOSED.search(text) or OF_ALL.search(text)
    if own and not aside and len(_telling(text)) >= (2 if dream else 3):
        yield Clause("I", text, "be", False, 0.6)


def _is_dated(text: str) -> bool:
    """Whether it says when something was, or will be, that people remember: "the opening is on Friday"."""
    return WHEN.search(text) is not None and (
        OCCASION.search(text) is not None or DID.search(text) is not None
    )


def _is_own(text: str) -> bool:
    """Whether something of the speaker's is spoken of that matters: "my 18th birthday"."""
    if OF_MINE.search(text):
        return True
    behind = {word.casefold() for match in OWN.finditer(text) for word in match["nouns"].split()}
    return bool((behind | {word.rstrip("s") for word in behind}) & (SALIENT | RELATIONS))


def _verb(words: list[str]) -> tuple[str, str, list[str]]:
    """(auxiliaries, main verb, what follows) of the words behind a subject."""
    at = 0
    while at < len(words) and (words[at] in AUXILIARIES or (words[at] == "to" and at)):
        at += 1
    if words[at - 2 : at] == ["going", "to"] and _is_place(words[at:]):
        at -= 2
    elif 0 < at < len(words) and _is_object(words[at - 1], words[at]):
        at -= 1
    auxiliary = " ".join(words[:at])
    if at < len(words):
        return auxiliary, words[at], words[at + 1 :]
    return (auxiliary, words[at - 1], []) if at else ("", "", [])


def _is_place(words: list[str]) -> bool:
    """Whether somebody is going to these words, and not going to do them."""
    return bool(words) and (words[0] in COUNTED or len(words) == 1 or words[1] in BEHIND_PLACES)


def _is_object(before: str, word: str) -> bool:
    """Whether a word is what somebody has or does, and not the verb that "have" or "do" helps."""
    if before in HAVING:
        return word not in AUXILIARIES and PARTICIPLE.fullmatch(word) is None
    return before in DOING and word in COUNTED


def _says_something(verb: str, rest: list[str]) -> bool:
    """Whether there is enough behind a verb to remember."""
    telling = [word for word in rest if word not in LIGHT and word not in GLUE]
    matter = bool({word.rstrip("s") for word in rest} & (HEALTH | RELATIONS | WORK | PLACES | SALIENT))
    heavy = verb in STRONG | STATES or verb not in LIGHT or verb in ("go", "going", "went")
    needed = 1 if matter or heavy else 2
    felt = bool((STATES | FEELINGS) & set(rest)) and verb in ("feel", "feeling", "felt", "get", "getting")
    return len(telling) >= needed or verb in STATES | TURNS or felt


def _tells(verb: str, rest: list[str]) -> bool:
    """The same of what is said of somebody else: "my dad died" does, "he says" and "he hates it" don't."""
    return bool(set(rest) - POINTERS) if rest else verb not in SAYING


def _lasting(auxiliary: str, verb: str, rest: list[str], body: str) -> bool:
    """Whether what somebody says of themselves is more than a comment."""
    if auxiliary.startswith(("would", "'d", "could", "should", "might", "may", "can", "can't", "couldn't")):
        return WISHED.search(body) is not None
    own = OWN.search(body) is not None
    if verb in ("think", "find", "believe"):
        return OPINION.search(body) is not None
    if verb in ("thinking", "looking"):
        return WEIGHED.search(body) is not None
    if verb in ("a", "an", "the"):
        return auxiliary.split()[-1:] != [] and IDENTITY.search(body) is not None
    begins = rest[:1] == ["to"] and bool(set(rest[1:2]) & STRONG)
    if verb in ("hope", "hoping"):
        return begins
    if verb in REACTIONS:
        return begins or (own and bool(rest))
    return verb not in SMALL_TALK or (verb in ("get", "got") and _telling(" ".join(rest)) != [])


def _telling(text: str) -> list[str]:
    words = [word.casefold() for word in WORD.findall(text)]
    return [word for word in words if word not in LIGHT | ADVERBS | AUXILIARIES and word not in GLUE]


def _trimmed(text: str) -> str:
    """A clause without what only leads on to the next."""
    return TAIL.sub("", text.strip(" ,;:-–—")).strip(" ,;:-–—.!")
