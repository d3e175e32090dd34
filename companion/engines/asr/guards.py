"""Judges what Whisper wrote: repeated stretches, too much text, text where nobody spoke. Pure.

The phrases and thresholds guard against what Whisper is known for: it was trained on subtitles, and on
sound without speech it writes what stands there ("Thank you.", "Thanks for watching!").
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from companion.engines.asr.decoding import Reading
from companion.engines.asr.hallucinations import KNOWN, phrase
from companion.engines.asr.normal import bare, is_number, words
from companion.settings import AsrSettings

COMPRESSION = 2.4
"""Text that zlib shrinks by more than this repeats itself (Whisper's own threshold)."""

LETTERS_PER_SECOND = 30.0
"""More letters a second than anybody says: fast English is about 20."""

LOOP = 3
"""Words in a stretch that is not said twice in a row by accident."""

RESTART = 4
"""Words at the end of a text that were said in it before: hardly by accident, and else the price is a second
look."""

LOOPED, LOOPED_SECONDS = 4, 2.5
"""Words of an utterance that a short window loops on, and seconds of sound that it is, with the silence
before and behind it: of 48 short ones ("Why?", "That's wrong.") 26 came two or three times over, of 140
recordings of one word 71, and none of more words did."""

LOOPED_NO_SPEECH = 0.58
"""No-speech probability of a short window up to which such a loop is believed: those 26 were at most 0.57,
45 of the 71 as well; hums and grunts that came out as words 0.49 to 0.83."""

KNOWN_NO_SPEECH = 0.35
"""No-speech probability from which a known hallucination isn't believed. Full window, Whisper base: at least
0.64 on 31 stretches of noise, at most 0.25 on 20 short spoken replies, "Thank you." among them."""


def cut_repeats(reading: Reading) -> Reading:
    """Leave out each segment that says again, or begins to say again, what the segment before it said.

    A single repeated word or two is left standing ("No. No."): that may have been said; `repeats` sees it.
    """
    kept = list(reading.segments[:1])
    for segment in reading.segments[1:]:
        again, said = words(segment.text), words(kept[-1].text)
        unfinished = segment.end is None and len(again) > 1 and said[: len(again) - 1] == again[:-1]
        begins = said[: len(again)] == again and (len(again) >= LOOP or segment.end is None)
        if not (begins or unfinished):
            kept.append(segment)
    return replace(reading, segments=tuple(kept))


def said_once(reading: Reading, seconds: float) -> Reading:
    """A short utterance, in `seconds` of sound, once where a short window wrote it down again and again ("No.
    No. No.").

    All of the text must be one stretch of at most `LOOPED` words, the last time perhaps cut off, no numbers
    or letters (somebody's telephone has three fives) and no known hallucination, and somebody must have
    spoken. Who did say it twice is answered as if it had been once; the record, heard again, has it twice.
    """
    said = reading.text.split()
    plain = [bare(word) for word in said]
    most = LOOPED if seconds <= LOOPED_SECONDS else 0
    for length in range(1, min(most, len(plain) // 2) + 1):
        again = (plain[:length] * len(plain))[: len(plain)]
        if plain[:-1] != again[:-1] or not again[-1].startswith(plain[-1]):
            continue
        once = " ".join(said[:length]).rstrip(",;")
        looped = repeats(reading.text) or _says_itself_again(reading)
        numbers = all(is_number(word) or len(word) == 1 for word in words(once))
        if not looped or numbers or phrase(once) in KNOWN or reading.no_speech > LOOPED_NO_SPEECH:
            break
        return replace(reading, segments=(replace(reading.segments[0], text=once),), finished=True)
    return reading


def repeats(text: str) -> bool:
    """True when a stretch of three words or more follows itself, or a shorter one does three times over."""
    said = words(text)
    for length in range(1, len(said) // 2 + 1):
        times = 2 if length >= LOOP else 3
        for at in range(len(said) - length * times + 1):
            stretch = said[at : at + length]
            if stretch * times == said[at : at + length * times]:
                return True
    return _compression(text) > COMPRESSION


def restarts(text: str) -> bool:
    """True when the text breaks off, no mark behind it, in words that it had said before, the last perhaps
    cut off: the decoder began again from an earlier place. ("I'll do it if you can do it, but only if you can
    do it." has its mark.)"""
    said = [] if text.endswith((".", "!", "?")) else words(text)
    for at in range(1, len(said) - RESTART + 1):
        again = said[at:]
        for before in range(at - len(again) + 1):
            first = said[before : before + len(again)]
            if first[:-1] == again[:-1] and first[-1].startswith(again[-1]):
                return True
    return False


def unlooped(text: str) -> str:
    """`text` with every stretch that follows itself said once; for text nothing better can be had of."""
    said = text.split()
    plain = [bare(word) for word in said]
    at = 0
    while at < len(said):
        length = _loop_at(plain, at)
        if length:
            del said[at + length : at + 2 * length], plain[at + length : at + 2 * length]
            # What now stands side by side may be a loop that began up to here.
            at = 0
        else:
            at += 1
    return " ".join(said)


def doubt(reading: Reading, seconds: float, settings: AsrSettings) -> str:
    """Why the reading of a short window of `seconds` wants the full one, in a word; "" if it doesn't."""
    if _looped(reading) or _says_itself_again(reading):
        return "repetition"
    if not reading.finished or len(reading.text) > 15 + LETTERS_PER_SECOND * seconds:
        return "length"
    if not reading.text:
        return "no speech"
    if reading.logprob < settings.redo:
        return "low probability"
    if reading.no_speech > settings.no_speech and phrase(reading.text) in KNOWN:
        return "hallucination"
    return ""


def better(short: Reading, full: Reading, why: str) -> Reading:
    """Which of a short and a full window's readings to go by, where `why` is the doubt about the former."""
    surer = why == "low probability" and short.logprob > full.logprob
    return short if surer or (_looped(full) and not _looped(short)) else full


UNLIKELY, LEFT_OPEN = 0.5, 0.4
"""How far below `asr.logprob` both passes must be for their words not to be believed although the full window
leaves it open whether anybody spoke, and its probability of no speech from which on it does: a kitchen was
heard to say "Alright." at -1.54, -3.09 and 0.59 on one of two processors."""


def disbelief(text: str, logprobs: Sequence[float], no_speech: float, settings: AsrSettings) -> str:
    """Why `text` isn't believed, in a word or two; "" if it is.

    `logprobs`: mean log-probability of a token in each pass over the sound; `no_speech`: of the full window.
    Where that doubts that anybody spoke, no pass may doubt its words: on noise it writes "I'm going to put it
    on." with confidence, and the short window something else without any. What is known to be made
    up is still believed where the evidence is good: people do say thank you.
    """
    if not text:
        return "no speech"
    if phrase(unlooped(text)) in KNOWN and (no_speech > KNOWN_NO_SPEECH or max(logprobs) < settings.logprob):
        return "hallucination"
    if no_speech > settings.no_speech and min(logprobs) < settings.logprob:
        return "no speech"
    if no_speech > LEFT_OPEN and max(logprobs) < settings.logprob - UNLIKELY:
        return "no speech"
    return ""


def _looped(reading: Reading) -> bool:
    """Whether the decoder wrote something down again that was said once."""
    return repeats(reading.text) or restarts(reading.text)


def _loop_at(plain: list[str], at: int) -> int:
    """Length of the longest stretch of words at place `at` that follows itself; 0 for none."""
    for length in range((len(plain) - at) // 2, 0, -1):
        stretch = plain[at : at + length]
        if stretch == plain[at + length : at + 2 * length] and any(stretch):
            return length
    return 0


def _says_itself_again(reading: Reading) -> bool:
    """True when two segments in a row are the same."""
    texts = [words(segment.text) for segment in reading.segments]
    return any(first == second for first, second in pairwise(texts))


def _compression(text: str) -> float:
    """How many times smaller zlib makes `text`."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0
