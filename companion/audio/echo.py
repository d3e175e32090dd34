"""The echo canceller: takes her own voice out of what the microphone hears.

WebRTC's audio processing (AEC3) as the `livekit` package ships it: wheels for every platform, where
aec-audio-processing, the same code, builds from source. Nothing of that package but this part is used, and
nothing is connected to. The reference is what the audio process really gave the device, sample for sample:
ducked, faded and cut as it was, silence where nothing played. It is taken by the time it was in the air, so
the echo follows it by the room's own delay and what the devices' clocks are wrong by; the canceller finds
that delay and tracks it (up to half a second). Where the device ran dry or stood still (a busy machine), the
echo comes later from one moment to the next, and for a second or two the canceller leaves most of it: then
what is no louder than the echo can be is taken for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.audio import FRAME, RATE, Captured
from companion.audio.drift import RECENT, frame_zero
from companion.audio.shared import Mark, StreamMemory
from companion.errors import AudioError

LEAD = 0.04
"""Seconds that the reference runs ahead of the air: devices report their delays wrongly by as much, and an
echo before its reference can't be cancelled."""

SLIP = 0.03
"""Seconds that the reference may be off its place before it is put back there."""

TAIL = 1.0
"""Seconds of silence on the loudspeaker after which the room is silent too: what the microphone hears then is
left as it is."""

DELAY_MS = 60
"""What the canceller is told the delay is, to begin with."""


LOUD = 10 ** (-45 / 20)
"""RMS of a frame from which on her voice is loud enough to tell whether it comes back."""

HEARD = 10 ** (-40 / 20)
"""Amplitude of the microphone over that of the loudspeaker from which on an echo may be in it."""

WITHIN = 50
"""Frames within which an echo comes back: half a second."""

WARY = 200
"""Frames, 2 s, for which the canceller isn't relied on behind a slip of the reference: it left up to -34 dB
in place of -69 for as long."""

LOUDER = 1.5
"""How much louder than the echo something must be there, to be more than that."""

LOOKS = 30
"""Looks, 0.1 s of her voice each, that decide together whether there is an echo."""

ENOUGH = 4
"""Looks that are needed to say that there is none."""


class EchoPath:
    """Whether anything of the loudspeaker reaches the microphone at all.

    With headphones nothing does, and a canceller that looks for an echo in vain takes the user's own voice
    for one: in the first answer nobody could interrupt her. An echo makes the microphone as loud as it is
    itself at least, whatever else is to be heard, so the lowest ratio of both levels lately is more than its
    loudness. Until she has spoken for a second an echo is reckoned with.
    """

    def __init__(self) -> None:
        self._heard: deque[float] = deque([0.0] * 2 * WITHIN, maxlen=2 * WITHIN)
        self._played: deque[float] = deque([0.0] * 2 * WITHIN, maxlen=2 * WITHIN)
        self._ratios: deque[float] = deque(maxlen=LOOKS)
        self._count = 0

    def add(self, heard: NDArray[np.float32], played: NDArray[np.float32]) -> None:
        """Take a frame of each."""
        self._heard.append(float(np.sqrt(np.mean(heard**2))))
        self._played.append(float(np.sqrt(np.mean(played**2))))
        self._count += 1
        if self._count % 10:
            return
        loudest = max(list(self._played)[:WITHIN])
        if loudest > LOUD:
            self._ratios.append(max(self._heard) / loudest)

    @property
    def there(self) -> bool:
        """Whether an echo must be reckoned with."""
        return len(self._ratios) < ENOUGH or min(self._ratios) > HEARD

    @property
    def explains(self) -> bool:
        """Whether the last frame that was heard is no louder than the echo of what was played lately."""
        gain = min(self._ratios) if len(self._ratios) >= ENOUGH else 1.0
        return self._heard[-1] <= LOUDER * gain * max(list(self._played)[-WITHIN:])


class Reference:
    """What the loudspeaker gave to the air, at 16 kHz, as the frames of the microphone ask for it."""

    def __init__(self, memory: StreamMemory) -> None:
        self._memory = memory
        self.slips = 0
        """How often it had to be put back to its place, the device ran dry or was opened anew: each time the
        echo may come later or earlier than before."""
        self.opens = 0
        """How often a device was opened that wasn't the last one: it may be a loudspeaker where that was a
        pair of headphones."""
        self._name: str | None = None
        self._rate = 0
        self._xruns = 0
        self._first_block = 0
        self._next = 0.0
        self._resampler: Any = None
        self._ready = np.zeros(0, np.float32)

    def opened(self, rate: int, first_block: int, name: str = "") -> None:
        """An output stream of the device called `name` runs at `rate` hertz, from that block of its history
        on."""
        self._rate, self._first_block, self._resampler = rate, first_block, None
        self.slips += self._name is not None
        self.opens += name != self._name
        self._name, self._xruns = name, int(self._memory.marks[Mark.XRUNS])

    def closed(self) -> None:
        """The stream is gone: it is silent."""
        self._rate = 0

    def take(self, start: float, samples: int) -> NDArray[np.float32]:
        """What was in the air from the moment `start` on (seconds, monotonic), `LEAD` ahead: float32[samples]
        in -1..1."""
        rows = self._memory.recent(self._first_block, RECENT) if self._rate else ()
        if not len(rows):
            return np.zeros(samples, np.float32)
        rate = self._rate
        wanted = (start + LEAD - frame_zero(np.asarray(rows), rate)) * rate
        held = len(self._ready) / RATE * rate
        slipped = self._resampler is not None and abs(self._next - held - wanted) > SLIP * rate
        if slipped or self._resampler is None:
            self.slips += slipped
            self._restart(wanted)
            held = 0.0
        before, self._xruns = self._xruns, int(self._memory.marks[Mark.XRUNS])
        self.slips += self._xruns != before
        while len(self._ready) < samples:
            self._fetch(max(1, round((samples - len(self._ready)) * rate / RATE)))
        taken, self._ready = self._ready[:samples], self._ready[samples:]
        return taken

    def _restart(self, frame: float) -> None:
        import soxr

        self._next = float(round(frame))
        self._resampler = soxr.ResampleStream(self._rate, RATE, 1, dtype="float32", quality="HQ", vr=True)
        self._resampler.set_io_ratio(self._rate, RATE)
        self._ready = np.zeros(0, np.float32)
        self._fetch(round(0.0125 * self._rate))  # what it holds back

    def _fetch(self, count: int) -> None:
        """Resample the next `count` device frames; what the device hasn't taken yet is silence."""
        first = int(self._next)
        given = int(self._memory.marks[Mark.FRAMES])
        oldest = given - len(self._memory.given) + 4096
        sound = np.zeros(count, np.float32)
        low, high = max(first, oldest, 0), min(first + count, given)
        if low < high:
            sound[low - first : high - first] = self._memory.was_given(low, high - low) / np.float32(32768)
        self._next += count
        self._ready = np.concatenate([self._ready, self._resampler.resample_chunk(sound)])


class EchoCanceller:
    """Cleans the microphone's frames with what the loudspeaker gave. Belongs to the thread that reads."""

    def __init__(
        self, reference: Callable[[float, int], NDArray[np.float32]], slips: Callable[[], int] = lambda: 0,
        opens: Callable[[], int] = lambda: 1,
    ) -> None:  # fmt: skip
        """`reference(start, samples)` gives the loudspeaker's sound from that moment on, `slips` how often
        that has jumped, `opens` how often another device was opened. Raises `AudioError` where WebRTC's
        library can't be loaded."""
        try:
            from livekit import rtc

            self._frame = rtc.AudioFrame
            self._processing = rtc.AudioProcessingModule(echo_cancellation=True)
            self._processing.set_stream_delay_ms(DELAY_MS)
        except (ImportError, OSError, RuntimeError) as error:
            raise AudioError(
                f"The echo canceller can't be loaded ({type(error).__name__}): run scripts/run --setup, or "
                "use headphones and `companion settings set audio.echo off`."
            ) from error
        self._reference, self._slips, self._opens = reference, slips, opens
        self._slipped, self._opened = 0, opens()
        self._wary = 0  # frames for which the canceller isn't relied on
        self._quiet = 0
        self._path = EchoPath()

    def clean(self, captured: Captured) -> Captured:
        """The frames without her voice; as they are while nothing was played for `TAIL` seconds."""
        frames = captured.frames
        played = self._reference(captured.at - frames.size / RATE, frames.size).reshape(-1, FRAME)
        before, self._slipped = self._slipped, self._slips()
        self._wary = WARY if self._slipped != before else self._wary
        before, self._opened = self._opened, self._opens()
        self._path = EchoPath() if self._opened != before else self._path
        out = [
            self._one(heard, sound) for heard, sound in zip(frames.reshape(-1, FRAME), played, strict=True)
        ]
        return Captured(np.stack(out), captured.at, captured.gap)

    def _one(self, heard: NDArray[np.float32], played: NDArray[np.float32]) -> NDArray[np.float32]:
        self._quiet = 0 if np.abs(played).max() > 1e-4 else self._quiet + 1
        if self._quiet * FRAME > TAIL * RATE:
            return heard
        self._processing.process_reverse_stream(self._as_frame(played))
        frame = self._as_frame(heard)
        self._processing.process_stream(frame)
        self._path.add(heard, played)
        if not self._path.there:
            return heard
        self._wary = max(0, self._wary - 1)
        if self._wary and self._path.explains:
            return np.zeros_like(heard)
        cleaned = np.frombuffer(bytes(frame.data.cast("B")), np.int16)
        return cleaned.astype(np.float32) / np.float32(32768)

    def _as_frame(self, sound: NDArray[np.float32]) -> Any:
        data = (np.clip(sound, -1.0, 1.0) * 32767).astype(np.int16).tobytes()
        return self._frame(bytearray(data), RATE, 1, FRAME)
