"""Random event orders through the floor: whatever comes in whatever order, its promises hold."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from scripted import PATIENCE

from companion.dialogue import events as e
from companion.dialogue.floor import TABLE, step
from companion.dialogue.state import Floor, State

SPEECH = st.one_of(
    st.builds(e.SpeechStarted, st.floats(0, 100)),
    st.builds(e.SpeechSustained, st.floats(0, 100)),
    st.builds(e.SpeechDipped, st.floats(0, 100)),
    st.builds(e.SpeechPaused, st.floats(0, 100)),
)
EVENTS = st.one_of(
    SPEECH,
    st.builds(e.MuteChanged, st.booleans()),
    st.builds(e.PushStarted),
    st.builds(e.PushEnded),
    st.builds(e.Typed, st.sampled_from(["", "hello", "forget my voice"])),
    st.builds(e.StopAsked),
    st.builds(e.TimerFired, st.sampled_from(e.Timer)),
)
"""What comes from outside, at any time."""


class FloorMachine(RuleBasedStateMachine):
    """Plays the world around the floor: engines that answer late, in any order, or fail."""

    @initialize(hands_free=st.booleans())
    def begin(self, hands_free: bool) -> None:
        self.patience = replace(PATIENCE, hands_free=hands_free)
        self.state = State()
        self.now = 0.0
        self.requests: list[e.Event] = []  # results that may still come
        self.timers: dict[e.Timer, float] = {}
        self.revoked: set[int] = set()
        self.committed: list[int] = []
        self.stored: set[int] = set()
        self.answered: set[int] = set()
        self.yielded: set[int] = set()
        self.playing: list[tuple[int, int]] = []
        self.finished: set[int] = set()

    @rule(event=EVENTS, wait=st.floats(0, 3))
    def happens(self, event: e.Event, wait: float) -> None:
        self.now += wait
        if not isinstance(event, e.TimerFired):
            self.give(event)

    @rule(event=SPEECH)
    def user_makes_a_sound(self, event: e.Event) -> None:
        self.give(event)

    @rule()
    def next_timer_fires(self) -> None:
        if self.timers:
            timer = min(self.timers, key=self.timers.__getitem__)
            self.now = max(self.now, self.timers.pop(timer))
            self.give(e.TimerFired(timer))

    @rule(count=st.integers(1, 6))
    def results_arrive_in_order(self, count: int) -> None:
        for result in [self.requests.pop(0) for _ in range(min(count, len(self.requests)))]:
            self.give(result)

    @rule(data=st.data())
    def a_late_result_arrives(self, data: st.DataObject) -> None:
        if self.requests:
            index = data.draw(st.integers(0, len(self.requests) - 1))
            self.give(self.requests.pop(index))

    @rule(data=st.data())
    def engine_fails(self, data: st.DataObject) -> None:
        draft = data.draw(st.integers(0, self.state.drafts))
        role = data.draw(st.sampled_from(["asr", "llm", "tts", "endpoint", "store"]))
        self.give(e.EngineFailed(role, draft, "It failed: try again."))

    @rule()
    def clause_is_heard(self) -> None:
        if self.playing:
            self.give(e.ClausePlayed(*self.playing.pop(0)))

    def give(self, event: e.Event) -> None:
        before = self.state
        if isinstance(event, e.Stored):
            self.stored.add(event.turn)
        self.state, commands = step(self.state, event, self.now, self.patience)
        for command in commands:
            self.carry_out(command, before)

    def carry_out(self, command: e.Command, before: State) -> None:
        match command:
            case e.SetTimer(timer, at):
                assert at >= self.now, command
                self.timers[timer] = at
            case e.CancelTimer(timer):
                self.timers.pop(timer, None)
            case e.Transcribe(draft):
                self.requests += [e.Heard(draft, "" if draft % 5 == 0 else "words")]
            case e.ForgetVoice(draft):
                self.requests += [e.VoiceForgotten(draft, "Anna")]
            case e.Overhear():
                voice = list(e.Voice)[len(self.timers) % 4]
                self.requests += [e.Overheard("words and words.", "words", 0.1, voice=voice, since=0.5)]
            case e.Judge(draft):
                self.requests += [e.TurnJudged(draft, 0.1 if draft % 4 == 0 else 0.9)]
            case e.Reply(draft, _):
                self.requests += [e.ClauseWritten(draft, 0, "One"), e.ClauseWritten(draft, 1, "two")]
                self.requests += [e.ReplyWritten(draft, 2)]
            case e.Speak(draft, index, _):
                self.requests += [e.ClauseReady(draft, index, 0.0 if draft % 6 == 0 else 1.0)]
            case e.CommitUserTurn(turn, _, text):
                assert text
                assert turn not in self.committed, "a turn is committed once"
                self.committed.append(turn)
                self.requests.append(e.Stored(turn))
            case e.Play(draft, index):
                self.play(draft, index)
            case e.Revoke(draft):
                self.revoked.add(draft)
            case e.StopPlaying(draft):
                self.playing.clear()
                self.requests.append(e.PlaybackStopped(draft, "One"))
            case e.YieldTurn(turn, _):
                assert turn in self.committed
                self.yielded.add(turn)
            case e.CommitCompanionTurn(draft, _, _):
                assert draft not in self.finished, "what she said is written down once"
                self.finished.add(draft)

    def play(self, draft: int, index: int) -> None:
        assert draft not in self.revoked, "a revoked draft never sounds"
        assert self.state.turn in self.stored | {0}, "nothing sounds before its turn is on disk"
        assert all(d == draft for d, _ in self.playing), "one answer at a time"
        assert not self.playing or index > self.playing[-1][1], "clauses sound in order"
        self.playing.append((draft, index))
        self.answered.add(self.committed[-1])

    @invariant()
    def one_holder(self) -> None:
        if not hasattr(self, "state"):
            return
        companions = (Floor.ANSWERING, Floor.CONTESTED, Floor.COMPANION, Floor.OVERLAP)
        assert bool(self.state.turn) == (self.state.floor in companions)
        if self.state.floor not in (Floor.COMPANION, Floor.OVERLAP):
            assert not self.playing, "she is silent when it isn't her turn"

    @invariant()
    def every_turn_is_answered_or_yielded(self) -> None:
        if hasattr(self, "state") and self.state.floor in (Floor.IDLE, Floor.USER, Floor.PAUSE, Floor.PUSHED):
            assert set(self.committed) <= self.answered | self.yielded

    @invariant()
    def every_state_has_an_exit(self) -> None:
        """Silence of the engines is never for ever: a timer is set, or the user's own act ends the state."""
        if not hasattr(self, "state"):
            return
        waits = {
            Floor.PAUSE: {e.Timer.TURN_BOUND},
            Floor.ANSWERING: {e.Timer.ANSWER},
            Floor.CONTESTED: {e.Timer.ANSWER},
            Floor.COMPANION: {e.Timer.ANSWER},
            Floor.OVERLAP: {e.Timer.ANSWER},
            Floor.USER: {e.Timer.LONGEST},
            Floor.PUSHED: {e.Timer.LONGEST},
        }
        assert waits.get(self.state.floor, set()) <= set(self.timers), (self.state.floor, self.timers)


FloorMachine.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestFloor = FloorMachine.TestCase


@given(st.lists(EVENTS, max_size=60))
def test_events_from_outside_alone_never_break_the_floor(events):
    state, now = State(), 0.0
    for event in events:
        now += 0.5
        state, _ = step(state, event, now, PATIENCE)
    assert state.floor in Floor


def test_every_state_can_be_reached_and_left():
    reached = {floor for table in TABLE.values() for _, floors in table.values() for floor in floors}
    left = {floor for floor, table in TABLE.items() if any(floors - {floor} for _, floors in table.values())}
    assert reached == set(Floor)
    assert left == set(Floor)


def test_without_a_microphone_event_the_idle_floor_stays_idle():
    state, commands = step(State(), e.SpeechPaused(1.0), 1.0, PATIENCE)
    assert (state, commands) == (State(), [])
