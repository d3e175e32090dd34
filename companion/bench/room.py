"""The measuring room: a private PulseAudio server with a virtual microphone, a loudspeaker and one tape of
both.

Everything ends in one three-channel null sink, so what the microphone hears, what the loudspeaker plays and
what the user alone says are recorded on one clock, and every latency read off the tape is free of skew
between streams. Needs Debian's pulseaudio, pulseaudio-utils and libasound2-plugins. Linux only; used by
`companion bench` and the tests.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from companion.audio.recordings import write
from companion.bench.tape import RATE, Recorder, Tape
from companion.errors import AudioError

MICROPHONE = "microphone"
LOUDSPEAKER = "loudspeaker"
ECHO_MS = (30, 140)
"""How late an echo comes, milliseconds, and how late once it has moved."""

START_WAIT = 10.0
"""Longest wait for the server, seconds."""

_NULL = "module-null-sink sink_name={name} rate={rate} channels={channels} channel_map={map}"
_PART = (
    "module-remap-sink sink_name={name} sink_properties=device.description={name} master=tape"
    " channels={channels} channel_map={map}"
    " master_channel_map={master} remix=no"
)
_MICROPHONE = (
    "module-remap-source source_name={name} source_properties=device.description={name} master=tape.monitor"
    " channels=1 channel_map=mono master_channel_map=front-left remix=no"
)


def _furniture() -> list[str]:
    """The modules of the room, in the order they are loaded."""
    three, both = "front-left,front-right,rear-center", "front-left,rear-center"
    return [
        _NULL.format(name="tape", rate=RATE, channels=3, map=three) + " norewinds=1",
        _PART.format(name="voice", channels=2, map=both, master=both),
        _PART.format(name="leak", channels=1, map="mono", master="front-left"),
        _PART.format(name=LOUDSPEAKER, channels=1, map="mono", master="front-right"),
        _MICROPHONE.format(name=MICROPHONE),
        _NULL.format(name="void", rate=RATE, channels=1, map="mono"),
    ]


@dataclass(frozen=True, slots=True)
class Client:
    """A stream that a program holds: its number, the device it uses, and the program's process id."""

    number: int
    device: str
    pid: int


class Room:
    """A room with a microphone and a loudspeaker, for as long as the `with` block lasts.

    `echo_db`: level at which the loudspeaker leaks into the air (None: headphones). `noise_db`: RMS of the
    room's own noise, dB of full scale (None: digital silence, which no microphone gives). Programs under test
    get `env`.
    """

    def __init__(self, *, echo_db: float | None = None, noise_db: float | None = -66.0) -> None:
        self._echo_db, self._noise_db = echo_db, noise_db
        self._folder = Path(tempfile.mkdtemp(prefix="companion-room-"))
        self._socket = self._folder / "server.sock"
        self._server: subprocess.Popen[bytes] | None = None
        self._others: list[subprocess.Popen[bytes]] = []
        self._recorder: Recorder | None = None
        self._echoes: list[str] = []  # the streams that leak, one for each of `ECHO_MS`
        self.env = dict(
            os.environ,
            PULSE_SERVER=f"unix:{self._socket}",
            XDG_RUNTIME_DIR=str(self._folder),
            XDG_CONFIG_HOME=str(self._folder),
        )

    def __enter__(self) -> Room:
        """Start the server and furnish the room. Raises `AudioError` where PulseAudio isn't installed."""
        try:
            self.start_server()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End everything the room started and remove its files."""
        if self._recorder is not None:
            self._recorder.stop()
        for process in self._others:
            _end(process)
        self.stop_server()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_server(self) -> None:
        """Start the PulseAudio server (again), with the same furniture."""
        if shutil.which("pulseaudio") is None or shutil.which("pactl") is None:
            raise AudioError("The measuring room needs PulseAudio: install pulseaudio and pulseaudio-utils.")
        script = self._folder / "server.pa"
        first = f"module-native-protocol-unix auth-anonymous=1 socket={self._socket}"
        lines = [f"load-module {module}" for module in [first, *_furniture()]]
        defaults = [f"set-default-sink {LOUDSPEAKER}", f"set-default-source {MICROPHONE}"]
        script.write_text("\n".join([*lines, *defaults, ""]))
        self._socket.unlink(missing_ok=True)
        options = ["--daemonize=no", "--exit-idle-time=-1", "--realtime=no", "--high-priority=no"]
        log = f"--log-target=file:{self._folder}/log"
        command = ["pulseaudio", "-n", "-F", str(script), *options, "--use-pid-file=no", log]
        self._server = subprocess.Popen(
            command, env=self.env, start_new_session=True, stderr=subprocess.DEVNULL
        )
        if not wait_for(lambda: self._socket.exists() and self._answers(), START_WAIT):
            raise AudioError(f"PulseAudio didn't start; its log is {self._folder}/log.")
        self._add_noise_and_echo()

    def stop_server(self) -> None:
        """End the server, as when the sound server crashes or is restarted."""
        if self._server is not None:
            _end(self._server, signal.SIGKILL)
        self._server = None

    def say(self, sound: Path | NDArray[np.float32], *, wait: bool = True) -> None:
        """Speak a recording, or float32[n] samples at 48 kHz, into the air; `wait`: until it has been
        said."""
        if isinstance(sound, Path):
            path = sound
        else:
            path = self._folder / f"say-{time.monotonic_ns()}.wav"
            write(path, (np.clip(sound, -1, 1) * 32767).astype(np.int16), RATE)
        process = self._spawn(["paplay", "--device=voice", "--latency-msec=20", str(path)])
        if wait and process.wait() != 0:
            raise AudioError(f"{path} can't be played in the room.")

    def start_tape(self) -> None:
        """Start recording air, loudspeaker and user."""
        self._recorder = Recorder(self.env)

    def stop_tape(self) -> Tape:
        """Stop recording; the tape, with the clock's time of its first sample."""
        if self._recorder is None:
            raise AudioError("The tape isn't running.")
        tape, self._recorder = self._recorder.stop(), None
        return tape

    def unplug_microphone(self, name: str = MICROPHONE) -> None:
        """The microphone vanishes, its streams with it, and the default source is a silent monitor."""
        self._unload("module-remap-source", f"source_name={name} ")
        self.pactl("set-default-source", "void.monitor")

    def plug_microphone(self, name: str = MICROPHONE) -> None:
        """A microphone appears and becomes the default."""
        self.pactl("load-module", *_MICROPHONE.format(name=name).split())
        self.pactl("set-default-source", name)

    def unplug_loudspeaker(self, name: str = LOUDSPEAKER) -> None:
        """The loudspeaker vanishes, its streams with it, and the default sink is one that nobody hears."""
        self._unload("module-remap-sink", f"sink_name={name} ")
        self.pactl("set-default-sink", "void")

    def plug_loudspeaker(self, name: str = LOUDSPEAKER) -> None:
        """A loudspeaker appears and becomes the default; any name ends on the same track of the tape."""
        part = _PART.format(name=name, channels=1, map="mono", master="front-right")
        self.pactl("load-module", *part.split())
        self.pactl("set-default-sink", name)

    def freeze(self, kind: str, name: str, *, frozen: bool = True) -> None:
        """Suspend ("source" or "sink") a device: its streams stand still with no error."""
        self.pactl(f"suspend-{kind}", name, "1" if frozen else "0")

    def move_echo(self, late: int) -> None:
        """The echo comes as late as the number `late` of `ECHO_MS` says from now on: as when a device stood
        still for a moment, of which no program is told."""
        for index, stream in enumerate(self._echoes):
            self.pactl("set-sink-input-volume", stream, f"{self._echo_db}dB" if index == late else "0")

    def listeners(self) -> list[Client]:
        """Programs that listen, the room's own recorder left out."""
        return [client for client in self._clients("source") if client.device != "tape.monitor"]

    def players(self) -> list[Client]:
        """Programs that play, the room's own voices left out."""
        return [client for client in self._clients("sink") if client.device not in ("voice", "leak", "tape")]

    def pactl(self, *arguments: str) -> str:
        """Run pactl in the room; its output. Raises `AudioError` with what it said."""
        done = subprocess.run(["pactl", *arguments], env=self.env, capture_output=True, text=True, timeout=10)
        if done.returncode:
            raise AudioError(f"pactl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _answers(self) -> bool:
        done = subprocess.run(["pactl", "info"], env=self.env, capture_output=True, timeout=10)
        return done.returncode == 0

    def _clients(self, kind: str) -> list[Client]:
        """Streams of `kind` "source" or "sink" that belong to programs, not to modules."""
        streams = "source-outputs" if kind == "source" else "sink-inputs"
        names = dict(row.split()[:2] for row in self.pactl("list", "short", f"{kind}s").splitlines())
        pids = {}
        for block in self.pactl("list", "clients").split("Client #")[1:]:
            rows = [row.split("=") for row in block.splitlines() if "application.process.id" in row]
            pids[block.split("\n")[0].strip()] = int(rows[0][1].strip().strip('"')) if rows else 0
        found = []
        for row in self.pactl("list", "short", streams).splitlines():
            number, device, client = row.split()[:3]
            if client in pids:
                found.append(Client(int(number), names.get(device, "?"), pids[client]))
        return found

    def _unload(self, module: str, argument: str) -> None:
        for row in self.pactl("list", "short", "modules").splitlines():
            number, name, *arguments = row.split("\t")
            if name == module and argument in (" ".join(arguments) + " "):
                self.pactl("unload-module", number)

    def _add_noise_and_echo(self) -> None:
        if self._echo_db is not None:
            source, sink = f"source={LOUDSPEAKER}.monitor", "sink=leak"
            before = self._inputs()
            for late in ECHO_MS:
                self.pactl("load-module", "module-loopback", source, sink, f"latency_msec={late}")
            self._echoes = [stream for stream in self._inputs() if stream not in before]
            self.move_echo(0)
        if self._noise_db is not None:
            path = self._folder / "noise.wav"
            level = 10 ** (self._noise_db / 20)
            minute = np.random.default_rng(0).normal(0, level, 16_000 * 60)
            write(path, np.tile((minute * 32767).astype(np.int16), 45), 16_000)
            self._spawn(["paplay", "--device=leak", str(path)])

    def _inputs(self) -> list[str]:
        """The numbers of all streams that play, oldest first."""
        rows = self.pactl("list", "short", "sink-inputs").splitlines()
        return sorted((row.split()[0] for row in rows), key=int)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, env=self.env, start_new_session=True, stderr=subprocess.DEVNULL)
        self._others.append(process)
        return process


def wait_for(claim: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Look every few milliseconds until the claim is true; False when `seconds` passed without it."""
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def _end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
