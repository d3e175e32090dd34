"""Counts what became of the drafts: how many were ready in time, how many were for nothing, and their
cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.dialogue import events as e
from companion.dialogue.state import State
from companion.dialogue.timeline import Timeline


@dataclass(slots=True)
class Tally:
    """A watcher. `begun`, `wasted`: drafts written at, and those of them that were revoked before they
    sounded.
    `wasted_s`: seconds that the language model worked for those. `answered`, `ready`: turns that were
    answered,
    and those whose first clause was held when the turn ended. `partials`, `partial_s`: partial transcripts,
    and the seconds they took."""

    begun: int = 0
    wasted: int = 0
    wasted_s: float = 0.0
    answered: int = 0
    ready: int = 0
    partials: int = 0
    partial_s: float = 0.0
    _since: dict[int, float] = field(default_factory=dict)
    _took: dict[int, float] = field(default_factory=dict)

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        """Take note of the drafts' beginnings and ends."""
        match what:
            case e.Reply(draft, _):
                self.begun += 1
                self._since[draft] = now
            case e.ReplyWritten(draft, _) if draft in self._since:
                self._took[draft] = now - self._since.pop(draft)
            case e.Revoke(draft, _) if draft in self._since or draft in self._took:
                self.wasted += 1
                self.wasted_s += self._took.pop(draft, 0.0) or now - self._since.pop(draft)
            case e.CommitCompanionTurn(draft, _, _):
                self._since.pop(draft, None)
                self._took.pop(draft, None)
            case e.Overheard():
                self.partials += 1
                self.partial_s += what.took

    def timed(self, timeline: Timeline) -> None:
        """An answer has begun to sound."""
        at = dict(timeline.marks)
        self.answered += 1
        self.ready += at.get("first_speech", at["sound"]) <= at.get("committed", 0.0)

    def sentence(self) -> str:
        """All of it as `name value` pairs."""
        return (
            f"begun {self.begun}  wasted {self.wasted}  wasted_s {self.wasted_s:.1f}"
            f"  answered {self.answered}  ready {self.ready}"
            f"  partials {self.partials}  partial_s {self.partial_s:.1f}"
        )
