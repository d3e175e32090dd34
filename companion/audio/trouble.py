"""The sentences for people when a microphone or loudspeaker can't be used."""

from __future__ import annotations

from companion.audio.process import Refused

SERVER_GONE = "The sound server is gone: start PulseAudio or PipeWire again, the conversation waits for it."


def refusal(kind: str, name: str, answer: Refused | None) -> str:
    """The sentence for a stream that can't be opened; `answer` None: the process didn't answer at all."""
    what = _what(kind)
    if answer is None:
        return f"The {what} ({name}) doesn't answer: unplug it and plug it in again, or choose another."
    if answer.reason == "library":
        return "PortAudio is missing: install it (Debian, Ubuntu: sudo apt install libportaudio2)."
    if answer.reason == "busy":
        return f"The {what} ({name}) is in use by another program: close that one, or choose another device."
    if answer.reason == "absent":
        return missing(kind)
    return f"The {what} ({name}) can't be opened ({answer.text}): check it, or choose another device."


def missing(kind: str, wanted: str = "") -> str:
    """The sentence for a device that isn't there; `wanted`: the name the settings ask for."""
    what = _what(kind)
    if wanted:
        return f'The {what} "{wanted}" isn\'t there: plug it in, or choose another (setting audio.{kind}).'
    instead = (
        "talk by typing with `companion chat`" if kind == "input" else "read along with `companion chat`"
    )
    return f"No {what} was found: plug one in, or {instead}."


def still(kind: str, name: str) -> str:
    """The sentence for a stream that stands still."""
    return f"The {_what(kind)} ({name}) stands still and is being opened again."


def stumbled(kind: str, name: str) -> str:
    """The sentence for a stream that can't be looked after because of an unforeseen error."""
    what = f"{_what(kind)} ({name})" if name else _what(kind)
    return f"The {what} can't be looked after: if it stays so, start Companion again; its log says why."


def _what(kind: str) -> str:
    return "microphone" if kind == "input" else "loudspeaker"
