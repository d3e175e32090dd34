"""What is a request that code carries out, and what only sounds like one."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.dialogue.grammar import expression, lines
from companion.dialogue.requests import Request, asks_for_time, holds_floor, understand
from companion.dialogue.sayings import BESIDE, RULES, SAYINGS

DATA = Path(__file__).parents[1] / "data"


def got(text, asked=""):
    found = understand(text, asked)
    return found.name if found else "WAIT" if holds_floor(text, asked) else "NONE"


def phrasings():
    """What it is, what she had asked before, what was said; "STOP|NONE": either is right."""
    for line in (DATA / "requests.tsv").read_text(encoding="utf-8").splitlines():
        label, text = line.split("\t")
        yield {label}, "", text
    for line in (DATA / "phrasings.tsv").read_text(encoding="utf-8").splitlines():
        labels, asked, text = line.split("\t")
        yield set(labels.split("|")), asked, text


def test_no_ordinary_sentence_and_no_answer_is_taken_for_a_request():
    """Taken for one it would be left unanswered. 850 sentences, 120 of them answers to a question of hers."""
    wrongly = [
        (got(text, asked), asked, text)
        for labels, asked, text in phrasings()
        if labels == {"NONE"} and got(text, asked) != "NONE"
    ]
    assert wrongly == []


def test_requests_are_understood_in_most_words_that_people_make_them():
    """1,600 phrasings, which the rules have seen by now. Of the last two lists that they had not, 85% were
    understood at first sight (of two harder ones, made up to trip them, 73 and 79%)."""
    asked, right = Counter(), Counter()
    for labels, question, text in phrasings():
        if labels != {"NONE"}:
            name = min(labels)
            asked[name] += 1
            right[name] += got(text, question) in labels
    assert sum(right.values()) / sum(asked.values()) > 0.98
    assert all(right[name] / count > 0.93 for name, count in asked.items()), right


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Have you eaten?", "Not yet."),
        ("Does it hurt?", "A bit."),
        ("How long did you live there?", "A while."),
        ("How long does it take?", "Two minutes."),
        ("How long does it last?", "One second."),
        ("Will you take the job?", "I'm thinking about it."),
        ("Where shall I put it?", "Stay there."),
        ("How was the house?", "Quiet."),
        ("Did you sleep?", "Enough."),
        ("What does the sign say?", "Stop!"),
        ("Shall I go on or stop there?", "Stop there, I would say, on the whole."),
        ("Which word is it?", "Stop."),
        ("How was the concert?", "That was too loud."),
        ("How do you walk?", "Slowly."),
        ("How is it now?", "A bit louder."),
        ("What will you do now?", "Go to sleep."),
        ("Does it matter to you?", "It doesn't matter."),
        ("", "Can I go to sleep?"),
        ("", "Can I say that again?"),
        ("", "That was too loud."),
        ("", "Not yet."),
        ("", "Thanks again."),
        ("", "So what?"),
        ("", "The blue's really powerful, huh?"),
        ("", "Take it easy!"),
    ],
)
def test_an_answer_is_no_request(asked, text):
    assert got(text, asked) == "NONE"


@pytest.mark.parametrize(
    ("asked", "text", "request_"),
    [
        ("How was your day?", "Quiet, please.", Request.STOP),
        ("How was your day?", "Stop, stop!", Request.STOP),
        ("How are you today?", "Stop.", Request.STOP),
        ("Is there anything else you'd like to talk about?", "Stop!", Request.STOP),
        ("How long will you stay?", "Stop.", Request.STOP),
        ("How was your day?", "Stop talking.", Request.STOP),
        ("How was your day?", "Companion, stop.", Request.STOP),
        ("How was your day?", "Slower, please.", Request.SLOWER),
        ("How was your day?", "You're too loud.", Request.QUIETER),
        ("How was your day?", "What?", Request.REPEAT),
        ("How was your day?", "One second.", Request.WAIT),
        ("How long did it take?", "One second, please.", Request.WAIT),
        ("How long did it take?", "Let me think.", Request.WAIT),
        ("", "Quiet!", Request.STOP),
        ("", "Enough!", Request.STOP),
    ],
)
def test_behind_her_question_a_request_is_one_where_it_is_surely_meant_for_her(asked, text, request_):
    assert understand(text, asked) is request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("I can't keep up, slow down a bit.", Request.SLOWER),
        ("Quieter, the baby is asleep.", Request.QUIETER),
        ("Stop, I know.", Request.STOP),
        ("Never mind, I found it.", Request.NEVER_MIND),
        ("Never mind, tell me a joke.", None),
        ("Stop, I have a question.", None),
        ("Hurry up, the bus is coming.", None),
        ("Louder, and what's the time?", None),
        ("Sorry for interrupting, go on.", Request.GO_ON),
        ("Stop. Go on.", Request.GO_ON),
        ("Go on. No, stop.", Request.STOP),
    ],
)
def test_a_reason_or_an_excuse_may_stand_beside_it_and_nothing_that_wants_an_answer(text, request_):
    assert understand(text) is request_


@pytest.mark.parametrize(
    ("text", "beyond_doubt"),
    [
        ("Give me a second.", True),
        ("Um, hold on, let me think.", True),
        ("One moment, please.", True),
        ("One moment.", False),
        ("I'm thinking.", False),
        ("Her name is, um, give me a second.", False),
        ("Let me think... I'd say Tuesday.", False),
        ("Um.", False),
    ],
)
def test_only_a_wish_for_time_beyond_doubt_wants_no_answer(text, beyond_doubt):
    assert asks_for_time(text) is beyond_doubt


def test_more_words_behind_a_wish_for_time_end_it():
    assert holds_floor("Let me think.")
    assert not holds_floor("Let me think... I'd say Tuesday.")
    assert not holds_floor("Hold on, that's not right.")


@given(st.lists(st.sampled_from(" ".join(RULES.values()).split()), max_size=40).map(" ".join))
def test_no_text_takes_long(text):
    began = time.process_time()
    understand(text, "How long?")
    holds_floor(text)
    assert time.process_time() - began < 0.5


# --- the notation


def test_the_notation():
    rules = {"bit": "a bit\na little\n  bit"}
    pattern = expression(lines("speak [<bit>] (slower | more slowly) {please}"), rules)

    def matches(words):
        return re.fullmatch(pattern, words + " ") is not None

    assert matches("speak slower")
    assert matches("speak a little bit more slowly please please")
    assert not matches("speak a bit")
    assert not matches("slower")


@pytest.mark.parametrize("rule", [*SAYINGS.values(), *BESIDE.values(), *RULES.values()])
def test_no_rule_is_satisfied_by_silence_or_does_not_compile(rule):
    for line in lines(rule):
        assert re.fullmatch(expression([line.lstrip("~")], RULES), "") is None, line
