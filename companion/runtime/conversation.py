"""Carries out the heart: takes one event, asks the floor, does what it commands. Owns all state.

It starts no thread and reads no clock but the one it is given; `live` runs it on real threads and
`simulation` in virtual time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from companion.audio import RATE, Sound, earcons
from companion.dialogue import events as e
from companion.dialogue.floor import step
from companion.dialogue.pace import Paces
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.state import Floor, Patience, State
from companion.dialogue.timeline import Stopwatch, Timeline
from companion.engines.tts import Speech
from companion.runtime.clock import Clock
from companion.runtime.ears import MOST, Ears, Snapshot
from companion.runtime.hands import Hands, Job
from companion.runtime.jobs import Jobs
from companion.runtime.mouth import Mouth

SORRY = "I'm sorry, something went wrong in my head just now. Could you say that again?"
"""What she says in her own voice when an engine failed and no answer came of a turn."""

DUCKED = -12.0
"""How much softer she speaks while the user makes a sound, dB."""

LAST_WORDS = 1.5
"""Seconds at the end of a conversation in which the model may still read what it hasn't, to keep it."""
LET_FINISH = 5.0
"""Seconds of a turn whose second hearing is let finish under the user's next words, for a number or name that
it corrects is to reach the next prompt: it takes about a second from her last word on, and until the first
pause nobody waits for the recogniser."""

BACKLOG = 600.0
"""Seconds of sound that may wait to be heard once more; beyond it the oldest goes, its words stay."""


RECENT = 3.0
"""Seconds kept of speech that nobody who is answered has a part in: somebody may just have begun to."""

_HUSH = (e.PushStarted, e.StopAsked)
"""What stops a prepared sound ("I'm sorry, ..."), besides a turn, and speech that lasts where everybody is
answered: not a cough, nor a moment of its echo, nor a television."""

SPEAKING = frozenset({Floor.COMPANION, Floor.OVERLAP})
"""Where the floor is while she speaks."""


class Watcher(Protocol):
    """Sees everything that happens, as it happens, on the conversation's own thread; must return at once."""

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        """An event was handled or a command given; `state` is the one that followed."""
        ...

    def timed(self, timeline: Timeline) -> None:
        """An answer has begun to sound."""
        ...


@dataclass(slots=True)
class _Committed:
    """A user turn that waits to be heard once more."""

    turn: int
    text: str
    sound: Snapshot


class Conversation:
    """The one owner of the floor's state, the record and the timers."""

    def __init__(
        self,
        jobs: Jobs,
        hands: Hands,
        ears: Ears,
        mouth: Mouth,
        sound: Sound,
        patience: Patience,
        clock: Clock,
        watchers: tuple[Watcher, ...] = (),
        before: Record = Record(),  # noqa: B008 - frozen
        paces: Paces | None = None,
    ) -> None:
        """`before`: turns of earlier starts, with numbers below 0, that the conversation goes on with."""
        self._jobs, self._hands, self._ears, self._mouth = jobs, hands, ears, mouth
        self._sound, self._patience, self._clock = sound, patience, clock
        self._watchers = watchers
        self.state = State(paces=paces or Paces())
        self._paces = self.state.paces  # as they are on disk
        self.record = before
        self.timers: dict[e.Timer, float] = {}
        self._stopwatch = Stopwatch()
        self._timed = 0
        self._shots: dict[int, Snapshot] = {}
        self._answered = 0
        self._utterance = 1  # counts the user's, those that became no turn too
        self._recalled: dict[int, str] = {}
        self._to_review: list[_Committed] = []
        self._reviewing: _Committed | None = None

    def begin(self) -> None:
        """Prepare for the first turn: the persona goes into the model's cache, and what is said when
        something fails is synthesised while everything works."""
        self._mouth.prepare("thinking", [Speech(earcons.thinking(), earcons.RATE, ())])
        self._hands.start("tts", "prepare", self._jobs.prepare("sorry", SORRY))
        if self._patience.backchannels:
            self._hands.start("tts", "prepare", self._jobs.prepare("mm-hm", "Mm-hm."))
        self._settle()
        self._think()

    def handle(self, event: e.Event) -> None:
        """Take in one event and do everything that follows from it."""
        now = self._clock.now()
        if isinstance(event, e.TimerFired):
            self.timers.pop(event.timer, None)
        self._stopwatch = self._stopwatch.event(event, now)
        before = self.state.floor
        self.state, commands = step(self.state, event, now, self._patience)
        if before is Floor.IDLE and self.state.floor is not Floor.IDLE:
            self._hands.cancel("keep")
        self._rest_or_think(event)
        self._tell(event, now)
        if {before, self.state.floor} & SPEAKING:
            self._ears.she_speaks()
        if self._hushes(event, commands):
            self._mouth.hush()
        if isinstance(event, e.SpeechStarted) and self.state.floor is not Floor.IDLE:
            self._rest_from_review(longer_than=LET_FINISH)
        for command in commands:
            self._stopwatch = self._stopwatch.command(command, now)
            self._carry_out(command)
            self._tell(command, now)
        if isinstance(event, e.Reviewed):
            self._reviewed(event)
        elif isinstance(event, e.EngineFailed) and event.job == "review":
            self._to_review = [w for w in self._to_review if w is not self._reviewing]
            self._reviewing = None
            self._review()
        elif isinstance(event, e.Recalled):
            self._recall(event)
        elif isinstance(event, e.RecordChanged):
            self._record_changed(event)
        elif isinstance(event, e.Thinned):
            self.record = self.record.since(event.side, event.number)
        timeline = self._stopwatch.read()
        if timeline and timeline.draft != self._timed:
            self._timed = timeline.draft
            for watcher in self._watchers:
                watcher.timed(timeline)

    def _hushes(self, event: e.Event, commands: list[e.Command]) -> bool:
        """Whether somebody takes the word from a prepared sound."""
        heeded = self._patience.hands_free and not self._patience.only_known
        speaks = isinstance(event, _HUSH) or (heeded and isinstance(event, e.SpeechSustained))
        return speaks or any(isinstance(command, e.CommitUserTurn) for command in commands)

    def end(self) -> None:
        """Nobody says anything any more: the conversation is kept for the next start."""
        self._hands.cancel("settle")
        self._hands.cancel("think")
        self._hands.cancel("keep")  # it may take its time, which the last has not
        self._hands.start("llm", "keep", self._jobs.keep(self.record, LAST_WORDS))

    def due(self) -> float | None:
        """When the next timer is due, in seconds of the clock."""
        return min(self.timers.values(), default=None)

    def now(self) -> float:
        """The time of the conversation's clock, seconds."""
        return self._clock.now()

    def until(self, due: float | None) -> float | None:
        """Seconds until `due`, 0.0 if it has passed; None if nothing is due."""
        return None if due is None else max(0.0, due - self._clock.now())

    def fire(self) -> None:
        """Handle every timer that has come due."""
        now = self._clock.now()
        for timer, at in sorted(self.timers.items(), key=lambda item: item[1]):
            if at <= now and timer in self.timers:
                self.handle(e.TimerFired(timer))

    def _tell(self, what: e.Event | e.Command, now: float) -> None:
        for watcher in self._watchers:
            watcher.happened(what, now, self.state)

    def _carry_out(self, command: e.Command) -> None:
        match command:
            case e.SetTimer(timer, at):
                self.timers[timer] = at
            case e.CancelTimer(timer):
                self.timers.pop(timer, None)
            case e.Play(draft, index):
                self._play(draft, index)
            case e.Cue(name):
                seconds = self._mouth.cue(name)
                if name == "sorry":
                    self._ears.she_speaks(seconds)  # it asks for an answer
            case e.Duck(down):
                self._sound.duck(DUCKED if down else 0.0)
            case e.StopPlaying(draft):
                self._stop_playing(draft)
            case e.CommitUserTurn() | e.CommitCompanionTurn():
                self._commit(command)
            case e.DropSound(draft, recent):
                self._ears.drop(draft, most=RECENT if recent else MOST)
                self._utterance += 1
            case e.HoldSound():
                self._ears.hold()
            case e.CloseMicrophone():
                self._hands.start("device", "mute", self._jobs.mute(self._sound, self._ears, True))
            case e.OpenMicrophone():
                self._hands.start("device", "mute", self._jobs.mute(self._sound, self._ears, False))
            case e.Revoke(draft, successor):
                self._hands.cancel(f"draft {draft}")
                self._mouth.drop(draft)
                if successor and draft in self._shots:
                    self._shots[successor] = self._shots.pop(draft)
                    self._ears.hand_over(draft, successor)
            case e.Then(event):
                self.handle(event)
            case e.Tell() | e.YieldTurn():
                return  # for the watchers
            case _:
                self._employ(command)

    def _employ(self, command: e.Command) -> None:
        """Give an engine its work."""
        match command:
            case e.Overhear(sound, urgent, over):
                if self.state.floor is not Floor.IDLE:  # else nobody speaks who is answered
                    self._rest_from_review(longer_than=0.0 if urgent else LET_FINISH)
                job = self._jobs.hearing.overhear(self._ears.so_far(), sound, urgent=urgent, over=over)
                self._hands.start("asr", "overhear the end" if over else "overhear", job)
            case e.DropLook():
                self._hands.cancel("overhear the end")
            case e.Foresee(text):
                self._hands.cancel("foresee")
                self._hands.start("llm", "foresee", self._jobs.foresee(text, self.record, self._utterance))
                self._hands.start("words", "foresee", self._jobs.follow(text))
            case e.Transcribe(draft, _):
                self._rest_from_review()
                self._shots = {draft: self._ears.snapshot(draft)}
                job = self._jobs.hearing.transcribe(draft, self._shots[draft], self.state.question)
                self._hands.start("asr", f"draft {draft}", job)
            case e.Judge(draft):
                job = self._jobs.judge(draft, self._ears.so_far())
                self._hands.start("endpoint", f"draft {draft}", job)
            case e.JudgeWords(draft, text):
                self._hands.start("words", f"draft {draft}", self._jobs.judge_words(draft, text))
            case e.Reply(draft, text, first):
                self._hands.cancel("settle")
                self._hands.cancel("foresee")
                utterance = self._utterance if text else self._answered
                job = self._jobs.reply(draft, text, self.record, utterance, first)
                self._hands.start("llm", f"draft {draft}", job)
            case e.Continue(draft, cut, rest, index):
                self._hands.cancel("settle")
                self._hands.cancel("foresee")
                job = self._jobs.go_on(draft, cut, rest, index, self.record)
                self._hands.start("llm", f"draft {draft}", job)
            case e.Introduce(name):
                self._hands.start("asr", "introduce", self._jobs.hearing.introduce(name))
            case e.AskMemory():
                self._hands.start("store", "store", self._jobs.memory.ask(command, self.record))
            case e.BackOnRecord():
                self._shots.clear()
                kept = self.record.on_record()
                self._let_go(kept, self._jobs.roll_back(self.record.shared_with(kept)))
            case e.ForgetVoice(draft, name):
                self._hands.start("asr", "introduce", self._jobs.hearing.forget_voice(draft, name))
            case e.Asked():
                self._hands.start("asr", "introduce", self._jobs.hearing.asked())
            case e.Adjust(what, factor):
                self._hands.start("tts", "adjust", self._jobs.adjust(what, factor))
            case e.Speak(draft, index, text):
                self._hands.start("tts", f"draft {draft}", self._jobs.speak(draft, index, text))
            case e.Review():
                self._review()
            case e.Settle():
                self._settle()
                self._think()
            case e.Keep():
                self._hands.cancel("think")
                self._hands.start("llm", "keep", self._jobs.keep(self.record))
                self._think()

    def _review(self) -> None:
        """Hear the oldest turn that waits for it once more, as long as nobody speaks."""
        if self._reviewing is None and self._to_review and self.state.floor is Floor.IDLE:
            waiting = self._reviewing = self._to_review[0]
            job = self._jobs.hearing.review(waiting.turn, waiting.text, waiting.sound)
            self._hands.start("asr", "review", job)

    def _rest_from_review(self, longer_than: float = 0.0) -> None:
        """Somebody speaks: what is heard for the record only waits, if it is of a turn of so many seconds."""
        if self._reviewing is not None and len(self._reviewing.sound.audio) > longer_than * RATE:
            self._hands.cancel("review")
            self._reviewing = None

    def _play(self, draft: int, index: int) -> None:
        if not any((t.side, t.number) == ("companion", draft) for t in self.record.turns):
            kept = not self.state.off_record
            self.record = self.record.with_turn(Turn("companion", draft, "", kept=kept))  # until it was heard
        self._mouth.play(draft, index)

    def _stop_playing(self, draft: int) -> None:
        heard = self._mouth.stop(draft)
        self.record = self.record.with_text("companion", draft, heard, interrupted=bool(heard))
        self.handle(e.PlaybackStopped(draft, heard))  # at once: it was said before whatever follows

    def _commit(self, command: e.CommitUserTurn | e.CommitCompanionTurn) -> None:
        if isinstance(command, e.CommitCompanionTurn):
            draft, text, interrupted = command.draft, command.text, command.interrupted
            self.record = self.record.with_text("companion", draft, text, interrupted)
            if command.kept:
                self._hands.start("store", "store", self._jobs.store_companion(draft, text, interrupted))
            return
        recalled = self._recalled.pop(self._utterance, "")
        self._recalled.clear()
        turn = Turn("user", command.turn, command.text, recalled=recalled, kept=command.kept)
        self.record = self.record.with_turn(turn)
        self._answered, self._utterance = self._utterance, self._utterance + 1
        self._hands.start("store", "store", self._jobs.store_user(command))
        for who, pace in set(self.state.paces.known) - set(self._paces.known):
            self._hands.start("store", "store", self._jobs.keep_pace(who, pace))
        self._paces = self.state.paces
        shot = self._shots.pop(command.draft, None)
        if command.kept and shot is not None and len(shot.audio):
            self._to_review.append(_Committed(command.turn, command.text, shot))
            while sum(len(waiting.sound.audio) for waiting in self._to_review) > BACKLOG * RATE:
                self._to_review.pop(0)

    def _recall(self, event: e.Recalled) -> None:
        """Keep what was recalled for the turn that it belongs to, which may have been committed already."""
        if event.utterance == self._answered:
            self.record = self.record.with_recalled(event.note)
        else:
            self._recalled = {event.utterance: event.note}

    def _record_changed(self, event: e.RecordChanged) -> None:
        """Turns were erased or corrected: nothing here knows of what they said, before that is answered."""
        both = {*event.erased, *((side, number) for side, number, _ in event.corrected)}
        numbers = {number for side, number in both if side == "user"}
        self._to_review = [waiting for waiting in self._to_review if waiting.turn not in numbers]
        if self._reviewing is not None and self._reviewing.turn in numbers:
            self._hands.cancel("review")
            self._reviewing = None
        self._recalled.clear()
        changed = self.record.changed(event.erased, event.corrected)
        roll_back = self._jobs.roll_back(self.record.shared_with(changed))
        self._let_go(changed, self._jobs.memory.let_go(roll_back, event.answer))

    def _let_go(self, record: Record, job: Job) -> None:
        """Go on with another record: the model's cache is brought back to what it shares with it by that job,
        which isn't withdrawn, and then up to it."""
        for key in ("settle", "foresee", "keep", "think"):
            self._hands.cancel(key)
        self.record = record
        self._hands.start("llm", "store", job)
        self._settle()

    def _rest_or_think(self, event: e.Event) -> None:
        """Thinking ends at the first sound; it goes on where that was none, or there is more to read."""
        if isinstance(event, e.SpeechRose) or self.state.floor is not Floor.IDLE:
            self._hands.cancel("think")
        elif isinstance(event, e.SpeechFell | e.ArchiveRead):
            self._think()

    def _think(self) -> None:
        """Think about what was said, behind what the model has to do."""
        self._hands.cancel("think")
        self._hands.start("llm", "think", self._jobs.think())

    def _settle(self) -> None:
        self._hands.cancel("settle")
        self._hands.start("llm", "settle", self._jobs.settle(self.record))

    def _reviewed(self, event: e.Reviewed) -> None:
        waited = any(waiting.turn == event.turn for waiting in self._to_review)  # else it was put right since
        if self._reviewing is not None and self._reviewing.turn == event.turn:
            self._reviewing, waited = None, True
        self._to_review = [w for w in self._to_review if w.turn != event.turn]
        if event.matters and waited:
            self.record = self.record.with_text("user", event.turn, event.text)
            if self.state.floor in (Floor.IDLE, Floor.USER):
                self._settle()
        self._review()
