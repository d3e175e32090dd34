"""Partial transcripts: what is stable, what is heard again, and what a long turn costs."""

import threading

import numpy as np
import pytest

from companion.engines.asr import Transcription
from companion.engines.asr.partials import ALMOST, NO_WORD, WINDOW, Partials
from companion.engines.asr.windows import RATE

NEVER = threading.Event()


class Recognizer:
    """Says one thing after the other, and remembers how much sound it was given."""

    def __init__(self, *texts):
        self.texts, self.lengths, self.doubt, self.logprob = list(texts), [], "", -0.2
        self.second = Transcription("once more", "en", 1.0, no_speech=0.0, logprob=-0.2)

    def glimpse(self, audio, cancel, *, prompt=""):
        self.lengths.append(len(audio))
        text = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        return Transcription(text, "en", len(audio) / RATE, 0.0, self.logprob, doubt=self.doubt)

    def quick(self, audio, cancel, *, prompt=""):
        self.lengths.append(len(audio))
        return self.second


def sound(seconds):
    return np.full(round(seconds * RATE), 0.1, np.float32)


def test_words_that_two_hypotheses_agree_on_are_stable_whatever_their_marks():
    partials = Partials(Recognizer("I would like", "I would, like a cup", "I would like a cap of"))

    heard = [partials.hear(0, round(s * RATE), sound(s), NEVER) for s in (1.0, 1.5, 2.0)]

    assert [h.stable for h in heard] == ["", "I would, like", "I would like a"]
    assert heard[-1].text == "I would like a cap of"


def test_where_only_silence_was_added_the_last_hypothesis_is_the_final_one():
    recognizer = Recognizer("Good morning.")
    partials = Partials(recognizer)
    partials.hear(0, RATE, sound(1.1), NEVER)

    again = partials.hear(0, RATE, sound(1.6), NEVER)

    assert again.text == "Good morning."
    assert len(recognizer.lengths) == 1


def test_the_burst_of_a_last_consonant_is_no_new_word_but_speech_is():
    recognizer = Recognizer("Milk.", "Milk.", "Milk.", "Milk and tea.")
    partials = Partials(recognizer)
    for seconds in (0.8, 1.0):
        partials.hear(0, round(seconds * RATE), sound(seconds), NEVER)

    partials.hear(0, RATE + ALMOST, sound(1.2), NEVER)
    assert len(recognizer.lengths) == 2
    partials.hear(0, RATE + ALMOST + 1, sound(1.3), NEVER)
    assert len(recognizer.lengths) == 3


def test_another_turn_begins_with_nothing_stable():
    partials = Partials(Recognizer("Good morning.", "Good morning.", "Good evening."))
    for seconds in (1.0, 1.5):
        partials.hear(0, round(seconds * RATE), sound(seconds), NEVER)

    assert partials.hear(9 * RATE, 10 * RATE, sound(1.0), NEVER).stable == ""


def test_a_doubtful_hypothesis_is_looked_at_again_when_the_turn_may_be_over():
    recognizer = Recognizer("God mooring")
    recognizer.doubt = "low probability"
    partials = Partials(recognizer)

    assert not partials.hear(0, RATE, sound(1.0), NEVER).sure
    assert partials.hear_out(0, RATE, sound(1.0), NEVER).text == "once more"


@pytest.mark.parametrize(
    ("doubt", "doubtful"),
    [
        ("", False),
        ("no speech", False),
        ("low probability", True),
        ("repetition", True),
    ],
)
def test_words_that_a_second_look_might_make_clear_are_doubtful(doubt, doubtful):
    recognizer = Recognizer("Mallorca")
    recognizer.doubt, recognizer.logprob = doubt, -1.1
    partials = Partials(recognizer)

    partials.hear(0, RATE, sound(1.0), NEVER)

    assert partials.doubtful is doubtful


@pytest.mark.parametrize(
    ("second", "clear"),
    [
        ({"logprob": -0.3}, True),
        ({"logprob": -1.2}, False),
        ({"logprob": -0.3, "no_speech": 0.6}, False),
        ({"logprob": -0.3, "doubt": "repetition"}, False),
    ],
)
def test_a_second_look_counts_where_it_is_clear_and_else_changes_nothing(second, clear):
    recognizer = Recognizer("Stop")
    recognizer.doubt, recognizer.logprob = "low probability", -1.1
    recognizer.second = Transcription("Stop.", "en", 1.0, **{"no_speech": 0.1, "logprob": -0.2, **second})
    partials = Partials(recognizer)
    before = partials.hear(0, RATE, sound(1.0), NEVER)

    after = partials.hear_again(before, 0, sound(1.0), NEVER)

    assert after.sure is clear
    assert after.stable == ("Stop." if clear else "")
    assert partials.doubtful is not clear


def test_a_second_of_speech_costs_the_same_after_five_minutes():
    recognizer = Recognizer("words and more words")
    partials = Partials(recognizer)
    for seconds in range(1, 301):
        partials.hear(0, seconds * RATE, sound(float(seconds)), NEVER)

    assert max(recognizer.lengths) <= 2 * WINDOW
    assert sum(recognizer.lengths[-30:]) < 2 * sum(recognizer.lengths[15:45])


@pytest.mark.parametrize("doubt", ["repeated", "no speech"])
def test_what_is_not_to_be_believed_changes_nothing(doubt):
    recognizer = Recognizer("Good morning.", "la la la la")
    partials = Partials(recognizer)
    partials.hear(0, RATE, sound(1.0), NEVER)
    recognizer.doubt = doubt

    heard = partials.hear(0, 2 * RATE, sound(2.0), NEVER)

    assert (heard.text, heard.sure) == ("Good morning.", False)


@pytest.mark.parametrize(("doubt", "logprob", "believable"), [
    ("", -0.2, True),
    ("low probability", -0.6, True),
    ("low probability", -1.1, False),
    ("repetition", -0.2, False),
])  # fmt: skip
def test_words_of_low_probability_may_be_answered_as_they_stand(doubt, logprob, believable):
    recognizer = Recognizer("Brew a dark roast latte.")
    recognizer.doubt, recognizer.logprob = doubt, logprob
    partials = Partials(recognizer)

    heard = partials.hear(0, RATE, sound(1.1), NEVER)

    assert partials.believable is believable
    assert heard.sure is (doubt == "")


def test_the_end_of_a_word_that_a_sentence_ends_with_is_not_heard_again_but_another_word_is():
    recognizer = Recognizer("I want a coffee with brown sugar.")
    partials = Partials(recognizer)
    partials.hear(0, RATE, sound(1.0), NEVER)

    partials.hear(0, RATE + NO_WORD, sound(1.2), NEVER)
    assert len(recognizer.lengths) == 1

    partials.hear(0, RATE + NO_WORD + 512, sound(1.3), NEVER)
    assert len(recognizer.lengths) == 2
