"""The words of a turn while it is being said: partial transcripts, and what of them is stable.

Each hypothesis comes from a short window over the turn's last stretch, so a second of speech costs the same
in the first minute and in the fifth. Words at the front of two hypotheses in a row are stable
(LocalAgreement-2: Liu et al. 2020; Machacek et al. 2023 use it with Whisper).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from companion.engines import Cancel
from companion.engines.asr import Recognizer, Transcription
from companion.engines.asr.hallucinations import KNOWN, phrase
from companion.engines.asr.normal import words
from companion.engines.asr.windows import RATE, quietest

WINDOW = 12 * RATE
"""Samples after which the window moves: the words of its front are settled, and not heard again."""

BACK = 3 * RATE
"""Samples at the window's end that stay in it: words there still change."""

FRONT = 5 * RATE
"""Samples that are settled at least when the window moves, so that it moves seldom."""

ALMOST = RATE * 13 // 100
"""Samples of speech since a hypothesis that hold the burst its last word ends with ("milk") and no further
word."""

BELIEVED, NOBODY = -0.75, 0.3
"""Mean log-probability (nats) from which on, and no-speech probability up to which, words of low probability
are answered as they stand, and mended for the record: a second look takes a second on two cores, for which
people waited in 4 of 65 turns."""

CLEAR = (-0.8, 0.4)
"""Mean log-probability (nats) from which on, and no-speech probability up to which, the words of a short
sound are clear in a second look: of 48 short utterances 2 were not, of a dozen hums that it wrote down as
words ("in them", "and make sure") all."""

NO_WORD = RATE // 10
"""Samples of speech since a sure hypothesis that hold no further word: the end of the last one, which the VAD
takes for speech a little longer than it sounds."""

CONTEXT = 200
"""Characters of settled text that Whisper is shown before a window."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What was heard of a turn up to now: all of it, and the words at its front that no longer change.
    `sure`: nothing speaks against the words."""

    text: str
    stable: str
    sure: bool = True


class Partials:
    """Follows one turn after the other. Belongs to the recogniser's thread.

    Sound is addressed by sample numbers of the stream; a turn is known by the number it starts at.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._sure = True
        self.believable = False
        """Whether the last hypothesis may be answered without another look."""
        self._worded = False  # whether there was something to look at again in the last hypothesis
        self._begin(0)

    def hear(self, start: int, voiced: int, audio: NDArray[np.float32], cancel: Cancel) -> Hypothesis:
        """The words of `audio`, float32[n] at 16 kHz from sample `start` on, in which speech is known to have
        lasted until sample `voiced`. The last hypothesis is given again when nothing but silence was added:
        with 32 ms of silence behind the last word Whisper base understands as much as with 400 (0.897 of the
        phrases of 60 spoken orders). Raises `Cancelled`, `EngineError`.
        """
        if start != self._start:
            self._begin(start)
        if voiced > self._end + self._spare() or self._end == start:
            self._move(audio, cancel)
            rest = audio[self._settled_to - start :]
            heard = self._recognizer.glimpse(rest, cancel, prompt=self._settled[-CONTEXT:])
            self._sure = not heard.doubt
            unlikely = heard.doubt == "low probability"
            likely = unlikely and heard.logprob >= BELIEVED and heard.no_speech <= NOBODY
            made_up = phrase(heard.text) in KNOWN
            self.believable = bool(heard.text) and (self._sure or (likely and not made_up))
            self._worded = bool(heard.text) and heard.doubt in ("low probability", "repetition", "length")
            if heard.doubt not in ("", "low probability"):
                return Hypothesis(self._text, self._stable, sure=False)  # a loop, or nothing
            self._add(heard.text, start + len(audio))
        return Hypothesis(self._text, self._stable, self._sure)

    def hear_out(self, start: int, voiced: int, audio: NDArray[np.float32], cancel: Cancel) -> Hypothesis:
        """As `hear`, of a turn that may be over: what is doubtful is looked at again."""
        found = self.hear(start, voiced, audio, cancel)
        if found.sure:
            return found
        return self._believed(self._second(start, audio, cancel), start + len(audio))

    @property
    def doubtful(self) -> bool:
        """Whether the last hypothesis has words that a second look might make clear."""
        return self._worded and not (self._sure or self.believable)

    def hear_again(
        self, found: Hypothesis, start: int, audio: NDArray[np.float32], cancel: Cancel
    ) -> Hypothesis:
        """A second look at the doubtful words that were `found` in a short sound: sure where it makes them
        clear, and else as they were."""
        heard = self._second(start, audio, cancel)
        if heard.doubt or heard.logprob < CLEAR[0] or heard.no_speech > CLEAR[1]:
            return found
        return self._believed(heard, start + len(audio))

    def _second(self, start: int, audio: NDArray[np.float32], cancel: Cancel) -> Transcription:
        """A second look at what isn't settled yet, over the full window where a short one is doubtful."""
        return self._recognizer.quick(
            audio[self._settled_to - start :], cancel, prompt=self._settled[-CONTEXT:]
        )

    def _believed(self, heard: Transcription, end: int) -> Hypothesis:
        """What was heard, to be answered without another look."""
        self._sure = self.believable = True
        self._add(heard.text, end)
        return Hypothesis(self._text, self._stable)

    def _spare(self) -> int:
        """Samples of speech that may have been added and say nothing new, where the last hypothesis is like
        a whole turn, the more if it said so twice."""
        if not (self._sure and self._text.endswith((".", "!", "?"))):
            return 0
        if self._text == self._stable:
            return ALMOST
        return 0 if self._text.endswith("..") else NO_WORD

    def _begin(self, start: int) -> None:
        self._start = self._settled_to = self._end = start
        self._settled = self._text = self._stable = ""
        self._sure, self.believable = True, False

    def _add(self, fresh: str, end: int) -> None:
        text = " ".join(f"{self._settled} {fresh}".split())
        before, now = words(self._text), words(text)
        pairs = zip(before, now, strict=False)
        count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(before), len(now)))
        self._stable = _front(text, count)
        self._text, self._end = text, end

    def _move(self, audio: NDArray[np.float32], cancel: Cancel) -> None:
        """Settle the front of a window that has grown too long, at its quietest moment."""
        while self._start + len(audio) - self._settled_to > WINDOW:
            at = self._settled_to - self._start
            cut = at + quietest(audio[at:], FRONT, min(len(audio) - at, 2 * WINDOW) - BACK)
            heard = self._recognizer.quick(audio[at:cut], cancel, prompt=self._settled[-CONTEXT:])
            self._settled = " ".join(f"{self._settled} {heard.text}".split())
            self._settled_to = self._start + cut


def _front(text: str, count: int) -> str:
    """The first words of `text` that make `count` words when compared; numbers may fold several into one."""
    said = text.split()
    for length in range(len(said), -1, -1):
        if len(words(" ".join(said[:length]))) <= count:
            return " ".join(said[:length])
    return ""
