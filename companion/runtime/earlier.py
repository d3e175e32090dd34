"""What was said before this start, as the record that the conversation goes on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, cast

from companion.dialogue.prompt import Record, Side, Turn


class Said(Protocol):
    """A turn of an earlier start, as the store has it."""

    @property
    def side(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def answered(self) -> str: ...
    @property
    def interrupted(self) -> int: ...


def before(turns: Sequence[Said], matters: Callable[[str, str], bool]) -> Record:
    """The turns as the record had them when they were said, numbered -n to -1: this start's count from 1.

    Of a turn that was heard once more, the words that were answered stand there, as then, unless the others
    differ in what `matters` (a number, a name): so what the model evaluated stays true.
    """
    return Record(
        tuple(
            Turn(cast(Side, turn.side), number, _words(turn, matters), bool(turn.interrupted))
            for number, turn in enumerate(turns, -len(turns))
        )
    )


def _words(turn: Said, matters: Callable[[str, str], bool]) -> str:
    answered = turn.answered
    return answered if answered and not matters(answered, turn.text) else turn.text
