"""French, as it is said."""

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
from companion.engines.tts.wording.numerals import cardinal

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

WORDS = lines("""
    point: virgule
    minus: moins
    plus: plus
    times: fois
    divided by: divisé par
    by: sur
    percent: pour cent
    and: et
    or: ou
    at: arobase
    dot: point
    slash: barre
    dash: tiret
    underscore: souligné
    number: numéro
    hashtag: mot-dièse
    to: à
    about: environ
    less than: moins de
    more than: plus de
    at least: au moins
    at most: au plus
    per: par
    over: sur
    out of: sur
    squared: au carré
    cubed: au cube
    to the power of: puissance
    version: version
    half: un demi
    quarter: quart
""")

SIGNS = {
    "&": "et", "@": "arobase", "%": "pour cent", "+": "plus", "=": "égale", "°": "degrés", "§": "paragraphe",
    "±": "plus ou moins", "×": "fois", "÷": "divisé par", "≠": "différent de", "≈": "environ", "≤": "au plus",
    "≥": "au moins", "√": "racine de", "∞": "infini", "→": "vers", "<": "inférieur à", ">": "supérieur à",
    "π": "pi", "#": "numéro", "$": "dollar", "€": "euro", "£": "livre",
}  # fmt: skip

CENT = Noun("centime", "centimes")
SIGNED = {
    "$": Currency(Noun("dollar", "dollars"), Noun("cent", "cents")),
    "€": Currency(Noun("euro", "euros"), CENT),
    "£": Currency(Noun("livre", "livres", True), None),
    "¥": Currency(Noun("yen", "yens"), None),
    "CHF": Currency(Noun("franc", "francs"), CENT),
}
CURRENCIES = SIGNED | {"USD": SIGNED["$"], "EUR": SIGNED["€"], "GBP": SIGNED["£"]}

UNITS = nouns(
    """
    km: kilomètre, kilomètres
    m: mètre, mètres
    cm: centimètre, centimètres
    mm: millimètre, millimètres
    km/h, kmh: kilomètre à l'heure, kilomètres à l'heure
    m/s: mètre par seconde, mètres par seconde
    m^2, m2: mètre carré, mètres carrés
    km^2: kilomètre carré, kilomètres carrés
    m^3, m3: mètre cube, mètres cubes
    kg: kilo, kilos
    g: gramme, grammes
    mg: milligramme, milligrammes
    t: tonne, tonnes
    l, L: litre, litres
    cl: centilitre, centilitres
    ml: millilitre, millilitres
    s: seconde, secondes
    ms: milliseconde, millisecondes
    min, mn: minute, minutes
    h: heure, heures
    Ko: kilo-octet, kilo-octets
    Mo, MB: méga-octet, méga-octets
    Go, GB: giga-octet, giga-octets
    To, TB: téra-octet, téra-octets
    Hz: hertz
    kHz: kilohertz
    MHz: mégahertz
    GHz: gigahertz
    dB: décibel, décibels
    W: watt, watts
    kW: kilowatt, kilowatts
    kWh: kilowatt-heure, kilowatt-heures
    V: volt, volts
    kcal: kilocalorie, kilocalories
    ha: hectare, hectares
    °C, ºC: degré Celsius, degrés Celsius
    °F, ºF: degré Fahrenheit, degrés Fahrenheit
    °, º: degré, degrés
    %: pour cent
    """,
    feminine="tonne, seconde, milliseconde, minute, heure, kilocalorie",
)

ABBREVIATIONS = Abbreviations(
    titles=lines("""
        m: Monsieur
        mm: Messieurs
        mme: Madame
        mlle: Mademoiselle
        dr: Docteur
        pr: Professeur
        st: Saint
        ste: Sainte
    """),
    before_numbers=lines("""
        n°: numéro
        no: numéro
        p: page
        pp: pages
        vol: volume
        chap: chapitre
        art: article
        fig: figure
        tél: téléphone
        env: environ
    """),
    dotted=lines("""
        etc: et cetera
        cf: voir
        ex: exemple
        av: avenue
        bd: boulevard
        env: environ
    """),
    anywhere=lines("""
        mme: Madame
        mlle: Mademoiselle
        p.ex: par exemple
        c.-à-d: c'est-à-dire
        càd: c'est-à-dire
        etc: et cetera
        svp: s'il vous plaît
        stp: s'il te plaît
        ok: okay
        24/7: vingt-quatre sur sept
    """),
)

MAGNITUDES = lines("""
    k: mille
    M: millions de
    mn: millions de
    bn: milliards de
    Md: milliards de
    million: million de
    millions: millions de
    milliard: milliard de
    milliards: milliards de
""")


def say_date(day: str, month: int, year_digits: str, day_first: bool) -> str:
    """ "premier mai deux mille vingt-six"."""
    said = [
        "premier" if day and int(day) == 1 else cardinal(int(day), "fr") if day else "",
        MONTHS[month - 1],
    ]
    said.append(cardinal(int(year_digits), "fr") if year_digits else "")
    return " ".join(part for part in said if part)


def say_time(hour: int, minute: int) -> str:
    """ "douze heures trente", "une heure", "minuit"."""
    if hour in (0, 24):
        return f"minuit {cardinal(minute, 'fr') if minute else ''}".strip()
    hours = "une heure" if hour == 1 else f"{cardinal(hour, 'fr')} heures"
    return f"{hours} {cardinal(minute, 'fr') if minute else ''}".strip()


def one(words: str, noun: Noun) -> str:
    """ "un" before a feminine noun: "une minute"."""
    return words + "e" if noun.feminine and words.split("-")[-1].split(" ")[-1] == "un" else words


FRENCH = Language(
    code="fr",
    decimal=",",
    thousands=" .",
    words=WORDS,
    signs=SIGNS,
    currencies=CURRENCIES,
    units=UNITS,
    months=MONTHS,
    month_names=month_table(MONTHS, "janv févr - avr - - juil - sept oct nov déc"),
    abbreviations=ABBREVIATIONS,
    magnitudes=MAGNITUDES,
    say_date=say_date,
    say_time=say_time,
    ordinal_marks=("er", "re", "ère", "e", "ème", "eme", "è"),
    one=one,
)
