"""What the language model answers with what memory gives it: LoCoMo's questions, the unanswerable ones too.

A question is put as a turn of its own, behind the note that a conversation would have. An answer is compared
with the right one as SQuAD does (Rajpurkar et al. 2016): the same words, or the F1 of the words they share,
without articles and punctuation. An unanswerable question is answered rightly by not knowing.
"""

from __future__ import annotations

import re
import string
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from companion import app
from companion.bench.locomo import UNANSWERABLE, Asked, Loaded, conversations, load
from companion.engines import Never
from companion.engines.llm import Message
from companion.memory.archive.sources import Archive
from companion.runtime.mind import Mind

ANSWERED, UNANSWERED = 100, 50
"""Questions of each sort: the first so many, taken in turns from each conversation."""

TOKENS = 160
"""Tokens that a note may have."""

LONGEST = 40
"""Tokens of an answer."""

_KNOWING = "know|remember|recall|have|tell|told|mention|mentioned|find|say|said"
_UNKNOWING = re.compile(
    r"\b(?:(?:do not|don't|can't|cannot|couldn't|didn't|did not|never) (?:\w+ ){0,2}"
    rf"(?:{_KNOWING})|not sure|no idea|unknown|no information|(?:isn't|wasn't|not) mentioned)\b",
    re.IGNORECASE,
)


def run(
    folder: Path, loader: app.Loader, embedder: Any, only: Sequence[str], step: Callable[[str], None]
) -> dict[str, Any]:
    """Ask the model the questions of the conversations in `folder`, or of those named."""
    llm = loader.llm()
    told = [one for one in conversations(folder) if not only or one.name in only]
    exact: list[float] = []
    shared: list[float] = []
    unknown: list[float] = []
    knew: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        for conversation in told:
            loaded = load(conversation, Path(scratch), embedder)
            for asked in _chosen(loaded, len(told)):
                answer = _answer(llm, loaded, asked, app.manner(loader.settings))
                step(f"{len(exact) + len(unknown)} of {ANSWERED + UNANSWERED}")
                if asked.category == UNANSWERABLE:
                    unknown.append(float(bool(_UNKNOWING.search(answer))))
                    continue
                exact.append(float(_plain(asked.answer) == _plain(answer)))
                shared.append(f1(asked.answer, answer))
                knew.append(float(not _UNKNOWING.search(answer)))
            loaded.store.close()
    return {
        "questions": len(exact),
        "exact": round(float(np.mean(exact)), 3),
        "f1": round(float(np.mean(shared)), 3),
        "ventured": round(float(np.mean(knew)), 3),
        "unanswerable": len(unknown),
        "said_unknown": round(float(np.mean(unknown)), 3),
        "rates": {"prefill": round(llm.rates().prefill, 1), "decode": round(llm.rates().decode, 1)},
    }


def _chosen(loaded: Loaded, conversations: int) -> list[Asked]:
    answerable = list(loaded.answerable())
    unanswerable = [asked for asked in loaded.told.questions if asked.category == UNANSWERABLE]
    few, fewer = -(-ANSWERED // conversations), -(-UNANSWERED // conversations)
    return [*answerable[:: max(1, len(answerable) // few)][:few], *unanswerable[:fewer]]


def _answer(llm: Any, loaded: Loaded, asked: Asked, talk: Any) -> str:
    archive = Archive(loaded.store.database)
    mind = Mind(loaded.store, loaded.recall, archive, clock=lambda: loaded.now)
    note = mind(asked.text, TOKENS, (), Never(), partial=False)
    text = f"({note})\n{asked.text}" if note else asked.text
    prompt = [Message("system", f"{talk.persona} Answer in a few words."), Message("user", text)]
    return "".join(llm.generate(prompt, Never(), sampling=talk.sampling, max_tokens=LONGEST)).strip()


def _plain(text: str) -> list[str]:
    bare = text.casefold().translate(str.maketrans("", "", string.punctuation))
    return [word for word in bare.split() if word not in ("a", "an", "the")]


def f1(right: str, given: str) -> float:
    """The harmonic mean of how much of each stands in the other, by words."""
    expected, found = Counter(_plain(right)), Counter(_plain(given))
    same = sum((expected & found).values())
    if not same:
        return 0.0
    precision, recall = same / sum(found.values()), same / sum(expected.values())
    return 2 * precision * recall / (precision + recall)
