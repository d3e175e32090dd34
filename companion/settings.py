"""Every setting of the program, declared once: name, type, default, unit, limits and one sentence.

The TOML file's comments, `companion settings` and the documentation are made from these declarations.
Rooms take the section they need; the pure heart takes plain values that `app` reads from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def setting(
    default: Any,
    about: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare a setting: its default, a sentence about it, and what values it may have (limits inclusive)."""
    return field(
        default=default,
        metadata={"about": about, "unit": unit, "low": low, "high": high, "choices": choices},
    )


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """Microphone and loudspeaker."""

    input: str = setting("", "Name, or part of the name, of the microphone; empty: the system default.")
    output: str = setting("", "Name, or part of the name, of the loudspeaker; empty: the system default.")
    echo: str = setting(
        "on",
        "Whether her own voice is taken out of what the microphone hears; headphones can do without.",
        choices=("on", "off"),
    )
    pre_roll: float = setting(
        0.5,
        "Sound kept from before speech was noticed, so that no first syllable is lost.",
        unit="s",
        low=0.0,
        high=2.0,
    )


@dataclass(frozen=True, slots=True)
class VadSettings:
    """When sound counts as speech."""

    start: float = setting(0.5, "Probability of speech from which speech starts.", low=0.05, high=0.99)
    stop: float = setting(0.35, "Probability of speech below which it is silence.", low=0.01, high=0.98)
    min_speech: float = setting(
        0.1, "Shorter sounds than this aren't speech (a click, a knock).", unit="s", low=0.0, high=1.0
    )
    min_silence: float = setting(
        0.095,
        "Silence after which an utterance ends and the draft of an answer begins.",
        unit="s",
        low=0.05,
        high=2.0,
    )


@dataclass(frozen=True, slots=True)
class TurnsSettings:
    """When a turn is over, and when the companion gives way."""

    mode: str = setting(
        "hands-free",
        "How turns are marked: by listening, or by a key.",
        choices=("hands-free", "push-to-talk"),
    )
    patience: float = setting(
        1.0,
        "How long silences may be before she takes her turn; 1 is as measured, 1.5 half as long again.",
        low=0.5,
        high=3.0,
    )
    wait_most: float = setting(
        5.0,
        "Longest wait after the last word, whatever the evidence or a slow engine says.",
        unit="s",
        low=0.5,
        high=60.0,
    )
    hold: float = setting(
        300.0,
        'Longest wait after "give me a second", where nothing else was said; it is then kept, unanswered.',
        unit="s",
        low=5.0,
        high=540.0,
    )
    backchannels: str = setting(
        "off",
        'Whether she says "mm-hm" now and then while you talk for long.',
        choices=("on", "off"),
    )
    barge_in: float = setting(
        0.6,
        "Speech over her voice after which she stops, if its words aren't known by then.",
        unit="s",
        low=0.05,
        high=2.0,
    )
    longest: float = setting(
        300.0, "Longest turn; what is said after it starts a new one.", unit="s", low=10.0, high=540.0
    )


@dataclass(frozen=True, slots=True)
class AsrSettings:
    """Hearing."""

    language: str = setting("en", "Language spoken, as an ISO 639-1 code; empty: found out for each turn.")
    device: str = setting("auto", "Where Whisper runs.", choices=("auto", "cpu", "cuda"))
    # Base on two cores: 0.17 s with one, 0.22 s with two, for they wait for each other at each token.
    threads: int = setting(
        1,
        "CPU threads Whisper uses; base is quickest with one, a larger model gains by more.",
        low=1,
        high=64,
    )
    padding: float = setting(
        4.0,
        "Room added behind a short window before it is recognised; more is slower and seldom repeats itself.",
        unit="s",
        low=0.0,
        high=28.0,
    )
    redo: float = setting(
        -0.5,
        "Mean log-probability of a token below which a short window is recognised again as a full one (in a "
        "conversation, as far as -0.75, only for the record).",
        unit="nats",
        low=-10.0,
        high=0.0,
    )
    no_speech: float = setting(
        0.6, "Whisper's no-speech probability above which a doubtful text is dropped.", low=0.0, high=1.0
    )
    logprob: float = setting(
        -1.0,
        "Mean log-probability of a token below which a text is doubtful.",
        unit="nats",
        low=-10.0,
        high=0.0,
    )


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """The end-of-turn model."""

    threads: int = setting(1, "CPU threads the end-of-turn model uses.", low=1, high=16)


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Thinking."""

    context: int = setting(
        4096, "How much of the conversation the model has before it.", unit="tokens", low=512, high=131072
    )
    threads: int = setting(
        0, "CPU threads the model uses; 0: as many as are quickest on this machine.", low=0, high=64
    )
    gpu_layers: int = setting(
        -1, "Layers of the model put on the GPU; -1: as many as its memory holds, 0: none.", low=-1, high=999
    )
    temperature: float = setting(
        0.7, "Freedom in the choice of words; 0 always takes the likeliest.", low=0.0, high=2.0
    )
    top_p: float = setting(0.95, "Share of probability the choice of words is made from.", low=0.05, high=1.0)
    min_p: float = setting(
        0.1, "Words less likely than this share of the likeliest are left out.", low=0.0, high=1.0
    )
    repeat_penalty: float = setting(
        1.1, "How much words already used are held back; 1: not at all.", low=1.0, high=2.0
    )
    seed: int = setting(-1, "Seed of the choice of words; -1: another each time.", low=-1, high=2**31 - 1)
    max_tokens: int = setting(160, "Longest reply.", unit="tokens", low=8, high=4096)


@dataclass(frozen=True, slots=True)
class TtsSettings:
    """Speaking."""

    threads: int = setting(2, "CPU threads Piper uses.", low=1, high=16)
    speaker: int = setting(0, "Speaker of a voice file that has several.", low=0, high=10000)
    pace: float = setting(
        1.0, "Speed of her speech; 1 is the voice's own, 1.2 a fifth faster.", low=0.5, high=2.0
    )
    volume: float = setting(
        1.0, "Loudness of her voice; 1 is that of a podcast, 2 twice that.", low=0.0, high=2.0
    )
    pitch: float = setting(
        0.0, "Shift of her voice's pitch (needs the timbre extra).", unit="semitones", low=-12.0, high=12.0
    )
    timbre: float = setting(
        0.0,
        "Shift of her voice's formants: up is smaller and brighter (needs the timbre extra).",
        unit="semitones",
        low=-6.0,
        high=6.0,
    )
    lead: float = setting(
        0.02, "Silence left before the first sound of a clause.", unit="s", low=0.0, high=1.0
    )
    tail: float = setting(0.15, "Silence left after the last sound of a clause.", unit="s", low=0.0, high=2.0)


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """What she remembers."""

    continue_within: float = setting(
        12.0,
        "Age of turns up to which the next start goes on with them; 0: each start begins anew.",
        unit="h",
        low=0.0,
        high=8760.0,
    )
    key: str = setting(
        "auto",
        "Where the key of the store is: in the system's keyring, or, where there is none, in a file; in a "
        "file; or sealed under a passphrase that is asked for at each start.",
        choices=("auto", "file", "passphrase"),
    )
    reflect: str = setting(
        "on",
        "Whether she thinks about what was said while it is quiet, to know facts and not words alone; on "
        "battery the model rests.",
        choices=("on", "off"),
    )
    backups: int = setting(7, "Copies of the store that she keeps beside it, one a day.", low=0, high=100)


@dataclass(frozen=True, slots=True)
class VoicesSettings:
    """Whose voice is whose."""

    answer: str = setting(
        "everyone",
        "Whom she answers: everyone; only voices she knows (`companion voice learn NAME`); or everyone, and "
        "she asks a voice that she doesn't know whose it is, to know it from then on.",
        choices=("everyone", "known", "ask"),
    )
    learn: str = setting(
        "off",
        "Whether she learns your voice from your first turns, and follows it as it changes.",
        choices=("on", "off"),
    )


@dataclass(frozen=True, slots=True)
class WeightsSettings:
    """Which model plays which role; empty: the default for this machine."""

    llm: str = setting("", "Name of the language model.")
    asr: str = setting("", "Name of the speech recogniser.")
    tts: str = setting("", "Name of the voice.")
    endpoint: str = setting("", "Name of the end-of-turn model.")
    words: str = setting("", "Name of the model that tells where a sentence ends.")
    speaker: str = setting("", "Name of the model that tells voices apart.")
    embed: str = setting("", "Name of the embedding model.")
    rerank: str = setting("", "Name of the model that says how well a passage answers a question.")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, a section a room."""

    audio: AudioSettings = field(default_factory=AudioSettings)
    vad: VadSettings = field(default_factory=VadSettings)
    turns: TurnsSettings = field(default_factory=TurnsSettings)
    asr: AsrSettings = field(default_factory=AsrSettings)
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    tts: TtsSettings = field(default_factory=TtsSettings)
    voices: VoicesSettings = field(default_factory=VoicesSettings)
    memory: MemorySettings = field(default_factory=MemorySettings)
    weights: WeightsSettings = field(default_factory=WeightsSettings)
