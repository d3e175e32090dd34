"""A grammar: the model can't write anything that it doesn't allow."""

import re

import pytest

from companion.engines import Never
from companion.engines.llm import Message, Sampling
from companion.errors import EngineError

EXACT = {"temperature": 0.0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.1}


def answer(engine, grammar, question="Tell me a story."):
    sampling = Sampling(**EXACT, grammar=grammar)
    return "".join(engine.generate([Message("user", question)], Never(), sampling=sampling, max_tokens=40))


def test_a_reply_keeps_to_the_grammar_and_ends_with_it(engine):
    assert answer(engine, 'root ::= "yes" | "no"') in ("yes", "no")
    assert re.fullmatch(r"\d{3}-\d{2}", answer(engine, 'root ::= [0-9]{3} "-" [0-9]{2}'))


def test_without_one_the_same_question_is_answered_freely_again(engine):
    free = answer(engine, "")
    answer(engine, 'root ::= "yes"')

    assert answer(engine, "") == free
    assert free not in ("", "yes")


def test_what_she_said_before_is_not_held_against_the_grammar(engine):
    sampling = Sampling(**EXACT, grammar='root ::= "yes"')
    talk = [Message("user", "Hi."), Message("assistant", "Hello there!"), Message("user", "Yes?")]

    assert "".join(engine.generate(talk, Never(), sampling=sampling, max_tokens=8)) == "yes"


def test_a_grammar_that_cannot_be_read_is_said(engine):
    with pytest.raises(EngineError, match="grammar"):
        answer(engine, "root ::= (")
