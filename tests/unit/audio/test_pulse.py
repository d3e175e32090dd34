"""Which device the sound server's picture leads to, and that the picture follows the server."""

import logging
import threading
from typing import Any

import pytest

from companion.audio import pulse
from companion.audio.pulse import Picture, PulseWatch, ServerDevice, look_once
from companion.bench.room import Room, wait_for


def source(name: str, *, monitor: bool = False, number: int = 1) -> ServerDevice:
    return ServerDevice("input", name, f"The {name} of this machine", number, 48_000, 2, monitor)


def picture(*devices: ServerDevice, default: str) -> Picture:
    return Picture(devices, default, "", 1)


def test_the_default_is_used() -> None:
    shown = picture(source("built-in"), source("headset"), default="headset")
    assert shown.choose("input", "") == source("headset")


@pytest.mark.parametrize(
    "wanted", ["headset", "HEADSET", "adset", "The headset of this machine", "headset of"]
)
def test_a_device_is_found_by_name_or_part_of_it(wanted: str) -> None:
    shown = picture(source("built-in"), source("headset"), default="built-in")
    assert shown.choose("input", wanted) == source("headset")


def test_the_whole_name_goes_before_a_part_of_another() -> None:
    shown = picture(source("headset-2"), source("headset"), default="headset-2")
    assert shown.choose("input", "headset") == source("headset")


def test_a_name_that_is_not_there_is_not_replaced() -> None:
    assert picture(source("built-in"), default="built-in").choose("input", "headset") is None


def test_a_monitor_is_never_a_microphone() -> None:
    shown = picture(source("speaker.monitor", monitor=True), default="speaker.monitor")
    assert shown.choose("input", "") is None
    assert shown.choose("input", "speaker.monitor") is None


def test_a_true_microphone_is_preferred_to_a_monitor_that_is_the_default() -> None:
    shown = picture(source("speaker.monitor", monitor=True), source("built-in"), default="speaker.monitor")
    assert shown.choose("input", "") == source("built-in")


def test_a_microphone_is_no_loudspeaker() -> None:
    assert picture(source("headset"), default="headset").choose("output", "headset") is None


def test_the_rooms_picture(room: Room) -> None:
    shown = look_once()
    assert shown is not None
    microphone = shown.choose("input", "")
    assert microphone is not None
    assert (microphone.name, microphone.rate, microphone.channels) == ("microphone", 48_000, 1)
    monitors = {d.name for d in shown.devices if d.monitor}
    assert {"tape.monitor", "loudspeaker.monitor", "void.monitor"} <= monitors
    assert "microphone" not in monitors


def test_without_a_server_there_is_no_picture(room: Room) -> None:
    room.stop_server()
    assert look_once() is None


def test_the_watch_follows_the_server(room: Room) -> None:
    changes: list[int] = []
    watch = PulseWatch(lambda: changes.append(1))
    watch.start()
    try:
        first = watch.picture
        assert first is not None
        room.plug_microphone("headset")
        assert wait_for(lambda: watch.picture is not None and watch.picture.default_input == "headset", 10)
        assert changes
        room.stop_server()
        assert wait_for(lambda: watch.picture is None, 10)
        room.start_server()
        assert wait_for(lambda: watch.picture is not None, 10)
        assert watch.picture is not None
        assert watch.picture.generation > first.generation
    finally:
        watch.close()


def test_an_answer_nobody_foresaw_is_logged_once_and_the_watch_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import pulsectl

    class Server:
        """Connects; whatever it is told, it has nothing to say."""

        def __getattr__(self, name: str) -> Any:
            return lambda *arguments, **options: None

    looks = iter([KeyError("rate"), KeyError("rate"), picture(source("headset"), default="headset")])
    well = threading.Event()

    def look(server: object, generation: int) -> Picture:
        answer = next(looks, None)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            raise pulsectl.PulseDisconnected
        return answer

    monkeypatch.setattr(pulse, "connect", Server)
    monkeypatch.setattr(pulse, "look", look)
    monkeypatch.setattr(pulse, "RARELY", 0.0)
    watch = PulseWatch(well.set)
    with caplog.at_level(logging.ERROR, logger="companion.audio"):
        watch.start()
        assert well.wait(10.0)
        assert watch.seen
        watch.close()
    assert [record.getMessage() for record in caplog.records] == ["the look at the sound server failed"]
