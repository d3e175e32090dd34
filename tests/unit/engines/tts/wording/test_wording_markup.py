"""Markdown, stage directions and emoji: what of a text is there to be said."""

import pytest

from companion.engines.tts.text import speakable


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**bold** and *soft* and ***both***", "bold and soft and both"),
        ("__init__ ~~gone~~ _so_", "init gone so"),
        ("## The plan\ntext", "The plan. text"),
        ("- milk\n- eggs", "milk. eggs"),
        ("1. First\n2. Second", "one, First. two, Second"),
        ("- [x] done", "done"),
        ("> quoted", "quoted"),
        ("above\n---\nbelow", "above below"),
        ("[the page](https://a.example/x) here", "the page here"),
        ("![a cat](cat.png)", "a cat"),
        ("<https://example.com>", "example dot com"),
        ("<b>big</b> &amp; small", "big and small"),
        ("use `ls` now", "use ls now"),
        ("so:\n```python\nprint(1)\n```\ndone", "so, done"),
        ("fact[1] known", "fact known"),
        ("| Name | Age |\n|---|---|\n| Bob | 42 |", "Name, Age. Bob, forty-two"),
        ("either—or", "either, or"),
        ("she said — and left", "she said, and left"),
        ("fine (as you know) it is", "fine, as you know, it is"),
        ("“Hello,” she said…", "Hello, she said."),
        ("Well... yes", "Well, yes"),
        ("2 ** 3", "two three"),
    ],
)
def test_marks_are_not_read(written: str, said: str) -> None:
    assert speakable(written, "en-us").text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("*smiles* Hello.", "Hello."),
        ("Well *laughs* no.", "Well no."),
        ("*She leans in* Hey.", "Hey."),
        ("*gently takes your hand* Come.", "Come."),
        ("(laughs) Sure.", "Sure."),
        ("[sighs] Fine.", "Fine."),
        ("*rearranges the flowers* There.", "There."),
        ("I *think* so.", "I think so."),
        ("It *always* rains.", "It always rains."),
        ("*Yes*, of course.", "Yes, of course."),
        ("That (sometimes) works.", "That, sometimes, works."),
    ],
)
def test_what_is_done_is_not_said_and_what_is_stressed_is(written: str, said: str) -> None:
    assert speakable(written, "en-us").text == said


def test_stage_directions_in_other_languages() -> None:
    assert speakable("*lächelt* Hallo.", "de").text == "Hallo."
    assert speakable("Oui *rit* non.", "fr").text == "Oui non."


@pytest.mark.parametrize(
    ("written", "language", "said"),
    [
        ("Hi 😀🎉 there :) you", "en", "Hi there you"),
        ("😀", "en", "big smile"),
        ("👍🏽", "en", "thumbs up"),
        ("❤️", "en", "heart"),
        (":)", "en", "smile"),
        ("🦔", "en", "hedgehog"),
        ("😀", "de", "Grinsen"),
        ("🦔", "de", ""),
        ("1️⃣", "en", "one"),
    ],
)
def test_emoji_are_said_only_where_there_is_nothing_else(written: str, language: str, said: str) -> None:
    assert speakable(written, language).text == said
