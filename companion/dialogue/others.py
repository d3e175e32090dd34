"""Transitions while somebody speaks who isn't answered: a television, or a guest where only known voices are.

They take nobody's floor. What was said before they spoke is answered while they go on, and as long as they do
their voice is looked at again every `AGAIN` seconds: somebody who is answered may speak over it, without a
pause that would tell. Whether a sound in the user's pause is theirs is decided in `resumption`.
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import answer, user_turn
from companion.dialogue import events as e
from companion.dialogue.draft import Draft
from companion.dialogue.state import Floor, Others, Patience, State, Step, current, revoked

AGAIN = 0.6
"""Seconds from one look at their voice to the next, and into an utterance to the first: a voice is known by
as much of it."""


def overheard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """What is said in the user's turn: where others say it, the turn is over, or was none."""
    assert isinstance(event, e.Overheard)
    cut = state.draft is not None and state.draft.cut
    if event.voice is not e.Voice.OTHER or cut:
        return user_turn.overheard(state, event, now, patience)
    after = replace(state, overhearing=0, others=Others.SPEAK, lesson=None)
    if event.text or state.unanswered:
        end = now - event.took - event.since
        return user_turn.begin_draft(after, Draft(0, end), now, patience)
    return revoked(after, Floor.IDLE, [e.DropSound(recent=True)])


# --- in a pause of the user's


def speech_ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """They pause: a last look tells whether the user spoke on with them."""
    assert isinstance(event, e.SpeechPaused)
    if state.others is not Others.SPEAK:
        return state, []
    after = replace(state, others=Others.SPOKE, over_at=event.end, overhearing=state.overhearing + 1)
    return after, [e.CancelTimer(e.Timer.OTHERS), e.Overhear(state.sounds, urgent=True)]


def silence_lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Time to look at their voice, or the user's silence has lasted."""
    assert isinstance(event, e.TimerFired)
    if event.timer is e.Timer.TURN_END and user_turn.looked_at(state):
        return state, []
    if event.timer is not e.Timer.OTHERS:
        return user_turn.silence_lasts(state, event, now, patience)
    if state.others is not Others.SPEAK or state.overhearing:
        return state, []
    return replace(state, overhearing=1), [e.Overhear(state.sounds)]


def guessed(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Whose voice it is that speaks in the pause: if it is the user's, the turn goes on."""
    assert isinstance(event, e.Overheard)
    if event.draft or not state.overhearing or state.others is Others.SILENT:
        return user_turn.guessed(state, event, now, patience)
    after = replace(state, overhearing=state.overhearing - 1)
    if event.voice is e.Voice.ANSWERED and event.text and not current(state).final:
        over_at = None if state.others is Others.SPEAK else state.over_at
        after = replace(after, others=Others.SILENT, overhearing=0)
        return user_turn.left_to_user(revoked(after, Floor.USER, []), over_at, now, patience)
    if state.others is Others.SPEAK:
        return after, [e.SetTimer(e.Timer.OTHERS, now + AGAIN)]
    return user_turn.await_end(after, now, patience, [])


# --- while nobody has the floor


def time_to_look(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Time to look at the voice of those who speak, or it has been quiet for long."""
    assert isinstance(event, e.TimerFired)
    if event.timer is not e.Timer.OTHERS:
        return answer.quiet_lasts(state, event, now, patience)
    return state, [e.Overhear(state.sounds)] if state.others is Others.SPEAK else []


def fall_silent(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """They pause: a last look tells whether nobody else was in it."""
    assert isinstance(event, e.SpeechPaused)
    if state.others is not Others.SPEAK:
        return state, []
    after = replace(state, others=Others.SPOKE, over_at=event.end)
    return after, [e.CancelTimer(e.Timer.OTHERS), e.Overhear(state.sounds)]


def looked(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Whose voice it is that speaks: one that is answered takes the floor."""
    assert isinstance(event, e.Overheard)
    if state.others is Others.SILENT:
        return state, []
    answered = event.voice in (e.Voice.ANSWERED, e.Voice.GUEST) and bool(event.text)
    if state.others is Others.SPEAK and not answered:
        drop: list[e.Command] = [e.DropSound(recent=True)] if event.voice is e.Voice.OTHER else []
        return state, [*drop, e.SetTimer(e.Timer.OTHERS, now + AGAIN)]
    after = replace(
        state, others=Others.SILENT, overhearing=0, foreseen="", over=None, sounds=state.sounds + 1
    )
    if state.others is Others.SPEAK:
        return user_turn.overheard(replace(after, floor=Floor.USER), event, now, patience)
    after = replace(after, over_at=None)
    if not event.text or event.voice is e.Voice.OPEN:
        return after, [e.DropSound()]
    end = now - event.took if state.over_at is None else state.over_at
    return user_turn.begin_draft(after, Draft(0, end - event.since), now, patience)
