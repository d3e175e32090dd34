"""What was said before this start stands in the record as it stood when it was said."""

from dataclasses import dataclass

from companion.dialogue.prompt import Turn, lines
from companion.runtime.earlier import before


@dataclass
class Said:
    side: str
    text: str
    answered: str = ""
    interrupted: int = 0


def differs_in_a_digit(answered, record):
    return any(letter.isdigit() for letter in set(answered) ^ set(record))


def test_turns_of_earlier_starts_have_numbers_that_none_of_this_start_has():
    record = before([Said("user", "Hello."), Said("companion", "Hi"), Said("user", "Bye.")], lambda *_: False)

    assert [turn.number for turn in record.turns] == [-3, -2, -1]
    assert before([], lambda *_: False).turns == ()


def test_the_words_that_were_answered_stay_unless_others_matter():
    record = before(
        [
            Said("user", "Good morning.", answered="good morning"),
            Said("user", "I am 15.", answered="I am 50."),
            Said("user", "Never heard again."),
        ],
        differs_in_a_digit,
    )

    assert [turn.text for turn in record.turns] == ["good morning", "I am 15.", "Never heard again."]


def test_an_interrupted_turn_keeps_its_mark_and_an_unheard_one_says_nothing():
    record = before(
        [Said("user", "Tell me."), Said("companion", "Once upon", interrupted=1), Said("companion", "")],
        lambda *_: False,
    )

    assert record.turns[1] == Turn("companion", -2, "Once upon", interrupted=True)
    assert [line.content for line in lines(record, examples=())][1:] == ["Tell me.", "Once upon —"]
