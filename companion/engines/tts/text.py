"""Text for speech: what is written becomes words that can be said, each stretch with the words it came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original text (one word, or several that are said as one: "12 Nov") and what is said
    for it: letters, apostrophes, hyphens, spaces and , . ? ! ; : only, or nothing."""

    original: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Speakable:
    """A clause for the voice. The spans' originals joined by spaces give the clause back, whitespace normalised."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """What is said, as one line."""
        return " ".join(span.spoken for span in self.spans if span.spoken)


def speakable(text: str, language: str) -> Speakable:
    """What a voice of `language` says for `text`. Never raises."""
    kept = ((word, "".join(c for c in word if c.isalpha() or c in "',.?!;:-")) for word in text.split())
    return Speakable(tuple(Span(word, said if any(c.isalpha() for c in said) else "") for word, said in kept))
