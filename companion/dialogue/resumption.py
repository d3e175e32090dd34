"""Transitions while a sound breaks the user's pause: the turn goes on, or nothing has changed.

Nothing is committed while it isn't known whose it is. What tells, in the order in which it comes in:

| evidence | what it means |
| --- | --- |
| what might have become speech falls silent within 0.1 s | nothing: the pause is as it was, and its draft |
| a look at the turn has words that weren't known | the turn goes on: its draft is revoked without a trace |
| the sound lasts for `barge_in` seconds of speech, or `LASTS` in all | the same |
| the sound is over, and the look behind it has no new words | a noise: the pause is as it was, too |
| no look has come back `UNHEARD` seconds behind its end | as if it had words: the turn is made out anew |

Where only known voices are answered, a sound that lasts is looked at first, `others.AGAIN` seconds into it:

| whose voice it is | what it means |
| --- | --- |
| surely of none she knows | it is others': the pause is as it was, and may end while they speak |
| the same, and there are new words before theirs | the turn went on, and has paused again |
| too little to tell | look again; where others have spoken in this pause, it is theirs |
| the same, and the sound is over, or lasts for `UNTOLD` seconds | as if everybody were answered |
| one she knows | the same |
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import events as e
from companion.dialogue import others, user_turn
from companion.dialogue.draft import Draft
from companion.dialogue.pace import waited_out
from companion.dialogue.requests import holds_floor
from companion.dialogue.state import Floor, Others, Patience, State, Step, current, revoked
from companion.dialogue.words import bare

LASTS = 0.7
"""Seconds that no noise lasts which is no speech: most coughs, knocks and clicks take less than 0.5 s, and
the end of a sound is noticed 0.1 s late."""

UNHEARD = 1.0
"""Seconds for which the words of a sound are waited for once it is over: a look takes 0.1 to 0.3 s, and may
have to wait for another."""

A_WORD = 0.2
"""Seconds that the user has spoken at least before others did, where a look finds new words."""

AGAIN = 0.2
"""Seconds from a look that couldn't tell whose voice it is to the next: half a window of the voice model."""

UNTOLD = 2.0
"""Seconds within which it nearly always shows whose voice it is, that of nobody known within 1.5 s."""


def begins(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A sound in the pause: perhaps the turn goes on. The draft is kept, and can't be committed."""
    draft = current(state)
    if not patience.hands_free or draft.final or state.muted:
        return state, []
    after = replace(
        state, floor=Floor.RESUMING, onset=now, over_at=draft.end, overhearing=0, sounds=state.sounds + 1,
        others=Others.SILENT if state.others is Others.SILENT else Others.SPOKE,
    )  # fmt: skip
    if isinstance(event, e.SpeechStarted):
        return starts(after, event, now, patience)
    return rises(after, event, now, patience)


def starts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Something lasts for long enough to be speech."""
    assert isinstance(event, e.SpeechStarted)
    after = replace(state, onset=event.onset, over_at=None, rising=False)
    first = others.AGAIN if patience.only_known else LASTS
    return after, [_look_at(after, max(now, event.onset + first), now, patience)]


def rises(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Something sounds that is too short for speech yet."""
    return replace(state, rising=True), [_look_at(state, now + LASTS, now, patience)]


def _look_at(state: State, at: float, now: float, patience: Patience) -> e.Command:
    """Wait for the time of the next look; for one that is under way, where voices are told apart."""
    waits = patience.only_known and state.overhearing
    return e.SetTimer(e.Timer.LOOK, now + UNHEARD if waits else at)


def falls(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It stays too short."""
    return _decided(replace(state, rising=False), now, patience)


def word_ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It falls silent, for a moment or for longer: look at once whether it was a word."""
    if state.overhearing or state.others is not Others.SILENT:
        return state, []
    after, commands = _looking(state)
    return after, [*commands, e.SetTimer(e.Timer.LOOK, now + UNHEARD)] if patience.only_known else commands


def ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is over: a look at all of it tells what it was. Beside others so little of a voice is theirs."""
    assert isinstance(event, e.SpeechPaused)
    after = replace(state, over_at=event.end)
    if after.others is not Others.SILENT:
        return _decided(after, now, patience)
    after, commands = _looking(after)
    return after, [e.SetTimer(e.Timer.LOOK, now + UNHEARD), *commands]


def _looking(state: State) -> Step:
    return replace(state, overhearing=state.overhearing + 1), [e.Overhear(state.sounds, urgent=True)]


def overheard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """What has been said of the turn by now, and whose voice says it."""
    assert isinstance(event, e.Overheard)
    if event.draft:
        return user_turn.guessed(state, event, now, patience)
    after = replace(state, overhearing=max(0, state.overhearing - 1))
    if patience.only_known and event.voice is e.Voice.OPEN:
        return _untold(after, event, now, patience)
    if patience.only_known and event.voice is not e.Voice.ANSWERED:
        return _others_speak(after, event, now, patience)
    if _adds(state, event):
        return _goes_on(after, now, patience, event.voice)
    if patience.only_known and after.over_at is None:
        if now - after.onset >= LASTS:
            return _goes_on(after, now, patience, event.voice)
        return after, [_look_at(after, after.onset + LASTS, now, patience)]
    return _decided(after, now, patience)


def _untold(state: State, event: e.Overheard, now: float, patience: Patience) -> Step:
    """There is too little of a voice yet to tell whose it is."""
    alone = state.others is Others.SILENT
    if state.over_at is not None:
        adds = alone and _adds(state, event)
        return _goes_on(state, now, patience) if adds else _decided(state, now, patience)
    if not alone:
        return _pause(replace(state, others=Others.SPEAK), now, patience)
    if now - state.onset >= UNTOLD:
        return _goes_on(state, now, patience)
    return state, [_look_at(state, now + AGAIN, now, patience)]


def _others_speak(state: State, event: e.Overheard, now: float, patience: Patience) -> Step:
    """It is others who speak: what the user said before they did is what counts."""
    over = state.over_at is not None
    after = replace(state, others=Others.SPOKE if over else Others.SPEAK)
    said, known = bare(event.text), _known(state)
    end = (now - event.took if state.over_at is None else state.over_at) - event.since
    if known is not None and said != known[: len(said)] and end - state.onset >= A_WORD:
        after, commands = revoked(replace(after, overhearing=0), Floor.USER, [])
        after, more = user_turn.begin_draft(after, Draft(0, end), now, patience)
        return after, [*commands, *more]
    return _decided(after, now, patience) if over else _pause(after, now, patience)


def lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is too long for a noise, or nobody could tell its words in time; or the turn is as long as one may
    be."""
    timer = event.timer if isinstance(event, e.TimerFired) else None
    if timer not in (None, e.Timer.LOOK, e.Timer.LONGEST):
        return state, []
    if patience.only_known and timer is None:
        return state, []  # whose it is tells
    if patience.only_known and timer is e.Timer.LOOK and state.over_at is None and not state.overhearing:
        after, commands = _looking(state)
        return after, [*commands, e.SetTimer(e.Timer.LOOK, now + UNHEARD)]
    after, commands = _goes_on(state, now, patience)
    if isinstance(event, e.TimerFired) and after.floor is Floor.USER:
        after, more = user_turn.too_long(after, event, now, patience)
        commands = [*commands, *more]
    return after, commands


def heard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The words before the pause are known by now; where there are none, or none but hers, the sound is what
    counts."""
    assert isinstance(event, e.Heard)
    if not event.text:
        return _goes_on(state, now, patience)
    if not user_turn.is_echo(state, event.text):
        return user_turn.heard(state, event, now, patience)
    if state.rising and state.over_at == current(state).end:
        return _goes_on(state, now, patience)  # perhaps nothing: the same words are heard again
    after, commands = _goes_on(replace(state, over=None), now, patience)
    return after, [e.DropSound(event.draft), *commands]


def _goes_on(state: State, now: float, patience: Patience, voice: e.Voice = e.Voice.OPEN) -> Step:
    """It is speech, surely the user's (ANSWERED) or perhaps: the turn was not over. How long this pause was
    teaches the user's pace, once it is known that the user ended it."""
    draft = current(state)
    if draft.text and state.others is Others.SILENT and not holds_floor(draft.text, state.question):
        pace = waited_out(state.paces.of(draft.who), state.onset - draft.end)
        state = user_turn.learned(replace(state, lesson=state.paces.with_pace(draft.who, pace)), voice)
    after = replace(state, others=Others.SILENT)
    return user_turn.left_to_user(revoked(after, Floor.USER, []), state.over_at, now, patience)


def _decided(state: State, now: float, patience: Patience) -> Step:
    """Nothing sounds any more and no word came with it: the silence counts from the last word, as if nothing
    had been heard."""
    if state.rising or state.over_at is None or state.overhearing:
        return state, []
    return _pause(state, now, patience)


def _pause(state: State, now: float, patience: Patience) -> Step:
    """The pause goes on as it was."""
    draft = current(state)
    bound = now + patience.answer if draft.over else max(now, draft.end + patience.wait_most)
    after = replace(state, floor=Floor.PAUSE)
    return user_turn.await_end(after, now, patience, [e.SetTimer(e.Timer.TURN_BOUND, bound)])


def _adds(state: State, look: e.Overheard) -> bool:
    """Whether a look has words that the turn didn't have. A look that failed may have missed some."""
    said, known = bare(look.text), _known(state)
    if known is None or (not said and not look.sure):
        return True
    return said != known[: len(said)]


def _known(state: State) -> list[str] | None:
    """The words before the pause, as far as they are known."""
    draft = current(state)
    known = draft.guess if draft.text is None else draft.doubted or draft.text
    return None if known is None else bare(known)
