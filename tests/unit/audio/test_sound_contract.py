"""What every `Sound` promises, asked of each: a recording, a simulated device, a real one in a room."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from simulated_sound import SimulatedSound

from companion.audio import FRAME, RATE, Captured, Side, Sound
from companion.audio.device import DeviceSound
from companion.audio.wav import WavSound
from companion.bench.room import wait_for


@dataclass
class Stage:
    """A `Sound`, and how its time is made to pass until a claim is true."""

    sound: Any
    until: Callable[[Callable[[], bool]], bool]

    def frames(self, count: int) -> list[Captured]:
        """At least so many frames, as they were captured."""
        got: list[Captured] = []
        for _ in range(400):
            captured = self.sound.read(0.05)
            got += [captured] if captured is not None else []
            if sum(len(c.frames) for c in got) >= count:
                return got
        raise AssertionError(f"{len(got)} captures in 20 s")


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-4)


def passing(step: Callable[[], Any]) -> Callable[[Callable[[], bool]], bool]:
    """Ten virtual minutes at most until the claim is true."""

    def until(claim: Callable[[], bool]) -> bool:
        for _ in range(60_000):
            if claim():
                return True
            step()
        return False

    return until


@pytest.fixture(params=["recording, driven", "recording, real time", "simulated", "device"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    hum = (0.1 * np.sin(2 * np.pi * 200 * np.arange(20 * RATE) / RATE)).astype(np.float32)
    sound: Any
    if request.param == "recording, driven":
        sound = WavSound(hum, tail=5.0, realtime=False)
        until = passing(lambda: sound.read(0.01))
    elif request.param == "recording, real time":
        clock = Clock()
        sound = WavSound(hum, tail=5.0, clock=clock, sleep=clock.sleep)
        until = passing(lambda: clock.sleep(0.01))
    elif request.param == "simulated":
        sound = SimulatedSound(lambda t: 0.1 * np.sin(2 * np.pi * 200 * t))
        until = passing(lambda: sound.advance(0.01))
    else:
        request.getfixturevalue("room")
        sound = DeviceSound()
        until = lambda claim: wait_for(claim, 20.0)  # noqa: E731
    typed: Sound = sound
    typed.start()
    yield Stage(sound, until)
    sound.close()
    sound.close()


def tone(seconds: float, rate: int = 22_050) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def test_frames_come_whole_and_on_time(stage: Stage) -> None:
    got = stage.frames(50)
    for captured in got:
        assert captured.frames.dtype == np.float32
        assert captured.frames.shape[1:] == (FRAME,)
        assert len(captured.frames) >= 1
        assert np.abs(captured.frames).max() <= 1.0
        assert captured.gap == 0.0
    between = sum(len(c.frames) for c in got[1:]) * FRAME / RATE
    assert got[-1].at - got[0].at == pytest.approx(between, abs=0.03)


def test_positions_follow_each_other_and_all_of_it_is_heard(stage: Stage) -> None:
    assert stage.sound.heard() == 0.0
    first = stage.sound.play(tone(0.2), 22_050)
    second = stage.sound.play(tone(0.1, 16_000), 16_000)
    third = stage.sound.play(tone(0.05, 48_000), 48_000)
    assert (first, second, third) == (0.0, pytest.approx(0.2), pytest.approx(0.3))
    assert stage.until(lambda: stage.sound.heard() > 0.3)
    assert stage.until(lambda: stage.sound.heard() == pytest.approx(0.35, abs=1e-6))
    stage.frames(5)
    assert stage.sound.heard() == pytest.approx(0.35, abs=1e-6)


def test_silence_between_sounds_does_not_count(stage: Stage) -> None:
    stage.sound.play(tone(0.1), 22_050)
    assert stage.until(lambda: stage.sound.heard() >= 0.1 - 1e-6)
    stage.frames(20)
    assert stage.sound.play(tone(0.1), 22_050) == pytest.approx(0.1)
    assert stage.until(lambda: stage.sound.heard() >= 0.2 - 1e-6)
    assert stage.sound.heard() == pytest.approx(0.2, abs=1e-6)


def test_stop_tells_the_position_and_the_next_sound_starts_there(stage: Stage) -> None:
    stage.sound.play(tone(3.0), 22_050)
    assert stage.until(lambda: stage.sound.heard() > 0.1)
    before = stage.sound.heard()
    reached = stage.sound.stop()
    assert before <= reached < 3.0
    assert stage.sound.play(tone(0.1), 22_050) == pytest.approx(reached)
    assert stage.until(lambda: stage.sound.heard() >= reached + 0.1 - 1e-6)
    assert stage.sound.heard() == pytest.approx(reached + 0.1, abs=1e-6)


def test_stop_with_nothing_queued_changes_nothing(stage: Stage) -> None:
    assert stage.sound.stop() == 0.0
    stage.sound.play(tone(0.1), 22_050)
    assert stage.until(lambda: stage.sound.heard() >= 0.1 - 1e-6)
    assert stage.sound.stop() == pytest.approx(0.1)
    assert stage.sound.stop() == pytest.approx(0.1)
    assert stage.sound.heard() == pytest.approx(0.1)


def test_muted_nothing_is_read_and_what_is_said_goes_on(stage: Stage) -> None:
    stage.frames(5)
    stage.sound.play(tone(0.3, 16_000), 16_000)
    stage.sound.mute(True)
    assert stage.sound.status().input is Side.CLOSED
    assert stage.sound.status().output is Side.OPEN
    read: list[Captured | None] = []

    def said() -> bool:
        read.append(stage.sound.read(0.01))
        return bool(stage.sound.heard() >= 0.3 - 1e-6)

    assert stage.until(said)
    assert set(read) == {None}
    stage.sound.mute(False)
    assert stage.frames(5)[0].gap == 0.0


def test_playing_nothing_is_nothing(stage: Stage) -> None:
    assert stage.sound.play(np.zeros(0, np.int16), 22_050) == 0.0
    assert stage.sound.heard() == 0.0
