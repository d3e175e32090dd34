"""Conversations aloud: voice in, voice out, through the sound server, with the default models."""

import os
import signal
import time
from itertools import pairwise

import numpy as np
import psutil
import pytest
import soxr
from homes import store_of

from companion.audio.recordings import read
from companion.bench.room import wait_for
from companion.bench.tape import RATE
from companion.bench.turns import Talk
from companion.settings_file import change

pytestmark = pytest.mark.room

ANSWER = 20.0


def test_a_fact_from_the_first_turn_is_used_in_the_third(room, talking, voice, transcribed):
    room.start_tape()
    for sentence in ("My sister is called Amy.", "She lives in Paris.", "What is the name of my sister?"):
        room.say(voice(sentence))
        assert talking.wait_for("she: ", ANSWER), talking.lines
    tape = room.stop_tape()

    user = tape.spans(tape.user, min_gap=1.0)
    third = [at for at, _ in tape.spans(tape.speaker, min_gap=0.3, min_length=0.25) if at > user[-1][1] - 0.1]
    assert third, talking.lines
    heard = transcribed(tape.speaker[int((third[0] - 0.2) * tape.rate) :], tape.rate)
    assert "amy" in heard.lower(), (heard, talking.lines)
    assert talking.close() == 0


def test_human_recordings_are_answered_and_nobody_is_cut_off(room, talking, recordings, transcribed):
    orders = sorted(recordings.glob("order_*.flac"))[:3]
    said = []
    room.start_tape()
    for order in orders:
        said.append(time.monotonic())
        room.say(order)
        assert talking.wait_for("she: ", ANSWER), talking.lines
    said.append(time.monotonic())
    tape = room.stop_tape()

    for begin, end in pairwise(said):
        turn = tape.between(begin, end)
        spoken = turn.spans(turn.speaker, min_gap=0.5, min_length=0.25)
        ((_, over),) = turn.spans(turn.user, min_gap=1.6)
        assert spoken, talking.lines
        assert spoken[0][0] > over - 0.15, "she began while the user was speaking"
        assert all(
            transcribed(
                turn.speaker[int(max(0.0, a - 0.1) * turn.rate) : int((b + 0.1) * turn.rate)], turn.rate
            )
            for a, b in spoken
        )


def heard_as_floats(path):
    """A recording as the room's voice takes it."""
    return soxr.resample(read(path), 16_000, RATE).astype(np.float32)


def test_speech_over_her_voice_silences_her_and_the_record_has_what_was_played(
    room, home, talking, voice, transcribed
):
    story = voice("Please tell me a long story about a small dog.")
    stop = voice("Stop now, please. That is enough.")
    room.say(voice("Good morning."))  # from this answer the echo canceller learns that there are headphones
    assert talking.wait_for("she: ", ANSWER), talking.lines
    room.start_tape()
    room.say(story)
    assert talking.wait_for("voice_to_voice", ANSWER), talking.lines
    room.say(np.concatenate([np.zeros(RATE // 2, np.float32), heard_as_floats(stop)]), wait=False)
    assert talking.wait_for("she: ", ANSWER), talking.lines
    assert talking.wait_for("you: ", ANSWER), talking.lines
    tape = room.stop_tape()
    talking.close()

    interrupted = [t for t in store_of(home).turns() if t.side == "companion"][1]
    # no turn ends before 0.6 s of silence, however quick the machine, and neither sentence pauses as long
    user = tape.spans(tape.user, min_gap=0.5)
    speaker = tape.spans(tape.speaker, min_gap=1.5)  # behind "Sure," a slow machine is silent for a second
    onset = user[1][0]
    said = next(span for span in speaker if span[0] > user[0][1] - 0.2)
    assert said[0] < onset < said[1], f"she was speaking when the user began: {user} {speaker}"
    assert said[1] - onset < 1.8, "she stops soon"
    assert interrupted.interrupted == 1
    heard = transcribed(tape.speaker[int(said[0] * tape.rate) : int(said[1] * tape.rate)], tape.rate)
    first = heard.lower().split()[:1]
    assert first == [] or first[0].strip(",.!") in interrupted.text.lower()


def test_a_turn_lasts_from_key_to_key_where_a_key_marks_it(room, home, voice):
    change(home, "turns.mode", "push-to-talk")
    pause = np.zeros(3 * RATE // 2, np.float32)
    texts = ("What is the capital of Spain?", "My sister is called", "Amy.")
    before, begins, ends = (heard_as_floats(voice(text)) for text in texts)
    with Talk(room, home, typing=True) as talk:
        assert talk.wait_for("Listening", 60), talk.lines
        room.say(np.concatenate([before, pause]))  # the key takes half a second of pre-roll along
        talk.type()
        room.say(np.concatenate([begins, pause, ends, pause]))
        told = list(talk.lines)
        talk.type()
        assert talk.wait_for("she: ", ANSWER), talk.lines

    assert not any(line.startswith("she: ") for line in told), "a pause ends nothing"
    (said,) = [line for line in talk.lines if line.startswith("you: ")]
    assert "sister" in said, "and what was said before isn't hers to hear"
    assert "spain" not in said.lower()


def test_a_microphone_that_comes_back_is_heard_again(room, talking, voice):
    room.unplug_microphone()
    assert talking.wait_for("microphone", 5), talking.lines
    room.plug_microphone()
    assert talking.wait_for("The sound is back", 5), talking.lines

    room.say(voice("What is the capital of France?"))

    assert talking.wait_for("she: ", ANSWER), talking.lines


def test_kill_9_as_she_begins_to_answer_loses_no_turn_and_leaves_no_process(room, home, talking, voice):
    room.say(voice("What is the capital of France?"))
    assert talking.wait_for("voice_to_voice", ANSWER), talking.lines
    family = psutil.Process(talking.process.pid).children(recursive=True)
    assert family

    os.kill(talking.process.pid, signal.SIGKILL)
    talking.process.wait()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    (kept,) = (t.text for t in store_of(home).turns() if t.side == "user")
    assert kept.startswith("What is the capital of"), "a noisy room may take France for friends"
    with_the_same_home = Talk(room, home)
    assert with_the_same_home.wait_for("Listening", 60), with_the_same_home.lines
    assert with_the_same_home.close() == 0


def test_a_second_one_on_the_same_home_says_who_holds_it(room, home, talking):
    second = Talk(room, home)

    assert second.process.wait(30) == 1
    assert wait_for(lambda: any("companion talk" in line for line in second.lines), 5), second.lines
    assert str(talking.process.pid) in second.lines[-1]


@pytest.mark.parametrize("stage", ["Loading", "Listening"])
def test_ctrl_c_at_any_stage_ends_it_with_no_process_left(room, home, stage):
    talk = Talk(room, home)
    assert talk.wait_for(stage, 60), talk.lines
    family = psutil.Process(talk.process.pid).children(recursive=True)

    assert talk.close() in (0, 1)

    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert not any("Traceback" in line for line in talk.lines), talk.lines


def test_without_sound_it_says_so_and_offers_what_works(room, home):
    room.stop_server()

    talk = Talk(room, home)

    assert talk.process.wait(30) == 1
    assert wait_for(lambda: bool(talk.lines), 5)
    assert "companion chat" in talk.lines[-1]
    assert not any("Traceback" in line for line in talk.lines), talk.lines
