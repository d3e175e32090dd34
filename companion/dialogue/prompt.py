"""What the model is shown, ordered so that the KV cache survives: persona, the turns, the user's words.

The prompt only grows at its end while somebody waits. Turns that were yielded stand together with the next
one in a single message, because chat templates want the two sides to alternate.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Side = Literal["user", "companion"]

PERSONA = (
    "You are Companion, a voice that keeps this person company and lives on their own computer. You talk "
    "aloud, like a friend on the phone: one or two short, plain sentences, no lists, no symbols. React to "
    "what they say, do not repeat it. Remember what they tell you. You can only talk: you can not switch, "
    "order, send or look up anything, and you say so. You are a program and say so when asked. When you do "
    "not know, you say so."
)
"""The system prompt until the persona is a document of its own; about 90 tokens."""

EXAMPLES = (
    ("Who are you? Are you a real person?", "I'm Companion, and no, I'm not a person: I'm a program on your "
     "computer that talks with you."),
    ("I had a long day at work.", "Oh, those days drain you. What made it so long?"),
    ("Can you turn on the radio, please?", "I can't switch things on, I can only talk with you."),
    ("It rained all day here.", "That sounds like a day for tea and a blanket. Did you stay in?"),
)  # fmt: skip
"""Turns that show a small model how she talks: it follows these better than adjectives. About 110 tokens, at
the front of the prompt, where they are evaluated once."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it stands in the record. `number` counts the user's turns; a companion's turn carries the
    number of its draft. `interrupted`: its end was never heard. `recalled`: what memory gave for it, which
    stays before it so that what was evaluated stays true. `kept`: else it was said off the record."""

    side: Side
    number: int
    text: str
    interrupted: bool = False
    recalled: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One message for the model: `role` is system, user or assistant."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Record:
    """The conversation as committed: what was said and heard, and nothing that was only drafted."""

    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> Record:
        """The record with one more turn at its end."""
        return Record((*self.turns, turn))

    def with_text(self, side: Side, number: int, text: str, interrupted: bool = False) -> Record:
        """The record with the text of a turn replaced."""
        return Record(
            tuple(
                replace(t, text=text, interrupted=interrupted) if (t.side, t.number) == (side, number) else t
                for t in self.turns
            )
        )

    def with_recalled(self, note: str) -> Record:
        """The record with what was recalled for its last user turn, in place of what was before."""
        turns = list(self.turns)
        for i in range(len(turns) - 1, -1, -1):
            if turns[i].side == "user":
                turns[i] = replace(turns[i], recalled=note or turns[i].recalled)
                break
        return Record(tuple(turns))

    def taken_up(self, number: int, rest: str) -> Record:
        """The record up to the companion's turn `number`, which was cut off, ending in that turn with the
        `rest` of it behind what was heard: there the model goes on with it. What has been said since
        ("Stop.", "Go on.") is no part of it. Where that turn isn't there, the rest answers what was said
        last."""
        for i in range(len(self.turns) - 1, -1, -1):
            turn = self.turns[i]
            if (turn.side, turn.number) == ("companion", number):
                text = f"{turn.text} {rest}".strip()
                return Record((*self.turns[:i], replace(turn, text=text, interrupted=False)))
        return self.with_turn(Turn("companion", number, rest))

    def since(self, side: Side, number: int) -> Record:
        """The record from that turn on; the whole of it if that turn isn't there."""
        for i, turn in enumerate(self.turns):
            if (turn.side, turn.number) == (side, number):
                return Record(self.turns[i:]) if i else self
        return self

    def last_said(self) -> str:
        """What the user said last."""
        return next((turn.text for turn in reversed(self.turns) if turn.side == "user"), "")

    def before_last_said(self) -> Record:
        """The record up to what the user said last."""
        for i in range(len(self.turns) - 1, -1, -1):
            if self.turns[i].side == "user":
                return Record(self.turns[:i])
        return self

    def has(self, turn: Turn) -> bool:
        """Whether that turn stands in it, whatever its text."""
        return any((t.side, t.number) == (turn.side, turn.number) for t in self.turns)

    def lasting(self) -> Record:
        """The record up to the first turn that isn't in the store as the model read it: it was said off the
        record, or memory gave something for it."""
        for i, turn in enumerate(self.turns):
            if turn.recalled or not turn.kept:
                return Record(self.turns[:i])
        return self

    def on_record(self) -> Record:
        """The record without what was said off it."""
        return Record(tuple(turn for turn in self.turns if turn.kept))

    def changed(
        self, erased: Collection[tuple[Side, int]], corrected: Collection[tuple[Side, int, str]]
    ) -> Record:
        """The record without the turns that were erased, with the text of those that were corrected; and
        without what was recalled for any turn, for that may say what is gone."""
        texts = {(side, number): text for side, number, text in corrected}
        return Record(
            tuple(
                replace(turn, text=texts.get((turn.side, turn.number), turn.text), recalled="")
                for turn in self.turns
                if (turn.side, turn.number) not in erased
            )
        )

    def shared_with(self, other: Record) -> Record:
        """The turns that both begin with."""
        pairs = zip(self.turns, other.turns, strict=False)
        count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(self.turns), len(other.turns)))
        return Record(self.turns[:count])

    def without_oldest(self) -> Record:
        """The record without its oldest exchange: up to the next user turn that follows an answer. Where no
        exchange is complete, without its oldest turn; the last turn stays."""
        answered = False
        for i, turn in enumerate(self.turns):
            if answered and turn.side == "user":
                return Record(self.turns[i:])
            answered = answered or turn.side == "companion"
        return Record(self.turns[1:]) if len(self.turns) > 1 else self


CUT_OFF = " —"
"""Stands behind what she said where she was cut off. The model doesn't write it itself: small ones copy what
they find, and would end in mid-sentence as she did before."""


def lines(
    record: Record,
    words: str = "",
    persona: str = PERSONA,
    examples: Sequence[tuple[str, str]] = EXAMPLES,
) -> list[Line]:
    """The whole prompt: persona, examples of (user, companion), the turns of the record, and `words`, what
    the user says now."""
    turns = record.turns if not words else (*record.turns, Turn("user", 0, words))
    messages = [Line("system", persona)]
    for said, answered in examples:
        messages += [Line("user", said), Line("assistant", answered)]
    for turn in turns:
        text = turn.text + (CUT_OFF if turn.interrupted else "")
        text = f"({turn.recalled})\n{text}" if turn.recalled else text
        if not turn.text:
            continue
        role: Literal["user", "assistant"] = "user" if turn.side == "user" else "assistant"
        if messages[-1].role == role:
            messages[-1] = Line(role, f"{messages[-1].content}\n{text}")
        else:
            messages.append(Line(role, text))
    return messages


def thinned(record: Record, count: Callable[[Record], int], limit: int, target: int) -> Record:
    """The record, if its prompt has more than `limit` tokens without its oldest exchanges, so that it has
    `target` at most; `count` says how many tokens the prompt of a record takes (of a shorter one fewer). Of a
    last turn that is too long by itself, the end stays."""
    if count(record) <= limit:
        return record
    rests = [record]
    while len(rests[-1].turns) > 1:
        rests.append(rests[-1].without_oldest())
    first = bisect_left(rests, True, key=lambda rest: count(rest) <= target)  # counting takes milliseconds
    record = rests[min(first, len(rests) - 1)]
    while record.turns and count(record) > limit and len(record.turns[0].text) > 1:
        last = record.turns[0]
        record = Record((replace(last, text=last.text[len(last.text) // 4 + 1 :].lstrip()),))
    return record
