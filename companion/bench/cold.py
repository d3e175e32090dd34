"""The first answer after a start beside the tenth: one recording is spoken to `companion talk` as soon as it
listens and again as the tenth turn, start after start in one home, in the measuring room.

The first start finds a fresh home, those after it a conversation that goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from companion.audio.recordings import read
from companion.bench.room import Room
from companion.bench.turns import (
    ANSWER_WITHIN,
    Talk,
    answered,
    recordings_in,
    spare_home,
    spoken,
    turn_of,
)
from companion.errors import AudioError
from companion.settings import Settings

TURNS = 10

AMONG = 24
"""Recordings at the front of the data that the shortest are taken from: so many, because the first and tenth
recording is then one whose end is beyond doubt, and the engines are measured, not the wait."""

ENOUGH = 1.5
"""Seconds that a recording lasts at least: a shorter one is hardly a turn."""


def run(data: Path, settings: Settings, step: Callable[[str], None], *, repeats: int) -> dict[str, Any]:
    """Start `companion talk` `repeats` times in one home, and speak ten recordings of `data` each time.

    Plain JSON: `first_s` and `tenth_s`, a value a start: from the end of the user's speech to the first
    speech of the answer (None: unanswered); their medians, and `ratio`, first to tenth; `ready_s` from the
    start to "Listening"; `rates`, what the engines reached.
    """
    files = chosen(recordings_in(data))
    starts = []
    with Room() as room, spare_home(settings) as home:
        for number in range(1, repeats + 1):
            step(f"start {number} of {repeats}")
            starts.append(_start(room, home, files))
    return {"recordings": [path.name for path in files], **summary(starts), "starts": starts}


def chosen(files: Sequence[Path]) -> list[Path]:
    """Ten short recordings, the first and the tenth the same: the longest of them, for the shortest are read
    sentences whose end is waited for, and a long wait hides the work. Raises `AudioError` where there are too
    few."""
    lengths = {path: len(read(path)) / 16_000 for path in files[:AMONG]}
    long_enough = [path for path in sorted(lengths, key=lengths.__getitem__) if lengths[path] >= ENOUGH]
    if len(long_enough) < TURNS - 1:
        raise AudioError(f"Ten turns need {TURNS - 1} recordings of {ENOUGH} s or more: name another folder.")
    nine = long_enough[: TURNS - 1][::-1]
    return [*nine, nine[0]]


def _start(room: Room, home: Path, files: Sequence[Path]) -> dict[str, Any]:
    """One start, and ten turns."""
    sounds = [spoken(path) for path in files]
    room.start_tape()
    began = time.monotonic()
    with Talk(room, home) as talk:
        talk.listens()
        ready = time.monotonic() - began
        said = []
        for sound in sounds:
            start = time.monotonic()
            room.say(sound)
            said.append((start, time.monotonic()))
            talk.wait_for("she: ", ANSWER_WITHIN)
        tape = room.stop_tape()
        code = talk.close()
    gaps = [answered(turn_of(tape, said, index)).gap for index in range(len(files))]
    return {
        "ready_s": round(ready, 2),
        "gaps_s": gaps,
        "rates": talk.told("rates: "),
        "exit_code": code,
        "lines": talk.lines,
    }


def summary(starts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """First against tenth answer, of starts with `gaps_s`, `ready_s` and `rates`."""
    first, tenth = ([start["gaps_s"][index] for start in starts] for index in (0, -1))
    early, late = _median(first), _median(tenth)
    return {
        "first_s": first,
        "tenth_s": tenth,
        "median_first_s": early,
        "median_tenth_s": late,
        "ratio": round(early / late, 2) if early and late else None,
        "ready_s": [start["ready_s"] for start in starts],
        "rates": [start["rates"] for start in starts],
    }


def _median(gaps: Sequence[float | None]) -> float | None:
    found = [gap for gap in gaps if gap is not None]
    return round(float(np.median(found)), 3) if found else None
