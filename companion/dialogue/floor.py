"""Who may speak: the turn-taking state machine, (state, event, now) -> (state, commands).

All of the state of turn-taking is the frozen `State` here, and every way from one state of the floor to
another stands in `TABLE` at the end of the file, with nothing beside it: an event that the table doesn't
list for the current state changes nothing. The diagram in ARCHITECTURE.md is drawn from that table.
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import (
    answer,
    carried_out,
    commit,
    others,
    overlap,
    recollection,
    resumption,
    user_turn,
)
from companion.dialogue import events as e
from companion.dialogue.state import Floor, Handler, Others, Patience, State, Step


def step(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The next state and what to do about `event` at the time `now` (seconds)."""
    found = TABLE[state.floor].get(type(event))
    if found is None or _stale(state, event):
        return state, []
    handler, allowed = found
    after, commands = handler(state, event, now, patience)
    if after.floor is not state.floor and after.floor not in allowed:
        raise AssertionError(f"{state.floor} -> {after.floor} on {event} is not in the table")
    after = _entered(state, after, now)
    fired = isinstance(event, e.TimerFired) and event.timer is e.Timer.LONGEST
    meant = [c for c in commands if not isinstance(c, e.SetTimer) or after.floor in _LIVES[c.timer]]
    last = [c for c in meant if isinstance(c, e.Then)]  # it begins the next step
    timers = _timers(state, after, now, patience, fired)
    return after, [*(c for c in meant if c not in last), *timers, *last]


def _entered(before: State, after: State, now: float) -> State:
    """What no transition may forget on its way to a state of the floor."""
    if after.rising and (after.floor not in _RISES or after.muted):
        after = replace(after, rising=False)
    if after.floor in _USERS and before.floor not in _USERS:
        after = replace(after, began=after.onset if before.floor in _CONTESTS else now)
    if after.over and after.floor not in (Floor.IDLE, Floor.USER, Floor.PAUSE, Floor.RESUMING):
        after = replace(after, over=None)
    if after.turns != before.turns:
        after = replace(after, ended=now)
    if after.floor is Floor.IDLE and (before.floor in _HERS or before.turns != after.turns):
        after = replace(after, keep_at=now + answer.KEEPING)
    if after.floor not in _USERS and (after.broke_in, after.lesson) != (None, None):
        after = replace(after, broke_in=None, lesson=None)
    if after.others is not Others.SILENT and not _keep_company(before, after):
        after = replace(after, others=Others.SILENT)
    return after


def _keep_company(before: State, after: State) -> bool:
    """Whether it still matters that others speak; or spoke, which it doesn't where the floor becomes free."""
    free = after.floor is Floor.IDLE and before.floor is not Floor.IDLE
    return after.floor in _COMPANY and not after.muted and not (free and after.others is Others.SPOKE)


_RISES = (Floor.RESUMING, Floor.COMPANION, Floor.OVERLAP)
"""It matters what may become speech."""

_USERS = (Floor.USER, Floor.PUSHED, Floor.PAUSE, Floor.RESUMING)
"""It is the user's turn."""

_HERS = (Floor.ANSWERING, Floor.CONTESTED, Floor.COMPANION, Floor.OVERLAP)
"""It is hers."""

_CONTESTS = (Floor.CONTESTED, Floor.OVERLAP)
"""It is hers, and the user makes a sound."""

_COMPANY = (Floor.IDLE, Floor.PAUSE, Floor.RESUMING, Floor.ANSWERING, Floor.OVERLAP)
"""It matters that others speak: where the user does, nothing is known of others."""

_LIVES = {
    e.Timer.LONGEST: _USERS,
    e.Timer.TURN_END: (Floor.PAUSE,),
    e.Timer.TURN_BOUND: (Floor.PAUSE,),
    e.Timer.PARTIAL: (Floor.USER, Floor.PUSHED),
    e.Timer.LOOK: (Floor.RESUMING, Floor.CONTESTED, Floor.OVERLAP),
    e.Timer.OTHERS: (Floor.IDLE, Floor.PAUSE),
    e.Timer.THINKING: (Floor.PAUSE, Floor.ANSWERING),
    e.Timer.ANSWER: _HERS,
    e.Timer.QUIET: (Floor.IDLE,),
}
"""The states of the floor in which a timer means something; it is cancelled on the way out of them, and not
set on the way to others."""


def _timers(before: State, after: State, now: float, patience: Patience, fired: bool) -> list[e.Command]:
    """What leaving and entering a state of the floor does to the timers and her loudness; `fired`: the
    longest turn is over, and what goes on is the next."""
    commands: list[e.Command] = [
        e.CancelTimer(timer)
        for timer, floors in _LIVES.items()
        if before.floor in floors and after.floor not in floors
    ]
    partials = _LIVES[e.Timer.PARTIAL]
    if after.floor in partials and before.floor not in partials:
        began = before.onset if before.floor is Floor.RESUMING else now
        commands.append(e.SetTimer(e.Timer.PARTIAL, max(now, began + user_turn.FIRST_PARTIAL)))
    speak = after.others is Others.SPEAK and after.floor in _LIVES[e.Timer.OTHERS]
    if speak and before.floor is not after.floor:
        commands.append(e.SetTimer(e.Timer.OTHERS, now + others.AGAIN))
    if after.others is Others.SPEAK and after.floor is Floor.OVERLAP and before.floor is not Floor.OVERLAP:
        commands.append(e.SetTimer(e.Timer.LOOK, now + overlap.OTHERS_AGAIN))
    if after.floor is Floor.ANSWERING and (before.floor is not after.floor or before.turn != after.turn):
        commands.append(e.SetTimer(e.Timer.THINKING, now + answer.QUIET))
    if _awaits_words(after) and not _awaits_words(before):
        commands.append(e.SetTimer(e.Timer.THINKING, max(now, user_turn.slow_from(after))))
    longest = _LIVES[e.Timer.LONGEST]
    if after.floor in longest and (fired or before.floor not in longest):
        commands.append(e.SetTimer(e.Timer.LONGEST, now + patience.longest))
    if after.floor is Floor.IDLE and (before.floor is not Floor.IDLE or before.turns != after.turns):
        commands.append(e.SetTimer(e.Timer.QUIET, max(now + answer.SETTLED, after.keep_at)))
    if _soft(before) != _soft(after):
        commands.append(e.Duck(_soft(after)))
    return commands


def _soft(state: State) -> bool:
    """Whether she speaks softly: the user makes a sound, or may be about to."""
    heeded = state.floor is Floor.OVERLAP and state.others is Others.SILENT
    return heeded or (state.floor is Floor.COMPANION and state.rising)


def _awaits_words(state: State) -> bool:
    """Whether the turn is over and only its words are still to come."""
    draft = state.draft
    return state.floor is Floor.PAUSE and draft is not None and draft.over and draft.text is None


def _stale(state: State, event: e.Event) -> bool:
    """Whether the event is a result for a draft that is no longer the current one, or a look at a sound that
    isn't the last."""
    if isinstance(event, e.PlaybackStopped):
        return False  # what was heard of a revoked reply is still true
    if isinstance(event, e.Overheard) and event.sound not in (0, state.sounds):
        return True
    draft = getattr(event, "draft", 0)
    return draft != 0 and (state.draft is None or state.draft.id != draft)


# --- every transition there is ----------------------------------------------------------------------------

_ALWAYS: dict[type[e.Event], tuple[Handler, frozenset[Floor]]] = {
    e.PlaybackStopped: (answer.playback_stopped, frozenset()),
    e.Adjusted: (answer.adjusted, frozenset()),
    e.Introduced: (answer.introduced, frozenset()),
}


_EXTENDED: dict[type[e.Event], tuple[Handler, frozenset[Floor]]] = {
    e.ReplyForeseen: (answer.reply_foreseen, frozenset()),
    e.ClauseWritten: (answer.clause_written, frozenset()),
    e.ClauseReady: (answer.clause_ready, frozenset()),
    e.ReplyWritten: (answer.reply_written, frozenset()),
}
"""A draft grows, and can't sound yet."""


def _to(*floors: Floor) -> frozenset[Floor]:
    return frozenset(floors)


_F = Floor
TABLE: dict[Floor, dict[type[e.Event], tuple[Handler, frozenset[Floor]]]] = {
    _F.IDLE: {
        **_ALWAYS,
        e.SpeechStarted: (user_turn.user_begins, _to(_F.USER)),
        e.SpeechPaused: (others.fall_silent, _to()),
        e.TimerFired: (others.time_to_look, _to()),
        e.Overheard: (others.looked, _to(_F.USER, _F.PAUSE)),
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.MuteChanged: (answer.mute, _to()),
        e.EngineFailed: (answer.without_verdict, _to()),
    },
    _F.USER: {
        **_ALWAYS,
        e.Stored: (answer.stored, _to()),
        e.SpeechPaused: (user_turn.user_pauses, _to(_F.PAUSE)),
        e.TimerFired: (user_turn.speech_lasts, _to()),
        e.SpeechDipped: (user_turn.word_ends, _to()),
        e.Overheard: (others.overheard, _to(_F.PAUSE, _F.IDLE)),
        e.WordsJudged: (user_turn.words_judged_ahead, _to()),
        e.Heard: (user_turn.heard_of_cut, _to()),
        **_EXTENDED,
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.IDLE)),
        e.EngineFailed: (answer.engine_failed, _to()),
    },
    _F.PUSHED: {
        **_ALWAYS,
        e.EngineFailed: (answer.engine_failed, _to()),
        e.Stored: (answer.stored, _to()),
        e.PushEnded: (user_turn.key_up, _to(_F.PAUSE)),
        e.TimerFired: (user_turn.speech_lasts, _to(_F.PAUSE)),
        e.SpeechDipped: (user_turn.word_ends, _to()),
        e.Overheard: (user_turn.overheard, _to()),
        e.WordsJudged: (user_turn.words_judged_ahead, _to()),
        **_EXTENDED,
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.IDLE)),
    },
    _F.PAUSE: {
        **_ALWAYS,
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.Stored: (answer.stored, _to()),
        e.SpeechRose: (resumption.begins, _to(_F.RESUMING)),
        e.SpeechStarted: (resumption.begins, _to(_F.RESUMING)),
        e.SpeechPaused: (others.speech_ends, _to()),
        e.Overheard: (others.guessed, _to(_F.USER, _F.ANSWERING, _F.IDLE)),
        e.Heard: (user_turn.heard, _to(_F.IDLE, _F.ANSWERING)),
        e.TurnJudged: (user_turn.judged, _to(_F.ANSWERING, _F.IDLE)),
        e.WordsJudged: (user_turn.words_judged, _to(_F.ANSWERING, _F.IDLE)),
        e.TimerFired: (others.silence_lasts, _to(_F.ANSWERING, _F.IDLE)),
        **_EXTENDED,
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.IDLE, _F.ANSWERING)),
        e.EngineFailed: (answer.engine_failed, _to(_F.IDLE, _F.ANSWERING)),
    },
    _F.RESUMING: {
        **_ALWAYS,
        e.SpeechRose: (resumption.rises, _to()),
        e.SpeechFell: (resumption.falls, _to(_F.PAUSE, _F.ANSWERING, _F.IDLE)),
        e.SpeechStarted: (resumption.starts, _to()),
        e.SpeechSustained: (resumption.lasts, _to(_F.USER, _F.PAUSE)),
        e.SpeechDipped: (resumption.word_ends, _to()),
        e.SpeechPaused: (resumption.ends, _to(_F.PAUSE, _F.ANSWERING, _F.IDLE)),
        e.Overheard: (resumption.overheard, _to(_F.USER, _F.PAUSE, _F.ANSWERING, _F.IDLE)),
        e.TimerFired: (resumption.lasts, _to(_F.USER, _F.PAUSE)),
        e.Heard: (resumption.heard, _to(_F.USER, _F.PAUSE)),
        e.TurnJudged: (user_turn.judged, _to()),
        e.WordsJudged: (user_turn.words_judged, _to()),
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.Stored: (answer.stored, _to()),
        **_EXTENDED,
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.IDLE, _F.ANSWERING, _F.PAUSE)),
        e.EngineFailed: (answer.engine_failed, _to(_F.USER, _F.PAUSE)),
    },
    _F.ANSWERING: {
        **_ALWAYS,
        e.Stored: (answer.stored, _to(_F.COMPANION, _F.OVERLAP, _F.IDLE)),
        e.ReplyForeseen: (answer.reply_foreseen, _to()),
        e.ClauseWritten: (answer.clause_written, _to()),
        e.ClauseReady: (answer.clause_ready, _to(_F.COMPANION, _F.OVERLAP, _F.IDLE)),
        e.ReplyWritten: (answer.reply_written, _to(_F.COMPANION, _F.OVERLAP, _F.IDLE)),
        e.VoiceForgotten: (carried_out.voice_forgotten, _to()),
        e.MemoryAnswered: (recollection.memory_answered, _to()),
        e.SpeechStarted: (overlap.user_overlaps, _to(_F.CONTESTED)),
        e.SpeechPaused: (overlap.others_end, _to(_F.CONTESTED)),
        e.TimerFired: (answer.answer_overdue, _to(_F.IDLE)),
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.MuteChanged: (answer.mute, _to()),
        e.EngineFailed: (answer.engine_failed, _to(_F.IDLE)),
    },
    _F.CONTESTED: {
        **_ALWAYS,
        e.SpeechStarted: (overlap.goes_on, _to()),
        e.SpeechSustained: (overlap.sustained, _to(_F.USER, _F.PAUSE)),
        e.SpeechPaused: (overlap.sound_ends, _to()),
        e.Overheard: (
            overlap.overheard,
            _to(_F.USER, _F.PAUSE, _F.ANSWERING, _F.COMPANION, _F.OVERLAP, _F.IDLE),
        ),
        e.TimerFired: (overlap.time_passes, _to(_F.USER, _F.PAUSE)),
        e.Stored: (answer.stored, _to()),
        e.VoiceForgotten: (carried_out.voice_forgotten, _to()),
        e.MemoryAnswered: (recollection.memory_answered, _to()),
        **_EXTENDED,
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.ANSWERING, _F.IDLE)),
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.ANSWERING, _F.COMPANION, _F.IDLE)),
        e.EngineFailed: (answer.engine_failed, _to(_F.USER, _F.PAUSE)),
    },
    _F.COMPANION: {
        **_ALWAYS,
        e.ClauseWritten: (answer.clause_written, _to()),
        e.ClauseReady: (answer.clause_ready, _to(_F.IDLE)),
        e.ReplyWritten: (answer.reply_written, _to(_F.IDLE)),
        e.ClausePlayed: (answer.clause_played, _to(_F.IDLE)),
        e.SpeechRose: (overlap.rises, _to()),
        e.SpeechFell: (overlap.rises, _to()),
        e.SpeechStarted: (overlap.user_overlaps, _to(_F.OVERLAP)),
        e.TimerFired: (answer.answer_overdue, _to(_F.IDLE)),
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.IDLE)),
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.MuteChanged: (answer.mute, _to()),
        e.EngineFailed: (answer.engine_failed, _to(_F.IDLE)),
    },
    _F.OVERLAP: {
        **_ALWAYS,
        e.SpeechRose: (overlap.rises, _to()),
        e.SpeechFell: (overlap.rises, _to()),
        e.SpeechStarted: (overlap.goes_on, _to()),
        e.SpeechSustained: (overlap.sustained, _to(_F.USER, _F.PAUSE)),
        e.SpeechPaused: (overlap.sound_ends, _to()),
        e.Overheard: (overlap.overheard, _to(_F.USER, _F.PAUSE, _F.COMPANION, _F.IDLE)),
        e.TimerFired: (overlap.time_passes, _to(_F.USER, _F.PAUSE)),
        e.ClauseWritten: (answer.clause_written, _to()),
        e.ClauseReady: (answer.clause_ready, _to(_F.USER, _F.PAUSE, _F.IDLE)),
        e.ReplyWritten: (answer.reply_written, _to(_F.USER, _F.PAUSE, _F.IDLE)),
        e.ClausePlayed: (answer.clause_played, _to(_F.USER, _F.PAUSE, _F.IDLE)),
        e.PushStarted: (user_turn.key_down, _to(_F.PUSHED)),
        e.Typed: (commit.typed, _to(_F.IDLE)),
        e.StopAsked: (answer.stop_asked, _to(_F.IDLE)),
        e.MuteChanged: (answer.mute, _to(_F.COMPANION, _F.IDLE)),
        e.EngineFailed: (answer.engine_failed, _to(_F.USER, _F.PAUSE, _F.IDLE)),
    },
}
