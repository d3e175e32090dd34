"""Where the key of a home's store is: in the system's keyring, in a file, or sealed under a passphrase.

`store.key` in the home says which, for its owner alone: {"where": "keyring", "id"}, {"where": "file", "key"}
or {"where": "passphrase", ...}. The id is random and in the home, so that a moved home keeps its key. The
key is in one place only. It is in its place before a store is made with it, so that whatever ends the
program in between, a store never stands there without.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.errors import StoreError
from companion.memory import keyrings
from companion.memory.files import discard as discard_file
from companion.memory.files import write_whole
from companion.memory.sealing import WrongPassphrase, unwrap, wrap

FILE = "store.key"
LENGTH = 32
"""Bytes of a key."""

AUTO, IN_FILE, PASSPHRASE, KEYRING = "auto", "file", "passphrase", "keyring"

Ask = Callable[[bool], str]
"""Asks for the passphrase of the store; True: for a new one, so twice. Raises `StoreError` where it can't."""


class LostKey(StoreError):
    """The key of a store isn't where it should be."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How keys are kept: the setting `memory.key`, who asks for a passphrase, and where the keyring is."""

    where: str
    ask: Ask
    ring: Callable[[], keyrings.Ring | None]


def unasked(anew: bool) -> str:
    """Where nobody can be asked."""
    raise StoreError("The store has a passphrase: start in a terminal, or set COMPANION_PASSPHRASE.")


def usual(where: str = AUTO, ask: Ask = unasked) -> Keeping:
    """Keeping keys on this system."""
    return Keeping(where, ask, keyrings.system_ring)


def present(home: Path) -> bool:
    """Whether the home says where a key is."""
    return (home / FILE).exists()


def where(home: Path) -> str:
    """Where the key of a home is, in words. Raises `StoreError`."""
    return {
        KEYRING: "the system's keyring", IN_FILE: f"the file {home / FILE}", PASSPHRASE: "your passphrase",
    }[_read(home)["where"]]  # fmt: skip


def find(home: Path, keeping: Keeping) -> tuple[bytes, str]:
    """The key of a home that has one, and what is to be told of it; where the setting asks for another place
    by now, the key goes there. Raises `StoreError` with what can be done when it can't be had."""
    table = _read(home)
    key = _fetch(home, table, keeping)
    moves = keeping.where != table["where"] and (
        keeping.where in (IN_FILE, PASSPHRASE) or table["where"] == PASSPHRASE
    )
    return key, put(home, key, keeping) if moves else ""


def make(home: Path, keeping: Keeping) -> tuple[bytes, str]:
    """A new key, in its place when this returns, and what is to be told of that."""
    if keeping.where == AUTO:
        key = os.urandom(LENGTH)
        if _into_ring(home, key, keeping):
            return key, ""
    key = os.urandom(LENGTH)  # a keyring that was too slow may have the first by now
    return key, put(home, key, Keeping(keeping.where, keeping.ask, lambda: None))


def put(home: Path, key: bytes, keeping: Keeping) -> str:
    """Put a key in its place, and away from where it was; returns what is to be told of that."""
    old, told = _old(home), ""
    if keeping.where == PASSPHRASE:
        _write(home, {"where": PASSPHRASE, **wrap(key, keeping.ask(True))})
    elif keeping.where == IN_FILE or not _into_ring(home, key, keeping):
        _write(home, {"where": IN_FILE, "key": key.hex()})
        told = (
            f"The key of the store is in {home / FILE}, since "
            + ("the settings say so" if keeping.where == IN_FILE else "no keyring of the system answers")
            + ": who can read your files can read what she remembers. `companion settings set memory.key "
            "passphrase` asks for a passphrase at each start instead."
        )
    if old.get("where") == KEYRING:
        keyrings.drop(keeping.ring, str(old["id"]))
    return told


def _old(home: Path) -> dict[str, Any]:
    """Where the key was; nothing where that can't be told any more."""
    try:
        return _read(home)
    except LostKey:
        return {}


def discard(home: Path, keeping: Keeping) -> None:
    """Delete the key, wherever it is: what is encrypted with it can't be read again, by anybody."""
    old = _old(home)
    if old.get("where") == KEYRING:
        keyrings.drop(keeping.ring, str(old["id"]))
    discard_file(home / FILE)


def phrase(key: bytes) -> str:
    """The key as 24 English words (BIP-39), which a person can write down."""
    from mnemonic import Mnemonic

    return Mnemonic("english").to_mnemonic(key)


def key_of(words: str) -> bytes:
    """The key that 24 words stand for. Raises `StoreError` for words that aren't a recovery phrase."""
    from mnemonic import Mnemonic

    each, book = words.lower().split(), Mnemonic("english")
    if len(each) != 24:
        raise StoreError(f"A recovery phrase has 24 words, not {len(each)}: type all of them, in order.")
    strange = [word for word in each if word not in book.wordlist]
    if strange:
        raise StoreError(f"{strange[0]!r} is no word of a recovery phrase: look at how it is spelled.")
    try:
        return bytes(book.to_entropy(" ".join(each)))
    except ValueError:
        raise StoreError("These words belong to no key: one of them is another, or out of order.") from None


def lost(home: Path, why: str) -> LostKey:
    """What is said when the key can't be had."""
    return LostKey(
        f"{why}, and without its key nobody can read the store in {home}: `companion restore --phrase` puts "
        "it back from the 24 words that were shown when the store was made, or move the store aside to begin "
        "anew."
    )


def _fetch(home: Path, table: dict[str, Any], keeping: Keeping) -> bytes:
    try:
        if table["where"] == PASSPHRASE:
            return unwrap(table, keeping.ask(False))
        if table["where"] == IN_FILE:
            return _key(str(table["key"]))
        found = keyrings.fetch(keeping.ring, str(table["id"]))
        if not found:
            raise lost(home, "The system's keyring doesn't have the key of the store")
        return _key(found)
    except WrongPassphrase:
        raise StoreError(
            f"That isn't the passphrase of the store in {home}: start again and type it anew; if it is lost, "
            "`companion restore --phrase` takes the 24 words instead."
        ) from None
    except (KeyError, ValueError):
        raise lost(home, f"{home / FILE} is damaged") from None


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != LENGTH:
        raise ValueError("not a key")
    return key


def _into_ring(home: Path, key: bytes, keeping: Keeping) -> bool:
    """Put a key into the system's keyring; False where that can't be done."""
    name = os.urandom(16).hex()
    kept = keyrings.keep(keeping.ring, name, key.hex())
    if kept:
        _write(home, {"where": KEYRING, "id": name})
    return kept


def _read(home: Path) -> dict[str, Any]:
    try:
        table = json.loads((home / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise lost(home, f"{home / FILE} is gone") from None
    except OSError as error:
        raise StoreError(f"{home / FILE} can't be read ({error.strerror}): check its rights.") from error
    except ValueError:
        raise lost(home, f"{home / FILE} is damaged") from None
    if not isinstance(table, dict) or table.get("where") not in (KEYRING, IN_FILE, PASSPHRASE):
        raise lost(home, f"{home / FILE} is damaged")
    return table


def _write(home: Path, table: dict[str, Any]) -> None:
    try:
        write_whole(home / FILE, json.dumps(table).encode())
    except OSError as error:
        raise StoreError(
            f"{home / FILE} can't be written ({error.strerror}): free some space or check its rights."
        ) from error
