"""The engines: a folder a role, each with one Protocol and its implementations.

An engine is built once with a model folder and its settings, belongs to one worker thread, and takes
requests one at a time. Every long call takes a `Cancel` and looks at it often; a cancelled call raises
`Cancelled`. Requests and results are plain values, so an engine can be moved into a child process
without its callers knowing.
"""

from typing import Protocol


class Cancel(Protocol):
    """A token that says whether the caller still wants the result; `threading.Event` is one."""

    def is_set(self) -> bool:
        """True once the request has been withdrawn."""
        ...


class Cancelled(Exception):
    """The request was withdrawn while the engine worked on it; nothing is wrong."""


class Never:
    """A `Cancel` that is never set, for callers that always want the result."""

    def is_set(self) -> bool:
        """Always False."""
        return False
