"""What a conversation looks like in a terminal: who said what, and on request where the time went."""

from __future__ import annotations

from typing import Any

import click

from companion.commands.printer import Printer
from companion.dialogue import events as e
from companion.dialogue.prompt import CUT_OFF
from companion.dialogue.state import State
from companion.dialogue.timeline import Timeline


class Screen:
    """A watcher that prints turns as they become true: the user's when committed, hers when heard."""

    def __init__(self, timings: bool = False) -> None:
        self._timings = timings
        self.tally: Any = None
        self._printer = Printer()

    @property
    def unread(self) -> bool:
        """Nobody reads what is printed any more: the pipe or the terminal is closed."""
        return self._printer.unread

    def close(self) -> None:
        """Print what is still to be printed."""
        self._printer.close()

    def happened(self, what: e.Event | e.Command, now: float, state: State) -> None:
        """Print committed turns and troubles."""
        match what:
            case e.CommitUserTurn(_, _, text, _, _):
                self._line("you", "cyan", text)
            case e.CommitCompanionTurn(_, text, interrupted):
                self._line("she", "magenta", text + (CUT_OFF if interrupted else ""))
            case e.Tell(why):
                self.note(why)
            case e.CloseMicrophone():
                self.note("Muted: the microphone is being closed.")
            case e.OpenMicrophone():
                self.note("Listening again.")

    def timed(self, timeline: Timeline) -> None:
        """Print where the time went, in milliseconds."""
        if self._timings:
            spans = "  ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in timeline.spans().items())
            self.note(f"ms: {spans}")

    def trouble(self, sentence: str) -> None:
        """Say that a device is lost, or back."""
        self.note(sentence or "The sound is back.")

    def note(self, sentence: str) -> None:
        """A line that nobody said; on stderr, so that what was said can be piped."""
        self._printer.put(click.style(sentence, dim=True), err=True)

    def _line(self, who: str, colour: str, text: str) -> None:
        self._printer.put(f"{click.style(who, fg=colour, bold=True)}: {text}")
