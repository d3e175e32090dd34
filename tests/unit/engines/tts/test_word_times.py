"""Words against the phonemes of their sentence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from companion.engines.tts.word_times import estimated_lengths, word_of_each, word_spans


def test_words_in_groups_of_their_own_are_told_apart_at_the_spaces() -> None:
    assert word_of_each("ðə blˈuː.", ["ðə", "blˈuː"]) == [0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_words_said_in_one_breath_are_laid_side_by_side() -> None:
    # "out of the": espeak-ng says "out of" in one group of phonemes, with another t.
    phonemes = "ˌaʊɾəv ðə"
    owners = word_of_each(phonemes, ["ˈaʊt", "ʌv", "ðə"])
    said = {word: "".join(p for p, o in zip(phonemes, owners, strict=True) if o == word) for word in range(3)}
    assert said[0].startswith("ˌaʊ") or said[0].startswith("aʊ")
    assert said[1].strip().endswith("v")
    assert said[2].strip() == "ðə"


def test_one_word_may_have_several_groups() -> None:
    spans = word_spans("siː diː aʊt", np.full(11, 10), ["siː diː", "aʊt"])
    assert spans == [(0, 70), (80, 110)]


def test_silent_words_have_no_length_and_stand_where_the_last_one_ended() -> None:
    assert word_spans("aʊt", np.full(3, 10), ["", "aʊt", ""]) == [(0, 0), (0, 30), (30, 30)]


def test_estimated_lengths_fill_the_time_and_leave_out_the_last_pause() -> None:
    lengths = estimated_lengths("həlˈoʊ, ðˈɛɹ.", 22_050)
    assert lengths.sum() == 22_050
    assert lengths[-1] == 0
    assert lengths[6] > lengths[0]


@given(
    st.text("abə ˈ,.", max_size=40),
    st.lists(st.text("abə ˈ,.", max_size=8), max_size=8),
)
def test_words_never_overlap_nor_run_backwards(phonemes: str, alone: list[str]) -> None:
    lengths = np.full(len(phonemes), 10, dtype=np.int64)
    reached = 0
    for start, end in word_spans(phonemes, lengths, alone):
        assert reached <= start <= end <= len(phonemes) * 10
        reached = end
