"""When a turn is over: how long the silence must last, from the evidence there is.

Two judges look at the same silence. The end-of-turn model hears how the voice fell (Smart Turn, 0.14 s into
the silence, and again at 0.45 s where the first verdict left doubt; later ones rise with the silence alone).
A small language model reads the words and tells how likely a sentence ends behind them. Either alone is
fooled (a falling voice in mid-sentence, a sentence that could end there); both at once seldom are, so their
log-odds are added, as those of independent witnesses.

Measured with `companion bench turns --detector` on 477 spliced pauses and 65 complete turns, mean delay where
5% of the pauses are cut off: silence alone 1.65 s, Smart Turn alone 1.6 s, both judges 0.7 s (MEASURED.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from companion.dialogue.openness import Words

SURE = (3.0, 0.35)
"""From how many log-odds on a single verdict is enough, and how many seconds of silence end the turn then,
for a fast talker, too. With 0.25 one of 60 spoken orders was cut off, at a pause of a third of a second; of
261 natural pauses within read passages 26 were taken for an end, with 0.35 23 and with 0.40 22 (most are ends
of sentences)."""

TABLE = (
    (3.3, 0.50),
    (2.5, 1.00),
    (0.0, 1.60),
    (float("-inf"), 2.00),
)
"""From how many log-odds on, how many seconds of silence end a turn that was in doubt. The waits are those of
least delay among all that rise downwards and cut off 5% of the measured pauses; they cut off 5.0% of the half
that was looked at while they were made, and 5.1% of the other."""

OPEN = 2.50
"""Silence that ends a turn whose last word asks for another ("and", "the", "um"). No complete turn of the
measurement ended so; a real hesitation lasts longer than the spliced ones (1.5 s)."""

SHORT = 0.50
"""Silence that ends a short answer that is whole by itself ("Yes."), whatever it sounds like: a word is too
little for the end-of-turn model, which was trained on sentences."""

REQUEST = 0.40
"""Silence that ends a request that code carries out ("Stop talking, please."): what it does is undone by the
next sentence if more was meant."""

UNKNOWN = -0.4
"""Log-odds of words that look whole, while the language model has not judged them: 0.4, below those of 9 in
10 complete turns (0.5 to 0.9)."""

ASKED = 1.1
"""How much longer silences may be in the answer to a question of hers: people think before they answer, and
in it. By hand."""

SLOWEST, FASTEST = 1.4, 0.85
"""Bounds of what is learned of a user's pauses."""

USUAL = 0.6
"""Seconds that a pause within a turn lasts with somebody whose pace is 1 (median of pauses above 0.1 s within
turns of conversational American English: Heldner and Edlund 2010 give 0.5 to 0.7)."""

LEARNING = 0.1
"""Share of the newest pause in what is learned."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against the end of a turn. `words`: what they look like. `ending`: the language
    model's probability that they end a sentence, None while unknown. `verdicts`: the end-of-turn model's, in
    the order in which they came. `asked`: she had asked a question. `pace`: how long this user's pauses last,
    1.0 as usual."""

    words: Words
    ending: float | None
    verdicts: tuple[float, ...]
    asked: bool = False
    pace: float = 1.0


def wait(evidence: Evidence) -> float:
    """Seconds of silence after which the turn is over; infinite where the user asked for time."""
    if evidence.words is Words.HELD:
        return float("inf")
    factor = evidence.pace * (ASKED if evidence.asked else 1.0)
    if evidence.words is Words.SHORT:
        return SHORT * factor
    if evidence.words is Words.REQUEST:
        return REQUEST * factor
    if evidence.words is Words.OPEN:
        return OPEN * factor
    odds = confidence(evidence)
    if settled(evidence):
        return SURE[1] * max(1.0, factor)
    return next(seconds for least, seconds in TABLE if odds >= least) * factor


def settled(evidence: Evidence) -> bool:
    """Whether one verdict on the sound is enough, with what the words say."""
    return len(evidence.verdicts) == 1 and confidence(evidence) >= SURE[0]


def confidence(evidence: Evidence) -> float:
    """The log-odds that the turn is over, by sound and words together."""
    sound = [_odds(verdict, 0.002) for verdict in evidence.verdicts] or [_odds(0.0, 0.002)]
    if evidence.ending is not None:
        words = _odds(evidence.ending, 0.001)
    else:
        words = UNKNOWN if evidence.words in (Words.WHOLE, Words.QUESTION) else _odds(0.0, 0.001)
    return sum(sound) / len(sound) + words


def _odds(probability: float, least: float) -> float:
    """Log-odds, bounded: no single verdict is beyond doubt."""
    bounded = min(1 - least, max(least, probability))
    return log(bounded / (1 - bounded))


def learned(pace: float, pause: float) -> float:
    """The pace of a user after a pause of `pause` seconds within a turn, within bounds."""
    newest = min(SLOWEST, max(FASTEST, pause / USUAL))
    return pace + LEARNING * (newest - pace)
