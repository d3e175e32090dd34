"""`companion speak`: a text into a WAV file."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("text")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The WAV file to write.")
@click.pass_obj
def command(home: str | None, text: str, out: Path) -> None:
    """Speak TEXT into a WAV file; `-` reads the text from standard input.

    Example: companion speak "It is half past nine." --out nine.wav
    """
    import numpy as np

    from companion import app
    from companion.audio import recordings
    from companion.engines import Never
    from companion.errors import EngineError

    app.prepare()
    voice = app.Loader(app.settings_of(home)).tts()
    words = sys.stdin.read() if text == "-" else text.encode("utf-8", "replace").decode()
    pieces = [speech.samples for speech in voice.synthesize(words, Never())]
    if not pieces:
        raise EngineError("There is nothing to say in that text: give it some words.")
    recordings.write(out, np.concatenate(pieces), voice.rate)
