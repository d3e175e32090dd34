"""What the model is asked when it thinks about what was said, and how its answers are read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, cast

from companion.engines.llm import Message
from companion.memory.facts import KINDS, Kind
from companion.memory.patterns_clauses import sentences
from companion.memory.patterns_shapes import VAGUE
from companion.memory.patterns_words import kind_of
from companion.memory.proposals import Proposal, Said
from companion.memory.wording import content, place

USER = "User"
"""How the one who lives here is called before the model."""

GRAMMAR = r"""
root ::= "[" (fact (", " fact){0,4})? "]"
fact ::= "{\"who\": " text ", \"fact\": " text ", \"kind\": " kind ", \"quote\": " text "}"
text ::= "\"" [^"\\{}\x00-\x1F\x7F]+ "\""
kind ::= "\"" (<kinds>) "\""
""".replace("<kinds>", " | ".join(f'"{kind}"' for kind in KINDS))
"""A list of at most five facts as JSON, in GBNF; no text has a brace in it, nor what JSON would have to
escape."""

_NOTE = (
    "Note the lasting facts that people tell about themselves and theirs: people, plans, events, "
    "preferences, health, work, feelings, places. Copy each quote word for word. Leave out small talk, "
    "questions and compliments. Where nothing is worth noting, answer []."
)
_SAID = (
    "Tom: So late already! My sister Amy is moving to Leeds on Friday.\n"
    "Tom: Thanks, that sounds good. Did you sleep well?\n"
    "Tom: I lost my job at the bank, so I can't stand Mondays."
)
_NOTED = (
    '[{"who": "Amy", "fact": "Amy is moving to Leeds on Friday", "kind": "plan", '
    '"quote": "My sister Amy is moving to Leeds on Friday"}, '
    '{"who": "Tom", "fact": "Tom lost his job at the bank", "kind": "work", '
    '"quote": "I lost my job at the bank"}]'
)
_SUM_UP = (
    "Say in one or two short sentences what these people told, in their own words, with names. Add nothing "
    "that they didn't say."
)
_USER = re.compile(rf"\b(?:the )?{USER}\b(?P<owns>['’]s)?", re.IGNORECASE)
_OF_USER = re.compile(rf"(?:the )?{USER}\b(?P<owns>['’]s)? (?P<verb>\w+)", re.IGNORECASE)
_OWN = re.compile(r"\b(?:I|my|me|we|our|us)\b", re.IGNORECASE)
_YOURS = re.compile(r"\b(?:you|your|yours)\b", re.IGNORECASE)
_COMPLIMENT = re.compile(
    r"\b(?:your|yours|you['’]\w+|(?:of|for|to|with|thank|with|are) you|you (?:are|have))\b", re.IGNORECASE
)

SAYS_SOMETHING = 3
"""Content words from which on a sentence is worth the model's time."""

_LONGEST = 1600
"""Characters of a conversation that a summary is made of, its end: some 400 tokens."""


def left_over(said: Said, quotes: Sequence[str]) -> str:
    """The sentences of a turn that are worth the model's time: no questions, no comments on the other one,
    and none that something was noted of already."""
    return " ".join(
        sentence.text
        for sentence in sentences(said.text)
        if not sentence.is_question
        and len(content(sentence.text)) >= SAYS_SOMETHING
        and (_OWN.search(sentence.text) or not _YOURS.search(said.text))
        and not _COMPLIMENT.search(sentence.text)
        and not VAGUE.search(sentence.text)
        and not any(place(quote, sentence.text) or place(sentence.text, quote) for quote in quotes)
    )


def noting(turns: Sequence[Said]) -> list[Message]:
    """The prompt that asks for the facts in a few turns: some 190 tokens that stay evaluated, and the
    turns."""
    return [
        Message("system", _NOTE),
        Message("user", _SAID),
        Message("assistant", _NOTED),
        Message("user", "\n".join(f"{said.who or USER}: {said.text}" for said in turns)),
    ]


def summarising(turns: Sequence[Said]) -> list[Message]:
    """The prompt that asks for a summary of a conversation."""
    told = "\n".join(f"{said.who or USER}: {said.text}" for said in turns)[-_LONGEST:]
    return [Message("system", _SUM_UP), Message("user", told)]


def read(answer: str, turns: Sequence[Said]) -> list[tuple[Said, Proposal]]:
    """The facts of an answer to `noting`, each with the turn in which its quote stands; for a quote that
    stands in none, the first, whose check it fails. Of an answer that was cut off, what is whole."""
    found = []
    for text in re.findall(r"\{[^{}]*\}", answer):
        told = _whole(text)
        if told is None:
            continue
        said = next((turn for turn in turns if place(str(told["quote"]), turn.text)), turns[0])
        found.append((said, _proposal(told, said)))
    return found


def _whole(text: str) -> dict[str, Any] | None:
    """One fact of an answer; None for what only looks like one."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    whole = all(isinstance(told.get(name), str) for name in ("who", "fact", "kind", "quote"))
    return told if whole and told["kind"] in KINDS else None


def to_user(statement: str) -> str:
    """A statement about the user told to them: "User likes tea" becomes "You like tea"."""
    found = _OF_USER.match(statement)
    if found is not None:
        verb = found["verb"] if found["owns"] else _second_person(found["verb"])
        statement = f"{'Your' if found['owns'] else 'You'} {verb}{statement[found.end() :]}"
    return _USER.sub(lambda match: "your" if match["owns"] else "you", statement)


def _proposal(told: dict[str, Any], said: Said) -> Proposal:
    who, quote = str(told["who"]), str(told["quote"])
    mine = who in (said.who or USER, USER) or re.match(r"I\b|[Ww]e\b", quote) is not None
    statement = str(told["fact"])
    return Proposal(
        subject="I" if mine else who,
        statement=statement if said.who else to_user(statement),
        kind=_kind(statement, cast("Kind", told["kind"])),
        when_words=quote,
        quote=quote,
        certainty=0.6,
    )


def _kind(statement: str, told: Kind) -> Kind:
    """Of which kind a fact is: by its words where they tell, for a small model calls a liking work; else as
    the model says."""
    words = re.findall(r"[\w'-]+", statement.casefold())
    by_words = kind_of(words, future=told == "plan")
    return told if by_words == "event" else by_words


def _second_person(verb: str) -> str:
    irregular = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go"}
    if verb in irregular or not verb.endswith("s") or verb.endswith("ss"):
        return irregular.get(verb, verb)
    return re.sub(r"(?<=ch|sh|ss)es$|(?<=[xo])es$|s$", "", re.sub(r"ies$", "ys", verb))
