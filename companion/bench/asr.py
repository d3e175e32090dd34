"""`companion bench asr`: short window, record and faster-whisper's `transcribe`, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.audio import RATE
from companion.audio.recordings import read
from companion.bench.asr_data import Utterance, torn_in, turns_in, utterances_in, words_in
from companion.bench.asr_scores import has_repeated_stretch, spread, understood, word_errors
from companion.bench.noises import stretches
from companion.engines import Never
from companion.engines.asr.whisper import WhisperRecognizer

BRIEF = 5.0
"""Longest speech, seconds, of the utterances that the aim for speed is about."""

PATHS = ("quick", "thorough", "transcribe")
"""The short window, the record, and faster-whisper's own `transcribe` with its defaults on the same model."""

PIECE = 3.0
"""Length of the stretches of noise that are given to the recogniser past the speech detector, seconds."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one path made of one utterance, and in how many seconds."""

    utterance: Utterance
    path: str
    heard: str
    seconds: float


def run(
    data: Path, recognizer: WhisperRecognizer, progress: Progress, *, short: bool = False
) -> dict[str, Any]:
    """Measure `recognizer` on the recordings in `data`; about four minutes on 2 cores, `short` half a minute.

    `data` is laid out as `asr_data` says; raises `AudioError` where recordings are missing. `progress` gets a
    few words at each step. The result is plain JSON: `rates` (seconds of audio a second, by path), `speech`
    (WER), `commands` (share of phrases understood, by half and path), `times_s`, `up_to_5_s`, `single_words`
    (short phrases, by the short window), `torn` (sentences and their beginnings in one pass: how many were
    written down twice in part, and of how many nothing told so), `noise` (turns that noise made: there should
    be none) and `aims` (each with its figure and whether it is met).
    """
    utterances = list(utterances_in(data, short))
    plain = recognizer.plain()
    outcomes: list[Outcome] = []
    for count, utterance in enumerate(utterances, 1):
        progress(f"{count} of {len(utterances)}: {utterance.name}")
        outcomes += [_outcome(recognizer, plain, utterance, path) for path in PATHS]
    progress("single words")
    single = [_outcome(recognizer, plain, utterance, "quick") for utterance in words_in(data, short)]
    progress("sentences that break off")
    torn = [recognizer.glimpse(utterance.audio, Never()) for utterance in torn_in(data, short)]
    noise = _noise(data, recognizer, progress, short)
    measured = {
        "short": short,
        "device": recognizer.device_note,
        "rates": {path: _rate(_of(outcomes, path=path)) for path in PATHS},
        "speech": {path: _speech(_of(outcomes, path=path, group="speech")) for path in PATHS},
        "commands": _commands(outcomes),
        "times_s": {path: spread([o.seconds for o in _of(outcomes, path=path)]) for path in PATHS},
        "up_to_5_s": _brief(outcomes),
        "single_words": {**_phrases(single), "times_s": spread([o.seconds for o in single])},
        "torn": {
            "utterances": len(torn),
            "with_a_repeated_stretch": sum(has_repeated_stretch(heard.text) for heard in torn),
            "unnoticed": sum(has_repeated_stretch(heard.text) and not heard.doubt for heard in torn),
        },
        "noise": noise,
    }
    return {**measured, "aims": _aims(measured)}


def _outcome(recognizer: WhisperRecognizer, plain: Any, utterance: Utterance, path: str) -> Outcome:
    """Recognise one utterance along one path, with a clock."""
    began = time.perf_counter()
    if path == "transcribe":
        segments, _info = plain.transcribe(utterance.audio, language="en")
        heard = " ".join(segment.text.strip() for segment in segments)
    elif path == "thorough":
        heard = recognizer.thorough(utterance.audio, Never()).text
    else:
        heard = recognizer.quick(utterance.audio, Never()).text
    return Outcome(utterance, path, heard, time.perf_counter() - began)


def _of(outcomes: Sequence[Outcome], *, path: str, group: str = "") -> list[Outcome]:
    """The outcomes of one path, and of one group where one is named ("commands": both halves)."""
    groups = ("tuned", "held_out") if group == "commands" else (group,)
    return [o for o in outcomes if o.path == path and (not group or o.utterance.group in groups)]


def _rate(outcomes: Sequence[Outcome]) -> float:
    """Seconds of audio recognised in a second."""
    spent = sum(outcome.seconds for outcome in outcomes)
    return round(sum(o.utterance.audio.size for o in outcomes) / RATE / spent, 1) if spent else 0.0


def _speech(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Word error rate over all words."""
    errors = [word_errors(outcome.utterance.text, outcome.heard) for outcome in outcomes]
    said = sum(count for _wrong, count in errors)
    return {"wer": round(sum(wrong for wrong, _count in errors) / max(1, said), 3), "words": said}


def _commands(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Share of phrases understood and of utterances with a repeated stretch, by half and path."""
    return {
        group: {path: _phrases(_of(outcomes, path=path, group=group)) for path in PATHS}
        for group in ("tuned", "held_out", "commands")
    }


def _phrases(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Share of phrases understood, and what they are a share of."""
    phrases = sum(len(outcome.utterance.phrases) for outcome in outcomes)
    right = sum(understood(outcome.utterance.phrases, outcome.heard) for outcome in outcomes)
    return {
        "phrases": round(right / max(1, phrases), 3),
        "of": phrases,
        "utterances": len(outcomes),
        "with_a_repeated_stretch": sum(has_repeated_stretch(outcome.heard) for outcome in outcomes),
    }


def _brief(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Times for utterances of up to 5 s of speech, and how many times less than `transcribe` quick takes."""
    brief = [outcome for outcome in outcomes if outcome.utterance.speech <= BRIEF]
    times = {path: spread([o.seconds for o in _of(brief, path=path)]) for path in PATHS}
    faster = {
        kind: round(times["transcribe"][kind] / times["quick"][kind], 1) if times["quick"][kind] else 0.0
        for kind in ("median", "mean")
    }
    return {"utterances": len(brief) // len(PATHS), "times_s": times, "quick_is_faster": faster}


def _noise(data: Path, recognizer: WhisperRecognizer, progress: Progress, short: bool) -> dict[str, Any]:
    """How many turns noise makes: through the speech detector, and what the guards alone would let by."""
    recorded = [(path.name, read(path)) for path in sorted((data / "noise").glob("*.*"))]
    sounds = [*recorded, *stretches(60.0 if short else 600.0)]
    uttered = 0
    invented: list[str] = []
    for name, audio in sounds:
        progress(f"noise: {name}")
        for turn in turns_in(audio):
            uttered += 1
            heard = recognizer.quick(turn, Never()).text
            invented += [f"{name}: {heard}"] if heard else []
    pieces = [audio[: round(PIECE * RATE)] for _name, audio in sounds][:: 4 if short else 1]
    unguarded = [text for piece in pieces if (text := recognizer.quick(piece, Never()).text)]
    return {
        "minutes": round(sum(audio.size for _name, audio in sounds) / RATE / 60, 1),
        "utterances": uttered,
        "turns": len(invented),
        "invented": invented,
        "past_the_speech_detector": {"pieces": len(pieces), "turns": len(unguarded), "invented": unguarded},
    }


def _aims(measured: dict[str, Any]) -> dict[str, Any]:
    """The aims, each with its figure and whether it is met."""
    commands = measured["commands"]["commands"]
    points = round(100 * (commands["transcribe"]["phrases"] - commands["quick"]["phrases"]), 1)
    record = round(100 * (commands["thorough"]["phrases"] - commands["transcribe"]["phrases"]), 1)
    repeated = commands["quick"]["with_a_repeated_stretch"] / max(1, commands["quick"]["utterances"])
    faster = measured["up_to_5_s"]["quick_is_faster"]["median"]
    turns_made = measured["noise"]["turns"]
    return {
        "quick_times_faster_up_to_5_s": {"aim": ">= 4", "figure": faster, "met": faster >= 4},
        "points_fewer_phrases": {"aim": "<= 3", "figure": points, "met": points <= 3.0},
        "share_with_a_repeated_stretch": {
            "aim": "< 0.01",
            "figure": round(repeated, 3),
            "met": repeated < 0.01,
        },
        "record_points_over_transcribe": {"aim": ">= 0", "figure": record, "met": record >= 0.0},
        "turns_made_by_noise": {"aim": "0", "figure": turns_made, "met": turns_made == 0},
    }
