"""`companion hear`: the whole pipeline on a recording."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from companion.dialogue import events as e
from companion.dialogue.answer import JUDGES
from companion.dialogue.state import Floor, State
from companion.dialogue.timeline import Timeline
from companion.errors import EngineError


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write her reply to this WAV file.")
@click.option("--realtime", is_flag=True, help="Feed the recording at the speed of speech, on real threads.")
@click.option(
    "--remember",
    is_flag=True,
    help="Keep what was said in the home folder; without it no voice is known, and everybody is answered.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    home: str | None, recording: Path, out: Path | None, realtime: bool, remember: bool, as_json: bool
) -> None:
    """The whole pipeline on a recording (WAV, FLAC, OGG, MP3): what was heard, and her reply.

    Example: companion hear question.wav --out answer.wav
    """
    from companion import app
    from companion.audio import recordings

    app.prepare()
    audio = recordings.read(recording)
    ledger = Ledger()
    with _store(home, remember) as (store, settings, folder):
        # A recording has no key to hold, so its turns are found by listening.
        settings = replace(settings, turns=replace(settings.turns, mode="hands-free"))
        parts = app.load_parts(settings, store, lambda role: None, folder)
        if settings.voices.answer == "known" and store.voices():
            ledger.nothing = "No speech of a voice that she knows was found in the recording."
        try:
            played = (_in_real_time if realtime else _at_once)(parts, audio, ledger)
        finally:
            parts.close()
    speech, rate = _joined(played)
    if out and len(speech):
        recordings.write(out, speech, rate)
    _print(ledger, len(speech) / rate, as_json)
    for note in ledger.notes:
        click.echo(note, err=True)
    if ledger.failed:
        raise SystemExit(1)


class Ledger:
    """A watcher that keeps what was heard and replied, turn by turn."""

    def __init__(self) -> None:
        self.turns: list[dict[str, str]] = []
        self.timelines: list[Timeline] = []
        self.notes: list[str] = []
        self.failed = False
        self.nothing = "No speech was found in the recording."
        self.floor = Floor.IDLE

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        """Take down committed turns."""
        self.floor = state.floor
        match what:
            case e.CommitUserTurn(_, _, text):
                self.turns.append({"heard": text, "reply": ""})
            case e.Reviewed(turn, text, _) if turn <= len(self.turns):
                self.turns[turn - 1]["heard"] = text
            case e.CommitCompanionTurn(_, text, _) if self.turns:
                before = self.turns[-1]["reply"]
                self.turns[-1]["reply"] = f"{before} {text}".strip()
            case e.Tell(why):
                self.notes.append(why)
            case e.EngineFailed(role, draft):
                self.failed |= role == "store" or (draft != 0 and role not in JUDGES)

    def timed(self, timeline: Timeline) -> None:
        """Keep where the time went."""
        self.timelines.append(timeline)


def _store(home: str | None, remember: bool) -> Any:
    """The store, the settings and the home, as a context; without --remember nothing is kept or held."""
    import contextlib

    from companion import app
    from companion.commands.unlocking import unlocked
    from companion.home import held, open_home
    from companion.settings_file import load

    @contextlib.contextmanager
    def opened() -> Any:
        if not remember:
            yield app.Forgetful(), app.settings_of(home), None
            return
        folder = open_home(home)
        with held(folder, "hear"):
            yield unlocked(folder), load(folder), folder

    return opened()


def _at_once(parts: Any, audio: Any, ledger: Ledger) -> list[Any]:
    """In virtual time, as fast as the engines can."""
    from companion import app

    rehearsal = app.Rehearsal.of(parts, audio, (ledger,))
    simulation = rehearsal.simulation
    end = len(audio) / 16_000 + 1.0

    def done() -> bool:
        return simulation.clock.time > end and simulation.settled()

    rehearsal.run(end + 600.0, done)
    return rehearsal.sound.played


def _in_real_time(parts: Any, audio: Any, ledger: Ledger) -> list[Any]:
    """At the speed of speech, on the threads that `companion talk` uses."""
    import threading

    from companion import app
    from companion.audio.wav import WavSound

    over = threading.Event()
    sound = WavSound(audio, tail=parts.settings.turns.wait_most + 1.0)
    sound.start()
    companion = app.Companion.start(parts, sound, (ledger,), ended=over.set)
    try:
        over.wait()
        quiet_since = time.monotonic()
        while companion.live.failure is None and time.monotonic() - quiet_since < 0.5:
            if ledger.floor is not Floor.IDLE:
                quiet_since = time.monotonic()
            time.sleep(0.02)
    finally:
        companion.live.close()
    if companion.live.failure is not None:
        raise EngineError(
            "The conversation broke off: the log in the home folder says where, `companion doctor` why."
        )
    return sound.played()


def _joined(played: list[Any]) -> tuple[Any, int]:
    """Everything she said as one sound, without the silence between her turns."""
    import numpy as np

    if not played:
        return np.zeros(0, np.int16), 22_050
    return np.concatenate([samples for _, samples, _ in played]), played[0][2]


def _print(ledger: Ledger, seconds: float, as_json: bool) -> None:
    timings = ledger.timelines[0].spans() if ledger.timelines else {}
    if as_json:
        result = {
            "turns": ledger.turns,
            "heard": " ".join(t["heard"] for t in ledger.turns),
            "reply": " ".join(t["reply"] for t in ledger.turns if t["reply"]),
            "reply_seconds": round(seconds, 3),
            "timings_s": timings,
        }
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for turn in ledger.turns:
        click.echo(f"you: {turn['heard']}")
        if turn["reply"]:
            click.echo(f"she: {turn['reply']}")
    if not ledger.turns and not ledger.notes:
        click.echo(ledger.nothing, err=True)
