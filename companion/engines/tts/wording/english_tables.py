"""English: what signs, money, units and short forms are called."""

from __future__ import annotations

from companion.engines.tts.wording.language import Abbreviations, Currency, Noun, lines, nouns

WORDS = lines("""
    point: point
    minus: minus
    plus: plus
    plus or minus: plus or minus
    times: times
    by: by
    divided by: divided by
    equals: equals
    percent: percent
    degrees: degrees
    degree: degree
    and: and
    or: or
    at: at
    dot: dot
    slash: slash
    dash: dash
    underscore: underscore
    number: number
    hashtag: hashtag
    to: to
    about: about
    less than: less than
    more than: more than
    at least: at least
    at most: at most
    per: per
    over: over
    out of: out of
    squared: squared
    cubed: cubed
    to the power of: to the power of
    square root of: the square root of
    version: version
    half: half
    quarter: quarter
    ay: eigh
""")

SIGNS = {
    "&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals", "°": "degrees", "§": "section",
    "±": "plus or minus", "×": "times", "÷": "divided by", "≠": "is not equal to", "≈": "is about",
    "≤": "at most", "≥": "at least", "√": "the square root of", "∞": "infinity", "→": "to", "<": "less than",
    ">": "more than", "π": "pi", "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "Δ": "delta",
    "λ": "lambda", "μ": "micro", "σ": "sigma", "Σ": "sigma", "θ": "theta", "ω": "omega", "Ω": "omega",
    "∑": "the sum of", "#": "number",
    "$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "‰": "per mille", "¬": "not", "∈": "in",
    "∫": "the integral of",
}  # fmt: skip

CENT = Noun("cent", "cents")
CURRENCIES = {
    "$": Currency(Noun("dollar", "dollars"), CENT),
    "€": Currency(Noun("euro", "euros"), CENT),
    "£": Currency(Noun("pound", "pounds"), Noun("penny", "pence")),
    "¥": Currency(Noun("yen", "yen"), None),
    "₹": Currency(Noun("rupee", "rupees"), Noun("paisa", "paise")),
    "₩": Currency(Noun("won", "won"), None),
    "₽": Currency(Noun("rouble", "roubles"), None),
    "₿": Currency(Noun("bitcoin", "bitcoins"), None),
    "US$": Currency(Noun("U.S dollar", "U.S dollars"), CENT),
    "C$": Currency(Noun("Canadian dollar", "Canadian dollars"), CENT),
    "A$": Currency(Noun("Australian dollar", "Australian dollars"), CENT),
    "CHF": Currency(Noun("Swiss franc", "Swiss francs"), None),
}
CODES = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "CHF": "CHF",
    "CAD": "C$",
    "AUD": "A$",
    "BTC": "₿",
}

UNITS = nouns("""
    km: kilometer, kilometers
    m: meter, meters
    cm: centimeter, centimeters
    mm: millimeter, millimeters
    nm: nanometer, nanometers
    µm, μm: micrometer, micrometers
    mi: mile, miles
    ft: foot, feet
    yd, yds: yard, yards
    km/h, kmh, kph, kmph: kilometer per hour, kilometers per hour
    mph: mile per hour, miles per hour
    m/s: meter per second, meters per second
    m/s^2: meter per second squared, meters per second squared
    km^2: square kilometer, square kilometers
    m^2, m2, sqm: square meter, square meters
    cm^2: square centimeter, square centimeters
    m^3, m3: cubic meter, cubic meters
    cm^3, cm3: cubic centimeter, cubic centimeters
    sqft, ft^2: square foot, square feet
    kg: kilogram, kilograms
    g: gram, grams
    mg: milligram, milligrams
    µg, μg, mcg: microgram, micrograms
    t: ton, tons
    lb, lbs: pound, pounds
    oz: ounce, ounces
    l, L: liter, liters
    ml, mL: milliliter, milliliters
    cl: centiliter, centiliters
    tsp: teaspoon, teaspoons
    tbsp: tablespoon, tablespoons
    gal: gallon, gallons
    s, sec, secs: second, seconds
    ms: millisecond, milliseconds
    µs, μs: microsecond, microseconds
    ns: nanosecond, nanoseconds
    min, mins: minute, minutes
    h, hr, hrs: hour, hours
    wk, wks: week, weeks
    yr, yrs: year, years
    mo: month, months
    ¢: cent, cents
    kB, KB: kilobyte, kilobytes
    MB: megabyte, megabytes
    GB: gigabyte, gigabytes
    TB: terabyte, terabytes
    KiB: kibibyte, kibibytes
    MiB: mebibyte, mebibytes
    GiB: gibibyte, gibibytes
    kbps: kilobit per second, kilobits per second
    Mbps, Mbit/s: megabit per second, megabits per second
    Gbps, Gbit/s: gigabit per second, gigabits per second
    MB/s: megabyte per second, megabytes per second
    GB/s: gigabyte per second, gigabytes per second
    Hz: hertz
    kHz: kilohertz
    MHz: megahertz
    GHz: gigahertz
    dB: decibel, decibels
    W: watt, watts
    kW: kilowatt, kilowatts
    MW: megawatt, megawatts
    kWh: kilowatt hour, kilowatt hours
    V: volt, volts
    mV: millivolt, millivolts
    mA: milliamp, milliamps
    mAh: milliamp hour, milliamp hours
    J: joule, joules
    kJ: kilojoule, kilojoules
    cal: calorie, calories
    kcal: kilocalorie, kilocalories
    Pa: pascal, pascals
    hPa: hectopascal, hectopascals
    psi: pound per square inch, pounds per square inch
    rpm: revolution per minute, revolutions per minute
    bpm: beat per minute, beats per minute
    fps: frame per second, frames per second
    px: pixel, pixels
    ha: hectare, hectares
    mpg: mile per gallon, miles per gallon
    °C, ºC: degree Celsius, degrees Celsius
    °F, ºF: degree Fahrenheit, degrees Fahrenheit
    °, º: degree, degrees
    %: percent
    ‰: per mille
""")

ABBREVIATIONS = Abbreviations(
    titles=lines("""
        mr: Mister
        mrs: Missus
        ms: Miz
        dr: Doctor
        prof: Professor
        capt: Captain
        sgt: Sergeant
        lt: Lieutenant
        gen: General
        col: Colonel
        rev: Reverend
        hon: Honorable
        gov: Governor
        sen: Senator
        rep: Representative
        pres: President
        st: Saint
        mt: Mount
        ft: Fort
        sr: Senior
    """),
    before_numbers=lines("""
        no: number
        nos: numbers
        nr: number
        fig: figure
        figs: figures
        vol: volume
        ch: chapter
        sec: section
        art: article
        p: page
        pp: pages
        ext: extension
        apt: apartment
        tel: telephone
        ver: version
        approx: approximately
        ca: about
        est: established
        max: maximum
        min: minimum
    """),
    dotted=lines("""
        jr: Junior
        sr: Senior
        dr: Drive
        st: Street
        ave: Avenue
        blvd: Boulevard
        rd: Road
        hwy: Highway
        etc: et cetera
        approx: approximately
        dept: department
        inc: Incorporated
        ltd: Limited
        corp: Corporation
        bros: Brothers
        avg: average
        govt: government
        misc: miscellaneous
        asst: assistant
        mon: Monday
        tue: Tuesday
        tues: Tuesday
        wed: Wednesday
        thu: Thursday
        thur: Thursday
        thurs: Thursday
        fri: Friday
        vs: versus
        v: versus
        cf: compare
        eg: for example
        ie: that is
    """),
    anywhere=lines("""
        mr: Mister
        mrs: Missus
        e.g: for example
        i.e: that is
        etc: et cetera
        vs: versus
        a.k.a: also known as
        aka: also known as
        w/: with
        w/o: without
        b/c: because
        n/a: not applicable
        btw: by the way
        idk: I don't know
        imo: in my opinion
        imho: in my humble opinion
        tbh: to be honest
        afaik: as far as I know
        asap: as soon as possible
        ph.d: P.H.D
        phd: P.H.D
        c++: C plus plus
        c#: C sharp
        f#: F sharp
        at&t: eigh T and T
        q&a: Q and eigh
        &c: et cetera
        24/7: twenty-four seven
        9/11: nine eleven
        50/50: fifty fifty
        20/20: twenty twenty
        ok: okay
        o.k: okay
        u.s: U.S
        u.k: U.K
        a.m: A.M
        p.m: P.M
    """),
)

MAGNITUDES = lines("""
    k: thousand
    K: thousand
    m: million
    M: million
    mn: million
    B: billion
    bn: billion
    T: trillion
    hundred: hundred
    thousand: thousand
    million: million
    billion: billion
    trillion: trillion
    dozen: dozen
""")
