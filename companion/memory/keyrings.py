"""The system's keyring, asked with an end to the waiting: behind it is another program, which may
hang (D-Bus)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from companion.errors import StoreError

SERVICE = "companion"

REAL = ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
"""The backends of `keyring` that are the system's own; of others (plain text, none) nothing is expected."""

PATIENCE, UNLOCKING = 3.0, 60.0
"""Seconds that a keyring may take for a new key, and to give one back: somebody may be unlocking it."""

T = TypeVar("T")


class Ring(Protocol):
    """A keyring, as the library `keyring` has them."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


Rings = Callable[[], Ring | None]
"""Finds the keyring; None where the system has none."""


def system_ring() -> Ring | None:
    """The system's own keyring, None where there is none."""
    import keyring

    chosen: Any = keyring.get_keyring()
    each = getattr(chosen, "backends", [chosen])
    names = {f"keyring.backends.{name}" for name in REAL}
    return next((ring for ring in each if type(ring).__module__ in names), None)


def fetch(rings: Rings, name: str) -> str | None:
    """What is kept under a name, None for nothing. Raises `StoreError` when the keyring doesn't say."""

    def fetched() -> str | None:
        ring = rings()
        return ring.get_password(SERVICE, name) if ring else None

    try:
        return within(UNLOCKING, fetched)
    except Exception as error:
        raise StoreError(
            f"The system's keyring, where the key of the store is, doesn't give it ({type(error).__name__}): "
            "unlock it and start again."
        ) from error


def keep(rings: Rings, name: str, secret: str) -> bool:
    """Keep a secret and look that it is there; False where that can't be done in time, and then it isn't
    kept later either."""
    given_up = threading.Event()

    def kept() -> bool:
        ring = rings()
        if ring is None or given_up.is_set():
            return False
        ring.set_password(SERVICE, name, secret)
        if given_up.is_set():
            ring.delete_password(SERVICE, name)
        return ring.get_password(SERVICE, name) == secret

    try:
        return within(PATIENCE, kept)
    except Exception:  # noqa: BLE001 - each backend has errors of its own; where the key goes instead is told
        return False
    finally:
        given_up.set()


def drop(rings: Rings, name: str) -> None:
    """Delete what is kept under a name, if anything. Raises `StoreError` when the keyring doesn't."""

    def dropped() -> None:
        ring = rings()
        if ring is not None and ring.get_password(SERVICE, name):
            ring.delete_password(SERVICE, name)

    try:
        within(PATIENCE, dropped)
    except Exception as error:
        raise StoreError(
            f"The key {name} of {SERVICE} can't be taken out of the system's keyring "
            f"({type(error).__name__}): unlock it and delete it there."
        ) from error


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; `TimeoutError` when that takes longer."""
    done: queue.SimpleQueue[tuple[T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            done.put((None, error))

    threading.Thread(target=run, name="keyring", daemon=True).start()
    try:
        result, error = done.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
