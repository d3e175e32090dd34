"""Transitions of a turn that is a request: it is carried out at once, by code, and the model isn't asked.

Such a turn is committed like every other, for it was said; it is answered by words that are known already
(what she said before, or the rest of it), or yielded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from companion.dialogue import events as e
from companion.dialogue.clauses import split
from companion.dialogue.draft import Clause, Draft
from companion.dialogue.introductions import FORGOTTEN, MET, MINE, NOT_KNOWN, WHO
from companion.dialogue.requests import Request, asks_for_time, understand
from companion.dialogue.state import (
    STRANGE,
    Floor,
    Patience,
    State,
    Step,
    committed,
    current,
    revoked,
    yielded,
)

STEP: dict[Request, tuple[Literal["pace", "volume"], float]] = {
    Request.SLOWER: ("pace", 1 / 1.2),
    Request.FASTER: ("pace", 1.2),
    Request.LOUDER: ("volume", 1.5),
    Request.QUIETER: ("volume", 1 / 1.5),
}
"""What of her voice changes, and by how much at a time: a fifth of the pace, 3.5 dB of loudness, the smallest
changes that are clearly noticed."""

ADJUSTED = {
    Request.SLOWER: "Is this slow enough?",
    Request.FASTER: "Is this better?",
    Request.LOUDER: "Can you hear me better now?",
    Request.QUIETER: "Is this better?",
}
"""What she says in her changed voice when there is nothing that she could go on with."""

NOTHING_SAID = "I haven't said anything yet."

MUTED = "The microphone is closed, as you asked: it stays so until you open it again."


def request_in(state: State, text: str) -> Request | None:
    """The request that a turn with these words is, where there is one that code can carry out now."""
    request = understand(text, state.question)
    if request is Request.GO_ON and not state.interrupted:
        return None  # there is nothing left to say: the model thinks of more
    if request is Request.WAIT and not asks_for_time(text):
        return None  # "I'm thinking." may be what it says: it is waited for, and answered at last
    return request


def carry_out(state: State, request: Request, now: float, patience: Patience) -> Step:
    """Commit the turn, which the current draft has the words of, and do what it asks for."""
    after, said = over(replace(state, set_aside=None))
    if request in STEP:
        said.append(e.Adjust(*STEP[request]))
        if state.stopped or not state.interrupted:
            return recited(after, ADJUSTED[request], now, patience, said)
    if request is Request.REPEAT and state.said:
        return _repeated(after, state.confirming, now, patience, said)
    if request is Request.REPEAT and not state.interrupted:
        return recited(after, NOTHING_SAID, now, patience, said)
    if request in STEP or request in (Request.REPEAT, Request.GO_ON):
        return _gone_on(after, state.confirming, now, patience, said)
    if request is Request.MUTE:
        after = replace(after, muted=True)
        said += [e.CloseMicrophone(), e.Tell(MUTED)]
    if request is Request.STOP:
        after = replace(after, stopped=True)
    if request is Request.NEVER_MIND:
        after = replace(after, rest="", unfinished=0)
    after, commands = yielded(after, Floor.IDLE, [], f"the user asked: {request.value}")
    return after, [*said, *commands]


def ask_who(state: State, now: float, patience: Patience) -> Step:
    """A voice that nobody is known by: ask whose it is, once, and set aside what was said."""
    after, said = over(state)
    return recited(replace(after, set_aside=current(state).text), WHO, now, patience, [*said, e.Asked()])


def introduced(state: State, name: str, now: float, patience: Patience) -> Step:
    """The stranger gave a name: the voice is learned by it, and what was set aside is answered."""
    after, said = over(state)
    met = MET.format(name=name)
    after, commands = recited(replace(after, set_aside=None), met, now, patience, [*said, e.Introduce(name)])
    draft = replace(current(after), written=None)
    rest = e.Reply(draft.id, state.set_aside or "", first=len(draft.clauses))
    return replace(after, draft=draft), [*commands, rest]


def forget_voice(state: State, whose: str, now: float, patience: Patience) -> Step:
    """A voice is to be forgotten: done by code, and answered when it is."""
    speaker = current(state)
    who = speaker.who if whose == MINE else whose
    stranger = whose == MINE and not who and speaker.sure >= STRANGE
    after, said = over(replace(state, set_aside=None))
    if stranger:  # "my voice" is nobody's that she knows, least of all that of whom she lives with
        return recited(after, NOT_KNOWN, now, patience, said)
    after, commands = recited(after, "", now, patience, said)
    draft = replace(current(after), written=None)
    return replace(after, draft=draft), [*commands, e.ForgetVoice(draft.id, who)]


def voice_forgotten(state: State, event: e.Event, now: float, patience: Patience) -> Step:
    """It is done: say so."""
    assert isinstance(event, e.VoiceForgotten)
    clauses = tuple(Clause(clause) for clause in split(FORGOTTEN if event.name else NOT_KNOWN))
    draft = replace(current(state), clauses=clauses, written=len(clauses))
    tell: list[e.Command] = [e.Tell(f"The voice of {event.name} is forgotten.")] if event.name else []
    speak = [e.Speak(draft.id, index, clause.text) for index, clause in enumerate(clauses)]
    return replace(state, draft=draft), [*tell, *speak]


def over(state: State) -> Step:
    """The turn whose words the current draft has is written down; what answers it is to follow."""
    turn = state.turns + 1
    after = replace(
        state, floor=Floor.ANSWERING, turn=turn, turns=turn, stored=False, unanswered=0, wish=None,
        confirming=False,
    )  # fmt: skip
    return after, [committed(state, turn), e.DropSound()]


def _repeated(state: State, confirms: bool, now: float, patience: Patience, said: list[e.Command]) -> Step:
    """What was heard of her last answer, once more; where it was cut off, she can still go on with it."""
    after, commands = recited(state, state.said, now, patience, said)
    draft = replace(current(after), behind=state.rest, cut_short=state.unfinished, confirms=confirms)
    return replace(after, draft=draft), commands


def _gone_on(state: State, confirms: bool, now: float, patience: Patience, said: list[e.Command]) -> Step:
    """The rest of an answer that was cut off; what was never written of it the model writes now."""
    after, commands = recited(state, state.rest, now, patience, said)
    after = replace(after, draft=replace(current(after), confirms=confirms))
    if not state.unfinished:
        return after, commands
    draft = replace(current(after), written=None)
    more = e.Continue(draft.id, state.unfinished, state.rest, len(draft.clauses))
    return replace(after, draft=draft), [*commands, more]


def recited(state: State, words: str, now: float, patience: Patience, said: list[e.Command]) -> Step:
    """An answer in words that are known, in place of one that the model may have begun."""
    before = current(state)
    clauses = tuple(Clause(clause) for clause in split(words))
    draft = Draft(
        state.drafts + 1, before.end, before.text, who=before.who, sure=before.sure, over=True,
        final=before.final, clauses=clauses, written=len(clauses), expected=now,
    )  # fmt: skip
    after = replace(state, draft=draft, drafts=draft.id)
    speak = [e.Speak(draft.id, index, clause.text) for index, clause in enumerate(clauses)]
    return after, [
        *said,
        e.Revoke(before.id, successor=draft.id),
        *speak,
        e.SetTimer(e.Timer.ANSWER, now + patience.answer),
    ]


def abandoned(state: State) -> Step:
    """A wish for time that lasted as long as a turn may: it is kept, and wants no answer."""
    if not current(state).text:
        return revoked(state, Floor.IDLE, [e.DropSound()])
    after, said = over(state)
    after, commands = yielded(after, Floor.IDLE, [], "the user asked for time, and said no more")
    return after, [*said, *commands]
