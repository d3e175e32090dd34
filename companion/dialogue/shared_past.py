"""Whether a question can only be answered from what has been said before: where nothing is known there, she
must say so, and never invent it."""

from __future__ import annotations

import re

from companion.dialogue.words import bare

_LEAD = (
    r"(?:(?:and|so|but|well|hey|okay|oh|um|uh|please|companion|wait|hm+|by the way|tell me|just|now|"
    r"like|also|"
    r"actually|dear) )*"
)
_ASKS = (
    rf"{_LEAD}(?:(?:can|could|would|will) you (?:please )?(?:tell me|remind me|remember|recall|say) |"
    r"remind me |do you (?:still |even )?(?:know|remember|recall) |i (?:can't|don't) (?:remember|recall) |"
    r"i forgot )?"
)
_WH = (
    r"(?:what|who|whom|whose|where|when|which|why|how|what's|who's|where's|when's|what're|who're|when'll|"
    r"what'd|who'd|where'd)"
)
_BE = r"(?:is|are|was|were|'s|will|does|did|do|has|have|had)"
_WE = r"(?:i|we|i've|we've|i'd|you and i)"
_MINE = r"(?:i|i've|i'd|you and i)"
_OURS = (
    r"(?:my|our|mine|ours)(?! (?:galaxy|planet|solar|sun|earth|universe|species|world|nearest|"
    r"ancestors|bodies)\b)"
)
_SAID = (
    r"(?:tell|told|say|said|mention|mentioned|talk|talked|speak|spoken|spoke|discuss|discussed|ask|asked|"
    r"promise|promised|call|called|suggest|suggested|recommend|recommended|show|showed)"
)
_DID = (
    r"(?:met|meet|went|saw|did|had|got|bought|put|left|parked|hid|live|lived|work|worked|planned|"
    r"agreed|decided|"
    r"wanted|want|named|used|use|watched|read|ate|paid|borrowed|lent|booked|ordered|visited|chose|"
    r"picked|started|"
    r"flew|gave|heard|took|take|wore|own|owned)"
)
_THEM = r"(?:she|he|they|her|his|their|him|them|she's|he's|they're|she'd|he'd|they'd)"
_KIN = (
    r"(?:mum|mom|mummy|mommy|dad|daddy|mother|father|gran|granny|grandma|grandpa|grandad|granddad|nan|nana|"
    r"auntie)"
)
_DATES = (
    r"(?:wedding|party|appointment|meeting|dinner|dentist|doctor|exam|interview|flight|train|trip|holiday|"
    r"concert|game|funeral|birthday|anniversary|visit|operation|surgery|delivery|deadline|due date|baby|"
    r"reservation|check-up|checkup|move|barbecue|christening|graduation|recital|reunion)"
)
_COMES = (
    r"(?:coming|visiting|going|invited|calling|joining|bringing|staying|arriving|picking|moving|meeting|"
    r"seeing|having)"
)
_PLANS = r"(?:planned|happening|going on|on|up|scheduled|due) (?:on|for|this|next|tomorrow|tonight|today|at)"
_ADVICE = r"\b(?:should|could|would|can|might|best(?! friend| man| mate)|do you think|shall|how to)\b"
_STATE = (
    r"(?:have to|need to|feel|look|sound|get to|get rid|fix|make|say this|spell|look like|start|stop|tell if)"
)

_PAST = tuple(
    re.compile(rf"{_ASKS}{rest}")
    for rest in (
        # "what's my sister's name?", "when is our anniversary?"; no advice
        rf"{_WH} (?!.*{_ADVICE})(?:.* )?{_OURS} .*",
        # "where did I park?", "what have I said about him?", "where are we meeting Ted?"
        rf"{_WH} (?:\S+ ){{0,2}}(?:did|have|had|was|were|do|am|'ve) {_MINE}\b(?! {_STATE}\b).*",
        rf"{_WH} (?:\S+ ){{0,2}}(?:did|have|had|was|were|'ve) (?:we|we've)\b(?! {_STATE}\b).*",
        rf"{_WH} (?:\S+ ){{0,2}}are we (?:{_COMES}|leaving|eating|doing (?:on|this|next|tomorrow|"
        rf"tonight))\b.*",
        # "which film did you suggest?", "the plumber we used", "the joke you told me"
        rf"{_WH} (?!.*{_ADVICE})(?:\S+ )*{_WE} (?:\S+ )?(?:{_SAID}|{_DID})\b.*",
        rf"{_WH} (?:\S+ )*(?:did )?you (?:{_SAID}) ?(?:me|us|i|we|to|on|last|yesterday|that|about)\b.*",
        rf"{_WH} (?:\S+ )?did you {_SAID}\b.*",
        # "what did Jonas want me to bring?", "who gave me the scarf?"
        rf"(?:what|who|where|when|which|why) (?!.*{_ADVICE}|.*\b(?:you|wrong|makes?)\b)(?:\S+ "
        rf"){{1,4}}(?:me|us)\b"
        r"(?! (?:a|an|something) ).*",
        r"who (?:gave|lent|borrowed) .*",
        # "did I tell you about the trip?", "have I ever mentioned Amy?", "do I like coriander?"
        rf"(?:did|have|had|haven't|didn't|hadn't) {_WE} (?:not )?(?:ever |already |once |actually |even |"
        rf"just )?"
        r"(?!to\b).*",
        rf"do {_MINE} (?:like|have(?! to)|own|know|take|eat|drink|work|live|prefer|hate|love|owe|wear|"
        rf"smoke)\b.*",
        rf"(?:was it|is it|wasn't it) (?!.*{_ADVICE})(?:.* )?{_OURS} .*",
        # "do you remember my sister?", "do you know what I do?"
        r"(?:do|don't|can|did) you (?:still |even )?(?:remember|recall) (?!to\b|how\b).*",
        rf"do you (?:still |even )?know (?:{_WH} )?(?:{_OURS}|{_WE}|the name of my)\b.*",
        # "where does she live?", "what's her name?", "what time did mum say?"
        rf"(?!(?:how|why|what) (?:do|are|did|were) they\b){_WH} (?:\S+ ){{0,2}}(?:{_BE} )?(?:{_THEM}|"
        rf"{_KIN})\b.*",
        # "who is coming on Friday?", "when is the wedding?", "what's planned for tomorrow?"
        rf"{_WH} (?:is |was |are |were |else is |'s )?{_COMES}\b.*",
        rf"{_WH} (?:is |was |'s )?{_PLANS}\b.*",
        rf"(?:when|where|what time|what day|when's|where's|how long)(?: is| was| are|'s)? (?:the|that|"
        rf"this|\S+'s) "
        rf"(?:\S+ )?{_DATES}\b.*",
        # "is my sister older than me?", "am I allergic to anything?"
        rf"(?:is|was|does|did|has|are|were|do) {_OURS} .*",
        r"am i (?:allergic|married|vegetarian|vegan|on any|taking|due|supposed|meeting|invited).*",
        rf"what(?: else)? (?:do|did|can) you (?:know|remember|recall) (?:about|of|from) (?:me|us|"
        rf"{_OURS})\b.*",
    )
)
_NOT = re.compile(
    rf"{_LEAD}(?:how (?:do|can|should|would|could|am|are) (?:i|we)|what (?:should|can|could|shall) (?:i|we)|"
    r"(?:what|why) am i doing|who am i to)\b.*"
)
_BEGINS = re.compile(
    rf"{_LEAD}(?:{_WH}|did|have|had|do|does|am|is|was|are|were|has|can you|could you|remind me|"
    r"i (?:can't|don't) (?:remember|recall)|i forgot)\b.*"
)
"""How a question begins: not every recogniser marks its end."""


_DOES = (
    r"(?:say|said|tell|told|want|wanted|do|doing|go|going|live|living|work|working|give|get|getting|buy|think|"
    r"mention|ask|need|like|love|hate|call|called|come|coming|arrive|arriving|visit|visiting|move|moving|study|"
    r"studying|start|starting|marry|married|leave|leaving|meet|meeting|bring|bringing|cook|drive|have|having|"
    r"planning|feel|feeling|eat|drink|play|wear|prefer|allergic|staying|from|bringing|engaged|pregnant)"
)
_HAS = (
    r"(?:job|work|name|surname|birthday|number|phone|address|email|wife|husband|partner|girlfriend|boyfriend|"
    r"mother|father|mum|mom|dad|sister|brother|daughter|son|kids|children|baby|dog|cat|boss|age|car|favourite|"
    r"favorite|plan|plans|holiday|trip|wedding|party|school|house|flat|new|problem|present|gift|allergy|diet)"
)
_NAMED = tuple(
    re.compile(rf"{_ASKS}{rest}")
    for rest in (
        # "who is Sarah?", "how old is Peter?", "how's Lena doing?"
        r"(?:(?:who is|who's|who was) NAME|who NAME (?:is|was))",
        r"how old (?:is|was) NAME",
        # "what did Peter say about his holiday?", "where does Amy's boss live?"
        rf"(?:{_WH}|(?:what|which|how) \S+) (?:(?:is|was|will|does|did|do|has|had) )?"
        rf"NAME(?:'s \S+)? {_DOES}\b.*",
        rf"(?:is|was|will|does|did|has|had) NAME(?:'s \S+)? {_DOES}\b.*",
        # "what is Lena's job?"
        rf"{_WH} (?:(?:is|was|are|were) )?NAME's (?:\S+ )?{_HAS}\b.*",
    )
)
"""What is asked of somebody by a name that only the two may know: NAME stands for it."""

_KNOWN_TEXT = """
    i i'm i've i'd i'll companion god jesus christ buddha muhammad moses napoleon einstein newton darwin
    galileo shakespeare hamlet homer plato socrates aristotle caesar cleopatra columbus mozart beethoven
    bach chopin wagner verdi picasso rembrandt leonardo michelangelo freud jung marx lenin stalin hitler
    churchill gandhi mandela lincoln washington kennedy obama trump biden putin merkel thatcher elvis
    madonna beyoncé beyonce adele shakira prince batman superman spiderman santa dracula frankenstein zeus
    odin thor hercules sherlock gandalf voldemort siri alexa cortana chatgpt google apple amazon microsoft
    facebook netflix nasa python linux kant nietzsche hegel descartes voltaire dante goethe tolstoy
    dostoevsky kafka orwell dickens austen tesla edison curie hawking turing pythagoras archimedes euclid
    oedipus odysseus germany france england britain america china russia india japan italy spain europe
    africa asia australia canada mexico brazil congress parliament monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december
    christmas easter english french german spanish italian
"""
_KNOWN = frozenset(_KNOWN_TEXT.split())
"""Names that all the world knows, and words with a capital that are none."""


def _with_names(text: str) -> str:
    """The words of a question in lower case, NAME for each that is somebody's name by its capital."""
    found = []
    for at, word in enumerate(re.findall(r"[\w'’-]+", text)):
        plain, mark, owns = word.replace("’", "'").partition("'s")
        name = at > 0 and word[0].isupper() and plain.casefold() not in _KNOWN
        name = name and not plain.isupper() and _BEGINS.fullmatch(word.casefold()) is None
        found.append(f"NAME{mark}{owns}" if name else word.replace("’", "'").casefold())
    return " ".join(found)


def asks_about_past(text: str) -> bool:
    """Whether `text` is a question whose answer can only come from what the two have shared: "What's my
    sister's name?", "Did I tell you about the trip?", "Who is coming on Friday?"."""
    words = " ".join(bare(text))
    asks = text.rstrip("\"'”’) ").endswith("?") or _BEGINS.fullmatch(words) is not None
    if not asks or len(words) > 300 or _NOT.fullmatch(words):
        return False
    sentence = re.split(r"(?<=[.!;])\s+", text.strip())[-1]
    last, named = " ".join(bare(sentence)), _with_names(sentence)
    return any(pattern.fullmatch(words) or pattern.fullmatch(last) for pattern in _PAST) or any(
        pattern.fullmatch(named) for pattern in _NAMED
    )
