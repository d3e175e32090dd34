"""Which microphones and loudspeakers there are, and how loud it is in front of one: for `doctor` and the
settings."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from companion.audio.capture import Capture
from companion.audio.link import OPEN_WAIT, AudioProcess
from companion.audio.process import ListDevices, Open, Opened, Refused
from companion.audio.pulse import look_once
from companion.audio.shared import StreamMemory
from companion.audio.trouble import missing, refusal
from companion.errors import AudioError

SILENCE_DB = -120.0
"""What digital silence is called, dBFS."""

WAKING = 3
"""So many times as long a device may take whose every sample is zero: one that wakes up begins like that."""


@dataclass(frozen=True, slots=True)
class AudioDevice:
    """A microphone (`kind` "input") or loudspeaker ("output"): its name for people and for the settings,
    whether it is the system's default, its rate in hertz and its channels."""

    kind: str
    name: str
    default: bool
    rate: int
    channels: int


def devices() -> list[AudioDevice]:
    """All of them, monitors of loudspeakers left out; through the sound server where there is one, else
    PortAudio's list. Raises `AudioError` where PortAudio is missing."""
    picture = look_once()
    if picture is None:
        return _portaudio_devices()
    defaults = {kind: picture.choose(kind, "") for kind in ("input", "output")}
    return [
        AudioDevice(d.kind, d.description, d == defaults[d.kind], d.rate, d.channels)
        for d in picture.devices
        if not d.monitor
    ]


def find(kind: str, wanted: str = "") -> AudioDevice:
    """The device of `kind` whose name is or holds `wanted`, whatever the case; "": the default.
    Raises `AudioError` when there is none."""
    usable = [d for d in devices() if d.kind == kind]
    low = wanted.casefold()
    if wanted:
        whole = [d for d in usable if d.name.casefold() == low]
        found = whole or [d for d in usable if low in d.name.casefold()]
    else:
        found = [d for d in usable if d.default] or usable
    if not found:
        raise AudioError(missing(kind, wanted))
    return found[0]


def input_level(wanted: str = "", seconds: float = 1.0) -> float:
    """How loud it is in front of a microphone (found as `find` does), RMS in dB of full scale: listens for
    `seconds` seconds (longer while every sample is zero) and keeps nothing. `SILENCE_DB`: every sample was
    zero. Raises `AudioError` when it can't listen."""
    memory = StreamMemory()
    capture = Capture(memory, time.monotonic)
    process = AudioProcess("input", memory, capture.bell_out)
    try:
        request, name = _request("input", wanted)
        answer = process.ask(request, OPEN_WAIT)
        if not isinstance(answer, Opened):
            raise AudioError(refusal("input", name, answer))
        capture.opened(answer.rate, 0, 0)
        until, power, count = time.monotonic() + WAKING * seconds, 0.0, 0
        while (left := until - time.monotonic()) > 0:
            captured = capture.read(left)
            if captured is None:
                continue
            if not power and captured.frames.any():
                until, count = time.monotonic() + seconds, 0  # it has woken: its level counts from here
            power += float(np.sum(captured.frames.astype(np.float64) ** 2))
            count += captured.frames.size
    finally:
        process.kill()
    if not count:
        raise AudioError(f"The microphone ({name}) gives no sound: check that it isn't switched off.")
    return max(SILENCE_DB, 10 * float(np.log10(power / count))) if power else SILENCE_DB


def _request(kind: str, wanted: str) -> tuple[Open, str]:
    """How to open a device, and its name. Raises `AudioError` when it isn't there."""
    picture = look_once()
    if picture is None:
        return Open(None, wanted, 0), wanted or "system default"
    device = picture.choose(kind, wanted)
    if device is None:
        raise AudioError(missing(kind, wanted))
    return Open(device.name, "", device.rate), device.description


def _portaudio_devices() -> list[AudioDevice]:
    """PortAudio's list, taken in a process of its own: the library is noisy, and asked once it never looks
    again."""
    process = AudioProcess("input", StreamMemory(1), None)
    try:
        answer: Any = process.ask(ListDevices(), OPEN_WAIT)
    finally:
        process.kill()
    if answer is None or isinstance(answer, Refused):
        raise AudioError(refusal("input", "any", answer))
    return [_from_portaudio(kind, d) for d in answer for kind in ("input", "output") if _usable(kind, d)]


def _usable(kind: str, found: dict[str, Any]) -> bool:
    return bool(found[f"max_{kind}_channels"] > 0) and "monitor" not in str(found["name"]).casefold()


def _from_portaudio(kind: str, found: dict[str, Any]) -> AudioDevice:
    rate, channels = int(found["default_samplerate"]), int(found[f"max_{kind}_channels"])
    return AudioDevice(kind, str(found["name"]), found["default"][kind], rate, channels)
