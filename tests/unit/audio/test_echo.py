"""Her own voice is taken out of the microphone's sound, and somebody else's is left in it."""

import numpy as np
import pytest
from simulated_sound import SimulatedSound

from companion.audio import FRAME, RATE, Captured
from companion.audio.echo import LEAD, EchoCanceller, Reference
from companion.audio.shared import Mark


def speechlike(seconds: float, rate: int, seed: int = 1) -> np.ndarray:
    """Noise in the band of speech that comes and goes with syllables: int16[n]."""
    random = np.random.default_rng(seed)
    moments = np.arange(round(seconds * rate)) / rate
    noise = np.convolve(random.normal(0, 1, len(moments)), np.ones(8) / 8, "same")
    return (6000 * noise * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * moments + seed))).astype(np.int16)


class Room:
    """A simulated device whose loudspeaker is heard in its microphone, softer and later."""

    def __init__(self, gain: float, delay: float, out_rate: int = 44_100) -> None:
        self.gain, self.delay = gain, delay
        self.sound = SimulatedSound(self._air, out_rate=out_rate)
        self.other = np.zeros(0)
        self.reference = Reference(self.sound.playout.memory)
        self.sound.start()
        self.reference.opened(out_rate, 0)
        self.begun = self.sound.now

    def _air(self, moments: np.ndarray) -> np.ndarray:
        played = self.sound.in_air() / 32768
        frames = (moments - self.delay - self.begun - 0.04) * self.sound.out_rate  # its way to the air
        echo = np.interp(frames, np.arange(len(played)), played, left=0, right=0) if len(played) else 0.0
        place = ((moments - self.begun) * RATE).astype(int)
        own = (
            np.where(place < len(self.other), self.other[np.minimum(place, len(self.other) - 1)], 0.0)
            if (len(self.other))
            else 0.0
        )
        return self.gain * np.asarray(echo) + own + np.zeros_like(moments)

    def hear(self, canceller: EchoCanceller | None, seconds: float) -> np.ndarray:
        heard, end = [], self.sound.now + seconds
        while self.sound.now < end:
            captured = self.sound.read(0.05)
            if captured is not None:
                captured = canceller.clean(captured) if canceller else captured
                heard.append(captured.frames.reshape(-1))
        return np.concatenate(heard)


def level(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(sound**2)) + 1e-9))


@pytest.mark.parametrize("delay", [0.005, 0.03, 0.12])
def test_her_voice_is_gone_from_the_microphone(delay):
    room = Room(gain=0.25, delay=delay)
    room.sound.play(speechlike(12.0, 22_050), 22_050)
    canceller = EchoCanceller(room.reference.take)
    room.hear(canceller, 6.0)

    left = level(room.hear(canceller, 4.0))

    loud = Room(gain=0.25, delay=delay)
    loud.sound.play(speechlike(12.0, 22_050), 22_050)
    loud.hear(None, 6.0)
    assert left < level(loud.hear(None, 4.0)) - 25


def test_a_voice_over_hers_stays():
    room = Room(gain=0.25, delay=0.03)
    room.sound.play(speechlike(14.0, 22_050), 22_050)
    room.other = np.concatenate([np.zeros(8 * RATE), speechlike(3.0, RATE, seed=7) / 32768])
    canceller = EchoCanceller(room.reference.take)
    room.hear(canceller, 8.0)

    assert level(room.hear(canceller, 3.0)) > level(speechlike(3.0, RATE, seed=7) / 32768) - 10


def test_with_nothing_played_the_sound_is_left_as_it_is():
    frames = np.random.default_rng(0).normal(0, 0.1, (200, FRAME)).astype(np.float32)
    canceller = EchoCanceller(lambda start, samples: np.zeros(samples, np.float32))
    canceller.clean(Captured(frames, 10.0))

    cleaned = canceller.clean(Captured(frames, 12.0, gap=0.5))

    assert np.array_equal(cleaned.frames, frames)
    assert (cleaned.at, cleaned.gap) == (12.0, 0.5)


def test_the_reference_is_what_was_given_as_soft_as_it_was():
    room = Room(gain=0.0, delay=0.0)
    room.sound.duck(-12.0)
    tone = (8000 * np.sin(2 * np.pi * 300 * np.arange(22_050 * 2) / 22_050)).astype(np.int16)
    room.sound.play(tone, 22_050)
    room.hear(None, 1.0)

    taken = room.reference.take(room.sound.now - 0.5 - LEAD, RATE // 4)

    assert level(taken) == pytest.approx(level(tone / 32768) - 12.0, abs=0.3)


def test_without_a_stream_the_reference_is_silence():
    room = Room(gain=0.0, delay=0.0)
    room.reference.closed()

    assert not room.reference.take(room.sound.now, FRAME).any()


def test_a_device_that_ran_dry_or_was_opened_anew_is_a_slip_and_its_first_opening_is_none():
    room = Room(gain=0.0, delay=0.0)
    memory = room.sound.playout.memory
    room.sound.play(speechlike(4.0, 22_050), 22_050)
    counts = []

    for change in (lambda: None, lambda: memory.marks.__setitem__(Mark.XRUNS, 3), lambda: None):
        change()
        room.hear(None, 0.2)
        room.reference.take(room.sound.now - 0.1, FRAME)
        counts.append(room.reference.slips)
    room.reference.opened(44_100, 0)

    assert counts[0] == 0
    assert counts[1] > counts[0]
    assert room.reference.slips == counts[2] + 1


@pytest.mark.parametrize("other", [0.0, 0.6])
def test_an_echo_that_comes_later_all_at_once_is_no_voice_and_a_louder_voice_is(other):
    played = speechlike(14.0, RATE) / np.float32(32768)
    voice = other * speechlike(14.0, RATE, seed=7) / np.float32(32768)
    jump, late = 10 * RATE, round(0.07 * RATE)
    moved = []

    def reference(start, samples):
        at = round(start * RATE)
        if at >= jump and not moved:
            moved.append(at)
        return played[at : at + samples]

    canceller = EchoCanceller(reference, lambda: len(moved))
    out = []
    for at in range(0, 13 * RATE, FRAME):
        behind = round(0.03 * RATE) + (late if at >= jump else 0)
        echo = 0.25 * played[max(0, at - behind) : max(0, at - behind) + FRAME]
        heard = echo + (voice[at : at + FRAME] if at >= jump else 0.0)
        frames = heard.astype(np.float32).reshape(1, FRAME)
        out.append(canceller.clean(Captured(frames, (at + FRAME) / RATE, 0.0)).frames.reshape(-1))
    behind_it = np.concatenate(out)[jump + RATE // 10 : jump + RATE]

    assert (level(behind_it) < -60) if not other else (level(behind_it) > -40)


def test_with_headphones_a_voice_over_hers_is_left_as_it_is():
    room = Room(gain=0.0, delay=0.0)
    room.sound.play(speechlike(8.0, 22_050), 22_050)
    room.other = np.concatenate([np.zeros(2 * RATE), speechlike(2.0, RATE, seed=7) / 32768])
    canceller = EchoCanceller(room.reference.take)
    room.hear(canceller, 2.1)

    assert level(room.hear(canceller, 1.8)) > level(speechlike(2.0, RATE, seed=7) / 32768) - 1


def test_headphones_that_are_unplugged_bring_the_canceller_back():
    room = Room(gain=0.0, delay=0.03)
    room.sound.play(speechlike(25.0, 22_050), 22_050)
    canceller = EchoCanceller(room.reference.take)
    room.hear(canceller, 4.0)
    room.gain = 0.25
    room.hear(canceller, 10.0)

    loud = Room(gain=0.25, delay=0.03)
    loud.sound.play(speechlike(25.0, 22_050), 22_050)
    loud.hear(None, 4.0)
    assert level(room.hear(canceller, 3.0)) < level(loud.hear(None, 3.0)) - 20


def test_a_loudspeaker_in_place_of_headphones_is_reckoned_with_at_once():
    room = Room(gain=0.0, delay=0.03)
    room.sound.play(speechlike(25.0, 22_050), 22_050)
    canceller = EchoCanceller(room.reference.take, lambda: room.reference.slips, lambda: room.reference.opens)
    room.hear(canceller, 4.0)
    room.reference.opened(room.sound.out_rate, 0, "")  # the same, anew
    assert room.reference.opens == 1
    room.gain = 0.25
    room.reference.opened(room.sound.out_rate, 0, "Loudspeaker")

    loud = Room(gain=0.25, delay=0.03)
    loud.sound.play(speechlike(25.0, 22_050), 22_050)
    loud.hear(None, 4.0)
    room.hear(canceller, 0.3)
    assert level(room.hear(canceller, 2.5)) < level(loud.hear(None, 2.5)) - 20
