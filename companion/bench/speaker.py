"""Misses and false accepts of the voice model: people enrolled with three utterances against everybody
else."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from companion.audio import RATE
from companion.audio.recordings import read
from companion.bench.asr_data import sounds_in, speech_in
from companion.bench.pauses import Sound
from companion.engines.speaker import Vector, VoiceEncoder
from companion.engines.speaker.voices import UNSURE, KnownVoices, like, threshold
from companion.errors import AudioError

ENROLLED = 3
"""Utterances that a person is enrolled with; the others of theirs are looked for."""

TUNED = 2
"""People of those who are enrolled, the first, whom the thresholds were made with, beside every second of the
others; what is reported of the rest is unseen."""

SECONDS = (0.2, 0.3, 0.5, 1.0, 2.0, 4.0)
NOISE_DB = 10.0
"""Level of speech over noise in the noisy half, dB."""


def run(data: Path, encoder: VoiceEncoder, step: Callable[[str], None]) -> dict[str, Any]:
    """Plain JSON: for each length and for clean and noisy speech the share of misses and false accepts at the
    shipped thresholds, where a voice must be sure (`..._sure`), as sure as can be (`..._wholly`) or no more
    than like a known one (`..._like`), of the people whom those were not made with, and the equal error rate;
    and CPU seconds per second of speech."""
    people = _utterances(data)
    noises = [read(path) for path in sounds_in(data / "noise")]
    random = np.random.default_rng(5)
    known = KnownVoices()
    for name, sounds in people.items():
        if len(sounds) > ENROLLED:
            vectors = [v for sound in sounds[:ENROLLED] if (v := encoder.vector(sound)) is not None]
            known.enrol(name, vectors)
    for name in list(known.voices)[:TUNED]:
        known.forget(name)
    unseen = {name: people[name] for name in known.voices}
    unseen |= dict([(name, sounds) for name, sounds in people.items() if len(sounds) <= ENROLLED][1::2])
    spent = heard = 0.0
    found: dict[str, Any] = {}
    for kind, level in {"clean": float("inf"), **({"noise_10_db": NOISE_DB} if noises else {})}.items():
        for seconds in SECONDS:
            step(f"{kind}, {seconds:g} s")
            own: list[float] = []
            others: list[float] = []
            for name, sounds in unseen.items():
                for sound in sounds[ENROLLED:] if name in known.voices else sounds:
                    for piece in _pieces(sound, seconds):
                        noisy = piece if kind == "clean" else _with_noise(piece, noises, random)
                        began = time.process_time()
                        vector = encoder.vector(noisy)
                        spent, heard = spent + time.process_time() - began, heard + seconds
                        if vector is not None:
                            _score(known, name, vector, own, others)
            found[f"{kind}_{seconds:g}_s"] = _rates(np.array(own), np.array(others), _bounds(seconds, level))
    return {
        "enrolled": len(known.voices),
        "people": len(unseen),
        "cpu_per_s": round(spent / heard, 3),
        **found,
    }


def _utterances(data: Path) -> dict[str, list[Sound]]:
    """The speech of each person of speakers/, an array an utterance."""
    manifest = data / "speakers" / "manifest.csv"
    if not manifest.is_file():
        raise AudioError(
            f"There is nothing to measure on: {manifest} is missing; name its folder with --data."
        )
    people: dict[str, list[Sound]] = {}
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            audio = read(manifest.parent / row["file"])
            spans = speech_in(audio) or [(0.0, audio.size / RATE)]
            spoken = [audio[round(a * RATE) : round(b * RATE)] for a, b in spans]
            people.setdefault(row["speaker"], []).append(np.concatenate(spoken))
    return people


def _pieces(sound: Sound, seconds: float) -> Iterator[Sound]:
    """Stretches of that length, one behind the other, three at most."""
    length = round(seconds * RATE)
    for start in range(0, min(sound.size - length + 1, 3 * length), length):
        yield sound[start : start + length]


def _with_noise(sound: Sound, noises: list[Sound], random: np.random.Generator) -> Sound:
    noise = noises[int(random.integers(len(noises)))]
    noise = np.tile(noise, -(-sound.size // noise.size))
    start = int(random.integers(noise.size - sound.size + 1))
    part = noise[start : start + sound.size]
    gain = np.sqrt(np.mean(sound**2) / (np.mean(part**2) + 1e-12)) * 10 ** (-NOISE_DB / 20)
    return np.asarray(sound + gain * part, np.float32)


def _score(known: KnownVoices, name: str, vector: Vector, own: list[float], others: list[float]) -> None:
    for other, voice in known.voices.items():
        (own if other == name else others).append(float(voice.now @ vector))


def _bounds(seconds: float, level: float) -> dict[str, float]:
    """What is asked of a voice, as cosines."""
    bound = threshold(seconds)
    little = {"_like": like(seconds, level)} if seconds <= 1 else {}
    return {"": bound, "_sure": bound + UNSURE / 2, "_wholly": bound + UNSURE, **little}


def _rates(own: Any, others: Any, asked: dict[str, float]) -> dict[str, float | int]:
    bounds = np.unique(np.concatenate([own, others]))
    misses = np.searchsorted(np.sort(own), bounds) / len(own)
    accepts = 1 - np.searchsorted(np.sort(others), bounds) / len(others)
    at = int(np.argmin(np.abs(misses - accepts)))
    return {
        **{f"misses{name}": round(float((own < bound).mean()), 4) for name, bound in asked.items()},
        **{f"false_accepts{name}": round(float((others >= b).mean()), 4) for name, b in asked.items()},
        "equal_error": round(float((misses[at] + accepts[at]) / 2), 4),
        "equal_at": round(float(bounds[at]), 3),
        "own": len(own),
        "others": len(others),
    }
