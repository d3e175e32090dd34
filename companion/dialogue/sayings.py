"""How people ask for what code does at once, in the notation of `grammar`.

Before it is compared, a sentence is put into plain words (`FOLDED`: "would you mind stopping" is "stop",
    "do
not" is "don't"), and what stands around a request is taken for politeness (`<before>`, `<ask>`,
    `<behind>`).

A line that begins with "~" may as well answer a question ("Quiet.", "A bit slower."): where she has just
asked one, it is no request unless "please" or her name stands by it. "~when": the same, where she asked how
long or when; "~word": where she asked for a word, or for one of two.
"""

from __future__ import annotations

FOLDED: dict[str, str] = {
    r"do not": "don't",
    r"does not": "doesn't",
    r"did not": "didn't",
    r"could not": "couldn't",
    r"can ?not": "can't",
    r"was not": "wasn't",
    r"will not": "won't",
    r"i am": "i'm",
    r"(you|we) are": r"\1're",
    r"(that|it|what) is": r"\1's",
    r"this is": "that's",
    r"what'd|whadja|what ja": "what did",
    r"watcha|whatcha": "what did you",
    r"what're": "what are",
    r"i don't want you to|i'd rather you didn't|(?:can|could|would|will) you (?:please )?not": "don't",
    r"i've": "i have",
    r"i would": "i'd",
    r"anymore": "any more",
    r"alright": "all right",
    r"ok|okey|o k|'kay|kay": "okay",
    r"pl[sz]+|pleas|pleased|plese": "please",
    r"u|ya": "you",
    r"gimme": "give me",
    r"lemme": "let me",
    r"wanna": "want to",
    r"you don't (?:have|need) to": "no need to",
    r"never ?mi(?:nd|ne|nds)|never you mind": "never mind",
    r"champion|compagnion|campanion|companions|companyon|company on": "companion",
    r"(?:would|do) you mind (?:to|if you)": "could you",
    r"no more": "no-more",
    r"(so|and|but|now|then) what$": r"\1-what",
    r"what (now|then)$": r"what-\1",
    r"(thanks|you|hello|hi|hey|sorry|night|then) again$": r"\1-again",
    r"^(good|well|fair|fine|right|just|really|so|still) (enough|quiet|slow|slowly|softly|quietly)": r"\1-\2",
}
"""What is said in several ways, and the one that the rules know, applied in this order. The last ones keep
together what is not politeness and a request: "no more", "so what", "thanks again", "good enough"."""

BASES = {
    "stopp": "stop", "shutt": "shut", "lett": "let", "putt": "put", "quitt": "quit", "mut": "mute",
    "giv": "give", "rais": "raise", "continu": "continue", "reduc": "reduce", "increas": "increase",
    "decreas": "decrease", "mak": "make", "clos": "close", "resum": "resume", "ceas": "cease",
    "tak": "take", "us": "use", "disabl": "disable", "deactivat": "deactivate", "unmut": "unmute",
}  # fmt: skip
"""Verbs that drop or double a letter before -ing, by what stands before it."""

RULES: dict[str, str] = {
    "name": """
        [my] (companion | darling | dear | honey | love | mate | buddy | sweetheart | girl | man | dude |
            bro)
    """,
    "before": """
        um+ | uh+ | mm+ | er+m? | ow+ | ouch | ugh | ach | aw+ | pff+ | hm+ | oh+ | ah+ | well | so |
            and | but | hey [you] | hi | hello | no+ | nah | nope | yeah
        yes | yep | okay | right | listen | look | actually | honestly | seriously | sorry | excuse me
        all right | my god | oh my god | for god's sake | for heaven's sake | jesus | christ | god | damn
        please | just | really | now | then | wait | whoa | that's it | i (think | guess) | i'm afraid |
            easy | hang on | hold on | thanks | thank you | great
        fine | good | cool | s+h+ | you know [what] | i mean | i said | i repeat | i'm sorry | pardon me |
            pardon
        quick | quickly | maybe | perhaps | again | if you don't mind | good night | i beg you | still |
            no worries | no problem
        it's (okay | fine | all right | good) | that's (okay | fine | all right)
        <name>
    """,
    "behind": """
        please | now | right now | already | thanks | thank you [(very | so) much] | <name> | for (me |
            us)
        for now | for today | then | okay | will you | would you | could you | can you
        if (you | possible | you [just] (can | could | don't mind | would | like | will))
        for [just] (a | one) [little | short] (second | sec | moment | minute | min | bit | while)
        for [just] (two | three | five | ten | a few | a couple of) (seconds | minutes) | a (second |
            sec | moment | minute)
        [just] a (bit | little | tad | touch | little bit | tiny bit) | somewhat | a notch
        all right | i (mean | get it | got it) | at once | immediately | actually | instead | anyway
        i beg you | for god's sake | sorry | come on | from now on | once and for all | seriously
        so [that] i can [\\w+] [\\w+] [\\w+] [\\w+] | i can't (hear | follow | keep up | understand)
            [you | that]
        i can (hardly | barely) (hear | follow | understand) [you]
        it's [too | so | very] (fast | slow | loud | quiet)
        when you (talk | speak | say it)
    """,
    "ask": """
        (could | can | would | will | won't | can't | couldn't | may | might) you {please | just | maybe |
            possibly | perhaps | kindly | to | at least | also}
        do you think [that] you (could | can)
        i'd (like | love | prefer | appreciate) [it] [if | that | for] you [to | could | would] [please]
        i [really | just] (need | want | told | asked | beg) you to [please]
        i want that you
        (could | would) you be so (kind | nice | good) [as] (to | and)
        you (can | could | may | should | must | might [want to] | need to | have to | better) [please |
            just]
        you'd better
        i (was wondering | wonder) if you (could | can | would)
        [it] would be (great | nice | good | lovely | better) if you (could | would)
        (is it possible | would it be possible) [for you] (to | that you)
        (can | could | may | might) i ask you to
        (can | could) i (get | have) you to
        try (to | and)
        go ahead and
        feel free to
        please [to]
        just
        kindly
        do me a (favor | favour) [and]
        don't be shy
    """,
    "we": """
        let's [just | please]
        (can | could) we {please | just | maybe}
    """,
    # --- her talking
    "talk": """
        talk | speak | talked | spoke | say (it | that | things | this) | read [it] | go | be | tell it |
            sound
    """,
    "talking": """
        talking | speaking | saying (it | that | things | this) | reading [it] | going | being | sounding
    """,
    "gab": """
        [all] [the | this | that | your] (talking | speaking | chatting | chatter | chattering | yapping |
            rambling | babbling | blabbering | blathering | blabbing | lecturing | explaining | reading
            [that | it] | story | speech | noise | monologue)
        saying (it | that | this | things | anything | words)
        going on [and on]
        (talking | speaking) to me
        telling me (that | this | things)
    """,
    "a-bit": """
        [just | even] (a (little bit | tiny bit | little | bit | tad | touch | lot) | much | slightly |
            way | still | far | somewhat | rather)
        even
    """,
    "very": """
        [<a-bit>] too | so | very | really | a (bit | little) | kind of | pretty | awfully | still too
    """,
    "moment": """
        second | sec | seconds | secs | minute | min | minutes | mins | moment | moments | mo | tick
    """,
    "a-moment": """
        [just] (a | one | another | two | a few | a couple of) [more | little | quick] <moment> [or two]
    """,
    "again": "again | once more | one more time | once again | another time | a second time",
    "last": """
        [the | your | that] [very] last (bit | part | thing | sentence | word | words | one | line |
            point | question | answer) [you [just] said]
    """,
    "what-she-said": """
        what you [just | were] (said | saying | told me) [before | earlier]
        that | it | this | yourself | everything | that for me
        <last>
        (your | the) (answer | words | sentence | question | whole thing)
    """,
    "mic": "(the | your | my | that) (mic | mike | microphone | ears | hearing | listening)",
    "them": "me | us | this | that | it | this room | everything | (our | my | this) conversation",
    "volume": "[the | your | her] (volume | voice | sound [level])",
    "speed": "[the | your] [speaking | speech | talking | reading] (speed | rate | pace | tempo)",
    "where": "[from] (there | here | where (you | we) (left off | stopped | were | had stopped | left it))",
    "story": """
        it | that | this | [the | your | that] (story | sentence | thought | point | rest | list | tale |
            answer)
    """,
}
"""Parts that several requests are made of."""

_VOICE = """
    <talk> [<a-bit>] MORE
    (make | get | have) [it | that | yourself | your voice | the voice] [<a-bit>] MORE
    i'd like (it | you | that) [to be] [<a-bit>] MORE
    i (want | need) (it | you | that) [to be] [<a-bit>] MORE
    (talk | speak | say (it | that) | read | go) LIKE
    (talk | speak | say it | read) (at | with | in) a [<a-bit>] MORE (pace | speed | rate | tempo |
        voice | tone | volume)
    not [quite] (so | too | that) FAR
    less FAR
    (don't | stop) (<talk> | <talking>) (so | too | that) FAR
    you're [<talking>] <very> FAR
    you (talk | speak | go | read | sound) <very> FAR
    you're not [<talking>] LIKE enough | not LIKE enough | you don't <talk> LIKE enough
    (your (voice | speech) | the voice) (is | sounds) <very> FAR
    ~ [it's | that's] [<a-bit>] too FAR
    ~ (it's | that's) <a-bit> FAR
    ~ [<a-bit>] MORE
"""
"""What is said of the voice. MORE: "slower"; LIKE: "slow"; FAR: "fast"."""


def _voice(more: str, like: str, far: str) -> str:
    words = {"MORE": f"[more] ({more})", "LIKE": f"({like})", "FAR": f"({far})"}
    rule = _VOICE
    for name, words_ in words.items():
        rule = rule.replace(name, words_)
    return rule


SAYINGS: dict[str, str] = {
    "STOP": """
        stop (it | that | this | there | here | right there | right here | <gab> | talk | with <gab>)
        stop now
        (quit | cease) (it | <gab>)
        don't talking
        (be | stay | keep | go | remain) (quiet | silent | still | mum)
        quiet down | no talking | you've made your point
        hush [you | up] | shush [it | you] | s+h+ | [keep] [your] mouth shut
        shut [the (hell | fuck | heck)] (up | it) | shut your (mouth | trap | face)
        pipe down | zip it | button it | put a sock in it | knock it off | cut it out | give it a rest
        hold your (tongue | peace)
        (no-more | enough | not so much) (talking | talk | words | chatter | of (that | this | your
            talking))
        enough already
        don't (talk | speak | say (anything | a word | a thing | another word)) {else | more | any more |
            now | to me}
        say (no-more | nothing [more | else])
        not (another | one more | a) word
        (i have | i) heard enough | you've said enough
        i have had enough of (you | your (talking | voice))
        i don't (want | need | care) to (hear | listen to) (it | you | that | any more [of (it | that |
            this)] | more | the rest | another word)
        leave (me | us) (alone | be)
        do you ever shut up | i'd rather you were (quiet | silent) | time to be quiet
        (i'd like | let me have) some (quiet | silence | peace)
        (could | can) i (have | get) (some | a little [bit of] | a moment of) (quiet | silence | peace)
        ~word stop
        ~ (quit | halt | abort | cancel)
        ~ (quiet | silence)
        ~ (that's | that was) [quite | really | more than] enough [of (that | this)]
        ~ enough [of (that | this | it) | already]
        ~ no-more
        ~ not now
        ~ (that'll | that will) (do | be all) | that's all
        ~ i (need | want) [some | a little] (quiet | silence)
    """,
    "NEVER_MIND": """
        never mind {that | this | then | it | about (that | it | this) | what i [just] (said | asked) | my
            question}
        forget (i [ever] (said (anything | something | that) | asked | mentioned it))
        forget [about] (what i [just] (said | asked) | everything i said | (my | that | the) [last]
            question)
        don't mind me
        (scratch | strike | scrap) (that | my last question)
        (ignore | disregard) (that | me | what i [just] said | my [last] (question | words))
        i take (that | it) back
        don't answer (that | it) | no need to answer [that | it]
        i was [just] (talking | thinking) (to myself | out loud | aloud)
        (i wasn't | i'm not) (talking | speaking) to you | i wasn't asking you | i didn't mean you
        i was (talking | speaking) to (somebody | someone) else
        (that | it | this) wasn't (for | meant for | to) you
        [sorry] not you
        ~ forget (it | that | about (it | that | this))
        ~ (it | that) doesn't [really] matter [any more]
        ~ (doesn't matter | no matter)
        ~ [it's | that's | it was] not [that | so | very] important
        ~ [let's] (drop | leave | skip) (it | that) [be | at that | alone]
        ~ let it (go | be)
        ~ [oh] (it's | it was) nothing
        ~ don't (bother | trouble yourself | worry about (it | that))
        ~ cancel (that | it)
    """,
    "REPEAT": r"""
        repeat [<what-she-said>] {<again> | [more] slowly | slower | to me | back [to me]}
        (say | tell me | read [me] | give me) [<what-she-said>] <again>
        say what you [just] said
        read (that | it) back [to me]
        (run | go over) that [by me] [<again>]
        go over that <again>
        saying (that | it) again
        (let me | (can | could | may) i [please] | i'd like to | i want to | i need to) hear (that | it |
            you) <again>
        what did you [just] (say | tell me | ask | ask me) [<again> | just now | there | before | to me |
            last | now | then | just then]
        what (have | had) you [just] (said | asked)
        what [were | was] you [just] saying [<again> | just now | there]
        what you [just] (say | said | saying)
        (what was | what's) (that | it) (you [just] (said | say | asked) | again | last (bit | part |
            thing | word | one) | just now) [again]
        what was that [please | <name>] \?
        (what was | what's) (the | your | that) last (bit | part | thing | sentence | word | point |
            question) [you said]
        what was (your | the) question [again]
        you [just] said what | you were saying what
        you said \?
        [i] can't [quite | really] (understand | make out) (you | that | what you said)
        [i] (didn't | couldn't) [quite | really] (catch | get | hear | understand | make out | follow)
            (that | you [properly] | what you [just] (said | say | were saying) | <last> | a word [of
            that] | (any | all | half) of (that | it) | what you said) [last (bit | part | thing)] [at
            all | well | properly]
        [i] (didn't | couldn't) [quite | really] (catch | make out) it
        [i] missed that | [i] (missed | lost) (what you [just] said | <last>)
        [i] wasn't listening | [i] (don't | not) understand you | not understand | what are you saying
        how was that again | (can | could) i get that again
        i beg your pardon | beg your pardon | beg pardon | pardon [me] | come again
        (excuse me | sorry | i'm sorry | huh | hey what) \?
        what | how's that again
        say (again | what)
        [please] repeating (that | it | what you said | yourself)
        ~ <again>
    """,
    "GO_ON": r"""
        [do] (go | carry | keep | read) on {then | talking | speaking | reading | going | go on | telling
            [me]} [with <story> | with what you were saying]
        keep (going | talking | speaking | reading | telling [me] | at it) [with <story>]
        [do] continue {talking | speaking | reading | telling [me] | with | <story> | what you were
            saying | <where>}
        (go | carry | read | keep | start | pick [it]) (on | going | up | again) <where>
        pick up <story> <where>
        resume {talking | speaking | reading | <story> | <where>}
        as you were [saying]
        [as] you were saying
        what [else] (were you going | did you want) to say
        proceed | go ahead
        where were we
        finish [what you were saying | <story> | talking | speaking]
        don't stop {there | here | now | talking | reading}
        no don't stop
        what (next | else) | what-then | then-what | and then | and \?
        what (happened | happens | comes) (next | then | after that) | what's next
        tell me (more [about it] | the (rest | end) [of it] | how it ends | what happened [next | then])
        [let's | let me | i'd like to | i want to | can i | could i] hear the (rest | end) [of <story>]
        what's the rest [of <story>]
        [some] more
        i'm [still] (listening | all ears) | all ears | i'm back
        why did you stop [talking | there]
        how does (it | that | <story>) (go on | continue | end)
        don't let me (stop | interrupt | disturb) you
        you were saying something | you can (talk | speak) [again | now] | speak on
        going on
    """,
    "SLOWER": _voice(
        "slower | more slow | more slowly | less fast | less quickly | slowlier",
        "slow | slowly | slow and clear | slowly and clearly",
        "fast | quick | quickly | rapidly | hasty | rushed",
    )
    + """
    slow (it | things | that | yourself | your (speech | voice | speed)) down [a bit | a notch]
    slow down [<speed> | your (speech | voice) | with the speaking] [a bit | a notch]
    slow your (speech | voice) [<a-bit>] | slow it | slow your roll | slowing down
    take it [<a-bit>] (slower | slow | more slowly | slowly)
    (reduce | lower | drop | decrease | turn down | bring down | slow) <speed> [<a-bit>]
    (slower | lower | less) <speed>
    i can't (keep up with | follow) you | i can't follow | you're rushing
    take (it easy | your time) when you (talk | speak)
    ~ i can't keep up | don't rush
    ~ slow | slowly
    """,
    "FASTER": _voice(
        "faster | more fast | quicker | more quick | more quickly | less slow | less slowly | speedier",
        "fast | quickly | quick",
        "slow | slowly",
    )
    + """
    speed (it | things | that | yourself | your (speech | voice)) up [<a-bit>]
    speed up [<speed> | your (speech | voice)] [<a-bit>]
    speeding up
    pick (up the (pace | speed | tempo) | it up | the pace up)
    (increase | raise | up | turn up | pick up) <speed> [<a-bit>]
    (faster | higher | more) <speed>
    hurry it up | (move | hurry) it along | move along | get (a move on | on with it) | step on it
    (turn | crank) up the (speed | pace)
    ~ hurry [up]
    """,
    "LOUDER": _voice(
        "louder | more loud | more loudly | less quiet | less quietly",
        "loud | loudly | loud and clear",
        "quiet | quietly | soft | softly | faint",
    )
    + r"""
    (speak | talk | speaking) (up | out) [<a-bit>]
    (turn | crank | pump) (it | that | yourself) up [<a-bit>]
    (turn | crank | bring | put | pump | push) <volume> up [<a-bit>]
    (turn | crank | bring | pump) up <volume> [<a-bit>]
    turning (it | yourself) up
    (set | put | make) <volume> (higher | up | louder)
    (raise | increase | boost) <volume> [<a-bit>]
    [<a-bit>] (more | higher) volume | volume up
    (the volume | your voice) is <very> low | you (speak | talk) <very> low
    don't (whisper | mumble) | stop (whispering | mumbling)
    i can't [really | even] hear you [(very | so) (well | good) | well | properly | at all | any more]
    can't hear you
    i can (hardly | barely | scarcely) hear (you | that)
    (you're | it's) hard to hear [you] | i (hardly | barely | almost can't) hear you
    (talk | speak) with more volume | you're (barely | hardly) audible | i (barely | hardly) hear anything
    """,
    "QUIETER": _voice(
        "quieter | softer | more quiet | more quietly | more soft | more softly | less loud | less loudly"
        " | lower",
        "softly | quietly | soft | low",
        "loud | loudly | noisy | noisily",
    )
    + r"""
    (turn | tone | keep | dial) (it | that | yourself) down [<a-bit>]
    (turn | bring | take | put) <volume> down [<a-bit>]
    (turn | bring) down <volume> [<a-bit>]
    turning (it | yourself) down
    (set | put | make) <volume> (lower | down | quieter)
    (lower | reduce | decrease | drop | lowering | reducing) <volume> [<a-bit>]
    [<a-bit>] (less | lower) volume | volume down
    the volume is <very> (high | loud)
    keep (it | your voice | <volume>) (down | low)
    don't (shout | yell | scream | be so loud) [at me | like that]
    stop (shouting | yelling | screaming) [at me]
    no need to (shout | yell) | you're (shouting | yelling | deafening me)
    use your (indoor | inside) voice
    [in a] whisper | whispering | whisper it
    down a notch | dial it down [a notch] | take it down a notch
    ~ softly | quietly
    """,
    "MUTE": """
        mute [yourself | it | you | me | that | <mic> | the sound | your sound | everything | mode | mic |
            microphone]
        (turn | switch | shut | power) off <mic> | (turn | switch | shut) off (mic | microphone)
        (turn | switch | shut | power | turning | switching) <mic> off
        (close | cut | kill | disable | deactivate | block) <mic>
        (mic | microphone | listening) off
        (stop | quit | cease) (listening | recording | eavesdropping | spying) [in] [to <them> | on
            <them> | me | us] [any more]
        don't (listen | listening | record | eavesdrop) [in] [to <them> | me | us | to what (i | we) say]
            [any more]
        (put | set) (yourself | <mic>) (on | to) (mute | standby)
        go (on | to | into) (mute | standby) [mode] | go mute | go deaf | self-mute | self mute
        (cover | close | plug | shut) your ears
        ~ go [to] sleep | go (to | into) sleep mode | sleep mode | take a nap
        ~ sleep now
    """,
    "WAIT": r"""
        (give | allow | spare | grant | lend) me {just | please | maybe} (a | one | another | two |
            three | some | five | ten | half a | a few | a couple [of] | a little | a bit of) [more |
            little | quick | bit of] (<moment> | time | bit) [or two] {to (think | remember | look |
            check | find (it | out) | gather my thoughts | collect my thoughts | answer) | about (it |
            that | this) | here}
        (give | allow) me time [to think] [about (it | that | this)]
        (can | could | may) i [please | just] (have | get | take) <a-moment> [to think | here] [about
            (it | that)]
        let me {just | please} (think | see | have a (think | look) | check | remember | recall |
            consider | look | look it up | look that up | ponder | finish [my (sentence | thought)] |
            gather my thoughts | have <a-moment> | take <a-moment> | get back to you) {about (it | that |
            this) | for <a-moment> | <a-moment> | it over | that over | on (it | that) | first | hard |
            hold on | how (do | can | should) i (say | put) (it | this | that) | in <a-moment>}
        (hold | hang) (on | up) {hold on | hang on | <a-moment> | for <a-moment> | there | let me think |
            wait | i'm thinking | with that}
        wait {wait | <a-moment> | for (it | me | <a-moment>) | up | there | here | hold on | hang on | let
            me think}
        wait (a | for a) (bit | while)
        bear with me [<a-moment> | for <a-moment>]
        hold (that thought | your horses)
        don't (say anything | answer | talk | speak | reply | start | interrupt) (yet | for <a-moment>)
        don't interrupt [me]
        i'm not (done | finished) (talking | speaking) [yet]
        just wait | stand by
        let me [just | quickly] (check | find | get | grab | fetch) (something | (my | a | the) \w+)
        ~when [just] (a | one) <moment>
        ~when just (a | one) <moment>
        ~ (two | half a | a few | a couple of) <moment>
        ~ moment | patience | be patient [with me]
        ~ i'm [still | just] thinking
        ~ (i (need | want) | i'd (like | need) | i'll need) [just] (<a-moment> | (some | more | a little |
            a bit more) time [to think]) [to think] [about (it | that | this)]
        ~ i (need | have) to think [for <a-moment>]
        ~ i'm not (done | finished) [yet]
        ~ i wasn't (done | finished) [yet]
    """,
}
"""What people say for each, an alternative a line."""

BESIDE: dict[str, str] = {
    "WAIT": r"""
        (the | my) (phone | door | doorbell | bell | kettle) (is ringing | rings | is calling)
        (someone | somebody | someone's | somebody's) [is] (at the door | calling | here)
        (i'll | i will) be [right] back | i [just] (need | have) to (check | look | think | find it | see)
    """,
    "STOP": r"""
        i (get | got | know | understand | understood | heard) [it | that | you | enough] | got it | i see
        i have a headache | my (head | ears) (hurts | hurt) | i'm (tired | busy | on the phone | working |
            asleep)
        (the | my) \S+ [is | are] (sleeping | asleep) | i'm trying to \w+ | you (talk | speak) too much |
            you're too loud
    """,
    "NEVER_MIND": r"""
        (i | i'll | i've) [already | just | will] (found | find | figured | got | get | know | see |
            remember | remembered | understand | do | did | solved | look) [it | that] [out | up]
            [myself | later | now | already]
        (it's | that's) (okay | fine | all right | good | nothing | not important)
        i [just | have] changed my mind
        i was (talking | speaking) to \w+ [\w+] | nothing
    """,
    "GO_ON": """
        [sorry] (for | about) (interrupting [you] | the interruption | that)
        [sorry] i (interrupted | cut) you [off] | i didn't mean to (interrupt | cut) [you] [off]
        (don't | never) mind me | i'm (back | listening | here | all ears | ready) | i won't interrupt
            [again]
        i was (just | only) (coughing | sneezing)
    """,
}
"""What may be said beside a request, and be no more than an excuse for it."""
