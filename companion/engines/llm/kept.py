"""What of the KV cache lies in the home for the next start: the prompt before anything was said, and the
conversation.

NAME-KEY.kv.sealed is a file of sealed pieces (see `pieces`): the first says which tokens it holds and which
of them are hers (what she said is never tokenized again), the others are what llama.cpp gives of its memory.
llama.cpp ends the process over what isn't sound, so it is given nothing that wasn't sealed here. Without a
seal it is NAME-KEY.kv.plain, which hides nothing. All are for their owner alone, written beside and renamed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from companion.engines import Cancel, Cancelled
from companion.engines.llm.cache import KvCache
from companion.engines.llm.pieces import PIECE, Digest, Seal, discard, read_pieces, write_pieces

PROMPT, CONVERSATION = "prompt", "conversation"
"""What is kept, as the names of its files begin. The conversation's hold what was said, as the store does."""

SEALED, PLAIN = ".kv.sealed", ".kv.plain"
"""How the files' names end."""

_UNREADABLE = (OSError, ValueError, TypeError, MemoryError)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: its tokens, and those of each text that she said in them."""

    tokens: list[int]
    hers: dict[str, list[int]]


class Kept:
    """One kept cache: `name` is what of, `key` what it depends on; None for `seal` where it needn't be
    hidden. Files that can't be read or written are as good as none: all that is lost is time."""

    def __init__(self, folder: Path, name: str, key: str, seal: Seal | None) -> None:
        self._folder, self._name = folder, name
        self._seal = seal or Digest()
        self._end = SEALED if seal else PLAIN
        self._file = folder / f"{name}-{key}{self._end}"

    def read(self) -> Contents | None:
        """What is kept, if it can be read."""
        try:
            with self._pieces() as pieces:
                return _contents(pieces)
        except _UNREADABLE:
            return None

    def load(self, cache: KvCache) -> bool:
        """Make `cache` hold what is kept; False where that can't be done."""
        try:
            with self._pieces() as pieces:
                contents, state = _contents(pieces), bytearray()
                for piece in pieces:
                    state += piece
        except _UNREADABLE:
            return False
        return cache.take_up(state, contents.tokens)

    def write(self, cache: KvCache, hers: Mapping[str, Sequence[int]], cancel: Cancel) -> bool:
        """Keep what `cache` holds, in place of what was kept for this or other models and settings. False,
        and what was there stays, where it can't be done or was withdrawn."""
        new = self._file.with_name(f"{self._file.name}.new")
        try:
            if (state := cache.state()) is None:
                return False
            contents = json.dumps({"tokens": cache.tokens, "hers": hers}).encode()
            write_pieces(new, self._seal, _cut(contents, state), cancel)
            for other in _files(self._folder, self._name) - {new}:
                _discard(other)
            new.replace(self._file)
        except (OSError, MemoryError, Cancelled):
            return False
        finally:
            _remove(new)
        return True

    def _pieces(self) -> contextlib.closing[Generator[bytes, None, None]]:
        return contextlib.closing(read_pieces(self._file, self._seal))


def forget(folder: Path) -> None:
    """Delete every conversation that is kept in `folder`. Raises `OSError` where one can't be deleted."""
    for file in _files(folder, CONVERSATION):
        _discard(file)


def clear_up(folder: Path) -> None:
    """Delete what `folder` has of conversations that isn't sealed, as earlier versions left it, and what was
    left half written. Raises `OSError` where that can't be done."""
    for file in _files(folder, CONVERSATION):
        if not file.name.endswith(SEALED):
            _discard(file)


def _contents(pieces: Iterator[bytes]) -> Contents:
    """What the first of a file's pieces says. Raises `ValueError` or `TypeError` where it isn't that."""
    return Contents(**json.loads(next(pieces)))


def _cut(contents: bytes, state: memoryview) -> Iterator[bytes]:
    yield contents
    for start in range(0, len(state), PIECE):
        yield bytes(state[start : start + PIECE])


def _files(folder: Path, name: str) -> set[Path]:
    return set(folder.glob(f"{name}-*.kv*"))


def _discard(file: Path) -> None:
    discard(file, sealed=file.name.endswith(SEALED))


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):  # the folder is gone, or can't be written
        file.unlink(missing_ok=True)
