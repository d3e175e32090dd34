"""The sentences in which she tells what she remembers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path

from companion.memory.forgetting import Going
from companion.memory.notes import excerpt
from companion.memory.recall import Hit
from companion.memory.times import said_when, say
from companion.memory.topics import time_in

KEPT = "I'll remember that."
LEFT = "All right, I keep it."
GONE = "It's erased, and so is everything that came of it."
NOT_ALL = (
    "Everything is too much to erase by voice: the command companion memory erase-everything does it, and "
    "asks you first."
)
NOT_FROM_YOU = "I don't have that from anything you told me, so don't rely on it."
WHICH_WORD = "I can't tell which word I got wrong. Say it like this: I said Jonas, not Thomas."


def nothing_about(about: str) -> str:
    """That nothing is known of something."""
    return f"You haven't told me anything about {to_you(about)}."


def read_back(going: Going, now: datetime.date) -> str:
    """What would go, and the question whether it is to."""
    said = [f'"{excerpt(quote, (), 80)}"' for quote in going.quotes]
    what = f"{len(going.turns)} turn{'s' * (len(going.turns) != 1)}"
    if going.facts:
        what += f" and {len(going.facts)} thing{'s' * (len(going.facts) != 1)} I know from them"
    archive = " It also stands in your archive, where it stays." if going.archived else ""
    quotes = f": {', '.join(said)}" if said else ""
    when = f", {when}" if (when := going.when(now)) else ""
    return f"That would erase {what}{when}{quotes}.{archive} Shall I erase it?"


def nothing_to_forget(about: str, going: Going, now: datetime.datetime) -> str:
    """That there is nothing that could be erased."""
    if going.archived:
        return f"You said nothing about {about}. It stands in your archive: companion archive list shows it."
    if not about:
        return "There is nothing to forget."
    time = time_in(about, now)
    return (
        "I have nothing from then." if time is not None and time.meant else f"I have nothing about {about}."
    )


def still_held(folders: Sequence[Path]) -> str:
    """Which homes that were set aside still hold what was erased."""
    named = ", ".join(str(folder) for folder in folders)
    return (
        f" An older home that was set aside still holds it: delete {named}, if it is to go, too."
        if named
        else ""
    )


def quoted(hit: Hit, words: Sequence[str], now: datetime.date, who: str) -> str:
    """What was said once, with the day; `who` said it, "you" or a name."""
    day = say(said_when(hit.when), now)
    return f'{capital(day)} {who} said: "{excerpt(hit.text, words)}"'


def to_you(about: str) -> str:
    """What somebody speaks of as theirs, told to them."""
    if about.casefold() in ("me", "myself"):
        return "yourself"
    return re.sub(r"\b(?:my|our)\b", "your", about, flags=re.IGNORECASE)


def capital(text: str) -> str:
    """With a capital at its front."""
    return text[:1].upper() + text[1:]
