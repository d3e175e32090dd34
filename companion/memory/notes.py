"""What the model is given of memory: a few lines, short, dated, with where each comes from.

The note stands in the user's own message, before the words, so it is told in the user's voice ("I told you on
12 November: ..."). What others wrote is quoted and named as such: it is data, and says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

from companion.memory.facts import Fact
from companion.memory.recall import Hit
from companion.memory.times import said_when, say

CLEAR = 0.68
"""How near the words of a turn or passage are to those of a question that it tells something of: 95% of the
turns found first for LoCoMo's questions are nearer, 5% of those found for questions about other people."""

MOST = 3
"""Lines of a note."""

LONGEST = 220
"""Characters of what is quoted of one turn or passage: some 50 tokens."""

SOFT = 0.6
"""How near something is that may be meant, though it isn't clear: half of what is found first for questions
about other people is nearer. A small model that is shown it answers with it all the same ("Your dog is called
Theo", for "My name is Theo"), so it isn't."""

NOTHING = "I never told you about this. Say that you don't know it."
"""The note before a question that only the shared past could answer, where it doesn't."""

SHORTER = (LONGEST, 130, 80)
"""Characters of a quotation, so many as fit."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_MARKS = re.compile(r"[\s()<>|\[\]{}\"“”]+")


def note(
    hits: Sequence[Hit],
    words: Sequence[str],
    now: datetime.date,
    fits: Callable[[str], bool],
    cite: Callable[[Hit], str],
) -> tuple[str, list[Hit]]:
    """The lines for what was found, best first, as many as fit, and what they are of. `words`: those of the
    question, which choose the sentences that are quoted; `cite` says where a passage stands."""
    lines: list[str] = []
    used: list[Hit] = []
    for hit in hits[:MOST]:
        for longest in SHORTER:
            line = _line(hit, words, now, cite, longest)
            if fits(" ".join([*lines, line])):
                lines.append(line)
                used.append(hit)
                break
    return " ".join(lines), used


def _line(
    hit: Hit, words: Sequence[str], now: datetime.date, cite: Callable[[Hit], str], longest: int
) -> str:
    quoted = excerpt(hit.text, words, longest)
    if hit.kind == "document":
        place = _mine(_MARKS.sub(" ", cite(hit)))
        return f'{place[:1].upper()}{place[1:]} it says: "{quoted}"'
    day = say(said_when(hit.when), now)
    speaker = hit.who or ("I" if hit.side == "user" else "You")
    return f'{speaker} told {"you" if hit.side == "user" else "me"} {day}: "{quoted}"'


def _mine(place: str) -> str:
    """A citation in the user's voice; what stands in quotation marks stays."""
    own = re.sub(r"^(in|the \w+ from .*?) your\b", r"\1 my", place)
    return re.sub(r" to you(?= on |, |$)", " to me", own)


def excerpt(text: str, words: Sequence[str], longest: int = LONGEST) -> str:
    """The sentences of a text that have most of the words, `longest` characters at most, without what could
    be taken for more than words."""
    plain = _MARKS.sub(" ", text).strip()
    if len(plain) <= longest:
        return plain
    sentences = _SENTENCE.split(plain)
    counts = [sum(word.casefold()[:5] in sentence.casefold() for word in words) for sentence in sentences]
    first = counts.index(max(counts))
    found = sentences[first]
    for sentence in sentences[first + 1 :]:
        if len(found) + len(sentence) >= longest:
            break
        found = f"{found} {sentence}"
    return found if len(found) <= longest else found[: longest - 1].rsplit(" ", 1)[0] + "…"


def told(fact: Fact, now: datetime.date) -> str:
    """A fact as she tells it, with when it was said: "you told me on 12 November that ..."."""
    statement = excerpt(fact.statement, ())
    end = "" if statement.endswith((".", "!", "?", "…")) else "."
    return f"You told me {say(said_when(fact.noted_at), now)}: {statement}{end}"
