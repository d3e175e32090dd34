"""What is written in English, as it is said."""

import pytest

from companion.engines.tts.text import speakable

MONEY = [
    ("$5.50", "five dollars and fifty cents"),
    ("$1,234.56", "one thousand two hundred thirty-four dollars and fifty-six cents"),
    ("$1", "one dollar"),
    ("$0.99", "ninety-nine cents"),
    ("-$5", "minus five dollars"),
    ("$5-10", "five to ten dollars"),
    ("$10/month", "ten dollars per month"),
    ("$5M", "five million dollars"),
    ("$2.5 billion", "two point five billion dollars"),
    ("€20", "twenty euros"),
    ("20 €", "twenty euros"),
    ("5 USD", "five dollars"),
    ("£3.20", "three pounds and twenty pence"),
    ("¥500", "five hundred yen"),
]
NUMBERS = [
    ("7", "seven"),
    ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
    ("3.14", "three point one four"),
    (".5", "zero point five"),
    ("-7", "minus seven"),
    ("\u22127", "minus seven"),
    ("1st", "first"),
    ("23rd", "twenty-third"),
    ("3/4", "three quarters"),
    ("1/2", "a half"),
    ("2½", "two and a half"),
    ("2 1/3", "two and one third"),
    ("8/10", "eight out of ten"),
    ("5-10", "five to ten"),
    ("5k", "five thousand"),
    ("10x", "ten times"),
    ("100+", "one hundred plus"),
    ("3x4", "three by four"),
    ("6'2\"", "six foot two"),
    ("007", "zero zero seven"),
    ("٣", "three"),
    ("in 1984", "in nineteen eighty-four"),
    ("2026", "twenty twenty-six"),
    ("the 1990s", "the nineteen nineties"),
    ("'80s", "eighties"),
    ("2019-2023", "twenty nineteen to twenty twenty-three"),
    ("v1.2", "version one point two"),
    ("3.11.2", "three point eleven point two"),
    ("555-123-4567", "five five five, one two three, four five six seven"),
    ("(555) 123-4567", "five five five, one two three, four five six seven"),
    ("+1 555 123 4567", "plus one, five five five, one two three, four five six seven"),
    ("020 7946 0958", "zero two zero, seven nine four six, zero nine five eight"),
]
MEASURES = [
    ("5%", "five percent"),
    ("3.5 %", "three point five percent"),
    ("20°C", "twenty degrees Celsius"),
    ("72 °F", "seventy-two degrees Fahrenheit"),
    ("1°", "one degree"),
    ("60 km/h", "sixty kilometers per hour"),
    ("1 km", "one kilometer"),
    ("3.5kg", "three point five kilograms"),
    ("16GB", "sixteen gigabytes"),
    ("5 m²", "five square meters"),
    ("30 min", "thirty minutes"),
    ("2 h", "two hours"),
    ("5-10 km", "five to ten kilometers"),
    ("½ km", "a half kilometers"),
]
TIMES = [
    ("12:30", "twelve thirty"),
    ("9:05", "nine oh five"),
    ("3pm", "three P.M"),
    ("3:30 p.m. today", "three thirty P.M today"),
    ("12:00", "twelve o'clock"),
    ("15:00", "fifteen hundred"),
    ("0:00", "midnight"),
    ("9-5pm", "nine to five P.M"),
    ("2026-03-14", "March fourteenth, twenty twenty-six"),
    ("3/14/2026", "March fourteenth, twenty twenty-six"),
    ("14/3/2026", "the fourteenth of March, twenty twenty-six"),
    ("12 Nov", "the twelfth of November"),
    ("the 3rd of May", "the third of May"),
    ("Nov 12, 2026", "November twelfth, twenty twenty-six"),
    ("March 2026", "March twenty twenty-six"),
    ("I may 5", "I may five"),
]
NAMES = [
    ("Dr. Smith", "Doctor Smith"),
    ("St. Paul", "Saint Paul"),
    ("12 Main St.", "twelve Main Street."),
    ("No. 5", "number five"),
    ("No. I can't.", "No. I can't."),
    ("tea, e.g. Assam", "tea, for example Assam"),
    ("cats, dogs, etc. Then", "cats, dogs, et cetera. Then"),
    ("The U.S. is big", "The U.S is big"),
    ("Henry VIII", "Henry the eighth"),
    ("World War II", "World War two"),
    ("Elizabeth and I went", "Elizabeth and I went"),
    ("Then I Said", "Then I Said"),
    ("the FBI", "the F.B.I"),
    ("NASA's", "nasa's"),
    ("two CDs", "two C.D's"),
    ("I did NOT", "I did not"),
    ("GPT-4", "G.P.T four"),
    ("Vitamin A", "Vitamin eigh"),
    ("A cat", "A cat"),
]
SIGNS = [
    ("fish & chips", "fish and chips"),
    ("AT&T", "eigh T and T"),
    ("@jo", "at jo"),
    ("#5", "number five"),
    ("#MondayMood", "hashtag Monday Mood"),
    ("and/or", "and or"),
    ("he/she", "he or she"),
    ("2+2=4", "two plus two equals four"),
    ("5 - 3", "five minus three"),
    ("x²", "x squared"),
    ("~5", "about five"),
    ("<10", "less than ten"),
    ("a ≤ b", "a at most b"),
    ("C++", "C plus plus"),
    ("snake_case", "snake case"),
    ("https://www.example.com", "example dot com"),
    ("https://example.com/docs?x=1#top", "example dot com slash docs"),
    ("jo.doe@example.org", "jo dot doe at example dot org"),
    ("/usr/bin", "slash usr slash bin"),
    ("192.168.0.1", "one hundred ninety-two dot one hundred sixty-eight dot zero dot one"),
]


@pytest.mark.parametrize(("written", "said"), MONEY + NUMBERS + MEASURES + TIMES + NAMES + SIGNS)
def test_it_is_said_as_a_person_would(written: str, said: str) -> None:
    assert speakable(written, "en-us").text == said


def test_british_voices_put_the_day_first() -> None:
    assert speakable("3/4/2026", "en-gb").text == "the third of April, twenty twenty-six"
    assert speakable("3/4/2026", "en-us").text == "March fourth, twenty twenty-six"
