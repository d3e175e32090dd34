"""On open speakers: her own voice comes back through the microphone, and she takes it for nobody's."""

import numpy as np
import pytest
import soxr

from companion.audio.recordings import read
from companion.bench.echo import run
from companion.bench.room import Room
from companion.bench.turns import Talk
from companion.settings import Settings

pytestmark = pytest.mark.room

ANSWER = 60.0


@pytest.fixture
def open_room():
    with Room(echo_db=-12.0) as room:
        yield room


def test_she_does_not_hear_herself_and_hears_who_speaks_over_her(open_room, home, voice):
    with Talk(open_room, home) as talk:
        assert talk.wait_for("Listening", ANSWER), talk.lines
        for sentence in ("What is the capital of France?", "Please tell me a long story about a small dog."):
            open_room.say(voice(sentence))
            assert talk.wait_for("she: ", ANSWER), talk.lines
        whole = [line for line in talk.lines if line.startswith("she: ")]
        open_room.say(voice("Please tell me a long story about a white cat."))
        assert talk.wait_for("voice_to_voice", ANSWER), talk.lines
        open_room.say(voice("No, wait, that is not what I meant at all."), wait=False)
        assert talk.wait_for("she: ", ANSWER), talk.lines
        assert talk.wait_for("you: ", ANSWER), talk.lines

    assert not any(line.endswith("—") for line in whole), "nobody interrupted her"
    assert sum(line.startswith("you: ") for line in talk.lines) == 4, talk.lines


def test_the_bench_counts_what_she_takes_of_her_own_voice(voice):
    asked = soxr.resample(read(voice("Please tell me a long story about a small dog.")), 16_000, 48_000)

    result = run([np.asarray(asked, np.float32)], Settings(), 0.1, lambda words: None, echo_db=-12.0)

    assert result["voice_s"] >= 6.0
    assert result["asked"] >= 1
    assert result["unheard"] == result["own_turns"] == result["cut_short"] == 0, result["lines"]
    assert result["exit_code"] == 0
