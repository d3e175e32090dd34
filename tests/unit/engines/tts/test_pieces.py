"""Cutting what is to be said into pieces."""

from hypothesis import given
from hypothesis import strategies as st

from companion.engines.tts.pieces import LONGEST, pieces
from companion.engines.tts.text import Span


def spans(text: str) -> tuple[Span, ...]:
    return tuple(Span(word, word) for word in text.split())


def test_sentences_are_pieces_of_their_own() -> None:
    found = [piece.spoken for piece in pieces(spans("Yes. No, not yet! Why?"))]
    assert found == ["Yes.", "No, not yet!", "Why?"]


def test_what_is_not_said_goes_with_the_words_before_it() -> None:
    said = (Span("Hi.", "Hi."), Span("*waves*", ""), Span("Come.", "Come."))
    assert [piece.spans for piece in pieces(said)] == [said[:2], said[2:]]


def test_a_text_without_words_has_no_pieces() -> None:
    assert list(pieces((Span("😀", ""),))) == []


def test_a_long_sentence_is_cut_behind_a_comma() -> None:
    long = "word " * 22 + "here, " + "word " * 22
    assert next(pieces(spans(long))).spoken.endswith("here,")


def test_a_span_longer_than_a_piece_keeps_its_original_for_its_last_part() -> None:
    found = list(pieces((Span("9" * 100, "nine " * 99 + "nine"),)))
    assert len(found) > 1
    assert [span.original for piece in found for span in piece.spans if span.original] == ["9" * 100]
    assert found[-1].spans[-1].original == "9" * 100


@given(st.lists(st.text("ab,. ", max_size=400), max_size=12))
def test_nothing_is_lost_and_no_piece_is_long(texts: list[str]) -> None:
    said = tuple(Span(f"w{place}", " ".join(text.split())) for place, text in enumerate(texts))
    found = list(pieces(said))
    kept = [span.original for piece in found for span in piece.spans if span.original]
    assert kept == ([span.original for span in said] if any(span.spoken for span in said) else [])
    letters = "".join(span.spoken for span in said).replace(" ", "")
    assert "".join(piece.spoken for piece in found).replace(" ", "") == letters
    assert all(len(piece.spoken) <= LONGEST for piece in found)
