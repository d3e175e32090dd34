"""How much of what is worth knowing is kept as facts, and how much of what is kept is worth knowing."""

from __future__ import annotations

import csv
import datetime
import json
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from companion.bench.machine import machine
from companion.engines import Never
from companion.engines.llm import LanguageModel
from companion.engines.llm.llama import Llama
from companion.memory.database import Database
from companion.memory.facts import Fact, Facts, Filters
from companion.runtime.reflection import Reflection
from companion.settings import LlmSettings


@dataclass(frozen=True, slots=True)
class Row:
    """A fact that was marked by hand: the turns that say it, of whom, the stems that any right statement of
    it has at least half of, and its weight (1 worth knowing, 2 a friend would be hurt if it were
    forgotten)."""

    turns: frozenset[str]
    subject: str
    key: tuple[str, ...]
    weight: float


def run(
    turns_file: Path,
    marks_file: Path,
    model_path: Path | None,
    settings: LlmSettings,
    *,
    most: int | None = None,
    seconds: float = float("inf"),
) -> dict[str, Any]:
    """`measure` with the model at `model_path` (a GGUF file or its folder) on a context in the background, as
    a conversation has it; None: patterns alone. Raises `WeightsError`, `EngineError`."""
    if model_path is None:
        return measure(turns_file, marks_file, most=most)
    with Llama(model_path, settings) as llama:
        found = measure(turns_file, marks_file, llama.background(), most=most, seconds=seconds)
        return {"models": {"llm": llama.name}, **found}


def measure(
    turns_file: Path,
    marks_file: Path,
    llm: LanguageModel | None = None,
    *,
    most: int | None = None,
    seconds: float = float("inf"),
) -> dict[str, Any]:
    """Load a conversation (laid out as in LoCoMo: turns with id, when, speaker and text) turn by turn into a
    fresh store, think about it with patterns, and with `llm` where there is one, and compare what is kept
    with what was marked.

    Of the turns the first `most`; the model stops after so many `seconds`, and what it hasn't read by then is
    left out of the comparison. Plain JSON: `turns`, `rows`, `facts`, `recall` (share of the rows that a fact
    matches), `recall_weighted`, `precision` (share of the facts that match a row), `missed` (the turns of the
    other rows), all but the first also for `patterns_alone`; `tallies`; `ms_a_turn`, and of a step.
    """
    told = json.loads(turns_file.read_text(encoding="utf-8"))["turns"][:most]
    database = Database(Path(":memory:"))
    ids = _load(database, told)
    reflection = Reflection(database, None if llm is None else lambda: llm, power=lambda: True)
    began, spent = time.perf_counter(), list[float]()
    while time.perf_counter() - began < seconds:
        started = time.perf_counter()
        if not reflection.step(Never()):
            break
        spent.append(time.perf_counter() - started)
    read = {ids[number] for number in _read(database, llm is not None)}
    rows = [row for row in rows_of(marks_file) if row.turns & read]
    facts = [fact for fact in _all(database) if _turns(fact, ids) & read]
    return {
        "machine": machine(),
        "turns": len(read),
        **scores(facts, rows, ids),
        "patterns_alone": scores([fact for fact in facts if fact.how == "pattern"], rows, ids),
        "tallies": reflection.notebook.tallies(),
        "ms_a_turn": round(sum(spent) * 1000 / max(1, len(read)), 1),
        "step_ms_median": round(statistics.median(spent) * 1000, 1) if spent else 0.0,
    }


def scores(facts: Sequence[Fact], rows: Sequence[Row], ids: dict[int, str]) -> dict[str, Any]:
    """Precision and recall of facts against rows; `ids` names the turns as the rows do."""
    matches = matcher(facts, ids)
    found = [matches(row) for row in rows]
    right = set().union(*found) if found else set()
    weight = sum(row.weight for row in rows)
    return {
        "rows": len(rows),
        "facts": len(facts),
        "recall": _share(sum(bool(each) for each in found), len(rows)),
        "recall_weighted": _share(
            sum(row.weight for row, each in zip(rows, found, strict=True) if each), weight
        ),
        "precision": _share(len(right), len(facts)),
        "missed": [",".join(sorted(row.turns)) for row, each in zip(rows, found, strict=True) if not each],
    }


def matcher(facts: Sequence[Fact], ids: dict[int, str]) -> Callable[[Row], set[int]]:
    """Says which facts match a row: one of its turns is cited, the subject is the same, and at least half of
    the key's stems (SQLite's porter stemmer) stand in the statement and the quotes."""
    db = apsw.Connection(":memory:")
    db.execute("CREATE VIRTUAL TABLE said USING fts5(text, tokenize='porter unicode61 remove_diacritics 2')")
    for fact in facts:
        text = " ".join([fact.statement, *(each.quote for each in fact.evidence)])
        db.execute("INSERT INTO said (rowid, text) VALUES (?, ?)", (fact.id, text))

    def with_word(word: str) -> set[int]:
        found: list[Any] = db.execute("SELECT rowid FROM said WHERE said MATCH ?", (f'"{word}"',)).fetchall()
        return {number for (number,) in found}

    def matches(row: Row) -> set[int]:
        having = [with_word(word) for word in row.key]
        return {
            fact.id
            for fact in facts
            if _turns(fact, ids) & row.turns
            and fact.subject.casefold() in row.subject.casefold()
            and sum(fact.id in each for each in having) * 2 >= len(row.key)
        }

    return matches


def rows_of(marks_file: Path) -> list[Row]:
    """The rows of a file of marks: tab-separated, with turns, subject, key and weight among its columns."""
    with marks_file.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                frozenset(re.split(r"\s*,\s*", row["turns"].strip())),
                row["subject"],
                tuple(row["key"].split()),
                float(row["weight"]),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def _load(database: Database, told: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Put the turns in the store as those of two people known by voice; returns the name of each number."""
    with database.transaction() as db:
        for number, turn in enumerate(told, 1):
            db.execute(
                "INSERT INTO turns (id, session, side, number, text, said_at, who, sure)"
                " VALUES (?, ?, 'user', ?, ?, ?, ?, 1.0)",
                (number, str(turn["session"]), number, turn["text"], _moment(turn["when"]), turn["speaker"]),
            )
    return {number: turn["id"] for number, turn in enumerate(told, 1)}


def _moment(when: str) -> str:
    """ "1:56 pm on 8 May, 2023" as ISO 8601."""
    return datetime.datetime.strptime(when, "%I:%M %p on %d %B, %Y").astimezone().isoformat()


def _read(database: Database, with_model: bool) -> list[int]:
    """The turns that were thought about."""
    up_to = "(SELECT value FROM marks WHERE name = 'read')"
    sql = (
        f"SELECT id FROM turns WHERE id <= cast({up_to} AS INTEGER)" if with_model else "SELECT id FROM turns"
    )
    return [number for (number,) in database.read(sql)]


def _all(database: Database) -> list[Fact]:
    return Facts(database).page(most=1_000_000, filters=Filters(current=False))


def _turns(fact: Fact, ids: dict[int, str]) -> set[str]:
    return {ids[each.turn] for each in fact.evidence if each.turn is not None}


def _share(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else 0.0
