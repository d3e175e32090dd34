"""When a turn is over: how long the silence must last, from the evidence there is.

Two judges look at the same silence. The end-of-turn model hears how the voice fell (Smart Turn, 0.14 s into
the silence; its verdicts at 0.3, 0.5, 0.8 and 1.1 s add nothing to the first: area under the curve 0.973 with
and without, for the longer the silence, the surer it is of spliced pauses, too).
A small language model reads the words and tells how likely a sentence ends behind them. Either alone is
fooled (a falling voice in mid-sentence, a sentence that could end there); both at once seldom are, so their
log-odds are added, the words' with the weight that a logistic regression gave them.

Measured with `companion bench turns --detector` on some 470 spliced pauses and 65 complete turns, mean delay
where 5% of the pauses are cut off: silence alone 1.65 s, Smart Turn alone 1.6 s, both judges 0.5 s
(MEASURED.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from companion.dialogue.openness import Words

WORDS = 3.0
"""Weight of the words' log-odds beside those of the sound: the words tell an end from a spliced pause better
(area under the curve 0.96, the sound's 0.90, both 0.98). A regression on either half of the recordings gave 2
to 6."""

COULD_END = 0.57
"""Probability of an end from which on words say no more for it: a sentence that could be over often goes on
("I went to the shop, and ..."), and the voice of somebody who hesitates tells, which spliced pauses can't
show. It costs 0.02 s of mean delay there."""

SURE = (1.0, 0.35)
"""From how many log-odds on there is no doubt, and how many seconds of silence end the turn then,
for a fast talker, too. With 0.25 one of 60 spoken orders was cut off, at a pause of a third of a second; of
261 natural pauses within read passages 26 were taken for an end, with 0.35 23 and with 0.40 22 (most are ends
of sentences)."""

TABLE = ((1.0, 0.40), (-0.1, 2.40))
"""Log-odds, and seconds of silence that end a turn which was in doubt; between them it is a straight line,
outside of them the nearer one. The ends of least delay that cut off 5% of the measured pauses of both halves,
on the machine on which they were more (the models' arithmetic is each processor's own); a finer table gained
nothing on the half that it wasn't made from. The line was less steep, to -1.5: 5.9% for 0.03 s less."""

ENOUGH = (0.2, 1.65)
"""Probability of an end from which on the words may be a whole sentence, and how many seconds of silence end
it, whatever it sounds like: read sentences sound unfinished to the end-of-turn model, and who has said
something whole and is silent for so long, at the usual pace, is answered. It spares 0.7 s at the 95th
percentile. The spliced pauses last 1.5 s at most, so they say nothing of how long it might better be."""

FALLEN = 0.9
"""The end-of-turn model's probability of an end from which on words that were written down as a sentence are
as good as whole, too, whatever the other model expects behind them: "Do you have a name?" was waited for as
long as "Do you have a". It spares 0.7 s in 6 of 120 everyday turns; 0.2% more of the spliced pauses are cut
off."""

OPEN = 2.50
"""Silence that ends a turn whose last word asks for another ("and", "the", "um"). No complete turn of the
measurement ended so; a real hesitation lasts longer than the spliced ones (1.5 s)."""

SHORT = 0.50
"""Silence that ends a short answer that is whole by itself ("Yes."), whatever it sounds like: a word is too
little for the end-of-turn model, which was trained on sentences."""

REQUEST = 0.40
"""Silence that ends a request that code carries out ("Stop talking, please."): what it does is undone by the
next sentence if more was meant."""

UNKNOWN = 0.25
"""Probability of an end of words that look whole, while the language model has not judged them: below those
of 9 in 10 complete turns (0.3 to 0.7)."""

ASKED = 1.1
"""How much longer silences may be in the answer to a question of hers: people think before they answer, and
in it. By hand."""

SLOWEST, FASTEST = 1.4, 0.85
"""Bounds of what is learned of a user's pauses."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against the end of a turn. `words`: what they look like. `ending`: the language
    model's probability that they end a sentence, `verdict`: the end-of-turn model's that the turn is over,
    each None while unknown. `asked`: she had asked a question. `pace`: how long this user's pauses last, 1.0
    as usual."""

    words: Words
    ending: float | None
    verdict: float | None
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
    if settled(evidence):
        return SURE[1] * max(1.0, factor)
    written = evidence.words in (Words.WHOLE, Words.QUESTION)
    fallen = written and (evidence.verdict or 0.0) >= FALLEN
    whole = (evidence.ending or 0.0) >= ENOUGH[0] or fallen
    return min(ENOUGH[1] if whole else OPEN, _between(confidence(evidence))) * factor


def _between(odds: float) -> float:
    """Seconds of silence by the table."""
    (most, short), (least, long) = TABLE
    share = min(1.0, max(0.0, (most - odds) / (most - least)))
    return short + share * (long - short)


def settled(evidence: Evidence) -> bool:
    """Whether sound and words leave no doubt."""
    return confidence(evidence) >= SURE[0]


def confidence(evidence: Evidence) -> float:
    """The log-odds that the turn is over, by sound and words together."""
    if evidence.ending is not None:
        ending = evidence.ending
    else:
        ending = UNKNOWN if evidence.words in (Words.WHOLE, Words.QUESTION) else 0.0
    return _odds(evidence.verdict or 0.0, 0.002) + WORDS * _odds(min(ending, COULD_END), 0.001)


def _odds(probability: float, least: float) -> float:
    """Log-odds, bounded: no single verdict is beyond doubt."""
    bounded = min(1 - least, max(least, probability))
    return log(bounded / (1 - bounded))
