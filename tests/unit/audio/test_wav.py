"""A recording as a device: paced by its clock, ended by EOFError, and with the reply on its own timeline."""

import numpy as np
import pytest

from companion.audio import RATE
from companion.audio.wav import WavSound


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-5)


def everything(sound: WavSound, clock: Clock, ahead: float = 0.0) -> np.ndarray:
    """All the sound there is; none comes before its time (but `ahead` seconds)."""
    heard = []
    try:
        while True:
            captured = sound.read(1.0)
            assert captured is not None
            assert captured.at <= clock.now + ahead + 1e-9
            heard.append(captured.frames.ravel())
    except EOFError:
        return np.concatenate(heard)


def test_real_time_is_the_clocks() -> None:
    clock = Clock()
    ramp = np.linspace(0, 0.5, RATE, dtype=np.float32)
    sound = WavSound(ramp, tail=0.5, clock=clock, sleep=clock.sleep)
    sound.start()
    whole = everything(sound, clock)
    assert clock.now == pytest.approx(1.5, abs=0.001)
    assert np.array_equal(whole[:RATE], ramp)
    assert not whole[RATE:].any()


def test_a_late_reader_gets_all_there_is() -> None:
    clock = Clock()
    sound = WavSound(np.zeros(RATE, np.float32), tail=0, clock=clock, sleep=clock.sleep)
    sound.start()
    clock.now += 0.305
    captured = sound.read(0.0)
    assert captured is not None
    assert len(captured.frames) == 30
    assert sound.read(0.001) is None


def test_driven_takes_no_time_at_all() -> None:
    clock = Clock()
    sound = WavSound(np.zeros(RATE * 60, np.float32), tail=0, realtime=False, clock=clock, sleep=clock.sleep)
    sound.start()
    assert len(everything(sound, clock, ahead=60.0)) == RATE * 60
    assert clock.now == 0.0
    with pytest.raises(EOFError):
        sound.read(1.0)


def test_the_reply_lies_where_it_sounded() -> None:
    clock = Clock()
    sound = WavSound(np.zeros(RATE * 5, np.float32), clock=clock, sleep=clock.sleep)
    sound.start()
    clock.now = 1.0
    sound.play(np.full(8000, 1000, np.int16), 8000)
    sound.play(np.full(1600, 2000, np.int16), RATE)
    clock.now = 3.0
    sound.play(np.full(RATE * 2, 3000, np.int16), RATE)
    clock.now = 3.5
    sound.stop()
    assert [(round(at, 3), len(samples), rate) for at, samples, rate in sound.played()] == [
        (1.0, 8000, 8000),
        (2.0, 1600, RATE),
        (3.0, 8000 + 128, RATE),  # and its fade
    ]
    reply = sound.reply()
    assert len(reply) == int(3.508 * RATE)
    assert not reply[: RATE - 200].any()
    assert reply[int(1.5 * RATE)] == pytest.approx(1000, abs=20)
    assert reply[int(2.05 * RATE)] == 2000
    assert not reply[int(2.2 * RATE) : 3 * RATE].any()
    assert abs(int(reply[-1])) < 40
