"""Spanish, as it is said."""

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
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)

WORDS = lines("""
    point: coma
    minus: menos
    plus: más
    times: por
    divided by: dividido entre
    by: por
    percent: por ciento
    and: y
    or: o
    at: arroba
    dot: punto
    slash: barra
    dash: guion
    underscore: guion bajo
    number: número
    hashtag: etiqueta
    to: a
    about: unos
    less than: menos de
    more than: más de
    at least: al menos
    at most: como mucho
    per: por
    over: sobre
    out of: de
    squared: al cuadrado
    cubed: al cubo
    to the power of: elevado a
    version: versión
    half: medio
    quarter: cuarto
""")

SIGNS = {
    "&": "y", "@": "arroba", "%": "por ciento", "+": "más", "=": "igual a", "°": "grados", "§": "sección",
    "±": "más o menos", "×": "por", "÷": "dividido entre", "≠": "distinto de", "≈": "aproximadamente",
    "≤": "como mucho", "≥": "al menos", "√": "raíz de", "∞": "infinito", "→": "a", "<": "menor que",
    ">": "mayor que", "π": "pi", "#": "número", "$": "dólar", "€": "euro", "£": "libra",
}  # fmt: skip

CENT = Noun("céntimo", "céntimos")
SIGNED = {
    "$": Currency(Noun("dólar", "dólares"), Noun("centavo", "centavos")),
    "€": Currency(Noun("euro", "euros"), CENT),
    "£": Currency(Noun("libra", "libras", True), Noun("penique", "peniques")),
    "¥": Currency(Noun("yen", "yenes"), None),
    "CHF": Currency(Noun("franco", "francos"), CENT),
}
CURRENCIES = SIGNED | {"USD": SIGNED["$"], "EUR": SIGNED["€"], "GBP": SIGNED["£"]}

UNITS = nouns(
    """
    km: kilómetro, kilómetros
    m: metro, metros
    cm: centímetro, centímetros
    mm: milímetro, milímetros
    km/h, kmh: kilómetro por hora, kilómetros por hora
    m/s: metro por segundo, metros por segundo
    m^2, m2: metro cuadrado, metros cuadrados
    km^2: kilómetro cuadrado, kilómetros cuadrados
    m^3, m3: metro cúbico, metros cúbicos
    kg: kilo, kilos
    g: gramo, gramos
    mg: miligramo, miligramos
    t: tonelada, toneladas
    l, L: litro, litros
    ml: mililitro, mililitros
    s, seg: segundo, segundos
    ms: milisegundo, milisegundos
    min: minuto, minutos
    h: hora, horas
    KB, kB: kilobyte, kilobytes
    MB: megabyte, megabytes
    GB: gigabyte, gigabytes
    TB: terabyte, terabytes
    Hz: hercio, hercios
    kHz: kilohercio, kilohercios
    MHz: megahercio, megahercios
    GHz: gigahercio, gigahercios
    dB: decibelio, decibelios
    W: vatio, vatios
    kW: kilovatio, kilovatios
    kWh: kilovatio hora, kilovatios hora
    V: voltio, voltios
    kcal: kilocaloría, kilocalorías
    ha: hectárea, hectáreas
    °C, ºC: grado Celsius, grados Celsius
    °F, ºF: grado Fahrenheit, grados Fahrenheit
    °: grado, grados
    %: por ciento
    """,
    feminine="tonelada, hora, kilocaloría, hectárea",
)

ABBREVIATIONS = Abbreviations(
    titles=lines("""
        sr: Señor
        sra: Señora
        srta: Señorita
        dr: Doctor
        dra: Doctora
        prof: Profesor
        d: Don
        dña: Doña
        sto: Santo
        sta: Santa
    """),
    before_numbers=lines("""
        núm: número
        nº: número
        no: número
        pág: página
        págs: páginas
        vol: volumen
        cap: capítulo
        art: artículo
        fig: figura
        tel: teléfono
        aprox: aproximadamente
    """),
    dotted=lines("""
        etc: etcétera
        aprox: aproximadamente
        avda: avenida
        av: avenida
        ud: usted
        uds: ustedes
        vd: usted
    """),
    anywhere=lines("""
        sr: Señor
        sra: Señora
        p.ej: por ejemplo
        etc: etcétera
        ee.uu: Estados Unidos
        ok: okey
        24/7: veinticuatro siete
    """),
)

MAGNITUDES = lines("""
    k: mil
    M: millones de
    mn: millones de
    bn: mil millones de
    millón: millón de
    millones: millones de
""")


def say_date(day: str, month: int, year_digits: str, day_first: bool) -> str:
    """ "catorce de marzo de dos mil veintiséis"."""
    said = [cardinal(int(day), "es") if day else "", MONTHS[month - 1]]
    said.append(cardinal(int(year_digits), "es") if year_digits else "")
    return " de ".join(part for part in said if part)


def say_time(hour: int, minute: int) -> str:
    """ "doce y treinta"."""
    hours = "una" if hour == 1 else cardinal(hour, "es")
    return f"{hours} y {cardinal(minute, 'es')}" if minute else f"{hours} en punto"


def one(words: str, noun: Noun) -> str:
    """ "uno" before a noun: "un euro", "una hora", "veintiún euros"."""
    if not words.endswith("uno"):
        return words
    if noun.feminine:
        return words[:-1] + "a"
    return words[:-3] + "ún" if words.endswith("veintiuno") else words[:-1]


SPANISH = Language(
    code="es",
    decimal=",",
    thousands=". ",
    words=WORDS,
    signs=SIGNS,
    currencies=CURRENCIES,
    units=UNITS,
    months=MONTHS,
    month_names=month_table(
        MONTHS, "ene feb mar abr - jun jul ago sep oct nov dic", "- - - - - - - - sept - - -"
    ),
    abbreviations=ABBREVIATIONS,
    magnitudes=MAGNITUDES,
    say_date=say_date,
    say_time=say_time,
    ordinal_marks=("º", "ª", "er"),
    one=one,
    cents_joined_by=" con ",
)
