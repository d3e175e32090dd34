"""Letters: which words in capitals are spelled ("F.B.I") and which are said ("NASA", "NOT")."""

from __future__ import annotations

import re

from companion.engines.tts.wording.language import Language, word_set

SAID = word_set(
    """
    nasa nato unesco unicef aids opec laser radar ram rom pin sim gif jpeg nafta covid sars fema swat scuba
    yolo fomo lol rofl asap ikea lego fiat nascar ansi ascii saas paas iaas cern esa
    """
)
"""Acronyms that are said as words."""

SPELLED = word_set(
    """
    html http https url usb faq aarp isbn ibm bbc cnn wifi nfl api ceo iot vip ufo eta diy
    """
)
"""Initialisms that could be said and aren't."""

COMMON = {
    "en": word_set(
        """
        a i am an as at be by do go he hi if in is me my no of oh on or so to up we ah ow uh um ha hm mm all
        and any are ask bad big but can car cat did dog don end far few for fun get got had has her him his
        hot how its job let lot man may mom dad men new nor not now off old one our out own put ran red run
        sad sat saw say see she sit six son sun ten the too top try two use was way wet who why win won yes
        yet you hey wow yay nah yep huh aha ooh aww boo god act add age ago air art bed box boy buy cut day
        die eat eye fit fix fly kid law lie low mad met net odd pay per pop sea set sir sky tea tie tip war
        """
    ),
    "de": word_set(
        """
        ja da du er es im in ist ich mir mit nie nur ob oh so und vor was wer wie wo wir zu ab am an auf aus
        bei bin bis das dem den der des die doch ein gar gut hat kann klar man mal nein sei sie sich tag tun
        um uns war weg wer
        """
    ),
    "fr": word_set(
        """
        au ce ces de des du elle en et est eux il ils je la le les lui ma me mes moi mon ne non nos nous on
        or ou oui par pas plus pour qui que sa se ses si son sur ta te tes toi ton tu un une va vos
        """
    ),
    "es": word_set(
        """
        al con de del dos el en era es eso fin ha hay he la las le les lo los me mi mis muy ni no nos o para
        por que se ser si sin son su sus te ti tu un una uno va ver vez y ya yo
        """
    ),
}
"""Short words that are words even in capitals ("I did NOT"), a language; others take English's."""

VOWELS = re.compile(r"[aeiouyäöüáéíóúàèùâêîôû]", re.IGNORECASE)
CLUSTER = re.compile(r"[^aeiouyäöüáéíóúàèùâêîôû]{4}", re.IGNORECASE)


def letters_said(word: str, tongue: Language) -> str:
    """A word of letters (and inner hyphens and apostrophes) as it is said: letters with full stops between
    where it is spelled, lower case where it only shouts."""
    if "-" in word:
        return "-".join(letters_said(part, tongue) for part in word.split("-") if part)
    stem, ending = _stem(word)
    if len(stem) < 2 or not stem.isupper():
        return word
    if _spelled(stem, tongue):
        return ".".join(stem) + ending
    return stem.lower() + ending


def _stem(word: str) -> tuple[str, str]:
    """ "CDs" -> ("CD", "'s"), "FBI's" -> ("FBI", "'s")."""
    stem, mark, ending = word.partition("'")
    if mark:
        return stem, mark + ending if ending else ""
    if len(word) > 2 and word[-1] == "s" and word[:-1].isupper():
        return word[:-1], "'s"
    return word, ""


def _spelled(stem: str, tongue: Language) -> bool:
    lower = stem.lower()
    if not stem.isascii() or lower in SAID:
        return False
    if lower in SPELLED or not VOWELS.search(stem):
        return True
    if len(stem) <= 3:
        return lower not in COMMON.get(tongue.code, COMMON["en"])
    return len(stem) <= 5 and CLUSTER.search(stem) is not None
