"""The words by which patterns tell what lasts from small talk, and of which kind it is."""

from __future__ import annotations

from companion.memory.facts import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEDGES = _words("maybe perhaps probably possibly might guess think supposedly apparently")
ADVERBS = _words(
    """
    just really also actually finally recently always still already even totally so kinda definitely
    probably maybe perhaps currently now lately mostly usually often sometimes honestly truly very both
    all too once ever only soon first then absolutely certainly simply basically literally officially
    together constantly slowly quickly gradually eventually almost nearly hardly never super pretty quite
    especially initially originally briefly regularly normally generally personally kind of sort
    """
)
AUXILIARIES = _words(
    """
    am is are was were be been being 'm 're 's have has had 've do does did will 'll shall can could would
    'd should might may must gonna wanna gotta need used going don't didn't doesn't haven't hasn't won't
    can't isn't aren't wasn't weren't couldn't ain't not
    """
)

SMALL_TALK = _words(
    """
    think thinking thought guess guessing know knew mean meant see saw hear heard hearing bet agree agreed
    appreciate appreciated understand understood hope hoping wish wishing thank swear suppose wonder
    wondering imagine say said saying ask asked asking figure figured believe kid kidding joke joking
    promise get got notice noticed admit let care bother mind doubt recommend suggest check checked
    """
)
"""With these a speaker comments on what was said; what they say of their own stands behind, in a clause."""

SAYING = _words("say says said tell tells told think thinks thought")
"""Whoever does this says something behind it, in a clause of its own."""
REACTIONS = _words(
    """
    glad happy sorry excited sure here impressed curious proud lucky grateful thankful honored honoured
    blessed amazed surprised ok okay good fine great well back done ready right wrong serious jealous
    stoked thrilled pumped inspired afraid delighted psyched hyped confident certain aware positive
    interested loving rooting cheering available touched flattered speechless with always totally there
    able
    """
)
"""What somebody is for a moment, by what the other one said."""

STATES = _words(
    """
    vegetarian vegan pescatarian allergic diabetic asthmatic pregnant single married divorced engaged
    widowed retired unemployed jobless freelance gay lesbian bisexual trans transgender nonbinary adopted
    dyslexic autistic left-handed colourblind colorblind deaf blind disabled religious catholic muslim
    jewish christian buddhist hindu atheist passionate obsessed determined committed addicted stressed
    anxious nervous scared worried depressed lonely overwhelmed exhausted heartbroken grieving devastated
    swamped burnt burned sick ill injured broke homesick terrified frustrated miserable struggling sober
    lactose gluten-free intolerant keen insecure claustrophobic shy introverted born raised based fluent
    bilingual homeless bankrupt fired hired promoted sad upset unhappy desperate discouraged self-employed
    """
)
"""What somebody is for longer."""

STRONG = _words(
    """
    move moved lose lost start started open opened opening quit quitting buy bought buying sell sold
    selling pass passed break broke broken graduate graduated marry married divorce divorced adopt adopted
    retire retired launch launched launching hire hired fire fired join joined joining found founded win
    won winning sign signed book booked booking plan planning planned live living lived work working
    worked study studying studied learn learning learned teach teaching taught play playing played moving
    travel travelling traveling travelled traveled visit visited visiting volunteer volunteering
    volunteered enroll enrolled apply applied applying finish finished create created creating build built
    building design designed designing develop developing developed host hosted hosting organise organised
    organize organized organizing perform performed performing compete competed competing practice
    practise practicing train training trained raise raised raising born grow grew die died meet met
    meeting date dating paint painted painting write wrote writing publish published run ran running
    attend attended attending celebrate celebrated celebrating rent rented renting invest invested
    investing save saving saved expand expanding expanded partner partnered collaborate collaborating
    collaborated promote promoting promoted redesign renovate renovating renovated search searching land
    landed accept accepted reject rejected fail failed suffer suffered recover recovered recovering split
    separated engage own owns owned rescue rescued speak cook bake baked swim drive ride dance danced
    dancing sing hike hiked hiking camp camping camped eat eating drink drinking smoke smoking wake
    expecting expect prefer dream dreamed dreamt mentor mentoring mentored transition
    """
)
"""Verbs of what a life is made of: a few words behind them say enough."""
TURNS = _words(
    """
    retired graduated quit moved divorced separated split married engaged resigned relocated relapsed
    proposed widowed eloped enlisted emigrated
    """
)
"""Verbs that change a life by themselves."""
COMMON = _words(
    """
    go went going gone take took taking give gave have had having want wanted need love loved hate hated
    enjoy enjoyed carrying continue continuing keep keeping like likes dislike adore feeling has 've did
    turn turned got getting work made make making do doing try trying tried research researching talked
    look looking come came spend spent help helped helping feel
    """
)
"""Verbs of everything: they say something with the words behind them."""

PREFERENCES = _words(
    """
    love loved loves like likes hate hates enjoy enjoys enjoyed prefer prefers adore adores dislike
    dislikes favourite favorite fave stand passion passionate obsessed fan hobby hobbies interest
    interests into
    """
)
FEELINGS = _words(
    """
    feel feels feeling felt stressed anxious nervous scared worried depressed lonely overwhelmed exhausted
    heartbroken grieving devastated afraid fear fears miss misses missed proud struggle struggling
    terrified frustrated miserable sad upset insecure cope coping cried crying motivated determined
    """
)
PLANS = _words(
    """
    will 'll gonna going plan plans planning want wanna hope hoping intend thinking looking trying aim
    aiming goal goals dream dreams tomorrow tonight next upcoming soon ready consider considering
    hopefully
    """
)
WORK = _words(
    """
    work works worked working job jobs business career boss colleague colleagues company office studio
    store shop startup project client clients customers customer interview promotion salary degree exam
    exams school university uni college course class classes study studies studying student teacher
    internship intern mentor training employee employees team banker engineer nurse manager website brand
    market marketing hired fired quit retired unemployed freelance grant investors investor employed
    apprenticeship
    """
)
HEALTH = _words(
    """
    doctor hospital surgery operation allergy allergic asthma diabetes diabetic diet meds medication
    medicine therapy therapist sick ill illness pain broke arm leg ankle pregnant sleep insomnia migraine
    migraines flu cancer injury injured anxiety depression diagnosed dentist vegetarian vegan weight
    smoking sober blood heart knee gluten lactose intolerant fever covid adhd autism dyslexic workout gym
    """
)
PLACES = _words(
    """
    live lives living lived move moves moved moving apartment flat house home city town country village
    travel travelled traveled travelling traveling trip visit visited vacation holiday flew flight
    neighbourhood neighborhood abroad rome paris london
    """
)
SALIENT = _words(
    """
    dream dreams goal goals passion hobby favourite favorite fave business studio store shop job career
    wedding marriage divorce family home house degree school project birthday health childhood biggest
    life team company brand website collection routine plan club band book apartment escape outlet
    hometown number address code car bike phone laptop garden boat flat kids son daughter husband wife mum
    mom dad mother father brother sister dog cat pet pets
    """
)
"""Nouns behind "my" that make a sentence about one's own life."""

NO_NAMES = _words(
    """
    the this that these those there it its he she they we you i a an and but so if as at in on of for with
    from to by my your his her our their what who why how when where which wow thanks thank yeah yes no oh
    hey hi hello ok okay well sure sounds good great nice cool awesome amazing congrats congratulations
    absolutely definitely totally true right glad love like just not one some many most all every everyone
    everything something someone anything nothing nobody life time people things let maybe perhaps today
    tomorrow yesterday last next since while after before can could will would should do does did is are
    was were have has had be been being keep take make here agreed exactly indeed also plus really
    actually dance dancing music art work money family friends fashion hard having looking working monday
    tuesday wednesday thursday friday saturday sunday january february march april june july august
    september october november december
    """
)
"""Words that begin a sentence with a capital and are nobody's name."""

LIGHT = _words(
    """
    bed shower toilet bathroom it that this them those these one ones thing things something anything
    everything nothing stuff lot lots bit way much many more most some any all good great nice cool
    awesome amazing fun new old big time times day days yes no ok okay here there now then too well back
    up out off on in do doing did done go going get getting got make makes made take taking took have has
    had having be being been kinda sort of kind very really so just also always never ever still already
    even definitely totally absolutely wow thanks congrats hey hi hello oh lol haha man guys guy people
    feel feels feeling felt love loved like liked need want know think see look looks looking come comes
    coming keep keeps keeping try trying bring brings week weekend month year last next ago night morning
    first give gives let lets put means mean today tomorrow yesterday soon later hard easy
    """
)
"""Words that say little by themselves."""


def kind_of(words: list[str], future: bool) -> Kind:
    """Of which kind a clause with these words (lower case) is."""
    have = frozenset(words)
    if future:
        return "plan"
    if have & HEALTH:
        return "health"
    if have & PREFERENCES:
        return "preference"
    if have & FEELINGS:
        return "feeling"
    if have & WORK:
        return "work"
    return "place" if have & PLACES else "event"
