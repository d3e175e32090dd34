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
from companion.engines.llm import LanguageModel, Message, PromptTooLong, Sampling
from companion.memory.database import Database
from companion.memory.episodes import Episode, Episodes, borne_out, from_facts
from companion.memory.patterns import propose
from companion.memory.proposals import Notebook, Said
from companion.memory.wording import content
from companion.runtime.thoughts import GRAMMAR, left_over, noting, read, summarising, to_user

PATTERNED = 50
"""Turns that patterns go over in one step: some 50 ms."""

STRETCH = 20_000
"""Turns that are looked through at once for those to go over."""

BATCH = 4
"""Turns that the model reads at once: some 100 tokens, half of what the instructions take."""

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
        self._looked_up_to, self._again = 0, list[int]()
        self.paused = False
        """Whether it does nothing for now: set by the person."""

    def job(self, cancel: Cancel) -> Iterator[Event]:
        """Think until there is nothing left, or `cancel` is set, resting between steps. Raises `Cancelled`
        where the model was at work."""
        while not cancel.is_set():
            began = time.perf_counter()
            if not self.step(cancel):
                return
            rest((time.perf_counter() - began) * (1 - SHARE) / SHARE, cancel)
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

    def patterns(self, cancel: Cancel, first: int = 1) -> bool:
        """Let patterns go over the next turns, from number `first` on; whether there were any."""
        turns = self._unpatterned() if first <= 1 else self._new(first - 1, _LAST)
        self._pattern(turns, cancel)
        return bool(turns)

    def _new(self, after: int, last: int) -> list[Said]:
        return self._said(
            "WHERE side = 'user' AND id > ? AND id <= ? AND id NOT IN (SELECT turn FROM reflected)"
            " ORDER BY id LIMIT ?",
            (after, last, PATTERNED),
        )

    def _unpatterned(self) -> list[Said]:
        """The next turns that patterns haven't gone over, looked for a stretch at a time: what is asked while
        somebody speaks mustn't wait for a look through a million turns."""
        last = self._database.read("SELECT coalesce(max(id), 0) FROM turns")[0][0]
        while self._looked_up_to < last:
            end = min(self._looked_up_to + STRETCH, last)
            if turns := self._new(self._looked_up_to, end):
                self._looked_up_to = (turns[0].turn or 1) - 1
                return turns
            self._looked_up_to = end
        self._looked_up_to = 0  # what was erased or corrected since makes older turns new again
        return []

    def _pattern(self, turns: Sequence[Said], cancel: Cancel) -> None:
        """Propose what patterns find. What was gone over before is gone over again where a turn that had said
        the same was erased; then the model reads it again, too."""
        people = self.notebook.people
        for said in turns:
            if cancel.is_set() or said.turn is None:
                return
            self.notebook.take(said, propose(said.text, said.who, people.called()), "pattern")
            people.mentioned(said.turn, said.text)
            self._database.write("INSERT OR IGNORE INTO reflected VALUES (?)", (said.turn,))
            if said.turn <= self._read_up_to():
                self._again.append(said.turn)

    def _unread(self) -> list[Said]:
        """The next turns for the model, each with what is left in it to be read, "" for nothing."""
        turns = self._turns(self._again[: BATCH * 4]) or self._said(
            "WHERE side = 'user' AND id > ? ORDER BY id LIMIT ?", (self._read_up_to(), BATCH * 4)
        )
        left = [replace(said, text=self._left_over(said)) for said in turns]
        telling = [number for number, said in enumerate(left) if said.text]
        return left[: telling[BATCH - 1] + 1] if len(telling) >= BATCH else left

    def _left_over(self, said: Said) -> str:
        facts = self.notebook.facts.of_turn(said.turn) if said.turn is not None else []
        return left_over(said, [each.quote for fact in facts for each in fact.evidence])

    def _read(self, turns: Sequence[Said], cancel: Cancel) -> None:
        """Let the model propose facts of what is left in a few turns, and note how far it came."""
        if telling := [said for said in turns if said.text]:
            self._note(telling, cancel)
        done = {said.turn for said in turns}
        self._again = [number for number in self._again if number not in done]
        last = max(turns[-1].turn or 0, self._read_up_to())
        self._database.write("INSERT OR REPLACE INTO marks VALUES (?, ?)", (_READ, str(last)))

    def _note(self, telling: Sequence[Said], cancel: Cancel) -> None:
        """Ask the model for the facts in a few turns; of those that are too long for it none is found."""
        try:
            answer = self._ask(noting(telling), cancel, replace(_EXACT, grammar=GRAMMAR), NOTED)
        except PromptTooLong:
            self.notebook.count(["model.too_long"])
            return
        whole = {said.turn: said for said in self._turns([said.turn for said in telling])}
        for said, proposal in read(answer, telling):
            if said.turn in whole:
                self.notebook.take(whole[said.turn], [proposal], "model")

    def _read_up_to(self) -> int:
        rows = self._database.read("SELECT value FROM marks WHERE name = ?", (_READ,))
        return int(rows[0][0]) if rows else 0

    def _summarise(self, episode: Episode, cancel: Cancel) -> None:
        said = [Said(line.text, line.said_at, line.who) for line in episode.lines if line.side == "user"]
        text = ""
        if self._make is not None and content(episode.told):
            answer = self._ask(summarising(said), cancel, _EXACT, SUMMARY)
            kept = borne_out(answer, episode)
            text = " ".join(map(to_user, kept))
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

    def _turns(self, numbers: Sequence[int | None]) -> list[Said]:
        marks = ", ".join("?" * len(numbers))
        return self._said(f"WHERE id IN ({marks}) ORDER BY id", numbers)


def rest(seconds: float, cancel: Cancel) -> None:
    """Do nothing for so long, or until `cancel` is set."""
    until = time.monotonic() + seconds
    while not cancel.is_set() and (left := until - time.monotonic()) > 0:
        time.sleep(min(LOOK, left))


_LAST = 2**62
"""More than the number of any turn."""

_READ = "read"
"""Mark in the store: the turn up to which the model has read."""

_EXACT = Sampling(temperature=0.0, top_p=1.0, min_p=0.0, repeat_penalty=1.0)
