"""How much of what long conversations tell is found again: LoCoMo's questions (Maharana et al. 2024).

Each conversation is loaded into a fresh store through the calls that a conversation uses; both speakers talk
to her. A question's evidence is turn ids; recall is the found share of them, the mean over the questions.
"""

from __future__ import annotations

import datetime
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.engines import Never
from companion.errors import CompanionError
from companion.memory.recall import Hit, Recall
from companion.memory.store import Store
from companion.memory.turn_search import WEIGHTS

TOPS = (5, 10, 20)
RERANKER = 0.3
"""What the reranker's score counts beside a hit's own: by hand, on conversations 26 and 30."""

UNANSWERABLE = "adversarial"
"""The category of the questions that the conversation doesn't answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the ids of the turns that tell its answer."""

    text: str
    answer: str
    category: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A conversation: its turns as (id, session, moment, speaker, text), and what is asked about it."""

    name: str
    turns: tuple[tuple[str, str, str, str, str], ...]
    questions: tuple[Asked, ...]

    @property
    def over(self) -> datetime.date:
        """The day after its last turn."""
        return datetime.datetime.fromisoformat(self.turns[-1][2]).date() + datetime.timedelta(days=1)


def conversations(folder: Path) -> list[Told]:
    """The conversations of a folder, a JSON file each. Raises `CompanionError`."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise CompanionError(
            f"There is no conversation (*.json) in {folder}: name the folder that holds them."
        )
    return [_told(file) for file in files]


def _told(file: Path) -> Told:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        turns = tuple(
            (turn["id"], str(turn["session"]), _moment(turn["when"]), turn["speaker"], _said(turn))
            for turn in data["turns"]
        )
        asked = tuple(
            Asked(one["question"], str(one.get("answer", "")), one["category"], tuple(one["evidence"]))
            for one in data["qa"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CompanionError(f"{file} is no conversation as LoCoMo's are laid out ({error}).") from error
    return Told(file.stem, turns, asked)


def _moment(when: str) -> str:
    """ "1:56 pm on 8 May, 2023" as ISO 8601."""
    moment = datetime.datetime.strptime(when, "%I:%M %p on %d %B, %Y")
    return moment.replace(tzinfo=datetime.UTC).isoformat()


def _said(turn: dict[str, Any]) -> str:
    return f"{turn['text']} ({turn['photo']})" if turn.get("photo") else str(turn["text"])


@dataclass(slots=True)
class Loaded:
    """A conversation in a store of its own, ready to be asked; `ids` are the store's numbers of its turns."""

    told: Told
    store: Store
    recall: Recall
    ids: dict[str, int]
    seconds: float

    @property
    def now(self) -> datetime.datetime:
        """The morning after its last turn."""
        return datetime.datetime.combine(self.told.over, datetime.time(9), datetime.UTC)

    def reranked(self, reranker: Any, question: str, hits: list[Hit]) -> list[Hit]:
        """The hits by what the reranker makes of each with the turn before it, and by their own scores."""
        texts = {
            number: text
            for (_, _, _, _, text), number in zip(self.told.turns, self.ids.values(), strict=True)
        }
        passages = [f"{texts.get(hit.id - 1, '')[-200:]} {hit.who}: {hit.text}" for hit in hits]
        judged = reranker.scores(question, passages, Never())
        scores = [hit.score + RERANKER * float(score) for hit, score in zip(hits, judged, strict=True)]
        return [hits[at] for at in np.argsort(-np.array(scores), kind="stable")]

    def evidence(self, asked: Asked) -> set[int]:
        """The turns that tell it, by the store's numbers."""
        return {self.ids[one] for one in asked.evidence if one in self.ids}

    def answerable(self) -> Iterator[Asked]:
        """The questions that it answers."""
        return (q for q in self.told.questions if q.category != UNANSWERABLE and self.evidence(q))


def load(told: Told, folder: Path, embedder: Any) -> Loaded:
    """Put a conversation into a store in `folder`, and give it its vectors."""
    began = time.perf_counter()
    store = Store(folder / f"{told.name}.db")
    ids = {
        name: store.add_user_turn(number, text, who, 1.0, session=session, said_at=moment)
        for number, (name, session, moment, who, text) in enumerate(told.turns, 1)
    }
    recall = Recall(store.database, embedder)
    recall.refresh()
    recall.indexing.work(lambda: True)
    return Loaded(told, store, recall, ids, time.perf_counter() - began)


@dataclass(slots=True)
class Found:
    """Shares of the evidence that were found, by how many were taken and by category; seconds a question."""

    shares: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_category: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **{f"recall_at_{top}": round(float(np.mean(self.shares[top])), 4) for top in TOPS},
            "recall_at_10_by_category": {
                name: round(float(np.mean(shares)), 3) for name, shares in sorted(self.by_category.items())
            },
            "questions": len(self.seconds),
            "query_ms": {
                "p50": round(1000 * float(np.percentile(self.seconds, 50)), 1),
                "p95": round(1000 * float(np.percentile(self.seconds, 95)), 1),
            },
        }


RERANKED = 50
"""Hits that a reranker puts in order."""


def measure(loaded: Loaded, found: Found, reranker: Any = None) -> None:
    """Ask all that a conversation answers; a `reranker` puts the first that were found in another order."""
    for asked in loaded.answerable():
        began = time.perf_counter()
        hits = loaded.recall.search(asked.text, RERANKED if reranker else max(TOPS), loaded.told.over)
        if reranker is not None:
            hits = loaded.reranked(reranker, asked.text, hits)
        found.seconds.append(time.perf_counter() - began)
        ranked = [hit.id for hit in hits if hit.kind == "turn"]
        evidence = loaded.evidence(asked)
        for top in TOPS:
            share = len(evidence.intersection(ranked[:top])) / len(evidence)
            found.shares[top].append(share)
            if top == 10:
                found.by_category[asked.category].append(share)


def run(
    folder: Path,
    embedder: Any,
    told_of: Callable[[str], None],
    only: Sequence[str] = (),
    reranker: Any = None,
) -> dict[str, Any]:
    """Measure every conversation in `folder`, or those named; `told_of` hears of each."""
    found, each, turns, seconds = Found(), {}, 0, 0.0
    for told in conversations(folder):
        if only and told.name not in only:
            continue
        told_of(told.name)
        with tempfile.TemporaryDirectory() as scratch:
            loaded = load(told, Path(scratch), embedder)
            mine = Found()
            measure(loaded, mine, reranker)
            each[told.name] = mine.report()["recall_at_10"]
            for top in TOPS:
                found.shares[top] += mine.shares[top]
            for name, shares in mine.by_category.items():
                found.by_category[name] += shares
            found.seconds += mine.seconds
            turns, seconds = turns + len(told.turns), seconds + loaded.seconds
            loaded.store.close()
    report = found.report()
    return {**report, "recall_at_10_each": each, "turns": turns, "index_seconds": round(seconds, 2)}


def fit(folder: Path, embedder: Any, only: Sequence[str], steps: int = 400) -> list[float]:
    """The weights of the traits of a turn for which the evidence of these conversations has the greatest
    share of exp(score) (listwise softmax: Cao et al. 2007), by Adam, with a small pull towards 0."""
    asked: list[tuple[NDArray[np.float32], list[int]]] = []
    for told in conversations(folder):
        if told.name in only:
            with tempfile.TemporaryDirectory() as scratch:
                loaded = load(told, Path(scratch), embedder)
                asked += _weighed(loaded)
                loaded.store.close()
    weights = np.zeros(len(WEIGHTS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        slope = 0.01 * weights
        for traits, evidence in asked:
            scores = traits @ weights
            shares = np.exp(scores - scores.max())
            slope += (shares / shares.sum() @ traits - traits[evidence].mean(axis=0)) / len(asked)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= 0.05 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return [round(float(weight), 2) for weight in weights]


def _weighed(loaded: Loaded) -> list[tuple[NDArray[np.float32], list[int]]]:
    found = []
    for asked in loaded.answerable():
        turns, traits, _ = loaded.recall.turns.weighed(loaded.recall.question(asked.text))
        wanted = loaded.evidence(asked)
        evidence = [at for at, turn in enumerate(turns) if turn.id in wanted]
        if evidence:
            found.append((traits, evidence))
    return found
