"""How people ask for what code does at once: regular expressions, one a line, in lower case and without
marks.

A line that is indented further goes on with the one before.
"""

LEADING = r"""
    um+
    uh+
    er+m?
    hm+
    oh
    ah
    well
    so
    and
    but
    hey
    hi
    no+
    yeah
    yes
    ok(?:ay)?
    alright
    all right
    right
    listen
    look
    actually
    honestly
    sorry
    excuse me
    my god
    companion
    darling
    dear
    honey
    please
    just
    really
    now
    then
    wait
    oh my god
    thanks
    thank you
    great
    fine
    good
    cool
    shh+
    you know what
    i mean
    i said
    quick(?:ly)?
    i'm sorry
    pardon me
    love
    mate
    maybe
    perhaps
    if you don't mind
    do me a favou?r(?: and)?
"""
"""What may stand before a request."""

ASKING = r"""
    (?:could|can|would|will|won't|can't|couldn't|may|might) (?:you|we|i)(?: please| just| maybe|
         possibly| perhaps| kindly| ask you to| get you to| have you)*
    would you mind
    do you mind
    do you think you could
    i(?:'d| would) (?:like|love|prefer|need|want) (?:it if )?you(?: to| could| would)?
    i (?:need|want) you to
    you can
    you could
    you may
    you (?:should|need to|have to|must)
    let's(?: just)?
    i'd like to ask you to
    i (?:was wondering|wonder) if you could
    it would be (?:great|nice) if you could
    try (?:to|and)
    go ahead and
    feel free to
    please
    just
    kindly
    don't be shy
"""
"""How people ask politely."""

TRAILING = r"""
    please
    now
    right now
    already
    thanks
    thank you
    thank you very much
    companion
    for me
    for now
    then
    ok(?:ay)?
    dear
    darling
    honey
    for a (?:second|sec|moment|minute|bit|while)
    for a little (?:while|bit)
    will you
    would you
    could you
    can you
    if you
    if you (?:can|could|don't mind|would|like)
    a bit
    a little
    a little bit
    a tad
    a touch
    somewhat
    again
    today
    love
    mate
    alright
    all right
    will ya
    i mean
    at once
    immediately
    actually
    instead
    so i can \w+(?: \w+){0,3}
    i can't (?:hear|follow|keep up|understand)(?: you)?
    i can (?:hardly|barely) hear you
    it's (?:too )?(?:fast|slow|loud|quiet)
"""
"""What may stand behind it."""

_TALK = r"(?:talk|speak|say (?:it|that|things|this))(?:ing)?"
_A_BIT = r"(?:(?:just )?(?:a (?:little bit|little|bit|tad|touch|lot)|much|even|slightly|way|still) )?"
_MOMENT = (
    r"(?:second|sec|minute|min|moment|mo|bit|tick|while|couple of seconds|few seconds|"
    r"second or two|minute or two)"
)

SAYINGS: dict[str, str] = {
    "STOP": rf"""
        not talk(?:ing)?
        stop(?: (?:it|that|this|there|here|stop|{_TALK}|yapping|rambling|reading|speaking|
            the talking|your talking))*
        (?:be|stay|keep|go) (?:quiet|silent|still)
        quiet
        silence
        shush(?: (?:it|you|shush))?
        hush
        shh+(?: shh+)*
        sh
        shut (?:up|it)(?: shut up)*
        pipe down
        (?:that's|that is|it's|this is) (?:quite |really |more than )?enough(?: of that)?
        enough(?: (?:of that|already|enough))?
        hold your tongue
        zip it
        knock it off
        cut it out
        (?:you can )?(?:stop|quit|cease|end|finish) {_TALK}
        quit it
        stop right there
        no more(?: talking)?
        don't (?:say anything(?: else| more)?|{_TALK}(?: any ?more)?)
        not another word
        give it a rest
        (?:i've|i have) heard enough
        (?:i need|i want) (?:some |a little )?(?:quiet|silence|peace)
        stop please stop
        cancel(?: that)?
        that'll do
        that will do
    """,
    "NEVER_MIND": r"""
        never ?mind(?: (?:that|then|it|about (?:that|it)))?
        nevermind
        forget (?:it|that|about (?:it|that)|i (?:said (?:anything|that)|asked))
        (?:it|that) (?:doesn't|does not|don't) (?:really )?matter(?: any ?more)?
        (?:it's|that's|it is) not (?:that )?important
        scratch that
        (?:let's )?(?:drop|leave|skip) it
        no matter
        ignore (?:that|me|what i (?:just )?said)
        disregard that
        not important
        strike that
        it's nothing
        leave it(?: (?:be|at that))?
        doesn't matter
    """,
    "REPEAT": r"""
        repeat(?:ing)? (?:yourself|it|that)
        (?:repeat|say) (?:that|it|this|yourself|what you (?:just )?said|the last (?:bit|part|thing|
            sentence)|your last (?:sentence|words?)|that last (?:bit|part|thing|sentence|
            one))(?: (?:again|one more time|once more|once again|you said|slowly))*
        (?:repeat|once more|one more time|again|pardon(?: me)?|come again|say again|
            what's that again|what was that(?: again)?|huh|what|excuse me|sorry what|
            i beg your pardon|beg your pardon)
        what did you (?:just )?(?:say|tell me)(?: (?:again|just now))?
        what were you (?:just )?saying
        what was (?:that|it)(?: (?:you (?:just )?said|again|last (?:bit|part|thing)))+
        what was the last (?:bit|part|thing)(?: you said)?
        (?:i )?(?:didn't|did not|couldn't|could not|can't) (?:quite |really )?(?:catch|get|hear|
            understand|make out) (?:that|you|it|what you (?:just )?said|the last (?:bit|part|thing)|
            a word of that|any of that|all of that)(?: (?:last (?:bit|part|thing)|at all))?
        i missed (?:that|it|what you said|the last (?:bit|part|thing)|that last (?:bit|part|thing))
        (?:run|go over) that (?:by me )?(?:again|once more)
        tell me (?:that )?again
        you said what
        repeating (?:that|it|what you (?:just )?said)
        saying (?:that|it) again
    """,
    "GO_ON": r"""
        (?:go|carry|keep) on(?: (?:then|talking|speaking|go on|with (?:it|that|
            what you were saying)))*
        keep (?:going|talking|speaking|reading)
        continue(?: (?:talking|speaking|please|what you were saying|with (?:it|that|
            what you were saying)))*
        (?:go|carry|keep) (?:on|going) from (?:where|there).*
        continue from (?:where|there).*
        (?:pick up|resume)(?: (?:from )?where you (?:left off|stopped|were))?
        as you were(?: saying)?
        you were saying
        what were you going to say
        proceed
        go ahead
        where were (?:we|you)
        finish (?:what you were saying|your (?:sentence|thought|story|point)|that (?:thought|
            sentence)|it|that)
        don't stop
        what (?:next|else|then)
        and then
        tell me (?:more|the rest)
        (?:let's )?hear the rest(?: of (?:it|that))?
        (?:i'm|i am) (?:still )?listening
        sorry go on
    """,
    "SLOWER": rf"""
        (?:reduce|lower|drop) (?:the |your )?(?:speaking |speech |talking )?(?:speed|rate|pace)
        take it (?:a (?:little |bit |little bit )?)?(?:slower|more slowly)
        (?:(?:talk|speak|say (?:it|that)|go|read|be)(?:ing)? )?{_A_BIT}(?:slower|more slowly)
        slow (?:it |things )?down
        slowing down
        slow it
        (?:talk|speak|say (?:it|that)|go)(?:ing)? slow(?:ly)?
        slowly
        not so (?:fast|quick(?:ly)?)
        less (?:fast|quickly)
        (?:you're|you are) (?:talking|speaking|going) (?:way |much |a (?:bit|little) )?too (?:fast|
            quick(?:ly)?)
        (?:that's|that is|that was|it's|you're) (?:way |much |a (?:bit|little) )?too (?:fast|quick)
        too (?:fast|quick)
        slow your (?:speech|voice) down
        {_A_BIT}slower
        don't {_TALK} so (?:fast|quick(?:ly)?)
        take (?:it (?:slow(?:ly|er)?|easy)|your time) when you (?:talk|speak)
        (?:drop|lower|reduce|turn down) (?:the |your )?(?:speed|pace)
        slow your roll
    """,
    "FASTER": rf"""
        (?:increase|raise|up) (?:the |your )?(?:speaking |speech |talking )?(?:speed|rate|pace)
        (?:(?:talk|speak|say (?:it|that)|go|read|be)(?:ing)? )?{_A_BIT}(?:faster|quicker|
            more quickly)
        speed (?:it |things )?up
        speeding up
        (?:talk|speak)(?:ing)? fast
        not so slow(?:ly)?
        less slowly
        (?:you're|you are) (?:talking|speaking|going) (?:way |much |a (?:bit|
            little) )?too slow(?:ly)?
        (?:that's|that is|that was|it's|you're) (?:way |much |a (?:bit|little) )?too slow
        too slow
        pick up the pace
        {_A_BIT}(?:faster|quicker)
        don't {_TALK} so slow(?:ly)?
        hurry (?:it )?up
        (?:raise|increase|turn up) (?:the |your )?(?:speed|pace)
        speed your (?:speech|voice) up
    """,
    "LOUDER": rf"""
        (?:(?:talk|speak|say (?:it|that)|be|get|make (?:it|your voice))(?:ing)? )?{_A_BIT}(?:louder|
            more loudly)
        (?:speak|talk|speaking) (?:up|out)
        turn(?:ing)? (?:it |yourself |your volume |the volume |your voice |that )?up(?: the volume|
             your volume| your voice)?
        volume up
        more volume
        raise (?:your voice|(?:the |your )?volume)
        (?:i can't|i cannot|i can (?:hardly|barely)|can't|i couldn't) (?:really )?hear (?:you|
            that)(?: (?:very )?well| properly| at all)?
        (?:you're|you are|that's|that was|it's) (?:way |much |a (?:bit|little) |
            speaking )?too (?:quiet(?:ly)?|soft(?:ly)?)
        too quiet
        increase (?:the |your )?volume
        (?:crank|bring|put) (?:it|the volume|your volume) up
        not so (?:quiet(?:ly)?|soft(?:ly)?)
    """,
    "QUIETER": rf"""
        not (?:quite )?so loud(?:ly)?
        keeping (?:it|your voice|the volume) down
        whisper(?:ing)?
        (?:(?:talk|speak|say (?:it|that)|be|get|make (?:it|
            your voice))(?:ing)? )?{_A_BIT}(?:quieter|softer|more (?:quietly|softly)|
            less loud(?:ly)?)
        (?:talk|speak)(?:ing)? (?:softly|quietly|low)
        turn(?:ing)? (?:it |yourself |your volume |the volume |your voice |
            that )?down(?: the volume| your volume| your voice)?
        volume down
        less volume
        (?:lower|drop) (?:your voice|(?:the |your )?volume)
        not (?:so|that) loud(?:ly)?
        keep (?:it|your voice|the volume) down
        (?:you're|you are|that's|that was|it's) (?:way |much |a (?:bit|little) |speaking |
            talking )?too loud(?:ly)?
        too loud
        don't (?:shout|yell|{_TALK} so loud(?:ly)?|be so loud)
        (?:decrease|reduce) (?:the |your )?volume
        use your (?:indoor|inside) voice
        (?:bring|take|put) (?:it|the volume|your volume|your voice) down
        whisper
        stop (?:shouting|yelling)
    """,
    "MUTE": r"""
        mute(?: (?:yourself|it|the (?:mic(?:rophone)?|sound)|your (?:mic(?:rophone)?|ears)|
            my mic(?:rophone)?|me))?
        (?:stop|quit) listening(?: to (?:me|us|this|this room|everything))?(?: in)?
        (?:turn|switch|shut) (?:the |your |my )?(?:mic(?:rophone)?|ears|listening) off
        (?:turn|switch|shut) off (?:the |your |my )?(?:mic(?:rophone)?|ears|listening)
        (?:close|cut|kill|disable) (?:the |your |my )?(?:mic(?:rophone)?|ears)
        don't listen(?: (?:to (?:me|us|this)|in|any ?more))?
        go (?:on mute|deaf|to sleep)
        put (?:yourself|the mic(?:rophone)?) on mute
        (?:mic(?:rophone)?|listening) off
        cover your ears
        mute (?:your|the) (?:mic(?:rophone)?|listening)
    """,
    "WAIT": rf"""
        give me a (?:little )?bit of time(?: to think)?
        (?:give|allow|spare|grant) me (?:just )?(?:a|one|another|two|some|five|ten|half a) (?:more |
            little |quick )?(?:{_MOMENT}s?|time)(?: (?:or two|to think|to think about (?:it|that)|
            here|to (?:gather|collect) my thoughts|to find it|to look|to remember))*
        let me (?:just )?(?:think|see|have a think|check|remember|consider|look|
            ponder)(?: (?:about (?:it|that|this)|for a {_MOMENT}|a {_MOMENT}|it over|that over|
            on (?:it|that)|first|hard|hold on|how (?:do|can|should) i (?:say|put) (?:it|this|
            that)))*
        (?:just |wait )?(?:one|a|half a|two|just one) {_MOMENT}s?(?: (?:please|let me think|
            i'm thinking))?
        (?:hold|hang) on(?: (?:hold on|hang on|a {_MOMENT}|one {_MOMENT}|just a {_MOMENT}|
            for a {_MOMENT}|there|let me think|i'm thinking|wait|a second here))*
        wait(?: (?:wait|a {_MOMENT}|one {_MOMENT}|for (?:it|me)|up|there|hold on|hang on|
            let me think|just a {_MOMENT}))*
        bear with me(?: (?:a|one|for a|just a) {_MOMENT})?
        (?:i'm|i am) (?:still |just )?thinking(?: (?:about it|it over))?
        i (?:need|want|have) (?:just )?(?:to think(?: (?:about (?:it|that|this)|for a {_MOMENT}))*|
            a {_MOMENT}(?: to think)?|(?:some|more|a little|a bit more) time(?: to think)?|a moment)
        hmm? wait
        not yet
        just (?:a {_MOMENT}|wait|hold on)
        (?:don't|do not) (?:say anything|answer|talk|speak) (?:yet|for a {_MOMENT})
        hold that thought
        stay (?:with me|there)
        lemme (?:think|see)
    """,
}
"""What people say for each, in lower case and without marks: a regular expression a line."""
