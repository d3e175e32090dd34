"""Whether a question can only be answered from what has been said before: where nothing is known there, she
must say so, and never invent it."""

from __future__ import annotations

import re

from companion.dialogue.words import bare

_LEAD = r"(?:(?:and|so|but|well|hey|okay|oh|um|uh|please|companion|wait|hm+|by the way|tell me|just|now) )*"
_ASKS = rf"{_LEAD}(?:(?:can|could|would|will) you (?:please )?(?:tell me|remind me|remember|recall|say) |remind me |do you (?:still |even )?(?:know|remember|recall) |i (?:can't|don't) (?:remember|recall) |i forgot )?"
_WH = (
    r"(?:what|who|whom|whose|where|when|which|why|how (?:old|many|much|long|far|often|tall)|"
    r"what's|who's|where's|when's|what're|who're)"
)
_WE = r"(?:i|we|i've|we've|i'd)"
_OURS = r"(?:my|our|mine|ours)"
_TOLD = r"(?:tell|told|say|said|mention|mentioned|talk|talked|speak|spoken|spoke|discuss|discussed|ask|asked|promise|promised|call|called)"
_THEM = r"(?:she|he|they|her|his|their|him|them|she's|he's|they're)"
_DATES = (
    r"(?:wedding|party|appointment|meeting|dinner|dentist|doctor|exam|interview|flight|train|trip|holiday|"
    r"concert|game|funeral|birthday|anniversary|visit|operation|surgery|delivery|deadline|due date|baby|"
    r"reservation|check-up|checkup|move|barbecue|christening|graduation)"
)
_COMES = r"(?:coming|visiting|going|invited|calling|joining|bringing|staying|arriving|picking me up|moving)"
_PLANS = r"(?:planned|happening|going on|on|up|scheduled|due) (?:on|for|this|next|tomorrow|tonight|today|at)"

_PAST = tuple(
    re.compile(rf"{_ASKS}{rest}")
    for rest in (
        # "what's my sister's name?", "when is our anniversary?"; no advice
        rf"{_WH} (?!.*\b(?:should|could|would|can|might|best(?! friend| man| mate)|do you think|shall)\b)(?:.* )?{_OURS} .*",
        # "where did I park?", "what have I said about him?", "when was I there?"
        rf"{_WH} (?:\S+ )?(?:\S+ )?(?:did|have|had|was|were|do|am|'ve) {_WE}\b(?! (?:have to|need to|feel|look|sound|get to|get rid|fix|make|say this|spell)).*",
        rf"{_WH} (?:\S+ )?(?:\S+ )?{_WE} (?:\S+ )?(?:{_TOLD}|met|went|saw|did|had|got|bought|put|left|parked|hid|live|lived|work|worked|planned|agreed|decided|wanted|named)\b.*",
        # "did I tell you about the trip?", "have I ever mentioned Amy?"
        rf"(?:did|have|had|haven't|didn't|hadn't) {_WE} (?:not )?(?:ever |already |once |actually |even |just )?(?!to\b).*",
        rf"(?:was it|is it|wasn't it) (?:.* )?{_OURS} .*",
        # "do you remember my sister?", "do you know what I do?"
        r"(?:do|don't|can|did) you (?:still |even )?(?:remember|recall) (?!to\b).*",
        rf"do you (?:still |even )?know (?:{_WH} )?(?:{_OURS}|{_WE}|the name of my)\b.*",
        # "where does she live?", "what's her name?"
        rf"{_WH} (?:does|did|is|was|has|are|were|do|will)? ?{_THEM}\b.*",
        # "who is coming on Friday?", "when is the wedding?", "what's planned for tomorrow?"
        rf"{_WH} (?:is |was |are |were |else is |'s )?{_COMES}\b.*",
        rf"{_WH} (?:is |was |'s )?{_PLANS}\b.*",
        rf"(?:when|where|what time|what day|when's|where's|how long)(?: is| was| are|'s)? (?:the|that|this) (?:\S+ )?{_DATES}\b.*",
        # "is my sister older than me?", "am I allergic to anything?"
        rf"(?:is|was|does|did|has|are|were|do) {_OURS} .*",
        r"am i (?:allergic|married|vegetarian|vegan|on any|taking|due|supposed|meeting|invited).*",
        rf"what(?: else)? (?:do|did|can) you (?:know|remember|recall) (?:about|of|from) (?:me|us|{_OURS})\b.*",
    )
)
_NOT = re.compile(
    rf"{_LEAD}(?:how (?:do|can|should|would|could) i|what (?:should|can|could|shall) (?:i|we))\b.*"
)
_ASKED = re.compile(
    r"(?:\S+ )*(?:don't|can't) (?:remember|recall) .*|(?:\S+ )*(?:remind me|i forgot|tell me|do you) .*"
)


def asks_about_past(text: str) -> bool:
    """Whether `text` is a question whose answer can only come from what the two have shared: "What's my
    sister's name?", "Did I tell you about the trip?", "Who is coming on Friday?"."""
    words = " ".join(bare(text))
    asks = text.rstrip("\"'”’) ").endswith("?") or _ASKED.fullmatch(words) is not None
    begins = re.match(rf"{_LEAD}{_WH}\b", words) is not None
    if not (asks or begins) or len(words) > 300 or _NOT.fullmatch(words):
        return False
    last = re.split(r"(?<=[.!;])\s+", text.strip())[-1]
    return any(pattern.fullmatch(words) or pattern.fullmatch(" ".join(bare(last))) for pattern in _PAST)
