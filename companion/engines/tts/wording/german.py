"""German, as it is said."""

from __future__ import annotations

from companion.engines.tts.wording.language import (
    Abbreviations,
    Currency,
    Language,
    Noun,
    lines,
    month_table,
    nouns,
)
from companion.engines.tts.wording.numerals import cardinal, ordinal, year

MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)

WORDS = lines("""
    point: Komma
    minus: minus
    plus: plus
    times: mal
    divided by: geteilt durch
    by: mal
    percent: Prozent
    and: und
    or: oder
    at: ätt
    dot: Punkt
    slash: Schrägstrich
    dash: Strich
    underscore: Unterstrich
    number: Nummer
    hashtag: Häschtäg
    to: bis
    about: etwa
    less than: weniger als
    more than: mehr als
    at least: mindestens
    at most: höchstens
    per: pro
    over: durch
    out of: von
    squared: Quadrat
    cubed: hoch drei
    to the power of: hoch
    version: Version
    half: ein halb
    quarter: Viertel
""")

SIGNS = {
    "&": "und", "@": "ätt", "%": "Prozent", "+": "plus", "=": "gleich", "°": "Grad", "§": "Paragraf",
    "±": "plus minus", "×": "mal", "÷": "geteilt durch", "≠": "ungleich", "≈": "ungefähr", "≤": "höchstens",
    "≥": "mindestens", "√": "Wurzel aus", "∞": "unendlich", "→": "zu", "<": "kleiner als", ">": "größer als",
    "π": "Pi", "#": "Nummer", "$": "Dollar", "€": "Euro", "£": "Pfund", "‰": "Promille",
}  # fmt: skip

CENT = Noun("Cent", "Cent")
SIGNED = {
    "$": Currency(Noun("Dollar", "Dollar"), CENT),
    "€": Currency(Noun("Euro", "Euro"), CENT),
    "£": Currency(Noun("Pfund", "Pfund"), Noun("Penny", "Pence")),
    "¥": Currency(Noun("Yen", "Yen"), None),
    "CHF": Currency(Noun("Franken", "Franken"), Noun("Rappen", "Rappen")),
}
CURRENCIES = SIGNED | {"USD": SIGNED["$"], "EUR": SIGNED["€"], "GBP": SIGNED["£"], "Fr": SIGNED["CHF"]}

UNITS = nouns(
    """
    km: Kilometer
    m: Meter
    cm: Zentimeter
    mm: Millimeter
    km/h, kmh: Kilometer pro Stunde
    m/s: Meter pro Sekunde
    m^2, m2, qm: Quadratmeter
    km^2: Quadratkilometer
    m^3, m3: Kubikmeter
    kg: Kilogramm
    g: Gramm
    mg: Milligramm
    t: Tonne, Tonnen
    l, L: Liter
    ml: Milliliter
    s, sek: Sekunde, Sekunden
    ms: Millisekunde, Millisekunden
    min: Minute, Minuten
    h, std: Stunde, Stunden
    B: Byte
    KB, kB: Kilobyte
    MB: Megabyte
    GB: Gigabyte
    TB: Terabyte
    Mbit/s: Megabit pro Sekunde
    Hz: Hertz
    kHz: Kilohertz
    MHz: Megahertz
    GHz: Gigahertz
    dB: Dezibel
    W: Watt
    kW: Kilowatt
    kWh: Kilowattstunde, Kilowattstunden
    V: Volt
    kcal: Kilokalorie, Kilokalorien
    ha: Hektar
    °C, ºC: Grad Celsius
    °F, ºF: Grad Fahrenheit
    °, º: Grad
    %: Prozent
    ‰: Promille
    """,
    feminine="Tonne, Sekunde, Millisekunde, Minute, Stunde, Kilowattstunde, Kilokalorie",
)

ABBREVIATIONS = Abbreviations(
    titles=lines("""
        dr: Doktor
        prof: Professor
        hr: Herr
        fr: Frau
        st: Sankt
    """),
    before_numbers=lines("""
        nr: Nummer
        s: Seite
        bd: Band
        kap: Kapitel
        abs: Absatz
        art: Artikel
        abb: Abbildung
        tel: Telefon
        ca: zirka
        mind: mindestens
        max: maximal
    """),
    dotted=lines("""
        usw: und so weiter
        bzw: beziehungsweise
        evtl: eventuell
        ggf: gegebenenfalls
        inkl: inklusive
        etc: et cetera
        vgl: vergleiche
        sog: sogenannt
        str: Straße
        mo: Montag
        di: Dienstag
        mi: Mittwoch
        do: Donnerstag
    """),
    anywhere=lines("""
        z.b: zum Beispiel
        d.h: das heißt
        u.a: unter anderem
        u.ä: und Ähnliches
        o.ä: oder Ähnliches
        v.a: vor allem
        i.d.r: in der Regel
        bzw: beziehungsweise
        usw: und so weiter
        mio: Millionen
        mrd: Milliarden
        ok: okay
        24/7: vierundzwanzig sieben
    """),
)

MAGNITUDES = lines("""
    k: tausend
    mio: Millionen
    Mio: Millionen
    Mrd: Milliarden
    Millionen: Millionen
    Milliarden: Milliarden
    Million: Million
    Milliarde: Milliarde
    M: Millionen
    mn: Millionen
    bn: Milliarden
""")


def say_date(day: str, month: int, year_digits: str, day_first: bool) -> str:
    """ "vierzehnter März zweitausendsechsundzwanzig"."""
    said = [f"{ordinal(int(day), 'de')}r" if day else "", MONTHS[month - 1]]
    said.append(year(int(year_digits), "de") if year_digits else "")
    return " ".join(part for part in said if part)


def say_time(hour: int, minute: int) -> str:
    """ "zwölf Uhr dreißig"."""
    spoken_hour = "ein" if hour == 1 else cardinal(hour, "de")
    return f"{spoken_hour} Uhr {cardinal(minute, 'de') if minute else ''}".strip()


def one(words: str, noun: Noun) -> str:
    """ "eins" before a noun: "ein Euro", "eine Minute"."""
    return words[:-1] + ("e" if noun.feminine else "") if words.endswith("eins") else words


GERMAN = Language(
    code="de",
    decimal=",",
    thousands=".",
    words=WORDS,
    signs=SIGNS,
    currencies=CURRENCIES,
    units=UNITS,
    months=MONTHS,
    month_names=month_table(
        MONTHS,
        "jan feb mär apr - jun jul aug sep okt nov dez",
        "jänner - mrz - - - - - sept - - -",
    ),
    abbreviations=ABBREVIATIONS,
    magnitudes=MAGNITUDES,
    say_date=say_date,
    say_time=say_time,
    one=one,
    year_from=1900,
)
