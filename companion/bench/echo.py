"""Her own voice in the microphone for minutes on end: what she takes of it for somebody's."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.bench.room import ECHO_MS, Room
from companion.bench.turns import SPEECH, Talk, spare_home
from companion.dialogue.prompt import CUT_OFF
from companion.errors import AudioError
from companion.settings import Settings
from companion.settings_file import change

STORIES = tuple(
    f"Please tell me a long story about {hero}."
    for hero in (
        "a small dog", "an old sailor", "two sisters", "a lost letter", "a baker in Rome", "a blue bicycle",
        "the last winter", "a clever fox", "a house by the sea", "a shy musician",
    )
)  # fmt: skip
"""What is asked for, in one breath: a pause in it could be taken for its end."""

AFTER = 2.0
"""Seconds behind an answer within which a turn that was made of its end would begin."""

ANSWER_WITHIN = 180.0
"""Seconds that a story may last, with its making."""

SILENT = 3
"""Answers without any sound, one after the other, at which it is given up."""


@contextmanager
def moving(room: Room, every: float) -> Iterator[None]:
    """The echo moves every so many seconds (0: never) while the block lasts. Raises `AudioError` at its end
    where it couldn't be moved."""
    over = threading.Event()

    def move() -> None:
        for late in itertools.cycle(reversed(range(len(ECHO_MS)))):
            if over.wait(every):
                return
            room.move_echo(late)

    with ThreadPoolExecutor(1) as pool:
        moved = pool.submit(move) if every else None
        try:
            yield
        finally:
            over.set()
    if moved:
        moved.result()


@contextmanager
def _home(settings: Settings, canceller: bool) -> Iterator[Path]:
    """A home for the measurement."""
    with spare_home(settings) as home:
        if not canceller:
            change(home, "audio.echo", "off")
        yield home


def _told(room: Room, talk: Talk, sentence: NDArray[np.float32]) -> float:
    """Seconds of her voice in the answer to a sentence."""
    room.start_tape()
    room.say(sentence)
    if not talk.wait_for("she: ", ANSWER_WITHIN):
        raise AudioError(f"Her answer has no end: {' '.join(talk.lines[-3:])}")
    talk.settle(AFTER)
    tape = room.stop_tape()
    return sum(end - start for start, end in tape.spans(tape.speaker, min_length=SPEECH))


def run(
    sentences: Sequence[NDArray[np.float32]],
    settings: Settings,
    minutes: float,
    step: Callable[[str], None],
    *,
    echo_db: float,
    moves: float = 0.0,
    canceller: bool = True,
) -> dict[str, Any]:
    """Ask for stories (float32[n], 48 kHz) until she has spoken for that long, the loudspeaker in the
    microphone at `echo_db`; it comes earlier or later at once every `moves` seconds (0: never).
    Without the `canceller` all of her voice comes back, as where it fails.

    Plain JSON: `voice_s` of hers on the tape in answers to `asked` sentences, of which she didn't hear
    `unheard`; `own_turns` that she took from her own voice, `cut_short`: answers that she broke off though
    nobody had spoken. Raises `AudioError` where she doesn't speak, or doesn't come to an end.
    """
    voice, asked, silent, own, unheard, read = 0.0, 0, 0, 0, 0, 0
    with (
        Room(echo_db=echo_db) as room,
        _home(settings, canceller) as home,
        Talk(room, home) as talk,
        moving(room, moves),
    ):
        talk.listens()
        for sentence in itertools.cycle(sentences):
            asked += 1
            spoken = _told(room, talk, sentence)
            turns = sum(line.startswith("you: ") for line in talk.lines[read:])
            own, unheard, read = own + max(0, turns - 1), unheard + (turns == 0), len(talk.lines)
            silent = 0 if spoken else silent + 1
            voice += spoken
            step(f"{voice:.0f} of {minutes * 60:.0f} s of her voice, {asked} sentences")
            if silent == SILENT:
                raise AudioError(f"She doesn't answer: {' '.join(talk.lines[-3:])}")
            if voice >= minutes * 60:
                break
        code = talk.close()
    answers = [line for line in talk.lines if line.startswith("she: ")]
    return {
        "echo_db": echo_db,
        "moves": moves,
        "canceller": canceller,
        "voice_s": round(voice, 1),
        "asked": asked,
        "unheard": unheard,
        "own_turns": own,
        "cut_short": sum(line.endswith(CUT_OFF) for line in answers),
        "rates": talk.told("rates: "),
        "sound": talk.told("sound: "),
        "exit_code": code,
        "lines": talk.lines,
    }
