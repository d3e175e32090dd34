"""How people ask something of her memory, in the notation of `grammar`.

Words in capitals stand for the person's own: ABOUT what it is, INSTEAD of what (`remembering` says what they
may be). What stands around a request is taken for politeness, as in `sayings`; only `<after>` may follow
people's own words, for "now" and "then" may be a part of them.

Marks at the front of a line ("~names") ask for more than a notation can say: `wished` has them.
"""

from __future__ import annotations

FOLDED = {
    "ok": "okay", "okey": "okay", "kay": "okay", "pls": "please", "plz": "please", "u": "you", "ya": "you",
    "cannot": "can't", "forgett": "forget", "erease": "erase", "memorise": "memorize", "spelt": "spelled",
}  # fmt: skip
"""Words that are said or heard in several ways, and the one that the rules know."""

RULES: dict[str, str] = {
    "after": """
        please | thanks | thank you [(very | so) much] | okay | will you | would you | can you | could you
            | <name> | for me | all right | if you (can | could | would | don't mind) | from now on |
            right
    """,
    "before-too": """
        i beg your pardon | pardon | like | you see | i'm afraid | my dear | by the way | also | oh and |
            i (just | also) (wanted | want) to say
    """,
    "i-said": "i [actually | just | really] (said | meant [to say]) | it's | it was | it is | the name is",
    "spelled-so": "with (a | an | one | two) \\S+ [at the (end | front | beginning)]",
    "dont": "don't | do not | don't you [dare] | you mustn't | you must not",
    "that-is": """
        that's | that is | this is | it's | it is | that was | it was | this was | those are | that
    """,
    "isnt": "isn't | is not | wasn't | was not | ain't | aren't | are not",
    "quite": """
        just | actually | totally | completely | all | quite | simply | really | entirely | exactly |
            plain | factually | so | still | definitely | certainly | obviously
    """,
    "any-more": "any more | anymore | any longer | at all | now | today | either | there",
    "that": "that | this | it | that one | this one",
    "i-have": "i | i've | i have | i had | i'd | we | we've | we have",
    "you-have": "you | you've | you have",
    "ever": "ever | just | already | once | recently | so far | previously | all | also",
    "told": """
        said | say | told you | tell you | mentioned | mention | shared | share | talked | talk | spoke |
            spoken | speak | discussed | discuss | confided | let slip | revealed | brought up
    """,
    "to-you": "to you | with you | to each other | together | earlier | before | just now",
    "on": "about | of | on | regarding | concerning",
    "memory": """
        [your | the] (memory | memories | mind | notes | records | record | database | memory banks |
            store | head | history)
    """,
    "everything": """
        everything | anything | all | all of it | all of (that | this) | whatever | every word | all the
            (things | stuff) | all (things | of the things) | each thing | what | the things | things
    """,
    "keep-that": """
        remember | never [ever] forget | <dont> [ever] forget | keep in (mind | memory) | bear in mind
        (make | take | keep | leave) [yourself] [a] [mental | quick | little] (note | notes | memo |
            reminder) [of (it | this | the fact)]
        note [down] | write down | jot down | put down | take down | memorize | log | record | mark down
        (save | store | keep | put | commit | file | add | write) [it | this] [away | down] (in | to |
            into | away in) <memory> | (save | store | memorize) this [for (me | later)]
        (know | be aware) for (later | next time | the future)
        for (future reference | next time | later)
    """,
    "keep-it": """
        remember <that> [well] | memorize <that> | never forget <that> | <dont> [ever] forget <that>
        (keep | bear) <that> in (mind | memory)
        (write | note | jot | put | mark) <that> down | note <that>
        (make | take | keep) [a] [mental] (note | notes | memo) [of <that>]
        (save | store | keep | put | commit | add | file) <that> (in | to | into | away in) <memory>
        (remember | note | save | store | keep) (what i [have] [just] (said | told you) | the last thing
            [i said])
    """,
    "wrong": """
        [<quite>] (wrong | incorrect | false | untrue | mistaken | outdated | old | inaccurate | a mistake
            | an error | out of date | not it | nonsense | a misunderstanding | a lie)
        (not | no longer | never) [<quite>] (right | true | correct | accurate | the case | it | how it
            (is | was | went) | what happened | up to date | valid)
    """,
    "wrongness": """
        <that-is> <wrong> [<any-more>]
        (that | it | this | that one | this one | that information | this information | your information)
            (is | was | <isnt>) <wrong> [<any-more>]
        (that | it | this | that one | this one) <isnt> [<quite>] (right | true | correct | accurate | the
            case | it | up to date | how it (is | was | went) | what happened) [<any-more>]
        <you-have> [have | got | get | had | gotten] <that> [<quite>] (wrong | mixed up | backwards | the
            wrong way [round | around])
        (you're | you are | you were) [<quite>] (wrong | mistaken | confused | misinformed | out of date |
            mixing (that | it | things | something | them) up) [about <that> | there]
        <you-have> (remember | remembered | recall | have | noted | stored | saved) <that> [<quite>]
            (wrong | wrongly | incorrectly)
        you're (remembering | misremembering) <that> [wrong | wrongly | incorrectly] | you (misremember |
            misremembered) [<that>]
        your (memory | information) is [<quite>] (wrong | off | incorrect | outdated | out of date)
        you (mixed | mix | muddled | got | are mixing) (that | it | things | something | them | those)
            [all] (up | mixed up | confused)
        (that | it | this) [has | have] [since] changed | that's changed | it's changed | things have
            changed
        i (got | told you | said) (that | it) wrong | i misspoke | i made a mistake | i was (wrong |
            mistaken) [about <that>]
        wrong | incorrect | not (true | right | correct) [<any-more>] | correction | i stand corrected
    """,
    "mend": """
        (correct | fix | update | change | amend) (<that> | your memory | your notes) [to | into]
    """,
    "clause": """
        it's | it is | its | it was | that's | that is | she's | she is | she | he's | he is | he |
            they're | they are | they | i'm | i am | i | we're | we are | we | my | his | her | our |
            their | the | there's | there are | in | on | at | to
    """,
    "it-is": """
        it's | it is | its | it was | that's | that is | she's | she is | he's | he is | they're | they
            are | (his | her | its | my | the | their) name (is | was) | (the | her | his | my) name's
    """,
    "erase": """
        forget | delete | erase | remove | wipe | scrub | discard | unremember | purge | expunge | get rid
            of | throw (away | out) | clear | take back
    """,
    "out-of-it": """
        (from | off | out of) (it | <memory>) | out [of it] | completely | entirely | altogether | for
            good | forever | again | away | down | up | permanently
    """,
    "just-now": """
        that | this | that again | all (that | of that | of this | this) | it [again] | those
        [everything | all] (what | that) <i-have> [<ever>] (<told> | asked | was saying) [<to-you>] [there
            | to you | now]
        [everything | all of what | what] <i-have> [just] <told> [just now | there]
        (that | the | my) [very] last (bit | part | thing | one | sentence | remark | statement | message
            | words | turn | comment | piece | couple of sentences | few (sentences | words)) [that] [i
            (just said | said | told you | mentioned | wrote)]
        that (bit | part | thing | sentence | remark | one) [i [just] (said | told you)] | my last words
        (that | this) [whole] (conversation | exchange | chat | discussion | talk) [we just had]
        [that] <i-have> [ever] (said | mentioned | told you | brought up) (that | it | this | anything |
            so | any of (that | this))
        [that] <i-have> [ever] (said | mentioned) anything
    """,
    "all-of-it": """
        [absolutely | simply] everything [you (know | have | remember | stored | noted)] [about me]
        everything [that] <i-have> [ever] (<told>) [to you] | all (my (data | memories) | your memories |
            memories | of me | about me) | all you know [about me] | [all] your [whole | entire] memory
            [of me]
        my (whole | entire) (history | life | past) | every (memory | single thing) | me [completely] |
            all of it | your memories [of me] | what you know about me | all the things you know [about
            me] | all that you know [about me]
    """,
    "time": """
        yesterday [morning | afternoon | evening | night] | today | tonight | this (morning | afternoon |
            evening | week | month | year | weekend)
        last (night | week | month | year | weekend | \\w+day | summer | winter | spring | autumn | fall)
        [on] (\\w+day) [morning | afternoon | evening | night]
        [the] (last | past) [(a | few | couple of | half | half an | half a | quarter of an | \\w+)] [few |
            couple of] (seconds | minutes | minute | hour | hours | days | day | week | weeks | month |
            months) [and a half] [of (our | this | the) <talks>]
        (since | before | after | until | in | on | from) [last | this | the] \\S+ [\\S+] [\\S+]
        (half an | a few | a couple of | \\w+) (minute | minutes | hour | hours | day | days | week | weeks |
            month | months | year | years) ago | earlier [today] | the other day | a while (ago | back) |
            recently
    """,
    "talks": """
        (conversation | chat | talk | discussion | conversations | chats | talks | discussions | exchange)
    """,
    "notes": """
        thing | things | bit | part | stuff | note | notes | fact | facts | info | information | memory |
            memories | story | detail | details | entry | entries | <talks> | business | matter | remark |
            remarks
    """,
    "know": """
        know | remember | recall | have stored | have saved | have noted | have written down | have |
            store | keep | have got | have learned | have heard | learned
    """,
    "said-before": """
        (told | tell | said | say | mentioned | mention | shared | share | talked | talk | spoke | speak |
            spoken | discussed | discuss | chatted | chat)
    """,
    "from-here": """
        now | please | for now | for a (bit | while | moment | minute | second | sec | sentence) | from
            (now | here) [on | on out] | right now | today | tonight | okay | then | for the moment | for
            the (next | rest of the) \\S+ [\\S+] | until i (say | tell you) [otherwise | so] | starting
            now | if that's okay | between us | just between us | again | thanks | temporarily | a moment
            | just | all right | briefly | <name> | if you (don't mind | can | could | will)
    """,
    "this": """
        this | (what | the things | anything | everything | something) (i'm | i am) [about to | going to |
            gonna] (say | saying | tell you | telling you | tell | share) [next | now]
        what i (say | tell you | will say | have to say | share) [next | now | from now on] | what (comes
            | follows | is coming) [next | now] | the following | any of (this | what follows | it) | the
            next (bit | part | thing | few minutes | minute | sentence | sentences | few sentences) [i
            say]
        what (we | you and i) (talk about | discuss | say) [now | next] | (this | the | our) [next |
            following] (conversation | part | bit | chat | talk | sentence | story | one)
        anything [i say | from now on | i tell you] [now | from now on | next] | things | everything [i say]
    """,
    "off": "off [of] [the] record",
    "go": """
        (go | talk | be | speak | keep (this | it) | stay | do this | have this | make this | put this)
    """,
    "ever-back": "[now | right | all | start] [back | again] on [the] record [again]",
    "has-been": "(how long (ago | has it been since | is it since) | how long's it been since)",
}
"""Parts that several wishes are made of."""

SAYINGS: dict[str, str] = {
    "OFF_RECORD": """
        <off> {<from-here>}
        ~apart [this is | that's | it's | we're] [strictly] <off> [though | now] [but | so | because] ABOUT
        (this is | that's | that is | it's | we're | we are | let's <go> | (can | could | may) we <go> |
            (can | could | may) this be | i (want | would like | need) (to | this to) <go> | i'd like (to
            | this to) <go> | <go> | <this> (is | are | stays | should be | has to be | must be | will be
            | shall be) | take (this | us) | between (us | you and me) [and] | from now on [we're | this
            is]) [strictly | all | completely | totally | now | just] <off> {<from-here>}
        i (want | need | would like | have) to (tell you something | say something | talk to you | talk)
            <off> {<from-here>} | i'd like to (tell you something | say something | talk to you | talk)
            <off> {<from-here>}
        (stop | pause | quit | halt | suspend) (remembering | memorizing | taking notes | keeping notes |
            noting | writing [things | this | it] down | saving | storing | logging | keeping (track | a
            record | records)) [of] [<this>] {<from-here>}
        (stop | pause) recording (what (i | we) say | this | everything | things | my words | what i'm
            saying | this conversation) {<from-here>}
        <dont> (remember | keep | save | store | record | write down | note | note down | log | memorize |
            make a note of | take notes of | take down | hold on to | put down | keep track of) [any of]
            <this> {<from-here>}
        <dont> (remember | keep | save | store | record | take notes | log) {<from-here>}
        <dont> (write | put | take | note) (this | any of this) down {<from-here>}
        <dont> keep [a] (notes | note | record | track) [of] [<this>] {<from-here>}
        (turn | switch) off (your | the) memory {<from-here>} | (turn | switch) (your | the) memory off
            {<from-here>}
        (pause | stop | disable | suspend) (your | the) (memory | record | recording | notes) {<from-here>}
        forget (what i'm about to (say | tell you) | what comes next | the next bit) {<from-here>}
        (nothing | none) (of this | i say now | i'm about to say | of what i say [now]) [(is | goes) on
            the record | should be (kept | stored | saved | remembered)] {<from-here>}
    """,
    "ON_RECORD": """
        [back] on the record [again] {<from-here>} | back on [the] record {<from-here>}
        (we're | we are | i'm | this is | that's | let's (go | get | be | put (this | it | us)) | (can |
            could | may) we (go | be | get) | (go | come | get) | you're | you are | we can (go | be |
            get) | put (us | this | me) | i (want | would like) to (go | be) | i'd like to (go | be) |
            from now on [we're | this is]) <ever-back> {<from-here>}
        (you | we) (can | may | could) [start | go back to | now] (remember | remembering | record |
            recording | take notes | taking notes | keep notes | store | storing | save | saving) [things
            | this | everything | again | that | what i say] [again | now | from now on] {<from-here>}
        (start | resume | begin | continue | restart) (remembering | memorizing | taking notes | keeping
            notes | recording | saving | storing | logging) [things | this | everything | what i say]
            [again | now] {<from-here>}
        [from now on] (remember | record | keep | save | store) (things | everything | what i say | stuff)
            [again | from (now | here) on] {<from-here>}
        (turn | switch) [back] on (your | the) memory {<from-here>} | (turn | switch) (your | the) memory
            [back] on {<from-here>}
        (resume | unpause | enable | reactivate | start) (your | the) (memory | record | notes)
            {<from-here>}
        [that's | that was | this is] [the] end of [the] (off the record | off-the-record) [part | bit |
            stretch | section] {<from-here>}
        (no longer | not | we're not | we're no longer | this is no longer | i'm no longer | we are no
            longer) off the record [any more | anymore] {<from-here>}
        (end | stop | leave | over with) [the] (off the record | off-the-record) [part | bit | mode |
            stretch] {<from-here>}
    """,
    "WHICH_RECORD": """
        (are we | is this | is that | am i | are you) [still | now | currently | back] (off | on) [of] the
            record [now | still | right now | again | yet]
        are you [still] (remembering | recording | keeping | storing | saving) (this | that | what i say)
            [now]
        is (this | that | what i say) [still] being (kept | stored | recorded | saved | remembered) [now]
    """,
    "MISHEARD": """
        ~few ~word i [actually | clearly | really] (said | meant [to say]) ABOUT [<spelled-so>] [and] not
            INSTEAD [you misheard [me]]
        ~few it was ABOUT i said not INSTEAD
        ~few ~word i [actually | clearly | really] said ABOUT you heard INSTEAD
        i (didn't | did not | never) [actually] (say | said | mean) INSTEAD [but | and] i [actually] (said
            | meant) ABOUT
        ~names ~few i (didn't | did not | never) [actually] (say | said | mean) INSTEAD [but] [it's | it
            was | i meant] [ABOUT]
        ~denies ~word i [actually | clearly | just | really] (said | meant [to say]) ABOUT
        ~proper i [actually | clearly | just | really] said ABOUT
        ~denies ~names ~few (the | her | his | their | its | my) (name | word | number | code | place) (is
            | was) ABOUT [not INSTEAD]
        ~few (what i said was | the word (is | was)) ABOUT [not INSTEAD]
        ~names ~apart not INSTEAD [but | it's | i said | i meant | it was] ABOUT
        ~denies ~names ~few ~name ABOUT [and] not INSTEAD
        ~spells (it's | its | it is | that's | that is | he's | she's | it | that) [actually] spelled ABOUT
        ~letters (it's | it is | that's | he's | she's) [actually] written ABOUT
        ~spells (the | her | his | my | their | its) name [is | was] [actually] (spelled | written) ABOUT
        ~letters (it's | it is | that's | he's | she's | her name is | his name is | my name is) ABOUT
        ~few INSTEAD is [actually] spelled ABOUT
        ~spells you spell (it | that | her name | his name | my name) ABOUT
        ~few you [have] (misheard | misunderstood) [me | that | it | the name] [dear] [<i-said>] ABOUT [i
            said] not INSTEAD
        ~short you [have] (misheard | misunderstood) [me | that | it | the name] [dear] [<i-said>] [ABOUT]
        ~few you [have] (heard | understood) (me | that | it | the name) wrong [dear] [<i-said>] ABOUT [i
            said] not INSTEAD
        ~short you [have] (heard | understood) (me | that | it | the name) wrong [dear] [<i-said>] [ABOUT]
        ~short you [have] got (me | the name) wrong [<i-said>] [ABOUT]
        ~short you (didn't | did not) (hear | understand | get) (me | that | it | the name) (right |
            correctly) [<i-said>] [ABOUT]
        ~short (that's | that is | that was) not (what | the (word | name | thing) [that]) i [actually]
            (said | meant to say) [<i-said>] [ABOUT]
        ~short (that | it) <isnt> (what | the (word | name) [that]) i said [<i-said>] [ABOUT]
        i (didn't | did not | never) say (that | it | so)
    """,
    "WRONG": """
        <wrongness>
        ~stops ~contrasts <wrongness> [i'm afraid | dear | love] ABOUT [and] not INSTEAD
        ~stops <wrongness> [i'm afraid | dear | love] ABOUT
        what you [just] (said | told me | know | remember | have) [<on> \\S+ [\\S+]] (is | was) [<quite>]
            (wrong | incorrect | outdated)
        ~stops what you [just] (said | told me | know | remember) <on> INSTEAD (is | was | isn't right |
            isn't true) [<quite>] [wrong | false | incorrect | outdated] ABOUT
        ~stops <you-have> [got] INSTEAD wrong ABOUT
        ~short <mend> [ABOUT]
        ~short (i (have | need | want) to | let me | i'd like to) correct (you | that | this) [there]
            [ABOUT]
        ~names ~few make (that | it) ABOUT
        ~short (that | it | this) should be ABOUT
        ~corrects ITS [and] not INSTEAD
        ~corrects (it's | it is | that's | it was) not INSTEAD [but] ITS
        ~corrects (it | that | she | he) <isnt> INSTEAD [but] ITS
        ~denies ~brief (he's | she's | they're | i'm | we're | he is | she is) not INSTEAD [but] ITS
        ~corrects <it-is> not INSTEAD but ABOUT
        ~denies ~brief CLAIM [and] not INSTEAD
        ~denies ~names not WHEN INSTEAD [but] AT
        ~contradicts ~names ITS
    """,
    "FORGET": """
        ~all <erase> all of it everything [i've | i have] [ever] [told you | said | you know]
        ~erases <erase> <just-now> [<out-of-it>]
        strike (that | this | it) from (<memory>)
        <dont> (remember | keep | store | save) (that | what i [have] [just] (said | told you) | that last
            (bit | part | thing))
        you (don't | do not) (need | have) to (remember | keep | know) that
        ~all <erase> [about] <all-of-it> [<out-of-it>]
        <erase> ([about] <everything> [that]) [<you-have> (know | remember | heard | have [stored | saved
            | noted] | stored | saved | noted)] (<on> | from) ABOUT [<out-of-it>]
        <erase> [about] <everything> [that] <i-have> [<ever>] <told> [<to-you>] (<on> | from | in |
            during | at) ABOUT [<out-of-it>]
        <erase> [about] <everything> [that] <you-have> [<ever>] (know | remember | heard | stored | saved
            | noted | learned | said) [<on> | from] ABOUT [<out-of-it>]
        <erase> <everything> [that] (has [anything | something] to do with | concerns | involves | relates
            to | mentions) ABOUT [<out-of-it>]
        <erase> [about] <everything> [that] [<i-have>] [<told>] TIME [<out-of-it>]
        ~hers <erase> (that | the | my | our | all the | all | all of the | your | any) [whole | last |
            little] <notes> [that | where | when] [<i-have> [<ever>] (<told> | had)] (<on> | from | with |
            of) ABOUT [<out-of-it>]
        <erase> (that | the | our | my) [whole] <talks> [we had] TIME
        <erase> TIME [<talks>]
        <erase> (what | everything) <i-have> [<ever>] <told> [<to-you>] TIMED (<on> | from) ABOUT
            [<out-of-it>]
        (strike | scratch) (what | everything) <i-have> [<ever>] <told> [<to-you>] <on> ABOUT
        i want (everything | what i said | all) <on> ABOUT (gone | erased | deleted | out | wiped)
            [<out-of-it>]
        <dont> (remember | keep | store | save) what <i-have> [<ever>] <told> [<to-you>] <on> ABOUT
        <erase> what [<you-have>] [got | have] (stored | saved | noted | written down | kept) <on> ABOUT
        ~hers <erase> [about] that <i-have> [<ever>] <told> [<to-you>] [that | <on>] ABOUT [<out-of-it>]
        ~hers <erase> [about] <i-have> [<ever>] <told> [<to-you>] [that | <on>] ABOUT [<out-of-it>]
        ~hers ~claim <erase> [the fact] that ABOUT [<out-of-it>]
        ~hers <erase> about ABOUT [<out-of-it>]
        ~hers ~theirs <erase> MINE [<out-of-it>]
        ~hers ~theirs ~bare forget the ABOUT [<out-of-it>]
        ~hers <erase> ABOUT (from | out of) <memory>
        <dont> (remember | keep | store) anything [that] [<i-have> <told>] <on> ABOUT
        i (don't | do not) want you to (remember | know | keep | store) [what i [have] <told> [you] |
            anything [i [have] <told> [you]]] (that | <on>) ABOUT [any more | anymore]
        let's (forget | delete | erase) (what | everything | that) <i-have> [<ever>] <told> [<to-you>]
            <on> ABOUT
    """,
    "SOURCE": """
        (how (do | did | would | can | could | come)  | how'd) you [even | actually | possibly] know [that
            | this | it | so | all that | all this]
        how (do | did | would | could) you [even | actually | possibly] (know | learn | find out | hear |
            come to know | get to know) (<on> ABOUT | that ABOUT | OURS)
        ~proper how (do | did | would) you [even | actually] know ABOUT
        how did you (learn | find | find out | hear | come to know | get to know) [<on>] [that | this |
            it] [out]
        how come you know [that | this | it]
        how come you know (<on> ABOUT | OURS)
        where (did | do | have) you (get | got | have | take | know | hear | learn | read | pick up |
            find) (that | this | it) [up | out] [from | information from]
        where (did | do | have) you (get | got | hear | learn | read | know) (<on> ABOUT | OURS) [from]
        where did you (get | hear | read) that [idea | information | impression] [from]
        where (is | does) (that | this | it) [come | coming] from | where's (that | this | it) [coming] from
        (who | what) told you [that | this | it | so | about (that | this | it)]
        who told you (that | <on>) ABOUT
        when (did | have) (i | we) [ever] (say | said | tell you | told you | mention | mentioned) (that |
            this | it | so | such a thing)
        (did | have) i [ever | really | actually] (say | said | tell you | told you | mention | mentioned)
            (that | this | it | so)
        (what's | what is) (your | the) source [for | of] [that | this | it]
        (since when | from when | from where | from whom) do you know [that | this | it]
        when did you (learn | hear | find out) (that | this | it | about (that | this | it))
    """,
    "LAST": """
        ~topic when did (i | we) [last | most recently] (talk | speak | mention | tell you | say | chat |
            discuss | bring up | bring) [anything | something] [up] [to you | with you | to each other]
            [<on>] ABOUT [last | the last time | most recently | up]
        ~topic when (was | is | were) the last time [that | when] <i-have> [ever] <told> [anything |
            something] [to you] [<on>] ABOUT [up]
        ~topic what (day | date | week) did (i | we) last <said-before> [you | to you] [<on>] ABOUT
        ~topic [the] last time <i-have> <told> [<on>] ABOUT when was (that | it)
        ~topic when's the last time [that | when] <i-have> [ever] <told> [anything | something] [to you]
            [<on>] ABOUT [up]
        ~topic when have (i | we) last <said-before> [you | to you] [<on>] ABOUT
        ~topic (tell me | say | do you (know | remember | recall) | can you remember) when (i | we) last
            (<said-before>) [anything | something] [to you] [<on>] ABOUT
        ~topic (tell me | say | do you (know | remember | recall) | can you remember) when the last time
            was [that] (i | we) <said-before> [<on>] ABOUT
        ~topic when was (it | it that) (i | we) last (talked | spoke | mentioned | said | told you) [<on>]
            ABOUT
        ~topic <has-been> [did] [was it that | was it] (i | we) [last] (talk | talked | speak | spoke |
            spoken | mention | mentioned | tell you | told you | discuss | discussed) [<on>] ABOUT
        ~topic when did ABOUT last come up | when was ABOUT last mentioned | when did ABOUT come up last
        ~topic when did (we | i) have (our | that | the) [last] <talks> <on> ABOUT
    """,
    "ABOUT": """
        what [else | all | exactly] (do | did | can) you <know> (<on> | from) ABOUT [so far | by now]
        [(tell | remind) me] what [things | stuff | else] do you <know> (<on> | from) ABOUT
        is there (anything | something) [that] you <know> (<on> | from) ABOUT
        (what is it | what's) [that] you <know> (<on> | from) ABOUT
        what do you (remember | recall | have stored | have noted)
        what [else | all | exactly] (have | did | had) (i | we) [ever | already | just] <said-before> [you
            | to you] [<on>] ABOUT [so far | before | already | in the past]
        what [else] (do | have) you [got | have] [stored | saved | noted | written down | learned | got |
            remembered | heard | kept] [in <memory>] (<on> | from) ABOUT [so far]
        (what's | what is) (stored | saved | noted | in your memory | in your notes) <on> ABOUT
        (tell | remind | show | give) me [again] [everything | all | all that | anything] [that] [what]
            (you <know> | (i | i've | i have) [ever] (told you | said | mentioned)) (<on> | from) ABOUT
        (list | show | read | read out | summarize | summarise | recap | go through) [me] (everything |
            all | what | all that | the things) [that] (you <know> | i told you | i've told you | i said)
            (<on> | from) ABOUT
        (do | can) you (know | remember | recall | have) (anything | something | stuff) [stored | saved]
            <on> OURS
        what are your memories (of | about) ABOUT | what was it [that] i (said | told you) <on> ABOUT
        (what | which things) (did | do) (we | i) (talk | speak | chat | discuss | say | tell you) [about]
            TIME
        what (was | is) the last thing [that] (i | we) (said | told you | mentioned | discussed) <on> ABOUT
    """,
    "KEEP": """
        ~statement [would you mind] remembering that ABOUT
        ~claim (note to self | just so you (remember | know | don't forget) | so you (remember | don't
            forget)) ABOUT
        ~statement [make sure [that] you | it's important that you | be sure [that] you | be sure to |
            make sure to] <keep-that> [for me] that ABOUT
        ~claim <keep-that> (this | the following | one thing | something) [for me] ABOUT
        ~claim [make sure [that] you | it's important that you | be sure to | make sure to] <keep-that>
            ABOUT
        <keep-it>
        ~claim [let me tell you | here's | here is | there's | there is] something [for you | you should |
            i want you] to (remember | keep in mind) ABOUT
    """,
}
"""What people say for each, an alternative a line, in the order in which they are looked for."""

YES = """
    yes+ | yeah | yep | yup | sure [thing] | okay | of course | certainly | absolutely | definitely | right
        | correct | exactly | affirmative | agreed | fine | all right | alright | good | great
    please [do] | do [it | that | so] [now] | go ahead | go for it | go on then | by all means | with
        pleasure | confirmed | i confirm | confirm | i agree | you (can | may | should) | i do | make it so
        | why not | that's (right | correct | it | fine | okay | the one | the right one | what i want) |
        that is (right | correct | it | fine | okay)
    (erase | delete | remove | wipe | purge | discard | get rid of | throw away | clear) (it | that | this |
        them | those | everything | all of it | all of that | all of them | all that | both | all) [all |
        both | out | away]
    all of (it | them | that) | everything | both [of them] | (i'm | i am) [quite | very | absolutely |
        totally | pretty] (sure | certain | positive) | that's what i (want | said | meant)
    i want (that | you to | it gone | that gone) | it can go | it should go
"""
"""What says yes when she has asked whether to erase something. "Forget it" may mean either, and keeps it."""

NO = """
    no+ | nope | nah | no way | never | don't | do not | stop (it | that | right there) | cancel [it | that]
        | wait | hang on | hold on | hold it | never mind | nevermind | forget (it | about it)
    leave (it | that | them) [alone | be | as it is | there | in] | keep (it | that | them | this |
        everything | all of it) | not (that [one] | now | yet | this [one] | really | those | all of it |
            at all | any
        of it | so fast)
    (don't | do not | rather don't | better not) [do | erase | delete | remove | forget | wipe | touch] [it
        | that | this | them | anything | any of it | so]
    (i'd | i would) rather (not | keep (it | that | them) | you (didn't | kept it)) | better not | rather
        not | i'd prefer not [to] | (i | i've | i have) [just] changed my mind
    (absolutely | of course | certainly | definitely | please) not | under no circumstances | no thanks | no
        thank you | let (it | that) (stay | be) | it can stay | i want to keep (it | that | them) | i (don't
        | do not) want (that | to | you to [do that | erase it | delete it])
    i didn't mean (that | it) | that's not (it | what i (meant | want | wanted) | right | the one) | that's
        wrong | wrong one | on second thought | i take that back
"""
"""What says no to it."""

FILLER = """
    um+ | uh+ | oh | well | hm+ | er+m? | now | just | really | then | so | please | thanks | thank you |
        sorry | <name> | okay | i think [so] | i guess [so] | god | i said | you know | actually | and | but
"""
"""What may stand around either."""
