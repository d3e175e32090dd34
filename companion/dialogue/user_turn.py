"""Transitions of the user's turn: it begins, pauses, goes on, and is over."""

from __future__ import annotations

from dataclasses import replace

from companion.dialogue import carried_out, recollection
from companion.dialogue import events as e
from companion.dialogue.commit import commit
from companion.dialogue.draft import Draft
from companion.dialogue.endpointing import Evidence, wait
from companion.dialogue.hum import hummed
from companion.dialogue.introductions import to_forget
from companion.dialogue.openness import Words, openness
from companion.dialogue.own_words import OUTLASTS, are_hers
from companion.dialogue.pace import cut_off
from companion.dialogue.remembering import yes_or_no
from companion.dialogue.requests import asks_for_time, understand
from companion.dialogue.state import (
    STRANGE,
    Floor,
    Others,
    Patience,
    State,
    Step,
    current,
    interrupted,
    revoked,
    yielded,
)
from companion.dialogue.words import foreseeable, same, told_again

THINKING = 1.5
"""Seconds after the user's last word at which a sign says that the answer is being thought about, or the
words made out."""

FIRST_PARTIAL = 0.8
"""Seconds into a turn at which it is heard for the first time, if no word has audibly ended before."""

PARTIAL_EVERY = 0.25
"""Seconds from the start of one partial transcript to the next, at least: a word."""

PARTIAL_SHARE = 0.25
"""Share of the recogniser's time that partial transcripts may take: the rest is kept free for the pause, and,
where engines take turns, for the language model."""

LAST_WORD = 0.1
"""Seconds since a word has ended under a look that began before it, within which it may have been the last:
then the turn is looked at again at once, not when the pause is noticed."""

HELD = 30.0
"""Seconds that a wish for time holds the floor where something else was said as well ("her name is, um, give
me a second"), or where it may be none ("I'm thinking."): then it is answered, as a friend on the phone would
ask. Nobody who was misunderstood sits in silence for minutes. By hand."""

DOUBTED = 2.5
"""Seconds of silence behind words of which it is doubtful whose they are, within which more of the sentence
may tell: as long as after an open "and". Then they are let go."""


def user_begins(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Speech in the quiet: the user takes the floor, unless only a key gives it."""
    if not patience.hands_free or state.muted:
        return state, []
    assert isinstance(event, e.SpeechStarted)
    after = replace(
        state, floor=Floor.USER, overhearing=0, sounds=state.sounds + 1, others=Others.SILENT, foreseen="",
        over=state.over if state.over and event.onset <= state.over.ended else None,
    )  # fmt: skip
    return after, []


def word_ends(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """A word has just ended, perhaps the last: what is heard from here on may be the whole turn."""
    if state.draft is not None and state.draft.cut:
        return state, []
    if state.overhearing:
        return (replace(state, dipped=now) if isinstance(event, e.SpeechDipped) else state), []
    return replace(state, overhearing=1), [e.Overhear(state.sounds)]


def speech_lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The speech has grown: hear it again, or cut a turn that is as long as one may be."""
    assert isinstance(event, e.TimerFired)
    if event.timer is e.Timer.PARTIAL:
        return word_ends(state, event, now, patience)
    return too_long(state, event, now, patience)


def overheard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The words so far: draft an answer where they could be all, else let the model read what is stable."""
    assert isinstance(event, e.Overheard)
    state = learned(state, event.voice)
    after = replace(state, overhearing=0)
    if state.draft is not None and state.draft.cut:
        return after, []
    pause = max(PARTIAL_EVERY - event.took, event.took / PARTIAL_SHARE - event.took)
    commands: list[e.Command] = [e.SetTimer(e.Timer.PARTIAL, now + pause)]
    if now - state.dipped <= LAST_WORD:
        after = replace(after, overhearing=1, dipped=float("-inf"))
        commands = [e.Overhear(state.sounds)]
    if state.draft is not None and same(state.draft.guess or "", event.text):
        return after, commands
    if state.draft is not None:
        commands.append(e.Revoke(state.draft.id))
        after = replace(after, draft=None)
    text = told_again(state.foreseen, event.text)
    if event.ahead and event.sure and _whole(text) and _for_the_model(state, text):
        draft = Draft(state.drafts + 1, now, guess=text)
        after = replace(after, draft=draft, drafts=draft.id, foreseen=text)
        return after, [*commands, *_answering(draft.id, text)]
    words = foreseeable(text, event.stable)
    if not words or same(words, state.foreseen):
        return after, commands
    return replace(after, foreseen=words), [*commands, e.Foresee(words)]


def guessed(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Words that are doubtful are being heard once more; the answer to them is drafted meanwhile."""
    assert isinstance(event, e.Overheard)
    state = state if event.draft else replace(state, overhearing=0)
    draft = current(state)
    if draft.text is not None or draft.guess is not None or event.sure or not event.text:
        return state, []
    text = told_again(state.foreseen, event.text)
    if not _for_the_model(state, text):
        return state, []
    return replace(state, draft=replace(draft, guess=text)), _answering(draft.id, text)


def user_pauses(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """Silence: begin to draft an answer to the turn so far."""
    assert isinstance(event, e.SpeechPaused)
    return begin_draft(state, Draft(0, event.end), now, patience)


def key_down(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The push-to-talk key gives the user the floor at once, whoever has it."""
    if state.muted:
        return state, [e.Tell("The microphone is muted: unmute it to talk.")]
    commands: list[e.Command] = [e.HoldSound()]
    state = replace(state, overhearing=0, sounds=state.sounds + 1)
    if state.floor in (Floor.ANSWERING, Floor.CONTESTED):
        after, commands = yielded(state, Floor.PUSHED, commands)
        return replace(after, unanswered=state.turn), commands
    if state.floor in (Floor.COMPANION, Floor.OVERLAP):
        return interrupted(state, Floor.PUSHED, commands)
    return revoked(state, Floor.PUSHED, commands)


def key_up(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The key is released: the turn is over, with no waiting for silence."""
    return begin_draft(state, Draft(0, now, over=True, final=True), now, patience)


def begin_draft(state: State, draft: Draft, now: float, patience: Patience) -> Step:
    """Enter the pause: write down and judge the turn so far, and wait no longer than the bound.

    What was drafted ahead is kept: it is right if no word has been said since.
    """
    commands: list[e.Command] = []
    if state.over is not None and state.over.until is None:
        state = replace(state, over=replace(state.over, until=draft.end))
    ahead = state.draft
    if ahead is not None and not ahead.cut:
        draft = replace(ahead, end=draft.end, over=draft.over, final=draft.final)
    else:
        commands += [e.Revoke(ahead.id)] if ahead else []
        draft = replace(draft, id=state.drafts + 1)
    bound = now + patience.answer if draft.over else max(now, draft.end + patience.wait_most)
    judge: list[e.Command] = [] if draft.over else [e.Judge(draft.id)]
    commands = [
        *commands,
        e.Transcribe(draft.id, draft.end),
        *judge,
        e.SetTimer(e.Timer.TURN_BOUND, bound),
    ]
    return replace(state, floor=Floor.PAUSE, draft=draft, drafts=max(state.drafts, draft.id)), commands


def left_to_user(step: Step, over_at: float | None, now: float, patience: Patience) -> Step:
    """Her turn gave way to a sound of the user's: where that is over already (`over_at`), it is the pause."""
    after, commands = step
    if after.floor is not Floor.USER or over_at is None:
        return step
    after, more = begin_draft(after, Draft(0, over_at), now, patience)
    return after, [*commands, *more]


def too_long(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The longest turn: what was said so far is written down and yielded; the user keeps the floor."""
    assert isinstance(event, e.TimerFired)
    if event.timer is not e.Timer.LONGEST:
        return state, []
    if state.floor is Floor.PUSHED:
        return key_up(state, event, now, patience)
    before: list[e.Command] = [e.Revoke(state.draft.id)] if state.draft else []
    draft = Draft(state.drafts + 1, now, cut=True)
    after = replace(state, draft=draft, drafts=draft.id)
    return after, [*before, e.Transcribe(draft.id, draft.end)]


def heard_of_cut(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The words of a turn that was cut: written down and yielded, and a new turn goes on."""
    assert isinstance(event, e.Heard)
    draft = state.draft
    if draft is None or not draft.cut:
        return state, []
    after = replace(state, draft=None)
    if not event.text or event.doubted:
        return after, [e.DropSound(draft.id)]
    turn, after = state.turns + 1, recollection.heeded(after, event.text)
    return replace(after, turns=turn, wish=None, confirming=False), [
        e.CommitUserTurn(turn, draft.id, event.text, event.who, event.sure, kept=not after.off_record),
        e.DropSound(draft.id),
        e.YieldTurn(turn, "it is as long as a turn may be, and the user goes on"),
    ]


def judged(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The sound's verdict on the end of the turn is in."""
    assert isinstance(event, e.TurnJudged)
    draft = current(state)
    draft = replace(draft, verdict=event.probability)
    if state.floor is not Floor.PAUSE:
        return replace(state, draft=draft), []
    state, hum = hummed(replace(state, draft=draft), now, patience)
    return await_end(state, now, patience, hum)


def words_judged_ahead(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The verdict on words that were drafted ahead is in, before the pause: it is kept for then."""
    assert isinstance(event, e.WordsJudged)
    return replace(state, draft=replace(current(state), ending=event.ending)), []


def words_judged(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The verdict on the end of the words is in."""
    after, commands = words_judged_ahead(state, event, now, patience)
    return await_end(after, now, patience, commands)


def heard(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The words are known: draft the answer to them, or let go of a noise.

    What was drafted ahead for the same words goes on; for others it is done anew.
    """
    assert isinstance(event, e.Heard)
    draft = replace(current(state), who=event.who, sure=event.sure, stranger=event.stranger)
    if event.since and state.others is Others.SILENT:  # what ended was others' speech, the user's before it
        draft, state = replace(draft, end=draft.end - event.since), replace(state, others=Others.SPOKE)
    if not event.text:
        return nothing_said(replace(state, draft=replace(draft, text="")), now, patience)
    if is_echo(state, event.text):
        return _heard_herself(replace(state, draft=replace(draft, text="")), now, patience)
    if event.doubted:
        return _doubted(replace(state, draft=draft), event.text, now, patience)
    strange = not event.who and event.sure >= STRANGE
    state = _cut_off(learned(state, e.Voice.GUEST if strange else e.Voice.ANSWERED), event)
    if draft.guess is not None and same(draft.guess, event.text):
        text = told_again(draft.guess, event.text)
        return await_end(replace(state, draft=replace(draft, text=text)), now, patience, [])
    commands: list[e.Command] = []
    text = told_again(state.foreseen, event.text)
    fresh = replace(draft, text=text)
    if draft.guess is not None:
        fresh = replace(
            fresh, id=state.drafts + 1, guess=None, ending=None, clauses=(), written=None, expected=None
        )
        commands += [e.Revoke(draft.id, successor=fresh.id)]
        commands += [] if fresh.over else [e.Judge(fresh.id)]  # a verdict under way went with the old one
    after = replace(state, draft=fresh, drafts=max(state.drafts, fresh.id))
    if _for_the_model(state, text):
        commands += _answering(fresh.id, text)
    elif recollection.wish_in(state, text) is not None:  # people tell at length what is to be remembered
        commands.append(e.JudgeWords(fresh.id, text))
    return await_end(after, now, patience, commands)


def is_echo(state: State, text: str) -> bool:
    """Whether a turn that began over her last words is an echo of them. (A noise that joins on to an echo
    makes it a turn: so does a voice.)"""
    last = state.over
    if last is None or last.until is None or last.until - last.ended > OUTLASTS:
        return False
    return are_hers(text, last.words) and understand(text) is None


def _heard_herself(state: State, now: float, patience: Patience) -> Step:
    """It was her own voice: no turn. If she stopped for it, whoever listens is told what to do."""
    after, commands = nothing_said(state, now, patience)
    told: list[e.Command] = [e.Tell('She heard herself, and stopped: say "go on", and she does.')]
    return after, [*commands, *(told if state.interrupted else [])]


def _doubted(state: State, words: str, now: float, patience: Patience) -> Step:
    """They may be the beginning of a turn: nothing is made of them, and their sound is kept until more of it
    tells."""
    draft, commands = current(state), list[e.Command]()
    if draft.guess is not None:
        fresh = Draft(state.drafts + 1, draft.end, over=draft.over, final=draft.final)
        commands.append(e.Revoke(draft.id, successor=fresh.id))
        draft = fresh
    draft = replace(draft, text="", doubted=words)
    after = replace(state, draft=draft, drafts=max(state.drafts, draft.id))
    if not draft.over or state.floor is not Floor.PAUSE:
        return await_end(after, now, patience, commands)
    after, more = nothing_said(after, now, patience)
    return after, [*commands, *more]


def _cut_off(state: State, event: e.Heard) -> State:
    """Learn from a pause that was taken for the end of the turn. What is surely somebody else's is none of
    its rest, nor is a request that is all of the words."""
    if state.broke_in is None:
        return state
    theirs = event.who == state.broke_in or event.sure < STRANGE
    rest = theirs and understand(event.text, state.question) is None and not state.off_record
    pace = cut_off(state.paces.of(event.who)) if rest else state.paces.of(event.who)
    return replace(state, broke_in=None, paces=state.paces.with_pace(event.who, pace))


def learned(state: State, voice: e.Voice) -> State:
    """What the last pause teaches, if the voice that ended it was the user's."""
    if state.lesson is None or voice is e.Voice.OPEN:
        return state
    learns = voice is e.Voice.ANSWERED and not state.off_record
    return replace(state, paces=state.lesson if learns else state.paces, lesson=None)


def _answering(draft: int, text: str) -> list[e.Command]:
    return [e.JudgeWords(draft, text), e.Reply(draft, text)]


def _for_the_model(state: State, text: str) -> bool:
    """Whether the model is to answer these words: not where code does what they ask for."""
    if recollection.wish_in(state, text) is not None or to_forget(text):
        return False
    return carried_out.request_in(state, text) is None


def await_end(state: State, now: float, patience: Patience, commands: list[e.Command]) -> Step:
    """Commit once the silence has lasted as long as sound and words ask for; wait for both to be known, and
    for a sound in the pause to be over."""
    draft = current(state)
    if state.floor is not Floor.PAUSE:
        return state, commands
    if draft.doubted:
        until = max(now, draft.end + min(DOUBTED, patience.wait_most))
        return state, [*commands, e.CancelTimer(e.Timer.TURN_END), e.SetTimer(e.Timer.TURN_BOUND, until)]
    if draft.over and draft.text:
        return commit(state, now, patience, commands)
    if draft.text is None or draft.over or looked_at(state):
        return state, commands
    asked = state.question
    answers = state.confirming and yes_or_no(draft.text) is not None
    words = Words.SHORT if answers else openness(draft.text, asked)
    evidence = Evidence(words, draft.ending, draft.verdict, bool(asked), state.paces.of(draft.who))
    silence = wait(evidence) * patience.factor
    if silence == float("inf"):
        hold = patience.hold if asks_for_time(draft.text) else min(patience.hold, HELD)
        held = e.SetTimer(e.Timer.TURN_BOUND, max(now, draft.end + hold))
        return state, [*commands, e.CancelTimer(e.Timer.TURN_END), held]
    if draft.verdict is None:
        return state, commands
    due = draft.end + silence
    if now >= due:
        return commit(state, now, patience, commands)
    return state, [*commands, e.SetTimer(e.Timer.TURN_END, due)]


def looked_at(state: State) -> bool:
    """Whether it is still to be told if the user spoke on with others, who have fallen silent."""
    return state.others is Others.SPOKE and bool(state.overhearing)


def _whole(text: str) -> bool:
    """Whether the words look like a whole sentence."""
    return text.endswith((".", "!", "?")) and not text.endswith("..")


def nothing_said(state: State, now: float, patience: Patience) -> Step:
    """The sound held no words for her. If it stopped an answer before it began, that answer is due again."""
    draft = current(state)
    if not state.unanswered:
        return revoked(state, Floor.IDLE, [e.DropSound()])
    before: list[e.Command] = []
    if draft.guess is not None:
        draft = Draft(state.drafts + 1, draft.end, text="")
        before = [e.Revoke(current(state).id, successor=draft.id)]
    after = replace(
        state, floor=Floor.ANSWERING, turn=state.unanswered, unanswered=0,
        draft=replace(draft, over=True, doubted=""), drafts=max(state.drafts, draft.id),
    )  # fmt: skip
    return after, [
        *before,
        e.DropSound(),
        recollection.answer_again(after),
        e.SetTimer(e.Timer.ANSWER, now + patience.answer),
    ]


def slow_from(state: State) -> float:
    """When whoever waits for the answer to the draft is told that it takes long."""
    return current(state).end + THINKING


def silence_lasts(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """The silence has lasted: commit the words, or, past the bound, wait for them a last time."""
    assert isinstance(event, e.TimerFired)
    draft = current(state)
    if event.timer is e.Timer.THINKING:
        coming = state.turns + 1
        awaited = draft.over and draft.text is None
        told = not awaited or state.unanswered or state.announced == coming
        return (state, []) if told else (replace(state, announced=coming), [e.Cue("thinking")])
    if event.timer in (e.Timer.TURN_END, e.Timer.TURN_BOUND, e.Timer.LONGEST) and draft.text:
        return commit(state, now, patience, [])
    if event.timer in (e.Timer.TURN_BOUND, e.Timer.LONGEST) and draft.doubted:
        return nothing_said(state, now, patience)
    if event.timer not in (e.Timer.TURN_BOUND, e.Timer.LONGEST):
        return state, []
    if draft.over and event.timer is e.Timer.LONGEST:
        return state, []
    if draft.over:
        why = "I could not make out what you said in time: please say it again."
        return revoked(state, Floor.IDLE, [e.DropSound(), e.Tell(why), e.Cue("sorry")])
    after = replace(state, draft=replace(draft, over=True))
    return after, [e.SetTimer(e.Timer.TURN_BOUND, now + patience.answer)]
