"""The world around the floor, made up: a room in which people speak, and engines that answer late or fail.

It keeps the floor's promises in mind and asserts them after every event, so whoever plays with it (hypothesis
in the tests, chance in scripts/simulate) only has to make things happen.
"""

from __future__ import annotations

import random
from dataclasses import replace

from scripted import PATIENCE

from companion.dialogue import events as e
from companion.dialogue.floor import step
from companion.dialogue.own_words import are_hers, sounding
from companion.dialogue.remembering import understand as remembered
from companion.dialogue.requests import understand
from companion.dialogue.state import Floor, Others, State

TEXTS = (
    "", "", "words", "good morning.", "what time is it?", "and then I", "my number is 555 12",
    "stop, please.", "go on.", "never mind.", "slower, please.", "what did you say?", "mute yourself.",
    "her name is, give me a second.", "let me think.", "mhm.", "yeah, right.", "yes.", "I'm Anna.",
    "(laughs)", "no, something about a cat.", "forget my voice.", "remember that I'm ill.", "that's wrong.",
    "forget what I said about Jonas.", "no.", "what do you know about Amy?", "off the record.",
    "back on the record.", "off the record, I'm ill.",
)  # fmt: skip
"""What may be heard: nothing, sentences whole and open, requests, wishes for time, backchannels, names, and
what is wanted of her memory."""

CHANGES = (e.Ask.KEEP, e.Ask.WRONG, e.Ask.MISHEARD)
"""What is asked of memory that would write something down."""

NOT_HERS = (e.Voice.GUEST, e.Voice.OTHER)
"""The voices of people that she doesn't know."""

REPLIES = (("One", "two"), ("Yes?",), ("Shall we?", "Or not?"), ("A", "long", "answer."), (), ("***",))
"""The clauses of her replies; three stars have no sound."""

HERS = (Floor.ANSWERING, Floor.CONTESTED, Floor.COMPANION, Floor.OVERLAP)
"""The states in which a committed turn is being answered."""

SPEAKING = (Floor.COMPANION, Floor.OVERLAP)
"""Those of them in which she sounds."""

LISTENING = (Floor.USER, Floor.PUSHED, Floor.RESUMING, Floor.CONTESTED, Floor.OVERLAP)
"""Those in which somebody's words are looked at."""

EXITS = {
    Floor.PAUSE: e.Timer.TURN_BOUND,
    Floor.RESUMING: e.Timer.LOOK,
    Floor.ANSWERING: e.Timer.ANSWER,
    Floor.CONTESTED: e.Timer.ANSWER,
    Floor.COMPANION: e.Timer.ANSWER,
    Floor.OVERLAP: e.Timer.ANSWER,
    Floor.USER: e.Timer.LONGEST,
    Floor.PUSHED: e.Timer.LONGEST,
}
"""The timer that ends a state when no engine ever answers again."""

MEANT = {
    Floor.IDLE: {e.Timer.QUIET, e.Timer.OTHERS},
    Floor.USER: {e.Timer.LONGEST, e.Timer.PARTIAL},
    Floor.PUSHED: {e.Timer.LONGEST, e.Timer.PARTIAL},
    Floor.PAUSE: {
        e.Timer.LONGEST,
        e.Timer.TURN_END,
        e.Timer.TURN_BOUND,
        e.Timer.OTHERS,
        e.Timer.THINKING,
    },
    Floor.RESUMING: {e.Timer.LONGEST, e.Timer.LOOK},
    Floor.ANSWERING: {e.Timer.ANSWER, e.Timer.THINKING},
    Floor.CONTESTED: {e.Timer.ANSWER, e.Timer.LOOK},
    Floor.COMPANION: {e.Timer.ANSWER},
    Floor.OVERLAP: {e.Timer.ANSWER, e.Timer.LOOK},
}
"""The timers that mean something in a state; no other may run there."""

LONGEST = PATIENCE.longest + PATIENCE.hold + 5 * PATIENCE.answer + PATIENCE.wait_most
"""Seconds of silence after which, at the latest, nobody holds the floor."""


class World:
    """A conversation's floor, and what it has been promised to do so far."""

    def __init__(self, chance: random.Random, hands_free: bool, backchannels: bool, only_known: bool) -> None:
        """`only_known`: strangers, who speak in every world, aren't answered."""
        self.patience = replace(
            PATIENCE, hands_free=hands_free, backchannels=backchannels, only_known=only_known
        )
        self.chance = chance
        self.state = State()
        self.now = 0.0
        self.results: dict[str, list[e.Event]] = {}  # of each engine, in order: what may still come
        self.at_once: list[e.Event] = []
        self.timers: dict[e.Timer, float] = {}
        self.announced: set[int] = set()
        self.revoked: set[int] = set()
        self.committed: list[int] = []
        self.doubted: set[int] = set()
        self.stored: set[int] = set()
        self.answered: set[int] = set()
        self.yielded: set[int] = set()
        self.playing: list[tuple[int, int]] = []
        self.finished: set[int] = set()
        self.held: dict[tuple[int, int], float] = {}
        self.rising = self.rises_under_her = self.ducked = self.key = False
        self.speaking: float | None = None
        self.voice = e.Voice.ANSWERED  # of whoever makes the last sound
        self.off_record = False
        self.reads_back: set[int] = set()  # drafts that ask whether to erase something
        self.asked_back = self.asked_before = False  # such a one was heard last, before the last turn

    # --- what happens

    def give(self, event: e.Event) -> None:
        """Let something happen now."""
        before = self.state
        match event:
            case e.Stored(turn):
                self.stored.add(turn)
            case e.ClauseReady(draft, index, seconds):
                self.held[draft, index] = seconds
            case e.MemoryAnswered(draft, _, True):
                self.reads_back.add(draft)
            case e.Typed():
                self.announced.discard(before.turns + 1)  # the turn that was to come is none
            case e.PushStarted() | e.PushEnded():
                self.key = isinstance(event, e.PushStarted)
        self.state, commands = step(self.state, event, self.now, self.patience)
        self._follow_rise(before, event)
        self._listens_on(before, event)
        if isinstance(event, e.Overheard):
            self._others_take_nothing(before, event, commands)
        if any(isinstance(command, e.CommitUserTurn) for command in commands):
            self._commits(before, event)
        for command in commands:
            self._carry_out(command)
        if self.state.floor is Floor.IDLE:
            self.announced.discard(self.state.turns + 1)  # it was no turn
        self.keeps_its_promises()
        while self.at_once:
            self.give(self.at_once.pop(0))

    def sound(self) -> None:
        """The next thing that may be heard in the room, as ears tell it."""
        if self.state.muted:
            return
        if self.speaking is None and not self.rising:
            stranger = e.Voice.OTHER if self.patience.only_known else e.Voice.GUEST
            self.voice = self.chance.choice((e.Voice.ANSWERED, e.Voice.ANSWERED, stranger))
            self.give(e.SpeechRose())
        elif self.rising:
            self.now += 0.1
            if self.chance.random() < 0.2:
                self.give(e.SpeechFell())
            else:
                self.speaking = self.now - 0.1
                self.give(e.SpeechStarted(self.speaking))
        else:
            assert self.speaking is not None
            self.now += self.chance.choice((0.05, 0.3, 1.0))
            what = self.chance.random()
            if what < 0.2 and self.now - self.speaking > 0.6:
                self.give(e.SpeechSustained(self.speaking))
            elif what < 0.4:
                self.give(e.SpeechDipped(self.now))
            else:
                self.fall_silent()

    def fall_silent(self) -> None:
        """Whoever speaks stops."""
        if self.rising:
            self.give(e.SpeechFell())
        if self.speaking is not None:
            self.now += 0.1
            self.speaking = None
            self.give(e.SpeechPaused(self.now - 0.1))

    def results_come(self, count: int) -> None:
        """So many of the engines' results arrive: each engine's own in order, for they work side by side."""
        for _ in range(count):
            busy = [results for results in self.results.values() if results]
            if busy:
                self.now += 0.05
                self.give(self.chance.choice(busy).pop(0))

    def late_result_comes(self, index: int) -> None:
        """A result arrives out of its turn."""
        results = self.chance.choice([*self.results.values()] or [[]])
        if results:
            self.give(results.pop(index % len(results)))

    def timer_fires(self) -> None:
        """Time passes until the next timer is due."""
        if self.timers:
            timer = min(self.timers, key=self.timers.__getitem__)
            self.now = max(self.now, self.timers.pop(timer))
            self.give(e.TimerFired(timer))

    def clause_is_heard(self) -> None:
        """The loudspeaker comes to the end of a clause."""
        if self.playing:
            self.now += 0.5
            self.give(e.ClausePlayed(*self.playing.pop(0)))

    def engine_fails(self) -> None:
        """An engine gives up on some draft, or on none."""
        live = self.state.draft.id if self.state.draft else self.state.drafts
        draft = self.chance.choice((0, live, live, max(0, self.state.drafts - 1)))
        role = self.chance.choice(("asr", "llm", "tts", "endpoint", "words", "store", "memory"))
        if role == "store" and self.state.turn in self.stored:
            return
        self.give(e.EngineFailed(role, draft, "It failed: try again."))

    def goes_quiet(self) -> None:
        """Everybody falls silent and every engine answers: in the end nobody holds the floor."""
        until = self.now + LONGEST
        for _ in range(500):
            self.fall_silent()
            if self.key:
                self.give(e.PushEnded())
            if any(self.results.values()):
                self.results_come(1)
            elif self.playing:
                self.clause_is_heard()
            elif self.state.floor is not Floor.IDLE:
                assert self.timers, f"nothing ends {self.state.floor}"
                self.timer_fires()
            else:
                break
        assert self.state.floor is Floor.IDLE, self.state.floor
        assert self.now < until, "silence ends every turn in bounded time"
        assert set(self.committed) <= self.answered | self.yielded

    # --- what is done about it

    def _carry_out(self, command: e.Command) -> None:
        match command:
            case e.SetTimer(timer, at):
                assert at >= self.now, command
                self.timers[timer] = at
            case e.CancelTimer(timer):
                self.timers.pop(timer, None)
            case e.CloseMicrophone():
                self.rising, self.speaking = False, None
            case e.Duck(down):
                assert down is not self.ducked, "her loudness changes or nothing is said of it"
                self.ducked = down
            case e.Cue("thinking"):
                draft = self.state.draft
                assert draft is not None
                assert not draft.sounded
                there = bool(self.state.turn) and draft.next_to_play() is not None
                assert not there, "no sign that an answer is coming when it is there"
                turn = self.state.turn or self.state.turns + 1
                assert turn not in self.announced, "an answer is announced once"
                self.announced.add(turn)
            case e.CommitUserTurn(turn, draft, text):
                assert text
                self._on_or_off_record(command)
                again = understand(text) is not None  # "what did you say?"
                self.asked_before, self.asked_back = self.asked_back, self.asked_back and again
                assert draft not in self.doubted, "words that may be nobody's are not kept"
                assert turn not in self.committed, "a turn is committed once"
                self.committed.append(turn)
                self._comes("store", e.Stored(turn))
            case e.Play(draft, index):
                self._play(draft, index)
            case e.Revoke(draft):
                self.revoked.add(draft)
            case e.StopPlaying(draft):
                heard = self.chance.choice(("", "One"))
                self.playing.clear()
                self.at_once.append(e.PlaybackStopped(draft, heard))
            case e.Then(event):
                self.at_once.append(event)
            case e.YieldTurn(turn, _):
                assert turn in self.committed
                self.yielded.add(turn)
            case e.CommitCompanionTurn(draft, text, _, kept):
                assert draft not in self.finished, "what she said is written down once"
                assert kept is not self.off_record, "off the record nothing of hers is kept"
                self.asked_back |= draft in self.reads_back
                self.finished.add(draft)
            case _:
                self._employ(command)

    def _comes(self, engine: str, *results: e.Event) -> None:
        self.results.setdefault(engine, []).extend(results)

    def _employ(self, command: e.Command) -> None:
        """What the engines will say to a command."""
        chance = self.chance
        match command:
            case e.Transcribe(draft, _):
                if chance.random() < 0.2:
                    voice = self._told()
                    doubtful = e.Overheard(
                        chance.choice(TEXTS), "", 0.2, sure=False, draft=draft, voice=voice
                    )
                    self._comes("asr", doubtful)
                who = chance.choice((("", 0.0, False), ("Anna", 0.9, False), ("", 0.8, True)))
                text = "I'm Anna." if self.state.set_aside is not None else self._words()
                doubted = bool(text) and chance.random() < 0.1
                self.doubted |= {draft} if doubted else set()
                self._comes("asr", e.Heard(draft, text, *who, self._since(self._told()), doubted))
            case e.Overhear(sound, _, over):
                text = self._words()
                stable = text if chance.random() < 0.5 else text.partition(" ")[0]
                sure, ahead, voice = chance.random() < 0.7, chance.random() < 0.5, self._told()
                look = e.Overheard(text, stable, 0.2, sure, ahead, sound, voice=voice)
                self._comes("asr", replace(look, since=self._since(voice), over=over))
            case e.DropLook() if chance.random() < 0.8:  # else it is on its way already
                looks = self.results.get("asr", [])
                looks[:] = [r for r in looks if not isinstance(r, e.Overheard) or not r.over]
            case e.Judge(draft):
                self._comes("endpoint", e.TurnJudged(draft, chance.choice((0.1, 0.6, 0.98))))
            case e.JudgeWords(draft, _):
                self._comes("words", e.WordsJudged(draft, chance.choice((0.05, 0.8))))
            case e.Foresee() if chance.random() < 0.3:
                self._comes("llm", e.Recalled(self.state.turns, "A note."))
            case e.Reply(draft, _, first):
                clauses = chance.choice(REPLIES)
                if chance.random() < 0.5:
                    self._comes("llm", e.ReplyForeseen(draft, chance.uniform(0.0, 4.0)))
                written = (e.ClauseWritten(draft, i, text) for i, text in enumerate(clauses, first))
                self._comes("llm", *written, e.ReplyWritten(draft, first + len(clauses)))
            case e.Continue(draft, _, _, index):
                self._comes("llm", e.ClauseWritten(draft, index, "three"))
                self._comes("llm", e.ReplyWritten(draft, index + 1))
            case e.Speak(draft, index, text):
                self._comes("tts", e.ClauseReady(draft, index, 0.0 if text == "***" else 1.0))
            case e.Adjust(what, factor):
                self._comes("tts", e.Adjusted(what, factor))
            case e.Introduce(name):
                self._comes("asr", e.Introduced(name, chance.random() < 0.5))
            case e.AskMemory(draft, turn, ask):
                assert turn in self.committed, "memory is asked for what is on disk"
                assert not (self.off_record and ask in CHANGES), "off the record nothing is written down"
                assert ask is not e.Ask.YES or self.asked_before, "a yes counts behind her question only"
                self._comes("store", self._remembered(draft))
            case e.BackOnRecord():
                assert not self.off_record
            case e.ForgetVoice(draft, _):
                self._comes("asr", e.VoiceForgotten(draft, chance.choice(("Anna", ""))))

    def _on_or_off_record(self, command: e.CommitUserTurn) -> None:
        """What is said off the record isn't kept, from the turn on that asks for it."""
        wish = remembered(command.text)
        if wish is not None and wish.ask is e.Ask.OFF_RECORD:
            self.off_record = True
        if wish is not None and wish.ask is e.Ask.ON_RECORD and not self.state.off_record:
            self.off_record = False
        assert command.kept is not self.off_record, "off the record nothing is kept, else all of it"

    def _remembered(self, draft: int) -> e.MemoryAnswered:
        """What memory says to what it was asked."""
        kind = self.chance.random()
        if kind < 0.2:
            return e.MemoryAnswered(draft, passes=True)
        if kind < 0.5:
            return e.MemoryAnswered(draft, "You said that Jonas is ill. Shall I erase it?", confirm=True)
        return e.MemoryAnswered(draft, self.chance.choice(("Done.", "I know nothing of it.", "***", "")))

    def _words(self) -> str:
        """What somebody says, or is left of her own voice."""
        hers = sounding(self.state, self.now) if self.state.floor in SPEAKING else ""
        return hers if hers and self.chance.random() < 0.3 else self.chance.choice(TEXTS)

    def _is_echo(self, before: State, text: str) -> bool:
        """Whether it can be nothing but her own voice."""
        asks = before.draft is not None and any("?" in clause.text for clause in before.draft.clauses)
        return not asks and understand(text) is None and are_hers(text, sounding(before, self.now))

    def _told(self) -> e.Voice:
        """Whose voice a look tells it to be: at times there is too little of it."""
        return e.Voice.OPEN if self.chance.random() < 0.3 else self.voice

    def _since(self, voice: e.Voice) -> float:
        """For how long others have spoken behind the words."""
        return self.chance.choice((0.0, 0.5, 1.5)) if voice is e.Voice.OTHER else 0.0

    def _others_take_nothing(self, before: State, look: e.Overheard, commands: list[e.Command]) -> None:
        """Those who aren't answered neither take the floor nor stop her, and nobody's pace is learned from
        strangers."""
        if look.voice is e.Voice.OTHER and not look.draft:
            assert self.state.floor is not Floor.USER or before.floor is Floor.USER
            assert not any(isinstance(command, e.StopPlaying) for command in commands)
        if (
            before.floor is Floor.OVERLAP
            and look.voice is e.Voice.ANSWERED
            and self._is_echo(before, look.text)
        ):
            assert not any(isinstance(command, e.StopPlaying) for command in commands), "her own words"
        if look.voice in NOT_HERS:
            assert self.state.paces == before.paces

    def _listens_on(self, before: State, event: e.Event) -> None:
        """While others go on, whoever speaks over them is heard, in her turn and behind it."""
        asked = (e.Typed, e.PushStarted, e.StopAsked, e.MuteChanged, e.EngineFailed)
        if before.others is not Others.SPEAK or self.speaking is None or isinstance(event, asked):
            return
        listens = self.state.muted or self.state.floor not in (Floor.IDLE, Floor.ANSWERING, Floor.COMPANION)
        assert listens or self.state.others is Others.SPEAK

    def _commits(self, before: State, event: e.Event) -> None:
        """By themselves, silence and results end no turn while somebody speaks."""
        paused = before.floor in (Floor.PAUSE, Floor.RESUMING) and self.patience.hands_free
        if not paused or before.draft is None or before.draft.final or before.muted:
            return
        if isinstance(event, e.Heard | e.Overheard | e.TurnJudged | e.WordsJudged | e.TimerFired):
            others = before.others is not Others.SILENT or getattr(event, "voice", None) is e.Voice.OTHER
            assert not self.rising or before.floor is Floor.PAUSE
            assert self.speaking is None or others, (
                "nothing is committed while the user may be speaking again"
            )

    def _play(self, draft: int, index: int) -> None:
        assert draft not in self.revoked, "a revoked draft never sounds"
        assert self.held.get((draft, index)), "what sounds has been synthesised"
        assert self.committed[-1] in self.stored, "nothing sounds before its turn is on disk"
        assert all(d == draft for d, _ in self.playing), "one answer at a time"
        assert not self.playing or index > self.playing[-1][1], "clauses sound in order"
        self.playing.append((draft, index))
        self.answered.add(self.committed[-1])

    def _follow_rise(self, before: State, event: e.Event) -> None:
        """`rising`: a sound in the room may become speech; `rises_under_her`: it began while she spoke."""
        hears = self.patience.hands_free and not before.muted
        if isinstance(event, e.SpeechRose):
            self.rising, self.rises_under_her = True, hears and before.floor in SPEAKING
        elif isinstance(event, e.SpeechFell | e.SpeechStarted):
            self.rising = self.rises_under_her = False
        self.rises_under_her &= self.state.floor in SPEAKING and not self.state.muted

    # --- promises

    def keeps_its_promises(self) -> None:
        """What holds after every event, whatever came before it."""
        floor, timers = self.state.floor, set(self.timers)
        assert bool(self.state.turn) == (floor in HERS)
        assert floor in SPEAKING or not self.playing, "she speaks in her turn only"
        if self.state.confirming:
            draft = self.state.draft
            assert draft is None or not draft.confirms, "a yes counts when she has asked, not before"
        assert floor in HERS or set(self.committed) <= self.answered | self.yielded, "no turn is forgotten"
        assert EXITS.get(floor) in timers | {None}, f"nothing ends {floor}"
        assert timers <= MEANT[floor], f"{timers - MEANT[floor]} means nothing in {floor}"
        heeded = floor is Floor.OVERLAP and self.state.others is Others.SILENT
        softened = heeded or (floor is Floor.COMPANION and self.rises_under_her)
        assert self.ducked == softened, "she is soft under the user's voice, and only there"
        if floor in LISTENING and not self.results.get("asr"):
            assert not self.state.overhearing, "no look is waited for that doesn't come"
        if self.state.others is Others.SPEAK:
            assert self.speaking is not None, "who has fallen silent doesn't speak"
            looked_at = e.Timer.OTHERS in timers or self.results.get("asr")
            looked_at = looked_at or e.Timer.LOOK in timers
            assert floor is Floor.ANSWERING or looked_at, "a voice that goes on is looked at again"
