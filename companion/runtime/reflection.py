"""Thinking about what was said, in idle time: patterns on every turn, then the model on a few, then
summaries.

Each step is short and leaves the store whole; what was cancelled is done again another time. So whoever runs
this withdraws it as soon as somebody speaks, and starts it again when it is quiet.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import psutil

from companion.dialogue.events import Event
from companion.engines import Cancel
from companion.engines.llm import LanguageModel, Message, Sampling
from companion.memory.database import Database
from companion.memory.episodes import Episode, Episodes, borne_out, from_facts
from companion.memory.patterns import propose
from companion.memory.proposals import Notebook, Said, content
from companion.runtime.thoughts import GRAMMAR, left_over, noting, read, summarising

PATTERNED = 50
"""Turns that patterns go over in one step: some 50 ms."""

BATCH = 4
"""Turns that the model reads at once: with two the instructions cost as much, with eight it loses the
first."""

SHARE = 0.5
"""Part of the time that is spent at work; the rest the processor rests."""

LOOK = 0.02
"""Seconds between two looks at the cancel token while it rests."""

NOTED, SUMMARY = 240, 80
"""Tokens of the model's notes on a batch, and of a summary, at most."""


def plugged_in() -> bool:
    """Whether the machine runs on mains, or has no battery."""
    battery: Any = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is None or battery.power_plugged is not False


class Reflection:
    """Makes facts and summaries of what was said; belongs to one thread.

    `llm` gives a model with a context of its own (`Llama.background`) when it is first needed; None: patterns
    alone. On battery (`power` False) the model rests. Raises `StoreError`, and what the model raises.
    """

    def __init__(
        self,
        database: Database,
        llm: Callable[[], LanguageModel] | None = None,
        *,
        power: Callable[[], bool] = plugged_in,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now().astimezone(),
    ) -> None:
        self._database, self._power, self._now, self._make = database, power, now, llm
        self._llm: LanguageModel | None = None
        self.notebook, self._episodes = Notebook(database), Episodes(database)
        self.paused = False
        """Whether it does nothing for now: set by the person."""

    def job(self, cancel: Cancel) -> Iterator[Event]:
        """Think until there is nothing left, or `cancel` is set, resting between steps."""
        while not cancel.is_set():
            began = time.perf_counter()
            if not self.step(cancel):
                return
            _rest((time.perf_counter() - began) * (1 - SHARE) / SHARE, cancel)
        return
        yield

    def step(self, cancel: Cancel) -> bool:
        """Do the next piece of work; whether there was one. Raises `Cancelled` while the model works."""
        if self.paused or cancel.is_set():
            return False
        if turns := self._unpatterned():
            self._pattern(turns, cancel)
            return True
        if self._make is not None and not self._power():
            return False
        if self._make is not None and (turns := self._unread()):
            self._read(turns, cancel)
            return True
        episode = self._episodes.next(self._now())
        if episode is not None:
            self._summarise(episode, cancel)
        return episode is not None

    def think_again(self, turns: Sequence[int]) -> None:
        """Let patterns go over these turns at once, and the model later: what they said together with turns
        that were erased is known anew from them alone (`Facts.let_go`)."""
        marks = ", ".join("?" * len(turns))
        found = self._said(f"WHERE id IN ({marks}) ORDER BY id", turns)
        for said in found:
            self._propose(said)
        if found and found[0].turn is not None:
            before = min(found[0].turn - 1, self._mark(_REFLECTED))
            self._database.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", (_REFLECTED, str(before)))

    def _unpatterned(self) -> list[Said]:
        after = self._mark(_PATTERNED)
        return self._said("WHERE side = 'user' AND id > ? ORDER BY id LIMIT ?", (after, PATTERNED))

    def _pattern(self, turns: Sequence[Said], cancel: Cancel) -> None:
        """Propose what patterns find, and note how far they came."""
        for said in turns:
            if cancel.is_set():
                return
            self._propose(said)
            self._note_mark(_PATTERNED, said)

    def _propose(self, said: Said) -> None:
        people = self.notebook.people
        self.notebook.take(said, propose(said.text, said.who, people.called()), "pattern")
        if said.turn is not None:
            people.mentioned(said.turn, said.text)

    def _unread(self) -> list[Said]:
        """The next turns for the model, each with what is left in it to be read, "" for nothing."""
        turns = self._said(
            "WHERE side = 'user' AND id > ? AND id NOT IN (SELECT turn FROM reflected) ORDER BY id LIMIT ?",
            (self._mark(_REFLECTED), BATCH * 4),
        )
        left = [replace(said, text=self._left_over(said)) for said in turns]
        telling = [number for number, said in enumerate(left) if said.text]
        return left[: telling[BATCH - 1] + 1] if len(telling) >= BATCH else left

    def _left_over(self, said: Said) -> str:
        facts = self.notebook.facts.of_turn(said.turn) if said.turn is not None else []
        return left_over(said, [each.quote for fact in facts for each in fact.evidence])

    def _read(self, turns: Sequence[Said], cancel: Cancel) -> None:
        """Let the model propose facts of what is left in a few turns."""
        if telling := [said for said in turns if said.text]:
            answer = self._ask(noting(telling), cancel, replace(_EXACT, grammar=GRAMMAR), NOTED)
            for said, proposal in read(answer, telling):
                self.notebook.take(said, [proposal], "model")
        with self._database.transaction() as db:
            for said in turns:
                db.execute("INSERT OR IGNORE INTO reflected VALUES (?)", (said.turn,))
        self._note_mark(_REFLECTED, turns[-1])

    def _summarise(self, episode: Episode, cancel: Cancel) -> None:
        said = [Said(line.text, line.said_at, line.who) for line in episode.lines if line.side == "user"]
        text = ""
        if self._make is not None and content(episode.told):
            answer = self._ask(summarising(said), cancel, _EXACT, SUMMARY)
            kept = borne_out(answer, episode)
            text = " ".join(kept)
            self.notebook.count(["summary.kept" if kept else "summary.dropped"])
        self._episodes.keep(episode, text or from_facts(episode, self.notebook.facts), self._now())

    def _ask(self, prompt: Sequence[Message], cancel: Cancel, sampling: Sampling, most: int) -> str:
        if self._llm is None:
            assert self._make is not None
            self._llm = self._make()
        return "".join(self._llm.generate(prompt, cancel, sampling=sampling, max_tokens=most))

    def _said(self, where: str, values: Sequence[object]) -> list[Said]:
        rows = self._database.read(f"SELECT text, said_at, who, id FROM turns {where}", values)
        return [Said(*row) for row in rows]

    def _mark(self, name: str) -> int:
        rows = self._database.read("SELECT value FROM marks WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    def _note_mark(self, name: str, said: Said) -> None:
        self._database.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, str(said.turn)))


def _rest(seconds: float, cancel: Cancel) -> None:
    """Do nothing for so long, or until `cancel` is set."""
    until = time.monotonic() + seconds
    while not cancel.is_set() and (left := until - time.monotonic()) > 0:
        time.sleep(min(LOOK, left))


_PATTERNED, _REFLECTED = "patterned", "reflected"
"""Marks in the store: the turns up to which patterns and the model have come."""

_EXACT = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)
