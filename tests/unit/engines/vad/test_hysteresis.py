"""Edges of utterances from probabilities of speech."""

from hypothesis import given
from hypothesis import strategies as st

from companion.engines.vad.hysteresis import WINDOW_S, Edge, Hysteresis, Paused, Phase, Started
from companion.settings import VadSettings

QUIET, TALK, BETWEEN = 0.05, 0.95, 0.42


def edges(probabilities: list[float], settings: VadSettings | None = None) -> list[Edge]:
    hysteresis = Hysteresis(settings or VadSettings())
    return [edge for p in probabilities if (edge := hysteresis.feed(p)) is not None]


def test_speech_is_dated_at_its_first_window_and_its_end() -> None:
    found = edges([QUIET] * 10 + [TALK] * 20 + [QUIET] * 20)

    assert found == [Started(10 * WINDOW_S), Paused(30 * WINDOW_S)]


def test_a_start_is_noticed_only_after_min_speech() -> None:
    hysteresis = Hysteresis(VadSettings(min_speech=0.1))

    noticed = [hysteresis.feed(TALK) for _ in range(4)]

    assert noticed == [None, None, None, Started(0.0)]
    assert hysteresis.speaking


def test_a_click_is_not_speech() -> None:
    assert edges([QUIET] * 5 + [TALK] * 3 + [QUIET] * 30) == []


def test_a_pause_shorter_than_min_silence_is_bridged() -> None:
    found = edges([TALK] * 10 + [QUIET] * 2 + [TALK] * 10 + [QUIET] * 7)

    assert found == [Started(0.0), Paused(22 * WINDOW_S)]


def test_between_the_thresholds_speech_goes_on_and_silence_too() -> None:
    assert edges([BETWEEN] * 50) == []
    assert edges([TALK] * 10 + [BETWEEN] * 50) == [Started(0.0)]


def test_a_fall_that_began_counts_on_between_the_thresholds() -> None:
    assert edges([TALK] * 10 + [QUIET] + [BETWEEN] * 6) == [Started(0.0), Paused(10 * WINDOW_S)]


def test_a_stop_above_the_start_does_not_flicker() -> None:
    settings = VadSettings(start=0.4, stop=0.9, min_speech=0.0)

    assert edges([0.5] * 40, settings) == [Started(0.0)]


def test_reset_begins_a_new_stream() -> None:
    hysteresis = Hysteresis(VadSettings())
    for _ in range(10):
        hysteresis.feed(TALK)

    hysteresis.reset()

    assert (hysteresis.phase, hysteresis.now, hysteresis.speaking) == (Phase.QUIET, 0.0, False)


@given(
    st.lists(st.floats(0.0, 1.0), max_size=300),
    st.floats(0.05, 0.99),
    st.floats(0.01, 0.98),
    st.floats(0.0, 1.0),
    st.floats(0.05, 2.0),
)
def test_edges_take_turns_and_never_go_back(
    probabilities: list[float], start: float, stop: float, min_speech: float, min_silence: float
) -> None:
    settings = VadSettings(start=start, stop=stop, min_speech=min_speech, min_silence=min_silence)
    hysteresis = Hysteresis(settings)
    last = 0.0
    expected: type[Edge] = Started
    for probability in probabilities:
        edge = hysteresis.feed(probability)
        if edge is None:
            continue
        assert type(edge) is expected
        assert last <= edge.at <= hysteresis.now
        if isinstance(edge, Paused):
            assert edge.at - last >= min_speech - 1e-9
            assert hysteresis.now - edge.at >= min_silence - 1e-9
        last, expected = edge.at, Paused if expected is Started else Started
    assert hysteresis.speaking == (expected is Paused)
