"""Measures the sound: xruns while engines are busy, latency, recovery from lost devices, idle CPU.

Runs in the measuring room (Linux with PulseAudio), and compares the audio processes with a Python callback
and with rtmixer (when installed) in the process of the engines.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio import RATE, Captured, Side
from companion.audio.device import DeviceSound
from companion.bench.room import Room, wait_for
from companion.engines.llm.model import find_model
from companion.weights.choice import locate

VOICE_RATE = 22_050
_PAUSE = 0.2


def run(seconds: float, asr: Path, llm: Path) -> dict[str, Any]:
    """Everything this module measures, as plain values; about `seconds` a part with load (three with
    rtmixer). `asr`, `llm`: the folders of the models that are the load."""
    result: dict[str, Any] = {"machine": f"{os.cpu_count()} cores", "models": "", "rates": {}}
    with Room(noise_db=None) as room, _environment(room):
        result["idle"] = _idle(seconds)
        result["round_trip_ms"] = _round_trip(room)
        result["recovery_s"] = _recovery(room)
        with _engines(asr, llm) as busy:
            result["models"] = busy.names
            result["xruns"] = {"audio processes": _under_load(room, seconds)}
            for way in ("callback", "rtmixer"):
                result["xruns"][f"{way} in process"] = _in_process(room, way, seconds)
        result["rates"] = busy.rates()
    return result


class _Busy:
    """Engines that work all the time, in threads of this process, as in a conversation without pauses."""

    def __init__(self, asr: Path, llm: Path) -> None:
        from faster_whisper import WhisperModel
        from llama_cpp import Llama

        self.names = f"{asr.name}, {llm.name}"
        self._whisper = WhisperModel(str(asr), compute_type="int8", cpu_threads=2)
        self._llama = Llama(str(find_model(llm)), n_ctx=1024, n_threads=2, verbose=False)
        self._ending = threading.Event()
        self._done = {"transcriptions": 0, "tokens": 0}
        self._began = time.monotonic()
        self._threads = [threading.Thread(target=work) for work in (self._transcribe, self._generate)]
        for thread in self._threads:
            thread.start()

    def rates(self) -> dict[str, float]:
        """What the engines did meanwhile, a second."""
        passed = time.monotonic() - self._began
        return {f"{name}_per_s": round(count / passed, 2) for name, count in self._done.items()}

    def end(self) -> None:
        """Stop working."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _transcribe(self) -> None:
        noise = np.random.default_rng(0).normal(0, 0.05, 3 * RATE).astype(np.float32)
        while not self._ending.is_set():
            list(self._whisper.transcribe(noise, language="en", beam_size=1)[0])
            self._done["transcriptions"] += 1

    def _generate(self) -> None:
        while not self._ending.is_set():
            for _ in self._llama("Tell me a story about the sea.", max_tokens=64, stream=True):
                self._done["tokens"] += 1
                if self._ending.is_set():
                    break


@contextmanager
def _engines(asr: Path, llm: Path) -> Iterator[_Busy]:
    busy = _Busy(asr, llm)
    try:
        yield busy
    finally:
        busy.end()


@contextmanager
def _environment(room: Room) -> Iterator[None]:
    """Let this process and its children use the room's sound server."""
    names = ("PULSE_SERVER", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: room.env[name] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _sound() -> Iterator[DeviceSound]:
    sound = DeviceSound()
    sound.start()
    try:
        yield sound
    finally:
        sound.close()


def tone(seconds: float, rate: int = VOICE_RATE) -> NDArray[np.int16]:
    """A 440 Hz tone, int16[n]."""
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def _under_load(room: Room, seconds: float) -> dict[str, Any]:
    """A tone played and the silence heard through the audio processes while the engines work."""
    with _sound() as sound:
        wait_for(lambda: sound.read(0.05) is not None, 10)
        before, xruns = sound.status(), sound.xruns()
        room.start_tape()
        sound.play(tone(seconds), VOICE_RATE)
        frames, worst, end = 0, 0.0, time.monotonic() + seconds
        while time.monotonic() < end:
            captured = sound.read(0.5)
            frames += len(captured.frames) if captured is not None else 0
            worst = max(worst, time.monotonic() - captured.at) if captured is not None else worst
        wait_for(lambda: sound.heard() >= seconds - 1e-3, 10)
        after = sound.status()
        more = [now - then for now, then in zip(sound.xruns(), xruns, strict=True)]
        holes = _holes(room)
    return {
        "seconds": seconds,
        "input_xruns": more[0],
        "output_xruns": more[1],
        "dropped_frames": after.dropped_frames - before.dropped_frames,
        "reopened": after.reopened - before.reopened,
        "heard_s": round(frames / 100, 2),
        "worst_input_age_ms": round(1000 * worst),
        "holes_on_tape": holes,
        "drift_ppm": after.drift_ppm,
    }


def _holes(room: Room) -> int:
    """Interruptions of the tone on the tape, 5 ms and longer."""
    tape = room.stop_tape()
    return max(0, len(tape.spans(tape.speaker, min_gap=0.005)) - 1)


_IN_PROCESS = {"callback": "_callback_streams", "rtmixer": "_rtmixer_streams"}


def _in_process(room: Room, way: str, seconds: float) -> dict[str, Any]:
    """The same with PortAudio in the process where the engines work."""
    streams: Callable[[], Any] = globals()[_IN_PROCESS[way]]
    try:
        opened = streams()
    except ImportError:
        return {"not installed": way}
    room.start_tape()
    with opened as count:
        time.sleep(seconds)
        counted = dict(count())
    return {"seconds": seconds, **counted, "holes_on_tape": _holes(room)}


@contextmanager
def _callback_streams() -> Iterator[Callable[[], dict[str, int]]]:
    import sounddevice

    wave = np.tile(tone(1.0, 48_000), 2)
    at, xruns = 0, {"input": 0, "output": 0}

    def hear(_data: Any, _frames: int, _times: Any, status: Any) -> None:
        xruns["input"] += bool(status.input_overflow)

    def say(data: Any, frames: int, _times: Any, status: Any) -> None:
        nonlocal at
        data[:] = wave[at : at + frames].tobytes()
        at = (at + frames) % 48_000
        xruns["output"] += bool(status.output_underflow)

    shape = {"samplerate": 48_000, "blocksize": 480, "channels": 1, "dtype": "int16"}
    hearing = sounddevice.RawInputStream(**shape, latency=0.02, callback=hear)
    saying = sounddevice.RawOutputStream(**shape, latency=0.04, callback=say)
    with hearing, saying:
        yield lambda: {"input_xruns": xruns["input"], "output_xruns": xruns["output"]}


@contextmanager
def _rtmixer_streams() -> Iterator[Callable[[], dict[str, int]]]:
    import rtmixer  # type: ignore[import-not-found, import-untyped, unused-ignore]

    wave = (tone(600.0, 48_000) / 32768).astype(np.float32)
    hearing = rtmixer.Recorder(samplerate=48_000, blocksize=480, channels=1, latency=0.02)
    saying = rtmixer.Mixer(samplerate=48_000, blocksize=480, channels=1, latency=0.04)
    ring = rtmixer.RingBuffer(4, 2**18)
    with hearing, saying:
        heard = hearing.record_ringbuffer(ring)
        said = saying.play_buffer(wave, channels=1)

        def count() -> dict[str, int]:
            hearing.cancel(heard)
            saying.cancel(said)
            time.sleep(0.1)  # the cancelled actions end at their next block, and their counters stand then
            overflows, underflows = heard.stats.input_overflows, said.stats.output_underflows
            return {"input_xruns": overflows, "output_xruns": underflows}

        yield count


def _idle(seconds: float) -> dict[str, Any]:
    """CPU of this process and the audio processes, share of one core, with both streams open, read and
    silent."""
    import psutil

    with _sound() as sound:
        wait_for(lambda: len(psutil.Process().children()) >= 4, 10)
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            sound.read(0.5)
        everyone = [psutil.Process(), *psutil.Process().children(recursive=True)]
        streams = [p for p in everyone if "resource_tracker" not in " ".join(p.cmdline())]
        streams = [p for p in streams if p.name() not in ("pulseaudio", "paplay", "parec")]
        before, began = [_cpu(p) for p in streams], time.monotonic()
        while time.monotonic() - began < seconds:
            sound.read(0.5)
        passed = time.monotonic() - began
        shares = [100 * (_cpu(p) - then) / passed for p, then in zip(streams, before, strict=True)]
        memory = [round(p.memory_full_info().uss / 2**20) for p in streams[1:]]
    return {
        "cpu_percent_of_a_core": round(sum(shares), 1),
        "of_the_program_itself": round(shares[0], 1),
        "audio_processes_mib": memory,
    }


def _cpu(process: Any) -> float:
    return float(sum(process.cpu_times()[:2]))


def _round_trip(room: Room) -> dict[str, float]:
    """Milliseconds from `play` to the tape, from the air to `read`, and from `stop` to silence: medians of
    ten."""
    out, back, stopped = [], [], []
    click = np.zeros(4800, np.float32)
    click[2400:3360] = 0.5
    with _sound() as sound:
        wait_for(lambda: sound.read(0.05) is not None, 10)
        for _ in range(10):
            _listen(sound, _PAUSE)
            room.start_tape()
            played = time.monotonic()
            sound.play(tone(2.0), VOICE_RATE)
            room.say(click, wait=False)
            arrived = _wait_for_click(sound)
            asked = time.monotonic()
            sound.stop()
            _listen(sound, _PAUSE)
            tape = room.stop_tape()
            begun, ended = tape.spans(tape.speaker)[0]
            out.append(tape.start + begun - played)
            stopped.append(tape.start + ended - asked)
            back.append(arrived - tape.start - tape.spans(tape.user)[0][0])
    return {
        "play_to_air": round(1000 * float(np.median(out)), 1),
        "air_to_read": round(1000 * float(np.median(back)), 1),
        "stop_to_silence": round(1000 * float(np.median(stopped)), 1),
    }


def _listen(sound: DeviceSound, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sound.read(0.05)


def _wait_for_click(sound: DeviceSound) -> float:
    """The moment at which `read` gave the click."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        captured: Captured | None = sound.read(0.5)
        if captured is not None and float(np.abs(captured.frames).max()) > 0.25:
            return time.monotonic()
    return float("nan")


def _recovery(room: Room) -> dict[str, float]:
    """Seconds until sound flows again after what can happen to devices."""
    result = {}
    with _sound() as sound:
        wait_for(lambda: sound.read(0.05) is not None, 10)

        def measure(name: str, break_it: Callable[[], None], side: str) -> None:
            _listen(sound, 2.0)
            count, began = sound.status().reopened, time.monotonic()
            break_it()
            began = max(began, time.monotonic() if name.startswith("plugged") else began)
            wait_for(lambda: sound.status().reopened > count, 10)
            wait_for(lambda: getattr(sound.status(), side) is Side.OPEN, 10)
            wait_for(lambda: sound.read(0.02) is not None, 10)
            result[name] = round(time.monotonic() - began, 2)

        room.unplug_microphone()
        wait_for(lambda: sound.status().input is Side.LOST, 10)
        measure("plugged in again", room.plug_microphone, "input")
        measure("default switched", lambda: room.plug_microphone("headset"), "input")
        measure("input frozen", lambda: os.kill(sound.processes()[0], 19), "input")
        measure("output frozen", lambda: os.kill(sound.processes()[1], 19), "output")
    return result


def main() -> None:
    """Print the measurements with the default models as JSON: `python -m companion.bench.audio [SECONDS]`."""
    import json

    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    sys.stdout.write(json.dumps(run(seconds, locate("asr"), locate("llm")), indent=2) + "\n")


if __name__ == "__main__":
    main()
