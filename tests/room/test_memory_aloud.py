"""What is said aloud is remembered, found again after a restart, kept off the record, and forgotten."""

import pytest
from homes import store_of

from companion.bench.turns import Talk
from companion.settings_file import change

pytestmark = pytest.mark.room

ANSWER = 30.0


def say(room, talk, voice, sentence):
    """Say it, and wait until she has answered."""
    room.say(voice(sentence))
    assert talk.wait_for("she: ", ANSWER), talk.lines


def turns(home):
    store = store_of(home)
    try:
        return [turn.text for turn in store.turns()]
    finally:
        store.close()


def test_what_was_told_is_known_after_a_restart_though_the_model_has_it_no_more(room, home, voice):
    change(home, "memory.continue_within", 0.0)
    first = Talk(room, home)
    assert first.wait_for("Listening", 60), first.lines
    say(room, first, voice, "My sister Amy is moving to Paris in June.")
    assert first.close() == 0

    second = Talk(room, home)
    assert second.wait_for("Listening", 60), second.lines
    say(room, second, voice, "Where is my sister moving to?")
    say(room, second, voice, "When is my brother getting married?")
    assert second.close() == 0

    known, unknown = [line for line in second.lines if "she: " in line][:2]
    assert "Paris" in known, second.lines
    assert any(word in unknown.lower() for word in ("don't", "not", "never", "haven't")), second.lines


def test_off_the_record_and_what_is_forgotten_are_nowhere(room, home, talking, voice):
    say(room, talking, voice, "My friend Jonas broke his leg.")
    say(room, talking, voice, "Off the record.")
    say(room, talking, voice, "I am afraid of thunder.")
    say(room, talking, voice, "Back on the record.")
    said = turns(home)
    assert any("leg" in text for text in said), said
    assert not any("thunder" in text.lower() for text in said), said

    say(room, talking, voice, "Forget what I said about my friend's leg.")
    assert any("Shall I erase it?" in line for line in talking.lines), talking.lines
    say(room, talking, voice, "Yes, please.")
    assert talking.close() == 0

    left = turns(home)
    assert not any("leg" in text.split() or "leg." in text for text in left), left
    assert not any("thunder" in text.lower() for text in left), left
