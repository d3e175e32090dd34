"""Sentences of which it is known what they say: names, birthdays, where somebody lives and works."""

from __future__ import annotations

import re
from dataclasses import dataclass

from companion.memory.facts import Kind
from companion.memory.patterns_words import NO_NAMES
from companion.memory.people import RELATIONS, SEVERAL
from companion.memory.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording and the fact that it states. The groups of the pattern: `whose` is the subject, `relation`
    and `name` who is introduced, `what` and `value` fill the `slot` and say when."""

    pattern: re.Pattern[str]
    kind: Kind
    slot: str
    certainty: float = 0.95


_LONGEST_FIRST = sorted(map(re.escape, RELATIONS), key=len, reverse=True)
_RELATION = f"(?P<relation>{'|'.join(_LONGEST_FIRST)})"
_NAME = r"(?P<name>[A-Z][\w-]*\w(?:['’](?!s\b)\w+)?(?: (?:van |von |de |da )?[A-Z][\w-]*\w){0,2})"
_MY = r"\b(?:[Mm]y|[Oo]ur) "
_GREETING = re.compile(r"^(?:hi|hello|hey)(?: there)?[,!]? ", re.IGNORECASE)
_IS = r"(?: is| are|['’]s)"
_IAM = r"\bI(?:['’]m| am) "
_END = r"(?=[,.!?;]|$| and | but | who | so )"
_FAVOURITE = r"(?:all[- ]time )?(?:favou?rite|fave)"
_DUE = (
    r"baby|twins|(?:\w+ )?(?:wedding|exam|operation|surgery|interview|appointment|flight|funeral|party|"
    r"dentist|meeting|deadline|move|due date|concert)"
)


def _rule(pattern: str, kind: Kind, slot: str, certainty: float = 0.95) -> Rule:
    return Rule(re.compile(pattern), kind, slot, certainty)


_ASIDE = (
    _rule(rf"{_MY}(?:\w+ )??{_RELATION},? {_NAME}", "person", "{relation}.name", 0.85),
    _rule(
        rf"\b(?:an?|another|two|three) (?:\w+ )?{_RELATION}s?,? (?:called|named) {_NAME}",
        "person",
        "{relation}.name",
    ),
)
"""Names that come by the way: their sentence says more."""

RULES: tuple[Rule, ...] = (
    _rule(
        rf"{_MY}(?:\w+ )?{_RELATION}(?:'s name is|'s called| is called| is named|,? called| named) {_NAME}",
        "person",
        "{relation}.name",
    ),
    *_ASIDE,
    _rule(rf"\b{_NAME}{_IS} (?:my|our) (?:\w+ )?{_RELATION}\b", "person", "{relation}.name"),
    _rule(rf"\b{_NAME}, (?:my|our) (?:\w+ )?{_RELATION}\b", "person", "{relation}.name", 0.85),
    _rule(
        rf"(?:\b[Mm]y name{_IS}|{_IAM}called|\b(?:you can |please |just )?[Cc]all me) {_NAME}",
        "person",
        "name",
    ),
    _rule(rf"^(?:[Hh]i|[Hh]ello|[Hh]ey)(?: there)?[,!]? I(?:['’]m| am) {_NAME}{_END}", "person", "name"),
    _rule(rf"{_MY}birthday{_IS}(?: on)? (?P<what>.+?){_END}", "person", "birthday"),
    _rule(rf"\bI was born (?:on|in) (?P<what>.+?){_END}", "person", "born"),
    _rule(
        rf"\b(?P<whose>[A-Z][\w-]+|[Mm]y \w+)['’]s birthday{_IS}(?: on)? (?P<what>.+?){_END}",
        "person",
        "birthday",
    ),
    _rule(rf"{_IAM}(?P<what>\w+(?:[- ]\w+)?) years old", "person", "age"),
    _rule(
        r"\bI(?:['’]ve| have|['’]m| am)? ?(?:just )?(?:live|living|moved) (?:in|to|into) (?P<what>.+?)"
        + _END,
        "place",
        "home",
    ),
    _rule(rf"\bI(?:['’]m| am| come) (?:originally )?from (?P<what>[A-Z].+?){_END}", "place", "from"),
    _rule(rf"\bI work (?:as|at|for|in) (?P<what>.+?){_END}", "work", "work"),
    _rule(
        rf"{_IAM}(?:working as )?an? (?P<what>(?:\w+ )?\w+(?:er|or|ist|ian|nurse|ant|teacher|cook)){_END}",
        "work",
        "work",
        0.8,
    ),
    _rule(
        r"\bI(?:['’]ve| have|['’]m| am)? ?(?:just )?(?:got|starting|started|start|have) "
        rf"(?P<what>an? new job.*?){_END}",
        "work",
        "work",
    ),
    _rule(
        rf"{_IAM}(?:very |really |badly )?allergic to (?P<what>.+?)(?=[,.!?;]|$| but )",
        "health",
        "allergy {what}",
    ),
    _rule(rf"{_IAM}(?:a )?(?P<what>vegetarian|vegan|pescatarian|coeliac|celiac)\b", "health", "diet"),
    _rule(
        rf"{_MY}{_FAVOURITE} (?P<what>\w+(?: \w+)?){_IS} (?P<value>.+?){_END}",
        "preference",
        "favourite {what}",
    ),
    _rule(
        rf"\b(?P<value>[A-Z]?[\w' -]{{2,30}}?){_IS} my {_FAVOURITE}(?: (?P<what>\w+))?",
        "preference",
        "favourite {what}",
        0.85,
    ),
    _rule(
        rf"\b(?:[Tt]he|[Mm]y|[Oo]ur) (?P<what>{_DUE})(?: is|['’]s|'re| are)(?: now| due)? "
        rf"(?:due |at .{{1,20}}? )?(?:on|in|at|next|this|tomorrow|for|the) ?(?P<value>.*?){_END}",
        "plan",
        "when {what}",
    ),
)
"""In the order they are tried; of what overlaps the first counts."""


def exact(sentence: str) -> list[tuple[Proposal, tuple[int, int]]]:
    """What a sentence says for certain, each with the stretch that says nothing else (start and end,
    characters; an empty one where more is said there)."""
    found: list[tuple[Proposal, tuple[int, int]]] = []
    taken: list[tuple[int, int]] = []
    for rule in RULES:
        for match in rule.pattern.finditer(sentence):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if (proposal := _proposed(rule, match)) is not None:
                taken.append(match.span())
                found.append((proposal, (0, 0) if rule in _ASIDE else match.span()))
    return found


def _proposed(rule: Rule, match: re.Match[str]) -> Proposal | None:
    groups = {name: value or "" for name, value in match.groupdict().items()}
    name, relation = groups.get("name", ""), groups.get("relation", "")
    if _is_no_name(name):
        return None
    slot = rule.slot.format(**{each: value.casefold() for each, value in groups.items()}).strip()
    return Proposal(
        subject=groups.get("whose") or "I",
        statement=_statement(rule, match),
        kind=rule.kind,
        slot="" if relation in SEVERAL else slot,
        when_words=groups.get("value") or groups.get("what", ""),
        quote=match[0],
        certainty=rule.certainty,
        introduces=(name, relation) if name and relation else None,
    )


def _is_no_name(name: str) -> bool:
    first = name.split()[0].casefold() if name else ""
    return first in NO_NAMES or first.endswith("ly")


def _statement(rule: Rule, match: re.Match[str]) -> str:
    if rule in _ASIDE:
        return f"my {match['relation']} is called {match['name']}"
    return _GREETING.sub("", match[0]).strip()
