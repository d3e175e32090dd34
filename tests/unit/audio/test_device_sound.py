"""The machine's own sound, in a room: the tape against what was promised, devices that come and go."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from companion.audio import RATE, Captured, Side
from companion.audio.device import DeviceSound
from companion.bench.room import Room, wait_for
from companion.errors import AudioError
from companion.settings import AudioSettings

SOON = 10.0
"""Bound of every wait, seconds: far above what is promised, because the test machine may be busy."""

HOLES = 0.3
"""Seconds that a busy machine's xruns may add to a sound on the tape."""


def tone(seconds: float, hertz: float = 440.0, rate: int = 22_050) -> np.ndarray:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


def eventually(claim: Callable[[], bool]) -> None:
    assert wait_for(claim, SOON)


def hears(device: DeviceSound) -> bool:
    return device.read(0.05) is not None


def listen_until(device: DeviceSound, claim: Callable[[], bool]) -> list[Captured]:
    got: list[Captured] = []

    def look() -> bool:
        captured = device.read(0.05)
        got.extend([captured] if captured is not None else [])
        return claim()

    eventually(look)
    return got


def test_what_is_said_is_heard_at_the_time_it_was_said(room: Room, device: DeviceSound) -> None:
    room.start_tape()
    click = np.zeros(48_000, np.float32)
    click[24_000:24_960] = 0.5
    room.say(click, wait=False)
    heard: list[Captured] = []

    def clicked() -> bool:
        captured = device.read(0.05)
        heard.extend([captured] if captured is not None else [])
        return any(float(np.abs(c.frames).max()) > 0.25 for c in heard)

    eventually(clicked)
    listen_until(device, lambda: hears(device))
    tape = room.stop_tape()
    (start, _), *_ = tape.spans(tape.user)
    captured = next(c for c in heard if np.abs(c.frames).max() > 0.25)
    first = int(np.argmax(np.abs(captured.frames.ravel()) > 0.25))
    moment = captured.at - (captured.frames.size - first) / RATE
    assert moment == pytest.approx(tape.start + start, abs=0.1)


def test_heard_is_true_within_50_ms_of_the_tape(room: Room, device: DeviceSound) -> None:
    room.start_tape()
    clock = device._playout._clock
    device.play(tone(1.5), 22_050)
    looks: list[tuple[float, float]] = []

    def look() -> bool:
        looks.append((clock(), device.heard()))
        return looks[-1][1] >= 1.5 - 1e-6

    eventually(look)
    tape = room.stop_tape()
    ((start, end),) = tape.spans(tape.speaker)
    assert 1.49 < end - start < 1.5 + HOLES
    errors = [heard - (moment - tape.start - start) for moment, heard in looks if 0.1 < heard < 1.4]
    assert len(errors) > 20
    assert abs(float(np.median(errors))) < 0.05


def test_stop_is_silent_at_the_position_it_tells_and_does_not_click(room: Room, device: DeviceSound) -> None:
    room.start_tape()
    device.play(tone(5.0), 22_050)
    eventually(lambda: device.heard() > 0.5)
    before = device.heard()
    reached = device.stop()
    eventually(lambda: device.heard() >= reached - 1e-6)
    tape = room.stop_tape()
    ((start, end),) = tape.spans(tape.speaker)
    assert reached - 0.01 < end - start < reached + HOLES
    assert before <= reached < 5.0
    cut = tape.speaker[int((end - 0.1) * tape.rate) : int((end + 0.02) * tape.rate)]
    steepest = 8000 / 32768 * 2 * np.pi * 440 / tape.rate
    assert np.abs(np.diff(cut)).max() < steepest * 1.2


def test_mute_closes_the_microphone_for_the_system_too(room: Room, device: DeviceSound) -> None:
    eventually(lambda: hears(device))
    assert [client.device for client in room.listeners()] == ["microphone"]
    device.play(tone(0.5), 22_050)
    device.mute(True)
    assert room.listeners() == []
    written = int(device._capture.memory.marks[0])
    eventually(lambda: device.heard() >= 0.5 - 1e-6)
    assert device.read(0.0) is None
    assert int(device._capture.memory.marks[0]) == written
    assert not device._capture.memory.ring.any()
    device.mute(False)
    eventually(lambda: hears(device))
    assert device.status().reopened == 0


def test_a_microphone_unplugged_is_picked_up_when_it_comes_back(room: Room, device: DeviceSound) -> None:
    eventually(lambda: hears(device))
    room.unplug_microphone()
    eventually(lambda: device.status().input is Side.LOST)
    assert device.status().trouble.startswith("No microphone was found")
    assert room.listeners() == []  # no monitor instead
    assert device.status().output is Side.OPEN
    room.plug_microphone()
    got = listen_until(device, lambda: device.status().input is Side.OPEN and device.status().reopened == 1)
    got += listen_until(device, lambda: hears(device))
    assert device.status().trouble == ""
    assert sum(c.gap for c in got) > 0
    assert device.status().dropped_frames > 0


def test_a_new_default_is_followed(room: Room, device: DeviceSound) -> None:
    room.plug_microphone("headset")
    room.plug_loudspeaker("earphones")
    eventually(lambda: device.status().input_name == "headset")
    eventually(lambda: device.status().output_name == "earphones")
    assert [client.device for client in room.listeners()] == ["headset"]
    eventually(lambda: [client.device for client in room.players()] == ["earphones"])
    eventually(lambda: hears(device))


def test_a_device_of_the_settings_is_found_by_part_of_its_name_and_waited_for(room: Room) -> None:
    room.plug_microphone("headset")
    room.pactl("set-default-source", "microphone")
    sound = DeviceSound(AudioSettings(input="HEAD"))
    sound.start()
    try:
        assert sound.status().input_name == "headset"
        room.unplug_microphone("headset")
        room.pactl("set-default-source", "microphone")
        eventually(lambda: sound.status().input is Side.LOST)
        assert '"HEAD"' in sound.status().trouble
        assert room.listeners() == []
        room.plug_microphone("headset")
        eventually(lambda: hears(sound) and sound.status().input is Side.OPEN)
    finally:
        sound.close()


@pytest.mark.parametrize(("kind", "name"), [("source", "microphone"), ("sink", "loudspeaker")])
def test_a_stream_that_stands_still_is_noticed_and_comes_back(
    room: Room, device: DeviceSound, kind: str, name: str
) -> None:
    def side() -> Side:
        status = device.status()
        return status.input if kind == "source" else status.output

    eventually(lambda: hears(device))
    room.freeze(kind, name)
    eventually(lambda: side() is Side.LOST and "stands still" in device.status().trouble)
    room.freeze(kind, name, frozen=False)
    eventually(lambda: side() is Side.OPEN)
    eventually(lambda: hears(device))
    device.play(tone(0.1), 22_050)
    eventually(lambda: device.heard() >= 0.1 - 1e-6)


def _bursts(count: int) -> np.ndarray:
    """Short tones, each higher than the last, with silence between them."""
    pause = np.zeros(2205, np.int16)
    return np.concatenate([np.concatenate([tone(0.1, 300 + 100 * k), pause]) for k in range(count)])


def _pitches(track: np.ndarray, spans: list[tuple[float, float]], rate: int) -> list[int]:
    found = []
    for start, end in spans:
        sound = track[int(start * rate) : int(end * rate)]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), rate))
        found.append(round(int(np.argmax(spectrum)) / 100) * 100)
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_dies_or_hangs_loses_no_word(
    room: Room, device: DeviceSound, how: signal.Signals
) -> None:
    room.start_tape()
    count = 12
    device.play(_bursts(count), 22_050)
    eventually(lambda: device.heard() > 0.65)
    pid = device._output.pid
    assert pid is not None
    os.kill(pid, how)
    eventually(lambda: device.heard() >= count * 0.2 - 1e-3)
    tape = room.stop_tape()
    spans = tape.spans(tape.speaker, min_gap=0.03, min_length=0.03)
    heard = list(dict.fromkeys(_pitches(tape.speaker, spans, tape.rate)))
    assert heard == [300 + 100 * k for k in range(count)]
    assert device.status().reopened == 1
    assert not psutil.pid_exists(pid)


def test_a_restarted_sound_server_loses_no_word(room: Room, device: DeviceSound) -> None:
    device.play(_bursts(10), 22_050)
    eventually(lambda: device.heard() > 0.3)
    room.stop_server()
    eventually(lambda: device.status().output is Side.LOST)
    assert "sound server is gone" in device.status().trouble
    heard = device.heard()
    assert heard < 1.9
    device.play(tone(0.1, 2000), 22_050)
    room.start_server()
    eventually(lambda: {device.status().input, device.status().output} == {Side.OPEN})
    eventually(lambda: hears(device))
    eventually(lambda: device.heard() >= 2.1 - 1e-3)


def test_no_microphone_at_all_says_what_to_do(room: Room) -> None:
    room.unplug_microphone()
    sound = DeviceSound()
    with pytest.raises(AudioError, match=r"No microphone was found: plug one in.*companion chat") as error:
        sound.start()
    assert "\n" not in str(error.value)
    assert sound.processes() == ()
    assert room.players() == []


def test_no_sound_server_and_no_device_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PULSE_SERVER", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(AudioError, match=r"loudspeaker") as error:
        DeviceSound().start()
    assert "\n" not in str(error.value)


PROGRAM = """
import sys, time
from companion.audio.device import DeviceSound
if __name__ == "__main__":
    sound = DeviceSound()
    sound.start()
    while sound._input._spare is None or sound._output._spare is None:
        sound.read(0.05)
    print("open", flush=True)
    while True:
        sound.read(1.0)
"""


def _start_program(tmp_path: Path) -> subprocess.Popen[bytes]:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    repository = Path(__file__).resolve().parents[3]
    env = dict(os.environ, PYTHONPATH=str(repository))
    program = subprocess.Popen(
        [sys.executable, str(script)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"open\n"
    return program


def test_a_parent_killed_leaves_no_process(room: Room, tmp_path: Path) -> None:
    program = _start_program(tmp_path)
    children = psutil.Process(program.pid).children(recursive=True)
    assert len(children) >= 4
    program.kill()
    program.communicate()
    eventually(lambda: not any(child.is_running() for child in children))
    assert room.listeners() == []


def test_ctrl_c_ends_the_program_and_its_processes_without_their_complaint(
    room: Room, tmp_path: Path
) -> None:
    program = _start_program(tmp_path)
    children = psutil.Process(program.pid).children(recursive=True)
    os.killpg(program.pid, signal.SIGINT)  # as the terminal does: to the whole group
    _, complaint = program.communicate(timeout=SOON)
    eventually(lambda: not any(child.is_running() for child in children))
    assert complaint.count(b"Traceback") == 1  # the program's own, who lets Ctrl-C through
