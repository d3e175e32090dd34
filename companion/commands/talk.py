"""`companion talk`: hands-free conversation in the terminal."""

from __future__ import annotations

import select
import signal
import sys
import threading
from typing import Any

import click

from companion.dialogue import events as e
from companion.errors import AudioError, EngineError


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
    from companion.audio.device import DeviceSound
    from companion.commands.screen import Screen
    from companion.home import STORE
    from companion.memory.store import Store

    app.demand_weights(settings)
    screen = Screen(timings)
    sound = DeviceSound(settings.audio)
    _check_devices(sound)  # a machine without a microphone is told so before the models load
    store = Store(folder / STORE)
    screen.note("Loading the models ...")
    try:
        parts = app.load_parts(settings, store, lambda role: None)
        while sound.read(0.0) is not None:
            pass  # what was heard while the models loaded was not meant for her
        companion = app.Companion.start(parts, sound, (screen,), screen.trouble)
    except BaseException:
        sound.close()
        store.close()
        raise
    try:
        key = (
            "Press Enter to talk, and again when you have finished;"
            if _by_key(settings)
            else "Speak when you like;"
        )
        screen.note(f"Listening. {key} Ctrl-C ends the conversation.")
        _wait(companion, screen, _by_key(settings))
    except KeyboardInterrupt:
        screen.note("Goodbye.")
    finally:
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, signal.SIG_IGN)  # closing takes a moment and must not be left half done
        if timings:
            _count(companion, screen)
        companion.close()
    if companion.live.failure is not None:
        raise EngineError(
            "The conversation broke off: companion.log in the home folder says where. Start it again."
        )


def _by_key(settings: Any) -> bool:
    return bool(settings.turns.mode == "push-to-talk")


def _count(companion: Any, screen: Any) -> None:
    """The engines' own rates and the sound's counters, beside the times of the answers."""
    rates, status = companion.parts.engines.llm.rates(), companion.sound.status()
    drift = 0 if status.drift_ppm is None else round(status.drift_ppm)
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


def _wait(companion: Any, screen: Any, by_key: bool) -> None:
    """Take typed lines until Ctrl-C, until nobody reads what is printed, or the conversation has died."""
    stop = threading.Event()
    readable = sys.stdin is not None and sys.platform != "win32"  # there select takes sockets only
    pushed = False
    while companion.live.failure is None and not screen.unread:
        if not readable:
            stop.wait(0.2)
            continue
        ready, _, _ = select.select([sys.stdin], [], [], 0.2)
        if not ready:
            continue
        line = sys.stdin.readline()
        readable = bool(line)
        if by_key and line == "\n":
            pushed = not pushed
            companion.post(e.PushStarted() if pushed else e.PushEnded())
        _typed(companion, line.strip())


def _typed(companion: Any, line: str) -> None:
    said = {"/mute": e.MuteChanged(True), "/unmute": e.MuteChanged(False), "/stop": e.StopAsked()}
    if line:
        companion.post(said.get(line.lower()) or e.Typed(line))
