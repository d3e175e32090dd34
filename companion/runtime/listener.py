"""Whose voice a turn is in, and whether it is meant for her."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from companion.engines.speaker import Vector, VoiceEncoder
from companion.engines.speaker.voices import KnownVoices, Voice, Who
from companion.runtime.ears import Snapshot

RATE = 16_000

MOST = 4 * RATE
"""Samples of speech that a voice is judged from at most: more tells nothing more."""

SURE = 0.5
"""How sure a voice must be for what is learned from it, and for being answered where only known ones are."""

OWNER = "me"
"""The name of a voice that was learned quietly."""

FIRST = 5
"""Turns that a voice is learned from quietly."""

ENOUGH = 1.5
"""Seconds of speech that something is learned from."""

STILL_THERE = 20 * RATE
"""Samples after somebody known has spoken in which a word too short to tell a voice by ("yes") is theirs."""


@dataclass(slots=True)
class Listener:
    """Tells voices apart for the recogniser's thread. `only_known`: once any voice is known, no other is
    answered. `learn`: the first voice she hears is learned quietly, and every known one follows its owner's.
    `ask`: a voice that is nobody's is asked whose it is. `keep` puts a voice that changed on disk."""

    encoder: VoiceEncoder
    known: KnownVoices
    only_known: bool
    learn: bool
    ask: bool = False
    keep: Callable[[Voice], None] = lambda voice: None
    _strangers: list[Vector] = field(default_factory=list)
    _first: list[Vector] = field(default_factory=list)
    _known_until: int = -STILL_THERE
    _at: int = 0

    def who(self, sound: Snapshot) -> Who:
        """Whose voice the speech of a turn is in; ("", 0.0, 0.0) where nobody can tell."""
        vector, seconds, who = self._heard(sound)
        self._at = sound.start
        if vector is None:
            return Who("", 0.0, 0.0)
        if who.name:
            self._strangers.clear()
            self._known_until = sound.end if who.sure >= SURE else self._known_until
        elif self.ask and seconds >= ENOUGH / 2:
            self._strangers = [*self._strangers, vector][-FIRST:]
        return who

    def meant(self, who: Who) -> bool:
        """Whether that voice, the last that `who` was asked about, is to be answered."""
        if not self.only_known or not self.known:
            return True
        if who.name:
            return who.sure >= SURE
        return who.sure == 0.0 and self._at - self._known_until <= STILL_THERE

    def strange(self, who: Who) -> bool:
        """Whether she is to ask who that is."""
        unknown = not who.name and (who.sure >= SURE or not self.known)
        return self.ask and unknown and bool(self._strangers)

    def introduce(self, name: str) -> bool:
        """Learn the voice of the strangers' last turns under `name`; False where another voice is known by
        it, or there was too little of this one."""
        taken = name.casefold() in {voice.name.casefold() for voice in self.known.voices.values()}
        vectors, self._strangers = self._strangers, []
        if taken or not vectors:
            return False
        self.keep(self.known.enrol(name, vectors))
        return True

    def committed(self, sound: Snapshot) -> None:
        """A turn was over: learn from its voice, if that is wanted."""
        if not self.learn:
            return
        vector, seconds, who = self._heard(sound)
        if vector is None or seconds < ENOUGH:
            return
        if who.name and who.sure >= SURE:
            self.keep(self.known.adapt(who.name, vector))
        elif not self.known:
            self._first.append(vector)
            if len(self._first) >= FIRST:
                self.keep(self.known.enrol(OWNER, self._first))
                self._first.clear()

    def _heard(self, sound: Snapshot) -> tuple[Vector | None, float, Who]:
        spoken = sound.audio[: max(0, sound.voiced - sound.start) or len(sound.audio)][-MOST:]
        vector = self.encoder.vector(spoken)
        seconds = len(spoken) / RATE
        return vector, seconds, self.known.who(vector, seconds) if vector is not None else Who("", 0.0, 0.0)
