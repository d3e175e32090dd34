"""A progress bar for work on recordings; silent where nobody watches."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

LONG = 60.0
"""Seconds of sound from which on a bar is worth showing."""


@contextlib.contextmanager
def seconds_bar(recording: Path) -> Iterator[Callable[[float], None]]:
    """A bar on stderr over the length of a recording; yields what moves it on by some seconds."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    total = _seconds(recording) if console.is_terminal else 0.0
    if total < LONG:
        yield lambda seconds: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(recording.name, total=total)
        yield lambda seconds: progress.advance(task, seconds)


def _seconds(recording: Path) -> float:
    """Length in seconds, 0.0 where it can't be told; reading the recording will say why."""
    import soundfile

    try:
        return float(soundfile.info(str(recording)).duration)
    except (soundfile.SoundFileError, OSError):
        return 0.0
