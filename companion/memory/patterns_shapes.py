"""The shapes of English that patterns look for: how clauses begin, and what is small talk."""

from __future__ import annotations

import re

from companion.memory.people import RELATIONS

WORD = re.compile(r"'(?:m|re|ve|ll|d|s)\b|[^\W_]+n['’]t\b|[^\W_]+(?:-[^\W_]+)*", re.IGNORECASE)
"""A word, or the short form of a verb behind one."""
SENTENCE = re.compile(r"(?:[^.!?\n;]|\.(?=\w))+[.!?;\n]*")
"""A sentence with the marks behind it."""
LEAD = re.compile(
    r"^(?:(?:oh|um|uh|well|hi|hello|hey(?: \w+)?|yeah|yep|yes|yup|sure|okay|ok|so|and|but|also|actually|"
    r"anyway|wow|"
    r"thanks|thank you|no|nah|honestly|absolutely|definitely|totally|lol|haha|exactly|right)\b[,!. ]*)+",
    re.IGNORECASE,
)
"""What a sentence begins with before it says anything."""
ASKS = re.compile(
    r"(?:do|does|did|have|has|are|is|was|were|can|could|would|will|should|what|who|why|how|when|where|"
    r"which)\s"
    r"(?:i|you|we|he|she|it|they|the|your|my|there|'s|'re|do|does|did|are|is|was)\b|"
    r"(?:what|how|who|where|when)['’]s\b",
    re.IGNORECASE,
)
"""How a question begins that has lost its mark."""
RELATION = "|".join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))
SUBJECT = re.compile(
    r"(?P<subject>(?P<i>\b[Ii])(?=['’ ])|(?P<we>\b[Ww]e)(?=['’ ])|(?P<pronoun>\b(?:[Ss]he|[Hh]e))(?=['’ ])|"
    r"(?P<my>\b(?:[Mm]y|[Oo]ur) (?:\w+ )??(?P<noun>[\w-]+)(?:,? (?P<called>[A-Z][a-z]+))?)(?=['’]s |"
    r" (?:and|is|are|was|were|has|"
    r"have|had|will|can|does|did|just|also|always|really|[a-z]+ed|[a-z]+s|got|went|came|lost|gave|made|took|"
    r"moved|works|lives|'s)\b)|"
    r"(?P<name>\b[A-Z][a-z]+)(?=['’]s (?:a|an|my|the|been|going|coming|got|getting|moving|having|birthday|"
    r"pregnant|engaged|married)\b| (?:is|was|has|had|will|got|works|lives|loves|likes|hates|moved|went|"
    r"came|wants|lost|started|"
    r"bought|passed|broke|told)\b))"
)
"""Whom a clause may be about: the speaker (`i`, `we`), something or somebody of theirs (`my`, with its
`noun` and the name it is `called`), `pronoun`, or a `name`."""
BORDER = re.compile(
    r"(?:[,;:()–—-]|\b(?:and|but|so|because|'?cause|since|when|while|after|before|though|although|that|then|"
    r"plus|also|yeah|well|or|cuz|cos|until|as|think|guess|know|hope|believe|say|said|now|today|yesterday|"
    r"lately|"
    r"recently|actually|honestly|ago|week|weekend|month|year|night|day|morning|friday|saturday|sunday|monday|"
    r"tuesday|wednesday|thursday)[,]?)\s*$",
    re.IGNORECASE,
)
"""What a clause may begin behind."""
IF = re.compile(
    r"\b(?:if|unless|whether|wish|hope|imagine|suppose|than)\b[^,;:–—]*$|\b(?:what|how|why)(?: \w+)?\s*$",
    re.IGNORECASE,
)
"""What stands before a clause that isn't stated."""
DASH = re.compile(r"\s+[–—-]+\s+|\s?--\s?|\s?—\s?|(?<=[a-z])- (?=[a-z])")
"""Dashes that part a sentence."""
OF_ALL = re.compile(
    r"\b(?:each other|one another|we all|people|the world|life's|others|everyone|last (?:chatted|spoke|"
    r"talked|met))\b",
    re.IGNORECASE,
)
"""What is said of everybody."""
CHANGED = re.compile(
    r"\b(?:made|given|gave|helped|taught|inspired|motivated|saved|changed|brought|brings|helps|makes|gives|"
    r"keeps|"
    r"kept) (?:me|my)\b",
    re.IGNORECASE,
)
"""What did something to the speaker."""
TO_YOU = re.compile(r"\b(?:please|you|your|yours|ya|u|you['’]\w+|yourself)\b", re.IGNORECASE)
"""Words to the other one."""
OWN = re.compile(r"\b(?:my|our)\s(?P<nouns>\w+(?:\s\w+){0,2})", re.IGNORECASE)
"""What the speaker calls theirs, with the words behind."""
DEAR = re.compile(
    r"\b(?:special|important|dear|meaningful|significance|means everything) (?:to|for) (?:me|us)\b",
    re.IGNORECASE,
)
"""What something is to the speaker."""
AND_I = re.compile(r" and I(?=[ '’])")
"""Where somebody and the speaker are the subject."""
POINTERS = frozenset(["it", "that", "this", "them", "him", "her", "me", "us"])
"""What stands for something said before."""
AHEAD = re.compile(
    r"^(?:'ve |have )?(?:got|have) an? (?:\w+ ){0,2}(?:appointment|meeting|interview|exam|date|flight|"
    r"surgery|operation|check-?up|test)\b|"
    r"^(?:'ll|will)\b|\bgoing to\b|^(?:am |'m |'re |are )?(?:planning|hoping|looking|thinking|trying|aiming|"
    r"considering)\b|^(?:plan|want|hope|wanna|intend|aim|need)\b|^'d (?:love|like)\b"
)
"""What is meant to come."""
HEDGED = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|might|guess|think|not sure|kind of|sort of)\b", re.I
)
"""What isn't said for certain."""
WISHED = re.compile(
    r"(?:['’]d|would) (?:really |also |so )?(?:love|like) to (?!see|hear|know|help|come|join|check|"
    r"try that|chat|"
    r"talk|support|learn more|take a look)\w+ |\bcan(?:['’]t|not| not)? (?:eat|drink|stand|sleep|play|"
    r"speak|cook|"
    r"swim|drive|ride|sing|dance|draw|paint|afford|walk)\b|can['’]t wait to (?!see|hear|know|check|try|"
    r"meet|read|"
    r"share)\w+ ",
    re.IGNORECASE,
)
"""What somebody would like, or can: something lasting behind "would" and "can"."""
ELIDED = re.compile(
    r"(?:just |also |finally |recently |still |already |currently |never |not )*(?:been|gonna|wanna|"
    r"planning|hoping|"
    r"thinking (?:of|about)|looking (?:for|to|into)|trying to|working|starting|started|lost|got|moved|quit|"
    r"bought|sold|opened|opening|joined|broke|passed|met|went|had|took|made|ran|read|won|found|learned|"
    r"learning|"
    r"researching|studying|practicing|playing|training|living|moving|visiting|signed|finished|launched|hired|"
    r"can't wait to (?!see|hear)\w+ \w+)\b",
    re.IGNORECASE,
)
"""How a sentence begins that leaves "I" out."""
GERUND = re.compile(r"^\w+ing\b.*\b(?:is|are|was|helps|makes|can|brings|gives|has|['’]s)\b", re.IGNORECASE)
"""A sentence about doing something, not of doing it."""
TAIL = re.compile(
    r"(?:[,\s–—-]+(?:and|but|so|because|'?cause|since|when|while|after|before|though|although|that|then|"
    r"plus|also|"
    r"or|cuz|cos|until|as|which|yeah|well))+\s*$",
    re.IGNORECASE,
)
"""What only leads on to the next clause."""
WHEN = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|(?:last|next|this|every|each|past|coming) (?:\w+ )?(?:week|"
    r"weekend|month|year|"
    r"night|summer|winter|spring|autumn|fall|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|"
    r"sep|oct|nov|"
    r"dec|morning|evening|day)\w*|ago|in (?:january|february|march|april|may|june|july|august|september|"
    r"october|"
    r"november|december|\d{4})|since|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"for (?:\w+ )?(?:years|months|"
    r"weeks)|lately|recently|soon|\d+(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
"""A time; finer than this is `times.spans`, which is asked once a fact is kept."""
WHEN_ALONE = re.compile(
    r"(?:(?:on|in|this|last|next|the|past|first|a|an|few|couple|of|two|three|two|other|early|late|back|"
    r"yesterday|today|tonight|tomorrow|lately|recently|week|weekend|month|year|night|morning|summer|winter|"
    r"spring|"
    r"autumn|fall|ago|days|weeks|months|years|mon|tues?|wed|thurs?|fri|sat|sun|\w+day|january|february|"
    r"march|april|"
    r"may|june|july|august|september|october|november|december|\d+)[\s,]+)+",
    re.IGNORECASE,
)
"""Nothing but a time, before a clause."""
WEIGHED = re.compile(
    r"\b(?:thinking (?:of|about) \w+ing|looking (?:for|into|to) \w|looking forward to (?:opening|start|mov|"
    r"gett|hav|"
    r"going|launch|spend|travel|visit|work|be))",
    re.IGNORECASE,
)
"""What somebody thinks of doing or looks for."""
IDENTITY = re.compile(
    r"\b(?:a|an|the) (?!bit|little|lot|sec|couple|mess|total|huge help)(?:\w+[- ])*?(?:fan|mom|mum|dad|"
    r"mother|father|"
    r"parent|twin|student|\w+(?:er|or|ist|ian|ant))\b",
    re.IGNORECASE,
)
"""What somebody is."""
PERSONS_DO = re.compile(
    r"(?:['’]s| is| was) (?:been |just )?(?:coming|going|moving|getting|having|visiting|pregnant|engaged|"
    r"married|my|our)\b|"
    r" (?:works|lives|moved|got|lost|bought|told|wants|started|passed|loves|likes|hates|came|went|broke)\b"
)
"""What only people do."""
POINTING = re.compile(
    r"(?:it|they|this|that|these|those|their|here|there|which|seeing|reminds|\w+, (?:it|they|this|that))\b",
    re.IGNORECASE,
)
"""How a sentence begins that says something of what was said before."""
OF_MINE = re.compile(r"\b(?:of mine|of ours|one of my)\b", re.IGNORECASE)
"""Somebody or something of the speaker's."""
OCCASION = re.compile(
    r"\b(?:the|our|a|an) (?:\w+ ){0,2}(?:opening|concert|show|event|party|wedding|exam|interview|"
    r"competition|festival|"
    r"trip|workshop|meeting|launch|race|tournament|appointment|performance|ceremony|fair|conference|recital|"
    r"convention|funeral|surgery|graduation|reunion|match|game)\b",
    re.IGNORECASE,
)
"""What has a day of its own."""
DID = re.compile(
    r"\b(?:I|we) (?:just |recently |finally )?(?:\w+ed|went|made|did|got|took|bought|wrote|met|had|won|"
    r"lost)\b",
    re.IGNORECASE,
)
"""What the speaker did, in a clause about the thing they did it to: "the parade I went to"."""
DREAM = re.compile(r"\b(?:a|my|our) (?:\w+ )?(?:dream|goal|passion|hobby|ambition)\b", re.IGNORECASE)
"""What somebody lives for."""
VAGUE = re.compile(
    r"\b(?:(?:go|going) to (?:sleep|bed)|to hear\b|a (?:moment|minute|second)\b|finished yet|on mute|"
    r"used to say$|"
    r"about (?:it|that|this)$|(?:love|loved|like|liked) (?:the|this|that|these|those|how|it|them|when)|"
    r"feel (?:it|that|like)|"
    r"felt (?:like|that)|able to|it all|a lot of (?:things|stuff)|do my best|doing my best|"
    r"means? (?:a lot|so much|the world))\b",
    re.IGNORECASE,
)
"""What says nothing by itself."""
HAVING, DOING = frozenset(["have", "has", "had", "'ve"]), frozenset(["do", "did", "need", "got"])
PARTICIPLE = re.compile(
    r"\w+ed|\w+(?:own|iven|aken|oken|itten|ought|aught|elt|ept|ung|ade|orn|osen|idden|awn)|been|got|gotten|"
    r"gone|done|"
    r"had|made|met|seen|lost|found|won|read|run|come|become|begun|put|set|cut|quit|left|heard|told|said|"
    r"sold|held|"
    r"spent|sent|built|learnt|paid|eaten|fallen|hurt|hit|led|let|shot|sat|stood|understood|understand"
)
"""A verb behind "have"."""
HABIT = re.compile(
    r"\b(?:never|don['’]t|doesn['’]t|no longer|any ?more|always|usually|every)\b", re.IGNORECASE
)
"""What is so always, or never."""
OPINION = re.compile(
    r"\b(?:[Tt]hink|[Ff]ind|[Bb]elieve)s? (?:that )?(?:(?!I\b|It\b|That\b|The\b|This\b)[A-Z][a-z]+|my \w+) "
    r"(?:is|are|was|has)\b"
)
"""What somebody thinks of somebody."""
SUPPOSED = re.compile(r"\b(?:if|unless|whether|wish)\b", re.IGNORECASE)
"""What isn't stated."""
_COUNTED_TEXT = "a an the my our no some two three four five six lots many one"
COUNTED = frozenset(_COUNTED_TEXT.split())
"""What stands before what somebody has."""
_BEHIND_PLACES_TEXT = "with for on in next tomorrow tonight to at this by and"
BEHIND_PLACES = frozenset(_BEHIND_PLACES_TEXT.split())
"""What stands behind where somebody is going."""
GLUE_TEXT = """
    the a an to of for with at from by and or but as about me my our his her their its we they he she i us
    him who what which that's it's 's 'm 're 've 'll 'd into over through
"""
GLUE = frozenset(GLUE_TEXT.split())
