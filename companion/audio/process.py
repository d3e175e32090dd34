"""The audio process: owns PortAudio and one stream, moves frames to or from the ring, dies with its parent.

Why a process of its own, and one a stream. Measured (`python -m companion.bench.audio`, 15 s of tone on two
cores, Whisper base and Qwen 0.5B working without pause, load average 7 to 9, device buffers of 40 ms): with
real-time priority, which a process of its own can be given and the program's threads can't, 0 to 2 output
underflows; with a Python callback in the program 14 to 22; with rtmixer's C callback in the program 16 to 18.
Without the privilege all three are much alike (8 to 18): a C ring alone doesn't help, because the thread that
is late is PortAudio's, not the interpreter's; then `stream` lengthens the buffer. What decides it is the
rest: what freezes or crashes inside PortAudio or the sound server's plugin is killed and another process goes
on with no word lost, which in the program itself is impossible; a microphone that hangs doesn't silence the
loudspeaker; mute ends in a closed device whatever the library does; and PortAudio's list of devices, made
once a process, is as new as the process.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from typing import Any

from companion.audio.callbacks import Player, Recorder
from companion.audio.shared import StreamMemory

BLOCK = 0.01
"""Length of a device block, seconds."""

LATENCY = {"input": 0.02, "output": 0.04}
"""Device buffer asked for, seconds: small enough for a conversation; a stream that has xruns gets a longer
one."""

BELL = b"!"

Block = Callable[[Any, int, float, float, bool], None]
"""Handles one device block: its data, frames, when it is handled, when it is in the air, whether it is an
xrun."""


@dataclass(frozen=True, slots=True)
class Open:
    """Asks the audio process to open its stream. `server_device`: the sound server's name of the device
    (through PulseAudio or PipeWire), or None; `device`: PortAudio's own name of it, "" for its default;
    `rate` in hertz, 0 for the device's own; `latency`: the buffer to ask for in seconds, 0 for
    `LATENCY`'s."""

    server_device: str | None
    device: str
    rate: int
    latency: float = 0.0


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream runs: the device's rate (hertz), its latency (seconds) and PortAudio's name of it."""

    rate: int
    latency: float
    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The stream can't be opened: `reason` is "absent", "busy", "library" or "other"; `text` PortAudio's
    words."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """Asks to close the stream; answered by `Closed`."""


@dataclass(frozen=True, slots=True)
class Closed:
    """No stream is open."""


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Asks for PortAudio's list of devices, answered by a tuple of dicts as sounddevice gives them."""


def serve(kind: str, memory: StreamMemory, control: Any, bell: Any) -> None:
    """The audio process: carry out what comes over `control` until the parent is gone. `kind` "input",
    "output"."""
    _settle()
    stream: Any = None
    with suppress(
        OSError
    ):  # said when a stream is to be opened; loaded now, so that opening one takes no time
        import sounddevice  # noqa: F401
    parent = parent_process()
    assert parent is not None
    while True:
        ready = connection.wait([control, parent.sentinel])
        if parent.sentinel in ready:
            os._exit(0)
        try:
            request = control.recv()
            if stream is not None:
                _close(stream)
                stream = None
            answer: Any = Closed()
            if isinstance(request, Open):
                stream, answer = _open(kind, memory, request, bell)
            elif isinstance(request, ListDevices):
                answer = _list_devices()
            control.send(answer)
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone; PortAudio's own clean-up could hang


def _settle() -> None:
    """Leave Ctrl-C to the parent, the garbage collector off, and ALSA's chatter out of the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    _hurry()
    gc.freeze()
    gc.disable()


def _hurry() -> None:
    """Run before everything else where the machine allows it (real-time, else a better nice value): the
    threads that PortAudio starts inherit it. A process that runs away is ended by its parent, who sees
    it stand still."""
    ways: list[Callable[[], None]] = []
    if hasattr(os, "sched_setscheduler"):
        ways.append(lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5)))
    if hasattr(os, "setpriority"):
        ways.append(lambda: os.setpriority(os.PRIO_PROCESS, 0, -11))
    for way in ways:
        try:
            way()
        except PermissionError:
            continue  # the usual thing for a user without rtkit's blessing: the next best then
        return


def _close(stream: Any) -> None:
    """Close the stream; one whose device vanished refuses even that, and is ended with its process."""
    import sounddevice

    try:
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=False)
    except sounddevice.PortAudioError:
        os._exit(1)


def _open(kind: str, memory: StreamMemory, request: Open, bell: Any) -> tuple[Any, Opened | Refused]:
    """Open and start the stream, mono if the device can, else with the channels it has."""
    if request.server_device is not None:
        os.environ["PULSE_SOURCE" if kind == "input" else "PULSE_SINK"] = request.server_device
    # Below the stream's own buffer this variable freezes the stream for good.
    os.environ.pop("PULSE_LATENCY_MSEC", None)
    try:
        import sounddevice
    except OSError as error:
        return None, Refused("library", str(error))
    latency = request.latency or LATENCY[kind]
    try:
        _refresh(sounddevice, request)
        device = _find(sounddevice, kind, request)
        failure: Exception = ValueError("no way to open it")
        for rate, channels in _shapes(kind, device, request.rate):
            handle = _handler(kind, memory, channels, rate, bell)
            try:
                stream = _start(sounddevice, kind, device, rate, channels, latency, handle)
            except sounddevice.PortAudioError as error:
                failure = error
            else:
                return stream, Opened(rate, float(stream.latency), str(device["name"]))
        raise failure
    except (sounddevice.PortAudioError, ValueError) as error:
        return None, _refusal(error)


def _shapes(kind: str, device: Any, wanted: int) -> list[tuple[int, int]]:
    """Rates and channel counts to try, best first."""
    own, most = int(device["default_samplerate"]), int(device[f"max_{kind}_channels"])
    rates = dict.fromkeys((wanted or own, own))
    return [(rate, channels) for rate in rates for channels in dict.fromkeys((1, min(2, most), most))]


def _handler(kind: str, memory: StreamMemory, channels: int, rate: int, bell: Any) -> Block:
    if kind == "output":
        return Player(memory, channels, rate)
    return Recorder(memory, channels, lambda: bell.send_bytes(BELL))


def _start(
    sounddevice: Any, kind: str, device: Any, rate: int, channels: int, latency: float, handle: Block
) -> Any:
    """A running stream that gives its blocks to `handle`. Raises PortAudioError."""
    input_side = kind == "input"

    def callback(data: Any, frames: int, times: Any, status: Any) -> None:
        now = time.monotonic()
        if input_side:
            delay = times.currentTime - times.inputBufferAdcTime
            air = now - (delay if 0.0 < delay < 1.0 else BLOCK + latency)
            handle(data, frames, now, air, bool(status.input_overflow))
        else:
            delay = times.outputBufferDacTime - times.currentTime
            air = now + (delay if 0.0 < delay < 1.0 else latency)
            handle(data, frames, now, air, bool(status.output_underflow))

    shape = sounddevice.RawInputStream if input_side else sounddevice.RawOutputStream
    stream = shape(
        samplerate=rate,
        blocksize=round(rate * BLOCK),
        device=device["index"],
        channels=channels,
        dtype="int16",
        latency=latency,
        callback=callback,
    )
    stream.start()
    return stream


def _refresh(sounddevice: Any, request: Open) -> None:
    """Make PortAudio look again at what devices there are, when its list can be out of date: it is made once,
    when the library is loaded, and through a sound server only the server's own entry matters."""
    names = [device["name"] for device in sounddevice.query_devices()]
    if request.server_device is None or not {"pulse", "default"} & set(names):
        sounddevice._terminate()
        sounddevice._initialize()


def _find(sounddevice: Any, kind: str, request: Open) -> Any:
    """PortAudio's description of the device asked for. Raises ValueError or PortAudioError when there is
    none."""
    devices = [d for d in sounddevice.query_devices() if d[f"max_{kind}_channels"] > 0]
    if request.server_device is not None:
        through = [d for d in devices if d["name"] == "pulse"] or [
            d for d in devices if d["name"] == "default"
        ]
        if not through:
            raise ValueError("no pulse device")
        return through[0]
    if request.device:
        named = [d for d in devices if request.device.casefold() in str(d["name"]).casefold()]
        if not named:
            raise ValueError("no device of that name")
        return named[0]
    return sounddevice.query_devices(kind=kind)


def _list_devices() -> tuple[dict[str, Any], ...] | Refused:
    try:
        import sounddevice
    except OSError as error:
        return Refused("library", str(error))
    defaults = {}
    for kind in ("input", "output"):
        with suppress(sounddevice.PortAudioError, ValueError):
            defaults[kind] = sounddevice.query_devices(kind=kind)["index"]
    return tuple(
        dict(device, default={kind: defaults.get(kind) == device["index"] for kind in ("input", "output")})
        for device in sounddevice.query_devices()
    )


def _refusal(error: Exception) -> Refused:
    """Which of the things that can be wrong it is; the codes are PortAudio's (portaudio.h, PaErrorCode)."""
    text = str(error.args[0]) if error.args else str(error)
    code = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0
    lower = " ".join(str(part) for part in error.args).casefold()
    if code == -9985 or "busy" in lower or "unavailable" in lower:
        return Refused("busy", text)
    if isinstance(error, ValueError) or code == -9996 or "querying device" in lower:
        return Refused("absent", text)
    return Refused("other", text)


if __name__ == "__main__":  # pragma: no cover
    sys.exit("The audio process is started by the program itself.")
