"""What was talked about: conversations told apart by their pauses, each with a summary that its turns bear
out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from companion.memory.database import Database
from companion.memory.facts import Facts, moment
from companion.memory.wording import backed, figures_and_names

PAUSE = datetime.timedelta(minutes=30)
"""A conversation is over when nothing was said for so long."""

MOST = 200
"""Turns of an episode at most: a longer one is summarised in parts."""

BORNE_OUT = 0.75
"""Part of a sentence's content words that must have been said in the episode."""

SENTENCES = 3
"""Sentences of a summary at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of an episode; `who` said it, "" for the one who lives here."""

    id: int
    side: str
    text: str
    said_at: str
    who: str


@dataclass(frozen=True, slots=True)
class Episode:
    """The turns of one conversation, in their order."""

    lines: tuple[Line, ...]

    @property
    def told(self) -> str:
        """What the user's side said: her own words bear nothing out."""
        return "\n".join(line.text for line in self.lines if line.side == "user")


@dataclass(frozen=True, slots=True)
class Summary:
    """An episode's summary and the turns it is of."""

    id: int
    text: str
    first: int
    last: int


class Episodes:
    """The episodes of a store. Raises `StoreError` as `Database` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next(self, now: datetime.datetime) -> Episode | None:
        """The oldest episode that is over and has no summary yet."""
        rows = self._database.read(
            "SELECT id, side, text, said_at, who FROM turns WHERE id >"
            " (SELECT coalesce(max(turn), 0) FROM summarised) ORDER BY id LIMIT ?",
            (MOST + 1,),
        )
        lines = [Line(*row) for row in rows]
        count = next((i for i in range(1, len(lines)) if _apart(lines[i - 1], lines[i])), len(lines))
        over = count < len(lines) or (bool(lines) and now - moment(lines[-1].said_at) > PAUSE)
        return Episode(tuple(lines[:MOST][:count])) if over else None

    def keep(self, episode: Episode, text: str, now: datetime.datetime) -> None:
        """Keep a summary; "" for an episode of which there is nothing to say."""
        with self._database.transaction() as db:
            db.execute("INSERT INTO summaries (text, made_at) VALUES (?, ?)", (text, now.isoformat()))
            number = db.last_insert_rowid()
            for line in episode.lines:
                db.execute("INSERT INTO summarised VALUES (?, ?)", (number, line.id))

    def of_turn(self, turn: int) -> Summary | None:
        """The summary of the episode that a turn belongs to."""
        rows = self._database.read(
            "SELECT s.id, s.text, min(z.turn), max(z.turn) FROM summaries s"
            " JOIN summarised z ON z.summary = s.id"
            " WHERE s.id = (SELECT summary FROM summarised WHERE turn = ?) GROUP BY s.id",
            (turn,),
        )
        return Summary(*rows[0]) if rows else None

    def let_go(self, turns: Sequence[int]) -> None:
        """Erase the summaries that rest on these turns, to be called before they are erased themselves: what
        is left of their episodes stays without one."""
        listed = ", ".join(str(int(turn)) for turn in turns)
        with self._database.transaction() as db:
            db.execute(
                "UPDATE summaries SET text = '' WHERE id IN"
                f" (SELECT summary FROM summarised WHERE turn IN ({listed}))"
            )


def borne_out(summary: str, episode: Episode) -> list[str]:
    """The sentences of a summary that the episode's turns bear out: their words were said, every number and
    name among them."""
    told = episode.told
    names = " ".join({line.who for line in episode.lines})
    found = [sentence.strip() for sentence in re.findall(r"[^.!?\n]+[.!?]*", summary) if sentence.strip()]
    return [
        sentence
        for sentence in found[:SENTENCES]
        if backed(sentence, f"{told} {names}") >= BORNE_OUT and figures_and_names(sentence, f"{told} {names}")
    ]


def from_facts(episode: Episode, facts: Facts) -> str:
    """A summary for want of a better one: what was noted of the episode, the surest first."""
    noted = {fact.id: fact for line in episode.lines for fact in facts.of_turn(line.id)}
    surest = sorted(noted.values(), key=lambda fact: -fact.certainty)[:SENTENCES]
    return " ".join(f"{fact.statement[:1].upper()}{fact.statement[1:]}." for fact in surest)


def _apart(before: Line, after: Line) -> bool:
    return moment(after.said_at) - moment(before.said_at) > PAUSE
