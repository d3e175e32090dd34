"""`companion talk`: hands-free conversation in the terminal."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import click

from companion.commands.ending import undisturbed
from companion.commands.typed import TypedLines
from companion.dialogue import events as e
from companion.errors import AudioError, EngineError

_MISTYPED = re.compile(r"/\w*")
"""One word behind a slash is meant for the program, not for her."""


@click.command()
@click.option("--timings", is_flag=True, help="Print where the time of every answer went.")
@click.pass_obj
def command(home: str | None, timings: bool) -> None:
    """Talk with her, hands-free, in the terminal.

    Speak when she listens, and interrupt her as you like. You can type as well: a line is a turn;
    /mute, /unmute and /stop do what they say. Ctrl-C ends the conversation. With the setting turns.mode
    push-to-talk, Enter begins and ends a turn.

    Example: companion talk --timings
    """
    from companion import app
    from companion.home import held, open_home, start_log
    from companion.settings_file import load

    app.prepare()
    folder = open_home(home)
    settings = load(folder)
    with held(folder, "talk"):
        start_log(folder)
        _talk(folder, settings, timings)


def _talk(folder: Any, settings: Any, timings: bool) -> None:
    from companion import app
    from companion.commands.screen import Screen

    app.demand_weights(settings)
    screen = Screen(timings)
    try:
        companion = _begun(folder, settings, screen)
        _converse(companion, screen, timings, by_key=settings.turns.mode == "push-to-talk")
    finally:
        screen.close()
    if companion.live.failure is not None:
        raise EngineError(
            "The conversation broke off: companion.log in the home folder says where. Start it again."
        )


def _begun(folder: Any, settings: Any, screen: Any) -> Any:
    """A companion that listens."""
    from companion import app
    from companion.audio.device import DeviceSound
    from companion.commands.unlocking import unlocked
    from companion.runtime.tally import Tally

    sound = DeviceSound(settings.audio)
    screen.tally = Tally()
    with contextlib.ExitStack() as undo:
        undo.callback(sound.close)
        _check_devices(sound)  # a machine without a microphone is told so before the models load
        store = unlocked(folder)
        undo.callback(store.close)
        undo.callback(undisturbed)
        screen.note("Loading the models ...")
        parts = app.load_parts(settings, store, lambda role: None, folder)
        if offer := _offer(settings.voices, store):
            screen.note(offer)
        before = _resumed(parts, store, settings, folder)
        while sound.read(0.0) is not None:
            pass  # what was heard while the models loaded was not meant for her
        watchers = (screen, screen.tally)
        companion = app.Companion.start(parts, sound, watchers, screen.trouble, before=before)
        undo.pop_all()
    return companion


def _resumed(parts: Any, store: Any, settings: Any, folder: Any) -> Any:
    """What was said before, with the model's cache as far as it was kept; on a thread that ends with it.

    libgomp keeps a team of threads for each thread that has ever computed, and stops spinning for all of them
    when they are more than there are cores: had the main thread one, every token took 50 ms in place of 36.
    """
    from companion import app
    from companion.commands.aside import Aside

    aside = Aside()
    try:
        return aside.do(lambda cancel: app.resume(parts.engines.llm, store, settings, folder, cancel))
    finally:
        aside.close()


def _offer(voices: Any, store: Any) -> str:
    """What to say of her ear for voices: once, to a new home; and wherever a setting waits for a voice."""
    if voices.learn == "on" or store.voices():
        return ""
    learn = "`companion voice learn NAME` (three sentences) teaches her yours"
    if voices.answer == "known":
        return f"She knows no voice yet, so she answers everybody: {learn}."
    if not store.fresh():
        return ""
    return f"She can tell your voice from a guest's or the television's: {learn}."


def _converse(companion: Any, screen: Any, timings: bool, by_key: bool) -> None:
    """Until Ctrl-C, or one of the other ends. The microphone is closed before anything else is done."""
    key = "Press Enter to talk, and again when you have finished;" if by_key else "Speak when you like;"
    status, ended = None, False
    try:
        typed = TypedLines()  # before the note: whoever reads it may close the terminal at once
        screen.note(f"Listening. {key} Ctrl-C ends the conversation.")
        _wait(companion, screen, typed, by_key)
    except KeyboardInterrupt:
        ended = True
        screen.note("Closing ...")
    finally:
        undisturbed()
        try:
            status = companion.sound.status()  # the clocks' drift is gone with the devices
        finally:
            companion.close()  # with it comes what was heard of her last words
    if ended:
        screen.note("Goodbye.")
    if timings:
        _count(companion, status, screen)


def _count(companion: Any, status: Any, screen: Any) -> None:
    """The engines' own rates and the sound's counters, beside the times of the answers."""
    rates = companion.parts.engines.llm.rates()
    drift = 0 if status.drift_ppm is None else round(status.drift_ppm)
    screen.note(f"drafts: {screen.tally.sentence()}")
    screen.note(f"rates: prefill {rates.prefill:.0f} tok/s  decode {rates.decode:.0f} tok/s")
    screen.note(
        f"sound: xruns {status.xruns}  dropped {status.dropped_frames}  reopened {status.reopened}"
        f"  drift {drift} ppm"
    )


def _check_devices(sound: Any) -> None:
    try:
        sound.start()
    except AudioError as error:
        instead = "`companion chat` types with her, and `companion hear FILE` answers a recording."
        raise AudioError(f"{error} Without sound, {instead}") from error


def _wait(companion: Any, screen: Any, typed: TypedLines, by_key: bool) -> None:
    """Take typed lines until Ctrl-C, until nobody is at the terminal, or the conversation has died."""
    while companion.live.failure is None and not screen.unread and not typed.hung_up:
        line = typed.next(0.2)
        if line is None:
            continue
        if by_key and not line.strip():
            companion.turn_key()
        _typed(companion, screen, line.strip())


def _typed(companion: Any, screen: Any, line: str) -> None:
    said = {"/mute": e.MuteChanged(True), "/unmute": e.MuteChanged(False), "/stop": e.StopAsked()}
    if _MISTYPED.fullmatch(line) and line.lower() not in said:
        screen.note(
            f"There is no {line}: {', '.join(said)} are what can be done; any other line is said to her."
        )
    elif line:
        companion.post(said.get(line.lower()) or e.Typed(line))
