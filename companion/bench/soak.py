"""`companion talk` for a long time, under speech, noise and silence, watched from outside."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from companion.bench.noises import stretches
from companion.bench.room import Room
from companion.bench.turns import Talk, spare_home
from companion.settings import Settings

SETTLING = 30.0
"""Seconds of silence after the last turn in which CPU at rest is measured."""

ANSWER_WITHIN = 20.0


def run(
    sentences: Sequence[NDArray[np.float32]],
    settings: Settings,
    minutes: float,
    step: Callable[[str], None],
) -> dict[str, Any]:
    """Talk for that long: a sentence (float32[n], 48 kHz), noise, silence, and so on.

    Plain JSON: `rss_mb` of all its processes after the first and the last round and their `rss_growth`,
    `idle_cpu` (share of one core, listening to silence), `answered` of `spoken`, `noise_turns` (answers to
    noise: there should be none), `threads`, the sound's own counters, and the exit code.
    """
    with Room() as room, spare_home(settings) as home, Talk(room, home) as talk:
        talk.listens()
        rounds = _rounds(room, talk, sentences, minutes, step)
        step("silence")
        talk.settle(5.0)
        idle = _idle_cpu(talk, min(SETTLING, minutes * 15))
        threads = psutil.Process(talk.process.pid).num_threads()
        code = talk.close()
    rss = [r["rss_mb"] for r in rounds]
    steady = rss[min(2, len(rss) - 1)]  # the first rounds touch pages for the first time
    return {
        "minutes": minutes,
        "rounds": len(rounds),
        "spoken": len(rounds),
        "answered": sum(r["answered"] for r in rounds),
        "noise_turns": sum(r["noise_turns"] for r in rounds),
        "rss_mb": {"first": rss[0], "steady": steady, "last": rss[-1]},
        "rss_growth": round(rss[-1] / steady - 1, 4),
        "idle_cpu": round(idle, 4),
        "threads": {"first": rounds[0]["threads"], "last": threads},
        "rates": talk.told("rates: "),
        "sound": talk.told("sound: "),
        "troubles": sum(
            "stands still" in line for line in talk.lines if not line.startswith(("you: ", "she: "))
        ),
        "exit_code": code,
    }


def _rounds(
    room: Room,
    talk: Talk,
    sentences: Sequence[NDArray[np.float32]],
    minutes: float,
    step: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Speech, noise and silence until the time is over; at least once."""
    deadline = time.monotonic() + minutes * 60
    noises = itertools.cycle(_noises())
    rounds: list[dict[str, Any]] = []
    for sentence in itertools.cycle(sentences):
        room.say(sentence)
        answered = talk.wait_for("she: ", ANSWER_WITHIN)
        talk.settle(3.0)  # a sentence may have been taken for two turns, with an answer each
        before = sum(line.startswith("you: ") for line in talk.lines)
        room.say(next(noises))
        talk.settle(3.0)
        after = sum(line.startswith("you: ") for line in talk.lines)
        rss = sum(_of(process, lambda p: p.memory_info().rss) for process in _family(talk)) / 2**20
        rounds.append(
            {
                "answered": answered,
                "noise_turns": after - before,
                "rss_mb": round(rss, 1),
                "threads": psutil.Process(talk.process.pid).num_threads(),
            }
        )
        step(f"round {len(rounds)}: {rss:.0f} MB, {max(0, deadline - time.monotonic()) / 60:.1f} min left")
        if time.monotonic() >= deadline:
            return rounds
    return rounds


def _noises() -> list[NDArray[np.float32]]:
    """Every fifth stretch of the bench's room noises, of several kinds and levels, at 48 kHz."""
    import soxr

    return [
        np.asarray(soxr.resample(sound, 16_000, 48_000), np.float32)
        for _, sound in itertools.islice(stretches(120.0), 0, None, 5)
    ]


def _idle_cpu(talk: Talk, seconds: float) -> float:
    """Share of one core that all processes together use while nobody speaks."""
    time.sleep(2.0)  # the last turn is heard once more for the record
    before, began = _cpu(talk), time.monotonic()
    time.sleep(seconds)
    return (_cpu(talk) - before) / (time.monotonic() - began)


def _cpu(talk: Talk) -> float:
    return sum(_of(process, lambda p: sum(p.cpu_times()[:2])) for process in _family(talk))


def _family(talk: Talk) -> list[psutil.Process]:
    """The program and its audio processes, which may have been replaced since the last look."""
    parent = psutil.Process(talk.process.pid)
    return [parent, *parent.children(recursive=True)]


def _of(process: psutil.Process, figure: Callable[[psutil.Process], float]) -> float:
    """A figure of a process, 0.0 if it has just ended."""
    try:
        return figure(process)
    except psutil.NoSuchProcess:
        return 0.0
