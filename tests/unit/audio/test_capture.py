"""The microphone's side: the right sound at the right time, gaps told, drift resampled away."""

import numpy as np
import pytest
from simulated_sound import SimulatedSound

from companion.audio import FRAME, RATE, Captured


def listen(sound: SimulatedSound, seconds: float) -> list[Captured]:
    end, got = sound.now + seconds, []
    while sound.now < end:
        captured = sound.read(0.05)
        got += [captured] if captured is not None else []
    return got


def flat(got: list[Captured]) -> np.ndarray:
    return np.concatenate([c.frames.ravel() for c in got])


@pytest.mark.parametrize("rate", [8_000, 16_000, 32_000, 44_100, 48_000, 96_000])
def test_any_rate_becomes_16_khz(rate: int) -> None:
    sound = SimulatedSound(lambda t: 0.5 * np.sin(2 * np.pi * 1000 * t), in_rate=rate)
    sound.start()
    heard = flat(listen(sound, 2.0))
    assert len(heard) == pytest.approx(2 * RATE, abs=0.06 * RATE)
    steady = heard[4000:-1000]
    assert np.abs(steady).max() == pytest.approx(0.5, abs=0.01)
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady))))
    assert np.argmax(spectrum) * RATE / len(steady) == pytest.approx(1000, abs=1)


@pytest.mark.parametrize("jitter", [0.0, 0.004])
def test_at_is_when_it_was_in_the_air(jitter: float) -> None:
    click = 1001.2345
    sound = SimulatedSound(lambda t: 0.9 * np.exp(-(((t - click) / 0.001) ** 2)), jitter=jitter)
    sound.start()
    for captured in listen(sound, 2.0):
        wave = captured.frames.ravel()
        if wave.max() > 0.5:
            found = captured.at - (len(wave) - 1 - int(np.argmax(wave))) / RATE
    assert found == pytest.approx(click, abs=0.002)


def test_a_microphone_that_was_gone_leaves_a_gap() -> None:
    sound = SimulatedSound()
    sound.start()
    listen(sound, 1.0)
    sound.capture.closed()
    marks = sound.capture.memory.marks
    sound.standing["input"] = True
    sound.advance(0.7)
    sound.standing["input"] = False
    sound.capture.opened(48_000, int(marks[2]), int(marks[0]))
    gaps = [c.gap for c in listen(sound, 1.0)]
    assert max(gaps) == pytest.approx(0.7, abs=0.06)
    assert sorted(gaps)[:-1] == [0.0] * (len(gaps) - 1)
    assert sound.status().dropped_frames == pytest.approx(70, abs=6)


def test_a_reader_who_sleeps_longer_than_the_ring_is_told() -> None:
    sound = SimulatedSound()
    sound.start()
    listen(sound, 0.5)
    sound.advance(10.0)  # the ring holds 4 s
    late = sound.read(0.0)
    assert late is not None
    assert late.gap == pytest.approx(6.0, abs=0.3)
    assert late.frames.shape[1] == FRAME
    assert listen(sound, 0.2)[-1].gap == 0.0


def test_muted_sound_is_erased_and_no_gap() -> None:
    sound = SimulatedSound(lambda t: np.full_like(t, 0.5))
    sound.start()
    sound.advance(0.5)
    sound.mute(True)
    assert not sound.capture.memory.ring.any()
    assert sound.read(0.5) is None
    sound.mute(False)
    assert listen(sound, 0.2)[0].gap == 0.0


@pytest.mark.parametrize(("in_ppm", "out_ppm"), [(0.0, 0.0), (80.0, -40.0), (-150.0, 100.0)])
def test_drift_is_measured(in_ppm: float, out_ppm: float) -> None:
    sound = SimulatedSound(in_ppm=in_ppm, out_ppm=out_ppm, jitter=0.002)
    sound.start()
    assert sound.status().drift_ppm is None
    sound.advance(90.0)
    assert sound.status().drift_ppm == pytest.approx(out_ppm - in_ppm, abs=8.0)


def test_drift_is_resampled_away() -> None:
    """The loudspeaker's clock runs 200 ppm faster: for each of its seconds there are 16,000 samples."""
    sound = SimulatedSound(in_ppm=-100.0, out_ppm=100.0)
    sound.start()

    def drain() -> int:
        count = 0
        while (captured := sound.read(0.0)) is not None:
            count += captured.frames.size
        return count

    for _ in range(60):
        sound.advance(0.5)
        sound.capture.follow(sound.status().drift_ppm)
        drain()
    begun, count = sum(len(b) for b in sound.speaker), 0
    for _ in range(400):
        sound.advance(0.5)
        sound.capture.follow(sound.status().drift_ppm)
        count += drain()
    played = (sum(len(b) for b in sound.speaker) - begun) / sound.out_rate
    assert count / RATE == pytest.approx(played, abs=0.021)  # 0.04 s without it
