"""How fast her voice speaks, as measured."""

from companion.dialogue.clauses import Voice, lengths
from companion.runtime.voice_rates import VoiceRates


def test_a_voice_that_speaks_faster_is_given_a_longer_start():
    rates = VoiceRates()
    for _ in range(30):
        rates.add("one two three four", synthesis=0.07, speech=0.8)

    assert 4.8 < rates.voice.words < 5.1
    assert lengths(8.0, rates.voice).first_break > lengths(8.0, Voice()).first_break


def test_a_synthesis_that_slows_down_is_given_a_longer_start():
    rates = VoiceRates()
    for _ in range(30):
        rates.add("one two three four", synthesis=0.7, speech=4 / 2.8)

    assert 0.6 < rates.voice.synthesis(4) < 0.75
    assert lengths(20.0, rates.voice).first_soft > lengths(20.0, Voice()).first_soft


def test_a_single_word_says_nothing_about_a_voice():
    rates = VoiceRates()
    rates.add("Yes.", synthesis=9.0, speech=0.4)
    rates.add("…", synthesis=9.0, speech=0.0)

    assert rates.voice == Voice()


def test_a_model_slower_than_the_voice_gets_a_start_that_the_whole_reply_needs():
    assert lengths(3.0).first_soft > lengths(4.0).first_soft > lengths(8.0).first_soft
