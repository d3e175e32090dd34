"""Stage directions ("*smiles*", "(laughs softly)"): things done, not said."""

from __future__ import annotations

import re

from companion.engines.tts.wording.language import word_set

SURE = word_set(
    """
    smile laugh giggle chuckle sigh nod wink shrug blush grin smirk gasp yawn sob sniffle snort groan purr
    wave frown beam snicker cackle
    """
)
"""Done and seldom written about: a direction even in the middle of a sentence ("Well *laughs* no")."""

DONE = SURE | word_set(
    """
    pause hug kiss cry sniff whisper lean look glance gaze stare tilt shake raise clap bow blink pout hum
    cough stretch sit stand walk step turn move reach touch hold take pat poke rub bite lick think wonder
    ponder listen wait breathe inhale exhale snuggle cuddle wiggle bounce jump dance spin tease roll cross
    fold place put pull push squeeze play twirl scratch chew sip gulp swallow shiver tremble clear facepalm
    eyeroll
    """
)

FOREIGN = {
    "de": word_set(
        """
        lächelt lacht kichert seufzt nickt zwinkert grinst errötet winkt umarmt küsst gähnt weint flüstert
        lehnt schaut blickt schüttelt räuspert zuckt lächelnd lachend seufzend seufz kicher zwinker grins
        """
    ),
    "fr": word_set(
        """
        sourit rit rigole glousse soupire hoche acquiesce rougit embrasse bâille pleure chuchote hausse
        réfléchit rires soupir
        """
    ),
    "es": word_set(
        """
        sonríe ríe suspira asiente guiña sonroja abraza bosteza llora susurra risas suspiro
        """
    ),
}

SAID = word_set(
    """
    yes this always is was has his its us as perhaps thanks does less besides nothing something anything
    everything going being doing having during sometimes
    """
)
"""Words that end like a third person or a gerund and are still said."""

ACTORS = word_set(
    """
    she he they i sie er ich elle il ella él
    """
)

LONGEST = 12
"""Words in a stage direction at most."""


def is_direction(content: str, before: str, after: str, language: str) -> bool:
    """True when `content`, found between marks, tells what is done.

    `before` and `after`: the text around it, which tells whether it stands by itself.
    """
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", content.lower())
    if not words or len(words) > LONGEST:
        return False
    led = len(words) > 1 and (words[0] in ACTORS or words[0].endswith("ly"))
    verb = words[1] if led else words[0]
    if verb in FOREIGN.get(language, ()):
        return True
    stems = _stems(verb)
    if verb not in SURE and not stems.isdisjoint(SURE):
        return True
    alone = before.rstrip()[-1:] in ("", ".", "!", "?", '"', "”", ",") and _starts_anew(after)
    if not alone or not stems.isdisjoint(DONE):
        return alone
    acting = verb.endswith(("s", "ing")) and not verb.endswith("ss") and verb not in SAID and len(verb) > 3
    return language == "en" and acting and content[:1].islower()


def _stems(verb: str) -> set[str]:
    stem = verb.removesuffix("ing")
    stems = {verb, verb.removesuffix("s"), verb.removesuffix("es"), stem, stem + "e"}
    stems.add(verb.removesuffix("ies") + "y")
    if len(stem) > 2 and stem[-1] == stem[-2]:
        stems.add(stem[:-1])
    return stems


def _starts_anew(after: str) -> bool:
    following = after.lstrip()
    return not following or following[0].isupper() or following[0] in "\"“'*_,.…"
