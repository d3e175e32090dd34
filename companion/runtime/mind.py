"""What a conversation has of her memory: a note for the words of a turn, and what people ask of it.

It answers in words that are known, with the date, from what is in the store; where there is nothing it says
so, and never lets the model make up a past.
"""

from __future__ import annotations

import datetime
import difflib
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from companion.dialogue import events as e
from companion.dialogue.prompt import Record, Turn
from companion.dialogue.shared_past import asks_about_past
from companion.dialogue.words import bare
from companion.engines import Cancel
from companion.engines.llm import LanguageModel
from companion.memory.archive.sources import Archive
from companion.memory.facts import Evidence, Fact, Facts
from companion.memory.forgetting import Forgetting, Going
from companion.memory.notes import CLEAR, NOTHING, excerpt, note, told
from companion.memory.patterns import propose
from companion.memory.people import People
from companion.memory.proposals import Notebook, Said
from companion.memory.recall import Hit, Recall
from companion.memory.store import Store
from companion.memory.times import said_when, say, spans
from companion.runtime.reflection import Reflection, rest

LOOKED_AT = 12
"""Hits that a note is made of."""

QUIET = 8.0
"""Seconds after which a silence is long enough to think in."""

TOKEN = 3.4
"""Characters of a token of English, a little fewer than there are, so that a note isn't found too long."""

SPOKEN = 3
"""Facts that she tells at once; more is a lecture."""

KEPT = "I'll remember that."
LEFT = "All right, I keep it."
GONE = "It's erased, and so is everything that came of it."
NOTHING_ABOUT = "You haven't told me anything about {about}."
NOT_ALL = (
    "Everything is too much to erase by voice: the command companion memory erase-everything does it, and "
    "asks you first."
)
NOT_FROM_YOU = "I don't have that from anything you told me, so don't rely on it."

_PRONOUN = re.compile(r"\b(she|her|hers|he|him|his|they|them|their)\b", re.IGNORECASE)

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
    upkeep: Callable[[], object] = lambda: None
    """What the store wants done now and then: a copy of it a day."""
    reflection: Reflection = field(init=False)
    _used: list[Hit] = field(default_factory=list)
    _going: Going | None = None
    _writing: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever derives something from what is in the store, and by who erases it there."""

    def __post_init__(self) -> None:
        self.reflection = Reflection(self.store.database, self.llm)

    def catch_up(self, cancel: Cancel) -> None:
        """Give what was said since the last time its vectors, and let patterns go over it: some 20 ms a turn.
        Raises `StoreError`, `EngineError`."""
        with self._writing:
            self.recall.indexing.work_turns(lambda: not cancel.is_set())
            while not cancel.is_set() and self.reflection.patterns(cancel):
                pass

    def think(self, cancel: Cancel) -> None:
        """Catch up at once; then, as long as it stays quiet, let the model find facts and read what the
        archive means, resting half of the time. Raises `StoreError`, `Cancelled`, what a model raises."""
        self.catch_up(cancel)
        rest(QUIET, cancel)
        if not cancel.is_set():
            self.upkeep()
        more = True
        while more and not cancel.is_set():
            began = time.perf_counter()
            with self._writing:
                more = self.recall.indexing.step()
                more = self.reflection.step(cancel) or more
            rest(time.perf_counter() - began, cancel)

    def __call__(
        self, words: str, tokens: int, before: tuple[Turn, ...], cancel: Cancel, *, partial: bool
    ) -> str:
        """The note for a turn's words."""
        now = self.clock().date()
        known = {turn.text for turn in before}
        question = self._with_names(words)
        hits = [
            hit
            for hit in self.recall.search(question, LOOKED_AT, now)
            if hit.near >= CLEAR and hit.text not in known and _worth(hit, words)
        ]
        hits = self._up_to_date(hits)
        text, used = note(hits, bare(words), now, lambda line: len(line) <= tokens * TOKEN, self._cite)
        if text:
            self._used = used
            return text
        if not partial and asks_about_past(words) and not _in_sight(words, before):
            self._used = []
            return NOTHING
        return ""

    def _up_to_date(self, hits: list[Hit]) -> list[Hit]:
        """The hits, each turn that says what has been succeeded since with the turn that says it now before
        it."""
        facts = Facts(self.store.database)
        found: dict[tuple[str, int], Hit] = {}
        for hit in hits:
            for fact in facts.of_turn(hit.id) if hit.kind == "turn" else []:
                newest = facts.history(fact.id)[-1] if fact.successor is not None else fact
                turns = [one.turn for one in newest.evidence if one.turn is not None and one.turn > hit.id]
                for turn in self.store.some(turns[-1:]):
                    newer = replace(hit, id=turn.id, text=turn.text, when=turn.said_at, side=turn.side)
                    found.setdefault(("turn", turn.id), newer)
            found.setdefault((hit.kind, hit.id), hit)
        return list(found.values())

    def _with_names(self, words: str) -> str:
        """The words, with who a "she" or "he" in them is."""
        found = _PRONOUN.search(words)
        if found is None:
            return words
        people = People(self.store.database)
        if people.named_in(words):
            return words
        one = people.meant(found[1].casefold(), 2**62)
        return f"{words} ({one.name})" if one is not None else words

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

    # --- keeping and putting right --------------------------------------------------------------------

    def _keep(self, wish: _Wish) -> e.Answered:
        asking = self.store.number("user", wish.turn)
        if not wish.about:
            said = wish.record.before_last_said().last_said()
            wish = _Wish(said, "", wish.turn, wish.record)
        if not wish.about or asking is None:
            return e.Answered(passes=True)
        notebook = Notebook(self.store.database)
        when = self.clock()
        found = propose(wish.about)
        said_now = Said(wish.about, when.isoformat(), turn=asking)
        if not (found and notebook.take(said_now, found, "asked")):
            Facts(self.store.database).note(
                "you", _capital(wish.about), "event", Evidence(wish.about, turn=asking), how="asked",
                noted_at=when.isoformat(), certainty=1.0,
            )  # fmt: skip
        return e.Answered(KEPT)

    def _wrong(self, wish: _Wish) -> e.Answered:
        if not wish.about:
            return e.Answered("What is right, then?")
        facts = Facts(self.store.database)
        wrong = self._meant(wish, facts)
        now = self.clock()
        if wrong is None:
            return e.Answered(passes=True)
        right = mended(wrong.statement, wish.about, now.date())
        number = facts.edit(wrong.id, right, now.isoformat())
        asking = self.store.number("user", wish.turn)
        if asking is not None:
            facts.rest_on(number, Evidence(wish.about, turn=asking))
        return e.Answered(f"Thank you, I've put that right: {excerpt(right, ())}")

    def _meant(self, wish: _Wish, facts: Facts) -> Fact | None:
        """The fact that is wrong: one that the last answers rest on, or that says what was just said."""
        ids = [hit.id for hit in self._used if hit.kind == "turn"]
        ids += [one for turn in wish.record.turns[-5:] if (one := self._id(turn)) is not None]
        candidates = {fact.id: fact for one in ids for fact in facts.of_turn(one) if fact.successor is None}
        heard = " ".join(turn.text for turn in wish.record.turns[-3:-1])
        return max(
            candidates.values(), key=lambda fact: _likeness(fact.statement, heard, wish.about), default=None
        )

    def _misheard(self, wish: _Wish) -> e.Answered:
        before = wish.record.before_last_said()
        said = next((turn for turn in reversed(before.turns) if turn.side == "user" and turn.text), None)
        number = self._id(said) if said is not None else None
        if said is None or number is None or not wish.about:
            return e.Answered(passes=True)
        text = replaced(said.text, wish.about, wish.instead_of)
        with self._writing:
            Forgetting(self.store.database).correct(number, text)
        return e.Answered(
            f"{_capital(wish.about)}. Thank you, I've corrected that.",
            corrected=((said.side, said.number, text),),
        )

    # --- forgetting -----------------------------------------------------------------------------------

    def _read_back(self, wish: _Wish) -> e.Answered:
        if wish.about.casefold() in ("everything", "all", "it all"):
            return e.Answered(NOT_ALL)
        forgetting = Forgetting(self.store.database)
        own = self._request(wish)
        if wish.about:
            going = forgetting.about(wish.about, self.clock().date(), but=own)
        else:
            going = forgetting.of(self._just_said(wish) - own)
        if not going:
            return e.Answered(
                f"I have nothing about {wish.about}." if wish.about else "There is nothing to forget."
            )
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
        self.renewed()
        return e.Answered(GONE, erased=gone)

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

    def _cite(self, hit: Hit) -> str:
        """Where a passage of the archive stands, as she says it."""
        return self.archive.cite(hit.id, self.archive.me(), self.clock().date()) or f"in {hit.place}"

    def _id(self, turn: Turn) -> int | None:
        if turn.number < 0:
            return self.store.earlier_number(turn.number)
        return self.store.number(turn.side, turn.number)

    # --- answering ------------------------------------------------------------------------------------

    def _about(self, wish: _Wish) -> e.Answered:
        now = self.clock().date()
        facts = self._facts_about(wish.about)
        if facts:
            more = len(facts) - SPOKEN
            tail = f" And {more} more: companion memory search shows them." if more > 0 else ""
            return e.Answered(" ".join(told(fact, now) for fact in facts[:SPOKEN]) + tail)
        own = self._request(wish)
        hits = [hit for hit in self._about_turns(wish.about) if hit.id not in own]
        if hits:
            self._used = hits[:SPOKEN]
            return e.Answered(" ".join(_quoted(hit, bare(wish.about), now) for hit in hits[:SPOKEN]))
        if _personal(wish.about) or _named(wish.about):
            return e.Answered(NOTHING_ABOUT.format(about=_to_you(wish.about)))
        return e.Answered(passes=True)

    def _facts_about(self, about: str) -> list[Fact]:
        facts, people = Facts(self.store.database), People(self.store.database)
        if about.casefold() in ("me", "myself"):
            return facts.of("you")
        one = people.find(about) or people.related(about.casefold().removeprefix("my "))
        found = facts.of(one.name) if one is not None else []
        return found or facts.search(about.casefold().removeprefix("my "))

    def _about_turns(self, about: str) -> list[Hit]:
        hits = self.recall.search(about, LOOKED_AT, self.clock().date())
        return [hit for hit in hits if hit.near >= CLEAR and hit.side != "companion"]

    def _last(self, wish: _Wish) -> e.Answered:
        going = Forgetting(self.store.database).about(
            wish.about, self.clock().date(), but=self._request(wish)
        )
        turns = [turn for turn in self.store.some(going.turns) if turn.side == "user"]
        if not turns:
            return e.Answered(f"I don't remember you talking about {_to_you(wish.about)}.")
        last = turns[-1]
        day = say(said_when(last.said_at), self.clock().date())
        return e.Answered(f'That was {day}. You said: "{excerpt(last.text, bare(wish.about))}"')

    def _source(self, wish: _Wish) -> e.Answered:
        now = self.clock().date()
        if not self._used:
            return e.Answered(NOT_FROM_YOU)
        hit = self._used[0]
        if hit.kind == "document":
            return e.Answered(f'It stands {self._cite(hit)}: "{excerpt(hit.text, ())}"')
        return e.Answered(_quoted(hit, (), now))


@dataclass(frozen=True, slots=True)
class _Wish:
    about: str
    instead_of: str
    turn: int
    record: Record


def read_back(going: Going, now: datetime.date) -> str:
    """What would go, and the question whether it is to."""
    said = [f'"{excerpt(quote, (), 80)}"' for quote in going.quotes]
    what = f"{len(going.turns)} turn{'s' * (len(going.turns) != 1)}"
    if going.facts:
        what += f" and {len(going.facts)} thing{'s' * (len(going.facts) != 1)} I know from them"
    when = ""
    if going.first:
        first, last = (said_when(moment) for moment in (going.first, going.last))
        when = f", {say(first, now)}" if first == last else f", from {say(first, now)} to {say(last, now)}"
    archive = " It also stands in your archive, where it stays." if going.archived else ""
    quotes = f": {', '.join(said)}" if said else ""
    return f"That would erase {what}{when}{quotes}.{archive} Shall I erase it?"


def mended(statement: str, correction: str, now: datetime.date) -> str:
    """A statement with what the correction puts right: the time of one for the time of the other, a name for
    a name; else the correction itself."""
    new, old = spans(correction, now), spans(statement, now)
    if new and old:
        return statement.replace(old[0].words, new[0].words, 1)
    names = re.findall(r"\b[A-Z][\w'-]+", correction)
    there = [name for name in re.findall(r"(?<!^)\b[A-Z][\w'-]+", statement) if name not in ("I", "You")]
    if names and there and len(correction.split()) <= 4:
        return statement.replace(there[-1], names[-1], 1)
    return _capital(correction)


def replaced(text: str, right: str, wrong: str = "") -> str:
    """A text with `right` in the place of what was heard in its stead: `wrong` where that is named, else the
    words that sound most like it."""
    if wrong and wrong.casefold() in text.casefold():
        at = text.casefold().index(wrong.casefold())
        return f"{text[:at]}{right}{text[at + len(wrong) :]}"
    words = list(re.finditer(r"[\w'’-]+", text))
    length = len(right.split())
    stretches = [(words[i].start(), words[i + length - 1].end()) for i in range(len(words) - length + 1)]
    if not stretches:
        return right
    start, end = max(
        stretches,
        key=lambda s: difflib.SequenceMatcher(None, text[s[0] : s[1]].casefold(), right.casefold()).ratio(),
    )
    return f"{text[:start]}{right}{text[end:]}"


def _quoted(hit: Hit, words: Sequence[str], now: datetime.date) -> str:
    who = hit.who or ("you" if hit.side == "user" else "I")
    return f'{_capital(say(said_when(hit.when), now))} {who} said: "{excerpt(hit.text, words)}"'


def _worth(hit: Hit, words: str) -> bool:
    """What she said herself is no source, unless that is what is asked for."""
    return (
        hit.side != "companion"
        or re.search(r"\byou\b.*\b(?:say|said|tell|told)\b", words.casefold()) is not None
    )


def _in_sight(words: str, before: Sequence[Turn]) -> bool:
    """Whether the conversation that the model has before it tells something of the words."""
    asked = {word for word in bare(words) if len(word) > 3}
    said = {word for turn in before if turn.side == "user" for word in bare(turn.text)}
    return bool(asked & said)


def _likeness(statement: str, heard: str, correction: str) -> float:
    words = set(bare(statement))
    return len(words & set(bare(heard))) + 0.5 * len(words & set(bare(correction)))


def _personal(about: str) -> bool:
    return re.match(r"(?:my|our|me|us)\b", about.casefold()) is not None


def _named(about: str) -> bool:
    """Whether it is somebody or something with a name of its own."""
    return all(word[:1].isupper() for word in about.split())


def _to_you(about: str) -> str:
    return re.sub(r"^(?:my|our)\b", "your", re.sub(r"^me\b", "you", about, flags=re.I), flags=re.I)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
