"""What Whisper wrote, judged. The texts are what Whisper base really wrote on orders and on noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.engines.asr.decoding import Reading, Segment
from companion.engines.asr.guards import (
    better,
    cut_repeats,
    disbelief,
    doubt,
    repeats,
    restarts,
    said_once,
    unlooped,
)
from companion.engines.asr.hallucinations import KNOWN, phrase
from companion.settings import AsrSettings

SETTINGS = AsrSettings()
ORDER = "Can I have a large mocha with some brown sugar?"


def reading(*texts: str, end: float | None = 3.0, logprob: float = -0.2, no_speech: float = 0.1) -> Reading:
    segments = [Segment(text, 0.0, 3.0) for text in texts[:-1]] + [Segment(texts[-1], 3.0, end)]
    return Reading(tuple(segments), "en", logprob, no_speech, finished=True)


def test_a_segment_that_begins_the_last_one_again_is_cut() -> None:
    assert cut_repeats(reading(ORDER, "Can I have a large mo", end=None)).text == ORDER
    assert cut_repeats(reading(ORDER, "Can I have", end=None)).text == ORDER
    assert cut_repeats(reading(ORDER, ORDER)).text == ORDER


def test_what_goes_on_is_kept() -> None:
    two = reading(ORDER, "Can I pay by card?")

    assert cut_repeats(two) == two


@pytest.mark.parametrize(
    "text",
    [
        "He will never come back. I was walking away when he saw me. I was walking away when he s",
        "Is it going to rain, do you think? Is it going to rain",
    ],
)
def test_a_text_that_begins_again_and_breaks_off_wants_a_second_look(text: str) -> None:
    assert restarts(text)
    assert not repeats(text)
    assert doubt(reading(text), 8.0, SETTINGS) == "repetition"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No. No. No.",
        ORDER,
        "I know what I know.",
        "Is it going to rain? Is it going to snow?",
        "I'll do it if you can do it, but only if you can do it.",
    ],
)
def test_what_begins_alike_is_no_new_beginning(text: str) -> None:
    assert not restarts(text)


@pytest.mark.parametrize(
    ("looped", "once"),
    [
        ("No. No. No.", "No."),
        ("Which one?|Which one?", "Which one?"),
        ("That's wrong.|That's wrong.|That", "That's wrong."),
        ("and then, and then, and then", "and then"),
    ],
)
def test_a_short_utterance_that_the_window_loops_on_was_said_once(looped: str, once: str) -> None:
    found = said_once(reading(*looped.split("|"), end=None), 1.2)

    assert found.text == once
    assert doubt(found, 1.2, SETTINGS) == ""


@pytest.mark.parametrize(
    ("text", "seconds", "no_speech"),
    [
        ("No. No. No.", 1.2, 0.6),
        ("What would you like? What would you like?", 7.4, 0.1),
        ("Five five five.", 1.5, 0.1),
        ("W W W.", 1.5, 0.1),
        ("Thank you. Thank you. Thank you.", 1.2, 0.1),
        ("No. No. Not today.", 1.2, 0.1),
        ("It was very, very, very cold.", 2.0, 0.1),
        ("Bye bye.", 1.2, 0.1),
    ],
)
def test_any_other_reading_is_left_as_it_is(text: str, seconds: float, no_speech: float) -> None:
    before = reading(text, no_speech=no_speech)

    assert said_once(before, seconds) is before


def test_a_word_said_twice_is_kept_and_doubted() -> None:
    twice = cut_repeats(reading("No.", "No."))

    assert twice.text == "No. No."
    assert doubt(twice, 2.0, SETTINGS) == "repetition"


@pytest.mark.parametrize(
    "text",
    [
        "No, no, no, no, no, no",
        "Make me a latte. Make me a latte.",
        "I'm going to go. I'm going to go.",
        "ha " * 40,
    ],
)
def test_loops_are_seen(text: str) -> None:
    assert repeats(text)


@pytest.mark.parametrize("text", ["", "No, no!", "That that is, is.", ORDER, "A very, very long day."])
def test_what_people_say_is_no_loop(text: str) -> None:
    assert not repeats(text)


@pytest.mark.parametrize(
    ("looped", "once"),
    [
        ("Emma Chen. Emma Chen.", "Emma Chen."),
        ("No, no, no, no", "No,"),
        ("Well, make it two. Make it two. Thanks.", "Well, make it two. Thanks."),
        (ORDER, ORDER),
    ],
)
def test_a_loop_is_said_once(looped: str, once: str) -> None:
    assert unlooped(looped) == once


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=40))
def test_nothing_unlooped_repeats_itself(letters: list[str]) -> None:
    once = unlooped(" ".join(letters)).split()

    assert not any(
        once[at : at + n] == once[at + n : at + 2 * n]
        for n in range(1, len(once) // 2 + 1)
        for at in range(len(once) - 2 * n + 1)
    )


def test_a_clear_reading_is_not_doubted() -> None:
    assert doubt(reading(ORDER), 3.0, SETTINGS) == ""


def test_doubts() -> None:
    cut_short = Reading((Segment(ORDER, 0.0, None),), "en", -0.2, 0.1, finished=False)

    assert doubt(cut_short, 3.0, SETTINGS) == "length"
    assert doubt(reading(ORDER), 0.3, SETTINGS) == "length"
    assert doubt(reading(ORDER, logprob=-0.9), 3.0, SETTINGS) == "low probability"
    assert doubt(reading("Thank you.", no_speech=0.9), 1.0, SETTINGS) == "hallucination"
    assert doubt(Reading((), "en", 0.0, 0.9, finished=True), 1.0, SETTINGS) == "no speech"


@pytest.mark.parametrize(
    ("text", "logprobs", "no_speech"),
    [
        ("Thank you.", (-1.83, -0.98), 0.92),
        ("Thank you.", (-2.33, -0.51), 0.77),
        ("Thanks for watching!", (-2.12, -1.10), 0.72),
        ("you", (-3.34, -1.39), 0.93),
        ("I'm going to put it on the side.", (-1.49, -0.28), 0.79),
        ("out.", (-1.63, -1.24), 0.64),
        ("", (0.0, 0.0), 0.0),
        ("Alright.", (-3.09, -1.54), 0.59),
    ],
)
def test_what_it_writes_on_noise_is_not_believed(
    text: str, logprobs: tuple[float, ...], no_speech: float
) -> None:
    assert disbelief(text, logprobs, no_speech, SETTINGS)


@pytest.mark.parametrize(
    ("text", "logprobs", "no_speech"),
    [
        ("Thank you.", (-0.29, -0.07), 0.02),
        ("Thank you very much.", (-0.16, -0.07), 0.02),
        ("You.", (-1.65, -0.59), 0.12),
        ("Bye.", (-0.18, -0.46), 0.10),
        ("Okay.", (-0.78, -0.55), 0.25),
        (ORDER, (-0.30, -0.25), 0.72),
        ("Alright.", (-3.09, -1.54), 0.25),
        ("Alright.", (-3.09, -1.20), 0.59),
    ],
)
def test_what_people_say_is_believed(text: str, logprobs: tuple[float, ...], no_speech: float) -> None:
    assert disbelief(text, logprobs, no_speech, SETTINGS) == ""


def test_the_known_phrases_are_written_as_they_are_compared() -> None:
    assert all(phrase(known) == known for known in KNOWN)
    assert phrase("Thanks for watching!") in KNOWN
    assert phrase("Subtitles by the Amara.org community") in KNOWN


def test_of_two_readings_the_full_windows_counts_unless_it_loops_or_is_less_sure() -> None:
    again = reading("I was walking away when he saw me. I was walking away when he s", end=None)
    loop = reading("I was walking away, walking away, walking away, walking away, walking away")
    sound, unsure = reading("I was walking away when he saw me."), reading("I was waking.", logprob=-0.9)

    assert better(again, sound, "repetition") is sound
    assert better(again, loop, "repetition") is loop, "which is said once, for what follows is the same"
    assert better(sound, loop, "low probability") is sound
    assert better(sound, again, "length") is sound
    assert better(sound, unsure, "low probability") is sound
    assert better(sound, unsure, "length") is unsure
