"""The user's turn is over: it is written down, and answered; a typed turn is over as it stands."""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import carried_out, recollection
from companion.dialogue import events as e
from companion.dialogue.draft import Draft
from companion.dialogue.introductions import name_in, to_forget
from companion.dialogue.requests import asks_for_time
from companion.dialogue.state import (
    Floor,
    Patience,
    State,
    Step,
    committed,
    current,
    interrupted,
    revoked,
    yielded,
)


def commit(state: State, now: float, patience: Patience, commands: list[e.Command]) -> Step:
    """The turn is over: what it asks of code is done; else its answer may sound as soon as it is on disk."""
    text = current(state).text or ""
    done = _done_by_code(state, text, now, patience)
    if done is not None:
        after, more = done
    elif current(state).stranger and not state.off_record:
        after, more = carried_out.ask_who(state, now, patience)
    elif state.set_aside is not None and not current(state).who and (name := name_in(text)):
        after, more = carried_out.introduced(state, name, now, patience)
    else:
        return write_down(state, now, patience, commands)
    return after, [*commands, *more]


def _done_by_code(state: State, text: str, now: float, patience: Patience) -> Step | None:
    """What the words of the current draft ask of code, done; None where they ask for nothing of the kind."""
    if whose := to_forget(text):
        return carried_out.forget_voice(state, whose, now, patience)
    if (wish := recollection.wish_in(state, text)) is not None:
        return recollection.carry_out(state, wish, now, patience)
    if asks_for_time(text):
        return carried_out.abandoned(state)
    if (request := carried_out.request_in(state, text)) is not None:
        return carried_out.carry_out(state, request, now, patience)
    return None


def write_down(state: State, now: float, patience: Patience, commands: list[e.Command]) -> Step:
    """Write the turn to disk, for it is over."""
    state = recollection.heeded(state, current(state).text or "")
    turn = state.turns + 1
    after = replace(
        state, floor=Floor.ANSWERING, turn=turn, turns=turn, stored=False, unanswered=0,
        set_aside=None, wish=None, confirming=False,
    )  # fmt: skip
    return after, [
        *commands,
        committed(state, turn),
        e.DropSound(),
        e.SetTimer(e.Timer.ANSWER, now + patience.answer),
    ]


def typed(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A typed turn is complete as it stands, and takes the floor from whoever has it."""
    assert isinstance(event, e.Typed)
    if not event.text.strip():
        return state, []
    if state.floor in (Floor.COMPANION, Floor.OVERLAP):
        return interrupted(state, Floor.IDLE, [e.Then(event)])  # what was heard of her is to be known first
    if state.floor in (Floor.ANSWERING, Floor.CONTESTED):
        state, commands = yielded(state, Floor.IDLE, [])
    elif state.floor in (Floor.PAUSE, Floor.RESUMING) and current(state).text:
        state, said = write_down(state, now, patience, [])
        state, commands = yielded(state, Floor.IDLE, [], "the user types")
        # the ears rest until this is answered, too
        commands = [*said, *(c for c in commands if not isinstance(c, e.Review | e.Settle))]
    else:
        state, commands = revoked(state, Floor.IDLE, [])
    turn, draft = state.turns + 1, Draft(state.drafts + 1, now, text=event.text, over=True, final=True)
    paused = replace(state, floor=Floor.PAUSE, draft=draft, drafts=draft.id)
    done = _done_by_code(paused, event.text, now, patience)
    if done is not None:
        after, more = done
        return after, [*commands, *more]
    after = replace(
        state, floor=Floor.ANSWERING, draft=draft, drafts=draft.id, turn=turn, turns=turn, stored=False,
        unanswered=0, set_aside=None, wish=None, confirming=False,
    )  # fmt: skip
    return after, [
        *commands,
        e.DropSound(),
        e.Reply(draft.id, event.text),
        e.CommitUserTurn(turn, 0, event.text, kept=not state.off_record),
        e.SetTimer(e.Timer.ANSWER, now + patience.answer),
    ]
