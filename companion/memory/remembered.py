"""What she remembers, as a person sees it: lists, search, evidence, and the calls that change or erase it.

Lists come a page at a time, from a key on and never from an offset, so that the last page of a million turns
costs what the first does. Every call that reads takes at most 20 ms there.
"""

from __future__ import annotations

import datetime
import json

from companion.errors import StoreError
from companion.memory.database import Database
from companion.memory.facts import Fact, Facts, Filters
from companion.memory.forgetting import Forgetting, Going
from companion.memory.recall import Recall
from companion.memory.remembered_rows import (
    figures,
    passages_of,
    people_before,
    person_of,
    turns_before,
    turns_of,
)
from companion.memory.remembered_search import FIRST, Searching
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
    said_by,
    where,
)

EVERY = Filters()
"""All facts that hold."""

PAGE = 50
"""Entries of a page, unless another number is asked for."""


class Remembered:
    """The memory of one home. Raises `StoreError` as `Database` does, and for an entry that isn't there.

    `recall` finds by meaning, too; without it words alone are looked for. One thread at a time.
    """

    def __init__(self, database: Database, recall: Recall | None = None) -> None:
        self.database = database
        self._facts, self._forgetting = Facts(database), Forgetting(database)
        self._searching = Searching(database, recall)

    # --- lists ----------------------------------------------------------------------------------------

    def turns(self, before: int | None = None, most: int = PAGE, text: str = "") -> list[TurnShown]:
        """Up to `most` turns, the newest first, from below the number `before` on (None: from the newest);
        with `text` those in which all its words stand, the last as far as it is typed."""
        below = before or FIRST
        if text.strip():
            return self._searching.turns(text, below, most)
        return turns_before(self.database, below, most)

    def facts(self, before: int | None = None, most: int = PAGE, filters: Filters = EVERY) -> list[Fact]:
        """Up to `most` facts, the newest first, from below the number `before` on (None: from the newest)."""
        return self._facts.page(before or 0, most, filters)

    def people(self, before: tuple[int, int] | None = None, most: int = PAGE) -> list[PersonShown]:
        """Up to `most` people, who was spoken of last first, from behind `before` on: `last` and `id` of the
        last one of the page before (None: from the first)."""
        return people_before(self.database, before or (FIRST, FIRST), most)

    def timeline(self, fact: int) -> list[Fact]:
        """A fact with all that it succeeded and all that succeeded it, the oldest first; each with the moment
        it was said and the days it held."""
        return self._facts.history(fact)

    # --- search ---------------------------------------------------------------------------------------

    def typed(self, text: str, most: int = PAGE) -> list[Found]:
        """What has all the words of `text`, the last as far as it is typed: turns and passages, the newest of
        each first. For every keystroke."""
        return self._searching.typed(text, most)

    def search(self, text: str, most: int, now: datetime.datetime) -> list[Found]:
        """The best for a question, best first: by words and by meaning, or by words alone where there is no
        `recall`. Raises `EngineError` as well."""
        return self._searching.found(text, most, now.date())

    # --- one entry ------------------------------------------------------------------------------------

    def fact(self, number: int) -> FactDetail:
        """A fact with the turns and passages that say it."""
        fact = self._facts.get(number)
        turns = turns_of(self.database, [each.turn for each in fact.evidence if each.turn is not None])
        chunks = passages_of(self.database, [each.chunk for each in fact.evidence if each.chunk is not None])
        said = {turn.id: turn for turn in turns}
        read = {one.id: one for one in chunks}
        sources = []
        for each in fact.evidence:
            if each.turn is not None:
                sources.append(_said(said[each.turn], each.quote))
            elif each.chunk is not None:
                sources.append(_read(read[each.chunk], each.quote))
        return FactDetail(fact, tuple(sources))

    def turn(self, number: int) -> TurnDetail:
        """A turn with how it was heard and what is known from it."""
        turns = turns_of(self.database, [number])
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
        found = passages_of(self.database, [number])
        if not found:
            raise StoreError(
                f"There is no passage {number} in the archive: `companion archive search` finds them."
            )
        return found[0]

    def person(self, number: int) -> PersonShown:
        """Somebody who is known."""
        found = person_of(self.database, number)
        if found is None:
            raise StoreError(
                f"There is nobody {number}: `companion memory list --people` shows who there is."
            )
        return found

    # --- changing and erasing -------------------------------------------------------------------------

    def edit_fact(self, number: int, text: str, now: datetime.datetime) -> int:
        """Put `text` in a fact's place; the one it was stays, succeeded. Returns the new one's number."""
        return self._facts.edit(number, _demand_text(text), now.isoformat())

    def correct_turn(self, number: int, text: str) -> None:
        """Mend what was misheard in a turn; what was known from it is known anew from the words that are
        right."""
        if self.turn(number).turn.side != "user":
            raise StoreError(f"Turn {number} is what she said herself: it can be forgotten, not corrected.")
        self._forgetting.correct(number, _demand_text(text))
        self._searching.forget()

    def preview(self, what: Entry | About | Since, now: datetime.datetime) -> Going:
        """What would go, for `forget`. A fact goes without the turns that it comes from; passages of the
        archive go with their documents, so for them `StoreError` says how."""
        if isinstance(what, About):
            return self._forgetting.about(what.words, now)
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
        self._searching.forget()

    # --- figures --------------------------------------------------------------------------------------

    def stats(self) -> Stats:
        """How much is remembered."""
        return figures(self.database)


def _said(turn: TurnShown, quote: str) -> Source:
    place = said_by(turn.side, turn.who)
    return Source(Entry("turn", turn.id), quote, turn.text, turn.when, turn.who, place)


def _read(passage: Passage, quote: str) -> Source:
    entry = Entry("chunk", passage.id)
    return Source(entry, quote, passage.text, passage.when, passage.author, where(passage))


def _demand_text(text: str) -> str:
    if not text.strip():
        raise StoreError("There are no words in that: write what is right, or forget it.")
    return text.strip()
