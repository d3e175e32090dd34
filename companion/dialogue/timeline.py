"""The timing spans of one turn: where the time went between the user's last word and the answer's first.

A timeline is made from the same events and commands that run the conversation, so it can't disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from companion.dialogue import events as e

MARKS = (
    "speech_end",
    "pause_noticed",
    "judged",
    "heard",
    "asked",
    "first_token",
    "first_clause",
    "first_speech",
    "committed",
    "stored",
    "play",
    "sound",
)
"""The moments of a turn, in the order in which they usually come."""

_HEARD = ("speech_end", "pause_noticed", "judged", "heard")
"""Those that stay when only the reply is drafted anew."""

SPANS = {
    "vad": ("speech_end", "pause_noticed"),
    "endpoint": ("pause_noticed", "judged"),
    "asr": ("pause_noticed", "heard"),
    "prefill": ("asked", "first_token"),
    "decode": ("first_token", "first_clause"),
    "tts": ("first_clause", "first_speech"),
    "wait": ("speech_end", "committed"),
    "store": ("committed", "stored"),
    "device": ("play", "sound"),
    "voice_to_voice": ("speech_end", "sound"),
}
"""Name of each span and the moments it lies between. `wait`, `endpoint` and `store` run beside the others."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments of one draft that became an answer, in seconds of the clock."""

    draft: int
    marks: tuple[tuple[str, float], ...]

    def spans(self) -> dict[str, float]:
        """Length of each span in seconds, for those whose both ends are known and of one turn. `overhead`:
        from the moment when the turn is over and speech is there, whichever is later, until it is played."""
        at = dict(self.marks)
        found = {
            name: round(at[end] - at[start], 4)
            for name, (start, end) in SPANS.items()
            if start in at and end in at and at[end] >= at[start]
        }
        if {"committed", "first_speech", "play"} <= at.keys():
            ready = max(at["committed"], at["first_speech"])
            found["overhead"] = round(at["play"] - ready, 4)
        return found


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Collects the moments of the draft that is under way; a revoked one leaves nothing."""

    draft: int = 0
    marks: tuple[tuple[str, float], ...] = ()

    def command(self, command: e.Command, now: float) -> Stopwatch:
        """The stopwatch after a command was given at the time `now`."""
        match command:
            case e.Revoke(draft, successor) if draft == self.draft:
                kept = tuple(m for m in self.marks if m[0] in _HEARD) if successor else ()
                return Stopwatch(successor, kept)
            case e.CommitUserTurn():
                return self._mark("committed", now)
            case e.Play(draft, _) if draft == self.draft:
                return self._mark("play", now)
            case e.Reply(draft, _):
                return self._of(draft)._mark("asked", now)
            case e.Transcribe(draft, end):
                return self._of(draft)._mark("speech_end", end)._mark("pause_noticed", now)
            case _:
                return self

    def event(self, event: e.Event, now: float) -> Stopwatch:
        """The stopwatch after an event that was handled at the time `now`."""
        match event:
            case e.Typed():
                return Stopwatch(self.draft, (*self.marks, ("speech_end", now)))
            case e.SpeechStarted():
                return Stopwatch() if "sound" in dict(self.marks) else self
            case e.Stored():
                return self._mark("stored", now)
        if getattr(event, "draft", 0) != self.draft or not self.draft:
            return self
        match event:
            case e.TurnJudged():
                return self._mark("judged", now)
            case e.Heard():
                return self._mark("heard", now)
            case e.ReplyBegun():
                return self._mark("first_token", now)
            case e.ClauseWritten():
                return self._mark("first_clause", now)
            case e.ClauseReady():
                return self._mark("first_speech", now)
            case e.PlaybackBegun():
                return self._mark("sound", now)
        return self

    def _of(self, draft: int) -> Stopwatch:
        """The stopwatch of a draft; the first draft takes on what was seen before there was one."""
        return self if draft == self.draft else Stopwatch(draft, () if self.draft else self.marks)

    def read(self) -> Timeline | None:
        """The timeline once the answer has sounded, else None."""
        return Timeline(self.draft, self.marks) if "sound" in dict(self.marks) else None

    def _mark(self, name: str, now: float) -> Stopwatch:
        """The first time counts."""
        return self if name in dict(self.marks) else replace(self, marks=(*self.marks, (name, now)))
