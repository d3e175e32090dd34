"""The state of turn-taking, and the few moves that several of its transitions share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from companion.dialogue import events as e
from companion.dialogue.draft import Draft
from companion.dialogue.pace import Paces


class Floor(Enum):
    """Who holds the floor."""

    IDLE = "idle"
    """Nobody speaks, and nothing is being prepared."""
    USER = "user speaks"
    PUSHED = "key held"
    """The push-to-talk key is down: the user holds the floor, speaking or not."""
    PAUSE = "user pauses"
    """The user fell silent: an answer is drafted while it is decided whether the turn is over."""
    RESUMING = "user resumes?"
    """A sound breaks the pause: perhaps the turn goes on. Its draft is kept until that is decided."""
    ANSWERING = "answering"
    """The turn is committed; nothing of the answer has sounded yet."""
    CONTESTED = "contested"
    """The answer is about to sound, but the user makes a sound again: it is held until that is decided."""
    COMPANION = "companion speaks"
    OVERLAP = "overlap"
    """The companion speaks and the user makes a sound: perhaps a barge-in."""


class Others(Enum):
    """What others do, whose voices aren't answered."""

    SILENT = "silent"
    SPEAK = "speak"
    SPOKE = "spoke"
    """They have spoken since the user did, and pause."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the floor waits for what, in seconds. `factor`: what the waits of `endpointing` are multiplied
    with. `hold`: for a user who asked for time. `backchannels`: whether she says "mm-hm" in long turns.
    `only_known`: whether a voice must be known to be answered."""

    factor: float
    wait_most: float
    longest: float
    answer: float
    hands_free: bool
    hold: float = 300.0
    backchannels: bool = False
    only_known: bool = False


STRANGE = 0.5
"""How sure it must be that a voice is nobody's that is known, or another's, for it to count as that."""


@dataclass(frozen=True, slots=True)
class LastWords:
    """What she said last before she fell silent, at the moment `ended`; `until`: when the first sound of the
    turn that began over them was over (None: it isn't)."""

    words: str
    ended: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All there is to know about whose turn it is.

    `draft`: the reply in preparation or being spoken. `turn`: number of the committed user turn that it
    answers, 0 before the commit. `stored`: that turn is on disk. `announced`: number of the turn of which a
    sign last told that its answer takes a while. `unanswered`: number of a committed turn that was yielded
    to sounds which may turn out to be no words, 0 if there is none. `overhearing`: partial transcripts that
    are under way; `dipped`: when a word last ended under one. `sounds`: how many of the user's there have
    been; looks at an earlier one are stale. Of the last, where it came in a pause or in her turn: its
    `onset`, `over_at`, when it ended (None: it goes on), and how many `looks` at its words have come back.
    `rising`: a sound there may become speech. `others`: whether anybody speaks who isn't answered (or, over
    her voice, isn't heeded). `clause_began`: when the clause that sounds began to; `over`: her
    last words, where they were no question, and the turn began over them or none has begun.
    `foreseen`: the words of the turn so far as the model was given them. `said`: what was heard of her last
    answer; `rest`: what of it was written and not heard, for she was interrupted; `unfinished`: its draft, if
    the model had not written it to its end, else 0. `paces`: how long whose pauses last; `lesson`: those that
    the last pause teaches, if it was the user who went on (None: nothing, or it is known). `ended`: when the
    last turn of the user's was over; `broke_in`: whose that was, if the one that is being said began so soon
    after it that it may be its rest (None: it didn't). `keep_at`: when the conversation is to be kept, if it
    is quiet then. `began`: when the user took the floor; `hummed`: when she last said "mm-hm". `set_aside`:
    what a stranger said, where her last answer asked for a name instead (None: it didn't). `stopped`: she was
    asked to stop, and goes on with what she said only if she is asked to. `wish`: what the turn that is being
    answered (or is unanswered) wants of memory. `confirming`: she has read back what will be erased, and
    waits for a yes or no. `off_record`: nothing that is said is kept.
    """

    floor: Floor = Floor.IDLE
    draft: Draft | None = None
    turn: int = 0
    stored: bool = False
    announced: int = 0
    unanswered: int = 0
    muted: bool = False
    overhearing: int = 0
    dipped: float = float("-inf")
    sounds: int = 0
    onset: float = 0.0
    over_at: float | None = None
    looks: int = 0
    rising: bool = False
    others: Others = Others.SILENT
    clause_began: float = 0.0
    over: LastWords | None = None
    foreseen: str = ""
    said: str = ""
    rest: str = ""
    unfinished: int = 0
    paces: Paces = field(default_factory=Paces)
    lesson: Paces | None = None
    ended: float = float("-inf")
    broke_in: str | None = None
    keep_at: float = float("-inf")
    began: float = 0.0
    hummed: float = float("-inf")
    set_aside: str | None = None
    stopped: bool = False
    wish: e.AskMemory | None = None
    confirming: bool = False
    off_record: bool = False
    drafts: int = 0
    turns: int = 0

    @property
    def interrupted(self) -> bool:
        """Whether she could go on with her last answer."""
        return bool(self.rest or self.unfinished)

    @property
    def question(self) -> str:
        """What she has just asked; "" where her last words were no question, she was interrupted in them, or
        it has been answered."""
        said = self.said.rstrip("\"'”’) ")
        if self.interrupted or self.unanswered or not said.endswith("?"):
            return ""
        return re.split(r"(?<=[.!?…])\s+", said)[-1]


Step = tuple[State, list[e.Command]]
Handler = Callable[[State, e.Event, float, Patience], Step]


def current(state: State) -> Draft:
    """The draft of a state of the floor that always has one."""
    assert state.draft is not None, state.floor
    return state.draft


def noticed(state: State, floor: Floor, onset: float, over_at: float | None = None) -> State:
    """`floor`, with another sound in her turn, of which nothing is known yet but when it began and ended."""
    return replace(
        state, floor=floor, onset=onset, over_at=over_at, looks=0, overhearing=0, sounds=state.sounds + 1
    )  # fmt: skip


def committed(state: State, turn: int) -> e.CommitUserTurn:
    """The command that writes the words of the current draft down as that turn."""
    draft = current(state)
    return e.CommitUserTurn(
        turn, draft.id, draft.text or "", draft.who, draft.sure, kept=not state.off_record
    )


def revoked(state: State, floor: Floor, commands: list[e.Command]) -> Step:
    """Withdraw a draft nobody has heard of, and go to `floor`."""
    withdraw: list[e.Command] = [e.Revoke(state.draft.id)] if state.draft else []
    after = replace(state, floor=floor, draft=None)
    if floor is Floor.IDLE:  # what was announced as the next turn was none
        after = replace(after, unanswered=0, announced=min(state.announced, state.turns))
    return after, [*withdraw, *commands, *_at_rest(floor)]


def _at_rest(floor: Floor) -> list[e.Command]:
    """What was put off while somebody spoke is taken up wherever the floor becomes free."""
    return [e.Review(), e.Settle()] if floor is Floor.IDLE else []


def yielded(state: State, floor: Floor, commands: list[e.Command], why: str = "") -> Step:
    """Give up the answer to a committed turn before it sounded, explicitly."""
    draft = current(state)
    after = replace(state, floor=floor, draft=None, turn=0, unanswered=0)
    why = why or ("no answer came of it" if floor is Floor.IDLE else "the user goes on")
    return after, [e.Revoke(draft.id), e.YieldTurn(state.turn, why), *commands, *_at_rest(floor)]


def interrupted(state: State, floor: Floor, commands: list[e.Command]) -> Step:
    """Fall silent at once. What was heard is known with `PlaybackStopped`, which follows: until then it is
    the clauses that were heard whole."""
    draft = current(state)
    left = [clause.text for clause in draft.clauses if not clause.over]
    rest = " ".join([*left, draft.behind]).strip()
    after = replace(
        state,
        floor=floor,
        draft=None,
        turn=0,
        said=draft.spoken(),
        rest=rest,
        unfinished=draft.id if draft.unfinished else 0,
        stopped=False,
        confirming=draft.confirms,
    )
    return after, [e.StopPlaying(draft.id), e.Revoke(draft.id), *commands, *_at_rest(floor)]
