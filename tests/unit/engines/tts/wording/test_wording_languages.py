"""German, French, Spanish, and languages of which only the numbers are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import CONVERTER_CLASSES

from companion.engines.tts.text import LATIN, speakable
from companion.engines.tts.wording.language import word_set
from companion.engines.tts.wording.languages import KNOWN, POINT_LANGUAGES

CODES = sorted({*KNOWN, *CONVERTER_CLASSES, *LATIN, *POINT_LANGUAGES, "en-gb", "es-419", "xx"})
"""Every language there are tables or numbers for, and some more."""

NUMBERS = st.from_regex(
    r"[+-]?[0-9]{1,17}([.,][0-9]{1,4})?|[0-9]{0,3}½|[0-9]{1,3}²|[0-9]{1,4}[-–][0-9]{1,4}", fullmatch=True
)
BEHIND = word_set(
    """
    k K M m mn bn B T Mio Mrd km °C °F % € $ x × + s th er º ° e /h km/h k/yr M+ k€ ½ :30 h30 pm C
    """
)
SIZES = {"k": 10**3, "M": 10**6, "mn": 10**6, "bn": 10**9}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("5,50 €", "fünf Euro fünfzig"),
        ("1.234", "eintausendzweihundertvierunddreißig"),
        ("1 €", "ein Euro"),
        ("1 Minute", "eine Minute"),
        ("3,14", "drei Komma eins vier"),
        ("20°C", "zwanzig Grad Celsius"),
        ("am 14. März 2026", "am vierzehnten März zweitausendsechsundzwanzig"),
        ("der 3. Mai", "der dritte Mai"),
        ("12:30 Uhr", "zwölf Uhr dreißig"),
        ("z. B. Dr. Müller", "zum Beispiel Doktor Müller"),
        ("50 Mio. €", "fünfzig Millionen Euro"),
        ("Ludwig XIV", "Ludwig der vierzehnte"),
        ("1984", "neunzehnhundertvierundachtzig"),
    ],
)
def test_german(written: str, said: str) -> None:
    assert speakable(written, "de").text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("5,50 €", "cinq euros cinquante"),
        ("1 234,56 €", "mille deux cent trente-quatre euros cinquante-six"),
        ("21 minutes", "vingt et une minutes"),
        ("le 1er mai", "le premier mai"),
        ("14h30", "quatorze heures trente"),
        ("n° 5", "numéro cinq"),
        ("Mme Martin", "Madame Martin"),
        ("60 km/h", "soixante kilomètres à l'heure"),
        ("Louis XIV", "Louis quatorze"),
    ],
)
def test_french(written: str, said: str) -> None:
    assert speakable(written, "fr-fr").text == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("5,50 €", "cinco euros con cincuenta céntimos"),
        ("21 horas", "veintiuna horas"),
        ("1 €", "un euro"),
        ("14 de marzo de 2026", "catorce de marzo de dos mil veintiséis"),
        ("14:30", "catorce y treinta"),
        ("Sr. López", "Señor López"),
        ("¿Qué?", "Qué?"),
        ("20 %", "veinte por ciento"),
    ],
)
def test_spanish(written: str, said: str) -> None:
    assert speakable(written, "es-419").text == said


def test_a_language_without_tables_still_says_its_numbers() -> None:
    assert speakable("Ho 21 anni", "it").text == "Ho ventuno anni"


def test_a_language_num2words_lacks_gets_english_digits_and_nothing_raises() -> None:
    assert speakable("12", "xx").text == "one two"


@given(
    st.sampled_from(CODES),
    st.sampled_from(["", "$", "€", "US$", "<", "~", "(", "no. "]),
    NUMBERS,
    st.sampled_from(["", " ", "° "]),
    st.sampled_from(["", *sorted(BEHIND)]),
)
def test_whatever_stands_behind_a_number_it_is_said(
    code: str, before: str, number: str, between: str, behind: str
) -> None:
    said = speakable(before + number + between + behind, code).text
    assert said or not number[-1].isdecimal()


@given(st.sampled_from(CODES), st.integers(1, 999), st.sampled_from(sorted(SIZES)))
def test_a_short_size_is_said_as_the_number_it_stands_for(code: str, count: int, size: str) -> None:
    assert speakable(f"{count}{size}", code).text.replace("-", " ") in {
        speakable(f"{count * SIZES[size]}", code).text.replace("-", " "),
        speakable(f"{count}", "en").text.replace("-", " ")
        + {"k": " thousand", "M": " million", "mn": " million", "bn": " billion"}[size],
    }


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "three billion, two point five million"),
        ("de", "drei Milliarden, zwei Millionen fünfhunderttausend"),
        ("fr", "trois milliards, deux millions cinq cent mille"),
        ("es", "tres mil millones, dos millones quinientos mil"),
        ("it", "tre miliardi, due milioni e cinquecentomila"),
    ],
)
def test_short_sizes(code: str, said: str) -> None:
    assert speakable("3bn, 2.5M" if code == "en" else "3bn, 2,5M", code).text == said


def test_spanish_billions_of_money() -> None:
    assert speakable("$3bn", "es").text == "tres mil millones de dólares"
