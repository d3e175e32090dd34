"""Cuts what is to be said into pieces short enough to be spoken, and given up, at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from companion.engines.tts.text import Span

LONGEST = 160
"""Letters of spoken text in a piece at most: about 8 s of ordinary speech (4.1 s for 80 letters on
en_US-joe-medium), so under half a second of work before a withdrawn request is noticed."""

SENTENCE_ENDS = frozenset(".!?")
REST_MARKS = frozenset(",;:")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is spoken in one go; `spans` are the words that end in it, each with its part of `spoken`."""

    spans: tuple[Span, ...]

    @property
    def spoken(self) -> str:
        """The words to speak."""
        return " ".join(span.spoken for span in self.spans if span.spoken)

    @property
    def goes_on(self) -> bool:
        """Whether it ends within a sentence: on a letter or a digit, with no mark behind."""
        return self.spoken[-1:].isalnum()


def pieces(spans: tuple[Span, ...]) -> Iterator[Piece]:
    """The pieces of `spans`: cut behind sentences, and inside those that are longer than `LONGEST`.

    A span longer than that is cut too; its original word then belongs to its last part, and the parts before
    it have an empty original. Silent spans (markup, stage directions) go with what stands before them.
    """
    gathered: list[Span] = []
    length = 0
    for span in _short_enough(spans):
        if length and _closed(gathered) and span.spoken:
            yield Piece(tuple(gathered))
            gathered, length = [], 0
        while length and length + len(span.spoken) > LONGEST:
            cut = _best_cut(gathered)
            yield Piece(tuple(gathered[:cut]))
            gathered = gathered[cut:]
            length = sum(len(kept.spoken) + 1 for kept in gathered if kept.spoken)
        gathered.append(span)
        length += len(span.spoken) + 1 if span.spoken else 0
    if length:
        yield Piece(tuple(gathered))


def _closed(spans: list[Span]) -> bool:
    last = next((span.spoken for span in reversed(spans) if span.spoken), "")
    return last[-1:] in SENTENCE_ENDS


def _best_cut(spans: list[Span]) -> int:
    """Behind the last comma of the second half, else at the end."""
    for place in range(len(spans), len(spans) // 2, -1):
        if spans[place - 1].spoken[-1:] in REST_MARKS:
            return place
    return len(spans)


def _short_enough(spans: tuple[Span, ...]) -> Iterator[Span]:
    for span in spans:
        parts = _parts(span.spoken) if len(span.spoken) > LONGEST else [span.spoken]
        for part in parts[:-1]:
            yield Span("", part)
        yield Span(span.original, parts[-1])


def _parts(spoken: str) -> list[str]:
    parts: list[str] = []
    words: list[str] = []
    length = 0
    for word in spoken.split():
        for at in range(0, len(word), LONGEST):
            some = word[at : at + LONGEST]
            if words and length + len(some) + 1 > LONGEST:
                parts.append(" ".join(words))
                words, length = [], 0
            words.append(some)
            length += len(some) + 1
    return [*parts, " ".join(words)]
