"""Who is known: people with their names, whose they are, and when they were last spoken of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from companion.memory.database import Database, Row

YOU = "you"
"""Name and relation of the one who lives here, until the name is known."""

_FEMALE = """
    sister mother mum mom mama mommy mummy wife daughter girlfriend aunt auntie niece grandmother grandma
    granny gran nan nana stepmother stepmom stepsister fiancée ex-wife ex-girlfriend goddaughter godmother
    mother-in-law sister-in-law daughter-in-law granddaughter
"""
FEMALE = frozenset(_FEMALE.split())
_MALE = """
    brother father dad daddy papa husband son boyfriend uncle nephew grandfather grandpa grandad granddad
    stepfather stepdad stepbrother fiancé ex-husband ex-boyfriend godson godfather father-in-law
    brother-in-law son-in-law grandson
"""
MALE = frozenset(_MALE.split())
_NEUTRAL = """
    partner spouse friend cousin neighbour neighbor colleague coworker co-worker boss manager roommate
    flatmate housemate landlord landlady kid child baby twin parent ex teacher doctor dentist therapist coach
    mentor dog cat pig puppy kitten pup rabbit horse parrot hamster student client assistant fiance fiancee
    sibling godchild grandchild stepson stepdaughter pet
"""
NEUTRAL = frozenset(_NEUTRAL.split())
RELATIONS = FEMALE | MALE | NEUTRAL
"""What somebody can be to somebody, and how that tells whether it is a she or a he."""

_SEVERAL = """
    friend kid child son daughter brother sister cousin neighbour neighbor colleague coworker aunt uncle niece
    nephew grandchild student client dog cat pig pet rabbit puppy kitten twin sibling roommate flatmate
    teacher doctor coach mentor baby
"""
SEVERAL = frozenset(_SEVERAL.split())
"""Of these somebody has several: another one's name succeeds none, and one without a name is nobody yet."""

_SHE, _HE = frozenset({"she", "her", "hers", "herself"}), frozenset({"he", "him", "his", "himself"})
_LOOKED_BACK = 40
"""Mentions that are looked through for who a pronoun means."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: `relation` to the one who lives here ("sister"; "" where unknown, "you" for themselves),
    `birthday` as ISO date or --MM-DD, `last_mentioned` the moment of the last turn that names them."""

    id: int
    name: str
    relation: str = ""
    birthday: str = ""
    names: tuple[str, ...] = ()
    last_mentioned: str = ""


class People:
    """The people of a store. Raises `StoreError` as `Database` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Person]:
        """Everybody, who was spoken of last first."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM people p")
        return sorted(map(self._person, rows), key=lambda one: one.last_mentioned, reverse=True)

    def get(self, number: int) -> Person | None:
        """The person of that number."""
        return self._one("p.id = ?", (number,))

    def speaker(self, who: str = "") -> Person:
        """Whoever says "I": the person of that name, else the one who lives here; made where they are new."""
        if who and who != YOU:
            return self.find_or_make(who)
        return self._one("p.relation = ?", (YOU,)) or self._make(YOU, YOU)

    def find(self, name: str) -> Person | None:
        """Who is called that: name or nickname, whatever its case, with or without "'s"; else whose relation
        it is ("my sister", "sister"), if there is one only."""
        plain = bare(name)
        if not plain:
            return None
        if plain in (YOU, "i", "me", "myself", "user"):
            return self.speaker()
        called = self._one(
            "p.id IN (SELECT person FROM names WHERE name = ? COLLATE NOCASE) ORDER BY p.id", (plain,)
        )
        return called or self.related(plain)

    def related(self, relation: str) -> Person | None:
        """The sister, the boss; None where there are several or none."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM people p WHERE p.relation = ? LIMIT 2", (relation.casefold(),)
        )
        return self._person(rows[0]) if len(rows) == 1 else None

    def like(self, name: str, most: int = 5) -> list[Person]:
        """Who may be meant by a misheard name ("Jonah": Jonas), the likeliest first: those whose names share
        the most letters in threes."""
        plain = bare(name)
        pieces = [plain[i : i + 3] for i in range(len(plain) - 2)]
        if not pieces:
            return []
        match = " OR ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
        rows = self._database.read(
            "SELECT DISTINCT n.person, n.name FROM names n WHERE n.id IN"
            " (SELECT rowid FROM names_fts WHERE names_fts MATCH ? LIMIT 50)",
            (match,),
        )
        near = sorted(((_shared(plain, known), person) for person, known in rows), reverse=True)
        found = dict.fromkeys(person for share, person in near if share >= 0.3)
        return [one for person in list(found)[:most] if (one := self.get(person)) is not None]

    def called(self) -> frozenset[str]:
        """Every name that is known."""
        return frozenset(name for (name,) in self._database.read("SELECT name FROM names"))

    def find_or_make(self, name: str, relation: str = "") -> Person:
        """The person of that name, made where there is none; a relation that is new is kept."""
        plain = bare(name, keep_case=True)
        known = self.find(plain)
        if known is None:
            return self._make(plain, relation)
        if relation and not known.relation:
            self._database.write("UPDATE people SET relation = ? WHERE id = ?", (relation, known.id))
        return self.get(known.id) or known

    def call(self, number: int, name: str) -> None:
        """Give somebody one more name; the one who lives here is called by it from now on."""
        with self._database.transaction() as db:
            db.execute("INSERT OR IGNORE INTO names (person, name) VALUES (?, ?)", (number, name))
            db.execute("UPDATE people SET name = ? WHERE id = ? AND name = ?", (name, number, YOU))

    def born(self, number: int, birthday: str) -> None:
        """Keep a birthday: ISO date, or --MM-DD where the year is unknown."""
        self._database.write("UPDATE people SET birthday = ? WHERE id = ?", (birthday, number))

    def rename(self, number: int, name: str, *, mended: bool = False) -> None:
        """Call somebody by another name, in their facts too; the old one stays a name of theirs, unless it
        was `mended`, that is misheard. Who is called so already becomes one with them."""
        other = self.find(name)
        if other is not None and other.id != number:
            self.merge(number, other.id)
        before = self.get(number)
        if before is None:
            return
        with self._database.transaction() as db:
            if mended:
                db.execute("DELETE FROM names WHERE person = ? AND name = ?", (number, before.name))
            db.execute("INSERT OR IGNORE INTO names (person, name) VALUES (?, ?)", (number, name))
            db.execute("UPDATE people SET name = ? WHERE id = ?", (name, number))
            db.execute("UPDATE facts SET subject = ? WHERE person = ? AND subject <> ?", (name, number, YOU))

    def merge(self, stays: int, goes: int) -> None:
        """Make two people one: names, mentions and facts of both, what is known of the first in doubt."""
        kept = self.get(stays)
        if kept is None or stays == goes:
            return
        with self._database.transaction() as db:
            db.execute("UPDATE OR IGNORE names SET person = ? WHERE person = ?", (stays, goes))
            db.execute("UPDATE OR IGNORE mentions SET person = ? WHERE person = ?", (stays, goes))
            db.execute("UPDATE facts SET person = ?, subject = ? WHERE person = ?", (stays, kept.name, goes))
            for what in ("relation", "birthday"):
                db.execute(
                    f"UPDATE people SET {what} = (SELECT {what} FROM people WHERE id = ?1)"
                    f" WHERE id = ?2 AND {what} = ''",
                    (goes, stays),
                )
            db.execute("DELETE FROM people WHERE id = ?", (goes,))

    def mentioned(self, turn: int, text: str) -> list[int]:
        """Note who is spoken of in a turn, by name or as somebody's only sister; returns their numbers."""
        found = [one for one, _ in self.named_in(text)]
        if found:
            with self._database.transaction() as db:
                for person in found:
                    db.execute("INSERT OR IGNORE INTO mentions VALUES (?, ?)", (person, turn))
        return found

    def named_in(self, text: str) -> list[tuple[int, int]]:
        """Who a text speaks of: (number, where in the text), in the order they come.

        A name is one with its capital; in a text without capitals, whatever its case.
        """
        told, words = _told_apart(text), {word.casefold() for word in re.findall(r"\w+", text)}
        found: dict[int, int] = {}
        for person, name in self._database.read("SELECT person, name FROM names WHERE name <> ?", (YOU,)):
            first = re.match(r"\w+", name.casefold())
            at = _place(name, text, told) if first is not None and first[0] in words else -1
            if at >= 0:
                found[person] = min(at, found.get(person, at))
        for match in re.finditer(r"\bmy ([\w-]+)", text, re.IGNORECASE):
            word = match[1].casefold()
            if word in RELATIONS and (one := self.related(word)) is not None:
                found.setdefault(one.id, match.start())
        return sorted(found.items(), key=lambda each: each[1])

    def meant(self, pronoun: str, before: int) -> Person | None:
        """Who "she", "he" or "they" is after turn `before`: whoever was spoken of last and can be it."""
        wanted = _gender(pronoun)
        rows = self._database.read(
            "SELECT person FROM mentions WHERE turn <= ? AND person NOT IN"
            " (SELECT id FROM people WHERE relation = ?) ORDER BY turn DESC LIMIT ?",
            (before, YOU, _LOOKED_BACK),
        )
        for person in dict.fromkeys(row[0] for row in rows):
            one = self.get(person)
            if one is not None and wanted in ("", self.pronoun_of(one) or wanted):
                return one
        return None

    def pronoun_of(self, person: Person) -> str:
        """ "she" or "he" where the relation says it, else what is said in the turns that name nobody else; ""
        where neither does."""
        if person.relation in FEMALE | MALE:
            return "she" if person.relation in FEMALE else "he"
        rows = self._database.read(
            "SELECT text FROM turns JOIN mentions m ON m.turn = turns.id WHERE m.person = ? AND NOT EXISTS"
            " (SELECT 1 FROM mentions o WHERE o.turn = m.turn AND o.person <> m.person)"
            " ORDER BY turns.id DESC LIMIT 10",
            (person.id,),
        )
        words = {word.casefold() for (text,) in rows for word in _WORD.findall(text)}
        she, he = bool(words & _SHE), bool(words & _HE)
        return "" if she == he else "she" if she else "he"

    def _make(self, name: str, relation: str) -> Person:
        with self._database.transaction() as db:
            db.execute("INSERT INTO people (name, relation) VALUES (?, ?)", (name, relation))
            number = int(db.last_insert_rowid())
            db.execute("INSERT INTO names (person, name) VALUES (?, ?)", (number, name))
        return Person(number, name, relation, "", (name,))

    def _one(self, where: str, values: Sequence[object]) -> Person | None:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM people p WHERE {where} LIMIT 1", values)
        return self._person(rows[0]) if rows else None

    def _person(self, row: Row) -> Person:
        names = self._database.read("SELECT name FROM names WHERE person = ? ORDER BY id", (row[0],))
        number, name, relation, birthday, last = row
        return Person(number, name, relation, birthday, tuple(each for (each,) in names), last or "")


_COLUMNS = (
    "p.id, p.name, p.relation, p.birthday, (SELECT said_at FROM turns WHERE id ="
    " (SELECT max(turn) FROM mentions WHERE person = p.id))"
)


def bare(name: str, *, keep_case: bool = False) -> str:
    """A name without "my", "'s" and the marks around it; in lower case unless it is to `keep_case`."""
    plain = re.sub(r"^(?:my|our)\s+", "", name.strip(" .,!?\"'’"), flags=re.IGNORECASE)
    plain = re.sub(r"['’]s?$", "", plain)
    return plain if keep_case else plain.casefold()


def _gender(pronoun: str) -> str:
    word = pronoun.casefold()
    return "she" if word in _SHE else "he" if word in _HE else ""


def _told_apart(text: str) -> bool:
    """Whether the text has capitals, so that a name can be told from a word by them."""
    return any(letter.isupper() for letter in re.sub(r"\bI\b", "", text))


def _place(name: str, text: str, told: bool) -> int:
    """Where a name stands in a text as whole words, -1 for nowhere."""
    found: Iterable[re.Match[str]] = re.finditer(rf"\b{re.escape(name)}(?:['’]s?)?\b", text, re.IGNORECASE)
    suits: Callable[[re.Match[str]], bool] = lambda match: not told or match[0][:1].isupper()  # noqa: E731
    return next((match.start() for match in found if suits(match)), -1)


def _shared(one: str, other: str) -> float:
    """How many of their threes of letters two names share (0..1, Dice), the ends of the words counted."""
    first, second = (_threes(name.casefold()) for name in (one, other))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _threes(name: str) -> set[str]:
    padded = f"  {name} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
