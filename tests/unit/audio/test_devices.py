"""What `doctor` shows: the devices by name, the default marked, and how loud it is."""

from pathlib import Path

import numpy as np
import pytest

from companion.audio.devices import SILENCE_DB, devices, find, input_level
from companion.bench.room import Room, wait_for
from companion.commands import doctor
from companion.errors import AudioError


def test_lists_what_there_is_and_no_monitor(room: Room) -> None:
    room.plug_microphone("headset")
    found = {(d.kind, d.name): d for d in devices()}
    assert {name for kind, name in found if kind == "input"} == {"microphone", "headset"}
    assert found["input", "headset"].default
    assert not found["input", "microphone"].default
    assert found["output", "loudspeaker"].default
    assert found["output", "loudspeaker"].rate == 48_000
    assert found["output", "loudspeaker"].channels == 1


def test_finds_by_part_of_the_name(room: Room) -> None:
    assert find("input", "MICRO").name == "microphone"
    assert find("output").name == "loudspeaker"
    with pytest.raises(AudioError, match=r'"headset" isn\'t there.*setting audio\.input'):
        find("input", "headset")


def test_the_level_is_that_of_the_air(room: Room) -> None:
    room.say((0.1 * np.sin(np.arange(48_000 * 30) * 0.1)).astype(np.float32), wait=False)
    levels: list[float] = []

    def loud() -> bool:
        levels.append(input_level("MICROPHONE", seconds=0.3))
        return levels[-1] == pytest.approx(-23.0, abs=2.0)  # a sine of 0.1: 20 lg(0.1 / sqrt 2)

    assert wait_for(loud, 20)
    assert min(levels) >= SILENCE_DB


def test_a_microphone_that_wakes_late_is_measured_from_then_on(room: Room) -> None:
    sine = (0.1 * np.sin(np.arange(48_000 * 10) * 0.1)).astype(np.float32)
    room.say(np.concatenate([np.zeros(48_000, np.float32), sine]), wait=False)

    assert input_level(seconds=1.0) == pytest.approx(-23.0, abs=2.0)


def test_digital_silence_is_told_from_a_quiet_room(room: Room) -> None:
    assert input_level(seconds=0.2) == SILENCE_DB
    with pytest.raises(AudioError, match=r"nothing but digital silence: see that it isn't muted"):
        doctor._level(SILENCE_DB)
    assert "-90 dB" in doctor._level(-90.3)


def test_doctor_finds_fault_with_digital_silence(room: Room, tmp_path: Path) -> None:
    [level] = [check for check in doctor._sound(str(tmp_path), quick=False) if check.name == "level"]

    assert not level.ok
    assert "digital silence" in level.detail


def test_the_level_of_no_microphone_is_a_sentence(room: Room) -> None:
    room.unplug_microphone()
    with pytest.raises(AudioError, match="No microphone was found"):
        input_level(seconds=0.1)


def test_without_a_sound_server_portaudio_is_asked(room: Room) -> None:
    room.stop_server()
    assert [d for d in devices() if d.kind == "input" and d.name == "microphone"] == []
