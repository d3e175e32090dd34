"""The machine's own microphone and loudspeaker, as a `Sound`."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from companion.audio import Captured, SoundStatus
from companion.audio.capture import Capture
from companion.audio.echo import EchoCanceller, Reference
from companion.audio.playout import Playout
from companion.audio.process import BLOCK, Open, Opened
from companion.audio.pulse import PulseWatch
from companion.audio.shared import Mark, StreamMemory
from companion.audio.stream import Found, Missing, StreamKeeper
from companion.audio.trouble import SERVER_GONE, missing
from companion.errors import AudioError
from companion.settings import AudioSettings

RESAMPLER_DELAY = 0.0125
"""Seconds the input's resampler holds sound back (soxr's variable-rate one, measured)."""


class DeviceSound:
    """A `Sound` on two audio processes, one a stream (companion.audio.process says why).

    The devices are those the settings name, else the system's default, which is followed when it changes. On
    machines without PulseAudio or PipeWire a changed default is only noticed when the stream is opened anew
    (its device vanishes, or the microphone is muted and opened again): PortAudio tells of no change, and to
    ask it means to start it anew, which probes every device there is.
    """

    def __init__(self, settings: AudioSettings | None = None) -> None:
        self._settings = settings or AudioSettings()
        inputs, outputs = StreamMemory(), StreamMemory()
        self._capture = Capture(inputs, time.monotonic)
        self._playout = Playout(outputs, time.monotonic)
        self._reference = Reference(outputs)
        self._echo: EchoCanceller | None = None
        self._watch = PulseWatch(self._look)
        bell = self._capture.bell_out
        self._input = StreamKeeper(
            "input", inputs, bell, lambda: self._choose("input"), _Microphone(self._capture)
        )
        self._output = StreamKeeper(
            "output",
            outputs,
            None,
            lambda: self._choose("output"),
            _Loudspeaker(self._playout, self._reference),
        )
        self._muted = False

    def start(self) -> None:
        """Open both sides. Raises `AudioError` where there is no microphone or no loudspeaker, or it is
        busy."""
        if self._settings.echo == "on":
            self._echo = EchoCanceller(
                self._reference.take, lambda: self._reference.slips, lambda: self._reference.opens
            )
        self._output.prepare()
        self._input.prepare()
        self._watch.start()
        try:
            self._output.start()
            self._input.start()
        except AudioError:
            self.close()
            raise

    def close(self) -> None:
        """Close both sides; idempotent."""
        self._watch.close()
        self._input.close()
        self._output.close()

    def read(self, timeout: float) -> Captured | None:
        """What was heard since the last read, her own voice taken out; None after `timeout` seconds."""
        self._capture.follow(self._drift())
        captured = self._capture.read(timeout)
        return captured if captured is None or self._echo is None else self._echo.clean(captured)

    def mute(self, muted: bool) -> None:
        """Close the input or open it again; when a mute returns (within 1 s), the device is closed, and
        what was heard before and not read is erased."""
        if muted == self._muted:
            return
        self._muted = muted
        self._input.pause(muted)
        if muted:
            self._capture.forget()

    def play(self, samples: NDArray[np.int16], rate: int) -> float:
        """Queue sound; returns its position."""
        return self._playout.play(samples, rate)

    def duck(self, gain_db: float) -> None:
        """Make what plays from now on softer, until it is told otherwise."""
        self._playout.duck(gain_db)

    def stop(self) -> float:
        """Fall silent; returns the position reached. Waits for the audio process for 60 ms at most."""
        return self._playout.stop()

    def heard(self) -> float:
        """The position that has left the loudspeaker."""
        return self._playout.heard()

    def status(self) -> SoundStatus:
        """What the device is doing, and its counters."""
        return SoundStatus(
            input=self._input.side,
            output=self._output.side,
            input_name=self._input.name,
            output_name=self._output.name,
            xruns=sum(self.xruns()),
            dropped_frames=self._capture.dropped,
            reopened=self._input.reopened + self._output.reopened,
            drift_ppm=self._drift(),
            offset_s=self._offset(),
            trouble=self._input.trouble or self._output.trouble,
        )

    def xruns(self) -> tuple[int, int]:
        """Overflows of the input and underflows of the output so far."""
        marks = (self._capture.memory.marks, self._playout.memory.marks)
        return int(marks[0][Mark.XRUNS]), int(marks[1][Mark.XRUNS])

    def processes(self) -> tuple[int, ...]:
        """Process ids of the audio processes that run, for measurements."""
        return tuple(pid for pid in (self._input.pid, self._output.pid) if pid is not None)

    def _drift(self) -> float | None:
        clocks = (self._capture.device_clock, self._playout.device_clock)
        speeds = [clock.ppm() if clock is not None else None for clock in clocks]
        return None if speeds[0] is None or speeds[1] is None else speeds[1] - speeds[0]

    def _offset(self) -> float | None:
        """Half a block until the loudspeaker's next one, its way to the air, and the microphone's way
        back."""
        out, back = self._playout.delay(), self._capture.delay()
        return None if out is None or back is None else BLOCK / 2 + out + back + RESAMPLER_DELAY

    def _look(self) -> None:
        self._input.wake()
        self._output.wake()

    def _choose(self, kind: str) -> Found | Missing:
        wanted = self._settings.input if kind == "input" else self._settings.output
        picture = self._watch.picture
        if picture is None:
            if self._watch.seen:
                return Missing(SERVER_GONE)
            return Found(Open(None, wanted, 0), wanted or "system default")
        device = picture.choose(kind, wanted)
        if device is None:
            return Missing(missing(kind, wanted))
        key = (picture.generation, device.number)
        return Found(Open(device.name, "", device.rate), device.description, key)


class _Microphone:
    """Tells the capture about its stream."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def stream_opened(self, opened: Opened, first_block: int, first_sample: int) -> None:
        self._capture.opened(opened.rate, first_block, first_sample)

    def stream_closed(self) -> None:
        self._capture.closed()

    def tend(self) -> None:
        self._capture.measure()

    def idle(self) -> bool:
        return False  # somebody may be speaking at any moment


class _Loudspeaker:
    """Tells the playout, and the echo canceller's reference, about its stream."""

    def __init__(self, playout: Playout, reference: Reference) -> None:
        self._playout, self._reference = playout, reference

    def stream_opened(self, opened: Opened, first_block: int, _first_sample: int) -> None:
        self._playout.opened(opened.rate, first_block)
        self._reference.opened(opened.rate, first_block, opened.name)

    def stream_closed(self) -> None:
        self._reference.closed()
        self._playout.closed()

    def tend(self) -> None:
        self._playout.tend()

    def idle(self) -> bool:
        return self._playout.idle()
