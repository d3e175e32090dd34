"""Holds synthesised clauses until they may sound, plays them, and knows which words have been heard."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from companion.audio import Sound
from companion.dialogue.events import ClausePlayed, Event, PlaybackBegun
from companion.engines.tts import Speech


@dataclass(slots=True)
class _Playing:
    """A clause given to the loudspeaker; positions in seconds as `Sound.heard` counts them."""

    draft: int
    index: int
    start: float
    end: float
    words: list[tuple[str, float, float]]
    begun: bool = False
    played: bool = False


@dataclass(slots=True)
class Mouth:
    """Clauses of drafts, by draft and index. May be used from several threads."""

    sound: Sound
    _cues: dict[str, list[Speech]] = field(default_factory=dict)
    _cue_end: float = 0.0
    _held: dict[tuple[int, int], list[Speech]] = field(default_factory=dict)
    _playing: list[_Playing] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def hold(self, draft: int, index: int, speeches: Sequence[Speech]) -> float:
        """Keep the speech of a clause until it may sound; returns its length in seconds."""
        with self._lock:
            self._held[draft, index] = list(speeches)
        return sum(len(s.samples) / s.rate for s in speeches)

    def play(self, draft: int, index: int) -> None:
        """Let a held clause sound, behind those that sound already."""
        with self._lock:
            speeches = self._held.pop((draft, index), [])
            self.hush()  # an answer is better than the sign that it is coming
            self._playing = [c for c in self._playing if c.draft == draft]
            words: list[tuple[str, float, float]] = []
            start = end = None
            for speech in speeches:
                at = self.sound.play(speech.samples, speech.rate)
                start = at if start is None else start
                end = at + len(speech.samples) / speech.rate
                words += [(w.text, at + w.start, at + w.end) for w in speech.words]
            if start is not None and end is not None:
                self._playing.append(_Playing(draft, index, start, end, words))

    def prepare(self, name: str, speeches: Sequence[Speech]) -> None:
        """Keep a sound for `cue`."""
        with self._lock:
            self._cues[name] = list(speeches)

    @property
    def cueing(self) -> bool:
        """Whether a prepared sound sounds."""
        return self._cue_end > self.sound.heard()

    def cue(self, name: str) -> float:
        """Play a prepared sound, unless one still sounds; returns its length in seconds, 0.0 where it isn't
        prepared yet."""
        with self._lock:
            if self.cueing:
                return 0.0
            seconds = 0.0
            for speech in self._cues.get(name, []):
                length = len(speech.samples) / speech.rate
                self._cue_end = self.sound.play(speech.samples, speech.rate) + length
                seconds += length
            return seconds

    def hush(self) -> None:
        """Stop a prepared sound."""
        with self._lock:
            if self.cueing:
                self.sound.stop()
                self._cue_end = 0.0  # what is played next is none, wherever the device has got to

    def drop(self, draft: int) -> None:
        """Forget what is held for a draft."""
        with self._lock:
            self._held = {key: speech for key, speech in self._held.items() if key[0] != draft}

    def stop(self, draft: int) -> str:
        """Fall silent at once; returns the words of the draft that were heard.

        A word counts as heard when at least half of it was: the listener has understood it by then.
        """
        with self._lock:
            position = self.sound.stop()
            words = [
                text
                for clause in self._playing
                if clause.draft == draft
                for text, start, end in clause.words
                if clause.played or (start + end) / 2 <= position
            ]
            self._playing.clear()
            return " ".join(words)

    def poll(self) -> list[Event]:
        """What the loudspeaker has got to since the last time."""
        with self._lock:
            if not self._playing:
                return []
            position = self.sound.heard()
            events: list[Event] = []
            for clause in self._playing:
                if not clause.begun and position > clause.start:
                    clause.begun = True
                    if clause is self._playing[0]:
                        events.append(PlaybackBegun(clause.draft))
                if not clause.played and position >= clause.end - 0.005:
                    clause.played = True
                    events.append(ClausePlayed(clause.draft, clause.index))
            return events
