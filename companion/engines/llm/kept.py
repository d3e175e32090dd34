"""What of the KV cache lies in the home for the next start: the prompt before anything was said, and the
conversation.

NAME-KEY.kv is what llama.cpp writes of a context, NAME-KEY.kv.json says which tokens it holds and which of
them are hers (what she said is never tokenized again), NAME-KEY.kv.sha256 seals both: llama.cpp ends the
process over a damaged file, so none is given to it. All are for their owner alone, written beside and
renamed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.engines import Cancel, Cancelled, Never
from companion.engines.llm.cache import KvCache

PROMPT, CONVERSATION = "prompt", "conversation"
"""What is kept, as the names of its files begin. The conversation's hold what was said, as the store does."""

_PIECE = 1 << 20
"""Bytes of a file between two looks at a cancel token: a millisecond of hashing."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: its tokens, and those of each text that she said in them."""

    tokens: list[int]
    hers: dict[str, list[int]]


class Kept:
    """One kept cache: `name` is what of, `key` what it depends on. Files that can't be read or written are as
    good as none: all that is lost is time."""

    def __init__(self, folder: Path, name: str, key: str) -> None:
        self._folder, self._name = folder, name
        self._kv = folder / f"{name}-{key}.kv"
        self._contents = folder / f"{name}-{key}.kv.json"
        self._seal = folder / f"{name}-{key}.kv.sha256"

    def read(self) -> Contents | None:
        """What is kept, if it is whole."""
        try:
            sound = self._seal.read_text() == _digest((self._kv, self._contents), Never())
            return Contents(**json.loads(self._contents.read_text(encoding="utf-8"))) if sound else None
        except (OSError, ValueError, TypeError):
            return None

    def load(self, cache: KvCache) -> bool:
        """Make `cache` hold what `read` gave; False, and it is empty, where that can't be done."""
        return cache.load(self._kv)

    def write(self, cache: KvCache, hers: Mapping[str, Sequence[int]], cancel: Cancel) -> bool:
        """Keep what `cache` holds, in place of what was kept for this or other models and settings. False,
        and what was there stays, where it can't be done or was withdrawn."""
        files = (self._kv, self._contents, self._seal)
        kv, contents, seal = new = tuple(file.with_name(f"{file.name}.new") for file in files)
        try:
            if not cache.save(kv):
                return False
            _write(contents, json.dumps({"tokens": cache.tokens, "hers": hers}))
            _write(seal, _digest((kv, contents), cancel))
            for made, file in zip(new, files, strict=True):
                made.replace(file)
            for other in set(self._folder.glob(f"{self._name}-*.kv*")) - set(files):
                other.unlink(missing_ok=True)
        except (OSError, Cancelled):
            return False
        finally:
            _remove(new)
        return True


def forget(folder: Path) -> None:
    """Delete every conversation that is kept in `folder`. Raises `OSError` where one can't be deleted."""
    for file in folder.glob(f"{CONVERSATION}-*.kv*"):
        file.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def _remove(files: Sequence[Path]) -> None:
    with contextlib.suppress(OSError):  # the folder is gone, or can't be written
        for file in files:
            file.unlink(missing_ok=True)


def _digest(files: Sequence[Path], cancel: Cancel) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if cancel.is_set():
                    raise Cancelled
                digest.update(piece)
    return digest.hexdigest()
