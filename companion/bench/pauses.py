"""Recordings with marked pauses in mid-turn, and complete ones, for measuring when a turn is over.

A pause is made by splicing 0.4 to 1.5 s of the recording's own room tone in at a word's end. The voice does
not know that it is about to pause, so its melody is that of running speech: a real hesitation, with its
drawn-out last word and its "um", sounds less finished, and is easier to tell from an end.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.audio import RATE
from companion.audio.recordings import read
from companion.bench.asr_data import speech_in
from companion.engines import Never
from companion.engines.asr import Recognizer

SHORTEST, LONGEST = 0.4, 1.5
"""Length of a spliced pause, seconds."""

EACH = 3
"""Pauses made of one recording, at most; each is an item of its own."""

APART = 0.6
"""Speech between the beginning of a recording and a pause, and behind it, at least; seconds."""

TONE = 0.25
"""Room tone that a pause is made of, seconds: the quietest stretch of that length."""

BLEND = 0.01
"""Length of the cross-fades at a pause's ends, seconds."""

QUIET = 3.0
"""Room tone behind the end of every recording, seconds."""

Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Item:
    """A recording, float32[n] at 16 kHz, in which the speaker pauses at second `at` for `pause` seconds;
    `pause` is None where the turn is over there. `unseen`: it belongs to the half that nothing is tuned
    on."""

    file: str
    audio: Sound
    at: float
    pause: float | None
    unseen: bool


def items(data: Path, recognizer: Recognizer) -> Iterator[Item]:
    """Every spliced pause and every complete utterance of `data` (commands/, speech/, speakers/).

    The recogniser tells where words end. A recording's half is that of its speaker where he is known; the
    utterances of speakers/ are no whole sentences, so only pauses are made of them.
    """
    random = np.random.default_rng(4)
    for number, (path, speaker) in enumerate(_recordings(data)):
        unseen = sum(speaker.encode()) % 2 == 1 if speaker else number % 2 == 1
        audio = read(path)
        found = speech_in(audio)
        if not found:
            continue
        begin, end = found[0][0], found[-1][1]
        tone = _room_tone(audio)
        if not speaker:
            whole = np.concatenate([audio[: round((end + 0.05) * RATE)], _stretched(tone, QUIET, random)])
            yield Item(path.name, whole, end, None, unseen)
        ends = _word_ends(audio, begin, end, recognizer)
        chosen = random.choice(ends, min(EACH, len(ends)), replace=False) if len(ends) else ()
        for at in sorted(float(moment) for moment in chosen):
            pause = float(random.uniform(SHORTEST, LONGEST))
            silence = _stretched(tone, pause, random)
            yield Item(path.name, _spliced(audio, at, silence), at, pause, unseen)


def _recordings(data: Path) -> Iterator[tuple[Path, str]]:
    for folder in ("commands", "speech", "speakers"):
        manifest = data / folder / "manifest.csv"
        if not manifest.is_file():
            continue
        with manifest.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("lang", "en") == "en":
                    yield data / folder / row["file"], row.get("speaker", "")


def _word_ends(audio: Sound, begin: float, end: float, recognizer: Recognizer) -> list[float]:
    """Where a word ends and another follows, seconds: the quietest moment near the end that was heard."""
    heard = recognizer.thorough(audio, Never())
    level = _levels(audio)
    found = []
    for word in heard.words[:-1]:
        if not begin + APART < word.end < end - APART:
            continue
        first = max(0, round((word.end - 0.06) * 100))
        around = level[first : round((word.end + 0.08) * 100)]
        if len(around):
            found.append((first + int(np.argmin(around))) / 100 + 0.005)
    return found


def _levels(audio: Sound) -> Sound:
    """RMS of each 10 ms."""
    blocks = audio[: len(audio) // 160 * 160].reshape(-1, 160)
    return np.asarray(np.sqrt((blocks**2).mean(axis=1)), np.float32)


def _room_tone(audio: Sound) -> Sound:
    """The quietest stretch of a recording."""
    level = _levels(audio)
    count = min(round(TONE * 100), len(level))
    power = np.convolve(level**2, np.ones(count), "valid")
    start = int(np.argmin(power)) * 160
    return audio[start : start + count * 160]


def _stretched(tone: Sound, seconds: float, random: np.random.Generator) -> Sound:
    """Room tone of any length, without a period that could be heard: pieces that overlap, half turned
    round."""
    length, fade = round(seconds * RATE), len(tone) // 2
    out = np.zeros(length + 2 * len(tone), np.float32)
    window = np.sqrt(np.hanning(2 * fade + 1)[: 2 * fade]).astype(np.float32)
    piece = tone[: 2 * fade]
    for at in range(0, length + len(tone), max(1, fade)):
        turned = piece[::-1] if random.random() < 0.5 else piece
        out[at : at + 2 * fade] += turned[: len(out) - at] * window[: len(out) - at]
    return out[fade : fade + length]


def _spliced(audio: Sound, at: float, silence: Sound) -> Sound:
    """The recording with the silence put in at a moment, cross-faded."""
    cut, blend = round(at * RATE), round(BLEND * RATE)
    rise = np.linspace(0.0, 1.0, blend, dtype=np.float32)
    head, tail, middle = audio[:cut].copy(), audio[cut:].copy(), silence.copy()
    head[-blend:] *= rise[::-1]
    middle[:blend] *= rise
    middle[-blend:] *= rise[::-1]
    tail[:blend] *= rise
    return np.concatenate([head, middle, tail])
