"""Entries of the memory as lines of a terminal, and as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from companion.memory.facts import Fact
    from companion.memory.remembered import Remembered
    from companion.memory.remembered_values import Entry, Found, PersonShown, Stats, TurnShown


def echo_json(table: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(table, ensure_ascii=False))


def found_line(found: Found) -> str:
    """What was found, and where."""
    return f"{found.entry}  {_when(found.when)}{plain(found.place)}\n    {plain(found.text)}"


def found_json(found: Found) -> dict[str, Any]:
    """The same as other programs rely on it."""
    kind = "turn" if found.entry.sort == "turn" else "document"
    return {
        "id": str(found.entry),
        "text": found.text,
        "when": found.when,
        "source": {"kind": kind, "place": found.place},
        "score": found.score,
    }


def turn_line(turn: TurnShown) -> str:
    """A turn: when, who, what."""
    who = turn.who or ("you" if turn.side == "user" else "she")
    marks = "".join((" (interrupted)" * turn.interrupted, " (corrected)" * turn.corrected))
    return f"t{turn.id}  {_when(turn.when)}{plain(who)}: {plain(turn.text)}{marks}"


def fact_line(fact: Fact) -> str:
    """A fact: about whom, what, and since when."""
    days = " to ".join(day for day in (fact.valid_from, fact.valid_until) if day)
    about = "; ".join(part for part in (fact.kind, days, "succeeded" if fact.successor else "") if part)
    return f"f{fact.id}  {_when(fact.noted_at)}{plain(fact.subject)}: {plain(fact.statement)}  ({about})"


def person_line(person: PersonShown) -> str:
    """Somebody: what they are called, and what is known of them."""
    others = ", ".join(name for name in person.names if name != person.name)
    birthday = f"birthday {person.birthday.replace('--', '')}" if person.birthday else ""
    last = f"last mentioned {_when(person.when)}".strip() if person.when else ""
    about = "; ".join(part for part in (person.relation, others, birthday, last) if part)
    return f"p{person.id}  {plain(person.name)}" + (f"  ({plain(about)})" if about else "")


def row_json(row: Fact | TurnShown | PersonShown) -> dict[str, Any]:
    """A row of a list."""
    return row._asdict() if isinstance(row, tuple) else asdict(row)


def entry_shown(remembered: Remembered, one: Entry) -> tuple[list[str], dict[str, Any]]:
    """All about one entry, as lines and as JSON. Raises `StoreError` where there is none."""
    return {"fact": _fact, "turn": _turn, "person": _person, "chunk": _passage}[one.sort](
        remembered, one.number
    )


def _fact(remembered: Remembered, number: int) -> tuple[list[str], dict[str, Any]]:
    detail, past = remembered.fact(number), remembered.timeline(number)
    lines = [fact_line(each) for each in past]
    for source in detail.sources:
        lines.append(f"{source.entry}  {_when(source.when)}{plain(source.place)}\n    {plain(source.text)}")
    sources = [{**asdict(source), "entry": str(source.entry)} for source in detail.sources]
    return lines, {
        "fact": asdict(detail.fact), "sources": sources, "timeline": [asdict(each) for each in past]
    }  # fmt: skip


def _turn(remembered: Remembered, number: int) -> tuple[list[str], dict[str, Any]]:
    detail = remembered.turn(number)
    lines = [turn_line(detail.turn)]
    if detail.hearing is not None and detail.hearing.answered != detail.turn.text:
        lines.append(f"    answered as: {plain(detail.hearing.answered)}")
    lines += [fact_line(fact) for fact in detail.facts]
    return lines, {**asdict(detail), "turn": detail.turn._asdict()}


def _person(remembered: Remembered, number: int) -> tuple[list[str], dict[str, Any]]:
    person = remembered.person(number)
    return [person_line(person)], {"person": person._asdict()}


def _passage(remembered: Remembered, number: int) -> tuple[list[str], dict[str, Any]]:
    one = remembered.passage(number)
    where = ", ".join(part for part in (one.document, one.place, one.author) if part)
    return [f"c{one.id}  {_when(one.when)}{plain(where)}\n    {plain(one.text)}"], {"passage": asdict(one)}


def stats_lines(stats: Stats) -> list[str]:
    """How much is remembered, a line a figure."""
    facts = ", ".join(f"{count} {kind}" for kind, count in stats.facts.items())
    lines = [
        f"turns      {stats.turns}",
        f"facts      {sum(stats.facts.values())}" + (f"  ({facts})" if facts else ""),
        f"succeeded  {stats.succeeded}",
        f"people     {stats.people}",
        f"summaries  {stats.summaries}",
        f"archive    {stats.chunks} passages of {stats.documents} documents",
        f"waiting    {stats.waiting[0]} turns and {stats.waiting[1]} passages are found by words alone yet",
        f"on disk    {stats.disk / 1e6:.1f} MB, and {stats.copies / 1e6:.1f} MB of automatic copies",
    ]
    return lines + [f"{name:20} {count}" for name, count in sorted(stats.tallies.items())]


def plain(text: str) -> str:
    """A text on one line, without what a terminal would obey: mails and pages are others' words."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _when(iso: str) -> str:
    """The day and minute of a moment here, and two spaces; "" for none. A day alone stays one."""
    if len(iso) <= 10:
        return f"{iso}  " if iso else ""
    try:
        moment = datetime.datetime.fromisoformat(iso)
    except ValueError:
        return f"{plain(iso)}  "
    return f"{moment.astimezone():%Y-%m-%d %H:%M}  "
