"""The keeper of a stream outlives whatever goes wrong in one look, and nobody is told that all is well."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from companion.audio import Side, stream
from companion.audio.process import Close, Closed, Open, Opened
from companion.audio.shared import StreamMemory
from companion.audio.stream import Found, StreamKeeper

SOON = 10.0
"""Bound of every wait, seconds."""


class Process:
    """An audio process that opens whatever it is asked to."""

    pid, alive = 1, True

    def __init__(self, kind: str, memory: StreamMemory, bell: Any) -> None:
        pass

    def ask(self, request: Any, seconds: float) -> Opened | Closed:
        return Closed() if isinstance(request, Close) else Opened(48_000, 0.02, "Headset")

    def kill(self) -> None:
        pass


class Device:
    """What the keeper asks and tells; `fail` is raised at every look while it is set."""

    def __init__(self, memory: StreamMemory) -> None:
        self.memory = memory
        self.fail: BaseException | None = None
        self.failed, self.tended = threading.Event(), threading.Event()

    def choose(self) -> Found:
        if self.fail is not None:
            self.failed.set()
            raise self.fail
        now = time.monotonic() + 1.0
        self.memory.remember(now, now, 0, 0, 480)
        return Found(Open(None, "", 48_000), "Headset")

    def stream_opened(self, opened: Opened, first_block: int, first_sample: int) -> None:
        pass

    def stream_closed(self) -> None:
        pass

    def tend(self) -> None:
        self.tended.set()

    def idle(self) -> bool:
        return False


@pytest.fixture
def device() -> Device:
    return Device(StreamMemory(48_000))


@pytest.fixture
def keeper(device: Device, monkeypatch: pytest.MonkeyPatch) -> Iterator[StreamKeeper]:
    monkeypatch.setattr(stream, "AudioProcess", Process)
    keeper = StreamKeeper("input", device.memory, None, device.choose, device)
    keeper.start()
    assert device.tended.wait(SOON)
    yield keeper
    keeper.close()


def look_again(keeper: StreamKeeper, seen: threading.Event) -> None:
    """Wait until the keeper has looked, and has finished with it."""
    seen.clear()
    keeper.wake()
    assert seen.wait(SOON)
    with keeper._lock:
        pass


def test_an_unforeseen_error_is_told_logged_once_and_survived(
    keeper: StreamKeeper, device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    assert keeper.side is Side.OPEN

    with caplog.at_level(logging.ERROR, logger="companion.audio"):
        device.fail = OSError("no more processes")
        for _ in range(3):
            look_again(keeper, device.failed)
        assert keeper.side is Side.LOST
        assert keeper.trouble.startswith("The microphone (Headset) can't be looked after")

        device.fail = None
        look_again(keeper, device.tended)

    assert keeper.side is Side.OPEN
    assert keeper.trouble == ""
    assert [record.getMessage() for record in caplog.records] == ["the look after the input stream failed"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_keeper_that_ends_leaves_a_lost_device(keeper: StreamKeeper, device: Device) -> None:
    device.fail = SystemExit()
    keeper.wake()
    keeper._thread.join(SOON)

    assert not keeper._thread.is_alive()
    assert keeper.side is Side.LOST
    assert "start Companion again" in keeper.trouble
