"""Transitions while the user makes a sound and it is her turn: a barge-in, a backchannel, or nothing at all.

What tells them apart, in the order in which it comes in:

| evidence | what it means |
| --- | --- |
| a sound that may be speech, from its first 32 ms on | her voice ducks, for as long as it lasts |
| a request that code carries out ("stop"), as soon as it is heard surely, or twice | a barge-in: she stops |
| a "no" over what is read back before it is erased, likewise | a barge-in |
| the same, of a voice that surely isn't answered | none |
| other words, surely of none she knows (a guest, the television) | she goes on, as loud as before |
| other words, and too little of the voice yet to tell that it isn't one of those | nothing until it is told |
| the sound ends, and is still too little to tell, where only known voices are answered | she goes on |
| those words of hers that sound with it, in no answer to a question | an echo: she goes on |
| words that are no backchannel, and another behind them or the sound's end | a barge-in |
| the same, but doubtful, of a sound that goes on, once two looks agree on them | a barge-in |
| the same, after `LASTING` seconds, whether or not it goes on | a barge-in |
| the same, of a sound that ended before, once a thorough look makes them clear | a barge-in |
| the same, and it doesn't | she goes on |
| speech for `barge_in` seconds, no look at it has come back yet, and everybody is answered | a barge-in |
| speech for `LONGEST` seconds, whatever its words | a barge-in |
| the sound ends, and has words, and she was at the end of a question | a barge-in: it is the answer |
| the sound ends, and all its words are a backchannel ("mhm", "go on") | she goes on |
| the sound ends, and has no words (a cough, a door) | she goes on |

The words are looked at `LOOK` seconds after the sound is noticed and every `AGAIN` seconds from then on:
"mhm" takes 0.3 to 0.5 s, and 0.4 s of speech are enough for Whisper base to hear the first word of an
interruption. The last word of a sound that goes on is a guess at half a word ("oh wow" was heard as "oh,
why"), so it doesn't count. `companion bench overlap` measures all of this.
"""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import answer, user_turn
from companion.dialogue import events as e
from companion.dialogue.answer import sound
from companion.dialogue.backchannels import is_backchannel, may_become_backchannel
from companion.dialogue.own_words import are_hers, sounding
from companion.dialogue.pace import SOON
from companion.dialogue.remembering import yes_or_no
from companion.dialogue.requests import Request, understand
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
    yielded,
)

LOOK = 0.12
"""Seconds from the noticing of a sound to the first look at its words."""

AGAIN = 0.05
"""Seconds from one look to the next: a look takes 0.1 to 0.2 s by itself."""

LASTING = 0.9
"""Seconds of a sound from which on doubtful words count: every look at some interruptions hears other words,
and the echo canceller or a bad microphone makes them doubtful; coughs and most "mhm" are shorter."""

OTHERS_AGAIN = 0.4
"""Seconds from one look to the next at a sound of somebody who isn't heeded, or of her own voice."""

LONGEST = 1.5
"""Seconds of speech that no backchannel lasts."""


def user_overlaps(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A sound from the user while it is her turn: perhaps a barge-in."""
    assert isinstance(event, e.SpeechStarted)
    if not patience.hands_free or state.muted:
        return state, []
    floor = Floor.CONTESTED if state.floor is Floor.ANSWERING else Floor.OVERLAP
    after = noticed(replace(state, rising=False, others=Others.SILENT), floor, event.onset)
    return after, [e.SetTimer(e.Timer.LOOK, now + LOOK)]


def rises(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A sound begins that may be speech, or was too short: her voice ducks without waiting for more."""
    if not patience.hands_free or state.muted:
        return state, []
    return replace(state, rising=isinstance(event, e.SpeechRose)), []


def goes_on(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The sound had stopped, and goes on before its words were known."""
    others = Others.SPEAK if state.others is Others.SPOKE else state.others
    after = replace(state, over_at=None, rising=False, others=others)
    again: list[e.Command] = [e.SetTimer(e.Timer.LOOK, now + AGAIN)]
    if state.over_at is not None and _short(state, state.over_at):  # the thorough look is for what is over
        return replace(after, overhearing=max(0, state.overhearing - 1)), [e.DropLook(), *again]
    return after, again


def _short(state: State, end: float) -> bool:
    """Whether a sound that ends then is worth a thorough look: what lasts counts, doubtful or not."""
    return end - state.onset < LASTING


def time_passes(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Time to look at the words, or the answer never came."""
    assert isinstance(event, e.TimerFired)
    if event.timer is not e.Timer.LOOK:
        return answer.answer_overdue(state, event, now, patience)
    if state.overhearing:
        return state, []
    return replace(state, overhearing=1), [e.Overhear(state.sounds, urgent=True)]


def overheard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """What the sound says so far."""
    assert isinstance(event, e.Overheard)
    if event.over and state.over_at is None:
        return state, []  # withdrawn, but on its way already
    after = replace(state, overhearing=max(0, state.overhearing - 1), looks=state.looks + 1)
    after = replace(after, others=Others.SILENT)
    lasted = (now if after.over_at is None else after.over_at) - after.onset
    relied = event.sure or lasted >= LASTING
    request = understand(event.text if relied else event.stable)
    refuses = current(after).confirms and yes_or_no(event.text if relied else event.stable) is e.Ask.NO
    asks = refuses or request not in (None, Request.GO_ON)
    if asks and event.voice is not e.Voice.OTHER:
        return barge_in(after, now, patience)
    if event.voice is not e.Voice.ANSWERED:
        return _unheeded(after, event.voice, now, patience)
    if request is None and not _was_asked(after) and are_hers(event.text, sounding(after, now)):
        return _echo(after, now, patience)
    certain = _certain(event, after.over_at is not None, relied)
    passes = is_backchannel if after.over_at is not None else may_become_backchannel
    if request is None and not passes(certain):
        return barge_in(after, now, patience)
    if after.over_at is not None and event.text and _was_asked(after):
        return barge_in(after, now, patience)
    if after.over_at is not None:
        return (after, []) if after.overhearing else let_pass(after, now, patience)
    if now - after.onset >= LONGEST:
        return barge_in(after, now, patience)
    return after, [e.SetTimer(e.Timer.LOOK, now + AGAIN)]


def _unheeded(state: State, voice: e.Voice, now: float, patience: Patience) -> Step:
    """A voice that doesn't stop her, or not yet: she goes on, and looks again as long as it does."""
    if state.over_at is not None:
        return (state, []) if state.overhearing else let_pass(state, now, patience)
    if voice is e.Voice.OPEN:
        return state, [e.SetTimer(e.Timer.LOOK, now + AGAIN)]
    after = replace(state, others=Others.SPEAK)
    if state.floor is Floor.CONTESTED:
        return let_pass(after, now, patience)
    return after, [e.SetTimer(e.Timer.LOOK, now + OTHERS_AGAIN)]


def _echo(state: State, now: float, patience: Patience) -> Step:
    """She hears herself: she goes on, and looks again as long as it lasts."""
    if state.over_at is None:
        return state, [e.SetTimer(e.Timer.LOOK, now + OTHERS_AGAIN)]
    return (state, []) if state.overhearing else let_pass(state, now, patience)


def _certain(event: e.Overheard, over: bool, relied: bool) -> str:
    """The words of a look that are to be relied on, of a sound that goes on or is `over`."""
    if over:
        return event.text if relied else ""
    return event.text.rpartition(" ")[0] if relied else event.stable


def sustained(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The speech lasts: it is meant, unless it has been looked at and that says otherwise, or must be. Its
    words may still turn out to be hers."""
    if state.looks or patience.only_known:
        return state, []
    hers = state.floor is Floor.OVERLAP and not _was_asked(state)
    last = LastWords(sounding(state, now), now) if hers else None
    after, commands = barge_in(state, now, patience)
    return replace(after, over=last), commands


def sound_ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The sound is over: all of its words tell what it was."""
    assert isinstance(event, e.SpeechPaused)
    others = Others.SPOKE if state.others is Others.SPEAK else state.others
    after = replace(state, over_at=event.end, overhearing=state.overhearing + 1, others=others)
    look = e.Overhear(state.sounds, urgent=True, over=_short(state, event.end))
    return after, [e.CancelTimer(e.Timer.LOOK), look]


def others_end(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Others spoke on while an answer was made, and pause: a last look tells whether they were alone."""
    assert isinstance(event, e.SpeechPaused)
    if state.others is not Others.SPEAK:
        return state, []
    after = noticed(state, Floor.CONTESTED, event.end - LONGEST, over_at=event.end)
    after = replace(after, overhearing=1, others=Others.SILENT)
    return after, [e.Overhear(after.sounds, urgent=True)]


def barge_in(state: State, now: float, patience: Patience) -> Step:
    """The user means it: fall silent, or give up an answer that has not sounded yet."""
    if state.floor is Floor.CONTESTED:
        after, commands = yielded(state, Floor.USER, [])
        after = replace(after, unanswered=state.turn)
    else:
        after, commands = interrupted(state, Floor.USER, [])
    soon = state.onset - state.ended < SOON and not current(state).final
    after = replace(after, overhearing=0, over_at=None, broke_in=current(state).who if soon else None)
    return user_turn.left_to_user((after, commands), state.over_at, now, patience)


def let_pass(state: State, now: float, patience: Patience) -> Step:
    """The sound was none of an interruption: forget it, and go on."""
    floor = Floor.ANSWERING if state.floor is Floor.CONTESTED else Floor.COMPANION
    after, commands = sound(replace(state, floor=floor, overhearing=0, over_at=None), now, patience)
    return after, [e.DropSound(), *commands]


def _was_asked(state: State) -> bool:
    """Whether she is at the end of a question: then a "yes" answers it, and is no backchannel."""
    draft = current(state)
    if not draft.ready or not draft.sounded:
        return False
    last = max((i for i, clause in enumerate(draft.clauses) if clause.seconds), default=0)
    heard = all(clause.over for clause in draft.clauses[:last])
    return heard and draft.clauses[last].text.rstrip("\"'”’)").endswith("?")
