"""Random event orders through the floor: whatever comes in whatever order, its promises hold."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from scripted import PATIENCE
from world import World

from companion.dialogue import events as e
from companion.dialogue.floor import TABLE, step
from companion.dialogue.state import Floor, State

REQUESTS = (
    "go on", "slower", "stop", "repeat that", "give me a second", "I'm thinking.", "never mind",
    "forget what I said about Jonas", "yes", "no", "remember that I'm ill", "off the record",
    "back on the record",
)  # fmt: skip

FROM_OUTSIDE = st.one_of(
    st.builds(e.MuteChanged, st.booleans()),
    st.builds(e.PushStarted),
    st.builds(e.PushEnded),
    st.builds(e.Typed, st.sampled_from(["", "hello", "forget my voice", *REQUESTS])),
    st.builds(e.StopAsked),
)
"""What people do, at any time."""

EVENTS = st.one_of(
    FROM_OUTSIDE,
    st.builds(e.SpeechRose),
    st.builds(e.SpeechFell),
    st.builds(e.SpeechStarted, st.floats(0, 100)),
    st.builds(e.SpeechSustained, st.floats(0, 100)),
    st.builds(e.SpeechDipped, st.floats(0, 100)),
    st.builds(e.SpeechPaused, st.floats(0, 100)),
    st.builds(e.TimerFired, st.sampled_from(e.Timer)),
)
"""And what they never do in this order: edges of speech and timers without rhyme or reason."""


class FloorMachine(RuleBasedStateMachine):
    """Makes things happen in the world around the floor, in any order; the world asserts the promises."""

    @initialize(kind=st.tuples(st.booleans(), st.booleans(), st.booleans()), seed=st.integers(0, 2**32))
    def begin(self, kind: tuple[bool, bool, bool], seed: int) -> None:
        self.world = World(random.Random(seed), *kind)

    @rule(event=FROM_OUTSIDE, wait=st.floats(0, 3))
    def happens(self, event: e.Event, wait: float) -> None:
        self.world.now += wait
        self.world.give(event)

    @rule()
    def somebody_is_heard(self) -> None:
        self.world.sound()

    @rule()
    def next_timer_fires(self) -> None:
        self.world.timer_fires()

    @rule(count=st.integers(1, 6))
    def results_arrive_in_order(self, count: int) -> None:
        self.world.results_come(count)

    @rule(index=st.integers(0, 20))
    def a_late_result_arrives(self, index: int) -> None:
        self.world.late_result_comes(index)

    @rule()
    def engine_fails(self) -> None:
        self.world.engine_fails()

    @rule()
    def clause_is_heard(self) -> None:
        self.world.clause_is_heard()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.goes_quiet()


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
