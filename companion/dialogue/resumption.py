"""Transitions while a sound breaks the user's pause: the turn goes on, or it was a noise and changes nothing.

Nothing is committed while it sounds. What tells speech from a noise, in the order in which it comes in:

| evidence | what it means |
| --- | --- |
| what might have become speech falls silent within 0.1 s | nothing: the pause is as it was, and its draft |
| a look at the turn has words that weren't known | the turn goes on: its draft is revoked without a trace |
| the sound lasts for `barge_in` seconds of speech, or `LASTS` in all | the same |
| the sound is over, and the look behind it has no new words | a noise: the pause is as it was, too |
| no look has come back `UNHEARD` seconds behind its end | as if it had words: the turn is made out anew |
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import events as e
from companion.dialogue import user_turn
from companion.dialogue.pace import waited_out
from companion.dialogue.requests import holds_floor
from companion.dialogue.state import Floor, Patience, State, Step, current, revoked
from companion.dialogue.words import bare

LASTS = 0.7
"""Seconds that no noise lasts which is no speech: most coughs, knocks and clicks take less than 0.5 s, and
the end of a sound is noticed 0.1 s late."""

UNHEARD = 1.0
"""Seconds for which the words of a sound are waited for once it is over: a look takes 0.1 to 0.3 s, and may
have to wait for another."""


def begins(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A sound in the pause: perhaps the turn goes on. The draft is kept, and can't be committed."""
    draft = current(state)
    if not patience.hands_free or draft.final or state.muted:
        return state, []
    after = replace(
        state, floor=Floor.RESUMING, onset=now, over_at=draft.end, overhearing=0, sounds=state.sounds + 1
    )
    if isinstance(event, e.SpeechStarted):
        return starts(after, event, now, patience)
    return rises(after, event, now, patience)


def starts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Something lasts for long enough to be speech."""
    assert isinstance(event, e.SpeechStarted)
    after = replace(state, onset=event.onset, over_at=None, rising=False)
    return after, [e.SetTimer(e.Timer.LOOK, max(now, event.onset + LASTS))]


def rises(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Something sounds that is too short for speech yet."""
    return replace(state, rising=True), [e.SetTimer(e.Timer.LOOK, now + LASTS)]


def falls(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It stays too short."""
    return _decided(replace(state, rising=False), now, patience)


def word_ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It falls silent, for a moment or for longer: look at once whether it was a word."""
    if state.overhearing:
        return state, []
    return replace(state, overhearing=1), [e.Overhear(state.sounds, urgent=True)]


def ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is over: a look at all of it tells what it was."""
    assert isinstance(event, e.SpeechPaused)
    after = replace(state, over_at=event.end, overhearing=state.overhearing + 1)
    return after, [e.SetTimer(e.Timer.LOOK, now + UNHEARD), e.Overhear(state.sounds, urgent=True)]


def overheard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """What has been said of the turn by now."""
    assert isinstance(event, e.Overheard)
    if event.draft:
        return user_turn.guessed(state, event, now, patience)
    after = replace(state, overhearing=max(0, state.overhearing - 1))
    if _adds(state, event):
        return goes_on(after, now, patience)
    return _decided(after, now, patience)


def lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is too long for a noise, or nobody could tell its words in time; or the turn is as long as one may
    be."""
    if isinstance(event, e.TimerFired) and event.timer not in (e.Timer.LOOK, e.Timer.LONGEST):
        return state, []
    after, commands = goes_on(state, now, patience)
    if isinstance(event, e.TimerFired) and after.floor is Floor.USER:
        after, more = user_turn.too_long(after, event, now, patience)
        commands = [*commands, *more]
    return after, commands


def heard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The words before the pause are known by now; where there are none, the sound is what counts."""
    assert isinstance(event, e.Heard)
    return user_turn.heard(state, event, now, patience) if event.text else goes_on(state, now, patience)


def goes_on(state: State, now: float, patience: Patience) -> Step:
    """It is speech: the turn was not over."""
    draft = current(state)
    if draft.text and not holds_floor(draft.text, state.question):
        pace = waited_out(state.paces.of(draft.who), state.onset - draft.end)
        state = replace(state, paces=state.paces.with_pace(draft.who, pace))
    return user_turn.left_to_user(revoked(state, Floor.USER, []), state.over_at, now, patience)


def _decided(state: State, now: float, patience: Patience) -> Step:
    """Nothing sounds any more and no word came with it: the silence counts from the last word, as if nothing
    had been heard."""
    if state.rising or state.over_at is None or state.overhearing:
        return state, []
    draft = current(state)
    bound = now + patience.answer if draft.over else max(now, draft.end + patience.wait_most)
    after = replace(state, floor=Floor.PAUSE)
    return user_turn.await_end(after, now, patience, [e.SetTimer(e.Timer.TURN_BOUND, bound)])


def _adds(state: State, look: e.Overheard) -> bool:
    """Whether a look has words that the turn didn't have. A look that failed may have missed some."""
    draft = current(state)
    known = draft.guess if draft.text is None else draft.text
    said = bare(look.text)
    if known is None or (not said and not look.sure):
        return True
    return said != bare(known)[: len(said)]
