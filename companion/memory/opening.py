"""A home's store, opened: its key found or made, an old one encrypted and brought forward, damage noticed."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import apsw

from companion.errors import StoreError
from companion.memory import automatic, encrypting, keys
from companion.memory.database import STORE, Database, remedy
from companion.memory.files import discard, flush, into_place
from companion.memory.keys import Keeping
from companion.memory.soundness import demand_opens, looked_through, unreadable, way_back
from companion.memory.staging import settle

_PHRASE_TOLD = "file.phrase"

PHRASE = (
    "What she remembers is encrypted, and these 24 words are its key: write them on paper and keep it. "
    "Should the key be lost, with the keyring, the key file or the passphrase, `companion restore --phrase` "
    "brings it back from them; without key and words nobody can read the store again, you included."
)
"""What is said with the recovery phrase."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A store that this process writes in."""

    database: Database
    told: tuple[str, ...]
    """Sentences for the person: where the key is, what became of an unencrypted store."""
    recovery: str
    """24 words that are to be shown with `PHRASE`; "" when they have been (`phrase_told`)."""
    look: Callable[[], str] | None = None
    """Looks a large store through, in the background: it wasn't closed. Gives a sentence, "" if all is
    well."""


def open_store(home: Path, keeping: Keeping | None = None) -> Opened:
    """Open the store of a home that this process holds, or make it.

    Raises `StoreError` with a sentence when the key or the store can't be had; whatever is there then stays.
    """
    keeping = keeping or keys.usual()
    path = home / STORE
    settle(home)
    _demand_file(home, path)
    encrypting.clear_up(path)
    key, told = _key(home, path, keeping)
    if not path.exists():
        _demand_no_copies(home, path)
        _make(path, key)
    elif encrypting.is_plain(path):
        encrypting.encrypt(path, key)
        told = (*told, encrypting.TOLD)
    demand_opens(home, path, key)
    look = looked_through(home, path, key)
    database = Database(path, key, before=functools.partial(automatic.before, home, key))
    try:
        database.begin_use()
        told = (*told, *_renewed(home, database))
        shown = database.read("SELECT 1 FROM marks WHERE name=?", (_PHRASE_TOLD,))
    except BaseException:
        database.close()
        raise
    return Opened(database, told, "" if shown else keys.phrase(key), look)


def _renewed(home: Path, database: Database) -> tuple[str, ...]:
    """Renew the copies that hold what was erased, where that was left to do; what is told where it can't be
    done now either. It is tried again at the next start."""
    if automatic.due(database):
        try:
            automatic.renew(home, database, datetime.datetime.now().astimezone())
        except StoreError as error:
            return (automatic.not_renewed(home, error),)
    return ()


def open_beside(home: Path, keeping: Keeping | None = None) -> Database:
    """The store of a home that another process may hold, to read in. Raises `StoreError`, also where there is
    none, or none of this version yet."""
    path = home / STORE
    if not path.exists():
        _demand_no_copies(home, path)
        raise StoreError(f"Nothing is remembered in {home} yet: talk with her first.")
    _demand_file(home, path)
    if encrypting.is_plain(path):
        raise StoreError(f"The store in {home} is an older version's: end that one, and start her anew once.")
    if not keys.present(home):
        raise keys.lost(home, f"{home / keys.FILE} is gone")
    key, _ = keys.find(home, keeping or keys.usual())
    demand_opens(home, path, key)
    return Database(path, key, before=functools.partial(automatic.before, home, key))


def phrase_told(database: Database) -> None:
    """Note that the recovery phrase has been shown."""
    database.write("INSERT OR REPLACE INTO marks VALUES (?, '')", (_PHRASE_TOLD,))


def recover(home: Path, words: str, keeping: Keeping | None = None) -> str:
    """Put the key back that the recovery phrase is; returns what is to be told of it. Raises `StoreError`,
    and changes nothing, when it isn't this store's."""
    key, path = keys.key_of(words), home / STORE
    if not path.is_file():
        raise StoreError(f"There is no store in {home} for the words to open: choose another with --home.")
    if unreadable(path, key):
        raise StoreError(f"These words don't open the store in {home}: they are another store's.")
    return keys.put(home, key, keeping or keys.usual())


def _key(home: Path, path: Path, keeping: Keeping) -> tuple[bytes, tuple[str, ...]]:
    """The key, found or made, and what is to be told of it."""
    sealed = path.exists() and not encrypting.is_plain(path)
    if keys.present(home):
        try:
            key, told = keys.find(home, keeping)
            return key, (told,) if told else ()
        except keys.LostKey:
            if sealed:
                raise
    elif sealed and encrypting.is_sealed(path):
        raise keys.lost(home, f"{home / keys.FILE} is gone")
    elif sealed:
        raise StoreError(
            f"The store {path} can't be opened (it is not a database): {remedy(apsw.NotADBError())}."
        )
    key, told = keys.make(home, keeping)
    return key, (told,) if told else ()


def _demand_no_copies(home: Path, path: Path) -> None:
    """Raise `StoreError` where a store is gone of which there are copies: they would rotate away if it were
    begun anew."""
    if copies := automatic.taken(home):
        raise StoreError(
            f"The store {path} is gone, but copies of it are there: `companion restore {copies[0]}` "
            f"brings the newest back; move {copies[0].parent} away to begin anew."
        )


def _make(path: Path, key: bytes) -> None:
    """Make the store beside its name, and give it that when it is whole."""
    draft = path.with_name(f".{path.name}.new")
    for left in (draft, *(draft.with_name(f"{draft.name}-{end}") for end in ("wal", "shm"))):
        discard(left)
    database = Database(draft, key)
    try:
        whole = database.checkpoint()
    finally:
        database.close()
    if not whole or unreadable(draft, key):
        raise StoreError(f"The store {path} can't be made whole: free some space and start again.")
    flush(draft)
    into_place(draft, path)


def _demand_file(home: Path, path: Path) -> None:
    """Refuse what stands in the store's place and isn't one, and take away what was never begun."""
    if not path.exists():
        return
    if not path.is_file():
        raise StoreError(f"{path} isn't a file: move it away and start again.")
    if path.stat().st_size:
        return
    log = path.with_name(f"{path.name}-wal")
    if keys.present(home) or automatic.taken(home) or (log.exists() and log.stat().st_size):
        raise StoreError(f"The store {path} is empty, which she never leaves it: {way_back(home, None)}.")
    path.unlink()
