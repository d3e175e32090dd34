"""A recording's loudspeaker is softer while it is ducked, too."""

import numpy as np

from companion.audio import RATE
from companion.audio.wav import WavSound


def test_what_sounds_while_ducked_is_softer_on_the_timeline() -> None:
    sound = WavSound(np.zeros(4 * RATE, np.float32), tail=1.0, realtime=False)
    sound.start()
    sound.play(np.full(3 * RATE, 10_000, np.int16), RATE)
    for second in range(3):
        sound.duck((0.0, -12.0, 0.0)[second])
        for _ in range(10):
            sound.read(0.0)

    reply = sound.reply()

    assert abs(reply[RATE // 2] - 10_000) <= 1
    assert abs(reply[RATE * 3 // 2] - 10_000 * 10 ** (-12 / 20)) < 5
    assert abs(reply[RATE * 5 // 2] - 10_000) <= 1
