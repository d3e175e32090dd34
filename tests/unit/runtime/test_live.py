"""The threads of a conversation: how they end, whatever befalls one of them."""

import threading
from dataclasses import dataclass, field, replace

import pytest

from companion.app import Companion
from companion.audio import Side, SoundStatus
from companion.dialogue import events as e
from companion.dialogue.state import Floor, State
from companion.runtime.live import Live


@dataclass
class Device:
    """A sound device on which nothing is heard until it is closed."""

    refuses: Exception | None = None
    closed: threading.Event = field(default_factory=threading.Event)

    def read(self, timeout):
        self.closed.wait(timeout)

    def status(self):
        return SoundStatus(
            input=Side.OPEN, output=Side.OPEN, input_name="", output_name="", xruns=0, dropped_frames=0,
            reopened=0, drift_ppm=None, offset_s=None, trouble="",
        )  # fmt: skip

    def close(self):
        self.closed.set()
        if self.refuses:
            raise self.refuses


class Mouth:
    """Says nothing."""

    def poll(self):
        return []


@dataclass
class Talking:
    """A conversation that keeps what it was given, and who has the floor when a key is pressed."""

    state: State = field(default_factory=State)
    given: list = field(default_factory=list)
    taken: threading.Event = field(default_factory=threading.Event)
    failing: Exception | None = None

    def begin(self):
        """Prepares nothing."""

    def end(self):
        self.given.append("the end")

    def due(self):
        return None

    def until(self, due):
        return None

    def fire(self):
        """Has no timers."""

    def handle(self, event):
        if self.failing:
            raise self.failing
        self.given.append(event)
        floors = {e.PushStarted: Floor.PUSHED, e.PushEnded: Floor.PAUSE, e.TimerFired: Floor.PAUSE}
        self.state = replace(self.state, floor=floors.get(type(event), self.state.floor))
        if isinstance(event, e.Typed):
            self.taken.set()


@dataclass
class Parts:
    """What is closed behind a conversation."""

    closed: int = 0

    def close(self):
        self.closed += 1


def talk(device: Device, talking: Talking) -> Companion:
    live = Live(device, ears=None, mouth=Mouth())
    live.begin(talking)
    return Companion(Parts(), live, talking, device)


def test_no_thread_of_a_conversation_keeps_the_program_alive():
    before = set(threading.enumerate())
    companion = talk(Device(), Talking())
    started = set(threading.enumerate()) - before
    companion.close()

    assert started
    assert all(thread.daemon for thread in started)
    assert not any(thread.is_alive() for thread in started)


def test_every_part_is_closed_though_one_refuses():
    device = Device(refuses=OSError("stuck"))
    companion = talk(device, Talking())
    before = set(threading.enumerate())

    with pytest.raises(OSError, match="stuck"):
        companion.close()

    assert device.closed.is_set()
    assert companion.parts.closed == 1
    assert not [t for t in before if t.name in ("dialogue", "sound", "asr", "store") and t.is_alive()]


def test_what_could_not_be_closed_can_be_closed_again_and_then_no_more():
    device = Device(refuses=OSError("stuck"))
    companion = talk(device, Talking())
    with pytest.raises(OSError, match="stuck"):
        companion.close()

    device.refuses = None
    companion.close()
    companion.close()

    assert companion.parts.closed == 2


def test_the_last_thing_a_conversation_hears_is_that_it_ends():
    talking = Talking()
    talk(Device(), talking).close()

    assert talking.given == [e.StopAsked(), "the end"]


def test_a_conversation_that_died_is_closed_like_any_other():
    device, talking = Device(), Talking(failing=RuntimeError("broken"))
    companion = talk(device, talking)
    companion.post(e.Typed("Hello."))
    companion.close()

    assert isinstance(companion.live.failure, RuntimeError)
    assert device.closed.is_set()


def test_the_key_ends_only_the_turn_that_it_began():
    talking = Talking()
    companion = talk(Device(), talking)

    companion.turn_key()
    companion.turn_key()
    companion.turn_key()
    companion.post(e.TimerFired(e.Timer.LONGEST))  # the longest turn is over, key or no key
    companion.turn_key()
    companion.post(e.Typed("Hello."))
    talking.taken.wait()
    companion.close()

    pressed = [type(event) for event in talking.given if isinstance(event, e.PushStarted | e.PushEnded)]
    assert pressed == [e.PushStarted, e.PushEnded, e.PushStarted, e.PushStarted]
