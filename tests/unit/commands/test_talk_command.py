"""`companion talk` around a conversation that is only played."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from companion.commands import talk
from companion.commands.ending import Terminated, ending_gently
from companion.dialogue import events as e
from companion.engines.llm import Rates
from companion.runtime.tally import Tally
from companion.settings import VoicesSettings


class Typed:
    """Lines that are typed one after the other; then an ending."""

    def __init__(self, *lines, ending=KeyboardInterrupt):
        self.lines, self.ending, self.hung_up = list(lines), ending, False

    def next(self, seconds):
        if self.lines:
            return self.lines.pop(0)
        if self.ending is None:
            self.hung_up = True
            return None
        raise self.ending


class Screen:
    """Keeps what is noted."""

    def __init__(self, unread=False):
        self.notes, self.unread, self.tally = [], unread, Tally()

    def note(self, sentence):
        self.notes.append(sentence)


class Companion:
    """Keeps what is asked of it, in order."""

    def __init__(self, rates=lambda: Rates(1.0, 2.0)):
        self.asked = []
        self.live = SimpleNamespace(failure=None)
        self.parts = SimpleNamespace(engines=SimpleNamespace(llm=SimpleNamespace(rates=rates)))
        self.sound = SimpleNamespace(status=self._status)

    def _status(self):
        assert "closed" not in self.asked, "the counters are those of open devices"
        return SimpleNamespace(drift_ppm=3.2, xruns=1, dropped_frames=2, reopened=0)

    def post(self, event):
        self.asked.append(event)

    def turn_key(self):
        self.asked.append("key")

    def close(self):
        self.asked.append("closed")


def converse(monkeypatch, companion, typed, screen, timings=False, by_key=False):
    monkeypatch.setattr(talk, "TypedLines", lambda: typed)
    with ending_gently():
        talk._converse(companion, screen, timings, by_key)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Terminated])
def test_however_it_is_ended_it_is_closed_and_then_counts(monkeypatch, ending):
    companion, screen = Companion(), Screen()

    converse(monkeypatch, companion, Typed(ending=ending), screen, timings=True)

    assert companion.asked == ["closed"]
    assert "drift 3 ppm" in screen.notes[-1]


@pytest.mark.parametrize("typed", [Typed(ending=None), Typed("hello\n", ending=None)])
def test_a_terminal_that_is_closed_ends_it(monkeypatch, typed):
    companion = Companion()

    converse(monkeypatch, companion, typed, Screen())

    assert companion.asked[-1] == "closed"


def test_a_pipe_that_nobody_reads_ends_it(monkeypatch):
    companion = Companion()

    converse(monkeypatch, companion, Typed(ending=AssertionError), Screen(unread=True))

    assert companion.asked == ["closed"]


def test_counters_that_fail_leave_nothing_open(monkeypatch):
    def broken():
        raise RuntimeError

    companion = Companion(rates=broken)

    with pytest.raises(RuntimeError):
        converse(monkeypatch, companion, Typed(), Screen(), timings=True)

    assert companion.asked == ["closed"]


def test_a_command_that_there_is_not_is_no_turn(monkeypatch):
    companion, screen = Companion(), Screen()

    converse(monkeypatch, companion, Typed("/nonsense\n", "/home/me is a folder.\n"), screen)

    assert companion.asked == [e.Typed("/home/me is a folder."), "closed"]
    assert "/mute" in screen.notes[1]


def test_goodbye_comes_behind_her_last_words(monkeypatch):
    companion, screen = Companion(), Screen()
    companion.close = lambda: screen.note("she: See you.")

    converse(monkeypatch, companion, Typed(), screen)

    assert screen.notes[-2:] == ["she: See you.", "Goodbye."]


def test_a_line_is_a_turn_and_enter_is_the_key(monkeypatch):
    lines = ("\n", "Good morning.\n", "/mute\n", "/unmute\n", "/stop\n", "\n")
    by_ear, by_key = Companion(), Companion()

    converse(monkeypatch, by_ear, Typed(*lines), Screen())
    converse(monkeypatch, by_key, Typed(*lines), Screen(), by_key=True)

    said = [e.Typed("Good morning."), e.MuteChanged(True), e.MuteChanged(False), e.StopAsked()]
    assert by_ear.asked == [*said, "closed"]
    assert by_key.asked == ["key", *said, "key", "closed"]


class Rooms:
    """A store that knows some voices, of a home in which something has been said, or nothing yet."""

    def __init__(self, voices=(), fresh=True):
        self._voices, self._fresh = list(voices), fresh

    def voices(self):
        return self._voices

    def fresh(self):
        return self._fresh


def test_a_new_home_is_told_once_that_a_voice_can_be_learned():
    voices = VoicesSettings()

    assert "voice learn" in talk._offer(voices, Rooms())
    assert talk._offer(voices, Rooms(fresh=False)) == ""
    assert talk._offer(voices, Rooms(voices=["Anna"])) == ""
    assert talk._offer(replace(voices, learn="on"), Rooms()) == ""


def test_who_wants_only_known_voices_answered_is_told_as_long_as_there_are_none():
    voices = VoicesSettings(answer="known")

    assert "answers everybody" in talk._offer(voices, Rooms(fresh=False))
    assert talk._offer(voices, Rooms(voices=["Anna"], fresh=False)) == ""


def test_the_main_thread_computes_nothing_with_the_model(monkeypatch, tmp_path):
    """libgomp stops spinning once the teams of all threads that have computed outnumber the cores."""
    computed = []

    def resume(llm, store, settings, folder, cancel):
        computed.append(threading.current_thread())
        return "what was said"

    sound = SimpleNamespace(start=lambda: None, close=lambda: None, read=lambda seconds: None)
    store = SimpleNamespace(close=lambda: None, voices=list, fresh=lambda: False)
    parts = SimpleNamespace(engines=SimpleNamespace(llm=None))
    monkeypatch.setattr("companion.app.resume", resume)
    monkeypatch.setattr("companion.app.load_parts", lambda *_: parts)
    monkeypatch.setattr("companion.app.Companion.start", lambda *_, before: before)
    monkeypatch.setattr("companion.audio.device.DeviceSound", lambda _: sound)
    monkeypatch.setattr("companion.memory.store.Store", lambda _: store)
    settings = SimpleNamespace(audio=None, voices=VoicesSettings())

    before = talk._begun(tmp_path, settings, SimpleNamespace(note=lambda _: None, trouble=None))

    assert before == "what was said"
    assert computed[0] is not threading.main_thread()
    assert not computed[0].is_alive(), "its team goes with it"


def test_the_terminal_is_watched_before_it_says_that_she_listens(monkeypatch):
    screen, noted = Screen(), []

    def lines():
        noted.extend(screen.notes)
        return Typed(ending=None)

    monkeypatch.setattr(talk, "TypedLines", lines)
    with ending_gently():
        talk._converse(Companion(), screen, False, False)

    assert not noted
    assert "Listening" in screen.notes[0]
