"""How a fetch or a verification is shown: bars on a terminal, elsewhere one line a model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click

WAITING = "another process is fetching it: waiting"
"""The step of a fetch that has to wait its turn."""


class Progress(Protocol):
    """Is told how the work on one model after another goes; counts are bytes."""

    def begin(self, name: str, total: int) -> None:
        """Work on a model starts; `total` bytes will be counted."""
        ...

    def advance(self, count: int) -> None:
        """So many more bytes are done."""
        ...

    def step(self, text: str) -> None:
        """What is being done now, for instance which part is being fetched."""
        ...

    def end(self, outcome: str) -> None:
        """Work on the model is over."""
        ...


class Quiet:
    """Shows nothing."""

    def begin(self, name: str, total: int) -> None:
        """Nothing to show."""

    def advance(self, count: int) -> None:
        """Nothing to show."""

    def step(self, text: str) -> None:
        """Nothing to show."""

    def end(self, outcome: str) -> None:
        """Nothing to show."""


class Lines(Quiet):
    """One line a model, when it is done: for logs and pipes."""

    def __init__(self) -> None:
        self._name = ""
        self._began = 0.0

    def begin(self, name: str, total: int) -> None:
        """Note the name and the time."""
        self._name, self._began = name, time.monotonic()

    def step(self, text: str) -> None:
        """Say why nothing happens; other steps pass unseen."""
        if text == WAITING:
            click.echo(f"{self._name}: {text}", err=True)

    def end(self, outcome: str) -> None:
        """Print the line."""
        click.echo(f"{self._name}: {outcome} ({time.monotonic() - self._began:.1f} s)", err=True)


class Bars:
    """A rich bar a model, with bytes, speed and the step."""

    def __init__(self, bars: Any) -> None:
        self._bars = bars
        self._task: Any = None

    def begin(self, name: str, total: int) -> None:
        """Add the model's bar."""
        self._task = self._bars.add_task(name, total=total, step="")

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._bars.update(self._task, advance=count)

    def step(self, text: str) -> None:
        """Show the step behind the bar."""
        self._bars.update(self._task, step=text)

    def end(self, outcome: str) -> None:
        """Fill the bar and say how it ended."""
        total = self._bars.tasks[self._bars.task_ids.index(self._task)].total
        self._bars.update(self._task, completed=total, step=outcome)


@contextmanager
def shown() -> Iterator[Progress]:
    """The progress that suits standard error: bars on a terminal, lines elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(bar_width=24),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        progress.TextColumn("{task.fields[step]}"),
    )
    with progress.Progress(*columns, console=console) as bars:
        yield Bars(bars)
