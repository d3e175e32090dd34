"""Sounds over her voice, in the measuring room: interruptions, backchannels, coughs and doors; the tape tells
when she grew softer, when she fell silent, and what she let pass.

The conversation runs in this process, so that what was given to the loudspeaker is known to the sample; the
sound devices are in processes of their own, as always. Interruptions are human recordings; backchannels are
synthesised (no recordings of any are at hand), and so are coughs and knocks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from companion import app
from companion.audio import RATE, Captured, Sound, SoundStatus
from companion.audio.recordings import read
from companion.bench.asr_data import speech_in
from companion.bench.noises import coloured
from companion.bench.room import Room, wait_for
from companion.bench.spoken import spoken
from companion.bench.tape import RATE as TAPE_RATE
from companion.bench.tape import Tape
from companion.bench.turns import recordings_in
from companion.dialogue import events as e
from companion.dialogue.backchannels import is_backchannel
from companion.dialogue.state import Floor, State
from companion.dialogue.timeline import Timeline
from companion.engines import Never
from companion.engines.asr import Recognizer
from companion.engines.tts import Synthesizer
from companion.errors import AudioError
from companion.settings import Settings

Kind = Literal["interruption", "backchannel", "noise"]
Samples = NDArray[np.float32]

STARTERS = (
    "Please tell me the whole story of Little Red Riding Hood, in many sentences.",
    "Please explain to me how bread is made, from the grain to the oven, in many sentences.",
    "Please describe a long walk by the sea, everything you pass, in many sentences.",
)
BACKCHANNELS = (
    "Mm-hmm.", "Yeah.", "Uh-huh.", "Right.", "Okay.", "I see.", "Oh wow.", "Yeah, yeah.", "Really?", "Mhm.",
)  # fmt: skip
VOICES = (0.86, 1.0, 1.15)
"""Factors of pitch and speed that make other voices of the one there is."""

LEAD = 1.0
"""Seconds for which she has spoken when a sound begins."""

LEFT = 2.5
"""Seconds of her speech that must still be queued then: she may go on."""

AFTER = 2.0
"""Seconds after a sound at which it is known whether it stopped her."""

SOFTER = 0.5
"""Share of her loudness below which she is ducked: half of the 12 dB."""


@dataclass(frozen=True, slots=True)
class Sounded:
    """A sound to be made over her voice: float32[n] at 16 kHz from its first audible sample on. `telling`:
    seconds into it at which the first word that is no backchannel ends."""

    name: str
    kind: Kind
    audio: Samples
    telling: float | None = None


@dataclass(slots=True)
class _Trial:
    sound: Sounded
    began: float
    ended: float = 0.0
    stopped: float | None = None
    """Clock's time at which she was told to stop."""


@dataclass(slots=True)
class NotedSound:
    """A `Sound` that notes what was given to its loudspeaker: (position, samples, rate)."""

    sound: Sound
    given: list[tuple[float, NDArray[np.int16], int]] = field(default_factory=list)

    def start(self) -> None:
        self.sound.start()

    def close(self) -> None:
        self.sound.close()

    def read(self, timeout: float) -> Captured | None:
        return self.sound.read(timeout)

    def mute(self, muted: bool) -> None:
        self.sound.mute(muted)

    def duck(self, gain_db: float) -> None:
        self.sound.duck(gain_db)

    def stop(self) -> float:
        return self.sound.stop()

    def heard(self) -> float:
        return self.sound.heard()

    def status(self) -> SoundStatus:
        return self.sound.status()

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        at = self.sound.play(samples, rate)
        self.given.append((at, samples, rate))
        return at

    def left(self) -> float:
        """Seconds that are queued and have not been heard."""
        if not self.given:
            return 0.0
        at, samples, rate = self.given[-1]
        return at + len(samples) / rate - self.heard()


class _Witness:
    """A watcher that knows the state of the floor, and when she was told to stop."""

    def __init__(self) -> None:
        self.floor = Floor.IDLE
        self.begun = 0.0
        self.stops: list[float] = []
        self.looks: list[tuple[float, e.Overheard]] = []
        self.softened: list[float] = []

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        self.floor = state.floor
        if isinstance(what, e.PlaybackBegun):
            self.begun = now
        elif isinstance(what, e.StopPlaying):
            self.stops.append(now)
        elif isinstance(what, e.Duck) and what.down:
            self.softened.append(now)
        elif isinstance(what, e.Overheard):
            self.looks.append((now, what))

    def timed(self, timeline: Timeline) -> None: ...


def run(
    data: Path,
    settings: Settings,
    recognizer: Recognizer,
    synthesizer: Synthesizer,
    step: Callable[[str], None],
    *,
    most: int,
    echo_db: float | None = None,
) -> dict[str, Any]:
    """Make `most` sounds of each kind over her voice and read the tape.

    Plain JSON, for each kind: how many `stopped` her, of how many; seconds from the onset of the sound, on
    the tape, to half of the ducking (`duck_s`) and to silence (`stop_s`), for interruptions also from the end
    of the first word that tells them from a backchannel (`after_telling_s`): median and p95. `device_s` is
    the devices' own part. Raises `AudioError` where the room can't be had or she doesn't talk.
    """
    sounds = _mixed(
        interruptions(data, recognizer, most), backchannels(synthesizer, most), noises(data, most)
    )
    starters = [spoken(synthesizer, text, RATE)[0] for text in STARTERS]
    witness = _Witness()
    with Room(echo_db=echo_db) as room, _heard_in(room):
        from companion.audio.device import DeviceSound

        parts = app.load_parts(settings, app.Forgetful(), lambda role: None)
        sound = NotedSound(DeviceSound(settings.audio))
        sound.start()
        companion = app.Companion.start(parts, sound, (witness,))
        try:
            room.start_tape()
            trials = list(_trials(room, sound, witness, sounds, starters, step))
            device = sound.status().offset_s
            tape = room.stop_tape()
            rates = parts.engines.llm.rates()
        finally:
            companion.close()
    rows = [_read(tape, trial, sound, witness) for trial in trials]
    kinds: tuple[Kind, ...] = ("interruption", "backchannel", "noise")
    return {
        **{kind: _summary([row for row in rows if row["kind"] == kind]) for kind in kinds},
        "device_s": device,
        "echo_db": echo_db,
        "rates": {"prefill": round(rates.prefill), "decode": round(rates.decode, 1)},
        "sounds": rows,
    }


def interruptions(data: Path, recognizer: Recognizer, most: int) -> list[Sounded]:
    """Human recordings, the orders before the sentences, from their first audible sample on."""
    found = []
    for path in sorted(recordings_in(data), key=lambda path: path.parent.name)[:most]:
        audio = _trimmed(read(path))
        words = recognizer.thorough(audio, Never()).words
        said, telling = "", None
        for word in words:
            said = f"{said} {word.text}"
            if telling is None and not is_backchannel(said):
                telling = word.end
        found.append(Sounded(path.name, "interruption", audio, telling))
    return found


def backchannels(synthesizer: Synthesizer, most: int) -> list[Sounded]:
    """Synthesised "mhm" and "yeah" in several voices."""
    pairs = [(text, factor) for factor in VOICES for text in BACKCHANNELS]
    return [
        Sounded(f"{text} x{factor}", "backchannel", _trimmed(spoken(synthesizer, text, RATE, factor)[0]))
        for text, factor in (pairs[i % len(pairs)] for i in range(most))
    ]


def noises(data: Path, most: int) -> list[Sounded]:
    """Coughs, doors, and crockery: made from a seed, and half a second each of the recorded noises."""
    rng = np.random.default_rng(4)
    found = []
    recorded = [read(path) for path in sorted((data / "noise").glob("*.*")) if path.suffix != ".md"]
    for index in range(most):
        if index % 3 == 0:
            found.append(Sounded("cough", "noise", cough(rng)))
        elif index % 3 == 1 or not recorded:
            found.append(Sounded("door", "noise", door(rng)))
        else:
            room = recorded[index % len(recorded)]
            start = int(rng.integers(0, max(1, room.size - RATE)))
            found.append(Sounded("recorded noise", "noise", room[start : start + RATE // 2]))
    return found


def cough(rng: np.random.Generator) -> Samples:
    """Two bursts of breath, 0.15 and 0.25 s, through a throat: noise with formants at 0.6 and 1.5 kHz."""
    parts = []
    for seconds in (0.15, 0.25):
        count = int(seconds * RATE)
        time_ = np.arange(count) / RATE
        throat = sum(np.sin(2 * np.pi * f * time_ + rng.uniform(0, 6.28)) for f in (600, 1500))
        breath = coloured(rng, count, 1.0) * (1 + 0.5 * throat)
        parts += [breath * np.exp(-7 * time_ / seconds), np.zeros(RATE // 12)]
    sound = np.concatenate(parts)
    return np.asarray(0.3 * sound / np.max(np.abs(sound)), np.float32)


def door(rng: np.random.Generator) -> Samples:
    """A door that falls shut: a low thud with a click."""
    time_ = np.arange(RATE // 3) / RATE
    thud = np.sin(2 * np.pi * rng.uniform(60, 110) * time_) * np.exp(-18 * time_)
    click = rng.standard_normal(time_.size) * np.exp(-120 * time_)
    return np.asarray(0.35 * (thud + 0.5 * click), np.float32)


def _mixed(*kinds: Sequence[Sounded]) -> list[Sounded]:
    """One of each kind in turn, those that she goes on after first."""
    longest = max(len(kind) for kind in kinds)
    return [kind[i] for i in range(longest) for kind in reversed(kinds) if i < len(kind)]


def _trials(
    room: Room,
    sound: NotedSound,
    witness: _Witness,
    sounds: Sequence[Sounded],
    starters: Sequence[Samples],
    step: Callable[[str], None],
) -> Iterator[_Trial]:
    """Make one sound after the other while she speaks; she is asked again whenever she has nothing to say."""
    asked = 0

    def speaks() -> bool:
        talking = witness.floor is Floor.COMPANION and time.monotonic() - witness.begun > LEAD
        return talking and sound.left() > LEFT

    for count, sounded in enumerate(sounds, 1):
        step(f"{count} of {len(sounds)}: {sounded.kind}, {sounded.name}")
        for _ in range(12):
            if witness.floor in (Floor.IDLE,) and not wait_for(speaks, 0.5):
                room.say(_at_48_khz(starters[asked % len(starters)]))
                asked += 1
            if wait_for(speaks, 8.0):
                break
        else:
            raise AudioError("She doesn't talk for long enough to be interrupted.")
        stops = len(witness.stops)
        trial = _Trial(sounded, time.monotonic())
        room.say(_at_48_khz(sounded.audio))
        time.sleep(AFTER)
        trial.ended = time.monotonic()
        trial.stopped = witness.stops[stops] if len(witness.stops) > stops else None
        yield trial
        if trial.stopped is not None:
            wait_for(lambda: witness.floor in (Floor.COMPANION, Floor.IDLE), 10.0)


def _read(tape: Tape, trial: _Trial, sound: NotedSound, witness: _Witness) -> dict[str, Any]:
    """What the tape has of one sound."""
    part = tape.between(trial.began, trial.ended)
    spans = part.spans(part.user)
    onset = part.start + spans[0][0] if spans else trial.began
    row: dict[str, Any] = {
        "sound": trial.sound.name,
        "kind": trial.sound.kind,
        "stopped": trial.stopped is not None,
        "looks": [
            {
                "at_s": round(at - onset, 2),
                "took_s": round(look.took, 2),
                "heard": look.text,
                "sure": look.sure,
            }
            for at, look in witness.looks
            if onset <= at <= (trial.stopped or trial.ended)
        ],
        "noticed": any(onset <= at <= trial.ended for at in witness.softened),
        "duck_s": _ducked(tape, onset, trial, sound),
    }
    if trial.stopped is not None:
        around = tape.between(trial.stopped - 0.5, trial.stopped + 0.25)
        loud = around.spans(around.speaker, threshold=0.001)
        silent = around.start + loud[-1][1] if loud else trial.stopped
        row["stop_s"] = round(silent - onset, 3)
        if trial.sound.telling is not None:
            row["after_telling_s"] = round(silent - onset - trial.sound.telling, 3)
    return row


def _ducked(tape: Tape, onset: float, trial: _Trial, sound: NotedSound) -> float | None:
    """Seconds from the onset to the first 10 ms at less than `SOFTER` of what was given to the loudspeaker;
    None where she was not softened, or was silent just then."""
    until = trial.stopped or trial.ended
    before, after = tape.between(onset - 0.6, onset), tape.between(onset - 0.6, until)
    if before.speaker.size < TAPE_RATE // 4:
        return None
    given = _best_match(before.speaker, sound)
    if given is None:
        return None
    count = min(given.size, after.speaker.size) // 480
    wanted = np.sqrt(np.mean(given[: count * 480].reshape(-1, 480) ** 2, axis=1))
    played = np.sqrt(np.mean(after.speaker[: count * 480].reshape(-1, 480) ** 2, axis=1))
    usual = wanted > 0.02
    early = usual & (np.arange(count) < 50)
    if not early.any():
        return None
    gain = played / np.maximum(wanted, 1e-6) / np.median(played[early] / wanted[early])
    soft = np.flatnonzero(usual & (gain < SOFTER) & (np.arange(count) >= 60))
    return round(float(soft[0]) / 100 - 0.6, 3) if soft.size else None


def _best_match(heard: Samples, sound: NotedSound) -> Samples | None:
    """What was given to the loudspeaker from the moment on at which `heard` begins: float32[n] at 48 kHz;
    None where it isn't found."""
    best, found = 0.5, None
    for _, samples, rate in sound.given[-400:]:
        clip = _resampled(samples.astype(np.float32) / np.float32(32768), rate, TAPE_RATE)
        if clip.size < heard.size:
            continue
        size = 1 << (clip.size + heard.size).bit_length()
        product = np.fft.rfft(clip, size) * np.conj(np.fft.rfft(heard, size))
        match = np.fft.irfft(product, size)[: clip.size - heard.size + 1]
        at = int(np.argmax(match))
        piece = clip[at : at + heard.size]
        score = match[at] / (np.linalg.norm(piece) * np.linalg.norm(heard) + 1e-9)
        if score > best:
            best, found = float(score), clip[at:]
    return found


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "of": len(rows),
        "stopped": sum(row["stopped"] for row in rows),
        "noticed": sum(row["noticed"] for row in rows),
    }
    for name in ("duck_s", "stop_s", "after_telling_s"):
        values = [row[name] for row in rows if row.get(name) is not None]
        if values:
            found[name] = {
                "n": len(values),
                "p50": round(float(np.median(values)), 3),
                "p95": round(float(np.percentile(values, 95)), 3),
            }
    return found


def _trimmed(audio: Samples) -> Samples:
    """From the first audible sample to the end of the speech."""
    speech = speech_in(audio)
    audio = audio[: round((speech[-1][1] + 0.15) * RATE)] if speech else audio
    loud = np.flatnonzero(np.abs(audio) > 0.03 * np.max(np.abs(audio)))
    return audio[loud[0] :] if loud.size else audio


def _at_48_khz(audio: Samples) -> Samples:
    return _resampled(audio, RATE, TAPE_RATE)


def _resampled(audio: Samples, rate: int, wanted: int) -> Samples:
    import soxr

    return np.asarray(soxr.resample(audio, rate, wanted), np.float32)


@contextmanager
def _heard_in(room: Room) -> Iterator[None]:
    """This process's sound goes to the room and comes from it, while the body runs."""
    names = ("PULSE_SERVER", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: room.env[name] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
