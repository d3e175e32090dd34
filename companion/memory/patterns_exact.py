"""Sentences of which it is known what they say: names, birthdays, where somebody lives and works."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from companion.memory.facts import Kind
from companion.memory.patterns_words import NO_NAMES
from companion.memory.people import RELATIONS
from companion.memory.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording, and what is proposed where it stands: the groups `whose` and `name` of the pattern give the
    subject and who is introduced; {0} in `slot` the group `what`."""

    pattern: re.Pattern[str]
    kind: Kind
    slot: str
    certainty: float = 0.95


def _rule(pattern: str, kind: Kind, slot: str, certainty: float = 0.95) -> Rule:
    filled = pattern.replace("<REL>", _REL).replace("<NAME>", _NAME).replace("<END>", _END)
    return Rule(re.compile(filled), kind, slot, certainty)


_REL = r"(?P<relation>%s)" % "|".join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))
_NAME = r"(?P<name>[A-Z][\w'’-]*[\w](?: (?:van |von |de |da )?[A-Z][\w-]+){0,2})"
_END = r"(?=[,.!?;]|$| and | but | who | so )"

RULES: tuple[Rule, ...] = (
    _rule(r"\b(?:[Mm]y|[Oo]ur) (?:\w+ )?<REL>(?:'s name is|'s called| is called| is named|, called| called| named) <NAME>",
          "person", "{relation}.name"),
    _rule(r"\b(?:[Mm]y|[Oo]ur) (?:\w+ )?<REL>,? <NAME>", "person", "{relation}.name", 0.85),
    _rule(r"\b<NAME>(?: is|['’]s) (?:my|our) (?:\w+ )?<REL>\b", "person", "{relation}.name"),
    _rule(r"\b(?:an?|two|three) (?:\w+ )?<REL> (?:called|named) <NAME>", "person", "{relation}.name"),
    _rule(r"(?:\b[Mm]y name(?: is|['’]s)|\bI(?:['’]m| am) called|\b(?:you can |please |just )?[Cc]all me) <NAME>",
          "person", "name"),
    _rule(r"\b[Mm]y birthday(?: is|['’]s)(?: on)? (?P<what>.+?)<END>", "person", "birthday"),
    _rule(r"\bI was born (?:on|in) (?P<what>.+?)<END>", "person", "born"),
    _rule(r"\b(?P<whose>[A-Z][\w-]+|[Mm]y \w+)['’]s birthday(?: is|['’]s)(?: on)? (?P<what>.+?)<END>",
          "person", "birthday"),
    _rule(r"\bI(?:['’]m| am) (?P<what>\w+(?:-\w+)?) years old", "person", "age"),
    _rule(r"\bI (?:live|(?:have )?moved|just moved|'ve moved|am living|'m living) (?:in|to|into) (?P<what>.+?)<END>",
          "place", "home"),
    _rule(r"\bI(?:['’]m| am| come) (?:originally )?from (?P<what>[A-Z].+?)<END>", "place", "from"),
    _rule(r"\bI work (?:as|at|for|in) (?P<what>.+?)<END>", "work", "work"),
    _rule(r"\bI(?:['’]m| am) (?:working as )?an? (?P<what>(?:\w+ )?\w+(?:er|or|ist|ian|nurse|ant|teacher|cook))<END>",
          "work", "work", 0.8),
    _rule(r"\bI(?:['’]ve| have|['’]m| am)? (?:just )?(?:got|starting|started|start|have) (?P<what>an? new job.*?)<END>",
          "work", "work"),
    _rule(r"\bI(?:['’]m| am) (?:very |really |badly )?allergic to (?P<what>.+?)(?=[,.!?;]|$| but )", "health",
          "allergy {what}"),
    _rule(r"\bI(?:['’]m| am) (?:a )?(?P<what>vegetarian|vegan|pescatarian|coeliac|celiac)\b", "health", "diet"),
    _rule(r"\b[Mm]y (?:all[- ]time )?(?:favou?rite|fave) (?P<what>\w+(?: \w+)?)(?: is| are|['’]s) (?P<value>.+?)<END>",
          "preference", "favourite {what}"),
    _rule(r"\b(?P<value>[A-Z]?[\w' -]{2,30}?)(?: is|['’]s) my (?:all[- ]time )?(?:favou?rite|fave)(?: (?P<what>\w+))?",
          "preference", "favourite {what}", 0.85),
    _rule(r"\b(?:[Tt]he|[Mm]y|[Oo]ur) (?P<what>baby|twins|(?:\w+ )?(?:wedding|exam|operation|surgery|interview|"
          r"appointment|flight|funeral|party|dentist|meeting|deadline|move|due date|party|concert))"
          r"(?: is|['’]s|'re| are)(?: now| due)? (?:due |at .{1,20}? )?(?:on|in|at|next|this|tomorrow|for|the) ?"
          r"(?P<value>.*?)<END>", "plan", "when {what}"),
)  # fmt: skip
"""In the order they are tried; of each clause the first that fits counts."""


def exact(sentence: str) -> list[tuple[Proposal, tuple[int, int]]]:
    """What a sentence says for certain, each with where it stands (start and end, characters)."""
    found: list[tuple[Proposal, tuple[int, int]]] = []
    for rule in RULES:
        for match in rule.pattern.finditer(sentence):
            if any(match.start() < end and start < match.end() for _, (start, end) in found):
                continue
            if (proposal := _proposed(rule, match)) is not None:
                found.append((proposal, match.span()))
    return found


def _proposed(rule: Rule, match: re.Match[str]) -> Proposal | None:
    groups = {name: (value or "").casefold() for name, value in match.groupdict().items()}
    name = match.groupdict().get("name") or ""
    if name and name.split()[0].casefold() in NO_NAMES:
        return None
    relation = groups.get("relation", "")
    slot = rule.slot.format(**groups)
    return Proposal(
        subject=match.groupdict().get("whose") or "I",
        statement=match[0].strip(),
        kind=rule.kind,
        slot="" if relation in _SEVERAL else slot,
        when_words=groups.get("what", "") if rule.slot in ("birthday", "born") else groups.get("value", ""),
        quote=match[0],
        certainty=rule.certainty,
        introduces=(name, relation) if name and relation else None,
    )


_SEVERAL = frozenset(
    """friend kid child son daughter brother sister cousin neighbour neighbor colleague coworker aunt uncle niece
    nephew grandchild student client dog cat pet rabbit puppy kitten twin sibling roommate flatmate""".split()
)  # noqa: SIM905 - read as a list of words
"""Of these people have several: another one's name succeeds none."""

Told = Callable[[str], str]
