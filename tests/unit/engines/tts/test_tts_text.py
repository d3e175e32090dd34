"""Text for speech as a whole: what it promises of any text whatever."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.engines.tts.text import Span, speakable

MARKS = r"""
    * ** _ ` ``` # ## - -- — … . , : ; ! ? ( ) [ ] { } < > / \ | ~ ^ & % $ € £ ° @ + = ' " ’ “ ½ ² 5 12
    2026 3.14 1,000 -7 am pm p.m. Dr. St. e.g. No. km kg °C Nov May March 12:30 2026-03-14 3/4 http:// www.
    a.com x@y.org *smiles* (laughs) VIII Henry II I A US IT 😀 :) a b word Hello <b> &amp; [a](b) 五 ٣ ① Ⅷ ﷺ
"""
FRAGMENTS = [*MARKS.split(), "\u0301", "\u200b", "\ud800", " ", "\n", "\t", "\n- ", "\n1. ", "\n| "]
PIECES = st.lists(st.sampled_from(FRAGMENTS), max_size=25)
TEXTS = st.one_of(st.text(max_size=80), PIECES.map("".join), PIECES.map(" ".join))
LANGUAGES = st.sampled_from(["en-us", "en-gb", "de", "fr", "es", "it", "ru", "cmn", "xx", ""])


@settings(max_examples=600, deadline=None)
@given(TEXTS, LANGUAGES)
def test_only_letters_and_rests_are_said_and_every_original_word_is_kept(text: str, language: str) -> None:
    result = speakable(text, language)
    assert " ".join(span.original for span in result.spans) == " ".join(text.split())
    for character in result.text:
        assert character in " ',.?!;:-" or unicodedata.category(character)[0] in "LM"
    for span in result.spans:
        assert span.spoken == "" or any(character.isalpha() for character in span.spoken)


REPEATED = [
    "*",
    "_",
    "`",
    "[",
    "](",
    "(",
    "<",
    "<a",
    "#",
    "-",
    "|",
    "- ",
    "1. ",
    "9",
    "A",
    ".",
    "a.",
    "1,",
    "1-",
]
REPEATED += [
    "1/",
    "1:",
    "@",
    "a@b.",
    "$1",
    "http://a.",
    "+1 ",
    "555 ",
    "/a",
    "&amp",
    "'",
    "😀",
    ":)",
    "½",
    "\n|",
]
REPEATED += [
    "> ",
    "*a",
    "[a]",
    "(a)",
    "(smiles)",
    "Henry VIII ",
    "Dr. ",
    "12 Nov ",
    "v1.",
    "1x",
    "a-",
    "<!--",
    "[a](",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("repeated", REPEATED)
def test_ten_thousand_characters_of_anything_are_read_to_the_end(repeated: str) -> None:
    text = ("x" + repeated * 10_000)[:10_000] + "y"
    result = speakable(text, "en-us")
    assert " ".join(span.original for span in result.spans) == " ".join(text.split())


def test_each_stretch_keeps_the_words_it_came_from() -> None:
    assert speakable("See **Dr.** Jo at 3 p.m. on *12 Nov* 😀", "en").spans == (
        Span("See", "See"),
        Span("**Dr.**", "Doctor"),
        Span("Jo", "Jo"),
        Span("at", "at"),
        Span("3 p.m.", "three P.M"),
        Span("on", "on"),
        Span("*12 Nov*", "the twelfth of November"),
        Span("😀", ""),
    )


def test_a_text_with_no_words_says_nothing() -> None:
    for text in ("", "   ", "...", "---", "*", "?!", "*smiles*", "```\nx = 1\n```"):
        assert speakable(text, "en").text == ""


def test_letters_the_voice_cannot_read_are_left_out() -> None:
    assert speakable("你好 hello", "en-us").text == "hello"
    assert speakable("你好", "cmn").text == "你好"


def test_a_word_of_a_thousand_letters_is_cut() -> None:
    assert max(len(word) for word in speakable("a" * 1000, "en").text.split()) <= 40
