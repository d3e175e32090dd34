"""Fixtures for the audio tests: a private room, and the machine's sound in it."""

from collections.abc import Iterator

import pytest

from companion.audio.device import DeviceSound
from companion.bench.room import Room


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A measuring room with digital silence in it, whose sound server this process and its children use."""
    with Room(noise_db=None) as private:
        for name in ("PULSE_SERVER", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, private.env[name])
        yield private


@pytest.fixture
def device(room: Room) -> Iterator[DeviceSound]:
    """The room's microphone and loudspeaker, open."""
    sound = DeviceSound()
    sound.start()
    yield sound
    sound.close()
