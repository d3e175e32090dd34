"""A reply as it is generated: bytes of tokens in, pieces of whole characters out, up to a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class ReplyText:
    """Joins the bytes of tokens to text and holds back what may be the beginning of a stop string."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = tuple(text for text in stop if text)
        self._characters = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False
        """True once a stop string was met; it and what follows it isn't said."""

    def feed(self, data: bytes) -> str:
        """The text that is certain with these bytes; may be empty."""
        return self._certain(self._characters.decode(data))

    def finish(self) -> str:
        """What was still held back. Bytes that never became a character are dropped."""
        rest, self._held = ("", "") if self.stopped else (self._held, "")
        return rest

    def _certain(self, text: str) -> str:
        if self.stopped:
            return ""
        text = self._held + text
        found = [at for at in (text.find(stop) for stop in self._stop) if at >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` begin `stop`."""
    return next(
        (size for size in range(min(len(text), len(stop) - 1), 0, -1) if text.endswith(stop[:size])), 0
    )
