"""Every way a device can fail has one sentence that says what to do."""

import pytest

from companion.audio.process import Refused, _refusal
from companion.audio.trouble import missing, refusal, still


@pytest.mark.parametrize("kind", ["input", "output"])
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "doesn't answer"),
        (Refused("library", "PortAudio library not found"), "apt install libportaudio2"),
        (Refused("busy", "Device unavailable"), "in use by another program"),
        (Refused("absent", "no device"), "was found"),
        (Refused("other", "Invalid sample rate"), "can't be opened (Invalid sample rate)"),
    ],
)
def test_refusals(kind: str, answer: Refused | None, says: str) -> None:
    sentence = refusal(kind, "Headset", answer)
    assert says in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_names() -> None:
    assert "audio.input" in missing("input", "Headset")
    assert "loudspeaker (Boxes)" in still("output", "Boxes")


class PortAudioError(Exception):
    """As sounddevice's: (text, code, host error)."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PortAudioError("Error opening RawInputStream: Device unavailable", -9985), "busy"),
        (PortAudioError("Error opening stream", -9999, (8, -16, "Device or resource busy")), "busy"),
        (PortAudioError("Error querying device -1"), "absent"),
        (PortAudioError("Invalid device", -9996), "absent"),
        (ValueError("no device of that name"), "absent"),
        (PortAudioError("Invalid sample rate", -9997), "other"),
    ],
)
def test_portaudios_errors(error: Exception, reason: str) -> None:
    """Codes as in portaudio.h."""
    refused = _refusal(error)
    assert refused.reason == reason
    assert refused.text
