"""Patterns: what the model isn't needed for, proposed from one turn of the user's in their own words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from companion.memory.patterns_clauses import Clause, Sentence, clauses, sentences
from companion.memory.patterns_exact import exact
from companion.memory.patterns_words import kind_of
from companion.memory.proposals import LONGEST, Proposal

QUOTED = 240
"""Characters of a sentence up to which all of it is quoted; of a longer one, the clause."""


def propose(text: str, who: str = "", names: Collection[str] = ()) -> list[Proposal]:
    """What a turn says that is worth keeping. `who` said it: "" for the one who lives here, to whom the
    statements are told ("you moved to Leeds"); of anybody else they stay verbatim. `names`: who is known."""
    stated = (sentence for sentence in sentences(text) if not sentence.is_question)
    found = list(_meant(each for sentence in stated for each in _of(sentence, names)))
    told = found if who else [replace(each, statement=to_you(each.statement)) for each in found]
    return list({each.statement.casefold(): each for each in reversed(told)}.values())[::-1]


def _of(sentence: Sentence, names: Collection[str]) -> Iterator[Proposal]:
    """First what is known to say something for certain, then the clauses that aren't part of it."""
    quote = sentence.text if len(sentence.text) <= QUOTED else ""
    certain = exact(sentence.text)
    for proposal, _ in certain:
        yield replace(proposal, quote=quote or proposal.quote)
    for clause in clauses(sentence.text, names):
        at = sentence.text.find(clause.text)
        if not any(start < min(at + len(clause.text), end) and at < end for _, (start, end) in certain):
            yield _proposal(clause, quote or clause.text)


def _meant(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """The proposals, "she" and "he" of whoever was named last in the same turn."""
    last = ""
    for each in proposals:
        pronoun = each.subject.casefold() in ("she", "he")
        if each.introduces is not None or (each.subject != "I" and not pronoun):
            last = each.introduces[0] if each.introduces is not None else each.subject
        yield replace(each, subject=last) if pronoun and last else each


def _proposal(clause: Clause, quote: str) -> Proposal:
    words = [word.casefold() for word in re.findall(r"'?\w+(?:[-']\w+)*", clause.text)]
    return Proposal(
        subject=clause.subject,
        statement=clause.text[:LONGEST],
        kind=kind_of(words, clause.future),
        quote=quote,
        certainty=clause.sure,
    )


def to_you(statement: str) -> str:
    """A statement in the first person, told to the one who made it: "I've lost my job": "you've lost your
    job"."""
    return _FIRST_PERSON.sub(lambda match: _cased(match[0], _YOURS[match[0].casefold()]), statement)


def _cased(before: str, after: str) -> str:
    return after.capitalize() if before[0].isupper() and not before.startswith("I") else after


_YOURS = {
    "i am": "you are", "i'm": "you're", "i’m": "you're", "i was": "you were", "am i": "are you",
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself",
}  # fmt: skip
_LONGEST_FIRST = sorted(map(re.escape, _YOURS), key=len, reverse=True)
_FIRST_PERSON = re.compile(rf"\b(?:{'|'.join(_LONGEST_FIRST)})\b", re.IGNORECASE)
