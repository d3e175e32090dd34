"""Transitions of a turn that wants something of her memory, and of what is said off the record.

Such a turn is committed like every other, so that it is on disk before memory is asked; what memory says is
recited, and the model is asked only where memory passes. Off the record nothing of either side is kept; back
on it, what was said leaves the conversation.
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import events as e
from companion.dialogue.carried_out import over, recited
from companion.dialogue.clauses import split
from companion.dialogue.draft import Clause
from companion.dialogue.events import Ask
from companion.dialogue.remembering import Wish, understand
from companion.dialogue.state import Patience, State, Step, current

OFF = "Off the record, then: I keep nothing until you say we're back on the record."
OFF_AND = "Off the record, then."
"""What comes before the answer to what was said with it."""

BACK = "We're back on the record. I've let go of what we said in between."
ON_ALREADY = "We're on the record: what we say is kept, on this computer and nowhere else."
NOTHING_KEPT = "We're off the record: nothing is kept."
NOTHING_CHANGED = "We're off the record, so I change nothing now: say it again when we're back on it."

OFF_TOLD = "Off the record: nothing of what is said from here on is kept."
BACK_TOLD = "On the record again: nothing of what was said off it was kept."

_KEEPS = frozenset({Ask.KEEP, Ask.WHICH_RECORD})
"""What would write something down, or asks whether that would."""

_MENDS = frozenset({Ask.WRONG, Ask.MISHEARD})
"""What would change something that was written down on the record."""


def wish_in(state: State, text: str) -> Wish | None:
    """What a turn with these words wants of her memory, if it wants that and nothing else."""
    return understand(text, confirming=state.confirming, asked=state.question)


def off_record_with(state: State, wish: Wish | None) -> bool:
    """Whether a turn with that wish is off the record."""
    if wish is not None and wish.ask in (Ask.OFF_RECORD, Ask.ON_RECORD):
        return wish.ask is Ask.OFF_RECORD
    return state.off_record


def by_heart(state: State, wish: Wish) -> str:
    """What is said to a wish that memory isn't asked about; "" where it is."""
    if wish.ask is Ask.OFF_RECORD:
        return OFF_AND if wish.about else OFF
    if wish.ask is Ask.ON_RECORD:
        return BACK if state.off_record else ON_ALREADY
    if wish.ask is Ask.WHICH_RECORD and not state.off_record:
        return ON_ALREADY
    return _off_the_record(wish) if state.off_record else ""


def _off_the_record(wish: Wish) -> str:
    """What is said to it off the record. What was said on it can be forgotten all the same; what was just
    said needs no forgetting."""
    if wish.ask in _MENDS:
        return NOTHING_CHANGED
    just_said = wish.ask is Ask.FORGET and not wish.about
    return NOTHING_KEPT if just_said or wish.ask in _KEEPS else ""


def carry_out(state: State, wish: Wish, now: float, patience: Patience) -> Step:
    """Commit the turn, which the current draft has the words of, and do what it wants of memory."""
    if wish.ask is Ask.OFF_RECORD:
        return _off_record(state, wish, now, patience)
    if wish.ask is Ask.ON_RECORD:
        return _on_record(state, now, patience)
    after, said = over(replace(state, set_aside=None))
    if words := by_heart(state, wish):
        return recited(after, words, now, patience, said)
    after, commands = recited(after, "", now, patience, said)
    draft = replace(current(after), written=None)
    asked = e.AskMemory(draft.id, after.turn, wish.ask, wish.about, wish.instead_of)
    return replace(after, draft=draft, wish=asked), [*commands, asked]


def memory_answered(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Memory has done what it was asked: she says so, or the model answers."""
    assert isinstance(event, e.MemoryAnswered)
    draft = current(state)
    if event.passes or not event.text.strip():
        return replace(state, wish=None), [e.Reply(draft.id, "")]
    clauses = tuple(Clause(clause) for clause in split(event.text))
    draft = replace(draft, clauses=clauses, written=len(clauses), confirms=event.confirm)
    speak = [e.Speak(draft.id, index, clause.text) for index, clause in enumerate(clauses)]
    return replace(state, draft=draft), [*speak]


def answer_again(state: State) -> e.Command:
    """What answers the turn that stood unanswered while a sound turned out to be no words, in the current
    draft: memory is asked again what it was asked, for the model must not promise what only memory does."""
    draft, wish = current(state), state.wish
    if wish is not None and wish.turn == state.turn:
        return replace(wish, draft=draft.id)
    return e.Reply(draft.id, "")


def heeded(state: State, text: str) -> State:
    """Where a turn that is only written down asks to be off the record, it is: from itself on."""
    wish = wish_in(state, text)
    off = wish is not None and wish.ask is Ask.OFF_RECORD
    return replace(state, off_record=True) if off else state


def _off_record(state: State, wish: Wish, now: float, patience: Patience) -> Step:
    """From this turn on nothing is kept. What is said in the same breath is answered."""
    after, said = over(replace(state, off_record=True, set_aside=None, lesson=None, broke_in=None))
    told: list[e.Command] = [] if state.off_record else [e.Tell(OFF_TOLD)]
    after, commands = recited(after, by_heart(state, wish), now, patience, [*said, *told])
    if not wish.about:
        return after, commands
    draft = replace(current(after), written=None)
    return replace(after, draft=draft), [*commands, e.Reply(draft.id, "", first=len(draft.clauses))]


def _on_record(state: State, now: float, patience: Patience) -> Step:
    """What was said off the record is let go of, here and in the model's cache; this turn is kept again."""
    if not state.off_record:
        after, said = over(replace(state, set_aside=None))
        return recited(after, ON_ALREADY, now, patience, said)
    clean = replace(
        state, off_record=False, said="", rest="", unfinished=0, stopped=False, set_aside=None, over=None,
        foreseen="", lesson=None, broke_in=None,
    )  # fmt: skip
    after, said = over(clean)
    return recited(after, BACK, now, patience, [*said, e.BackOnRecord(), e.Tell(BACK_TOLD)])
