"""`companion transcribe`: what is said in recordings, with the times of the words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from companion.errors import CompanionError


@click.command()
@click.argument("recordings", metavar="WAV...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every word's times and confidence.")
@click.pass_obj
def command(home: str | None, recordings: tuple[Path, ...], as_json: bool) -> int:
    """Write down what is said in recordings (WAV, FLAC, OGG, MP3), of any length.

    Example: companion transcribe meeting.mp3 --json
    """
    from companion import app

    app.prepare()
    recognizer: Any = app.Loader(app.settings_of(home)).asr()
    files, failed = [], 0
    for path in recordings:
        try:
            result = _transcribe(recognizer, path, quiet=as_json)
        except CompanionError as error:
            click.echo(f"companion: {error}", err=True)
            failed = 1
            continue
        files.append(result)
        if not as_json and not result["text"]:
            click.echo(f"No speech was found in {path}.", err=True)
        if not as_json:
            click.echo(f"{path}: {result['text']}" if len(recordings) > 1 else result["text"])
    if as_json:
        click.echo(json.dumps({"files": files}, ensure_ascii=False))
    return failed


def _transcribe(recognizer: Any, path: Path, quiet: bool) -> dict[str, Any]:
    """One file, piece by piece, with a progress bar on a terminal."""
    from companion.audio import recordings
    from companion.commands.progress import seconds_bar
    from companion.engines import Never

    texts, words, seconds, language = [], [], 0.0, ""
    with seconds_bar(path) as step:
        for piece in recognizer.stream(recordings.blocks(path), Never()):
            texts.append(piece.text)
            words += [_word(word) for word in piece.words]
            seconds += piece.seconds
            language = language or piece.language
            step(piece.seconds)
    text = " ".join(" ".join(texts).split())
    return {
        "file": str(path), "text": text, "language": language, "seconds": round(seconds, 3), "words": words,
    }  # fmt: skip


def _word(word: Any) -> dict[str, Any]:
    """A word as other programs rely on it."""
    return {
        "word": word.text,
        "start": round(word.start, 3),
        "end": round(word.end, 3),
        "confidence": round(word.confidence, 3),
    }
