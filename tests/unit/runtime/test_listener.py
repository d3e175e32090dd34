"""Who is answered, and what is learned from whom."""

import itertools

import numpy as np
import pytest

from companion.dialogue.events import Voice as Told
from companion.engines.speaker.dvector import unit
from companion.engines.speaker.voices import KnownVoices, like, threshold
from companion.runtime.ears import Snapshot
from companion.runtime.listener import FIRST, OWNER, Listener, Verdict
from companion.runtime.stretches import WINDOW

RATE = 16_000


class LevelEncoder:
    """A voice is its level: 0.1 is one person's, 0.2 another's; 0.2 s tell it."""

    def vector(self, audio):
        if audio.size < 0.2 * RATE:
            return None
        voice = np.zeros(256)
        voice[round(float(np.abs(audio).max()) * 10)] = 1.0
        return unit(voice)


PRE_ROLL = 0.5

QUIET = 0.001
"""The noise of a quiet room."""


PLACES = itertools.count(RATE, 30 * RATE)


def turn(*parts, speaking=False, start=None, noise=0.0, spoke=float("-inf")):
    """The sound of a turn: utterances of (level, seconds), or (level, seconds, level, seconds, ...) where the
    voice changes within one, with silence (or noise) before, between and behind them. Each at its own place
    in time."""
    start = next(PLACES) if start is None else start
    pieces, spans = [np.zeros(round(PRE_ROLL * RATE))], []
    for utterance in parts:
        levels, lengths = utterance[::2], utterance[1::2]
        said = [np.full(round(s * RATE), level) for level, s in zip(levels, lengths, strict=True)]
        begin = start + sum(map(len, pieces))
        spans.append((begin, begin + sum(map(len, said))))
        pieces += [*said, np.zeros(0 if speaking and utterance is parts[-1] else RATE // 5)]
    audio = np.concatenate(pieces).astype(np.float32)
    audio[audio == 0] = noise
    return Snapshot(start, start + audio.size, audio, spans[-1][1], tuple(spans), speaking, spoke=spoke)


def speech(level, seconds=2.0, **options):
    return turn((level, seconds), **options)


def words(look):
    """The levels that are left of a turn's sound, with their seconds."""
    levels, counts = np.unique(np.round(look.sound.audio, 1), return_counts=True)
    return {round(float(v), 1): round(int(c) / RATE, 1) for v, c in zip(levels, counts, strict=True) if v}


def listener(only_known=False, learn=False, names=("Anna",), ask=False, encoder=None):
    known, kept = KnownVoices(), []
    for number, name in enumerate(names, 1):
        known.enrol(name, [LevelEncoder().vector(np.full(RATE, number / 10))])
    return Listener(encoder or LevelEncoder(), known, only_known, learn, ask, keep=kept.append), kept


def answered(ear, sound, text="anything"):
    look = ear.look(sound)
    ear.heard(look)
    return ear.verdict(look, text) is Verdict.ANSWERED and bool(look.sound.spans)


def test_every_turn_has_a_name_or_none():
    ear, _ = listener(names=("Anna", "Ben"))

    assert [ear.look(speech(level)).who.name for level in (0.1, 0.2, 0.3)] == ["Anna", "Ben", ""]


def test_a_voice_is_judged_by_its_speech_and_not_by_the_silence_around_it():
    lengths = []

    class Encoder(LevelEncoder):
        def vector(self, audio):
            lengths.append(audio.size / RATE)
            assert audio.all(), "only speech"
            return super().vector(audio)

    ear, _ = listener(only_known=True, encoder=Encoder())
    look = ear.look(turn((0.1, 0.5), (0.1, 1.5)))

    assert look.seconds == pytest.approx(2.0)
    assert max(lengths) == pytest.approx(WINDOW / RATE)


@pytest.mark.parametrize(("seconds", "seen"), [(0.3, 0.4), (0.5, 0.5)])
def test_the_end_of_a_word_that_fades_away_tells_of_its_voice(seconds, seen):
    lengths = []

    class Encoder(LevelEncoder):
        def vector(self, audio):
            lengths.append(audio.size / RATE)
            return super().vector(audio)

    ear, _ = listener(only_known=True, encoder=Encoder())
    look = ear.look(speech(0.1, seconds, noise=QUIET))

    assert lengths == [pytest.approx(seen)]
    assert look.seconds == pytest.approx(seconds)


def test_everybody_is_answered_unless_it_is_set_otherwise():
    ear, _ = listener(only_known=False)
    assert answered(ear, speech(0.3))

    ear, _ = listener(only_known=True)
    assert not answered(ear, speech(0.3))
    assert answered(ear, speech(0.1))


class Mixed(LevelEncoder):
    """What sounds at level 0.5 is as near to Anna's voice (0.1) as `cosine`."""

    def __init__(self, cosine):
        self.cosine = cosine

    def vector(self, audio):
        voice = np.zeros(256)
        voice[1], voice[9] = self.cosine, np.sqrt(1 - self.cosine**2)
        return unit(voice) if np.abs(audio).max() > 0.4 else super().vector(audio)


def like_anna(away):
    """A listener who answers known voices only; level 0.5 is so far above the bound for 4 s."""
    return listener(only_known=True, encoder=Mixed(threshold(4.0) + away))[0]


@pytest.mark.parametrize(
    ("away", "noise", "heard"),
    [(0.01, QUIET, False), (0.06, QUIET, False), (0.11, QUIET, True), (0.06, 0.1, True), (0.01, 0.1, False)],
)
def test_out_of_the_blue_a_voice_must_be_the_more_like_a_known_one_the_quieter_it_is(away, noise, heard):
    assert answered(like_anna(away), speech(0.5, 4.0, noise=noise)) is heard


def test_whoever_talks_with_her_is_known_by_a_little_less():
    ear = like_anna(0.08)
    assert answered(ear, speech(0.1, start=0))

    assert answered(ear, speech(0.5, 4.0, start=15 * RATE, noise=QUIET))
    assert answered(ear, speech(0.5, 4.0, start=60 * RATE, spoke=50 * RATE, noise=QUIET)), (
        "while she spoke or just behind"
    )
    assert not answered(ear, speech(0.5, 4.0, start=100 * RATE, spoke=50 * RATE, noise=QUIET))


@pytest.mark.parametrize(
    ("start", "away", "verdict"),
    [
        (5, 0.06, Verdict.ANSWERED),
        (15, 0.06, Verdict.DOUBTED),
        (15, 0.03, Verdict.DOUBTED),
        (15, 0.02, Verdict.REFUSED),
    ],
)
def test_the_longer_it_is_since_they_talked_the_surer_a_voice_must_be(start, away, verdict):
    ear = like_anna(away)
    assert answered(ear, speech(0.1, start=0))
    sound = speech(0.5, 4.0, start=start * RATE, noise=QUIET)

    assert ear.verdict(ear.look(sound), "and in Berlin?") is verdict


@pytest.mark.parametrize("start", [0, 5, 15])
def test_more_of_a_voice_never_makes_her_less_sure_of_it(start):
    def certain(away, seconds):
        ear, _ = listener(only_known=True, encoder=Mixed(threshold(seconds) + away))
        if start:
            assert answered(ear, speech(0.1, start=0))
        return ear.look(turn((0.5, seconds), start=start * RATE, noise=QUIET)).certain

    for away in np.arange(0.005, 0.12, 0.01):
        assert certain(away, 1.0) or not certain(away, 0.95)


def test_a_voice_that_was_not_answered_makes_nobody_talk_with_her():
    ear = like_anna(0.06)

    assert not answered(ear, speech(0.5, 4.0, start=0, noise=QUIET))
    assert not answered(ear, speech(0.5, 4.0, start=6 * RATE, noise=QUIET))


def test_the_beginning_of_a_sentence_may_be_theirs_whom_more_of_it_shows():
    beginning, others = speech(0.5, 4.0, noise=QUIET), speech(0.3, 4.0, noise=QUIET)
    ear = like_anna(0.06)

    assert ear.verdict(ear.look(beginning), "I really was very much afraid") is Verdict.DOUBTED
    assert ear.verdict(ear.look(others), "I really was very much afraid") is Verdict.REFUSED
    assert ear.verdict(ear.look(beginning), "Stop.") is Verdict.ANSWERED, "that takes nothing but from her"


@pytest.mark.parametrize(
    ("away", "seconds", "voice"),
    [
        (0.01, 1.8, Told.OPEN),
        (0.01, 6.0, Told.OPEN),
        (-0.03, 1.8, Told.OPEN),
        (-0.01, 2.9, Told.OPEN),
        (-0.01, 3.2, Told.OTHER),
        (-0.06, 1.8, Told.OTHER),
    ],
)
def test_the_longer_a_voice_is_not_quite_a_known_one_the_more_surely_it_is_nobodys(away, seconds, voice):
    ear, _ = listener(only_known=True, encoder=Mixed(threshold(seconds) + away))
    look = ear.look(speech(0.5, seconds, noise=QUIET, speaking=True))

    assert look.voice is voice
    assert bool(look.sound.spans) is (voice is Told.OPEN), "what is nobody's is not kept"


def like_anna_pushed(away):
    ear = like_anna(away)
    ear.pushed = True
    return ear


def test_a_held_key_says_that_it_is_meant_for_her():
    ear = like_anna(0.06)
    ear.pushed = True

    assert answered(ear, speech(0.5, 4.0, noise=QUIET))
    assert answered(like_anna_pushed(0.01), speech(0.5, 4.0, noise=QUIET))
    assert not answered(ear, speech(0.3, 4.0, noise=QUIET)), "surely somebody else"


def test_a_voice_that_has_just_been_learned_is_talking_with_her():
    ear, _ = listener(only_known=True, learn=True, names=(), encoder=Mixed(threshold(4.0) + 0.08))
    for number in range(FIRST):
        look = ear.look(speech(0.1, start=10 * number * RATE))
        ear.heard(look)
        ear.committed(look)
    assert ear.known

    assert answered(ear, speech(0.5, 4.0, start=10 * FIRST * RATE, noise=QUIET))


def test_a_word_like_a_known_voice_is_theirs_who_have_just_spoken():
    ear, _ = listener(only_known=True, encoder=Mixed(like(0.7) + 0.01))

    def word(start, **options):
        return turn((0.5, 0.7), start=start * RATE, noise=QUIET, **options)

    assert not answered(ear, word(0))
    assert answered(ear, speech(0.1, start=5 * RATE))
    assert answered(ear, word(10))
    assert not answered(ear, word(20))
    assert answered(ear, word(20, spoke=19 * RATE)), "she has just spoken to them"
    assert not answered(ear, word(20, spoke=22 * RATE)), "she is still speaking"
    assert not answered(ear, word(400, spoke=399 * RATE)), "to whom, nobody knows"


def test_a_word_that_is_only_like_a_known_voice_is_kept_as_anybodys_and_beside_others_as_nobodys():
    ear, _ = listener(only_known=True, encoder=Mixed(like(0.3) + 0.01))
    assert answered(ear, speech(0.1, start=0))

    look = ear.look(turn((0.5, 0.3), start=5 * RATE, noise=QUIET))
    beside = ear.look(turn((0.3, 1.2), (0.5, 0.3), start=5 * RATE, noise=QUIET))

    assert (ear.verdict(look, "Yes."), look.who.name, look.who.sure) == (Verdict.ANSWERED, "", 0.0)
    assert ear.verdict(beside, "Yes.") is Verdict.REFUSED
    goes_on = turn((0.5, 0.3), start=5 * RATE, noise=QUIET, speaking=True)
    assert ear.look(goes_on).voice is Told.OPEN, "more of it may tell"


@pytest.mark.parametrize("seconds", [0.25, 0.4, 0.7, 0.95])
def test_a_word_unlike_a_known_voice_is_not_theirs_and_in_noise_a_little_less_like_it_is_enough(seconds):
    ear, _ = listener(only_known=True, encoder=Mixed(like(seconds) - 0.02))
    assert answered(ear, speech(0.1, start=0))

    assert not answered(ear, turn((0.5, seconds), start=5 * RATE, noise=QUIET))
    assert answered(ear, turn((0.5, seconds), start=5 * RATE, noise=0.09))
    unlike, _ = listener(only_known=True, encoder=Mixed(like(seconds) - 0.12))
    assert answered(unlike, speech(0.1, start=0))
    assert not answered(unlike, turn((0.5, seconds), start=5 * RATE, noise=0.09))


def test_a_word_like_a_known_voice_answers_what_she_asked_while_she_waits():
    ear, _ = listener(only_known=True, encoder=Mixed(threshold(0.6) + 0.02))
    assert answered(ear, speech(0.1, start=0))
    look = ear.look(turn((0.5, 0.6), start=14 * RATE))

    assert ear.verdict(look, "Tuesday.", asked="Which day?") is Verdict.ANSWERED
    assert ear.verdict(look, "Tuesday.") is Verdict.REFUSED
    late = ear.look(turn((0.5, 0.6), start=30 * RATE))
    assert ear.verdict(late, "Tuesday.", asked="Which day?") is Verdict.REFUSED
    long = ear.look(turn((0.5, 1.2), start=14 * RATE, noise=QUIET))
    assert ear.verdict(long, "On Tuesday, then.", asked="Which day?") is not Verdict.ANSWERED


@pytest.mark.parametrize(
    ("text", "heard"),
    [("Yes.", True), ("Friday", True), ("A.", True), ("3, 4.", True), ("that", False), ("and the", False)],
)
def test_a_word_that_is_only_like_a_known_voice_must_not_be_torn_out_of_a_sentence(text, heard):
    ear, _ = listener(only_known=True, encoder=Mixed(0.4))
    assert answered(ear, speech(0.1, start=5 * RATE))
    sound = turn((0.5, 0.3), start=10 * RATE)

    assert answered(ear, sound, text) is heard
    assert (ear.said(ear.look(sound), text) is Told.ANSWERED) is heard, "it doesn't stop her, either"


def test_a_short_sentence_of_a_voice_that_is_surely_nobodys_is_not_theirs_who_have_just_spoken():
    ear, _ = listener(only_known=True, encoder=Mixed(0.4))
    assert answered(ear, speech(0.1, start=0))

    assert not answered(ear, turn((0.5, 0.9), start=5 * RATE))
    assert not answered(ear, turn((0.5, 0.9), start=5 * RATE), "Stop.")


def test_a_question_of_a_voice_too_short_to_be_known_is_not_answered():
    ear, _ = listener(only_known=True, encoder=Mixed(0.4))

    assert not answered(ear, speech(0.5, 0.7), "What?")


def test_who_speaks_too_shortly_to_be_known_may_still_ask_her_to_stop():
    ear, _ = listener(only_known=True, encoder=Mixed(0.4))

    assert answered(ear, speech(0.5, 0.7), "Stop.")
    assert not answered(ear, speech(0.3, 2.0), "Stop."), "surely somebody else"
    near, _ = listener(only_known=True, encoder=Mixed(threshold(2.0) - 0.02))
    assert not answered(near, speech(0.5, 2.0), "Mute yourself, please, will you?"), "probably somebody else"


def test_a_word_is_never_taken_for_her_own_voice():
    ear, _ = listener(only_known=True)
    ear.know_her(np.full(3 * RATE, 0.4 * 32768, np.int16), RATE)

    assert answered(ear, speech(0.4, 0.35), "Stop.")


@pytest.mark.parametrize(
    ("sound", "voice"),
    [
        (speech(0.1, 0.6, speaking=True), Told.ANSWERED),
        (speech(0.5, 0.7, speaking=True), Told.OPEN),
        (speech(0.5, 2.0, speaking=True), Told.OTHER),
        (speech(0.3, 1.2, speaking=True), Told.OTHER),
        (turn((0.1, 2.0), (0.3, 1.2), speaking=True), Told.OTHER),
        (turn((0.3, 2.0), (0.1, 1.2), speaking=True), Told.ANSWERED),
    ],
)
def test_what_the_voice_that_speaks_is_to_her_where_only_known_ones_are_answered(sound, voice):
    ear, _ = listener(only_known=True, encoder=Mixed(0.4))

    assert ear.look(sound).voice is voice


@pytest.mark.parametrize(
    ("sound", "voice"),
    [
        (speech(0.1, 0.6, speaking=True), Told.ANSWERED),
        (speech(0.3, 0.7, speaking=True), Told.OPEN),
        (speech(0.3, 0.7), Told.ANSWERED),
        (speech(0.3, 1.2, speaking=True), Told.GUEST),
        (speech(0.5, 1.2, speaking=True), Told.ANSWERED),
    ],
)
def test_what_it_is_to_her_where_everybody_is_answered(sound, voice):
    ear, _ = listener(only_known=False, encoder=Mixed(0.5))

    assert ear.look(sound).voice is voice


@pytest.mark.parametrize(
    ("sound", "voice"),
    [
        (speech(0.5, 1.2, speaking=True), Told.GUEST),
        (speech(0.5, 0.7, speaking=True), Told.GUEST),
        (speech(0.1, 1.2, speaking=True), Told.ANSWERED),
        (turn((0.5, 1.2), (0.1, 1.2), speaking=True), Told.ANSWERED),
        (turn((0.1, 1.2), (0.5, 1.2), speaking=True), Told.GUEST),
    ],
)
def test_her_own_voice_heard_back_is_not_taken_for_a_known_one_that_is_like_it(sound, voice):
    ear, _ = listener(only_known=False, encoder=Mixed(0.8))
    ear.know_her(np.full(RATE, round(0.5 * 32768), np.int16), RATE)

    assert ear.look(sound).voice is voice


def test_what_others_say_behind_or_before_the_words_is_no_part_of_them():
    ear, _ = listener(only_known=True)

    behind = ear.look(turn((0.1, 2.0), (0.3, 3.0), speaking=True))
    before = ear.look(turn((0.3, 3.0), (0.1, 2.0)))
    between = ear.look(turn((0.1, 2.0), (0.3, 3.0), (0.1, 1.0)))

    assert words(behind) == words(before) == {0.1: 2.0}
    assert behind.since == pytest.approx(3.2)
    assert words(between) == {0.1: 3.0}
    assert between.since == 0.0


def test_a_voice_that_goes_on_in_the_same_breath_is_told_apart_to_a_fraction_of_a_second():
    ear, _ = listener(only_known=True)

    look = ear.look(turn((0.3, 4.0, 0.1, 3.0, 0.3, 4.0), speaking=True))

    assert look.who.name == "Anna"
    assert look.voice is Told.OTHER
    assert words(look)[0.1] == pytest.approx(3.0, abs=0.4)
    assert words(look).get(0.3, 0.0) <= 0.4
    assert look.since == pytest.approx(4.0, abs=0.4)


def test_a_moment_that_is_a_little_like_a_known_voice_is_no_utterance_of_theirs():
    ear, _ = listener(only_known=True, encoder=Mixed(threshold(1.2) + 0.02))

    assert not answered(ear, turn((0.3, 6.0, 0.5, 1.2, 0.3, 3.0)))
    assert not answered(ear, turn((0.3, 6.0), (0.5, 1.2), (0.3, 3.0)))
    assert not answered(ear, turn((0.5, 1.2), (0.3, 3.0)), "Stop.")


def test_beside_others_a_voice_must_be_quite_certain_to_be_known():
    nearly, quite = (listener(only_known=True, encoder=Mixed(threshold(2.0) + c))[0] for c in (0.07, 0.12))
    assert answered(nearly, speech(0.1, start=0))

    assert answered(nearly, turn((0.5, 2.0), start=5 * RATE))
    assert not answered(nearly, turn((0.3, 2.0), (0.5, 2.0), start=10 * RATE))
    assert answered(quite, turn((0.3, 2.0), (0.5, 2.0)))


def test_as_long_as_nobody_is_known_everybody_is_answered():
    ear, _ = listener(only_known=True, names=())

    assert answered(ear, speech(0.3))


@pytest.mark.parametrize(
    ("seconds", "turns", "learned"), [(2.0, FIRST, 1), (2.0, FIRST - 1, 0), (0.5, 20, 0)]
)
def test_the_first_voice_is_learned_from_the_first_turns_that_are_long_enough(seconds, turns, learned):
    ear, kept = listener(learn=True, names=())

    for _ in range(turns):
        ear.committed(ear.look(speech(0.1, seconds)))

    assert [voice.name for voice in kept] == [OWNER] * learned


def test_without_being_asked_to_it_learns_nothing():
    ear, kept = listener(learn=False, names=())

    for _ in range(10):
        ear.committed(ear.look(speech(0.1)))

    assert kept == []
    assert not ear.known


def test_a_known_voice_is_followed_and_a_stranger_teaches_nothing():
    ear, kept = listener(learn=True)

    ear.committed(ear.look(speech(0.1)))
    ear.committed(ear.look(speech(0.3)))

    assert [voice.name for voice in kept] == ["Anna"]


def test_a_mixture_of_people_is_not_learned_as_one():
    ear, kept = listener(learn=True, names=())

    for level in (0.1, 0.2, 0.3, 0.1, 0.2, 0.3):
        ear.committed(ear.look(speech(level)))
    assert kept == []

    for _ in range(FIRST):
        ear.committed(ear.look(speech(0.2)))
    assert [voice.now.argmax() for voice in kept] == [2]


def test_a_strangers_voice_is_made_of_their_turns_alone():
    ear, kept = listener(ask=True)

    for level in (0.3, 0.4, 0.4):
        ear.heard(ear.look(speech(level)))
    assert ear.introduce("Ben")

    assert [(voice.name, int(voice.now.argmax()), voice.heard) for voice in kept] == [("Ben", 4, 2)]


def test_looks_at_a_turn_that_goes_on_teach_nothing_and_its_end_only_once():
    ear, kept = listener(ask=True)
    sound = speech(0.3)

    for _ in range(5):
        ear.look(sound)
    ear.heard(ear.look(sound))
    ear.heard(ear.look(sound))
    ear.introduce("Ben")

    assert kept[0].heard == 1


def test_every_stranger_is_asked_once():
    ear, _ = listener(ask=True)

    assert ear.heard(ear.look(speech(0.3)))
    ear.asked()
    assert not ear.heard(ear.look(speech(0.3)))
    assert ear.heard(ear.look(speech(0.4)))
    assert not ear.heard(ear.look(speech(0.1)))


def test_what_is_left_of_her_own_voice_is_nobodys():
    """Not named, not answered where only known voices are, not asked for a name, not learned."""
    her = np.full(3 * RATE, 0.4 * 32768, np.int16)
    asking, _ = listener(ask=True)
    known, _ = listener(only_known=True)
    learning, kept = listener(learn=True, names=())
    for ear in (asking, known, learning):
        ear.know_her(her, RATE)

    look = asking.look(speech(0.4, 0.9, speaking=True))
    assert (look.who.name, look.who.hers, look.voice) == ("", True, Told.GUEST)
    assert not asking.heard(asking.look(speech(0.4)))
    assert not answered(known, speech(0.4, 0.7), "Stop.")
    for _ in range(FIRST):
        learning.committed(learning.look(speech(0.4)))
    assert kept == []
    assert learning.known.voices == {}


def test_scraps_between_what_others_say_are_theirs_and_so_is_much_that_is_a_little_unlike():
    scrap, _ = listener(only_known=True, encoder=Mixed(0.4))
    near, _ = listener(only_known=True, encoder=Mixed(threshold(4.0) - 0.02))

    assert words(scrap.look(turn((0.1, 3.0), (0.3, 2.0), (0.5, 0.45), (0.3, 1.0)))) == {0.1: 3.0}
    assert words(near.look(turn((0.1, 3.0), (0.5, 5.0)))) == {0.1: 3.0}
