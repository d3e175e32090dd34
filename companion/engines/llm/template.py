"""A model's chat template, taken apart: what is the template's own text, and what is somebody's words.

The template is rendered with random marks in place of the contents, so what somebody said never goes through
it: the pieces between the marks are the template's, and only they may hold special tokens.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jinja2 import TemplateError

from companion.engines.llm import Message, Role
from companion.engines.llm.sandbox import render

_PAD_LEFT, _PAD_RIGHT = " \n", "\n "


@dataclass(frozen=True, slots=True)
class Fixed:
    """A piece of the template's own text; special tokens in it are meant."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said; nothing in it is special."""

    role: Role
    text: str


Piece = Fixed | Words


@dataclass(frozen=True, slots=True)
class _Trim:
    """Whether the template strips the white space before and after a role's words."""

    left: bool
    right: bool


class ChatTemplate:
    """Turns messages into pieces as the template lays them out.

    Raises jinja2.TemplateError where the template can't be rendered at all. A template that knows no system
    messages, or wants user and assistant to take turns, gets them folded into the user's words.
    """

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        self._source = source
        self._special = {"bos_token": bos, "eos_token": eos, "unk_token": "", "pad_token": ""}
        self._trim = self._probe()

    def lay_out(self, messages: Sequence[Message], *, answer: bool, open_ended: bool = False) -> list[Piece]:
        """The prompt's pieces in order.

        `answer`: with the opening of the assistant's reply at the end. `open_ended`: ends with the last
        message's words, without what closes them.
        """
        trouble = TemplateError("no messages")
        for attempt in dict.fromkeys((tuple(messages), _fold(messages, keep=1), _fold(messages, keep=0))):
            try:
                fixed = self._split(attempt, answer=answer and not open_ended)
            except TemplateError as error:
                trouble = error
                continue
            return self._woven(attempt, fixed, open_ended)
        raise trouble

    def _woven(self, messages: Sequence[Message], fixed: list[str], open_ended: bool) -> list[Piece]:
        pieces: list[Piece] = []
        for before, message in zip(fixed, messages, strict=False):
            trim = self._trim.get(message.role, _Trim(left=False, right=False))
            text = message.content.lstrip() if trim.left else message.content
            text = text.rstrip() if trim.right else text
            pieces += [Fixed(before), Words(message.role, text)]
        if not open_ended:
            pieces.append(Fixed(fixed[-1]))
        return [piece for piece in pieces if piece.text]

    def _split(self, messages: Sequence[Message], *, answer: bool, padded: bool = False) -> list[str]:
        """The template's text around the words of n messages: n + 1 pieces."""
        marks = [secrets.token_hex(12) for _ in messages]
        left, right = (_PAD_LEFT, _PAD_RIGHT) if padded else ("", "")
        shown = [
            {"role": message.role, "content": f"{left}{mark}{right}"}
            for message, mark in zip(messages, marks, strict=True)
        ]
        text = render(
            self._source,
            {
                **self._special,
                "messages": shown,
                "add_generation_prompt": answer,
                "tools": None,
                "documents": None,
                "enable_thinking": False,
            },
        )
        pieces = []
        for mark in marks:
            before, found, text = text.partition(mark)
            if not found or mark in text:
                raise TemplateError("the template leaves out, repeats or reorders messages")
            pieces.append(before)
        return [*pieces, text]

    def _probe(self) -> dict[Role, _Trim]:
        """Render a conversation with white space around its words, and see whose is stripped."""
        talk = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
        trims: dict[Role, _Trim] = {}
        trouble: TemplateError | None = None
        for messages in (talk, (Message("system", "s"), *talk)):
            try:
                bare = self._split(messages, answer=True)
                padded = self._split(messages, answer=True, padded=True)
            except TemplateError as error:
                trouble = error
                continue
            for index, message in enumerate(messages):
                trims[message.role] = _Trim(
                    left=not padded[index].endswith(bare[index] + _PAD_LEFT),
                    right=not padded[index + 1].startswith(_PAD_RIGHT + bare[index + 1]),
                )
        if "user" not in trims:
            raise trouble or TemplateError("the template can't be rendered")
        trims.setdefault("system", trims["user"])
        return trims


def _fold(messages: Sequence[Message], *, keep: int) -> tuple[Message, ...]:
    """The messages with system ones put before the user's next words and neighbours of one role joined.

    `keep`: how many system messages at the very start stay as they are.
    """
    folded: list[Message] = []
    waiting = ""
    for index, message in enumerate(messages):
        if message.role == "system":
            if index < keep:
                folded.append(message)
            else:
                waiting = _joined(waiting, message.content)
        elif folded and folded[-1].role == message.role:
            content = _joined(folded[-1].content, _joined(waiting, message.content))
            folded[-1], waiting = replace(folded[-1], content=content), ""
        elif message.role == "user":
            folded.append(Message("user", _joined(waiting, message.content)))
            waiting = ""
        else:
            folded.append(message)
    if waiting and folded and folded[-1].role == "user":
        folded[-1] = replace(folded[-1], content=_joined(folded[-1].content, waiting))
    elif waiting:
        folded.append(Message("user", waiting))
    return tuple(folded)


def _joined(first: str, second: str) -> str:
    return f"{first}\n\n{second}" if first and second else first or second
