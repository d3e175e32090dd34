"""What she remembers, as a person sees it: lists, search, evidence, and the calls that change or erase it.

Lists come a page at a time, from a key on and never from an offset, so that the last page of a million turns
costs what the first does. Every call that reads takes at most 20 ms there.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence

from companion.errors import StoreError
from companion.memory import automatic
from companion.memory.database import Database, Row
from companion.memory.facts import Fact, Facts, Filters
from companion.memory.forgetting import Forgetting, Going
from companion.memory.lexical import Lexicon
from companion.memory.proposals import Notebook
from companion.memory.recall import Hit, Recall
from companion.memory.remembered_values import (
    About,
    Entry,
    FactDetail,
    Found,
    Hearing,
    Passage,
    PersonShown,
    Since,
    Source,
    Stats,
    TurnDetail,
    TurnShown,
)
from companion.memory.typing_search import Typing

EVERY = Filters()
"""All facts that hold."""

PAGE = 50
"""Entries of a page, unless another number is asked for."""

_FIRST = 2**62
"""Above every number of an entry: a list from its newest on."""

_TURN = "t.id, t.side, t.who, t.sure, t.text, t.said_at, t.interrupted, t.corrected"


class Remembered:
    """The memory of one home. Raises `StoreError` as `Database` does, and for an entry that isn't there.

    `recall` finds by meaning, too; without it words alone are looked for. One thread at a time.
    """

    def __init__(self, database: Database, recall: Recall | None = None) -> None:
        self.database, self._recall = database, recall
        self._facts, self._forgetting = Facts(database), Forgetting(database)
        self._typed_turns = Typing(database, "turns", "turns_fts", usual=80)
        self._typed_chunks = Typing(database, "chunks", "chunks_fts", usual=1000)
        self._words = Lexicon(database, "turns_fts", "turn_words")
        self._titles = Lexicon(database, "chunks_fts", "chunk_words")

    # --- lists ----------------------------------------------------------------------------------------

    def turns(self, before: int | None = None, most: int = PAGE, text: str = "") -> list[TurnShown]:
        """Up to `most` turns, the newest first, from below the number `before` on (None: from the newest);
        with `text` those in which all its words stand, the last as far as it is typed."""
        below = before or _FIRST
        if text.strip():
            return self._turns(self._typed_turns.rows(text, below, most))[::-1]
        rows = self.database.read(
            f"SELECT {_TURN} FROM turns t WHERE t.id < ? ORDER BY t.id DESC LIMIT ?", (below, most)
        )
        return [TurnShown(*row) for row in rows]

    def facts(self, before: int | None = None, most: int = PAGE, filters: Filters = EVERY) -> list[Fact]:
        """Up to `most` facts, the newest first, from below the number `before` on (None: from the newest)."""
        return self._facts.page(before or 0, most, filters)

    def people(self, before: tuple[int, int] | None = None, most: int = PAGE) -> list[PersonShown]:
        """Up to `most` people, who was spoken of last first, from behind `before` on: `last` and `id` of the
        last one of the page before (None: from the first)."""
        rows = self.database.read(
            f"{_PEOPLE} WHERE (last, id) < (?, ?) ORDER BY last DESC, id DESC LIMIT ?",
            (*(before or (_FIRST, _FIRST)), most),
        )
        return [self._person(row) for row in rows]

    def timeline(self, fact: int) -> list[Fact]:
        """A fact with all that it succeeded and all that succeeded it, the oldest first; each with the moment
        it was said and the days it held."""
        return self._facts.history(fact)

    # --- search ---------------------------------------------------------------------------------------

    def typed(self, text: str, most: int = PAGE) -> list[Found]:
        """What has all the words of `text`, the last as far as it is typed: turns and passages, the newest of
        each first. For every keystroke."""
        turns = self._turns(self._typed_turns.rows(text, _FIRST, most))[::-1]
        passages = self._passages(self._typed_chunks.rows(text, _FIRST, most))
        return [*(_said(turn, 0.0) for turn in turns), *(_read(one, 0.0) for one in passages)][:most]

    def search(self, text: str, most: int, now: datetime.datetime) -> list[Found]:
        """The best for a question, best first: by words and by meaning, or by words alone where there is no
        `recall`. Raises `EngineError` as well."""
        if self._recall is None:
            return self._by_words(text, most)
        return [_hit(hit) for hit in self._recall.search(text, most, now.date())]

    def _by_words(self, text: str, most: int) -> list[Found]:
        terms = self._words.terms(text)
        turns = _to_one(self._words.match(terms, rows_in(self.database, "turns_fts"), most))
        chunks = _to_one(self._titles.match(terms, rows_in(self.database, "chunks_fts"), most))
        found = [_said(turn, turns[turn.id]) for turn in self._turns(list(turns))]
        found += [_read(one, chunks[one.id]) for one in self._passages(list(chunks))]
        return sorted(found, key=lambda each: -each.score)[:most]

    # --- one entry ------------------------------------------------------------------------------------

    def fact(self, number: int) -> FactDetail:
        """A fact with the turns and passages that say it."""
        fact = self._facts.get(number)
        turns = {turn.id: turn for turn in self._turns([e.turn for e in fact.evidence if e.turn is not None])}
        chunks = {
            one.id: one for one in self._passages([e.chunk for e in fact.evidence if e.chunk is not None])
        }
        sources = []
        for evidence in fact.evidence:
            if evidence.turn is not None:
                turn = turns[evidence.turn]
                place = said_by(turn.side, turn.who)
                sources.append(
                    Source(Entry("turn", turn.id), evidence.quote, turn.text, turn.when, turn.who, place)
                )
            elif evidence.chunk is not None:
                one = chunks[evidence.chunk]
                sources.append(
                    Source(Entry("chunk", one.id), evidence.quote, one.text, one.when, one.author, where(one))
                )
        return FactDetail(fact, tuple(sources))

    def turn(self, number: int) -> TurnDetail:
        """A turn with how it was heard and what is known from it."""
        turns = self._turns([number])
        if not turns:
            raise StoreError(
                f"There is no turn {number}: `companion memory list --turns` shows those there are."
            )
        rows = self.database.read(
            "SELECT answered, words, no_speech, logprob FROM hearings WHERE turn = ?", (number,)
        )
        hearing = Hearing(rows[0][0], tuple(json.loads(rows[0][1])), *rows[0][2:]) if rows else None
        return TurnDetail(turns[0], hearing, tuple(self._facts.of_turn(number)))

    def passage(self, number: int) -> Passage:
        """A passage of the archive."""
        found = self._passages([number])
        if not found:
            raise StoreError(
                f"There is no passage {number} in the archive: `companion archive search` finds them."
            )
        return found[0]

    def person(self, number: int) -> PersonShown:
        """Somebody who is known."""
        rows = self.database.read(f"{_PEOPLE} WHERE id = ?", (number,))
        if not rows:
            raise StoreError(
                f"There is nobody {number}: `companion memory list --people` shows who there is."
            )
        return self._person(rows[0])

    # --- changing and erasing -------------------------------------------------------------------------

    def edit_fact(self, number: int, text: str, now: datetime.datetime) -> int:
        """Put `text` in a fact's place; the one it was stays, succeeded. Returns the new one's number."""
        return self._facts.edit(number, _demand_text(text), now.isoformat())

    def correct_turn(self, number: int, text: str) -> None:
        """Mend what was misheard in a turn; what was known from it is known anew from the words that are
        right."""
        self.turn(number)
        self._forgetting.correct(number, _demand_text(text))
        self._let_go()

    def preview(self, what: Entry | About | Since, now: datetime.datetime) -> Going:
        """What would go, for `forget`. A fact goes without the turns that it comes from; passages of the
        archive go with their documents, so for them `StoreError` says how."""
        if isinstance(what, About):
            return self._forgetting.about(what.words, now.date())
        if isinstance(what, Since):
            return self._forgetting.since(what.moment.isoformat())
        if what.sort == "turn":
            self.turn(what.number)
            return self._forgetting.of([what.number])
        if what.sort == "fact":
            return self._forgetting.fact(what.number)
        if what.sort == "person":
            return self._forgetting.about(self.person(what.number).name, now.date())
        document = self.passage(what.number).document
        raise StoreError(f"That passage is of {document}: `companion archive remove` takes a document out.")

    def forget(self, going: Going) -> None:
        """Erase what `preview` gave, and all that came of it, on disk when this returns. What else holds it
        is for the caller: the copies of the store (`automatic.renew`) and the model's kept conversations."""
        self._forgetting.erase(going)
        self._let_go()

    def _let_go(self) -> None:
        self._words.forget()
        if self._recall is not None:
            self._recall.forget()

    # --- figures --------------------------------------------------------------------------------------

    def stats(self) -> Stats:
        """How much is remembered."""
        turns, chunks = (rows_in(self.database, index) for index in ("turns_fts", "chunks_fts"))
        people, documents, summaries = self.database.read(_COUNTS)[0]
        kinds: dict[str, int] = dict(
            self.database.read(
                "SELECT kind, count(*) FROM facts WHERE successor IS NULL GROUP BY kind ORDER BY kind"
            )
        )
        succeeded = self.database.read("SELECT count(*) FROM facts WHERE successor IS NOT NULL")[0][0]
        without = self.database.read(
            "SELECT (SELECT count(*) FROM turn_vectors), (SELECT count(*) FROM chunk_vectors)"
        )[0]
        path = self.database.path
        disk = sum(
            file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()
        )
        copies = sum(copy.stat().st_size for copy in automatic.taken(path.parent))
        waiting = (max(0, turns - without[0]), max(0, chunks - without[1]))
        tallies = Notebook(self.database).tallies()
        return Stats(
            turns, people, chunks, documents, summaries, succeeded, waiting, disk, copies, kinds, tallies
        )

    def _turns(self, numbers: Sequence[int]) -> list[TurnShown]:
        rows = self.database.read(
            f"SELECT {_TURN} FROM turns t WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id",
            (json.dumps(numbers),),
        )
        return [TurnShown(*row) for row in rows]

    def _passages(self, numbers: Sequence[int]) -> list[Passage]:
        """Those passages, in that order."""
        rows = self.database.read(
            "SELECT c.id, d.path, c.place, c.title, c.author, c.dated, c.text FROM chunks c"
            " JOIN documents d ON d.id = c.document WHERE c.id IN (SELECT value FROM json_each(?))",
            (json.dumps(numbers),),
        )
        there = {row[0]: Passage(*row) for row in rows}
        return [there[number] for number in numbers if number in there]

    def _person(self, row: Row) -> PersonShown:
        names = self.database.read("SELECT name FROM names WHERE person = ? ORDER BY id", (row[0],))
        when = self.database.read("SELECT said_at FROM turns WHERE id = ?", (row[4],))
        number, name, relation, birthday, last = row
        called = tuple(each for (each,) in names)
        return PersonShown(number, name, relation, birthday, called, last, when[0][0] if when else "")


_PEOPLE = (
    "SELECT id, name, relation, birthday, last FROM (SELECT p.id, p.name, p.relation, p.birthday,"
    " coalesce((SELECT max(turn) FROM mentions WHERE person = p.id), 0) AS last FROM people p)"
)

_COUNTS = (
    "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM documents),"
    " (SELECT count(*) FROM summaries WHERE text <> '')"
)


def rows_in(database: Database, index: str) -> int:
    """How many rows a full-text index has. It keeps that number itself, as the first varint of its averages
    record (sqlite.org/fts5.html, "the averages record"); to count a million rows takes 20 ms."""
    rows = database.read(f"SELECT block FROM {index}_data WHERE id = 1")
    number = 0
    for byte in rows[0][0] if rows else b"":
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return number


def _to_one(matches: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Ranks of one table so that the best counts 1, whatever table it is."""
    best = max((score for _, score in matches), default=1.0) or 1.0
    return {number: score / best for number, score in matches}


def said_by(side: str, who: str) -> str:
    """Where a turn stands: whose it is."""
    return f"said by {who}" if who else "said by you" if side == "user" else "said by her"


def where(passage: Passage) -> str:
    """Where a passage stands."""
    return f"{passage.document}, {passage.place}" if passage.place else passage.document


def _said(turn: TurnShown, score: float) -> Found:
    return Found(Entry("turn", turn.id), turn.text, turn.when, said_by(turn.side, turn.who), score)


def _read(passage: Passage, score: float) -> Found:
    return Found(Entry("chunk", passage.id), passage.text, passage.when, where(passage), score)


def _hit(hit: Hit) -> Found:
    document = hit.kind == "document"
    place = hit.place if document else said_by(hit.side, hit.who)
    return Found(Entry("chunk" if document else "turn", hit.id), hit.text, hit.when, place, hit.score)


def _demand_text(text: str) -> str:
    if not text.strip():
        raise StoreError("There are no words in that: write what is right, or forget it.")
    return text.strip()
