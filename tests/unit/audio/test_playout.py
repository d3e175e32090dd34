"""Positions stay true whatever happens to queue and device; no word is lost, and stopping doesn't click."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_sound import OUT_DELAY, SimulatedSound


def tone(seconds: float, rate: int = 22_050) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def started(**options: float) -> SimulatedSound:
    sound = SimulatedSound(**options)  # type: ignore[arg-type]
    sound.start()
    sound.advance(0.2)
    return sound


def test_heard_is_what_has_passed_the_device_delay() -> None:
    sound = started(jitter=0.003)
    begun = sound.now
    sound.play(tone(2.0), 22_050)
    errors = []
    for _ in range(180):
        sound.advance(0.01)
        passed = sound.now - begun - OUT_DELAY
        if 0.02 < passed < 1.9:
            errors.append(sound.heard() - passed)
    assert max(errors) < 0.015
    assert min(errors) > -0.025


def test_stop_fades_without_a_step_and_within_20_ms() -> None:
    sound = started()
    sound.play(tone(2.0), 22_050)
    sound.advance(0.5)
    given_before = sum(len(block) for block in sound.speaker)
    asked = sound.now
    sound.stop()
    sound.advance(0.2)
    air = sound.in_air().astype(float)
    last = int(np.flatnonzero(np.abs(air) > 2)[-1])  # soxr dithers by one
    assert last - given_before < 0.02 * sound.out_rate
    assert sound.now - asked >= 0.2
    steepest = 8000 * 2 * np.pi * 440 / sound.out_rate
    assert np.abs(np.diff(air[given_before - 1000 :])).max() < steepest * 1.1


def test_speech_queued_in_pieces_sounds_as_one() -> None:
    whole, pieces = started(), started()
    speech = tone(1.0)
    whole.play(speech, 22_050)
    for piece in np.array_split(speech, 7):  # none ends in silence
        pieces.play(piece, 22_050)
    whole.advance(1.5)
    pieces.advance(1.5)
    assert np.abs(whole.in_air().astype(int) - pieces.in_air()).max() <= 2


def test_more_than_the_ring_holds_is_played_all_the_same() -> None:
    sound = started()
    rng = np.random.default_rng(0)
    speech = (rng.normal(0, 3000, 22_050 * 9)).astype(np.int16)
    sound.play(speech, 22_050)
    sound.advance(10.0)
    assert abs(sound.heard() - 9.0) < 1e-6
    played = np.flatnonzero(sound.in_air())
    assert abs((played[-1] - played[0]) / sound.out_rate - 9.0) < 0.001


def _reopen(sound: SimulatedSound, rate: int) -> None:
    """The stream's process is killed and another opens a device of another rate."""
    from companion.audio.callbacks import Player
    from companion.audio.shared import Mark

    sound.playout.closed()
    sound.out_rate = rate
    sound._out_speed = rate
    sound._player = Player(sound.playout.memory, 1, rate)
    sound._next_out = sound.now
    sound.playout.opened(rate, int(sound.playout.memory.marks[Mark.BLOCKS]))


def test_a_device_that_goes_and_comes_loses_no_word() -> None:
    sound = started()
    bursts = 12
    gap = np.zeros(2205, np.int16)
    for _ in range(bursts):
        sound.play(np.concatenate([tone(0.1), gap]), 22_050)
    sound.advance(0.95)
    before = sound.in_air()
    sound.standing["output"] = True
    sound.advance(0.5)  # the device stands still for half a second
    stood = sound.heard()
    sound.standing["output"] = False
    _reopen(sound, 48_000)
    sound.speaker.clear()
    sound.advance(3.0)
    after = sound.in_air()
    assert stood < 1.0
    assert abs(sound.heard() - bursts * 0.2) < 1e-3
    in_device = OUT_DELAY + 0.01
    heard = (np.abs(before.astype(int)) > 50).sum() / 44_100 + (np.abs(after.astype(int)) > 50).sum() / 48_000
    assert bursts * 0.1 - 0.02 < heard < bursts * 0.1 + in_device + 0.04


def test_what_was_stopped_does_not_come_back_with_the_device() -> None:
    sound = started()
    sound.play(tone(2.0), 22_050)
    sound.advance(0.5)
    reached = sound.stop()
    _reopen(sound, 48_000)
    sound.speaker.clear()
    sound.advance(1.0)
    assert not sound.in_air().any()
    assert sound.heard() <= reached
    assert sound.play(tone(0.1), 22_050) == reached


def test_stop_of_a_frozen_device_comes_back_soon() -> None:
    sound = started()
    sound.play(tone(2.0), 22_050)
    sound.advance(0.5)
    sound.standing["output"] = True
    asked = sound.now
    reached = sound.stop()
    assert sound.now - asked < 0.1
    assert 0.4 < reached < 0.6


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("play"), st.integers(1, 9000), st.sampled_from([8000, 16_000, 22_050, 48_000])),
        st.tuples(st.just("pass"), st.integers(1, 400), st.just(0)),
        st.tuples(st.just("stop"), st.just(0), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0), st.sampled_from([16_000, 44_100, 48_000])),
        st.tuples(st.just("freeze"), st.integers(0, 1), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(actions=ACTIONS)
def test_positions_whatever_happens(actions: list[tuple[str, int, int]]) -> None:
    """`heard` never goes back but to nothing lost, never passes what was queued, and ends at its end."""
    sound = started()
    queued = 0.0
    heard = 0.0
    for what, number, rate in actions:
        if what == "play":
            start = sound.play(np.full(number, 900, np.int16), rate)
            assert abs(start - queued) < 1e-6
            queued += number / rate
        elif what == "pass":
            sound.advance(number / 100)
        elif what == "stop":
            reached = sound.stop()
            assert heard - 1e-9 <= reached <= queued + 1e-9
            queued = reached
        elif what == "reopen":
            _reopen(sound, rate)
        else:
            sound.standing["output"] = bool(number)
        now = sound.heard()
        assert heard - 1e-9 <= now <= queued + 1e-9
        heard = now
    sound.standing["output"] = False
    sound.advance(queued + 2.0)
    assert abs(sound.heard() - queued) < 2e-3


def test_ducked_she_is_softer_by_what_was_asked_and_comes_back_without_a_click() -> None:
    sound = started()
    sound.play(tone(3.0), 22_050)
    sound.advance(1.0)
    before = len(sound.in_air())
    sound.duck(-12.0)
    sound.advance(1.0)
    middle = len(sound.in_air())
    sound.duck(0.0)
    sound.advance(0.5)
    air = sound.in_air().astype(float)
    late = round(0.02 * sound.out_rate)

    loud, soft = np.abs(air[before - 4000 : before]).max(), np.abs(air[before + late : middle]).max()
    again = np.abs(air[middle + late :]).max()

    assert abs(20 * np.log10(soft / loud) + 12.0) < 0.2
    assert again > 0.98 * loud
    steepest = 8000 * 2 * np.pi * 440 / sound.out_rate
    assert np.abs(np.diff(air[before - 1000 :])).max() < steepest * 1.1


def test_a_stop_while_ducked_starts_the_next_sound_as_loud_as_asked() -> None:
    sound = started()
    sound.duck(-12.0)
    sound.play(tone(1.0), 22_050)
    sound.advance(0.5)
    sound.stop()
    sound.duck(0.0)
    sound.play(tone(0.5), 22_050)
    given = len(sound.in_air())
    sound.advance(0.4)

    assert np.abs(sound.in_air()[given + round(0.05 * sound.out_rate) :]).max() > 7800
