"""German, French, Spanish, and languages of which only the numbers are known."""

import pytest

from companion.engines.tts.text import speakable


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
