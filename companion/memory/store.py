"""What was said, verbatim, on disk before anything answers it; and whose voice it was in."""

from __future__ import annotations

import datetime
import itertools
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from companion.memory.database import Database, listed
from companion.memory.facts import Facts
from companion.memory.relearning import say_otherwise


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as the store has it; `said_at` is ISO 8601 with zone, `interrupted` 0 or 1."""

    id: int
    session: str
    side: str
    number: int
    text: str
    said_at: str
    interrupted: int
    who: str = ""
    sure: float = 0.0
    answered: str = ""
    """The words that were answered, where the turn was heard once more since (`earlier` only)."""


_COLUMNS = "id, session, side, number, text, said_at, interrupted, who, sure"
"""A `StoredTurn`, in its order."""


class Heard(Protocol):
    """What the store keeps of a transcription; `companion.engines.asr.Transcription` is one."""

    @property
    def text(self) -> str: ...
    @property
    def words(self) -> tuple[Any, ...]: ...
    @property
    def no_speech(self) -> float: ...
    @property
    def logprob(self) -> float: ...


class Store:
    """The turns of one home. Raises `StoreError` with a sentence when the file can't be used."""

    def __init__(self, at: Path | Database) -> None:
        """The store in a database, or in the file `at`, which is not encrypted and is made where it isn't
        there."""
        self.database = at if isinstance(at, Database) else Database(at)
        self.session = now_iso()
        self.look: Callable[[], str] | None = None
        """Looks the file through for damage, which a start had no time for; gives a sentence, "" if all is
        well."""
        self.writing = threading.Lock()
        """Held by whoever derives something from what is in the store, and by who changes or erases it."""
        self._earlier: list[int] = []
        self._beside: list[Callable[[], object]] = []

    def add_user_turn(
        self,
        number: int,
        text: str,
        who: str = "",
        sure: float = 0.0,
        *,
        session: str = "",
        said_at: str = "",
    ) -> int:
        """Put user turn `number` of this session on disk; returns its id when it is there. `who` said it, as
        `sure` as that is. `session` and `said_at` are another's, for what was said elsewhere."""
        return self._add("user", number, text, False, who, sure, session, said_at)

    def add_companion_turn(
        self, number: int, text: str, interrupted: bool, *, session: str = "", said_at: str = ""
    ) -> int:
        """Put what the companion was heard to say on disk; returns its id."""
        return self._add("companion", number, text, interrupted, session=session, said_at=said_at)

    def _add(
        self, side: str, number: int, text: str, interrupted: bool, who: str = "", sure: float = 0.0,
        session: str = "", said_at: str = "",
    ) -> int:  # fmt: skip
        when = said_at or now_iso()
        row = (session or self.session, side, number, text, when, int(interrupted), who, sure)
        with self.database.transaction() as db:
            db.execute(
                "INSERT INTO turns (session, side, number, text, said_at, interrupted, who, sure)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(db.last_insert_rowid())

    def voices(self) -> list[tuple[str, bytes, bytes, int]]:
        """Every known voice: name, vector as enrolled, as it is now, utterances it was learned from."""
        rows = self.database.read("SELECT name, enrolled, now, heard FROM voices ORDER BY name")
        return [(name, enrolled, now, heard) for name, enrolled, now, heard in rows]

    def paces(self) -> list[tuple[str, float]]:
        """How long whose pauses last, 1.0 as usual; "" stands for whoever isn't known by voice."""
        return [(who, pace) for who, pace in self.database.read("SELECT who, pace FROM paces ORDER BY who")]

    def keep_pace(self, who: str, pace: float) -> None:
        """Keep how long somebody's pauses last, unless their voice has been forgotten by now."""
        self.database.write(
            "INSERT OR REPLACE INTO paces SELECT ?1, ?2"
            " WHERE ?1 = '' OR EXISTS (SELECT 1 FROM voices WHERE name = ?1)",
            (who, pace),
        )

    def keep_voice(self, name: str, enrolled: bytes, now: bytes, heard: int) -> None:
        """Keep a voice, in place of one of that name."""
        self.database.write("INSERT OR REPLACE INTO voices VALUES (?, ?, ?, ?)", (name, enrolled, now, heard))

    def forget_voice(self, name: str) -> bool:
        """Delete a voice, overwritten, and the pace learned with it; whether there was one."""
        found = any(voice[0] == name for voice in self.voices())
        self.database.write("DELETE FROM voices WHERE name=?", (name,))
        self.database.write("DELETE FROM paces WHERE who=?", (name,))
        return found

    def review_user_turn(self, number: int, heard: Heard, answered: str) -> None:
        """Keep the second, thorough hearing of a user turn of this session: its text becomes the turn's, and
        what was derived from the first is derived anew. A turn that the person has corrected stays as it
        is."""
        words = json.dumps([asdict(word) for word in heard.words], ensure_ascii=False)
        with self.writing, self.database.transaction() as db:
            found = db.execute(
                "SELECT id, text FROM turns WHERE session=? AND side='user' AND number=? AND NOT corrected",
                (self.session, number),
            ).fetchall()
            if not found:
                return
            turn, text = int(str(found[0][0])), found[0][1]
            if heard.text and heard.text != text:
                say_otherwise(db, turn, heard.text, Facts(self.database).forget)
            db.execute(
                "INSERT OR REPLACE INTO hearings VALUES (?, ?, ?, ?, ?)",
                (turn, answered, words, heard.no_speech, heard.logprob),
            )

    def fresh(self) -> bool:
        """Whether nothing has ever been said in this home."""
        return not self.database.read("SELECT 1 FROM turns LIMIT 1")

    def turns(self) -> list[StoredTurn]:
        """Every turn there is, oldest first."""
        rows = self.database.read(f"SELECT {_COLUMNS} FROM turns ORDER BY id")
        return [StoredTurn(*row) for row in rows]

    def earlier(self, since: datetime.datetime, most: int) -> list[StoredTurn]:
        """The newest turns of earlier sessions, oldest first: `most` at most, none from before `since`."""
        rows = self.database.read(
            f"SELECT {_COLUMNS}, coalesce(answered, '')"
            " FROM turns LEFT JOIN hearings ON turn = id WHERE session <> ? ORDER BY id DESC LIMIT ?",
            (self.session, most),
        )
        newest = (StoredTurn(*row) for row in rows)
        young = itertools.takewhile(lambda t: datetime.datetime.fromisoformat(t.said_at) >= since, newest)
        found = list(young)[::-1]
        self._earlier = [turn.id for turn in found]
        return found

    def earlier_number(self, number: int) -> int | None:
        """The id of a turn that `earlier` gave, by its number from the end: -1 is the last."""
        return self._earlier[number] if -len(self._earlier) <= number < 0 else None

    def number(self, side: str, number: int) -> int | None:
        """The id of a turn of this session; None where it isn't in the store."""
        found = self.database.read(
            "SELECT id FROM turns WHERE session = ? AND side = ? AND number = ?", (self.session, side, number)
        )
        return int(found[0][0]) if found else None

    def begins(self) -> int:
        """The id of the first turn of this session, or of the next turn that is added."""
        first, last = self.database.read(
            "SELECT (SELECT min(id) FROM turns WHERE session = ?), (SELECT coalesce(max(id), 0) FROM turns)",
            (self.session,),
        )[0]
        return int(last) + 1 if first is None else int(first)

    def some(self, ids: Iterable[int]) -> list[StoredTurn]:
        """Those turns, oldest first."""
        rows = self.database.read(f"SELECT {_COLUMNS} FROM turns WHERE id IN ({listed(ids)}) ORDER BY id")
        return [StoredTurn(*row) for row in rows]

    def beside(self, end: Callable[[], object]) -> None:
        """Something is done with the file beside this; `end` is called before it is closed."""
        self._beside.append(end)

    def close(self) -> None:
        """Close the file, whatever is done with it beside this; idempotent. Raises what that raises."""
        ending, self._beside = self._beside, []
        try:
            for end in ending:
                end()
        finally:
            self.database.close()


def now_iso() -> str:
    """This moment as ISO 8601 with zone, to the microsecond."""
    return datetime.datetime.now().astimezone().isoformat()
