"""An earcon is short, soft, and begins and ends in silence."""

import numpy as np

from companion.audio import earcons


def test_the_sign_of_thinking_is_soft_and_short_and_does_not_click():
    sound = earcons.thinking()

    assert sound.dtype == np.int16
    assert len(sound) / earcons.RATE <= 0.25
    assert 500 < np.abs(sound).max() < 4000
    assert np.abs(sound[:3]).max() < 5
    assert np.abs(sound[-3:]).max() < 50
