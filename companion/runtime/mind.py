"""What a conversation has of her memory: a note for the words of a turn, and what people ask of it.

It answers in words that are known, with the date, from what is in the store; where there is nothing it says
so, and never lets the model make up a past.
"""

from __future__ import annotations

import datetime
import re
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from companion.dialogue import events as e
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.remembering import WHAT_IS_RIGHT, understand
from companion.dialogue.shared_past import asks_about_past
from companion.dialogue.words import bare
from companion.engines import Cancel
from companion.engines.llm import LanguageModel
from companion.errors import CompanionError
from companion.memory.archive.sources import Archive
from companion.memory.facts import Evidence, Fact, Facts
from companion.memory.forgetting import Forgetting, Going
from companion.memory.notes import CLEAR, NOTHING, SOFT, excerpt, note, told
from companion.memory.patterns import propose
from companion.memory.people import YOU, People
from companion.memory.proposals import Notebook, Said
from companion.memory.recall import Hit, Recall
from companion.memory.store import Store
from companion.memory.times import said_when, say, spans
from companion.runtime.corrections import content, mended, replaced, shared
from companion.runtime.reflection import Reflection, rest
from companion.runtime.telling import (
    GONE,
    KEPT,
    LEFT,
    NOT_ALL,
    NOT_FROM_YOU,
    WHICH_WORD,
    capital,
    nothing_about,
    nothing_to_forget,
    quoted,
    read_back,
    still_held,
    to_you,
)

LOOKED_AT = 16
"""Hits that a note is made of."""

QUIET = 8.0
"""Seconds after which a silence is long enough to think in."""

TOKEN = 3.4
"""Characters of a token of English, a little fewer than there are, so that a note isn't found too long."""

SPOKEN = 3
"""Facts that she tells at once; more is a lecture."""

COVERED = 0.8
"""How much of what is to be remembered the facts found in it must say, for it not to be kept as it stands."""

MEANT = 0.5
"""How much of a fact must have been said just now for it to be the one that is wrong."""

ANOTHERS = 0.05
"""How much nearer another's words are where a question is asked of the wrong one: so are a third of LoCoMo's
questions of that kind, and 5% of the others."""

MISHEARD_WITHIN = 4
"""Turns of the user's, the last, in which a word may have been misheard."""

_PRONOUN = re.compile(r"\b(?:she|her|hers|he|him|his)\b", re.IGNORECASE)
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)?\b")

Clock = Callable[[], datetime.datetime]


def now_here() -> datetime.datetime:
    """This moment, with this machine's zone."""
    return datetime.datetime.now().astimezone()


@dataclass(slots=True)
class Mind:
    """Implements `Recall` and `Memory` of a conversation over one store. `renewed` is told when something was
    erased, and renews the copies of the store."""

    store: Store
    recall: Recall
    archive: Archive
    renewed: Callable[[], object] = lambda: None
    clock: Clock = now_here
    llm: Callable[[], LanguageModel] | None = None
    """The language model with a context of its own, to think with; None: patterns alone know facts."""
    set_aside: Callable[[], list[Path]] = list
    """The homes that were set aside when another was brought back, which forgetting doesn't reach."""
    upkeep: Callable[[], object] = lambda: None
    """What the store wants done now and then: a copy of it a day."""
    reflection: Reflection = field(init=False)
    _used: list[Hit] = field(default_factory=list)
    _going: Going | None = None
    _writing: threading.Lock = field(init=False)
    """Held by whoever derives something from what is in the store, and by who erases it there."""

    def __post_init__(self) -> None:
        self.reflection = Reflection(self.store.database, self.llm)
        self._writing = self.store.writing

    def catch_up(self, cancel: Cancel, *, older: bool = True) -> None:
        """Give what was said since the last time its vectors, and let patterns go over it: some 20 ms a turn.
        Without `older` turns: what was said in this session. Raises `StoreError`, `EngineError`."""
        first = 1 if older else self.store.begins()
        self.recall.indexing.work_turns(lambda: not cancel.is_set(), self._writing, first)
        more = True
        while more and not cancel.is_set():
            with self._writing:
                more = self.reflection.patterns(cancel, first)

    def think(self, cancel: Cancel) -> None:
        """Catch up with this session at once; then, as long as it stays quiet, take up what is older, let the
        model find facts and read what the archive means, resting half of the time. Raises `StoreError`,
        `Cancelled`, what a model raises."""
        self.catch_up(cancel, older=False)
        rest(QUIET, cancel)
        if not cancel.is_set():
            self.upkeep()
        more = True
        while more and not cancel.is_set():
            began = time.perf_counter()
            more = self.recall.indexing.step(lambda: not cancel.is_set(), self._writing)
            with self._writing:
                more = self.reflection.step(cancel) or more
            rest(time.perf_counter() - began, cancel)

    # --- the note before the words --------------------------------------------------------------------

    def __call__(
        self, words: str, tokens: int, before: tuple[Turn, ...], cancel: Cancel, *, partial: bool
    ) -> str:
        """The note for a turn's words. A wish of memory has none: memory does it."""
        if understand(words) is not None:
            return ""
        seen = {turn.text for turn in before}
        named = self.recall.turns.named(words)
        found = self.recall.search(self._with_names(words, before), LOOKED_AT, self.clock().date())
        # What is typed is in the store by now.
        told = [hit for hit in found if hit.text != words and _tells(hit, words)]
        of_them, doubted = _of(told, named)
        if doubted:
            self._used = []
            return "" if partial else NOTHING
        clear = self._up_to_date([hit for hit in of_them if hit.near >= CLEAR and hit.text not in seen])
        text, used = self._note(clear, words, tokens)
        if text or partial or not (named or asks_about_past(words)):
            self._used = used if text or not partial else self._used
            return text
        self._used = []
        if clear or any(hit.text in seen and hit.near >= SOFT for hit in told):
            return ""  # there is no room for it, or the model has it before it
        return NOTHING

    def _note(self, hits: list[Hit], words: str, tokens: int) -> tuple[str, list[Hit]]:
        asked = [word for word in bare(words) if word in content_words(words)]
        longest = tokens * TOKEN
        mine = self._speakers()
        hits = [replace(hit, who="") if hit.who in mine else hit for hit in hits]
        return note(hits, asked, self.clock().date(), lambda line: len(line) <= longest, self._cite)

    def _speakers(self) -> Collection[str]:
        """The names of the one who lives here, as far as it can be told: whoever alone has ever spoken."""
        rows = self.store.database.read("SELECT DISTINCT who FROM turns WHERE who <> '' LIMIT 3")
        return {"me", *(row[0] for row in rows)} if len(rows) == 1 else {"me"}

    def _up_to_date(self, hits: list[Hit]) -> list[Hit]:
        """The hits, each turn that says what has been succeeded since with the turn that says it now before
        it."""
        facts = Facts(self.store.database)
        found: dict[tuple[str, int], Hit] = {}
        for hit in hits:
            for fact in facts.of_turn(hit.id) if hit.kind == "turn" else []:
                newest = facts.history(fact.id)[-1] if fact.successor is not None else fact
                for turn in self.store.some(self._later(newest, hit.id)):
                    newer = replace(hit, id=turn.id, text=turn.text, when=turn.said_at, who=turn.who)
                    found.setdefault(("turn", turn.id), newer)
            found.setdefault((hit.kind, hit.id), hit)
        return list(found.values())

    @staticmethod
    def _later(fact: Fact, turn: int) -> list[int]:
        """The last turn that says a fact, where that is behind another turn."""
        turns = [one.turn for one in fact.evidence if one.turn is not None and one.turn > turn]
        return turns[-1:]

    def _with_names(self, words: str, before: tuple[Turn, ...]) -> str:
        """The words, with who a "she" or "he" in them is: whoever was named last in the conversation, else
        whoever was spoken of last."""
        found = _PRONOUN.search(words)
        if found is None or _NAMED.search(words):
            return words
        for turn in reversed(before):
            if turn.side == "user" and (names := _NAMED.findall(turn.text)):
                return f"{words} ({names[-1]})"
        one = People(self.store.database).meant(found[0].casefold(), 2**62)
        return f"{words} ({one.name})" if one is not None else words

    # --- what is asked of memory ----------------------------------------------------------------------

    def asked(
        self, ask: e.Ask, about: str, instead_of: str, turn: int, record: Record, cancel: Cancel
    ) -> e.Answered:
        """Do what is asked of memory."""
        wish = _Wish(about.strip(), instead_of.strip(), turn, record)
        done = {
            e.Ask.KEEP: self._keep,
            e.Ask.WRONG: self._wrong,
            e.Ask.MISHEARD: self._misheard,
            e.Ask.FORGET: self._read_back,
            e.Ask.YES: self._erase,
            e.Ask.NO: self._leave,
            e.Ask.ABOUT: self._about,
            e.Ask.LAST: self._last,
            e.Ask.SOURCE: self._source,
        }.get(ask)
        return done(wish) if done else e.Answered(passes=True)

    def _keep(self, wish: _Wish) -> e.Answered:
        """Keep it as facts, and word for word where these don't say all of it."""
        text, turn = wish.about, self.store.number("user", wish.turn)
        if not text:
            said = self._last_said(wish)
            text, turn = (said.text, self._id(said)) if said is not None else ("", None)
        if not text or turn is None:
            return e.Answered(passes=True)
        when = self.clock().isoformat()
        kept = Notebook(self.store.database).take(Said(text, when, turn=turn), propose(text), "asked")
        facts = Facts(self.store.database)
        said_by_them = " ".join(facts.get(number).statement for number in kept)
        if shared(text, said_by_them) < COVERED:
            facts.note(
                YOU, capital(text), "event", Evidence(text, turn=turn), how="asked", noted_at=when,
                certainty=1.0,
            )  # fmt: skip
        return e.Answered(KEPT)

    def _wrong(self, wish: _Wish) -> e.Answered:
        if not wish.about:
            return e.Answered(WHAT_IS_RIGHT)
        facts, now = Facts(self.store.database), self.clock()
        wrong = self._meant(wish, facts)
        if wrong is None:
            return self._keep(wish) if propose(wish.about) else e.Answered(passes=True)
        right = self._right(wrong.statement, wish)
        number = facts.edit(wrong.id, right, now.isoformat())
        if (days := spans(wish.about, now.date())) and (wrong.valid_from or wrong.valid_until):
            facts.date(number, days[0].start.isoformat(), days[0].end.isoformat())
        self._call_rightly(wrong, right)
        asking = self.store.number("user", wish.turn)
        if asking is not None:
            facts.rest_on(number, Evidence(wish.about, turn=asking))
        return e.Answered(f"Thank you, I've put that right: {excerpt(right, ())}")

    def _right(self, statement: str, wish: _Wish) -> str:
        """A statement as it is right."""
        bare_word = wish.instead_of and len(wish.about.split()) <= 2
        text = replaced(statement, wish.about, wish.instead_of) if bare_word else None
        return mended(statement, wish.about, self.clock().date()) if text is None else text

    def _call_rightly(self, wrong: Fact, right: str) -> None:
        """Where a person's name was wrong, they have the right one."""
        people = People(self.store.database)
        old, new = _NAMED.findall(wrong.statement), _NAMED.findall(right)
        gone, come = [n for n in old if n not in new], [n for n in new if n not in old]
        if wrong.slot.endswith(".name") and gone and come and (one := people.find(gone[0])) is not None:
            people.rename(one.id, come[0], mended=True)

    def _meant(self, wish: _Wish, facts: Facts) -> Fact | None:
        """The fact that is wrong: the one that was spoken of just now, or that the correction names."""
        heard = _last_exchange(wish.record)
        ids = [hit.id for hit in self._used if hit.kind == "turn"]
        ids += [one for turn in wish.record.turns if (one := self._id(turn)) is not None]
        found = {fact.id: fact for one in ids for fact in facts.of_turn(one)}
        for word in sorted(content(wish.about), key=len)[-3:]:
            found |= {fact.id: fact for fact in facts.search(word)}
        current = [fact for fact in found.values() if fact.successor is None]
        scored = {fact.id: shared(fact.statement, f"{heard} {wish.about}") for fact in current}
        best = max(current, key=lambda fact: scored[fact.id], default=None)
        return best if best is not None and scored[best.id] >= MEANT else None

    def _misheard(self, wish: _Wish) -> e.Answered:
        if not wish.about:
            return e.Answered(WHICH_WORD)
        before = [t for t in wish.record.before_last_said().turns if t.side == "user" and t.text]
        for said in before[::-1][:MISHEARD_WITHIN]:
            text, number = replaced(said.text, wish.about, wish.instead_of), self._id(said)
            if text is not None and number is not None:
                return self._corrected(said, number, text, wish.about)
        return e.Answered(WHICH_WORD)

    def _corrected(self, said: Turn, number: int, text: str, right: str) -> e.Answered:
        with self._writing:
            Forgetting(self.store.database).correct(number, text)
        thanks = f"{capital(right)}. Thank you, I've corrected that.{self._renew()}"
        return e.Answered(thanks, corrected=((said.side, said.number, text),))

    def _renew(self) -> str:
        """Renew the copies of the store; what is to be told of it."""
        try:
            self.renewed()
        except CompanionError as error:
            return f" The copies of it are still to go: {error}"
        return ""

    # --- forgetting -----------------------------------------------------------------------------------

    def _read_back(self, wish: _Wish) -> e.Answered:
        if wish.about.casefold() in ("everything", "all", "it all"):
            return e.Answered(NOT_ALL)
        forgetting = Forgetting(self.store.database)
        own = self._request(wish)
        if wish.about:
            going = forgetting.about(wish.about, self.clock(), but=own)
        else:
            going = forgetting.of(self._just_said(wish) - own)
        if not going:
            return e.Answered(nothing_to_forget(wish.about, going, self.clock()))
        self._going = going
        return e.Answered(read_back(going, self.clock().date()), confirm=True)

    def _erase(self, wish: _Wish) -> e.Answered:
        going, self._going = self._going, None
        if going is None:
            return e.Answered(passes=True)
        forgetting = Forgetting(self.store.database)
        asked = self._request(wish) | self._since_request(wish)
        whole = forgetting.of({*going.turns, *asked})
        gone = frozenset(
            (turn.side, turn.number) for turn in wish.record.turns if self._id(turn) in {*whole.turns}
        )
        with self._writing:
            forgetting.erase(Going(whole.turns, tuple(sorted({*whole.facts, *going.facts}))))
            self.recall.forget()
        self._used = []
        return e.Answered(f"{GONE}{self._renew()}{still_held(self.set_aside())}", erased=gone)

    def _leave(self, wish: _Wish) -> e.Answered:
        self._going = None
        return e.Answered(LEFT)

    def _request(self, wish: _Wish) -> set[int]:
        """The turn that asks: it names what is to go, so it goes with it."""
        number = self.store.number("user", wish.turn)
        return {number} if number is not None else set()

    def _since_request(self, wish: _Wish) -> set[int]:
        """What was asked to be forgotten, and what she read back."""
        turns = [turn for turn in wish.record.turns if turn.text]
        behind = turns[-3:-1] if len(turns) > 2 else []
        return {one for turn in behind if (one := self._id(turn)) is not None}

    def _just_said(self, wish: _Wish) -> set[int]:
        """The last exchange before the request."""
        turns = [turn for turn in wish.record.before_last_said().turns if turn.text]
        last = max((at for at, turn in enumerate(turns) if turn.side == "user"), default=len(turns))
        return {one for turn in turns[last:] if (one := self._id(turn)) is not None}

    def _last_said(self, wish: _Wish) -> Turn | None:
        """What the user said before the wish."""
        turns = wish.record.before_last_said().turns
        return next((turn for turn in reversed(turns) if turn.side == "user" and turn.text), None)

    def _id(self, turn: Turn) -> int | None:
        if turn.number < 0:
            return self.store.earlier_number(turn.number)
        return self.store.number(turn.side, turn.number)

    # --- answering ------------------------------------------------------------------------------------

    def _about(self, wish: _Wish) -> e.Answered:
        now = self.clock().date()
        facts = self._facts_about(wish)
        if facts:
            self._used = self._sources(facts[:SPOKEN])
            more = len(facts) - SPOKEN
            tail = f" I know {more} thing{'s' * (more != 1)} more." if more > 0 else ""
            return e.Answered(" ".join(told(fact, now) for fact in facts[:SPOKEN]) + tail)
        own = self._request(wish)
        hits = [hit for hit in self._about_turns(wish.about) if hit.id not in own][:SPOKEN]
        if hits:
            self._used = hits
            return e.Answered(" ".join(self._told(hit, wish.about) for hit in hits))
        if _personal(wish.about) or _named(wish.about):
            return e.Answered(nothing_about(wish.about))
        return e.Answered(passes=True)

    def _told(self, hit: Hit, about: str) -> str:
        """One thing that was said or read, with when and where."""
        if hit.kind == "document":
            return f'{capital(self._cite(hit))} it says: "{excerpt(hit.text, sorted(content_words(about)))}"'
        who = "you" if hit.who in ("", *self._speakers()) else hit.who
        return quoted(hit, sorted(content_words(about)), self.clock().date(), who)

    def _facts_about(self, wish: _Wish) -> list[Fact]:
        facts, people = Facts(self.store.database), People(self.store.database)
        about = wish.about.casefold()
        if about in ("me", "myself", "us"):
            return facts.of(self._asker(wish)) or facts.of(YOU)
        one = people.find(wish.about) or people.related(about.removeprefix("my "))
        found = facts.of(one.name) if one is not None else []
        searched = [
            fact
            for fact in facts.search(about.removeprefix("my "))
            if fact.successor is None and content(about) & content(f"{fact.subject} {fact.statement}")
        ]
        return [*found, *(fact for fact in searched if fact.id not in {one.id for one in found})]

    def _asker(self, wish: _Wish) -> str:
        """Whose facts "me" means."""
        number = self.store.number("user", wish.turn)
        who = [turn.who for turn in self.store.some([number] if number is not None else [])]
        return People(self.store.database).speaker(who[0]).name if who and who[0] else YOU

    def _sources(self, facts: list[Fact]) -> list[Hit]:
        """The turns that facts come from, as if they had been found."""
        ids = [one.turn for fact in facts for one in fact.evidence[-1:] if one.turn is not None]
        return [
            Hit("turn", turn.id, turn.text, turn.said_at, turn.who, turn.side, "", 1.0, 1.0)
            for turn in self.store.some(ids)
        ]

    def _about_turns(self, about: str) -> list[Hit]:
        hits = self.recall.search(about, LOOKED_AT, self.clock().date())
        return [hit for hit in hits if hit.near >= CLEAR and hit.side != "companion" and _tells(hit, about)]

    def _last(self, wish: _Wish) -> e.Answered:
        spoken = Forgetting(self.store.database).speaking_of(
            wish.about, self.clock(), but=self._request(wish)
        )
        turns = [t for t in self.store.some(spoken) if t.side == "user" and understand(t.text) is None]
        if not turns:
            return e.Answered(f"I don't remember you talking about {to_you(wish.about)}.")
        turns = [t for t in turns if not t.text.rstrip().endswith("?")] or turns
        day = say(said_when(turns[-1].said_at), self.clock().date())
        return e.Answered(f'That was {day}. You said: "{excerpt(turns[-1].text, bare(wish.about))}"')

    def _source(self, wish: _Wish) -> e.Answered:
        if not self._used:
            return e.Answered(NOT_FROM_YOU)
        return e.Answered(self._told(self._used[0], ""))

    def _cite(self, hit: Hit) -> str:
        """Where a passage of the archive stands, as she says it."""
        return self.archive.cite(hit.id, self.archive.me(), self.clock().date()) or "in your archive"


@dataclass(frozen=True, slots=True)
class _Wish:
    about: str
    instead_of: str
    turn: int
    record: Record


def _last_exchange(record: Record) -> str:
    """What was said last by both before what was asked of memory."""
    turns = [turn for turn in record.turns[:-1] if turn.text]
    while len(turns) > 2 and turns[-1].side == "companion" and understand(turns[-2].text) is not None:
        turns = turns[:-2]
    return " ".join(turn.text for turn in turns[-2:])


def content_words(text: str) -> set[str]:
    """The words of a text that say something, as they stand there in lower case."""
    return {word for word in bare(text) if content(word)}


def _tells(hit: Hit, words: str) -> bool:
    """Whether a hit can tell anything: no question that was asked, no wish of memory; what she said herself
    is no source, unless that is what is asked for."""
    if hit.kind == "document":
        return True
    if hit.side == "companion":
        return re.search(r"\byou\b.*\b(?:say|said|tell|told)\b", words.casefold()) is not None
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", hit.text.strip()) if each]
    if all(each.endswith("?") for each in sentences):
        return False
    wish = understand(hit.text)
    return wish is None or wish.ask is e.Ask.KEEP


def _of(hits: list[Hit], named: Collection[str]) -> tuple[list[Hit], bool]:
    """Of a question that names one of those who speak with her: the hits that are theirs or speak of them,
    and whether another's tell it better, so that it may be the other's story."""
    if len(named) != 1:
        return hits, False
    (name,) = named
    theirs = [hit for hit in hits if hit.kind == "document" or hit.who == name or name in hit.text]
    best = max((hit.near for hit in theirs if hit.who == name), default=0.0)
    others = max((hit.near for hit in hits if hit.who != name), default=0.0)
    return theirs, others - best > ANOTHERS


def _personal(about: str) -> bool:
    return re.match(r"(?:my|our|me|us)\b", about.casefold()) is not None


def _named(about: str) -> bool:
    """Whether it is somebody or something with a name of its own."""
    return bool(about) and all(word[:1].isupper() for word in about.split())
