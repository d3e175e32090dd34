"""A reply in preparation: what has been heard, judged, written and synthesised for it so far.

A draft is a value. It is extended by results, and either revoked (dropped whole, leaving no trace) or
committed (from then on it may sound).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the reply: its text, its length once synthesised (seconds; None before; 0.0: it has no
    sound), and whether it has left the loudspeaker whole."""

    text: str
    seconds: float | None = None
    played: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing of it is still to be heard."""
        return self.played or self.seconds == 0


@dataclass(frozen=True, slots=True)
class Draft:
    """One attempt at answering the turn as heard up to `end` (seconds of the clock).

    `guess`: the words it is already being written for, though more may follow. `text` is None until the words
    are known. `who`: whose voice they are in, and how `sure` that is; `stranger`:
    she is to ask who it is; `doubted`: words that count only if more of the sentence tells whose they are;
    until then there is no `text`.
    `verdict`: the end-of-turn model's on its sound, `ending`: the sentence model's on its words,
    None until it has given it.
    `over`: the turn has been declared over, so the draft commits as soon as its words are known.
    `final`: more speech no longer revokes it (a key was released, or the text was typed).
    `cut`: the turn was cut because it is as long as a turn may be; it is not answered.
    `expected`: when its first clause can sound, as far as that is known (seconds of the clock).
    `written`: how many clauses the whole reply has, None while it is being written.
    `confirms`: it reads back what will be erased, and asks whether to.
    `behind`: what would follow it if she were asked to go on, for it repeats an answer that was cut off;
    `cut_short`: the draft of that answer, if it had not been written to its end, else 0.
    `issued`: how many clauses have been given to the loudspeaker, in order.
    """

    id: int
    end: float
    text: str | None = None
    guess: str | None = None
    who: str = ""
    sure: float = 0.0
    stranger: bool = False
    doubted: str = ""
    verdict: float | None = None
    ending: float | None = None
    over: bool = False
    final: bool = False
    cut: bool = False
    confirms: bool = False
    expected: float | None = None
    clauses: tuple[Clause, ...] = ()
    written: int | None = None
    behind: str = ""
    cut_short: int = 0
    issued: int = 0

    def with_clause(self, index: int, text: str) -> Draft:
        """The draft with one more clause written; one that doesn't follow on changes nothing."""
        if index != len(self.clauses) or self.written is not None:
            return self
        return replace(self, clauses=(*self.clauses, Clause(text)))

    def with_speech(self, index: int, seconds: float) -> Draft:
        """The draft with clause `index` synthesised."""
        return self._with(index, seconds=seconds)

    def with_played(self, index: int) -> Draft:
        """The draft with clause `index` heard by the user."""
        return self._with(index, played=True) if index < self.issued else self

    def ended(self, clauses: int) -> Draft:
        """The draft with its reply written to the end; clauses that never came aren't waited for."""
        return replace(self, written=min(clauses, len(self.clauses)))

    def next_to_play(self) -> int | None:
        """The index of the next clause that may sound, None while it isn't synthesised yet."""
        for index in range(self.issued, len(self.clauses)):
            seconds = self.clauses[index].seconds
            if seconds is None:
                return None
            if seconds > 0:
                return index
        return None

    def issue(self, index: int) -> Draft:
        """The draft with every clause up to `index` given to the loudspeaker."""
        return replace(self, issued=index + 1)

    @property
    def unfinished(self) -> bool:
        """Whether there would be more of it than is written."""
        return self.written is None or self.cut_short > 0

    @property
    def sounded(self) -> bool:
        """Whether any of it has been given to the loudspeaker."""
        return self.issued > 0

    @property
    def ready(self) -> bool:
        """Whether the reply is written and synthesised to its end."""
        return self.written is not None and all(c.seconds is not None for c in self.clauses)

    @property
    def done(self) -> bool:
        """Whether all of it that has a sound has been heard."""
        return self.ready and all(clause.over for clause in self.clauses)

    @property
    def silent(self) -> bool:
        """Whether it has turned out to hold no sound at all."""
        return self.ready and all(c.seconds == 0 for c in self.clauses)

    def spoken(self) -> str:
        """The words of the clauses that were heard whole."""
        return " ".join(c.text for c in self.clauses if c.played)

    def _with(self, index: int, **change: float | bool) -> Draft:
        if not 0 <= index < len(self.clauses):
            return self
        clause = replace(self.clauses[index], **change)  # type: ignore[arg-type]
        return replace(self, clauses=(*self.clauses[:index], clause, *self.clauses[index + 1 :]))
