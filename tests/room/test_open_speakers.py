"""On open speakers: her own voice comes back through the microphone, and she takes it for nobody's."""

import pytest

from companion.bench.room import Room
from companion.bench.turns import Talk

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
