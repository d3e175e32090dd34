"""Patterns: what a turn says that lasts, without any model; and what is only talk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.memory.patterns import propose, to_you

WORDS_TEXT = (
    "I we my sister Amy is called moved to Leeds and if ? . , - she lost the job last week never going"
)
WORDS = WORDS_TEXT.split(" ")


def told(text, who=""):
    """(subject, statement) of what a turn proposes."""
    return [(proposal.subject, proposal.statement) for proposal in propose(text, who)]


@pytest.mark.parametrize(
    ("text", "subject", "statement"),
    [
        ("My sister is called Amy.", "I", "Your sister is called Amy"),
        ("Amy is my sister.", "I", "Amy is your sister"),
        ("My name is Theodore Twombly.", "I", "Your name is Theodore Twombly"),
        ("my birthday is on 3 May", "I", "your birthday is on 3 May"),
        ("Amy's birthday is next Friday.", "Amy", "Amy's birthday is next Friday"),
        ("I live in Bristol with my partner.", "I", "you live in Bristol with your partner"),
        ("I work as a nurse.", "I", "you work as a nurse"),
        ("I got a new job at Siemens", "I", "you got a new job at Siemens"),
        ("I'm allergic to nuts and shellfish.", "I", "you're allergic to nuts and shellfish"),
        ("I'm vegetarian.", "I", "you're vegetarian"),
        ("My favourite colour is green.", "I", "Your favourite colour is green"),
        ("I hate mushrooms.", "I", "you hate mushrooms"),
        ("I can't stand my boss.", "I", "you can't stand your boss"),
        ("I have two kids.", "I", "you have two kids"),
        ("I lost my job as a banker last week", "I", "you lost your job as a banker last week"),
        ("I'm getting married in June.", "I", "you're getting married in June"),
        ("On Friday I'm going to Leeds.", "I", "On Friday you're going to Leeds"),
        ("Amy is coming to visit on Friday.", "Amy", "Amy is coming to visit on Friday"),
        ("the dentist is at nine on Tuesday", "I", "the dentist is at nine on Tuesday"),
        ("The baby is due in March.", "I", "The baby is due in March"),
        ("I broke my arm when I was skiing.", "I", "you broke your arm"),
        ("I have asthma.", "I", "you have asthma"),
        ("I've been feeling lonely lately.", "I", "you've been feeling lonely lately"),
        ("I think Jonas is a terrible manager.", "I", "you think Jonas is a terrible manager"),
        ("I want to open a studio.", "I", "you want to open a studio"),
        ("I'm looking for a flat in Berlin.", "I", "you're looking for a flat in Berlin"),
        ("I don't eat meat any more.", "I", "you don't eat meat any more"),
        ("My dad died in 2019.", "my dad", "Your dad died in 2019"),
        ("Just lost my job.", "I", "Just lost your job"),
        ("Hi, I'm Theo.", "I", "you're Theo"),
        ("My wife Ruth and I split up last year.", "I", "Your wife Ruth and you split up last year"),
        ("I've got a meeting on Friday.", "I", "you've got a meeting on Friday"),
        ("well so i moved to york in may", "I", "you moved to york in may"),
        ("Dancing has always been my passion.", "I", "Dancing has always been your passion"),
    ],
)
def test_what_lasts_is_proposed_in_the_users_words(text, subject, statement):
    assert (subject, statement) in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "How are you?",
        "Do I need to take an umbrella?",
        "did i tell you about my trip",
        "If I lose my job I will move to Spain.",
        "I would move to Spain if I could.",
        "I'm so tired.",
        "I'm glad to hear that.",
        "That sounds great, I love it.",
        "I love your idea!",
        "I'm proud of you.",
        "I think I left the oven on.",
        "I have to go now.",
        "I have no idea.",
        "I have a question.",
        "I want you to tell me a story.",
        "I'd like some tea.",
        "I got it, thanks.",
        "I'm going to bed.",
        "I want to hear the rest.",
        "I need a moment, please.",
        "He hates it.",
        "You're my best friend.",
        "Okay, thanks, good night!",
        "",
    ],
)
def test_talk_is_not(text):
    assert propose(text) == []


def test_a_name_by_the_way_is_taken_and_so_is_what_is_said_of_its_bearer():
    found = propose("my sister Amy is coming to visit on Friday")

    assert found[0].introduces == ("Amy", "sister")
    assert [each.subject for each in found] == ["I", "Amy"]


def test_she_is_whoever_was_named_last_in_the_turn():
    assert ("Amy", "she lives in Leeds") in told("Amy is my sister and she lives in Leeds.")


def test_several_clauses_are_several_facts_with_one_quote():
    found = propose("I lost my job in May and I moved to Hull last week.")

    assert {each.statement for each in found} == {"you lost your job in May", "you moved to Hull last week"}
    assert {each.quote for each in found} == {"I lost my job in May and I moved to Hull last week."}


def test_what_replaces_itself_has_a_slot():
    slots = [propose(text)[0].slot for text in ("The baby is due in March.", "the baby is due in April now")]

    assert slots == ["when baby"] * 2
    assert propose("My wife is called Ruth.")[0].slot == "wife.name"
    assert propose("My friend is called Ruth.")[0].slot == "", "there may be more of them"


def test_what_is_hedged_is_less_certain():
    sure, unsure = (
        propose(text)[0].certainty for text in ("I'm moving to Hull.", "I'm probably moving to Hull.")
    )

    assert unsure < sure


def test_somebody_known_by_voice_is_quoted_and_not_told():
    assert told("I lost my job last week.", who="Jon") == [("I", "I lost my job last week")]


def test_a_known_name_may_be_anything_that_is_said_of_somebody():
    assert told("Rex is ill again since Monday.") == []
    (proposal,) = propose("Rex is ill again since Monday.", names=["Rex"])
    assert proposal.subject == "Rex"


def test_a_long_sentence_without_marks_is_quoted_by_the_clause():
    text = "and then we went on and on about the weather " * 8 + "and I moved to Leeds last summer"

    assert [each.quote for each in propose(text)][-1] == "I moved to Leeds last summer"


@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_whatever_is_said_what_is_proposed_was_said(text):
    for proposal in propose(text, who="Jon"):
        assert proposal.quote in text
        assert proposal.statement


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("I am sure I've lost my keys", "you are sure you've lost your keys"),
        ("My own fault, I was told", "Your own fault, you were told"),
        ("I'm by myself, give it to me", "you're by yourself, give it to you"),
    ],
)
def test_the_first_person_becomes_the_second(first, second):
    assert to_you(first) == second
