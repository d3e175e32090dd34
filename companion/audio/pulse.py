"""PulseAudio and PipeWire (Linux only): which microphone and loudspeaker there are, and word when that
changes.

PortAudio sees one device, "pulse"; the sound server knows the real ones. A thread keeps a picture of them
that anybody may look at without waiting for the server.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

FIRST_LOOK = 3.0
"""Longest wait for a server to answer, seconds."""

RETRY = 0.2
"""Seconds between two tries to reach a server that is gone."""

RARELY = 1.0
"""Seconds between two tries on a machine where no server has answered yet."""

LISTEN = 1.0
"""Seconds between two looks at the server when it says nothing (an event may fall between look and
listening)."""


@dataclass(frozen=True, slots=True)
class ServerDevice:
    """A source ("input") or sink ("output") of the sound server; `number` is another each time it appears."""

    kind: str
    name: str
    description: str
    number: int
    rate: int
    channels: int
    monitor: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What the server had when last looked at; `generation` counts the connections to a server."""

    devices: tuple[ServerDevice, ...]
    default_input: str
    default_output: str
    generation: int

    def choose(self, kind: str, wanted: str) -> ServerDevice | None:
        """The device to use: the one whose name or description is or holds `wanted`, or with "" the default.
        Never a monitor; when the default is one, the first true microphone, and None where there is none."""
        usable = [d for d in self.devices if d.kind == kind and not d.monitor]
        if wanted:
            low = wanted.casefold()
            whole = [d for d in usable if low in (d.name.casefold(), d.description.casefold())]
            part = [d for d in usable if low in d.name.casefold() or low in d.description.casefold()]
            return next(iter(whole or part), None)
        default = self.default_input if kind == "input" else self.default_output
        named = [d for d in usable if d.name == default]
        return next(iter(named or usable), None)


def look(pulse: Any, generation: int) -> Picture:
    """Ask a connected `pulsectl.Pulse` for what there is."""
    server = pulse.server_info()
    devices = [_device("input", source) for source in pulse.source_list()]
    devices += [_device("output", sink) for sink in pulse.sink_list()]
    return Picture(tuple(devices), server.default_source_name, server.default_sink_name, generation)


def look_once() -> Picture | None:
    """What the server has now, or None where no server answers."""
    watch = PulseWatch(lambda: None)
    watch.start()
    picture = watch.picture
    watch.close()
    return picture


def connect() -> Any:
    """A connected `pulsectl.Pulse`, or None where no server answers (or this isn't a machine that has
    one)."""
    try:
        import pulsectl
    except (ImportError, OSError):  # not installed here, or without libpulse
        return None

    class Pulse(pulsectl.Pulse):  # type: ignore[misc]
        """Copies a device's rate while the server's answer is in memory: pulsectl keeps only a pointer to
        it."""

        def _pulse_info_cb(self, cls: Any, found: Any, done: Any, ctx: Any, info: Any, *rest: Any) -> None:
            before = len(found)
            super()._pulse_info_cb(cls, found, done, ctx, info, *rest)
            if len(found) > before and hasattr(info[0], "sample_spec"):
                found[-1].rate = int(info[0].sample_spec.rate)

    pulse = Pulse("companion", connect=False)
    try:
        # No timeout: with one, pulsectl waits it out even when the server answers at once.
        pulse.connect(autospawn=False, wait=False)
    except pulsectl.PulseError:
        pulse.close()
        return None
    return pulse


class PulseWatch:
    """Keeps the picture true; `changed` is called, from the watch's own thread, whenever it may have
    changed."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._ending = threading.Event()
        self._first_look = threading.Event()
        self._pulse: Any = None
        self._generation = 0
        self._seen = False
        self._failed = ""
        self.picture: Picture | None = None
        """What there is, or None while no server answers."""
        self._thread = threading.Thread(target=self._watch, name="sound-server", daemon=True)

    @property
    def seen(self) -> bool:
        """Whether a server has ever said what there is."""
        return self._seen

    def start(self) -> None:
        """Start watching; returns when the first look is done."""
        self._thread.start()
        self._first_look.wait(FIRST_LOOK)

    def close(self) -> None:
        """Stop watching."""
        self._ending.set()
        pulse = self._pulse
        if pulse is not None:
            pulse.event_listen_stop()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _watch(self) -> None:
        while not self._ending.is_set():
            try:
                self._connect_and_follow()
            except Exception as error:
                # What the server says can be anything; the last picture stays, and the next look comes.
                if (what := f"{type(error).__name__}: {error}") != self._failed:  # not five times a second
                    self._failed = what
                    log.exception("the look at the sound server failed")
            self._pulse = None
            self._first_look.set()
            self._ending.wait(RETRY if self.seen else RARELY)

    def _connect_and_follow(self) -> None:
        self._pulse = connect()
        if self._pulse is not None:
            self._generation += 1
            self._follow(self._pulse)
        self._show(None)

    def _follow(self, pulse: Any) -> None:
        """Look again at every change, until the connection is lost."""
        import pulsectl

        def stop_listening(_event: Any) -> None:
            raise pulsectl.PulseLoopStop

        try:
            pulse.event_mask_set("source", "sink", "server")
            pulse.event_callback_set(stop_listening)
            while not self._ending.is_set():
                self._show(look(pulse, self._generation))
                self._first_look.set()
                pulse.event_listen(timeout=LISTEN)
        except (pulsectl.PulseError, pulsectl.PulseDisconnected):
            self._show(None)
        finally:
            pulse.close()

    def _show(self, picture: Picture | None) -> None:
        self._seen = self._seen or picture is not None
        if picture != self.picture:
            self.picture = picture
            self._changed()


def _device(kind: str, found: Any) -> ServerDevice:
    properties = getattr(found, "proplist", {})
    monitor = kind == "input" and (
        found.name.endswith(".monitor")
        or properties.get("device.class") == "monitor"
        or bool(getattr(found, "monitor_of_sink_name", None))
    )
    text = found.description or found.name
    return ServerDevice(kind, found.name, text, found.index, found.rate, found.channel_count, monitor)
