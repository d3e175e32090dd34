"""Voice-to-voice time: recordings are spoken to `companion talk` in the measuring room; the tape is read."""

from __future__ import annotations

import csv
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from companion.audio.recordings import read, write
from companion.bench.asr_data import speech_in
from companion.bench.room import Room
from companion.bench.tape import Tape
from companion.engines import Never
from companion.engines.asr import Recognizer
from companion.errors import AudioError
from companion.settings import Settings
from companion.settings_file import change, get, keys

SPEECH = 0.25
"""Seconds from which on a sound counts as speech, not as an earcon."""

PAUSE = 1.6
"""Seconds up to which a silence belongs to the user's turn."""

LATE = 0.02
"""Seconds by which the tape's clock can be late."""

TAIL = 0.15
"""Seconds of a recording that are kept behind its speech."""

ANSWER_WITHIN = 60.0
READY_WITHIN = 60.0


@contextmanager
def spare_home(settings: Settings) -> Iterator[Path]:
    """A home for one measurement, with what `settings` say of the engines and of her patience; the devices
    and the key are the room's."""
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        home, usual = Path(folder), Settings()
        for key in keys():
            value = get(settings, key)
            if not key.startswith("audio.") and key != "turns.mode" and value != get(usual, key):
                change(home, key, value)
        yield home


class Talk:
    """`companion talk` in a room; its lines are read as they come."""

    def __init__(self, room: Room, home: Path, *, within: tuple[str, ...] = (), typing: bool = False) -> None:
        """`within` is a command that is to run it, such as one that takes the network away. `typing`: lines
        can be typed."""
        command = [*within, sys.executable, "-m", "companion", "--home", str(home), "talk", "--timings"]
        keyboard = subprocess.PIPE if typing else subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, env=room.env, stdin=keyboard, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._news: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Talk:
        """Ended with the block, whatever happens in it."""
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            self._news.put(line)
        self._news.put(None)

    def type(self, line: str = "") -> None:
        """Type a line; an empty one is the key that marks a turn."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def wait_for(self, words: str, seconds: float) -> bool:
        """Wait for a line with these words that hasn't been waited for yet."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._news.get(timeout=left)
            except queue.Empty:
                return False
            if line is None:
                return False
            if words in line:
                return True
        return False

    def listens(self) -> None:
        """Wait until it listens. Raises `AudioError` where it doesn't."""
        if not self.wait_for("Listening", READY_WITHIN):
            raise AudioError(f"companion talk didn't start: {' '.join(self.lines[-3:])}")

    def settle(self, seconds: float) -> None:
        """Wait until nothing new has been said for that long."""
        while self.wait_for("", seconds):
            continue

    def told(self, start: str) -> str:
        """What the last line that begins so says, "" if there is none."""
        return next((line.removeprefix(start) for line in reversed(self.lines) if line.startswith(start)), "")

    def close(self) -> int:
        """End it as Ctrl-C does; its exit code. What a shell starts behind itself doesn't hear Ctrl-C."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return code


def run(
    data: Path,
    settings: Settings,
    recognizer: Recognizer,
    step: Callable[[str], None],
    *,
    most: int,
    keep: Path | None = None,
    floor: dict[str, float] | None = None,
    echo_db: float | None = None,
) -> dict[str, Any]:
    """Speak up to `most` recordings of `data` (speech/, then commands/) and read the tape.

    Plain JSON: `median_s`, `p95_s` and `gaps_s` from the end of the user's speech to the first speech of the
    answer, `cut_offs` (she spoke while the user did), `answers` as transcribed from the tape, `stages_ms`.
    `echo_db`: how loud the loudspeaker is in the microphone; `heard_herself` counts turns beyond those
    spoken. With `floor`, the parts of the machine's floor in seconds, also the floor, and how the median
    compares with it.
    """
    files = recordings_in(data)[:most]
    with Room(echo_db=echo_db) as room, spare_home(settings) as home:
        began = time.monotonic()
        with Talk(room, home) as talk:
            talk.listens()
            ready = time.monotonic() - began
            tape, said = _conversation(room, talk, files, step)
            code = talk.close()
    if keep:
        write(keep, (np.clip(tape.speaker, -1, 1) * 32767).astype(np.int16), tape.rate)
    rows = [_read(tape, said, i, path, recognizer) for i, path in enumerate(files)]
    summary = _summary(rows)
    spans = stages(talk.lines)
    if floor is not None and summary["median_s"] and "device" in spans:
        parts = {**floor, "device": spans["device"]["p50"] / 1000}
        least = sum(parts.values())
        summary["floor_s"] = round(least, 3)
        summary["median_of_floor"] = round(summary["median_s"] / least, 2)
        summary["p95_of_floor"] = round(summary["p95_s"] / least, 2)
        summary["floor_parts_s"] = parts
    return {
        **summary,
        "heard_herself": max(0, sum(line.startswith("you: ") for line in talk.lines) - len(files)),
        "stages_ms": spans,
        "drafts": _pairs(talk.told("drafts: ")),
        "rates": talk.told("rates: "),
        "sound": talk.told("sound: "),
        "ready_s": round(ready, 2),
        "exit_code": code,
        "lines": talk.lines,
        "turns": rows,
    }


def stages(lines: list[str]) -> dict[str, dict[str, int]]:
    """Median and 95th percentile of each span of the answers' timelines, in milliseconds."""
    found: dict[str, list[float]] = {}
    for line in lines:
        if line.startswith("ms: "):
            for name, value in _pairs(line.removeprefix("ms: ")).items():
                found.setdefault(name, []).append(value)
    return {
        name: {"p50": round(float(np.median(of))), "p95": round(float(np.percentile(of, 95)))}
        for name, of in found.items()
    }


def _pairs(words: str) -> dict[str, float]:
    """What "name value  name value" says."""
    parts = words.split()
    return {name: float(value) for name, value in zip(parts[::2], parts[1::2], strict=True)}


def _conversation(
    room: Room, talk: Talk, files: list[Path], step: Callable[[str], None]
) -> tuple[Tape, list[tuple[float, float]]]:
    """Speak one recording after the other, each when the one before is answered: the tape, and when each
    began and ended (`time.monotonic`)."""
    room.start_tape()
    said: list[tuple[float, float]] = []
    for count, path in enumerate(files, 1):
        step(f"{count} of {len(files)}: {path.name}")
        start = time.monotonic()
        room.say(spoken(path))
        said.append((start, time.monotonic()))
        talk.wait_for("she: ", ANSWER_WITHIN)
    return room.stop_tape(), said


def spoken(path: Path) -> np.ndarray:
    """A recording as the room's voice takes it: float32[n] at 48 kHz (players stumble over 24-bit FLAC), cut
    where its speech ends: some have a click behind it, which the tape would take for its end."""
    import soxr

    audio = read(path)
    speech = speech_in(audio)
    audio = audio[: round((speech[-1][1] + TAIL) * 16_000)] if speech else audio
    return np.asarray(soxr.resample(audio, 16_000, 48_000), np.float32)


def recordings_in(data: Path) -> list[Path]:
    """The recordings of speech/ and commands/, in the order of their manifests."""
    found = []
    for folder in ("speech", "commands"):
        manifest = data / folder / "manifest.csv"
        if manifest.is_file():
            with manifest.open(encoding="utf-8", newline="") as file:
                found += [data / folder / row["file"] for row in csv.DictReader(file)]
    if not found:
        raise AudioError(f"{data} has no speech/manifest.csv and no commands/manifest.csv.")
    return found


def _read(
    tape: Tape, said: list[tuple[float, float]], index: int, path: Path, recognizer: Recognizer
) -> dict[str, Any]:
    """What the tape has of one recording and its answer."""
    part = turn_of(tape, said, index)
    heard = answered(part)
    if heard.begun is None:
        return {"file": path.name, "gap_s": None, "cut_off": heard.cut_off, "answer": ""}
    clip = part.speaker[max(0, int((heard.begun - 0.1) * part.rate)) :]
    answer = recognizer.thorough(_to_16_khz(clip, part.rate), Never()).text
    return {
        "file": path.name,
        "gap_s": heard.gap,
        "cut_off": heard.cut_off,
        "pause_s": longest_pause(part, clip),
        "answer": answer,
    }


def longest_pause(part: Tape, clip: np.ndarray) -> float:
    """The longest silence within an answer, seconds: people pause for 0.5 s between sentences."""
    spans = part.spans(clip, min_gap=0.05)
    return round(max((b[0] - a[1] for a, b in pairwise(spans)), default=0.0), 3)


def turn_of(tape: Tape, said: list[tuple[float, float]], index: int) -> Tape:
    """The part of the tape that has one recording and its answer."""
    until = said[index + 1][0] if index + 1 < len(said) else tape.start + tape.speaker.size / tape.rate
    return tape.between(said[index][0] - LATE, until - LATE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a part of the tape has of an answer: when it begins there, and how long after the end of the
    user's speech (seconds; None: there is none); whether she spoke while the user did."""

    begun: float | None
    gap: float | None
    cut_off: bool


def answered(part: Tape) -> Answered:
    """How the user's speech on a part of the tape is answered."""
    user = part.spans(part.user, min_gap=PAUSE)
    if not user:
        return Answered(None, None, cut_off=False)
    begin, end = user[0]
    hers = [s for s in part.spans(part.speaker, min_gap=0.12, min_length=SPEECH) if begin < s[0]]
    late = [s for s in hers if s[0] >= end - 0.15]
    cut_off = any(s[0] < end - 0.15 for s in hers)
    return (
        Answered(late[0][0], round(late[0][0] - end, 3), cut_off) if late else Answered(None, None, cut_off)
    )


def _to_16_khz(sound: np.ndarray, rate: int) -> np.ndarray:
    import soxr

    return np.asarray(soxr.resample(sound, rate, 16_000), np.float32)


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    pauses = [row["pause_s"] for row in rows if row.get("pause_s") is not None]
    return {
        **gaps(rows),
        "in_words": sum(bool(row["answer"]) for row in rows),
        "pauses_s": {f"p{p}": round(float(np.percentile(pauses, p)), 3) for p in (50, 95) if pauses},
    }


def gaps(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many recordings were answered and cut off, and how long the answers took: of rows with `gap_s`
    (None: unanswered) and `cut_off`."""
    found = [row["gap_s"] for row in rows if row["gap_s"] is not None]
    return {
        "of": len(rows),
        "answered": len(found),
        "cut_offs": sum(row["cut_off"] for row in rows),
        "median_s": round(float(np.median(found)), 3) if found else None,
        "p95_s": round(float(np.percentile(found, 95)), 3) if found else None,
    }
