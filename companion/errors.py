"""What can go wrong, typed, each with one sentence that says what is wrong and what to do about it."""


class CompanionError(Exception):
    """A failure a person can do something about.

    Its text is one sentence for the person: what is wrong, and what to do. Commands print it on stderr
    and exit with 1; the conversation shows it and goes on where it can.
    """


class WeightsError(CompanionError):
    """A model file is missing, truncated, altered, or of no use to its engine."""


class AudioError(CompanionError):
    """A recording can't be read, or a microphone or loudspeaker can't be used."""


class EngineError(CompanionError):
    """An engine could not load its model or do its work."""


class SettingsError(CompanionError):
    """A setting is unknown or has a value it can't have."""


class HomeError(CompanionError):
    """The home folder can't be used: unreadable, full, or held by another Companion."""


class StoreError(CompanionError):
    """The store can't be opened, read or written."""


def reason(error: BaseException, most: int = 200) -> str:
    """The first line of what an error says, `most` characters of it; its kind where it says nothing."""
    said = str(error).strip()
    return said.splitlines()[0][:most] if said else type(error).__name__
