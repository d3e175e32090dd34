"""`companion bench`: measure this machine and these models."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

DATA = click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with the recordings to measure on (speech/, commands/, noise/).",
)


@click.group()
def command() -> None:
    """Measure this machine and these models; prints JSON.

    Example: companion bench llm
    """


@command.command()
@DATA
@click.option("--short", is_flag=True, help="A part of the recordings only.")
@click.pass_obj
def asr(home: str | None, data: Path, short: bool) -> None:
    """Word error rate, phrases understood and time, beside faster-whisper's own transcribe.

    Example: companion bench asr --data recordings/
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    recognizer: Any = app.Loader(settings).asr()
    from companion.bench.asr import run

    _report(home, ("asr",), run(data, recognizer, _step, short=short))


@command.command()
@click.pass_obj
def llm(home: str | None) -> None:
    """Load time, prefill and decode rates, and how fast a request stops.

    Example: companion bench llm
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    folder = app.Loader(settings).folder("llm")
    from companion.bench.llm import run

    click.echo(json.dumps(run(folder, settings.llm), indent=2))


@command.command()
@click.pass_obj
def tts(home: str | None) -> None:
    """Load time, real-time factor and time to the first sound.

    Example: companion bench tts
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    folder = app.Loader(settings).folder("tts")
    from companion.bench.machine import machine
    from companion.bench.tts import run

    click.echo(json.dumps(run(folder, settings.tts, machine()), indent=2))


@command.command()
@DATA
@click.option("--most", default=28, show_default=True, help="How many recordings.")
@click.option("--room", is_flag=True, help="In the measuring room (as always, but for --detector).")
@click.option("--tape", type=click.Path(path_type=Path), help="Keep the loudspeaker's sound as a WAV file.")
@click.option("--detector", is_flag=True, help="Cut-offs against delay, on recordings with spliced pauses.")
@click.option("--gpu-speed", is_flag=True, help="In virtual time, with engines as fast as on a GPU.")
@click.option("--short", is_flag=True, help="With --detector: an eighth of the recordings.")
@click.option("--cold", is_flag=True, help="The first answer after a start beside the tenth.")
@click.option("--repeats", default=5, show_default=True, help="With --cold: how many starts, in one home.")
@click.option("--echo-db", type=float, help="The loudspeaker leaks into the microphone at this level.")
@click.pass_obj
def turns(
    home: str | None,
    data: Path,
    most: int,
    room: bool,
    tape: Path | None,
    detector: bool,
    gpu_speed: bool,
    short: bool,
    cold: bool,
    repeats: int,
    echo_db: float | None,
) -> None:
    """Voice-to-voice time of `companion talk` in a room with a virtual microphone and loudspeaker.

    Beside the times stands the machine's floor, from rates measured just before. With --detector: how often
    a pause would be taken for the end of a turn, and how long the end of one is waited for. With --cold: ten
    turns a start, the first and the tenth with the same words.

    Example: companion bench turns --room --data recordings/ --most 8
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    if gpu_speed:
        from companion.bench import gpu_speed as simulated

        _report(home, ("llm", "asr", "tts"), simulated.run(data, settings, _step, most=most))
        return
    if cold:
        from companion.bench import cold as starts

        _report(home, ("llm", "asr", "tts", "endpoint"), starts.run(data, settings, _step, repeats=repeats))
        return
    loader = app.Loader(settings)
    recognizer: Any = loader.asr()
    if detector:
        _report(home, ("asr", "endpoint", "words", "tts"), _detected(loader, recognizer, data, short))
        return
    from companion.audio.recordings import read
    from companion.bench import machine_floor
    from companion.bench.turns import recordings_in, run

    speech = read(recordings_in(data)[0])
    floor = machine_floor.measure(recognizer, loader.tts(), loader.folder("llm"), settings.llm, speech)
    measured = run(data, settings, recognizer, _step, most=most, keep=tape, floor=floor, echo_db=echo_db)
    _report(home, ("llm", "asr", "tts", "endpoint"), measured)


@command.command()
@DATA
@click.option("--most", default=30, show_default=True, help="How many sounds of each kind.")
@click.option("--echo-db", type=float, help="The loudspeaker leaks into the microphone at this level.")
@click.pass_obj
def overlap(home: str | None, data: Path, most: int, echo_db: float | None) -> None:
    """Interruptions, backchannels and noises over her voice: what stops her, and how soon.

    Example: companion bench overlap --data recordings/ --most 10
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    loader = app.Loader(settings)
    from companion.bench.overlap import run

    measured = run(data, settings, loader.asr(), loader.tts(), _step, most=most, echo_db=echo_db)
    _report(home, ("llm", "asr", "tts", "endpoint"), measured)


@command.command()
@DATA
@click.option(
    "--minutes",
    type=click.FloatRange(min=1),
    default=30.0,
    show_default=True,
    help="Of noise, and of other people's speech.",
)
@click.option(
    "--person",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Which of the people she knows.",
)
@click.pass_obj
def quiet(home: str | None, data: Path, minutes: float, person: int) -> None:
    """Noise, and other people's speech when she answers one person: how often it makes her speak.

    Example: companion bench quiet --data recordings/ --minutes 5
    """
    from companion import app

    app.prepare()
    from companion.bench.quiet import run

    measured = run(data, app.settings_of(home), _step, minutes=minutes, person=person)
    _report(home, ("llm", "asr", "tts", "speaker"), measured)


def _detected(loader: Any, recognizer: Any, data: Path, short: bool) -> dict[str, Any]:
    from companion.bench.detector import run

    return run(data, recognizer, loader.endpoint(), loader.words(), loader.tts(), _step, short=short)


@command.command()
@click.option("--seconds", default=60.0, show_default=True, help="How long to listen and play.")
@click.pass_obj
def audio(home: str | None, seconds: float) -> None:
    """Xruns and lost frames of the sound devices while the engines are busy.

    Example: companion bench audio --seconds 30
    """
    from companion import app

    app.prepare()
    loader = app.Loader(app.settings_of(home))
    asr, llm = loader.folder("asr"), loader.folder("llm")
    from companion.bench.audio import run

    click.echo(json.dumps(run(seconds, asr, llm), indent=2))


@command.command()
@DATA
@click.pass_obj
def speaker(home: str | None, data: Path) -> None:
    """Misses and false accepts of the voice model, clean and in noise.

    Example: companion bench speaker --data recordings/
    """
    from companion import app

    app.prepare()
    encoder = app.Loader(app.settings_of(home)).speaker()
    from companion.bench.speaker import run

    _report(home, ("speaker",), run(data, encoder, _step))


@command.command()
@click.option("--minutes", default=30.0, show_default=True, help="How long.")
@click.pass_obj
def soak(home: str | None, minutes: float) -> None:
    """Talk for a long time under speech, noise and silence: memory, CPU at rest, xruns.

    Example: companion bench soak --minutes 5
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    sentences = _spoken(app.Loader(settings).tts(), SENTENCES)
    from companion.bench.soak import run

    _report(home, ("llm", "asr", "tts", "endpoint"), run(sentences, settings, minutes, _step))


@command.command()
@click.option("--minutes", default=10.0, show_default=True, help="Of her voice.")
@click.option(
    "--echo-db", default=-12.0, show_default=True, help="The loudspeaker's level in the microphone."
)
@click.option(
    "--moves",
    type=click.FloatRange(min=0.0),
    default=0.0,
    help="Every so many seconds the echo comes earlier or later at once (0: never).",
)
@click.option("--canceller/--no-canceller", default=True, help="Whether it is cancelled.")
@click.pass_obj
def echo(home: str | None, minutes: float, echo_db: float, moves: float, canceller: bool) -> None:
    """Her own voice in the microphone: what she takes of it for somebody's.

    Example: companion bench echo --minutes 2
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    from companion.bench.echo import STORIES, run

    sentences = _spoken(app.Loader(settings).tts(), STORIES)
    measured = run(sentences, settings, minutes, _step, echo_db=echo_db, moves=moves, canceller=canceller)
    _report(home, ("llm", "asr", "tts", "endpoint"), measured)


@command.command()
@click.option(
    "--locomo",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with long conversations and what is asked about them, a JSON file each.",
)
@click.option(
    "--only", multiple=True, metavar="NAME", help="With --locomo: only this conversation (again: this, too)."
)
@click.option("--rerank", is_flag=True, help="With --locomo: the reranker puts the first 50 in order, too.")
@click.option(
    "--answers", is_flag=True, help="With --locomo: 150 questions are answered by the language model."
)
@click.option("--fit", is_flag=True, help="With --locomo: fit the weights of a turn's traits on them.")
@click.option(
    "--knowledge",
    nargs=2,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="CONVERSATION MARKS",
    help="Compare the facts that are kept of a conversation with those marked by hand.",
)
@click.option("--model", is_flag=True, help="With --knowledge: the language model proposes facts, too.")
@click.option("--minutes", default=6.0, show_default=True, help="With --model: of the model's time.")
@click.option(
    "--chunks", default=100_000, show_default=True, help="Without --locomo: passages of a made-up store."
)
@click.option("--json", "as_json", is_flag=True, help="It is JSON in any case.")
@click.pass_obj
def memory(
    home: str | None, locomo: Path | None, only: tuple[str, ...], rerank: bool, answers: bool, fit: bool,
    knowledge: tuple[Path, Path] | None, model: bool, minutes: float, chunks: int, as_json: bool,
) -> None:  # fmt: skip
    """How much of what was said is found again, and how quickly: on conversations, or in a large store.

    Example: companion bench memory --locomo conversations/
    """
    from companion import app

    app.prepare()
    settings = app.settings_of(home)
    loader = app.Loader(settings)
    if knowledge is not None:
        from companion.bench import knowledge as known

        path = loader.folder("llm") if model else None
        _report(
            home, ("llm",) if model else (), known.run(*knowledge, path, settings.llm, seconds=60 * minutes)
        )
        return
    embedder = loader.embed()
    if locomo is None:
        from companion.bench.memory_scale import measured

        _report(home, ("embed",), measured(chunks, embedder, _step))
        return
    from companion.bench import locomo as conversations

    if fit:
        click.echo(json.dumps(conversations.fit(locomo, embedder, only)))
        return
    if answers:
        from companion.bench.locomo_answers import run

        _report(home, ("embed", "llm"), run(locomo, loader, embedder, only, _step))
        return
    reranker = loader.rerank() if rerank else None
    roles = ("embed", "rerank") if rerank else ("embed",)
    _report(home, roles, conversations.run(locomo, embedder, _step, only, reranker))


def _spoken(voice: Any, texts: tuple[str, ...]) -> list[Any]:
    """The texts, spoken: float32[n] at 48 kHz each."""
    from companion.bench.spoken import spoken

    return [spoken(voice, text, 48_000)[0] for text in texts]


SENTENCES = (
    "Good morning. How are you today?",
    "My brother is coming to visit me next week.",
    "What would you cook for a friend on a rainy day?",
    "I read a good book about the sea last night.",
    "Can you tell me a short story about a dog?",
)


def _step(words: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{words}", err=True, nl=False)


def _report(home: str | None, roles: tuple[str, ...], measured: dict[str, Any]) -> None:
    from companion import app
    from companion.bench.machine import machine

    loader = app.Loader(app.settings_of(home))
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    models = {role: loader.folder(role).name for role in roles}
    click.echo(json.dumps({"machine": machine(), "models": models, **measured}, indent=2, ensure_ascii=False))
