"""Transitions of the answer: it is written, sounds, is heard, overlaps with the user, or fails."""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import commit, user_turn
from companion.dialogue import events as e
from companion.dialogue.own_words import sounding
from companion.dialogue.state import (
    Floor,
    LastWords,
    Others,
    Patience,
    State,
    Step,
    current,
    interrupted,
    noticed,
    revoked,
    yielded,
)

KEEPING, SETTLED = 15.0, 2.0
"""Seconds behind the last that was said to her or by her, and of quiet, after which the conversation is kept:
most turns are followed by another before, so it is written to disk once a pause (29 kB a token of the 1.5B
model), not once a turn; a television that talks on puts it off no longer than to its next pause."""

QUIET = 0.4
"""Seconds after the end of a turn before which no sign sounds: she would talk over a breath."""

SOON = 0.3
"""Seconds within which an answer that is expected isn't announced any more: a clause that is written is
synthesised in 0.1 to 0.2 s."""


def reply_foreseen(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is known by now how long the answer will take."""
    assert isinstance(event, e.ReplyForeseen)
    return replace(state, draft=replace(current(state), expected=now + event.seconds)), []


def clause_written(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The model has written another clause: have it synthesised."""
    assert isinstance(event, e.ClauseWritten)
    draft = current(state)
    longer = draft.with_clause(event.index, event.text)
    if longer is draft:
        return state, []
    if event.index == 0:
        longer = replace(longer, expected=now + SOON)
    return replace(state, draft=longer), [e.Speak(longer.id, event.index, event.text)]


def clause_ready(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Another clause can sound."""
    assert isinstance(event, e.ClauseReady)
    return sound(replace(state, draft=current(state).with_speech(event.index, event.seconds)), now, patience)


def reply_written(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The reply has its end."""
    assert isinstance(event, e.ReplyWritten)
    return sound(replace(state, draft=current(state).ended(event.clauses)), now, patience)


def stored(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The turn is on disk, so the answer may sound."""
    assert isinstance(event, e.Stored)
    if event.turn not in (state.turn, state.unanswered):
        return state, []
    after = replace(state, stored=True)
    return sound(after, now, patience) if state.turn else (after, [])


def sound(state: State, now: float, patience: Patience) -> Step:
    """Give the loudspeaker what may sound by now, and notice when there is nothing more to come."""
    draft = current(state)
    if state.floor not in (Floor.ANSWERING, Floor.COMPANION, Floor.OVERLAP) or not state.stored:
        return state, []
    if draft.silent:
        why = "The answer held nothing that can be said aloud" if draft.clauses else "No answer came to mind"
        return yielded(state, Floor.IDLE, [e.Tell(f"{why}: please say it another way."), e.Cue("sorry")])
    commands: list[e.Command] = []
    seconds = 0.0
    silent = all(clause.over for clause in draft.clauses[: draft.issued])
    while (index := draft.next_to_play()) is not None:
        commands.append(e.Play(draft.id, index))
        draft = draft.issue(index)
        seconds += draft.clauses[index].seconds or 0.0
    if commands:
        commands.append(e.SetTimer(e.Timer.ANSWER, now + seconds + patience.answer))
    after = replace(state, draft=draft, clause_began=now if commands and silent else state.clause_began)
    if draft.sounded and state.floor is Floor.ANSWERING:
        after = _begins(after, now)
    return _finish(after, now, patience, commands) if draft.sounded and draft.done else (after, commands)


def _begins(state: State, now: float) -> State:
    """She begins to sound; under others who go on speaking, their voice is looked at as over her own."""
    if state.others is not Others.SPEAK:
        return replace(state, floor=Floor.COMPANION)
    return noticed(state, Floor.OVERLAP, now)


def clause_played(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A clause was heard whole."""
    assert isinstance(event, e.ClausePlayed)
    draft = current(state).with_played(event.index)
    after = replace(state, draft=draft, clause_began=now)
    if draft.done:
        return _finish(after, now, patience, [])
    return after, [e.SetTimer(e.Timer.ANSWER, now + patience.answer)]


def _finish(state: State, now: float, patience: Patience, commands: list[e.Command]) -> Step:
    """All of the reply was heard."""
    draft = current(state)
    said: list[e.Command] = [
        *commands,
        e.CommitCompanionTurn(draft.id, draft.spoken(), interrupted=False, kept=not state.off_record),
    ]
    heeded = state.floor is Floor.OVERLAP and state.others is Others.SILENT
    last = LastWords(sounding(state if heeded else replace(state, onset=now, over_at=None), now), now)
    state = replace(
        state, said=draft.spoken(), rest=draft.behind, unfinished=draft.cut_short, confirming=draft.confirms
    )  # fmt: skip
    state = replace(state, over=None if state.question else last)
    if heeded:
        after = replace(state, floor=Floor.USER, draft=None, turn=0)
        return user_turn.left_to_user((after, said), state.over_at, now, patience)
    return replace(state, floor=Floor.IDLE, draft=None, turn=0), [
        *said,
        e.DropSound(),
        e.Review(),
        e.Settle(),
    ]


def playback_stopped(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """What was heard of an interrupted reply is what she said."""
    assert isinstance(event, e.PlaybackStopped)
    words = f"{state.said} {state.rest}".split()
    rest = " ".join(words[len(event.heard.split()) :])
    kept, confirming = not state.off_record, state.confirming and bool(event.heard)
    said = [e.CommitCompanionTurn(event.draft, event.heard, True, kept)] if event.heard else []
    return replace(state, said=event.heard, rest=rest, confirming=confirming), [*said, e.Settle()]


def answer_overdue(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The answer never came, or stopped coming."""
    assert isinstance(event, e.TimerFired)
    if event.timer is e.Timer.THINKING:
        return _sign(state, now)
    why = "The answer took too long, so I stopped: please try again, or see companion doctor."
    if event.timer is not e.Timer.ANSWER:
        return state, []
    return _given_up(state, [e.Tell(why), e.Cue("sorry")], now, patience)


def _sign(state: State, now: float) -> Step:
    """Say, once, that she is thinking where the answer takes too long, or surely will; not
    where it is there, or expected at once. Where that isn't known yet, look again when it is."""
    draft = current(state)
    if state.announced == state.turn or draft.sounded or draft.next_to_play() is not None:
        return state, []
    slow, expected = user_turn.slow_from(state), draft.expected
    known = slow if expected is None else max(slow, expected + SOON)
    surely = expected is not None and expected > max(slow, now + SOON)
    if not surely and now < known:
        return state, [e.SetTimer(e.Timer.THINKING, known)]
    return replace(state, announced=state.turn), [e.Cue("thinking")]


def _given_up(state: State, commands: list[e.Command], now: float, patience: Patience) -> Step:
    """No more of the answer will come. Whoever speaks meanwhile isn't talked to."""
    speaks = state.floor in (Floor.CONTESTED, Floor.OVERLAP)
    floor = Floor.USER if speaks else Floor.IDLE
    if speaks:
        commands = [c for c in commands if not isinstance(c, e.Cue)]
    if state.floor in (Floor.COMPANION, Floor.OVERLAP):
        after = interrupted(state, floor, commands)
    else:
        after = yielded(state, floor, commands)
    return user_turn.left_to_user(after, state.over_at, now, patience)


def quiet_lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Nobody has said anything for a while: there is time to keep the conversation, and whoever was asked for
    a name doesn't give it."""
    assert isinstance(event, e.TimerFired)
    return (replace(state, set_aside=None), [e.Keep()]) if event.timer is e.Timer.QUIET else (state, [])


JUDGES = ("endpoint", "words")
"""Roles without whose verdict a turn ends all the same, a little later."""


def engine_failed(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """An engine gave up. What is already there is still said; else the turn is yielded with a sentence."""
    assert isinstance(event, e.EngineFailed)
    tell = e.Tell(event.why)
    if event.role == "store" and state.turn and not state.stored:
        return _given_up(state, [tell, e.Cue("sorry")], now, patience)
    if event.draft == 0 or state.draft is None or event.role in JUDGES:
        return without_verdict(state, event, now, patience)
    if state.floor in (Floor.USER, Floor.PUSHED):
        return replace(state, draft=None), [e.Revoke(event.draft), tell]
    if state.floor is Floor.RESUMING:
        gone: Step = replace(state, floor=Floor.USER, draft=None), [e.Revoke(event.draft), tell]
        return user_turn.left_to_user(gone, state.over_at, now, patience)
    if state.draft.sounded:
        draft = state.draft
        for index, clause in enumerate(draft.clauses):
            draft = draft if clause.seconds is not None else draft.with_speech(index, 0.0)
        after, commands = sound(replace(state, draft=draft.ended(len(draft.clauses))), now, patience)
        return after, [e.Revoke(event.draft), *commands, tell] if not after.draft else [*commands, tell]
    if state.turn:
        return _given_up(state, [tell, e.Cue("sorry")], now, patience)
    return _lost_draft(state, event, now, patience)


def without_verdict(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """No verdict of one of the judges: go on as if the turn sounded unfinished, or the words were not judged
    yet."""
    assert isinstance(event, e.EngineFailed)
    tell: list[e.Command] = [e.Tell(event.why)]
    if state.floor in (Floor.PAUSE, Floor.RESUMING) and event.role == "endpoint" and event.draft:
        after, commands = user_turn.judged(state, e.TurnJudged(event.draft, 0.0), now, patience)
        return after, [*tell, *commands]
    return state, tell


def _lost_draft(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A draft failed before its turn was committed: words that were heard are kept, and yielded."""
    assert isinstance(event, e.EngineFailed)
    draft = current(state)
    if not draft.text:
        return revoked(state, Floor.IDLE, [e.DropSound(), e.Tell(event.why), e.Cue("sorry")])
    after, commands = commit.write_down(state, now, patience, [])
    after, more = yielded(after, Floor.IDLE, [e.Tell(event.why), e.Cue("sorry")])
    return after, [*commands, *more]


def mute(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The microphone is closed or opened; what she is saying goes on."""
    assert isinstance(event, e.MuteChanged)
    if event.muted == state.muted:
        return state, []
    after = replace(state, muted=event.muted)
    if not event.muted:
        return after, [e.OpenMicrophone()]
    pauses = state.floor in (Floor.PAUSE, Floor.RESUMING)
    if pauses and current(state).text:
        return commit.commit(after, now, patience, [e.CloseMicrophone()])  # it was said before the mute
    if pauses and current(state).doubted:  # what would tell isn't heard any more
        after, commands = user_turn.nothing_said(after, now, patience)
        return after, [e.CloseMicrophone(), *commands]
    if pauses:
        draft = replace(current(after), over=True, final=True)  # its words are still to come
        after = replace(after, floor=Floor.PAUSE, draft=draft)
        return after, [e.CloseMicrophone(), e.SetTimer(e.Timer.TURN_BOUND, now + patience.answer)]
    if state.floor in (Floor.USER, Floor.PUSHED):
        return revoked(after, Floor.IDLE, [e.CloseMicrophone(), e.DropSound()])
    if state.floor in (Floor.OVERLAP, Floor.CONTESTED):
        floor = Floor.ANSWERING if state.floor is Floor.CONTESTED else Floor.COMPANION
        after, commands = sound(replace(after, floor=floor), now, patience)
        return after, [e.CloseMicrophone(), e.DropSound(), *commands]
    return after, [e.CloseMicrophone()]


def stop_asked(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """She falls silent, because she was asked to."""
    state = replace(state, set_aside=None)
    if state.floor in (Floor.COMPANION, Floor.OVERLAP):
        after, commands = interrupted(state, Floor.IDLE, [e.DropSound()])
        return replace(after, stopped=True, confirming=False), commands
    before: list[e.Command] = []
    if state.floor in (Floor.PAUSE, Floor.RESUMING):
        if not current(state).text:
            return revoked(state, Floor.IDLE, [e.DropSound()])
        state, before = commit.write_down(state, now, patience, [])
    after, commands = yielded(state, Floor.IDLE, [e.DropSound()], "the user asked for silence")
    return after, [*before, *commands]


def introduced(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A voice was learned, or not: say so, and how it is undone."""
    assert isinstance(event, e.Introduced)
    if event.learned:
        why = f'She knows the voice of {event.name} now; say "forget the voice of {event.name}" and she does.'
    else:
        why = f"That isn't the voice she knows as {event.name}, so she hasn't changed what she knows."
    return state, [e.Tell(why)]


def adjusted(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Her voice was changed: say so, and how it is kept or undone."""
    assert isinstance(event, e.Adjusted)
    keep = f"`companion settings set tts.{event.what} {event.value:.2f}`"
    return state, [
        e.Tell(f"The {event.what} of her voice is {event.value:.2f} until you close her; {keep} keeps it.")
    ]
