"""How fast her voice speaks and is synthesised on this machine, measured as she talks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from companion.dialogue.clauses import Voice

NEWEST = 0.2
"""Share of the newest clause in what is known: it follows a machine that gets busy within five clauses."""

LEAST_WORDS = 2
"""Words from which on a clause tells anything: one word is mostly pause."""


@dataclass(slots=True)
class VoiceRates:
    """Belongs to the thread that synthesises; another may read `voice`, which is replaced whole."""

    voice: Voice = field(default_factory=Voice)

    def add(self, text: str, synthesis: float, speech: float) -> None:
        """A clause was synthesised in `synthesis` seconds, and its speech lasts `speech` seconds."""
        words = len(text.split())
        if words < LEAST_WORDS or speech <= 0.0:
            return
        before = self.voice
        slower = synthesis / before.synthesis(words)
        share = 1.0 + NEWEST * (slower - 1.0)
        self.voice = replace(
            before,
            words=before.words + NEWEST * (words / speech - before.words),
            seconds=before.seconds * share,
            seconds_a_word=before.seconds_a_word * share,
        )
