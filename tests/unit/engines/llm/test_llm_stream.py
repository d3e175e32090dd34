"""Bytes of tokens in, whole characters out, up to a stop string."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from companion.engines.llm.stream import ReplyText


def said(chunks: list[bytes], stop: list[str]) -> str:
    """All pieces of a reply, joined."""
    reply = ReplyText(stop)
    pieces = []
    for chunk in chunks:
        pieces.append(reply.feed(chunk))
        if reply.stopped:
            break
    return "".join([*pieces, reply.finish()])


def test_a_character_in_two_tokens_comes_whole() -> None:
    reply = ReplyText()
    assert [reply.feed(b"a\xf0\x9f"), reply.feed(b"\x98\x80")] == ["a", "😀"]


def test_bytes_that_never_become_a_character_are_dropped() -> None:
    assert said([b"ok\xf0\x9f"], []) == "ok"


def test_what_may_begin_a_stop_string_is_held_back() -> None:
    reply = ReplyText(["\nUser:"])
    assert [reply.feed(b"Hi.\nU"), reply.feed(b"s")] == ["Hi.", ""]
    assert reply.feed(b"ual things") == "\nUsual things"


def test_a_stop_string_across_tokens_ends_the_reply() -> None:
    assert said([b"Hi.\nUs", b"er", b": more"], ["\nUser:"]) == "Hi."


def test_the_earliest_of_several_stop_strings_counts() -> None:
    assert said([b"one two three"], ["three", "two"]) == "one "


def test_an_empty_stop_string_stops_nothing() -> None:
    assert said([b"one"], [""]) == "one"


@given(
    text=st.text(alphabet="ab¢😀", max_size=40),
    stop=st.lists(st.text(alphabet="ab¢😀", min_size=1, max_size=4), max_size=3),
    cuts=st.lists(st.integers(0, 100), max_size=8),
)
def test_however_it_is_cut_the_reply_is_the_text_before_the_first_stop_string(
    text: str, stop: list[str], cuts: list[int]
) -> None:
    data = text.encode()
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    chunks = [data[a:b] for a, b in itertools.pairwise(edges)]
    first = min((at for at in map(text.find, stop) if at >= 0), default=len(text))
    assert said(chunks, stop) == text[:first]
